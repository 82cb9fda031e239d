"""Which mails wait, who holds them, and what became of each? Every state a mail goes through is set here.

outbox.state: waiting -> leased -> sent; back to waiting after trouble that may pass; `failed` when it was refused for
good, `bounced` when there is no such mailbox or it came back; `withheld` when its reader has left, `suppressed` when
nothing may go to the address; `held` when a person has to decide first (release_held, or a claim that skips).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from catalog import Catalog
from catalog.tables import corrections, deliveries, matches, outbox, saved_searches, subscribers
from search.alerts.members.subscribers import ENDED
from search.alerts.post.suppression import why_suppressed

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=6)
LONGEST_LEASE = timedelta(days=1)  # one that ends later was given by a clock that went wrong
HOLD_AFTER = timedelta(days=4)
OLD = f"older than {HOLD_AFTER.days} days: held until a person releases it"
LONGEST_REST = timedelta(days=8)  # so does a pause that soft bounces never make
OF_SEARCHES = ("weekly", "daily", "at once", "digest")  # kinds that are of no use to whoever has ended all searches
OPEN = outbox.c.state.in_(("waiting", "leased"))
FREE = {"state": "waiting", "lease": None, "lease_until": None}


@dataclass(frozen=True, slots=True)
class Lease:
    """A sender's name for one round, and until when what it takes is its own."""

    name: str
    until: datetime


def lease(connection: Connection, mine: Lease, now: datetime, number: int, secretariat: str) -> list[Row[Any]]:
    """The next mails that are due, or whose sender died; no other sender gets them before the lease ends.

    What is due is bounded on both sides, so that a clock that was once far ahead keeps nothing back.
    """
    soon, later = outbox.c.try_again <= now, outbox.c.try_again > now + LONGEST_PAUSE
    rested = subscribers.c.mail_after
    awake = rested.is_(None) | (rested <= now) | (rested > now + LONGEST_REST)
    due = (outbox.c.state == "waiting") & (outbox.c.try_again.is_(None) | soon | later) & awake
    lost = (outbox.c.lease_until < now) | (outbox.c.lease_until > now + LONGEST_LEASE)
    orphaned = (outbox.c.state == "leased") & lost
    whose = outbox.c.subscriber_id.is_not(None) if not secretariat else sa.true()
    ids = sa.select(outbox.c.id).outerjoin(subscribers).where(due | orphaned, whose)
    ids = ids.order_by(outbox.c.id).limit(number).with_for_update(skip_locked=True, of=outbox)
    chosen = connection.execute(ids).scalars().all()
    take = {"state": "leased", "lease": mine.name, "lease_until": mine.until}
    connection.execute(sa.update(outbox).where(outbox.c.id.in_(chosen)).values(take))
    rows = sa.select(outbox, subscribers.c.address).outerjoin(subscribers)
    return list(connection.execute(rows.where(outbox.c.id.in_(chosen)).order_by(outbox.c.id)))


def give_back(connection: Connection, name: str, ids: Collection[int] | None = None) -> None:
    """Frees what was leased and not tried, so that the next round need not wait for the lease to end."""
    mine = (outbox.c.state == "leased") & (outbox.c.lease == name)
    if ids is not None:
        mine = mine & outbox.c.id.in_(ids)
    connection.execute(sa.update(outbox).where(mine).values(FREE))


def obstacle(connection: Connection, row: Row[Any], name: str, secret: str) -> tuple[str, str]:
    """Why the mail must not go now: a state and the reason; ("", "") if it may; ("gone", ...) if it is not ours now."""
    some = sa.exists().where(saved_searches.c.subscriber_id == subscribers.c.id, saved_searches.c.state != ENDED)
    query = sa.select(outbox.c.lease, subscribers.c.state, subscribers.c.address, some.label("some"))
    now = connection.execute(query.outerjoin_from(outbox, subscribers).where(outbox.c.id == row.id)).one_or_none()
    if now is None or now.lease != name:
        return "gone", "deleted, or taken by another sender"
    if row.subscriber_id is None or row.kind == "confirm":
        # Its owner has just asked to be let in (again): the answer is what shows that mail arrives and is wanted.
        return "", ""
    if now.state != "active" or (row.kind in OF_SEARCHES and not now.some):
        return "withheld", "unsubscribed before it was sent"
    reason = why_suppressed(connection, secret, now.address)
    return ("suppressed", f"nothing is sent to this address since a {reason}") if reason else ("", "")


def record(
    connection: Connection, row: Row[Any], name: str, values: dict[str, object], entry: dict[str, object]
) -> bool:
    """Sets what became of a leased mail, with its line in the ledger; False if the mail is gone or another's.

    What was sent is written down whoever holds it now, so that it is not sent again.
    """
    mine = outbox.c.id == row.id
    if values["state"] != "sent":
        mine = mine & (outbox.c.lease == name)
    values = {"lease": None, "lease_until": None} | values
    if not connection.execute(sa.update(outbox).where(mine).values(values)).rowcount:
        return False
    connection.execute(sa.insert(deliveries).values({"outbox_id": row.id} | entry))
    return True


