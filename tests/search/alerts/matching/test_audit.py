"""Does the audit find what the matcher missed, all of it, once, and count nothing else as missed?"""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from catalog import NOTED
from catalog.tables import changes, holds, matches, saved_searches, subscribers, watermarks, works
from search import index_changes, open_engine
from search.alerts.matching import audit as auditing
from search.alerts.matching.audit import AuditReport, audit
from search.alerts.matching.floods import list_holds
from search.alerts.matching.matching import READER as MATCHER
from search.alerts.matching.matching import match_changes
from search.alerts.matching.running import Running
from search.alerts.members.leaving import unsubscribe
from search.alerts.members.saved import identity_of
from search.alerts.members.subscribers import subscribe
from search.indexing import shape_wanted
from tests.conftest import place_of_its_own
from tests.search.alerts.matching.test_matching import work
from tests.search.library import changed, put, withdraw

NOW = datetime.now(UTC)
ANA = "ana@example.net"


@pytest.fixture
def engine(tmp_path):
    return open_engine(tmp_path / "index")


@pytest.fixture(params=["tantivy", "elasticsearch"])
def any_engine(request, tmp_path):
    """On disk, and in a cluster."""
    if request.param == "tantivy":
        yield open_engine(tmp_path / "index")
        return
    with place_of_its_own(request.getfixturevalue("elasticsearch_url")) as cluster:
        yield open_engine(cluster)


def watch(catalog, *queries, address=ANA):
    subscribe(catalog, address, "en", [(query, query) for query in queries])


def ledger(catalog):
    """(query, symbol) -> origin of every match."""
    query = sa.select(saved_searches.c.query, works.c.symbol, matches.c.origin).join_from(matches, saved_searches)
    with catalog.read() as connection:
        return {(row[0], row[1]): row[2] for row in connection.execute(query.join(works))}


def lose(catalog, *where):
    with catalog.write() as connection:
        connection.execute(sa.delete(matches).where(*where))


def figures(report: AuditReport) -> tuple[int, int, int]:
    return report.pairs, report.missed, report.late


def test_one_in_a_hundred_dropped_is_found_the_next_night_and_none_twice(catalog, any_engine):
    engine = any_engine
    watch(catalog, *(f"wages OR word{each}" for each in range(25)))
    for each in range(40):
        put(catalog, work(str(each), "wages are due"))
    match_changes(catalog)
    before = ledger(catalog)
    with catalog.read() as connection:
        ids = connection.execute(sa.select(matches.c.id)).scalars().all()
    dropped = random.Random(5).sample(ids, 10)
    lose(catalog, matches.c.id.in_(dropped))
    report = audit(catalog, engine, NOW)
    assert (report.searches, report.works, report.pairs, report.missed, report.rate) == (25, 40, 1000, 10, 0.01)
    after = ledger(catalog)
    assert set(after) == set(before) and len(after) == 1000
    assert sorted(after.values()).count("audit") == 10
    assert figures(audit(catalog, engine, NOW)) == (1000, 0, 0)
    assert ledger(catalog) == after


def test_a_matcher_that_skips_a_search_is_found_out(catalog, engine, monkeypatch):
    watch(catalog, "wages", "remittances")
    put(catalog, work("1", "wages and remittances"))
    sound = Running.read
    monkeypatch.setattr(Running, "read", lambda *given: sound(*given)[1:])
    match_changes(catalog)
    assert set(ledger(catalog)) == {("remittances", "A/81/1")}
    assert figures(audit(catalog, engine, NOW)) == (2, 1, 0)
    assert ledger(catalog)["wages", "A/81/1"] == "audit"


def test_what_is_not_matched_yet_is_not_missed(catalog, engine):
    watch(catalog, "wages")
    put(catalog, work("1", "wages"))
    match_changes(catalog)
    put(catalog, work("2", "wages"))  # came during the night
    put(catalog, changed(work("1", "wages"), "wages again"))  # and this changed
    report = audit(catalog, engine, NOW)
    assert (figures(report), report.waiting, report.works) == ((0, 0, 0), 2, 0)
    match_changes(catalog)
    assert figures(audit(catalog, engine, NOW)) == (2, 0, 0)


