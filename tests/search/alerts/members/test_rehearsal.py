"""Does a rehearsal count what live matching would have found, and are its hints true?"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog import NOTED, Catalog
from catalog.tables import changes, matches, saved_searches, subscribers
from search import index_changes, open_engine
from search.alerts.matching.matching import match_changes
from search.alerts.members import rehearsal
from search.alerts.members.hints import with_its_family
from search.alerts.members.rehearsal import WEEK, WINDOW, rehearse
from search.alerts.members.saved import identity_of
from search.alerts.members.sought import Asking
from tests.search.copies import copied_from
from tests.search.library import WORKS, Document, Work, changed, put, withdraw

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
QUERIES = (
    '"domestic workers"',
    "migrant* NOT passports",
    "publisher:ILO OR country:PHL",
    "travailleuses",
    "since:2021",
)


def indexed(catalog):
    engine = open_engine(None)
    index_changes(catalog, engine)
    return engine


def dated(catalog: Catalog, ages: Sequence[float]) -> None:
    """The changes happened so many days ago, the oldest first."""
    with catalog.write() as connection:
        for seq, age in enumerate(sorted(ages, reverse=True), 1):
            at = NOW - timedelta(days=age)
            connection.execute(sa.update(changes).where(changes.c.seq == seq).values(at=at))


def replayed(catalog: Catalog, asking: Asking, batch: int) -> set[int]:
    """What live matching finds over the same changes for a search that was saved when the window began."""
    with catalog.write() as connection:
        before = sa.select(sa.func.max(changes.c.seq)).where(changes.c.at < NOW - WINDOW)
        start = connection.execute(before).scalar() or 0
        who = {"address": f"{batch}.{start}@example.net", "language": "en", "state": "active", "since": NOW}
        key = connection.execute(sa.insert(subscribers).values(who).returning(subscribers.c.id)).scalar_one()
        filters = {name: list(values) for name, values in asking.filters.items()}
        row = {"subscriber_id": key, "name": "x", "query": asking.query, "filters": filters, "scope": asking.scope}
        row |= {"start_seq": start, "identity": identity_of(asking.query, filters, asking.scope)}
        search = connection.execute(sa.insert(saved_searches).values(row).returning(saved_searches.c.id)).scalar_one()
    while match_changes(catalog, batch):
        pass
    with catalog.read() as connection:
        return set(connection.execute(sa.select(matches.c.work_id).where(matches.c.search_id == search)).scalars())


FILTERS = ({}, {"publisher": ["UN", "ILO"]}, {"language": ["en"], "country": ["PHL", "MEX"]})
EVENT = st.tuples(st.sampled_from(range(len(WORKS))), st.sampled_from(["put", "change", "withdraw", "note"]))


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    events=st.lists(EVENT, min_size=1, max_size=20),
    ages=st.lists(st.floats(0.01, 200), min_size=20, max_size=20),
    query=st.sampled_from(QUERIES),
    filters=st.sampled_from(FILTERS),
    scope=st.sampled_from(["works", "paragraphs"]),
    batch=st.sampled_from([1, 3, 1000]),
)
def test_a_rehearsal_counts_what_live_matching_finds(tmp_path_factory, events, ages, query, filters, scope, batch):
    catalog = Catalog(f"sqlite:///{tmp_path_factory.mktemp('replay')}/catalog.sqlite")
    catalog.migrate()
    there: dict[str, int] = {}
    for number, what in events:
        work = WORKS[number]
        if what == "put" or work.key not in there:
            there[work.key] = put(catalog, work)
        elif what == "change":
            put(catalog, changed(work, "The domestic workers were paid.", "Migrants were heard."))
        elif what == "withdraw":
            withdraw(catalog, work.key)
        else:
            with catalog.write() as connection:
                catalog.record_change(connection, NOTED, there[work.key])
    dated(catalog, ages[: len(events)])
    asking = Asking(query, filters, scope)
    told = rehearse(catalog, indexed(catalog), asking, NOW)
    live = replayed(catalog, asking, batch)
    assert set(told.changed) == live and told.hits == len(live) == sum(told.weeks)


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    """Two works on wages a week for half a year: one of the ILO in English, one of the IOM in French."""
    catalog = Catalog(f"sqlite:///{tmp_path_factory.mktemp('once')}/catalog.sqlite")
    catalog.migrate()
    for number in range(52):
        publisher, language, symbol = ("IOM", "fr", f"C/{number}/1") if number % 2 else ("ILO", "en", f"GB.{number}/1")
        text = "Les salaires (wages) des migrants." if number % 2 else "Wages of migrants, and their remittances."
        document = Document(language, symbol, "t", [(1, "1", text)])
        put(catalog, Work(publisher, f"On wages {number}", [document], symbol=symbol))
    dated(catalog, [3.5 * number + 0.1 for number in range(52)])
    return copied_from(catalog)


@pytest.fixture
def half_a_year(once, tmp_path):
    return once(tmp_path)


def test_how_many_to_expect_a_week(half_a_year):
    told = rehearse(half_a_year, indexed(half_a_year), Asking("wages"), NOW)
    assert (told.hits, told.here, told.whole) == (26, 52, True)
    assert told.weekly == pytest.approx(26 / (WINDOW / WEEK))
    assert set(told.weeks) == {2} and len(told.weeks) == 13
    assert told.said == "Documents with the word “wages”"
    assert not told.hints and not told.verdicts


def test_filters_and_paragraphs_are_rehearsed_as_they_will_be_watched(half_a_year):
    engine = indexed(half_a_year)
    assert rehearse(half_a_year, engine, Asking("wages", {"publisher": ["IOM"]}), NOW).hits == 13
    assert rehearse(half_a_year, engine, Asking("wages remittances", {}, "paragraphs"), NOW).hits == 13


def test_the_first_week_of_a_young_catalog_says_nothing_of_weeks(catalog):
    for number in range(30):
        put(catalog, Work("ILO", f"Old {number}", [Document("en", None, "t", [(1, "1", "wages")])], name=f"o{number}"))
    dated(catalog, [40 - number / 10_000 for number in range(30)])
    engine = indexed(catalog)
    told = rehearse(catalog, engine, Asking("wages"), NOW)
    assert told.hits == 30 and told.weekly == 0 and not told.hints
    with catalog.write() as connection:
        connection.execute(sa.update(changes).values(at=NOW - timedelta(days=3)))
    assert rehearse(catalog, engine, Asking("wages"), NOW).weekly is None


def test_a_search_that_is_too_broad_gets_hints_that_hold(half_a_year, monkeypatch):
    monkeypatch.setattr(rehearsal, "BROAD", 1.5)
    engine = indexed(half_a_year)
    told = rehearse(half_a_year, engine, Asking("wages"), NOW)
    assert [each.code for each in told.verdicts] == ["broad"] and not told.refused
    assert {"Only Publisher: International Labour Organization: about 1 a week"} < {hint.says for hint in told.hints}
    for hint in told.hints:
        again = rehearse(half_a_year, engine, hint.asking, NOW)
        assert (again.hits, again.weekly) == (hint.hits, pytest.approx(hint.weekly)) and hint.weekly <= 1.5
    chosen = {name for hint in told.hints for name in hint.asking.filters}
    assert {"publisher", "language"} <= chosen
    french = rehearse(half_a_year, engine, Asking("wages"), NOW, "fr")
    assert french.hints[0].says.startswith("Seulement") and "par semaine" in french.verdicts[0].message


def test_a_search_that_finds_nothing_gets_hints_that_find_something(half_a_year):
    engine = indexed(half_a_year)
    told = rehearse(half_a_year, engine, Asking("wages passports", {"publisher": ["ILO"]}, "paragraphs"), NOW)
    assert told.hits == 0 and [hint.says for hint in told.hints] == ["Without passports"]
    assert rehearse(half_a_year, engine, told.hints[0].asking, NOW).hits == told.hints[0].hits == 13
    (near,) = rehearse(half_a_year, engine, Asking("wagse"), NOW).hints
    assert near.says == "Perhaps you meant wages" and near.hits == 26
    (everywhere,) = rehearse(half_a_year, engine, Asking("remittances", {"publisher": ["IOM"]}), NOW).hints
    assert everywhere.asking.filters == {} and everywhere.hits == 13


def test_what_each_word_of_a_family_would_bring(half_a_year):
    put(half_a_year, Work("ILO", "Of money", [Document("fr", None, "t", [(1, "1", "Les envois de fonds.")])], name="m"))
    (family,) = rehearse(half_a_year, indexed(half_a_year), Asking("remittances"), datetime.now(UTC)).families
    gains = {variant.text: variant.added for variant in family.variants if variant.added}
    assert family.theme == "remittances" and gains == {"envois de fonds": 1}
    written = with_its_family("remittances")
    assert rehearse(half_a_year, indexed(half_a_year), Asking(written), datetime.now(UTC)).here == 27


def test_without_time_the_hits_are_counted_all_the_same_and_it_is_said(half_a_year, monkeypatch):
    monkeypatch.setattr(rehearsal, "SECONDS", -1.0)
    monkeypatch.setattr(rehearsal, "BROAD", 1.5)
    told = rehearse(half_a_year, indexed(half_a_year), Asking("wages OR remittances"), NOW)
    assert (told.hits, told.hints, told.families, told.hurried) == (26, (), (), True)


def test_more_changes_than_are_looked_at_are_said_to_be(half_a_year, monkeypatch):
    monkeypatch.setattr(rehearsal, "MOST_WORKS", 10)
    told = rehearse(half_a_year, indexed(half_a_year), Asking("wages"), NOW)
    assert (told.hits, told.whole) == (10, False)
    assert told.weekly == pytest.approx(10 / ((NOW - told.since) / WEEK)) and 1.9 < told.weekly < 2.3


def test_what_can_never_match_is_not_rehearsed(half_a_year):
    told = rehearse(half_a_year, indexed(half_a_year), Asking("wages NOT wages"), NOW)
    assert told.refused and told.hits == 0 and told.weekly is None


def test_what_can_never_match_gets_hints_of_what_could(half_a_year):
    told = rehearse(half_a_year, indexed(half_a_year), Asking("wages country:Atlantis"), NOW)
    assert told.refused and [(hint.says, hint.hits) for hint in told.hints] == [("Without country:Atlantis", 26)]
    told = rehearse(half_a_year, indexed(half_a_year), Asking("zebra country:Atlantis", {"colour": ["red"]}), NOW)
    assert [(hint.asking.query, hint.hits) for hint in told.hints] == [("zebra", 0)], (
        "though nothing has come of it yet"
    )


def test_an_empty_catalog_has_nothing_to_rehearse_with(catalog):
    told = rehearse(catalog, open_engine(None), Asking("wages"), NOW)
    assert (told.hits, told.weekly, told.here) == (0, None, 0)


def test_both_engines_rehearse_alike(half_a_year, each_engine):
    index_changes(half_a_year, each_engine)
    here = indexed(half_a_year)
    for asking in (Asking("wages", {"publisher": ["IOM"]}), Asking("wages remittances", {}, "paragraphs"), Asking("*")):
        assert rehearse(half_a_year, each_engine, asking, NOW) == rehearse(half_a_year, here, asking, NOW)
