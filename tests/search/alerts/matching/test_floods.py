"""Is a source that suddenly emits far more than usual held, and released, and nothing else ever held?

The site that was built anew has as many files as FORUMWATCH_TEST_FLOOD says, else 120.
"""

import hashlib
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from catalog.tables import captures, changes, documents, holds, matches, saved_searches, works
from pipeline.store import store
from search.alerts.errors import Refused
from search.alerts.matching.floods import hold_for, list_holds, may_be_told, release, thresholds
from search.alerts.matching.matching import match_changes
from search.alerts.members.subscribers import subscribe
from tests.pipeline.made import document
from tests.search.alerts.matching.test_matching import work
from tests.search.library import put

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
WEEK, DAY, HOUR = timedelta(weeks=1), timedelta(days=1), timedelta(hours=1)


class Press:
    """Publishes works under the name of sources, at any time."""

    def __init__(self, catalog) -> None:
        self.catalog, self.made = catalog, 0

    def publish(self, number, at, *sources, kind="created", named=True) -> list[int]:
        """So many works within an hour of `at`; returns the numbers of their changes."""
        if not number:
            return []
        names = [f"{self.made + each}" for each in range(number)]
        self.made += number
        hashes = [hashlib.sha256(name.encode()).hexdigest() for name in names]
        with self.catalog.write() as connection:

            def add(table, rows, wanted):
                found = connection.execute(sa.insert(table).returning(wanted, sort_by_parameter_order=True), rows)
                return list(found.scalars())

            ids = add(works, [{"key": f"UN:{name}", "publisher": "UN"} for name in names], works.c.id)
            rows = [
                {"sha256": sha256, "work_id": work, "state": "read", "publisher": "UN"}
                for sha256, work in zip(hashes, ids, strict=True)
            ]
            files = add(documents, rows, documents.c.id)
            for source in sources:
                row = {"source": source, "publisher": "UN", "size": 1, "words": {}, "captured": at}
                add(captures, [row | {"url": sha256, "sha256": sha256} for sha256 in hashes], captures.c.id)
            step = HOUR / number
            rows = [
                {"kind": kind, "work_id": work, "document_id": file if named else None, "at": at + step * place}
                for place, (work, file) in enumerate(zip(ids, files, strict=True))
            ]
            return add(changes, rows, changes.c.seq)

    def rhythm(self, a_week, source="un-docs", weeks=14) -> None:
        for week in range(weeks, 0, -1):
            self.publish(a_week, NOW - week * WEEK + 2 * DAY, source)


@pytest.fixture
def press(catalog):
    return Press(catalog)


def held(catalog, seqs, now=NOW):
    with catalog.write() as connection:
        return hold_for(connection, seqs, now)


def test_a_source_that_keeps_its_rhythm_is_not_held(press):
    press.rhythm(30)
    assert held(press.catalog, press.publish(200, NOW, "un-docs")) == {}  # a session: much, and less than 8 x 30
    assert list_holds(press.catalog) == ()


def test_far_more_than_the_busiest_usual_week_is_held(any_catalog):
    press = Press(any_catalog)
    press.rhythm(30)
    seqs = press.publish(300, NOW, "un-docs")
    calm = press.publish(5, NOW, "ilo-gb")
    found = held(press.catalog, [*seqs[::10], *calm])
    (hold,) = list_holds(press.catalog)
    assert found == dict.fromkeys(seqs[::10], hold.id)
    assert (hold.source, hold.works, hold.usual, hold.state) == ("un-docs", 300, 30.0, "held")
    with press.catalog.read() as connection:
        row = connection.execute(sa.select(holds)).one()
    assert (row.first_seq, row.last_seq) == (seqs[0], seqs[-1])  # all of it, not only what someone asked for


def test_few_works_are_never_held(press):
    assert held(press.catalog, press.publish(thresholds().floor, NOW, "un-docs")) == {}


def test_a_new_source_with_its_back_catalogue_is_held(press):
    seqs = press.publish(thresholds().floor + 1, NOW, "un-docs")
    assert set(held(press.catalog, seqs)) == set(seqs)


def test_one_flood_of_old_is_no_rhythm(press):
    press.rhythm(5)
    press.publish(2000, NOW - 5 * WEEK, "un-docs")  # the first load, before anyone had subscribed
    assert held(press.catalog, press.publish(150, NOW, "un-docs"))
    assert list_holds(press.catalog)[0].usual == 5.0


def test_a_source_that_publishes_more_for_good_is_let_be(press):
    press.rhythm(5)
    for week in (3, 2):
        press.publish(300, NOW - week * WEEK, "un-docs")
    assert held(press.catalog, press.publish(300, NOW, "un-docs")) == {}


def test_what_another_source_has_as_usual_is_news(press):
    press.rhythm(50, "ilo-gb")
    seqs = press.publish(300, NOW, "un-docs")
    both = press.publish(20, NOW, "un-docs", "ilo-gb")
    assert set(held(press.catalog, [*seqs, *both])) == set(seqs)


def test_a_change_that_names_no_document_counts_by_its_work(press):
    seqs = press.publish(150, NOW, "un-docs", named=False)
    assert set(held(press.catalog, seqs)) == set(seqs)


def test_what_is_only_noted_is_no_flood(press):
    press.publish(500, NOW, "un-docs", kind="noted")
    assert held(press.catalog, press.publish(3, NOW, "un-docs")) == {}


