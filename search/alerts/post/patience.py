"""How long do we go on writing to a mailbox that sends mails back? Ever more slowly, and then no more.

A soft bounce (full, out of order for days) pauses all mail to the reader; SUPPRESS_AFTER of them in a row, over at
least LONG_ENOUGH, count as a hard one. A mail that goes out and stays out ends the row.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog.tables import deliveries, outbox, subscribers
from search.alerts.post.suppression import HARD, suppress

RESTS = (timedelta(hours=1), timedelta(hours=4), timedelta(days=1), timedelta(days=3), timedelta(days=7))
SUPPRESS_AFTER, LONG_ENOUGH = 7, timedelta(days=14)
QUIET = timedelta(days=5)  # a mail that has not come back by then has arrived: relays give up after four or five


def soft_bounce(connection: Connection, secret: str, subscriber_id: int, detail: str, *, now: datetime) -> bool:
    """One more in a row, whose line in the ledger has been written; True if it was one too many."""
    more = {"soft_bounces": subscribers.c.soft_bounces + 1}
    where = subscribers.c.id == subscriber_id
    query = (
        sa.update(subscribers).where(where).values(more).returning(subscribers.c.soft_bounces, subscribers.c.address)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return False
    rest = RESTS[min(row.soft_bounces, len(RESTS)) - 1]
    connection.execute(sa.update(subscribers).where(where).values(mail_after=now + rest))
    if (
        row.soft_bounces < SUPPRESS_AFTER
        or now - _first(connection, subscriber_id, row.soft_bounces, now) < LONG_ENOUGH
    ):
        return False
    suppress(connection, secret, row.address, HARD, f"{row.soft_bounces} soft bounces in a row: {detail}", now=now)
    return True


def forgive(connection: Connection, now: datetime) -> int:
    """Ends the row of every reader whose last mail went out QUIET ago and has not come back; returns how many."""
    bad = deliveries.c.outcome == "bounced"
    last = {
        name: sa.select(sa.func.max(deliveries.c.at))
        .select_from(sa.join(deliveries, outbox))
        .where(outbox.c.subscriber_id == subscribers.c.id, which)
        .correlate(subscribers)
        .scalar_subquery()
        for name, which in (("sent", deliveries.c.outcome == "sent"), ("bounced", bad))
    }
    quiet = (last["sent"] <= now - QUIET) & (last["bounced"].is_(None) | (last["bounced"] < last["sent"]))
    clean = {"soft_bounces": 0, "mail_after": None}
    return connection.execute(
        sa.update(subscribers).where(subscribers.c.soft_bounces > 0, quiet).values(clean)
    ).rowcount


def _first(connection: Connection, subscriber_id: int, number: int, now: datetime) -> datetime:
    """When the row of that many bounces began."""
    query = sa.select(deliveries.c.at).join(outbox).where(outbox.c.subscriber_id == subscriber_id)
    query = query.where(deliveries.c.outcome == "bounced").order_by(deliveries.c.id.desc()).limit(number)
    return min(connection.execute(query).scalars(), default=now)
