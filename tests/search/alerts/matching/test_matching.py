"""Does every saved search get every work that answers it, once, whatever comes in between?"""

import shutil
import signal
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from catalog import NOTED, Catalog
from catalog.tables import matches, saved_searches, works
from search.alerts.matching.matching import READER, match_changes
from search.alerts.members.leaving import resubscribe, unsubscribe
from search.alerts.members.subscribers import subscribe
from tests.search.library import WORKS, Document, Work, changed, fill, put, withdraw

ANA, BEN = "ana@example.net", "ben@example.net"
ROOT = Path(__file__).parents[4]


def work(name: str, text: str, language: str = "en") -> Work:
    symbol = f"A/81/{name}"
    return Work("UN", f"About {name}", [Document(language, symbol, f"About {name}", [(1, "1", text)])], symbol=symbol)


def found(catalog) -> dict[tuple[str, str], int]:
    """(name of search, symbol) -> seq of every match."""
    query = sa.select(saved_searches.c.name, works.c.symbol, matches.c.seq).join_from(matches, saved_searches)
    with catalog.read() as connection:
        return {(row[0], row[1]): row[2] for row in connection.execute(query.join(works))}


def rows_of(catalog) -> list[tuple[int, int, int]]:
    with catalog.read() as connection:
        query = sa.select(matches.c.search_id, matches.c.work_id, matches.c.seq)
        return sorted(tuple(row) for row in connection.execute(query))


def save(catalog, *queries: str, address: str = ANA, **options):
    return subscribe(catalog, address, "en", [(query, query) for query in queries], **options)


def test_what_is_only_noted_is_no_news(any_catalog):
    old = put(any_catalog, work("1", "domestic workers of old"))
    save(any_catalog, '"domestic workers"')
    save(any_catalog, "domestic", backfill=True)
    with any_catalog.write() as connection:
        any_catalog.record_change(connection, NOTED, old)
    assert match_changes(any_catalog) == 1
    assert found(any_catalog) == {("domestic", "A/81/1"): 1}
    new = put(any_catalog, work("2", "domestic workers arrive"))
    with any_catalog.write() as connection:
        any_catalog.record_change(connection, NOTED, new)  # in the same batch as its beginning
    assert match_changes(any_catalog) == 2
    assert found(any_catalog) == {
        ("domestic", "A/81/1"): 1,
        ("domestic", "A/81/2"): 3,
        ('"domestic workers"', "A/81/2"): 3,
    }


def test_what_is_saved_today_hears_of_what_comes_tomorrow(any_catalog):
    put(any_catalog, work("1", "domestic workers of old"))
    save(any_catalog, '"domestic workers"', "remittances")
    put(any_catalog, work("2", "domestic workers arrive"))
    put(any_catalog, work("3", "nothing of the kind"))
    assert match_changes(any_catalog) == 1
    assert found(any_catalog) == {('"domestic workers"', "A/81/2"): 2}
    assert match_changes(any_catalog) == 0
    with any_catalog.read() as connection:
        assert any_catalog.watermark(connection, READER) == 3


def test_what_a_document_cites_is_asked_anew_at_each_run(any_catalog):
    def citing(*targets):
        text = [(1, "1", "The committee recalled what was said.")]
        return Work("UN", "Nine", [Document("en", "A/81/9", "Nine", text, citations=targets)], symbol="A/81/9")

    put(any_catalog, citing("A/81/1"))
    save(any_catalog, "cited-by:A/81/9")
    put(any_catalog, work("1", "one"))
    assert match_changes(any_catalog) == 1
    put(any_catalog, citing("A/81/1", "A/81/2"))
    put(any_catalog, work("2", "two"))
    put(any_catalog, work("3", "three"))
    assert match_changes(any_catalog) == 1
    assert {symbol for _, symbol in found(any_catalog)} == {"A/81/1", "A/81/2"}


