"""How does a search come to be watched? As a row that begins at a change; the same search again is the same row.

A new search begins with what comes after it was asked for, and so cannot flood its owner. Between a sign-up and its
confirmation, and while a search is paused, nothing is matched; what came meanwhile is looked back on (`back_to`),
where its owner wants it. `backfill` with back_to 0 looks back on everything that is here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import Catalog
from catalog.catalog import SEQUENCE_LOCK
from catalog.tables import holds, matches, saved_searches, subscribers
from search.alerts.errors import Gone, Refused, w
from search.alerts.members.wanted import MOST_SEARCHES, Complaints, Wanted, checked

RUNNING, PAUSED, ENDED, BROKEN = "running", "paused", "ended", "broken"  # saved_searches.state


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of searches, by name: those that are new or back, and those that were running already."""

    new: tuple[str, ...] = ()
    went_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Added:
    """A search that was saved: its number, whether it was running already, what is odd in its query."""

    search_id: int
    name: str
    went_on: bool
    complaints: Complaints


def add_search(catalog: Catalog, subscriber_id: int, wanted: Wanted, backfill: bool = False) -> Added:
    """Saves one more search of a member whose own hand it is (a manage link), from the current change on.

    Errors: Refused, in words, where it cannot be watched; Gone where there is no such member any more.
    """
    with catalog.read() as connection:
        language = connection.execute(
            sa.select(subscribers.c.language).where(subscribers.c.id == subscriber_id)
        ).scalar()
    searches, complaints = checked(catalog, [wanted], language or "en")
    with catalog.write() as connection:
        mine = sa.select(subscribers.c.state).where(subscribers.c.id == subscriber_id).with_for_update()
        if connection.execute(mine).scalar() != "active":
            raise Gone(w("there is no such member, or no mail is wanted any more"))
        kept = keep(connection, subscriber_id, searches, current_seq(catalog, connection), 0 if backfill else None)
        (identity, each), same = *searches.items(), saved_searches.c.subscriber_id == subscriber_id
        row = sa.select(saved_searches.c.id).where(same, saved_searches.c.identity == identity)
        return Added(connection.execute(row).scalar_one(), each.name, bool(kept.went_on), complaints)


def current_seq(catalog: Catalog, connection: Connection) -> int:
    """The newest change, such that none with a smaller number can still be committed by another."""
    if connection.dialect.name == "postgresql":
        # No change may take a number between our reading the last one and our commit, or a matcher could pass it by.
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(SEQUENCE_LOCK)))
    return catalog.last_seq(connection)


def keep(
    connection: Connection, subscriber_id: int, searches: Mapping[str, Wanted], seq: int, back_to: int | None = None
) -> Kept:
    """Writes the searches (by identity), from change `seq` on; what came after `back_to` is looked back on.

    One that is running goes on undisturbed, under its new name and cadence; one that was not begins anew.
    """
    rows = connection.execute(sa.select(saved_searches).where(saved_searches.c.subscriber_id == subscriber_id)).all()
    there = {row.identity: row for row in rows}
    running = sum(row.state != ENDED for row in rows)
    new, old = list[str](), list[str]()
    for identity, each in searches.items():
        row = there.get(identity)
        if row is not None and row.state == RUNNING:
            change: dict[str, object] = {"name": each.name, "cadence": each.cadence}
            if back_to is not None:  # looking back further than was asked before, never less far
                change |= {"backfill": True, "back_to": min(back_to, row.back_to) if row.backfill else back_to}
            connection.execute(sa.update(saved_searches).where(saved_searches.c.id == row.id).values(change))
            old.append(each.name)
            continue
        running += row is None or row.state == ENDED
        new.append(each.name)
        begin = _begun(seq, back_to) | {"name": each.name, "cadence": each.cadence}
        if row is not None:
            connection.execute(sa.update(saved_searches).where(saved_searches.c.id == row.id).values(begin))
            continue
        begin |= {"subscriber_id": subscriber_id, "identity": identity, "query": each.query}
        begin |= {"filters": dict(each.filters), "scope": each.scope}
        connection.execute(sa.insert(saved_searches).values(begin))
    if running > MOST_SEARCHES and new:
        raise Refused(w("at most {most} searches can be watched for one address"), most=MOST_SEARCHES)
    return Kept(tuple(new), tuple(old))


def begin_again(connection: Connection, which: sa.ColumnElement[bool], seq: int, catch_up: bool = False) -> int:
    """Searches that were paused or ended run from change `seq` on; with `catch_up` since they were paused."""
    change = _begun(seq, None)
    if catch_up:
        change |= {"backfill": True}
        del change["back_to"]  # it was noted when they were paused
    return connection.execute(sa.update(saved_searches).where(which).values(change)).rowcount


def forget_untold(connection: Connection, which: sa.ColumnElement[bool]) -> None:
    """What searches matched but nobody was told of is dropped, so that coming back is a fresh start.

    But for what came with a flood that the secretariat has dropped: it stays, so that looking back finds it no more.
    """
    mine = matches.c.search_id.in_(sa.select(saved_searches.c.id).where(which))
    connection.execute(sa.delete(matches).where(mine & to_be_told()))


def to_be_told() -> sa.ColumnElement[bool]:
    """Of `matches`: no mail has told of it, and one may, now or when a flood is released."""
    dropped = matches.c.hold_id.in_(sa.select(holds.c.id).where(holds.c.state == "dropped"))
    return matches.c.outbox_id.is_(None) & (matches.c.hold_id.is_(None) | ~dropped)


def _begun(seq: int, back_to: int | None) -> dict[str, object]:
    begin: dict[str, object] = {"state": RUNNING, "reason": "", "told": False, "start_seq": seq, "tree": None}
    begin |= {"ended": None}
    return begin | {"read_as": "", "backfill": back_to is not None, "back_to": back_to or 0}
