"""What waits for the secretariat, and how do alerts stand? One report, without a member's address or name.

What members search for is shown only where it broke, and not at all of those who asked for careful mails.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import Catalog
from catalog.tables import bounces, runs, saved_searches, subscribers
from search.alerts.alarms import Alarm, alarms
from search.alerts.matching.floods import Hold, held_holds
from search.alerts.members.mending import SearchStanding, broken_searches
from search.alerts.post.standing import OutboxReport, outbox_report
from search.alerts.unreadable import RECENT as RECENTLY
from search.alerts.unreadable import SHOWN, Newcomer, newcomers
from search.audited import STEP

AUDITS = 7  # the last of them
RECENT = timedelta(days=30)
UNKNOWN = 20  # bounces that nobody understood, the newest


@dataclass(frozen=True, slots=True)
class Audited:
    """One audit of the matches; `failure` says why nothing was compared, else empty."""

    at: datetime
    pairs: int
    missed: int
    failure: str

    @property
    def rate(self) -> float:
        return self.missed / self.pairs if self.pairs else 0.0


@dataclass(frozen=True, slots=True)
class Stray:
    """A mail that came back and that no rule understood, in the other side's words."""

    at: datetime
    detail: str


@dataclass(frozen=True, slots=True)
class Desk:
    """`members`, `searches` by state; `bounced` by kind in the last 30 days; `unreadable`: newly in quarantine."""

    alarms: tuple[Alarm, ...]
    holds: tuple[Hold, ...]
    broken: tuple[SearchStanding, ...]
    audits: tuple[Audited, ...]
    outbox: OutboxReport
    bounced: dict[str, int]
    strays: tuple[Stray, ...]
    members: dict[str, int]
    searches: dict[str, int]
    unreadable: tuple[Newcomer, ...] = ()


def desk(catalog: Catalog, now: datetime) -> Desk:
    """As things stand at `now`."""
    with catalog.read() as connection:
        recent = bounces.c.at > now - RECENT
        unknown = sa.select(bounces.c.at, bounces.c.detail).where(recent, bounces.c.kind == "unknown")
        strays = connection.execute(unknown.order_by(bounces.c.at.desc()).limit(UNKNOWN)).all()
        bounced = _counted(connection, bounces.c.kind, recent)
        members = _counted(connection, subscribers.c.state)
        searches = _counted(connection, saved_searches.c.state)
        audits = _audits(connection)
        unreadable = newcomers(connection, now - RECENTLY, now + RECENTLY)
    return Desk(
        alarms(catalog, now),
        held_holds(catalog),
        broken_searches(catalog),
        audits,
        outbox_report(catalog),
        bounced,
        tuple(Stray(row.at, row.detail) for row in strays),
        members,
        searches,
        unreadable[:SHOWN],
    )


def _counted(
    connection: Connection, column: sa.Column[str], where: sa.ColumnElement[bool] | None = None
) -> dict[str, int]:
    query = sa.select(column, sa.func.count()).group_by(column).order_by(column)
    return dict(connection.execute(query if where is None else query.where(where)).tuples().all())


def _audits(connection: Connection) -> tuple[Audited, ...]:
    ended = (runs.c.step == STEP) & runs.c.state.in_(("done", "failed"))
    rows = connection.execute(sa.select(runs).where(ended).order_by(runs.c.id.desc()).limit(AUDITS)).all()
    return tuple(
        Audited(
            row.finished or row.started,
            int(row.counts.get("pairs", 0)),
            int(row.counts.get("missed", 0)),
            "" if "missed" in row.counts else row.reason,
        )
        for row in rows
    )
