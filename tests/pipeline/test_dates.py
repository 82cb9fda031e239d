"""Which dates are found, in six languages, and which are not."""

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.description.dates import find_dates, parse_date, parse_month

DAY = date(2024, 8, 12)


@pytest.mark.parametrize(
    "text",
    [
        "12 August 2024",
        "12 Aug. 2024",
        "12th of August 2024",
        "August 12, 2024",
        "Geneva, 12 August 2024",
        "12 août 2024",
        "12 de agosto de 2024",
        "12 августа 2024 года",
        "12 آب/أغسطس 2024",
        "١٢ أغسطس ٢٠٢٤",
        "2024年8月12日",
        "二〇二四年八月十二日",
        "2024-08-12",
        "12/08/2024 00:00:00",
        "12.08.2024",
        "12 August 20 24",
    ],
)
def test_one_day_written_in_many_ways(text):
    assert parse_date(text) == DAY


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1er janvier 2023", date(2023, 1, 1)),
        ("5 كانون الثاني/يناير 2023", date(2023, 1, 5)),
        ("5 تشرين الأول 2023", date(2023, 10, 5)),
        ("16 June–11 July 2025", date(2025, 7, 11)),
    ],
)
def test_ways_of_one_language(text, day):
    assert parse_date(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01",
        "1900-01-01",
        "31 February 2024",
        "12 workers 2024",
        "A/HRC/12/08/2024",
        "paragraph 12, 2024",
        "25-08477 (E)",
        "",
    ],
)
def test_no_date(text):
    assert parse_date(text) is None


def test_places_are_those_of_the_text():
    text = "between 3 May 2021 and le 4 mai 2021, then 2021年5月5日."
    assert [text[one.start : one.end] for one in find_dates(text)] == ["3 May 2021", "4 mai 2021", "2021年5月5日"]


def test_a_month_alone():
    assert parse_month("June 2024") == date(2024, 6, 1)
    assert parse_month("juin 2024") == date(2024, 6, 1)
    assert parse_month("session 2024") is None


@given(st.dates(min_value=date(1901, 1, 2), max_value=date(2099, 12, 31)))
def test_every_day_is_found_again(day):
    months = ["January", "February", "March", "April", "May", "June", "July"]
    months += ["August", "September", "October", "November", "December"]
    assert parse_date(f"{day.day} {months[day.month - 1]} {day.year}") == day
    assert parse_date(day.isoformat()) == day
    assert parse_date(f"{day.year}年{day.month}月{day.day}日") == day


@given(st.text(max_size=300))
def test_no_text_makes_it_raise(text):
    for one in find_dates(text):
        assert 0 <= one.start < one.end <= len(text)


def test_hostile_text_costs_little():
    began = time.monotonic()
    for text in ("1 " * 100_000, "12 " + "a" * 100_000, "2024 年 " * 50_000, "12 de " * 50_000):
        find_dates(text)
    assert time.monotonic() - began < 5
