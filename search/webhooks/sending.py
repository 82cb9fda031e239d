"""How does a change reach each webhook exactly once, in order, whatever breaks?

Per webhook one change at a time: it becomes a row (with its body, its number and its key), it is sent, and the answer
is written, each attempt in a transaction of its own. The position moves in the transaction that writes the answer 2xx.
Killed in between, the next run sends the same body under the same key: the receiver drops what it has had. A receiver
that fails is tried again after growing pauses, and holds up nobody but itself; after GIVE_UP a person is asked
(`forumwatch webhook resume`), and nothing has been passed over.
"""

import json
import random
import secrets
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import Catalog, upsert
from catalog.tables import webhook_deliveries as sent
from catalog.tables import webhooks as table
from search.alerts.members.saved import meaning
from search.alerts.members.sought import Asking
from search.changes import Change, change_json, read_changes
from search.webhooks.hooks import Webhook, find_webhook, followed, mark_removed, webhooks
from search.webhooks.posting import Answer, Poster
from search.webhooks.signing import Letter, signed, webhook_secret
from search.webhooks.wanted import wanted

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
GIVE_UP = timedelta(days=4)
BATCH = 200  # changes looked at together
AT_ONCE = 8  # webhooks that are sent to at the same time
RUN = 300.0  # seconds that one webhook may take of a run; what is left comes in the next


@dataclass(frozen=True)
class Sender:
    """What a run needs: how to reach receivers, the secret of the house, where a work's page is, the clock."""

    catalog: Catalog
    poster: Poster
    house_secret: str
    work_url: Callable[[str], str]
    now: Callable[[], datetime]
    seconds: float = RUN


@dataclass(frozen=True, slots=True)
class WebhookReport:
    """What one run did: changes `delivered` or to be tried `later`; webhooks `failed` (given up) or `removed`."""

    delivered: int = 0
    later: int = 0
    failed: int = 0
    removed: int = 0

    def __add__(self, other: "WebhookReport") -> "WebhookReport":
        return WebhookReport(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


def deliver_webhooks(sender: Sender) -> WebhookReport:
    """Tells every active webhook what it has not been told; each in a thread, so that a dead one delays no other."""
    active = [hook for hook in webhooks(sender.catalog) if hook.state == "active"]
    if not active:
        return WebhookReport()
    with ThreadPoolExecutor(min(AT_ONCE, len(active)), thread_name_prefix="webhook") as pool:
        return sum(pool.map(lambda hook: _Run(sender, hook).go(), active), WebhookReport())


def send_test(sender: Sender, name: str) -> Answer:
    """Sends a message of no change (number 0), so that a receiver can be tried. Errors: MistakenRequest if no such."""
    hook = find_webhook(sender.catalog, name)
    key = f"{hook.name}-test-{secrets.token_hex(4)}"
    return _post(sender, hook, Letter(key, 0, _body(key, hook, None, None, sender)))


def pause(attempts: int) -> timedelta:
    """How long to wait after that many attempts: 1, 2, 4, ... minutes, at most 6 hours, less up to a fifth by chance.

    The chance keeps receivers that failed together from being tried together.
    """
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * (1 << min(attempts - 1, 20)))
    return longest * random.uniform(0.8, 1.0)


