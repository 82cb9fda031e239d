"""Which addresses wait, are leased, are done? The crawl's memory, safe against kill -9 at any instruction.

Every step is one transaction. A page and what was found on it are committed together, and so are a
file's capture and its being done; so a killed crawl loses at most the one request that was in flight.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import Catalog, upsert
from catalog.tables import frontier, sources

LEASE = timedelta(minutes=30)
MOST_ATTEMPTS = 5  # an address that was in flight at five deaths of the process is not asked a sixth time

PAGE, FILE = "page", "file"
DONE, SAME, FAILED, WITHHELD = "done", "same", "failed", "withheld"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row to be: an address that shall be asked, or (state withheld) a document that cannot be."""

    kind: str
    fingerprint: str
    url: str
    request: dict[str, Any]
    priority: int = 0
    state: str = "waiting"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Leased:
    """A row that is ours until `until`."""

    id: int
    kind: str
    url: str
    request: dict[str, Any]
    until: datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """How a round stands. `found` counts files; `first_bad_page` is why the first page failed, if one did."""

    found: int
    done: int
    same: int
    failed: int
    withheld: int
    waiting: int
    first_bad_page: str
    first_bad_file: str


class Frontier:
    """The rows of one source in one round. Only one process at a time works on a source (see run.py)."""

    def __init__(self, catalog: Catalog, source: str, round: str) -> None:
        self._catalog = catalog
        self._source = source
        self._round = round
        self._mine = sa.and_(frontier.c.source == source, frontier.c.round == round)

    def begin(self) -> None:
        """Takes the round up: after a kill where it was, after a failed run from its pages on.

        The files that were done stay done; only those that failed are asked once more.
        """
        with self._catalog.write() as connection:
            last = connection.execute(
                sa.select(sources.c.last_round, sources.c.last_state).where(sources.c.name == self._source)
            ).one_or_none()
            if last is not None and (last.last_round, last.last_state) == (self._round, FAILED):
                self._reopen(connection)
            again = sa.update(frontier).where(self._mine, frontier.c.state == "leased")
            connection.execute(again.values(state="waiting", lease_until=None))
            worn = sa.update(frontier).where(
                self._mine, frontier.c.state == "waiting", frontier.c.attempts >= MOST_ATTEMPTS
            )
            connection.execute(worn.values(state=FAILED, reason=f"the crawl died {MOST_ATTEMPTS} times asking for it"))

    def _reopen(self, connection: Connection) -> None:
        stopped = sa.exists().where(self._mine, frontier.c.state.in_(["waiting", "leased"]))
        if connection.execute(sa.select(stopped)).scalar():
            return  # the run was cut short: it goes on where it stopped
        connection.execute(
            sa.delete(frontier).where(self._mine, sa.or_(frontier.c.kind == PAGE, frontier.c.state == WITHHELD))
        )
        failed = sa.update(frontier).where(self._mine, frontier.c.state == FAILED)
        connection.execute(failed.values(state="waiting", attempts=0, reason=""))

    def add(self, rows: Sequence[Wanted]) -> bool:
        """Adds rows that this round does not have yet; returns whether there was a new one."""
        with self._catalog.write() as connection:
            return self._add(connection, rows) > 0

    def _add(self, connection: Connection, rows: Sequence[Wanted]) -> int:
        values = [
            {
                "source": self._source,
                "round": self._round,
                "kind": row.kind,
                "fingerprint": row.fingerprint,
                "url": row.url,
                "request": row.request,
                "priority": row.priority,
                "state": row.state,
                "reason": row.reason,
                "attempts": 0,
            }
            for row in {row.fingerprint: row for row in rows}.values()
        ]
        known = upsert(connection, frontier, values, key=["source", "fingerprint", "round"], update=False)
        for row in rows:  # a waiting file whose address has changed (a new token) is asked for under the new one
            fresh = sa.update(frontier).where(
                self._mine,
                frontier.c.fingerprint == row.fingerprint,
                frontier.c.state == "waiting",
                frontier.c.url != row.url,
            )
            connection.execute(fresh.values(url=row.url, request=row.request))
        return known

    def lease(self) -> Leased | None:
        """The next address to ask, now leased; None if none waits."""
        first = (
            sa.select(frontier.c.id)
            .where(self._mine, frontier.c.state == "waiting")
            .order_by(frontier.c.priority.desc(), frontier.c.id)
            .limit(1)
        )
        until = datetime.now(UTC) + LEASE
        with self._catalog.write() as connection:
            taken = (
                sa.update(frontier)
                .where(frontier.c.id == first.scalar_subquery())
                .values(state="leased", lease_until=until, attempts=frontier.c.attempts + 1)
                .returning(frontier.c.id, frontier.c.kind, frontier.c.url, frontier.c.request)
            )
            row = connection.execute(taken).one_or_none()
        return None if row is None else Leased(row.id, row.kind, row.url, row.request, until)

    def finish(
        self,
        row: Leased,
        state: str,
        reason: str = "",
        children: Sequence[Wanted] = (),
        also: Callable[[Connection], None] | None = None,
    ) -> None:
        """Ends a lease in one transaction with all that came of it: the addresses found, the rows `also` writes."""
        with self._catalog.write() as connection:
            if children:
                self._add(connection, children)
            if also is not None:
                also(connection)
            ended = sa.update(frontier).where(frontier.c.id == row.id)
            connection.execute(ended.values(state=state, reason=reason[:2000].replace("\0", ""), lease_until=None))

    def put_back(self, row: Leased) -> None:
        """Ends a lease without an answer: the address waits for another run, and this attempt does not count."""
        with self._catalog.write() as connection:
            back = sa.update(frontier).where(frontier.c.id == row.id)
            connection.execute(back.values(state="waiting", lease_until=None, attempts=frontier.c.attempts - 1))

    def waits(self) -> bool:
        """Whether anything is still to be asked."""
        query = sa.select(frontier.c.id).where(self._mine, frontier.c.state == "waiting").limit(1)
        with self._catalog.read() as connection:
            return connection.execute(query).first() is not None

    def counts(self) -> Counts:
        with self._catalog.read() as connection:
            query = sa.select(frontier.c.kind, frontier.c.state, sa.func.count()).where(self._mine)
            rows = connection.execute(query.group_by(frontier.c.kind, frontier.c.state)).all()
            bad_page, bad_file = (self._first_reason(connection, kind) for kind in (PAGE, FILE))
        number = {(kind, state): count for kind, state, count in rows}
        withheld = sum(count for (_, state), count in number.items() if state == WITHHELD)
        return Counts(
            found=sum(count for (kind, _), count in number.items() if kind == FILE) - withheld,
            done=number.get((FILE, DONE), 0),
            same=number.get((FILE, SAME), 0),
            failed=number.get((FILE, FAILED), 0),
            withheld=withheld,
            waiting=sum(count for (_, state), count in number.items() if state in {"waiting", "leased"}),
            first_bad_page=bad_page,
            first_bad_file=bad_file,
        )

    def _first_reason(self, connection: Connection, kind: str) -> str:
        query = sa.select(frontier.c.url, frontier.c.request, frontier.c.reason).where(
            self._mine, frontier.c.kind == kind, frontier.c.state == FAILED
        )
        row = connection.execute(query.order_by(frontier.c.id).limit(1)).one_or_none()
        if row is None:
            return ""
        name = row.request.get("found", {}).get("key") or row.url
        return row.reason if row.url in row.reason else f"{name}: {row.reason}"

    def forget_other_rounds(self) -> None:
        """A round that kept its promise needs no older ones; what they fetched is in captures and urls."""
        with self._catalog.write() as connection:
            other = sa.and_(frontier.c.source == self._source, frontier.c.round != self._round)
            connection.execute(sa.delete(frontier).where(other))