def test_an_index_that_is_behind_leaves_out_what_it_does_not_know(catalog, engine):
    watch(catalog, "wages")
    put(catalog, work("1", "wages"))
    index_changes(catalog, engine)
    put(catalog, work("2", "wages"))
    match_changes(catalog)
    with engine.writing(shape_wanted(catalog, engine)):  # as another process would
        report = audit(catalog, engine, NOW, wait=0.1)
    assert (figures(report), report.waiting) == ((1, 0, 0), 1)


def test_an_index_that_is_only_being_made_leaves_out_everything(catalog, engine):
    watch(catalog, "wages")
    put(catalog, work("1", "wages"))
    match_changes(catalog)
    lose(catalog)
    with engine.writing(shape_wanted(catalog, engine)):
        report = audit(catalog, engine, NOW, wait=0.1)
    assert (figures(report), report.waiting) == ((0, 0, 0), 1)
    assert figures(audit(catalog, engine, NOW)) == (1, 1, 0)


def test_only_what_a_search_asked_for_can_be_missed(any_catalog, engine):
    catalog = any_catalog
    old = put(catalog, work("1", "wages of old"))
    gone = work("2", "wages withdrawn")
    watch(catalog, "wages")
    watch(catalog, "wages", address="ben@example.net")
    watch(catalog, "wages", address="eva@example.net")
    put(catalog, gone)
    put(catalog, work("3", "wages"))
    match_changes(catalog)
    with catalog.write() as connection:
        catalog.record_change(connection, NOTED, old)  # no news
        pending = sa.update(subscribers).where(subscribers.c.address == "eva@example.net")
        connection.execute(pending.values(state="pending"))
    withdraw(catalog, gone.key)
    unsubscribe(catalog, "ben@example.net")
    match_changes(catalog)
    lose(catalog)
    assert figures(audit(catalog, engine, NOW)) == (1, 1, 0)
    assert ledger(catalog) == {("wages", "A/81/3"): "audit"}


def test_what_no_longer_matches_is_no_fault(catalog, engine):
    watch(catalog, "wages")
    put(catalog, work("1", "wages"))
    match_changes(catalog)
    put(catalog, changed(work("1", "wages"), "nothing of the kind"))
    match_changes(catalog)
    report = audit(catalog, engine, NOW)
    assert (figures(report), report.beyond) == ((0, 0, 0), 1)


def test_a_search_that_means_another_thing_each_day_is_told_and_not_counted(catalog, engine):
    watch(catalog, "since:'last week'")
    put(catalog, replace(work("1", "wages"), date=NOW.date()))
    match_changes(catalog)
    lose(catalog)
    assert figures(audit(catalog, engine, NOW)) == (0, 0, 1)
    assert ledger(catalog) == {("since:'last week'", "A/81/1"): "audit"}


def test_what_was_matched_by_another_lexicon_is_told_and_not_counted(catalog, engine, monkeypatch):
    watch(catalog, "wages")
    put(catalog, work("1", "wages"))
    match_changes(catalog)
    assert figures(audit(catalog, engine, NOW)) == (1, 0, 0)
    lose(catalog)
    monkeypatch.setattr(auditing, "read_as", lambda: "by another lexicon")
    assert figures(audit(catalog, engine, NOW)) == (1, 0, 1)
    put(catalog, work("2", "wages"))
    match_changes(catalog)
    lose(catalog, matches.c.seq == 2)
    assert figures(audit(catalog, engine, NOW)) == (2, 1, 0)  # what came since is missed as ever
    with catalog.read() as connection:
        readers = connection.execute(sa.select(watermarks.c.reader)).scalars().all()
    assert sum(reader.startswith("audit as ") for reader in readers) == 1


def test_filters_and_paragraphs_are_asked_as_on_the_search_page(catalog, any_engine):
    watch(catalog, "unheard of")
    with catalog.write() as connection:
        owner = connection.execute(sa.select(subscribers.c.id)).scalar_one()
        for query, filters, scope in (
            ("wages", {"language": ["fr"]}, "works"),
            ("wages fees", {}, "works"),
            ("wages fees", {}, "paragraphs"),
        ):
            row = {"subscriber_id": owner, "name": query, "query": query, "filters": filters, "scope": scope}
            row |= {"identity": identity_of(query, filters, scope), "start_seq": 0}
            connection.execute(sa.insert(saved_searches).values(row))
    together = work("1", "wages and fees")
    put(catalog, together)
    put(catalog, changed(work("2", "x"), "wages", "fees"))
    put(catalog, work("3", "wages", language="fr"))
    with catalog.write() as connection:
        catalog.move_watermark(connection, MATCHER, 3)  # a matcher that misses everything
    assert figures(audit(catalog, any_engine, NOW)) == (4, 4, 0)
    query = sa.select(saved_searches.c.scope, saved_searches.c.query, works.c.symbol).join_from(matches, saved_searches)
    with catalog.read() as connection:
        found = {tuple(row) for row in connection.execute(query.join(works))}
    assert found == {
        ("works", "wages", "A/81/3"),
        ("works", "wages fees", "A/81/1"),
        ("works", "wages fees", "A/81/2"),
        ("paragraphs", "wages fees", "A/81/1"),
    }


