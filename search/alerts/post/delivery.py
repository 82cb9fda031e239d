"""How does a mail that is a row become a mail, once? Leased, handed over, and only then marked as sent.

The states of outbox.state: waiting -> leased -> sent; back to waiting after trouble that may pass; `failed` when the
server refused it for good; `withheld` when its reader has unsubscribed meanwhile; `held` when it is older than
HOLD_AFTER: then the machine was down, or the catalog is a restored copy whose mails have long gone out, and a
person decides (release_held).
"""

import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.utils import parseaddr
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from catalog import Catalog
from catalog.tables import deliveries, outbox, saved_searches, subscribers
from search.alerts.members.subscribers import ENDED
from search.alerts.post.smtp import Attempt, Line, Outcome, Smtp

BATCH = 20
LEASE = timedelta(minutes=15)
HOLD_AFTER = timedelta(days=4)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What one run of deliver() did, in mails; `stopped` says why it ended early ("" if it did not)."""

    sent: int = 0
    refused: int = 0
    later: int = 0
    withheld: int = 0
    held: int = 0
    waiting: int = 0  # left in the outbox, for this sender's next run or held by another sender
    stopped: str = ""


def deliver(catalog: Catalog, smtp: Smtp, now: datetime) -> DeliveryReport:
    """Sends every mail that is due at `now`; any number of senders may run at once, none sends another's mail."""
    sender = _Sender(catalog, smtp, now)
    with Line(smtp) as line:
        while not sender.stopped and (rows := sender.lease()):
            for row in rows:
                sender.send(line, row)
        sender.give_back()
    return sender.report()


def free_leases(catalog: Catalog) -> int:
    """Takes back what a sender that died had leased; only for whoever knows that no other sender is at work."""
    with catalog.write() as connection:
        free = {"state": "waiting", "lease": None, "lease_until": None}
        return connection.execute(sa.update(outbox).where(outbox.c.state == "leased").values(free)).rowcount


def release_held(catalog: Catalog, now: datetime) -> int:
    """Lets the mails go that were held for their age; for a person who knows they were not sent. Returns how many."""
    with catalog.write() as connection:
        free = {"state": "waiting", "created": now, "attempts": 0, "try_again": None}
        return connection.execute(sa.update(outbox).where(outbox.c.state == "held").values(free)).rowcount


def pause(attempts: int) -> timedelta:
    """How long to wait after the given number of attempts: 5, 10, 20, ... minutes, at most 6 hours."""
    doublings = min(attempts - 1, 20)
    return min(LONGEST_PAUSE, FIRST_PAUSE * (1 << doublings))


