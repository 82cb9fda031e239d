"""Audit, corrections and floods die before each of their statements in turn: is all of it done in the end, once?"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count

import pytest
import sqlalchemy as sa

from catalog import Catalog
from catalog.tables import corrections, holds, matches, watermarks
from search import index_changes, open_engine
from search.alerts.matching.audit import audit
from search.alerts.matching.corrections import find_corrections
from search.alerts.matching.matching import match_changes
from search.alerts.members.subscribers import subscribe
from tests.search.alerts.matching.test_corrections import FEES, OTHER, REPORT, TO_STATE, Press
from tests.search.alerts.matching.test_matching import work
from tests.search.library import put

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


class Killed(BaseException):
    pass


@contextmanager
def dying(catalog: Catalog, at: int) -> Iterator[None]:
    """Whatever is done inside ends before the statement of this number, as by a kill: nothing is cleaned up."""
    numbers = count(1)

    def before(*_: object) -> None:
        if next(numbers) == at:
            raise Killed

    sa.event.listen(catalog.engine, "before_cursor_execute", before)
    try:
        yield
    finally:
        sa.event.remove(catalog.engine, "before_cursor_execute", before)


def die_everywhere(catalog: Catalog, step: Callable[[], object]) -> int:
    """Runs the step, killed one statement later each time, until it lives; returns how often it was killed."""
    for at in count(1):
        try:
            with dying(catalog, at):
                step()
            return at - 1
        except Killed:
            continue
    raise AssertionError


def rows(catalog, table, *names):
    with catalog.read() as connection:
        return sorted(tuple(row) for row in connection.execute(sa.select(*(table.c[name] for name in names))))


def test_the_audit(catalog, tmp_path):
    subscribe(catalog, "ana@example.net", "en", [("wages", "wages"), ("fees", "fees")])
    for each in range(120):
        put(catalog, work(str(each), "wages and fees"))
    engine = open_engine(tmp_path / "index")
    index_changes(catalog, engine)
    match_changes(catalog)
    with catalog.write() as connection:
        connection.execute(sa.delete(matches).where(matches.c.work_id % 10 == 0))
        connection.execute(sa.update(matches).values(hold_id=None))
        connection.execute(sa.delete(holds))
    kills = die_everywhere(catalog, lambda: audit(catalog, engine, NOW))
    assert kills > 10
    found = rows(catalog, matches, "search_id", "work_id", "origin")
    assert len(found) == len({row[:2] for row in found}) == 240
    assert [row[2] for row in found].count("audit") == 24
    assert rows(catalog, holds, "works") == [(120,)]
    assert audit(catalog, engine, NOW).missed == 0


@pytest.mark.parametrize("gone", [False, True])
def test_corrections(catalog, gone):
    press = Press(catalog)
    sha256 = press.publish(REPORT, FEES, OTHER)
    for name in ("ana", "ben"):
        press.mail(f"{name}@example.net", sha256)
    find_corrections(catalog)
    if gone:
        press.lose()
    else:
        press.read_anew(sha256, TO_STATE, OTHER)
    kills = die_everywhere(catalog, lambda: find_corrections(catalog))
    assert kills > 5
    kind = "withdrawn" if gone else "changed"
    assert rows(catalog, corrections, "subscriber_id", "kind") == [(1, kind), (2, kind)]
    assert find_corrections(catalog) == 0
    with catalog.read() as connection:
        mark = sa.select(watermarks.c.seq).where(watermarks.c.reader == "corrections")
        assert connection.execute(mark).scalar() == catalog.last_seq(connection)


def test_a_flood_that_is_matched(catalog):
    subscribe(catalog, "ana@example.net", "en", [("wages", "wages")])
    for each in range(120):
        put(catalog, work(str(each), "wages"))
    kills = die_everywhere(catalog, lambda: match_changes(catalog, batch=50))
    assert kills > 10
    assert len(rows(catalog, matches, "work_id")) == 120
    assert set(rows(catalog, matches, "hold_id")) == {(1,)}
    assert rows(catalog, holds, "works", "first_seq", "last_seq") == [(120, 1, 120)]
