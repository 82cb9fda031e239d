"""How does the outbox stand? Counts, what waits longest, what is held and why; addresses only as hints."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from catalog import Catalog
from catalog.tables import deliveries, outbox, subscribers
from search.alerts.members.addresses import hint
from search.alerts.post.outbox import OPEN

SHOWN = 10


@dataclass(frozen=True, slots=True)
class WaitingMail:
    """One of those that wait longest. `why`: what was said at the last attempt, "" if there was none."""

    outbox_id: int
    kind: str
    reader: str
    created: datetime
    attempts: int
    try_again: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class OutboxReport:
    """`counts`: mails by state and kind; `held`: mails by the reason for which a person has to decide."""

    counts: dict[str, dict[str, int]]
    waiting: tuple[WaitingMail, ...]
    held: dict[str, int]


def outbox_report(catalog: Catalog) -> OutboxReport:
    """All of it, in one consistent state."""
    last = (
        sa.select(deliveries.c.answer)
        .where(deliveries.c.outbox_id == outbox.c.id)
        .order_by(deliveries.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    number = sa.func.count()
    with catalog.read() as connection:
        counts: dict[str, dict[str, int]] = {}
        groups = sa.select(outbox.c.state, outbox.c.kind, number).group_by(outbox.c.state, outbox.c.kind)
        for state, kind, count in connection.execute(groups.order_by(outbox.c.state, outbox.c.kind)):
            counts.setdefault(state, {})[kind] = count
        why = sa.func.coalesce(last, "").label("why")
        open_ones = sa.select(outbox, subscribers.c.address, why).outerjoin(subscribers).where(OPEN)
        rows = connection.execute(open_ones.order_by(outbox.c.created, outbox.c.id).limit(SHOWN)).all()
        reasons = sa.select(why, number).where(outbox.c.state == "held").group_by(why)
        held = dict(connection.execute(reasons).tuples().all())
    waiting = tuple(
        WaitingMail(
            outbox_id=row.id,
            kind=row.kind,
            reader=hint(row.address) if row.address else "the secretariat",
            created=row.created,
            attempts=row.attempts,
            try_again=row.try_again,
            why=row.why,
        )
        for row in rows
    )
    return OutboxReport(counts, waiting, held)