class _Run:
    """One webhook in one run."""

    def __init__(self, sender: Sender, hook: Webhook) -> None:
        self.sender, self.catalog, self.hook = sender, sender.catalog, hook
        self.ahead: deque[tuple[Change, bool | None]] = deque()  # looked at, wanted, not yet a row
        self.looked = hook.seq
        self.asking = Asking(hook.query) if hook.query else None
        self.report = WebhookReport()

    def go(self) -> WebhookReport:
        end = time.monotonic() + self.sender.seconds
        if self.hook.query and (nothing := meaning(self.hook.query).nothing):
            self._stop("failed", f"its query can find nothing any more: {nothing}")
            return WebhookReport(failed=1)
        if self.hook.search_id is not None and not self._follows(self.hook.search_id):
            return self.report
        while time.monotonic() < end and (letter := self._next()):
            if not self._settle(letter, _post(self.sender, self.hook, letter)):
                break
        return self.report

    def _follows(self, search_id: int) -> bool:
        """Whether its saved search runs. One that was ended ends the webhook; while one is paused or broken it waits,
        and goes on from there."""
        with self.catalog.write() as connection:
            search = followed(connection, search_id)
            if search is None:
                mark_removed(connection, self.hook.id, "the saved search that it followed was ended")
                self.report += WebhookReport(removed=1)
                return False
        self.asking = Asking.of_row(search)
        return bool(search.state == "running")

    def _next(self) -> Letter | None:
        """The change that is due, as a row; None if there is none, or it must wait."""
        with self.catalog.read() as connection:
            if not self._is_active(connection):
                return None
            row = connection.execute(sa.select(sent).where(*self._waiting())).first()
        if row is not None:
            due = row.try_again is None or row.try_again <= self.sender.now()
            return Letter(json.loads(row.body)["key"], row.seq, row.body.encode()) if due else None
        while not self.ahead:
            if not self._look():
                return None
        change, found = self.ahead.popleft()
        return self._write(change, found)

    def _look(self) -> bool:
        """Looks at the next changes; moves past those that nobody asked for. False when there are none."""
        with self.catalog.read() as connection:
            found = read_changes(connection, self.looked, BATCH)
        if not found:
            return False
        self.looked = found[-1].seq
        self.ahead.extend(wanted(self.catalog, self.hook.id, self.asking, found))
        with self.catalog.write() as connection:
            self._move(connection, self._before())
        return True

    def _before(self) -> int:
        """Up to where there is nothing left to tell of."""
        return self.ahead[0][0].seq - 1 if self.ahead else self.looked

    def _write(self, change: Change, found: bool | None) -> Letter | None:
        # The moment is in the key because numbers come again after a backup was put back, for other changes.
        key = f"{self.hook.name}-{change.seq}-{round(change.at.timestamp() * 1_000_000):x}"
        body = _body(key, self.hook, found, change, self.sender)
        row: dict[str, Any] = {"webhook_id": self.hook.id, "seq": change.seq, "work_id": change.work_id}
        with self.catalog.write() as connection:
            if not self._is_active(connection):
                return None
            row |= {"state": "waiting", "body": body.decode(), "attempts": 0, "answer": ""}
            if not upsert(connection, sent, [row], ["webhook_id", "seq"], update=False):
                return None  # another run is at it
        return Letter(key, change.seq, body)

    def _settle(self, letter: Letter, answer: Answer) -> bool:
        """Writes the answer, and what follows from it; True if the next change may go."""
        now = self.sender.now()
        with self.catalog.write() as connection:
            row = connection.execute(sa.select(sent).where(*self._waiting(), sent.c.seq == letter.sequence)).first()
            if row is None:
                return False  # skipped or removed by a person meanwhile
            first = row.first_tried or now
            tried = {"attempts": row.attempts + 1, "first_tried": first, "last_tried": now}
            tried |= {"status": answer.status, "answer": answer.text}
            mine = (sent.c.webhook_id == self.hook.id) & (sent.c.seq == letter.sequence)
            connection.execute(sa.update(sent).where(mine).values(tried))
            if answer.status is not None and 200 <= answer.status < 300:
                connection.execute(sa.update(sent).where(mine).values(state="done", body=None, try_again=None))
                self.looked = max(self.looked, letter.sequence)
                self._move(connection, self._before())
                connection.execute(sa.update(table).where(table.c.id == self.hook.id).values(failures=0, reason=""))
                self.report += WebhookReport(delivered=1)
                return True
            if answer.status == 410:
                mark_removed(connection, self.hook.id, "its receiver answered 410: it wants no more")
                self.report += WebhookReport(removed=1)
                return False
            self._later(connection, mine, first, now, row.attempts + 1, answer)
            return False

    def _later(
        self,
        connection: Connection,
        mine: sa.ColumnElement[bool],
        first: datetime,
        now: datetime,
        attempts: int,
        answer: Answer,
    ) -> None:
        wait = max(pause(attempts), answer.wait or timedelta())
        connection.execute(sa.update(sent).where(mine).values(try_again=now + wait))
        said = f"{answer.status} {answer.text}".strip() if answer.status else answer.text
        failing = {"failures": table.c.failures + 1, "reason": said}
        self.report += WebhookReport(later=1)
        if now - first >= GIVE_UP:
            failing |= {"state": "failed", "reason": f"given up after {GIVE_UP.days} days; last: {said}"}
            self.report += WebhookReport(failed=1)
        connection.execute(sa.update(table).where(table.c.id == self.hook.id).values(failing))

    def _move(self, connection: Connection, seq: int) -> None:
        """Forward only: a person may have moved it meanwhile."""
        mine = (table.c.id == self.hook.id) & (table.c.seq < seq)
        connection.execute(sa.update(table).where(mine).values(seq=seq))

    def _stop(self, state: str, reason: str) -> None:
        with self.catalog.write() as connection:
            mine = table.c.id == self.hook.id
            connection.execute(sa.update(table).where(mine).values(state=state, reason=reason))

    def _is_active(self, connection: Connection) -> bool:
        state = sa.select(table.c.state).where(table.c.id == self.hook.id)
        return connection.execute(state).scalar() == "active"

    def _waiting(self) -> tuple[sa.ColumnElement[bool], ...]:
        return (sent.c.webhook_id == self.hook.id, sent.c.state == "waiting")


def _body(key: str, hook: Webhook, found: bool | None, change: Change | None, sender: Sender) -> bytes:
    said = {
        "key": key,
        "query": hook.query or None,
        "search": hook.search_id,
        "matches": found,
        "change": change_json(change, sender.work_url) if change else None,
    }
    return json.dumps(said, ensure_ascii=False).encode()


def _post(sender: Sender, hook: Webhook, letter: Letter) -> Answer:
    secret = webhook_secret(sender.house_secret, hook.name)
    return sender.poster.post(hook.url, letter.body, signed(letter, secret, sender.now()))