def test_a_hold_grows_with_its_flood_and_ends_with_it(press):
    press.rhythm(20)
    first = press.publish(300, NOW, "un-docs")
    held(press.catalog, first[:10])
    second = press.publish(200, NOW + 20 * HOUR, "un-docs")
    found = held(press.catalog, second)
    (hold,) = list_holds(press.catalog)
    assert set(found.values()) == {hold.id} and hold.works == 500
    assert held(press.catalog, second) == found and list_holds(press.catalog) == (hold,)  # a second time: the same
    assert held(press.catalog, press.publish(20, NOW + 5 * DAY, "un-docs")) == {}  # the rhythm is back
    again = press.publish(300, NOW + WEEK, "un-docs")
    assert set(held(press.catalog, again).values()) == {list_holds(press.catalog)[0].id} != {hold.id}


def test_a_flood_that_was_not_looked_at_for_days_is_known_by_its_own_time(press):
    press.rhythm(20)
    flood = press.publish(300, NOW - 6 * DAY, "un-docs")
    calm = press.publish(20, NOW, "un-docs")
    assert set(held(press.catalog, [*flood, *calm])) == set(flood)


def test_what_still_comes_of_a_released_flood_goes_with_it(press):
    seqs = press.publish(300, NOW, "un-docs")
    (hold,) = set(held(press.catalog, seqs[:200]).values())
    release(press.catalog, hold, True, NOW + HOUR)
    assert held(press.catalog, press.publish(200, NOW + 2 * HOUR, "un-docs")) == {}
    assert set(held(press.catalog, press.publish(500, NOW + 3 * DAY, "un-docs")).values()) - {hold}


def test_a_decision_is_made_once(press):
    (hold,) = set(held(press.catalog, press.publish(300, NOW, "un-docs")).values())
    assert release(press.catalog, hold, False, NOW).state == "dropped"
    assert release(press.catalog, hold, False, NOW + HOUR).decided == NOW
    with pytest.raises(Refused, match="was dropped already"):
        release(press.catalog, hold, True, NOW)
    with pytest.raises(Refused, match="no flood number 99"):
        release(press.catalog, 99, True, NOW)


def test_only_a_released_flood_may_be_told(press):
    catalog = press.catalog
    subscribe(catalog, "ana@example.net", "en", [("wages", "wages")])
    states = {}
    for days, state in ((0, "held"), (20, "dropped"), (40, "released")):
        seqs = press.publish(300, NOW + days * DAY, "un-docs")
        (states[state],) = set(held(catalog, seqs).values())
    release(catalog, states["dropped"], False, NOW)
    release(catalog, states["released"], True, NOW)
    with catalog.write() as connection:
        search = connection.execute(sa.select(saved_searches.c.id)).scalar_one()
        ids = connection.execute(sa.select(works.c.id).limit(4)).scalars().all()
        for work, hold in zip(ids, (None, *states.values()), strict=True):
            row = {"search_id": search, "work_id": work, "seq": work, "matched": NOW, "hold_id": hold}
            connection.execute(sa.insert(matches).values(row))
        told = connection.execute(sa.select(matches.c.hold_id).where(may_be_told())).scalars().all()
    assert set(told) == {None, states["released"]}
    waiting = {hold.state: (hold.matches, hold.members) for hold in list_holds(catalog)}
    assert waiting == {"held": (1, 1), "dropped": (1, 1), "released": (1, 1)}


def test_changed_addresses_with_equal_text_are_no_news_however_many(catalog):
    """The publisher's site was built anew: every file has other bytes, and says what it said."""
    number = int(os.environ.get("FORUMWATCH_TEST_FLOOD", "120"))
    ones = [
        document({"symbol": f"A/81/{each}", "title": f"On wages, {each}", "language": "en"}, texts=(f"Wages {each}.",))
        for each in range(number)
    ]
    for one in ones:
        store(catalog, one)
    subscribe(catalog, "ana@example.net", "en", [("wages", "wages")])
    for one in ones:
        moved = replace(one, sha256=hashlib.sha256(one.sha256.encode()).hexdigest())
        assert store(catalog, moved).change is None
    assert match_changes(catalog) == 0
    with catalog.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(documents)).scalar_one() == 2 * number
        assert connection.execute(sa.select(matches)).all() == connection.execute(sa.select(holds)).all() == []


def test_what_matches_of_a_flood_is_in_the_ledger_and_waits(catalog):
    old = [put(catalog, work(f"old-{each}", "wages of old")) for each in range(150)]
    subscribe(catalog, "ana@example.net", "en", [("wages", "wages")])
    subscribe(catalog, "ben@example.net", "en", [("wages", "wages")], backfill=True)
    flood = [put(catalog, work(str(each), "wages")) for each in range(150)]
    assert match_changes(catalog, batch=40) == 450
    (hold,) = list_holds(catalog)
    assert (hold.source, hold.matches, hold.members) == ("by-hand", 300, 2)
    query = sa.select(matches.c.work_id).where(matches.c.origin == "look back", matches.c.hold_id.is_(None))
    with catalog.read() as connection:
        assert sorted(connection.execute(query).scalars()) == old  # it was asked for
        held = connection.execute(sa.select(matches.c.work_id).where(matches.c.hold_id == hold.id)).scalars()
        assert sorted(held) == sorted([*flood, *flood])
