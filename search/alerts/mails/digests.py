"""Who gets which mail for this week? One run a period, its mails and what they tell of, all in one transaction.

What a member was not told of yet goes into the next digest, however many weeks were missed: there is no looking back
by days, only matches that have no mail. Mails are set beforehand, outside the transaction, since that takes a while;
inside it only what changed in between is set anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import Catalog, upsert
from catalog.tables import digest_runs, matches, outbox, saved_searches, subscribers
from search.alerts.errors import AlertError
from search.alerts.links import Letterhead, Links
from search.alerts.mails.contents import Contents, Match
from search.alerts.mails.letter import Letter
from search.alerts.mails.mail import compose, message_id
from search.alerts.matching.matching import READER
from search.alerts.members.subscribers import ENDED
from search.standing import source_standings

KIND, CADENCE, ZONE = "digest", "weekly", "UTC"


@dataclass(frozen=True, slots=True)
class Member:
    """A subscriber with something new: what it matched, and which of its searches no longer run."""

    subscriber_id: int
    address: str
    language: str
    matches: tuple[Match, ...]
    paused: tuple[tuple[str, str], ...] = ()


def make_digests(
    catalog: Catalog, period: str, now: datetime, links: Links, letterhead: Letterhead | None = None
) -> int:
    """Puts one mail into the outbox for every member with something new; 0 if this period's run has been made.

    `period` is an ISO week such as 2026-W40, see period_of(); members with nothing new get no mail.
    """
    monday, _ = days_of(period)
    with catalog.read() as connection:
        if _made(connection, period):
            return 0
        since = _first_day(connection, monday)
        members = _members(connection)
    maker = _Maker(catalog, period, now, links, letterhead or Letterhead(), since)
    beforehand = dict(zip(members, maker.mails(members), strict=True))
    with catalog.write() as connection:
        seq = catalog.watermark(connection, READER)
        run = {"cadence": CADENCE, "zone": ZONE, "period": period, "made": now, "up_to_seq": seq, "mails": 0}
        if not upsert(connection, digest_runs, [run], ["cadence", "zone", "period"], update=False):
            return 0
        members = _members(connection)
        for member in members:
            message = beforehand.get(member) or maker.mails([member])[0]
            _post(connection, member, maker.letter_id(member), period, now, message)
        where = (digest_runs.c.cadence == CADENCE) & (digest_runs.c.period == period)
        connection.execute(sa.update(digest_runs).where(where).values(mails=len(members)))
    return len(members)


def period_of(day: date) -> str:
    """The period a day belongs to, 2026-W40; Monday's digest of the week before is period_of(monday - one day)."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def days_of(period: str) -> tuple[date, date]:
    """Monday and Sunday of a period."""
    year, _, week = period.partition("-W")
    try:
        monday = date.fromisocalendar(int(year), int(week), 1)
    except ValueError as error:
        raise AlertError(f"a period is an ISO week such as 2026-W40, not {period[:20]!r}") from error
    if period_of(monday) != period:
        raise AlertError(f"a period is an ISO week such as 2026-W40, not {period[:20]!r}")
    return monday, monday + timedelta(days=6)


class _Maker:
    """Sets letters and mails for one period."""

    def __init__(
        self, catalog: Catalog, period: str, now: datetime, links: Links, letterhead: Letterhead, since: date
    ) -> None:
        self.catalog, self.period, self.now = catalog, period, now
        self.links, self.letterhead, self.since = links, letterhead, since
        self.sources = source_standings(catalog, now)

    def mails(self, members: Sequence[Member]) -> list[bytes]:
        """The mail of each member; the works they share are read and indexed once."""
        works = sorted({match.work_id for member in members for match in member.matches})
        contents = Contents(self.catalog, works)
        return [compose(self._letter(member, contents), self.links, self.letterhead) for member in members]

    def letter_id(self, member: Member) -> str:
        return message_id(self._letter(member, None), self.letterhead)

    def _letter(self, member: Member, contents: Contents | None) -> Letter:
        last = min(days_of(self.period)[1], self.now.astimezone(UTC).date())
        return Letter(
            subscriber_id=member.subscriber_id,
            address=member.address,
            language=member.language,
            kind=KIND,
            period=self.period,
            first=min(self.since, last),
            last=last,
            made=self.now,
            items=contents.items(member.matches, member.language) if contents else (),
            paused=member.paused,
            sources=self.sources,
        )


def _made(connection: Connection, period: str) -> bool:
    run = sa.select(digest_runs.c.made).where(digest_runs.c.cadence == CADENCE, digest_runs.c.period == period)
    return connection.execute(run).first() is not None


def _first_day(connection: Connection, monday: date) -> date:
    """The first day that no digest has covered: a week that was missed lengthens the next one's interval."""
    before = connection.execute(
        sa.select(sa.func.max(digest_runs.c.period)).where(
            digest_runs.c.cadence == CADENCE, digest_runs.c.period < period_of(monday)
        )
    ).scalar()
    return days_of(before)[1] + timedelta(days=1) if before else monday


def _members(connection: Connection) -> list[Member]:
    """Every active subscriber with matches that no mail has told of, of searches that were not ended by their owner."""
    query = (
        sa.select(
            subscribers.c.id,
            subscribers.c.address,
            subscribers.c.language,
            matches.c.id.label("match_id"),
            matches.c.work_id,
            saved_searches.c.id.label("search_id"),
            saved_searches.c.name,
            saved_searches.c.query,
        )
        .join(saved_searches, saved_searches.c.id == matches.c.search_id)
        .join(subscribers, subscribers.c.id == saved_searches.c.subscriber_id)
        .where(matches.c.outbox_id.is_(None), subscribers.c.state == "active", saved_searches.c.cadence == CADENCE)
        .where(saved_searches.c.state != ENDED)
        .order_by(subscribers.c.id, matches.c.id)
    )
    found: dict[tuple[int, str, str], list[Match]] = {}
    for row in connection.execute(query):
        match = Match(row.match_id, row.work_id, row.search_id, row.name, row.query)
        found.setdefault((row.id, row.address, row.language), []).append(match)
    paused = _paused(connection)
    return [Member(*who, tuple(their), paused.get(who[0], ())) for who, their in found.items()]


def _paused(connection: Connection) -> dict[int, tuple[tuple[str, str], ...]]:
    """Per subscriber, its searches that were stopped by us and not by their owner, each with the reason."""
    query = sa.select(saved_searches).where(saved_searches.c.state == "broken")
    found: dict[int, tuple[tuple[str, str], ...]] = {}
    for row in connection.execute(query.order_by(saved_searches.c.id)):
        found[row.subscriber_id] = (*found.get(row.subscriber_id, ()), (row.name, row.reason))
    return found


def _post(connection: Connection, member: Member, name: str, period: str, now: datetime, message: bytes) -> None:
    row = {"subscriber_id": member.subscriber_id, "kind": KIND, "period": period, "message_id": name}
    row |= {"message": message, "state": "waiting", "attempts": 0, "created": now}
    made = connection.execute(sa.insert(outbox).values(row).returning(outbox.c.id)).scalar_one()
    ids = [match.match_id for match in member.matches]
    for start in range(0, len(ids), 10_000):
        told = matches.c.id.in_(ids[start : start + 10_000])
        connection.execute(sa.update(matches).where(told).values(outbox_id=made))