def test_a_passing_date_is_taken_with_a_remark(any_catalog):
    subscription = save(any_catalog, "since:'last week'")
    (remark,) = subscription.complaints["since:'last week'"]
    assert remark.message == 'a date such as "last week" means another time at each look'
    put(any_catalog, replace(work("1", "one"), date=datetime.now(UTC).date()))
    put(any_catalog, replace(work("2", "two"), date=datetime.now(UTC).date() - timedelta(days=30)))
    match_changes(any_catalog)
    assert {symbol for _, symbol in found(any_catalog)} == {"A/81/1"}


def test_an_alert_finds_exactly_what_search_finds(library):
    """Every query over the whole library: as an alert that looks back, and as a search."""
    from search import Searcher, index_changes, open_engine

    queries = [
        '"domestic workers"', "migrant*", "country:PHL", "NOT publisher:UN", "(wages OR passports) AND language:en",
        "cites:A/RES/45/158", "date:2021..2026", '"العاملات المنزليات"', "travailleuses domestiques", "symbol:A/HRC/*",
        "cited-by:A/59/328", "article:ICRMW", "quality:poor", "since:'last year'", "date:'between 2021 and today'",
    ]  # fmt: skip
    engine = open_engine(None)
    index_changes(library, engine)
    searcher = Searcher(library, engine)
    expected = {query: {hit.work for hit in searcher.search(query, limit=100).hits} for query in queries}
    save(library, *queries, backfill=True)
    match_changes(library, batch=5)
    with library.read() as connection:
        rows = connection.execute(
            sa.select(saved_searches.c.name, works.c.key).join_from(matches, saved_searches).join(works)
        )
        told = [tuple(row) for row in rows]
    assert sum(map(bool, expected.values())) >= 8
    assert {query: {key for name, key in told if name == query} for query in queries} == expected


def test_a_work_matches_once_though_it_changes(catalog):
    save(catalog, "wages")
    first = work("1", "wages are due")
    put(catalog, first)
    match_changes(catalog)
    put(catalog, changed(first, "wages are still due", "and more wages"))
    assert match_changes(catalog) == 0
    assert found(catalog) == {("wages", "A/81/1"): 1}


def test_a_late_language_version_matches_for_the_first_time(catalog):
    save(catalog, "travailleuses")
    english = work("1", "domestic workers")
    put(catalog, english)
    assert match_changes(catalog) == 0
    french = Document("fr", "A/81/1", "Travailleuses", [(1, "1", "Les travailleuses domestiques")])
    put(catalog, replace(english, documents=(*english.documents, french)))
    assert match_changes(catalog) == 1
    assert found(catalog) == {("travailleuses", "A/81/1"): 2}


def test_what_was_withdrawn_before_it_was_looked_at_matches_nothing(catalog):
    save(catalog, "wages")
    key = work("1", "wages").key
    put(catalog, work("1", "wages"))
    withdraw(catalog, key)
    assert match_changes(catalog) == 0
    save(catalog, "wages", address=BEN, backfill=True)
    assert match_changes(catalog) == 0


def test_looking_back_is_asked_for_and_happens_once(catalog):
    for number in range(7):
        put(catalog, work(str(number), "wages"))
    match_changes(catalog)
    save(catalog, "wages", backfill=True)
    save(catalog, "wages", address=BEN)
    assert match_changes(catalog, batch=2) == 7
    assert match_changes(catalog) == 0
    save(catalog, "wages", address=BEN, backfill=True)  # asked for later: the search goes on, and looks back
    put(catalog, work("new", "wages"))
    assert match_changes(catalog) == 9


def test_two_members_with_one_query_both_hear(catalog):
    save(catalog, "wages")
    save(catalog, "wages", address=BEN)
    put(catalog, work("1", "wages"))
    assert match_changes(catalog) == 2


def test_who_left_is_not_matched_and_who_came_back_begins_anew(catalog):
    save(catalog, "wages")
    unsubscribe(catalog, ANA)
    put(catalog, work("1", "wages"))
    assert match_changes(catalog) == 0
    resubscribe(catalog, ANA)
    put(catalog, work("2", "wages"))
    match_changes(catalog)
    assert found(catalog) == {("wages", "A/81/2"): 2}