def pause(attempts: int) -> timedelta:
    """How long to wait after the given number of attempts: 5, 10, 20, ... minutes, at most 6 hours."""
    doublings = min(attempts - 1, 20)
    return min(LONGEST_PAUSE, FIRST_PAUSE * (1 << doublings))


def free_leases(catalog: Catalog) -> int:
    """Takes back what a sender that died had leased; only for whoever knows that no other sender is at work."""
    with catalog.write() as connection:
        return connection.execute(sa.update(outbox).where(outbox.c.state == "leased").values(FREE)).rowcount


def release_held(catalog: Catalog, now: datetime) -> int:
    """Lets the mails go that were held; for a person who knows that they were not sent. Returns how many."""
    with catalog.write() as connection:
        free = {"state": "waiting", "created": now, "attempts": 0, "try_again": None}
        return connection.execute(sa.update(outbox).where(outbox.c.state == "held").values(free)).rowcount


def hold_all(catalog: Catalog, reason: str, now: datetime) -> int:
    """Nothing that waits may go before a person has decided; returns how many mails that stops."""
    with catalog.write() as connection:
        return _settle_all(connection, OPEN, "held", reason, now)


def hold_old(connection: Connection, now: datetime) -> int:
    """Never tried, and old: nobody knows whether such mails went out from elsewhere. Asked when a sender begins.

    What waits while the sender sleeps for ten days is not old, nor what it met with a clock that was ahead.
    """
    return _settle_all(connection, OPEN & is_old(now), "held", OLD, now)


def is_old(now: datetime) -> sa.ColumnElement[bool]:
    resting = sa.select(subscribers.c.id).where(
        subscribers.c.id == outbox.c.subscriber_id, subscribers.c.mail_after.is_not(None)
    )
    return (outbox.c.attempts == 0) & (outbox.c.created < now - HOLD_AFTER) & ~resting.exists()


def skip_all(connection: Connection, now: datetime) -> int:
    """Everything up to now counts as told: mails that wait or are held, and matches that no mail has told of.

    So do changes of what was told, and that a search broke: they were found, and perhaps mailed, from elsewhere.
    """
    skipped = _settle_all(connection, OPEN | (outbox.c.state == "held"), "withheld", "skipped by a person", now)
    connection.execute(sa.update(saved_searches).where(saved_searches.c.reason != "").values(told=True))
    untold = sa.select(saved_searches.c.subscriber_id).join(matches).where(matches.c.outbox_id.is_(None))
    changed = sa.select(corrections.c.subscriber_id).where(corrections.c.outbox_id.is_(None))
    for subscriber_id in connection.execute(untold.union(changed)).scalars().all():
        period = now.isoformat(timespec="seconds")
        row = {"subscriber_id": subscriber_id, "kind": "skipped", "period": period, "state": "withheld"}
        row |= {"message_id": f"<skipped.{period}.{subscriber_id}>", "message": b"", "created": now}
        made = connection.execute(sa.insert(outbox).values(row).returning(outbox.c.id)).scalar_one()
        theirs = sa.select(saved_searches.c.id).where(saved_searches.c.subscriber_id == subscriber_id)
        told = matches.c.outbox_id.is_(None) & matches.c.search_id.in_(theirs)
        connection.execute(sa.update(matches).where(told).values(outbox_id=made))
        said = corrections.c.outbox_id.is_(None) & (corrections.c.subscriber_id == subscriber_id)
        connection.execute(sa.update(corrections).where(said).values(outbox_id=made))
    return skipped


def write_anew(connection: Connection, subscriber_id: int, reason: str, now: datetime) -> int:
    """What waits for this reader is not sent as it was written; all it tells of goes into the next mails.

    A mail that a sender has in hand at this moment still goes.
    """
    mine = (outbox.c.subscriber_id == subscriber_id) & (outbox.c.kind != "confirm")
    mine = mine & outbox.c.state.in_(("waiting", "held"))
    ids = connection.execute(sa.select(outbox.c.id).where(mine).with_for_update()).scalars().all()
    connection.execute(sa.update(matches).where(matches.c.outbox_id.in_(ids)).values(outbox_id=None, told=None))
    connection.execute(sa.update(corrections).where(corrections.c.outbox_id.in_(ids)).values(outbox_id=None))
    if ids:  # which of them a notice was about is not kept
        broken = (saved_searches.c.subscriber_id == subscriber_id) & (saved_searches.c.reason != "")
        notice = sa.exists().where(outbox.c.id.in_(ids), outbox.c.kind == "notice")
        connection.execute(sa.update(saved_searches).where(broken, notice).values(told=False))
    return _settle_all(connection, outbox.c.id.in_(ids), "withheld", reason, now)


def _settle_all(connection: Connection, which: sa.ColumnElement[bool], state: str, reason: str, now: datetime) -> int:
    columns = [outbox.c.id, sa.literal(now, deliveries.c.at.type), sa.literal(state), sa.literal(reason)]
    entries = sa.insert(deliveries).from_select(
        ["outbox_id", "at", "outcome", "answer"], sa.select(*columns).where(which)
    )
    connection.execute(entries)
    return connection.execute(sa.update(outbox).where(which).values(FREE | {"state": state})).rowcount
