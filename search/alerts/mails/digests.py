"""Who gets which mail for this day or week? One run a period and time zone, all of it in one transaction.

What a member was not told of yet goes into the next digest, however many were missed: there is no looking back by
days, only matches that have no mail. Only the run's own key counts as made, so that a clock that went wrong can
neither bring a second run nor silence the next. Mails are set beforehand, outside the transaction, since that takes
a while; inside it only what changed in between is set anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import Catalog, upsert
from catalog.tables import digest_runs, outbox
from search.alerts.links import Letterhead, Links
from search.alerts.mails.making import Frame, Maker, alone, keep
from search.alerts.mails.periods import DIGESTS, WEEKLY, Period, due, period_named, zone_of
from search.alerts.mails.receipt import receipt, seq_before
from search.alerts.mails.spool import Made, Spool
from search.alerts.mails.untold import Member, mark_sent, untold, zones
from search.alerts.matching.matching import READER

CHUNK = 500  # members whose mails are set together


@dataclass(frozen=True, slots=True)
class Covers:
    """What a run reports: from this moment and after this change, up to that one."""

    since: datetime
    after: int
    up_to: int
    now: datetime


def make_digests(
    catalog: Catalog, period: str, now: datetime, links: Links, letterhead: Letterhead | None = None
) -> int:
    """Makes the runs of a period (the week 2026-W40, the day 2026-10-05) by hand, in every zone where members live.

    Puts one mail into the outbox for every member with something new; returns how many; a run that was made is not
    made again.
    """
    named = period_named(period)
    with catalog.read() as connection:
        places = zones(connection)
    return sum(make_run(catalog, named._replace(zone=zone), now, links, letterhead) for zone in places)


def make_due_digests(catalog: Catalog, now: datetime, links: Links, letterhead: Letterhead | None = None) -> int:
    """Makes the runs whose morning has come and that are not made: one a cadence and zone, however many were missed."""
    with catalog.read() as connection:
        places = zones(connection)
    runs = [(due(cadence, zone, now), first) for cadence in DIGESTS for zone, first in places.items()]
    return sum(make_run(catalog, run, now, links, letterhead) for run, first in runs if not _later(first, run, now))


def make_run(catalog: Catalog, run: Period, now: datetime, links: Links, letterhead: Letterhead | None = None) -> int:
    """One run: its row, its mails and what they tell of; 0 if it was made before."""
    with catalog.read() as connection:
        if _made(connection, run):
            return 0
        covers = _covers(catalog, connection, run, now)
        members = _members(connection, run, covers)
    setter = _Setter(catalog, run, covers, now, Maker(catalog, links, letterhead or Letterhead(), now, covers.after))
    with Spool() as spool:
        for start in range(0, len(members), CHUNK):
            some = [member for member in members[start : start + CHUNK] if _has_mail(member, covers.since)]
            for member, made in zip(some, setter.mails(some), strict=True):
                spool.put(member.subscriber_id, made)
        beforehand = {member.subscriber_id: member for member in members}
        with catalog.write() as connection:
            alone(connection)
            row = {"cadence": run.cadence, "zone": run.zone, "period": run.name, "made": now, "mails": 0}
            row["up_to_seq"] = covers.up_to
            if not upsert(connection, digest_runs, [row], ["cadence", "zone", "period"], update=False):
                return 0
            mails = 0
            for member in _members(connection, run, covers):
                mark_sent(connection, member)
                if not _has_mail(member, covers.since):
                    continue
                same = beforehand.get(member.subscriber_id) == member
                made = (spool.take(member.subscriber_id) if same else None) or setter.mails([member])[0]
                keep(connection, member, setter.frame, now, made)
                mails += 1
            connection.execute(sa.update(digest_runs).where(_is(run)).values(mails=mails))
    return mails


class _Setter:
    """Sets the mails of one run."""

    def __init__(self, catalog: Catalog, run: Period, covers: Covers, now: datetime, maker: Maker) -> None:
        self.maker, zone = maker, zone_of(run.zone)
        last = min(run.last, now.astimezone(zone).date())
        first = min(covers.since.astimezone(zone).date(), last)
        self.frame = Frame(run.cadence, run.name, first, last)
        self.receipt = receipt(catalog, now, covers.since, covers.after, covers.up_to)

    def mails(self, members: Sequence[Member]) -> list[Made]:
        return self.maker.mails(members, [self.frame] * len(members), self.receipt)


def _is(run: Period) -> sa.ColumnElement[bool]:
    mine = (digest_runs.c.cadence == run.cadence) & (digest_runs.c.zone == run.zone)
    return mine & (digest_runs.c.period == run.name)


def _made(connection: Connection, run: Period) -> bool:
    return connection.execute(sa.select(digest_runs.c.made).where(_is(run))).first() is not None


def _covers(catalog: Catalog, connection: Connection, run: Period, now: datetime) -> Covers:
    """From where the last run of this cadence and zone ended; the first one begins with its period.

    A run that claims to be made later than now was made by a clock that went wrong.
    """
    up_to = catalog.watermark(connection, READER)
    mine = (digest_runs.c.cadence == run.cadence) & (digest_runs.c.zone == run.zone)
    before = mine & (digest_runs.c.period < run.name) & (digest_runs.c.made <= now)
    query = sa.select(digest_runs).where(before).order_by(digest_runs.c.period.desc(), digest_runs.c.made.desc())
    last = connection.execute(query.limit(1)).one_or_none()
    if last is not None:
        return Covers(last.made, min(last.up_to_seq, up_to), up_to, now)
    since = min(run.begins, now)
    return Covers(since, min(seq_before(connection, since), up_to), up_to, now)


def _later(since: datetime, run: Period, now: datetime) -> bool:
    """True for who became a member after the morning of the run: the first mail comes with the next one."""
    return run.ends < since <= now


def _members(connection: Connection, run: Period, covers: Covers) -> list[Member]:
    """Whom this run tells: nobody who has a mail of this period (they lived elsewhere when it was made)."""
    told = sa.select(outbox.c.subscriber_id).where(outbox.c.kind == run.cadence, outbox.c.period == run.name)
    before = set(connection.execute(told).scalars())
    heard = sa.select(outbox.c.subscriber_id).where(
        outbox.c.created > covers.since, outbox.c.kind.in_(("daily", "at once"))
    )
    others = set(connection.execute(heard).scalars()) if run.cadence == WEEKLY else set()
    found = untold(connection, run.cadence, run.zone, heartbeats=run.cadence == WEEKLY)
    return [
        member
        for member in found
        if member.subscriber_id not in before
        and not _later(member.since, run, covers.now)
        and (member.matches or member.sent or member.held or member.subscriber_id not in others)
    ]


def _has_mail(member: Member, since: datetime) -> bool:
    """Something new, a flood that is new, or the wish to hear that there is nothing."""
    return bool(member.matches or member.heartbeat or any(held.since > since for held in member.held))