class _Sender:
    """One run: its lease, its clock (which goes on from `now`), its counts."""

    def __init__(self, catalog: Catalog, smtp: Smtp, now: datetime) -> None:
        self.catalog, self.smtp = catalog, smtp
        self.start, self.started = now, time.monotonic()
        self.lease_name = secrets.token_hex(8)
        self.counts = dict.fromkeys(("sent", "refused", "later", "withheld", "held"), 0)
        self.stopped = ""
        self.lease_time = max(LEASE, 4 * timedelta(seconds=smtp.deadline))

    def now(self) -> datetime:
        return self.start + timedelta(seconds=time.monotonic() - self.started)

    def lease(self) -> list[Row[Any]]:
        """The next mails that are due, or whose sender died; no other sender gets them before the lease ends."""
        now = self.now()
        due = (outbox.c.state == "waiting") & (outbox.c.try_again.is_(None) | (outbox.c.try_again <= now))
        orphaned = (outbox.c.state == "leased") & (outbox.c.lease_until < now)
        with self.catalog.write() as connection:
            ids = sa.select(outbox.c.id).where(due | orphaned).order_by(outbox.c.id).limit(BATCH)
            chosen = connection.execute(ids.with_for_update(skip_locked=True)).scalars().all()
            take = {"state": "leased", "lease": self.lease_name, "lease_until": now + self.lease_time}
            connection.execute(sa.update(outbox).where(outbox.c.id.in_(chosen)).values(take))
            mine = sa.select(outbox, subscribers.c.address).join(subscribers).where(outbox.c.id.in_(chosen))
            return list(connection.execute(mine.order_by(outbox.c.id)))

    def send(self, line: Line, row: Row[Any]) -> None:
        if self.stopped:
            return
        if self.now() + timedelta(seconds=2 * self.smtp.deadline) > row.lease_until:
            self._free(row.id)  # too little is left of the lease to be the only one for sure
            return
        if self.now() - row.created > HOLD_AFTER:
            why = f"older than {HOLD_AFTER.days} days: held until a person releases it"
            self._record(row, "held", "held", why)
        elif not self._wanted(row.subscriber_id):
            self._record(row, "withheld", "withheld", "unsubscribed before it was sent")
        else:
            self._settle(row, line.hand_over(self._from(row.message), row.address, row.message))

    def give_back(self) -> None:
        """Frees what was leased and not tried, so that the next run need not wait for the lease to end."""
        with self.catalog.write() as connection:
            mine = (outbox.c.state == "leased") & (outbox.c.lease == self.lease_name)
            connection.execute(sa.update(outbox).where(mine).values(state="waiting", lease=None))

    def report(self) -> DeliveryReport:
        with self.catalog.read() as connection:
            left = outbox.c.state.in_(("waiting", "leased"))
            waiting = connection.execute(sa.select(sa.func.count()).select_from(outbox).where(left)).scalar_one()
        return DeliveryReport(**self.counts, waiting=waiting, stopped=self.stopped)

    def _settle(self, row: Row[Any], attempt: Attempt) -> None:
        if attempt.outcome is Outcome.SENT:
            self._record(row, "sent", "sent", attempt.answer)
        elif attempt.outcome is Outcome.REFUSED:
            self._record(row, "failed", "refused", attempt.answer)
        else:
            self._record(row, "waiting", "later", attempt.answer)
        if attempt.outcome is Outcome.NO_SERVER:
            self.stopped = f"the mail server {self.smtp.host}:{self.smtp.port} takes no mail now: {attempt.answer}"

    def _record(self, row: Row[Any], state: str, count: str, answer: str) -> None:
        now = self.now()
        values: dict[str, object] = {"state": state, "lease": None, "lease_until": None}
        tried = count in ("sent", "refused", "later")
        if tried:
            values |= {"attempts": row.attempts + 1, "try_again": now + pause(row.attempts + 1)}
        if state != "waiting":
            values["try_again"] = None
        outcome = "failed" if count == "later" else count
        with self.catalog.write() as connection:
            mine = (outbox.c.id == row.id) & (outbox.c.lease == self.lease_name)
            connection.execute(sa.update(outbox).where(mine).values(values))
            entry = {"outbox_id": row.id, "at": now, "outcome": outcome, "answer": answer}
            connection.execute(sa.insert(deliveries).values(entry))
        self.counts[count] += 1

    def _free(self, outbox_id: int) -> None:
        with self.catalog.write() as connection:
            mine = (outbox.c.id == outbox_id) & (outbox.c.lease == self.lease_name)
            connection.execute(sa.update(outbox).where(mine).values(state="waiting", lease=None))

    def _wanted(self, subscriber_id: int) -> bool:
        with self.catalog.read() as connection:
            return _still_wanted(connection, subscriber_id)

    def _from(self, message: bytes) -> str:
        if self.smtp.envelope_from:
            return self.smtp.envelope_from
        return parseaddr(str(message_from_bytes(message, policy=policy.default)["From"]))[1]


def _still_wanted(connection: Connection, subscriber_id: int) -> bool:
    """Active, with at least one search that was not ended by its owner."""
    active = (subscribers.c.id == subscriber_id) & (subscribers.c.state == "active")
    some = saved_searches.c.state != ENDED
    wanted = sa.select(subscribers.c.id).join(saved_searches).where(active, some).limit(1)
    return connection.execute(wanted).first() is not None
