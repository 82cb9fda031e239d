"""Which days does a date cover, in digits and in words of three languages?"""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.alerts.members.saved import meaning
from search.query import parse
from search.query.dates import days_of
from search.query.tree import NOTHING, And, DateRange, Or, Word

TODAY = date(2026, 11, 24)  # a Tuesday


def day(text):
    return date.fromisoformat(text) if text else None


COVERED = {
    "2024": "2024-01-01 2024-12-31",
    "2024-02": "2024-02-01 2024-02-29",
    "31/12/2024": "2024-12-31 2024-12-31",
    "12/31/2024": "2024-12-31 2024-12-31",
    "3/3/2024": "2024-03-03 2024-03-03",
    "03/2024": "2024-03-01 2024-03-31",
    "2024年3月": "2024-03-01 2024-03-31",
    "March 2024": "2024-03-01 2024-03-31",
    "mars 2024": "2024-03-01 2024-03-31",
    "marzo de 2024": "2024-03-01 2024-03-31",
    "AOÛT 2024": "2024-08-01 2024-08-31",
    "3 March 2024": "2024-03-03 2024-03-03",
    "March 3, 2024": "2024-03-03 2024-03-03",
    "3rd of March, 2024": "2024-03-03 2024-03-03",
    "1er mars 2024": "2024-03-01 2024-03-01",
    "3 de marzo de 2024": "2024-03-03 2024-03-03",
    "March": "2026-03-01 2026-03-31",
    "décembre": "2025-12-01 2025-12-31",
    "24 noviembre": "2026-11-24 2026-11-24",
    "25 noviembre": "2025-11-25 2025-11-25",
    "today": "2026-11-24 2026-11-24",
    "aujourd’hui": "2026-11-24 2026-11-24",
    "ayer": "2026-11-23 2026-11-23",
    "last week": "2026-11-16 2026-11-22",
    "la semana pasada": "2026-11-16 2026-11-22",
    "la semaine dernière": "2026-11-16 2026-11-22",
    "this week": "2026-11-23 2026-11-29",
    "le mois dernier": "2026-10-01 2026-10-31",
    "el año pasado": "2025-01-01 2025-12-31",
    "last 30 days": "2026-10-25 2026-11-24",
    "les 3 derniers mois": "2026-08-24 2026-11-24",
    "últimos 2 años": "2024-11-24 2026-11-24",
    "3 months ago": "2026-08-24 2026-08-24",
    "il y a 2 ans": "2024-11-24 2024-11-24",
    "hace 3 semanas": "2026-11-03 2026-11-03",
    "since last year": "2025-01-01 ",
    "depuis 2023": "2023-01-01 ",
    "desde marzo de 2023": "2023-03-01 ",
    "after March 2024": "2024-04-01 ",
    "avant mars 2024": " 2024-02-29",
    "hasta 2020": " 2020-12-31",
    "jusqu’en 2021": " 2021-12-31",
    "between 2019 and 2021": "2019-01-01 2021-12-31",
    "entre mars 2019 et avril 2020": "2019-03-01 2020-04-30",
    "de 2019 a 2021": "2019-01-01 2021-12-31",
    "2019 to March 2021": "2019-01-01 2021-03-31",
    "March 2019..last year": "2019-03-01 2025-12-31",
    ">= March 2024": "2024-03-01 ",
}


@pytest.mark.parametrize("text", COVERED)
def test_a_date_covers_its_days(text):
    first, last = (day(each) for each in COVERED[text].split(" "))
    found = days_of(text, TODAY)
    assert found is not None and (found.first, found.last) == (first, last)
    assert parse(f'date:"{text}"', today=TODAY).tree == DateRange(first, last)


@pytest.mark.parametrize(
    "text",
    [
        "someday", "", "30 February 2024", "99 March 2024", "2024 March", "last", "month", "last last week", "3 ago",
        "last 9999 years", "0000", "13/13/2024", "between 2019", "since", "March March 2024", "3 4 May 2024",
        "x" * 5000,
    ],
)  # fmt: skip
def test_what_is_no_date_is_none(text):
    assert days_of(text, TODAY) is None
    assert parse(f'date:"{text}"', today=TODAY).tree == NOTHING


def test_a_date_that_can_be_read_in_two_ways_says_how_it_was_taken():
    parsed = parse("fees date:12/03/2024")
    assert parsed.tree == And((Word("fees"), DateRange(day("2024-03-12"), day("2024-03-12"))))
    (complaint,) = parsed.complaints
    assert complaint.message == "'12/03/2024' was taken as 2024-03-12"
    assert (complaint.start, complaint.end) == (10, 20)
    assert not parse("date:13/03/2024").complaints and not parse("date:03/03/2024").complaints


LOOSE = {
    "date:3 March 2024 fees": And((DateRange(day("2024-03-03"), day("2024-03-03")), Word("fees"))),
    "date:March 2024": DateRange(day("2024-03-01"), day("2024-03-31")),
    "fecha:3 de marzo de 2024, honorarios": And((DateRange(day("2024-03-03"), day("2024-03-03")), Word("honorarios"))),
    "date:last week visas": And((DateRange(day("2026-11-16"), day("2026-11-22")), Word("visas"))),
    "since:last month": DateRange(day("2026-10-01"), None),
    "until:March 2024": DateRange(None, day("2024-03-31")),
    "date:between 2019 and 2021 visas": And((DateRange(day("2019-01-01"), day("2021-12-31")), Word("visas"))),
    "year:2004 2005": And((DateRange(day("2004-01-01"), day("2004-12-31")), Word("2005"))),
    "date:(March 2024 OR April 2025)": Or(
        (DateRange(day("2024-03-01"), day("2024-03-31")), DateRange(day("2025-04-01"), day("2025-04-30")))
    ),
}


@pytest.mark.parametrize("text", LOOSE)
def test_a_date_in_words_needs_no_quotation_marks(text):
    parsed = parse(text, today=TODAY)
    assert parsed.tree == LOOSE[text] and not parsed.complaints


def test_a_range_in_words_that_runs_backwards_is_turned_round():
    parsed = parse('date:"between 2021-05-03 and 2019-02-01"')
    assert parsed.tree == DateRange(day("2019-02-01"), day("2021-05-03"))
    assert [each.code for each in parsed.complaints] == ["backwards"]


def test_a_saved_search_with_a_passing_date_says_so_and_means_another_time_at_each_run():
    before, after = meaning("date:'last month'", today=TODAY), meaning("date:'last month'", today=day("2026-12-01"))
    assert before.tree == DateRange(day("2026-10-01"), day("2026-10-31"))
    assert after.tree == DateRange(day("2026-11-01"), day("2026-11-30"))
    assert [each.code for each in before.complaints] == ["passing_date"]
    assert not before.lasting and not before.nothing
    assert meaning("date:'March 2024'").lasting and not meaning("date:March").lasting


WORDS = (
    "last this ago since between and to de la el 3 31 2024 0 week month year days march mai junio 3rd .. >= 12/03/2024 "
    "2024-05 il y a hace today - between entre et"
)
words = st.sampled_from(WORDS.split())


@settings(max_examples=2000, deadline=None)
@given(st.lists(words, max_size=9).map(" ".join) | st.text(max_size=90), st.dates())
def test_any_text_on_any_day_is_days_or_none(text, today):
    found = days_of(text, today)
    assert found is None or found.first or found.last