def test_a_query_that_means_nothing_any_more_is_stopped_with_the_reason(catalog):
    save(catalog, "wages", "country:PHL")
    with catalog.write() as connection:  # as if the lexicon had lost a country since
        broken = sa.update(saved_searches).where(saved_searches.c.name == "country:PHL")
        connection.execute(broken.values(query="country:Atlantis"))
    put(catalog, work("1", "wages"))
    assert match_changes(catalog) == 1
    with catalog.read() as connection:
        rows = {row.name: (row.state, row.reason) for row in connection.execute(sa.select(saved_searches))}
    assert rows["wages"] == ("running", "")
    assert rows["country:PHL"][0] == "broken" and "Atlantis" in rows["country:PHL"][1]


def test_several_matchers_at_once_are_as_one(any_catalog):
    for address in (ANA, BEN):
        save(any_catalog, "wages", "country:PHL", address=address)
    for number in range(12):
        put(any_catalog, work(str(number), "wages" if number % 2 else "nothing"))
    with ThreadPoolExecutor(3) as pool:
        made = [pool.submit(match_changes, Catalog(any_catalog.url), 2) for _ in range(3)]
        assert sum(each.result() for each in made) == 12
    with any_catalog.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(matches)).scalar_one() == 12


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("template") / "catalog.sqlite"
    catalog = Catalog(f"sqlite:///{path}")
    catalog.migrate()
    catalog.engine.dispose()
    return path


WORDS = ("wages", "visas", "fees")

CHILD = """
    import os, signal, sys
    import sqlalchemy as sa
    from catalog import Catalog
    from search.alerts.matching.matching import match_changes
    url, moment = sys.argv[1], int(sys.argv[2])
    catalog, done = Catalog(url), 0

    @sa.event.listens_for(catalog.engine, "before_cursor_execute")
    def die(_connection, _cursor, statement, *_):
        global done
        done += 1
        if done == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    match_changes(catalog, batch=4)
"""


def test_a_matcher_killed_at_any_statement_loses_and_doubles_nothing(template, tmp_path):
    (tmp_path / "whole").mkdir()
    path = tmp_path / "whole" / "catalog.sqlite"
    shutil.copy(template, path)
    catalog = Catalog(f"sqlite:///{path}")
    put(catalog, work("old", "wages"))
    save(catalog, "wages", "visas")
    save(catalog, "wages", address=BEN, backfill=True)
    for number in range(9):
        put(catalog, work(str(number), WORDS[number % 3]))
    catalog.engine.dispose()
    before = path.read_bytes()
    match_changes(catalog)
    expected = rows_of(catalog)
    catalog.engine.dispose()
    assert len(expected) == 10
    killed = 0
    for moment in range(2, 70, 9):
        other = tmp_path / f"{moment}.sqlite"
        other.write_bytes(before)
        program = [sys.executable, "-c", textwrap.dedent(CHILD), f"sqlite:///{other}", str(moment)]
        ended = subprocess.run(program, cwd=ROOT, timeout=60).returncode
        killed += ended == -signal.SIGKILL
        survivor = Catalog(f"sqlite:///{other}")
        match_changes(survivor)
        assert rows_of(survivor) == expected, f"killed at statement {moment}"
        survivor.engine.dispose()
    assert killed >= 5


def test_the_whole_library_goes_through(catalog):
    """Six languages, and searches in each; the same matches in small batches as in one."""
    save(catalog, "migrant*", "country:PHL", "NOT country:PHL")
    fill(catalog)
    assert match_changes(catalog, batch=3) == len(WORKS) + len(
        [name for name, _ in found(catalog) if name == "migrant*"]
    )
    assert {name for name, _ in found(catalog)} == {"migrant*", "country:PHL", "NOT country:PHL"}