def test_the_window_reaches_back_beyond_the_last_audit(catalog, engine):
    watch(catalog, "wages")
    for each in range(4):
        put(catalog, work(str(each), "wages"))
    with catalog.write() as connection:
        for seq, days in ((1, 30), (2, 10), (3, 7), (4, 1)):
            at = {"at": NOW - timedelta(days=days)}
            connection.execute(sa.update(changes).where(changes.c.seq == seq).values(at))
    match_changes(catalog)
    assert audit(catalog, engine, NOW).works == 4  # the first looks at everything
    lose(catalog)
    report = audit(catalog, engine, NOW)  # 8 days before the last change that the first one looked at
    assert (report.after_seq, report.works, report.missed) == (2, 2, 2)
    assert audit(catalog, engine, NOW, since=NOW - timedelta(days=60)).missed == 2
    assert len(ledger(catalog)) == 4


def test_what_was_missed_of_a_flood_is_held_as_well(catalog, engine):
    watch(catalog, "wages")
    for each in range(101):
        put(catalog, work(str(each), "wages"))
    match_changes(catalog)
    lose(catalog)
    assert audit(catalog, engine, NOW).missed == 101
    (hold,) = list_holds(catalog)
    assert hold.matches == 101


def test_works_that_were_told_and_are_read_anew_are_no_flood(catalog, engine):
    """Their matches are of an earlier change: nothing is written, and so nothing waits for a person."""
    watch(catalog, "wages")
    for each in range(101):
        put(catalog, work(str(each), "wages"))
    match_changes(catalog)
    with catalog.write() as connection:
        connection.execute(sa.update(matches).values(hold_id=None))
        connection.execute(sa.delete(holds))
        connection.execute(sa.update(changes).values(at=NOW - timedelta(days=60)))
    put(catalog, work("new", "fees"))
    match_changes(catalog)
    audit(catalog, engine, NOW)  # from here on what is two months old is beyond its window
    for each in range(101):
        put(catalog, work(str(each), "wages and more"))
    match_changes(catalog)
    assert audit(catalog, engine, NOW).missed == 0 and list_holds(catalog) == ()


def test_an_audit_that_dies_at_the_end_is_done_again(catalog, engine, monkeypatch):
    watch(catalog, "wages", "fees")
    for each in range(6):
        put(catalog, work(str(each), "wages and fees"))
    match_changes(catalog)
    lose(catalog, matches.c.seq.in_((2, 5)))
    monkeypatch.setattr(auditing, "WRITTEN", 2)  # so that the first of them are written before it dies
    sound = catalog.move_watermark

    def dies(connection, reader, seq):
        raise KeyboardInterrupt

    monkeypatch.setattr(catalog, "move_watermark", dies)
    with pytest.raises(KeyboardInterrupt):
        audit(catalog, engine, NOW)
    monkeypatch.setattr(catalog, "move_watermark", sound)
    audit(catalog, engine, NOW)
    assert sorted(ledger(catalog).values()) == ["audit"] * 4 + ["news"] * 8
    assert figures(audit(catalog, engine, NOW)) == (12, 0, 0)


def test_a_search_that_was_ended_meanwhile_gets_nothing(catalog, engine, monkeypatch):
    watch(catalog, "wages")
    put(catalog, work("1", "wages"))
    match_changes(catalog)
    lose(catalog)
    asked = auditing._ask

    def slowly(*given):
        found = asked(*given)
        unsubscribe(catalog, ANA)
        return found

    monkeypatch.setattr(auditing, "_ask", slowly)
    assert figures(audit(catalog, engine, NOW)) == (1, 0, 0)
    assert ledger(catalog) == {}
