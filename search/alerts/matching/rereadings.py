"""Did a re-reading in bulk change what very many members were told? Then those corrections wait for a person.

A better reader that reads the archive again may change a thousand passages that were mailed: nobody is to get a mail
for each, and perhaps the new reader is the one that is wrong. The corrections are rows as always, with the hold that
they came with; the hold stands on the desk, in one line, and is released or dropped like a flood (floods.py).
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog.tables import changes, corrections, holds
from search.alerts.matching.floods import DROPPED, HELD, RELEASED, thresholds

SOURCE = "re-reading"  # holds.source: not the name of one
KIND = "changed"
CHUNK = 500  # numbers in one query


def hold_rereading(connection: Connection, rows: Sequence[dict[str, Any]], now: datetime | None = None) -> None:
    """Holds corrections that re-readings brought, where these were of many works within some hours.

    To be called in the transaction that writes them. What no mail has told of yet of the same hours is held with it.
    """
    now = now or datetime.now(UTC)
    if not _reread(connection, {row["seq"] for row in rows if row["kind"] == KIND}):
        return
    recent = (corrections.c.kind == KIND) & (corrections.c.found >= now - thresholds().sudden)
    columns = ("id", "seq", "work_id", "outbox_id", "hold_id")
    some = connection.execute(sa.select(*(corrections.c[name] for name in columns)).where(recent)).all()
    reread = _reread(connection, {row.seq for row in some})
    some = [row for row in some if row.seq in reread]
    works = len({row.work_id for row in some})
    if works <= thresholds().corrections:
        return
    new = [row for row in some if row.outbox_id is None and row.hold_id is None]
    if new:
        hold = _hold(connection, [row.seq for row in some], works, now)
        ids = [row.id for row in new] if hold is not None else []
        for start in range(0, len(ids), CHUNK):
            mine = corrections.c.id.in_(ids[start : start + CHUNK])
            connection.execute(sa.update(corrections).where(mine).values(hold_id=hold))


def may_be_mailed() -> sa.ColumnElement[bool]:
    """Of `corrections`: it came with no hold, or with one that was released."""
    released = sa.select(holds.c.id).where(holds.c.state == RELEASED)
    return corrections.c.hold_id.is_(None) | corrections.c.hold_id.in_(released)


def _reread(connection: Connection, seqs: Iterable[int]) -> set[int]:
    """Of these changes, those that came from reading again."""
    ordered = sorted(set(seqs))
    found: set[int] = set()
    for start in range(0, len(ordered), CHUNK):
        mine = changes.c.seq.in_(ordered[start : start + CHUNK]) & changes.c.passages.is_not(None)
        found.update(connection.execute(sa.select(changes.c.seq).where(mine)).scalars())
    return found


def _hold(connection: Connection, seqs: Sequence[int], works: int, now: datetime) -> int | None:
    """The hold of this re-reading, made or grown; None: a person has just released it, and the rest goes with that."""
    newest = sa.select(holds).where(holds.c.source == SOURCE).order_by(holds.c.id.desc()).limit(1)
    row = connection.execute(newest.with_for_update()).one_or_none()
    going_on = row is not None and now - (row.decided or now) <= thresholds().sudden
    if row is not None and going_on and row.state == RELEASED:
        return None
    if row is None or (row.state != HELD and not (going_on and row.state == DROPPED)):
        values = {"source": SOURCE, "first_seq": min(seqs), "last_seq": max(seqs), "works": works, "since": now}
        values |= {"usual": 0.0, "state": HELD}
        return int(connection.execute(sa.insert(holds).values(values).returning(holds.c.id)).scalar_one())
    grown = {"first_seq": min(row.first_seq, *seqs), "last_seq": max(row.last_seq, *seqs), "works": works}
    connection.execute(sa.update(holds).where(holds.c.id == row.id).values(grown))
    return int(row.id)
