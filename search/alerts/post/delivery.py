"""How does a mail that is a row become a mail, once? Leased, handed over, and only then marked as sent.

The states are those of outbox.py. Each mail is its own transaction, written as soon as the server has answered: the
one window that cannot be closed, in which a sender dies after the server's yes, is as short as a commit.
"""

import secrets
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from catalog import Catalog
from catalog.tables import outbox
from search.alerts.post.claim import Claim
from search.alerts.post.outbox import (
    HOLD_AFTER,
    OPEN,
    Lease,
    free_leases,
    give_back,
    hold_all,
    hold_old,
    lease,
    obstacle,
    pause,
    record,
    release_held,
)
from search.alerts.post.pacing import Pace
from search.alerts.post.patience import soft_bounce
from search.alerts.post.returning import return_path
from search.alerts.post.smtp import Attempt, Line, Outcome, Smtp
from search.alerts.post.suppression import HARD, suppress

__all__ = ["HOLD_AFTER", "DeliveryReport", "Office", "deliver", "free_leases", "pause", "release_held"]

BATCH = 20
LEASE = timedelta(minutes=15)
GIVE_UP = 21  # attempts: with their pauses, four days
STRANGE = 5  # readers in a row that a server does not know: then it is the server that is strange


@dataclass(frozen=True, slots=True)
class Office:
    """How this house sends, beyond its relay."""

    secret: str = field(default="", repr=False)  # of the house: return paths and suppressions are keyed by it
    secretariat: str = ""  # where mails to nobody in particular go; without it they wait
    rate: float = 0  # mails a minute; 0: unbounded
    bounces: str = ""  # where bounces go; without it they go to the From address, and name no mail
    claim: Path | None = None  # the file that knows a restored catalog; None: nobody asks


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What one round of deliver() did, in mails; `stopped` says why it ended early ("" if it did not)."""

    sent: int = 0
    refused: int = 0
    bounced: int = 0  # to mailboxes that are not there
    later: int = 0
    withheld: int = 0
    suppressed: int = 0
    held: int = 0
    waiting: int = 0  # left in the outbox, for this sender's next round or held by another sender
    stopped: str = ""


def deliver(catalog: Catalog, smtp: Smtp, now: datetime, office: Office | None = None) -> DeliveryReport:
    """Sends every mail that is due at `now`; any number of senders may run at once, none sends another's mail.

    From a catalog that was restored or copied nothing is sent: all its mails are held, and `stopped` says why.
    """
    sender = _Sender(catalog, smtp, now, office or Office())
    if sender.may_begin():
        with Line(smtp) as line:
            try:
                while not sender.stopped and (rows := sender.lease()):
                    for row in rows:
                        sender.send(line, row)
            finally:
                sender.end()
    return sender.report()


class _Sender:
    """One round: its lease, its clock (which goes on from `now`), its counts."""

    def __init__(self, catalog: Catalog, smtp: Smtp, now: datetime, office: Office) -> None:
        self.catalog, self.smtp, self.office = catalog, smtp, office
        self.start, self.started = now, time.monotonic()
        self.name = secrets.token_hex(8)
        self.counts = dict.fromkeys(("sent", "refused", "bounced", "later", "withheld", "suppressed", "held"), 0)
        self.stopped = ""
        self.unknown = 0  # readers in a row that the server does not know
        self.pace = Pace(office.rate)
        self.claim = Claim(office.claim) if office.claim else None
        self.lease_time = max(LEASE, 4 * timedelta(seconds=smtp.deadline))
        slots = self.lease_time.total_seconds() / 3 / self.pace.gap if self.pace.gap else BATCH
        self.batch = max(1, min(BATCH, int(slots)))

    def now(self) -> datetime:
        return self.start + timedelta(seconds=time.monotonic() - self.started)

    def may_begin(self) -> bool:
        if self.claim is None:  # nothing vouches for the catalog but the age of what waits
            with self.catalog.write() as connection:
                self.counts["held"] += hold_old(connection, self.start)
            return True
        if not self._waiting():
            return True
        self.stopped = self.claim.trouble(self.catalog, self.start)
        if self.stopped:
            self.counts["held"] += hold_all(self.catalog, self.stopped, self.start)
        return not self.stopped

    def lease(self) -> list[Row[Any]]:
        """The next mails, with a generation of their own where a claim is kept."""
        now = self.now()
        with self.catalog.write() as connection:
            mine = Lease(self.name, now + self.lease_time)
            rows = lease(connection, mine, now, self.batch, self.office.secretariat)
            generation = self.claim.advance(connection, now) if self.claim and rows else None
        if self.claim and rows:
            if generation is None:
                self.stopped = "another installation has claimed this catalog meanwhile"
                return []
            self.claim.note(generation)
        return rows

    def send(self, line: Line, row: Row[Any]) -> None:
        if self.stopped:
            return
        if self._hindered(row) or (self.pace.wait() and self._hindered(row)):
            return
        if self.now() + timedelta(seconds=2 * self.smtp.deadline) > row.lease_until:
            with self.catalog.write() as connection:  # too little is left of the lease to be the only one for sure
                give_back(connection, self.name, [row.id])
            return
        self._settle(row, line.hand_over(self._from(row), row.address or self.office.secretariat, row.message))

    def end(self) -> None:
        """Frees what was not tried. The generation grows once more: a copy made meanwhile is older than this round."""
        generation = None
        with self.catalog.write() as connection:
            give_back(connection, self.name)
            if self.claim and sum(self.counts.values()):
                generation = self.claim.advance(connection, self.now())
        if self.claim and generation:
            self.claim.note(generation)

    def report(self) -> DeliveryReport:
        return DeliveryReport(**self.counts, waiting=self._waiting(), stopped=self.stopped)

    def _waiting(self) -> int:
        with self.catalog.read() as connection:
            waiting = sa.select(sa.func.count()).select_from(outbox).where(OPEN)
            return int(connection.execute(waiting).scalar_one())

    def _hindered(self, row: Row[Any]) -> bool:
        """True if it must not go now, which is then written down."""
        with self.catalog.read() as connection:
            state, why = obstacle(connection, row, self.name, self.office.secret)
        if state and state != "gone":
            self._record(row, state, state, why)
        return bool(state)

    def _settle(self, row: Row[Any], attempt: Attempt) -> None:
        outcome, answer = attempt
        if outcome is Outcome.SENT:
            self.unknown = 0
            self._record(row, "sent", "sent", answer)
        elif outcome is Outcome.GONE:
            self.unknown += 1
            self._record(row, "bounced", "bounced", answer, hard=True)
        elif outcome is Outcome.REFUSED:
            self._record(row, "failed", "refused", answer)
        elif outcome is Outcome.FULL or (outcome is Outcome.LATER and row.attempts + 1 >= GIVE_UP):
            self._record(row, "bounced", "bounced", answer, soft=True)
        else:
            self._record(row, "waiting", "later", answer)
        where = f"the mail server {self.smtp.host}:{self.smtp.port}"
        if outcome is Outcome.NO_SERVER:
            self.stopped = f"{where} takes no mail now: {answer}"
        elif self.unknown >= STRANGE:
            self.stopped = f"{where} knows none of {STRANGE} readers in a row: is it the right one? {answer}"

    def _record(
        self, row: Row[Any], state: str, count: str, answer: str, *, hard: bool = False, soft: bool = False
    ) -> None:
        now = self.now()
        values: dict[str, object] = {"state": state, "try_again": None}
        if count in ("sent", "refused", "bounced", "later"):
            values["attempts"] = row.attempts + 1
        if state == "waiting":
            values["try_again"] = now + pause(row.attempts + 1)
        entry = {"at": now, "outcome": "failed" if count == "later" else count, "answer": answer}
        with self.catalog.write() as connection:
            if not record(connection, row, self.name, values, entry):
                return
            if hard and row.address:
                suppress(connection, self.office.secret, row.address, HARD, answer, now=now)
            if soft and row.subscriber_id:
                soft_bounce(connection, self.office.secret, row.subscriber_id, answer, now=now)
        self.counts[count] += 1

    def _from(self, row: Row[Any]) -> str:
        """The envelope sender: signed where bounces have an address of their own."""
        if self.office.bounces:
            return return_path(self.office.secret, self.office.bounces, row.id)
        if self.smtp.envelope_from:
            return self.smtp.envelope_from
        return parseaddr(str(BytesHeaderParser().parsebytes(row.message)["From"]))[1]
