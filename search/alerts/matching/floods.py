"""Does a source suddenly emit far more than its rhythm? Then what matched waits for a person, and nothing is lost.

A site that was built anew, a re-reading in bulk, the back catalogue of a new source: to a member each is a mail with
a thousand lines. Their matches are written as always, with the hold that they came with; mails pass them over, and
say in one line that they wait. The secretariat releases a hold (its matches go out with the next mails) or drops it
(they stay in the ledger and are told to nobody). A hold grows while the flood goes on; what comes when the rhythm is
back is not held. Looked-back matches were asked for, and are not held either.
"""

import tomllib
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import Catalog
from catalog.tables import captures, changes, documents, holds, matches, saved_searches
from search.alerts.errors import Refused

HELD, RELEASED, DROPPED = "held", "released", "dropped"  # holds.state
NEWS = ("created", "updated")
CHUNK = 500  # numbers in one query


@dataclass(frozen=True, slots=True)
class Hold:
    """A flood: `works` of `source` had news where `usual` a week had; so many matches of so many members wait."""

    id: int
    source: str
    works: int
    usual: float
    since: datetime
    state: str
    decided: datetime | None
    matches: int
    members: int


@dataclass(frozen=True, slots=True)
class Thresholds:
    floor: int
    multiple: float
    weeks: int
    passed_over: int
    hours: int

    @property
    def sudden(self) -> timedelta:
        return timedelta(hours=self.hours)


class _News(NamedTuple):
    at: datetime
    seq: int
    work: int


@cache
def thresholds() -> Thresholds:
    return Thresholds(**tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")))


def hold_for(connection: Connection, seqs: Collection[int], now: datetime) -> dict[int, int]:
    """Of the changes that made something match, those that came with a flood, each with its hold (made or grown here).

    To be called in the transaction that writes the matches. A document that several sources have is held only if all
    of them flood: from the others it is news as usual.
    """
    arrived = _arrived(connection, seqs)
    moments: dict[str, list[datetime]] = defaultdict(list)
    for at, sources in arrived.values():
        for source in sources:
            moments[source].append(at)
    rhythms = {source: _rhythm(connection, source, min(times), max(times)) for source, times in moments.items()}
    flooded: dict[str, list[int]] = defaultdict(list)
    for seq, (at, sources) in arrived.items():
        if sources and all(rhythms[source].floods(at) for source in sources):
            flooded[min(sources)].append(seq)
    held: dict[int, int] = {}
    for source, some in sorted(flooded.items()):
        times = [arrived[seq][0] for seq in some]
        hold = _hold(connection, rhythms[source], (min(times), max(times)), now)
        held.update(dict.fromkeys(some, hold) if hold is not None else {})
    return held


def may_be_told() -> sa.ColumnElement[bool]:
    """Of `matches`: it came with no flood, or with one that was released."""
    released = sa.select(holds.c.id).where(holds.c.state == RELEASED)
    return matches.c.hold_id.is_(None) | matches.c.hold_id.in_(released)


def held_holds(catalog: Catalog) -> tuple[Hold, ...]:
    """Those that wait for a decision."""
    return tuple(each for each in list_holds(catalog) if each.state == HELD)


def list_holds(catalog: Catalog) -> tuple[Hold, ...]:
    """Every hold, the newest first; matches that a mail has told of are not counted."""
    waiting = (
        sa.select(
            matches.c.hold_id,
            sa.func.count().label("matches"),
            sa.func.count(sa.distinct(saved_searches.c.subscriber_id)).label("members"),
        )
        .join_from(matches, saved_searches)
        .where(matches.c.hold_id.is_not(None), matches.c.outbox_id.is_(None))
        .group_by(matches.c.hold_id)
        .subquery()
    )
    query = sa.select(holds, waiting.c.matches, waiting.c.members).join_from(
        holds, waiting, holds.c.id == waiting.c.hold_id, isouter=True
    )
    with catalog.read() as connection:
        return tuple(
            Hold(
                row.id,
                row.source,
                row.works,
                row.usual,
                row.since,
                row.state,
                row.decided,
                row.matches or 0,
                row.members or 0,
            )
            for row in connection.execute(query.order_by(holds.c.id.desc()))
        )


def release(catalog: Catalog, hold_id: int, send: bool, now: datetime) -> Hold:
    """Lets what was held go out with the next mails, or (not `send`) drops it. Refused if there is nothing to decide.

    The same decision may be made twice; the other one may not, since mails may have gone out by the first.
    """
    state = RELEASED if send else DROPPED
    with catalog.write() as connection:
        query = sa.select(holds.c.state).where(holds.c.id == hold_id).with_for_update()
        found = connection.execute(query).scalar()
        if found is None:
            raise Refused(f"there is no flood number {hold_id}")
        if found not in (HELD, state):
            raise Refused(f"flood number {hold_id} was {found} already")
        if found == HELD:
            decided = {"state": state, "decided": now}
            connection.execute(sa.update(holds).where(holds.c.id == hold_id).values(decided))
    return next(each for each in list_holds(catalog) if each.id == hold_id)


class _Rhythm:
    """The news of one source around some moments, and in the weeks before them."""

    def __init__(self, source: str, news: Iterable[_News]) -> None:
        self.source = source
        self.news = sorted(news)
        self._known: dict[datetime, bool] = {}

    def floods(self, at: datetime) -> bool:
        """Looked at once an hour, from the hour's begin."""
        hour = at.replace(minute=0, second=0, microsecond=0)
        if hour not in self._known:
            limits = thresholds()
            recent = len({each.work for each in self.around(hour, hour)})
            self._known[hour] = recent > limits.floor and recent > limits.multiple * self.usual(hour)
        return self._known[hour]

    def around(self, first: datetime, last: datetime) -> list[_News]:
        """What is near enough to belong to one flood; an hour is looked at from its begin."""
        sudden = thresholds().sudden
        return self._between(first - sudden, last + timedelta(hours=1) + sudden)

    def usual(self, at: datetime) -> float:
        """Works in the busiest usual week of those before."""
        limits, end = thresholds(), at - thresholds().sudden
        counts = []
        for _ in range(limits.weeks):
            begin = end - timedelta(weeks=1)
            counts.append(len({each.work for each in self._between(begin, end)}))
            end = begin
        return float(sorted(counts, reverse=True)[min(limits.passed_over, limits.weeks - 1)])

    def _between(self, first: datetime, last: datetime) -> list[_News]:
        begin = bisect_left(self.news, first, key=lambda each: each.at)
        return self.news[begin : bisect_right(self.news, last, key=lambda each: each.at)]


def _arrived(connection: Connection, seqs: Collection[int]) -> dict[int, tuple[datetime, frozenset[str]]]:
    """When each change came, and by which sources."""
    times: dict[int, datetime] = {}
    sources: dict[int, set[str]] = defaultdict(set)
    ordered = sorted(set(seqs))
    for start in range(0, len(ordered), CHUNK):
        wanted = changes.c.seq.in_(ordered[start : start + CHUNK])
        for at, seq, _, source in connection.execute(_news_and_source().where(wanted)):
            times[seq] = at
            sources[seq].add(source)
    return {seq: (times[seq], frozenset(names)) for seq, names in sources.items()}


def _news_and_source() -> sa.Select[tuple[datetime, int, int, str]]:
    """(at, seq, work, source) of each change, by the document that brought it; by any of its work, if none is named."""
    unnamed = changes.c.document_id.is_(None) & (documents.c.work_id == changes.c.work_id)
    brought = (documents.c.id == changes.c.document_id) | unnamed
    return (
        sa.select(changes.c.at, changes.c.seq, changes.c.work_id, captures.c.source)
        .join_from(changes, documents, brought)
        .join(captures, captures.c.sha256 == documents.c.sha256)
    )


def _rhythm(connection: Connection, source: str, first: datetime, last: datetime) -> _Rhythm:
    """As much as is needed: the weeks before are not read where too little came to be a flood."""
    limits = thresholds()
    slack = limits.sudden + timedelta(hours=1)
    recent = _read(connection, source, first - slack, last + slack)
    if len({each.work for each in recent}) <= limits.floor:
        return _Rhythm(source, recent)
    ranges = connection.execute(
        sa.select(holds.c.first_seq, holds.c.last_seq).where(holds.c.source == source, holds.c.state != RELEASED)
    ).all()
    before = _read(connection, source, first - slack - timedelta(weeks=limits.weeks), first - slack)
    usual = [each for each in before if not any(low <= each.seq <= high for low, high in ranges)]
    return _Rhythm(source, {*usual, *recent})


def _read(connection: Connection, source: str, first: datetime, last: datetime) -> list[_News]:
    """Times grow with the sequence, but for a clock that was put right: so it is walked backwards, a little too far."""
    earlier = sa.select(changes.c.seq).where(changes.c.at < first - timedelta(hours=1))
    low = connection.execute(earlier.order_by(changes.c.seq.desc()).limit(1)).scalar() or 0
    query = _news_and_source().where(
        changes.c.seq > low, changes.c.kind.in_(NEWS), captures.c.source == source, changes.c.at.between(first, last)
    )
    return [_News(at, seq, work) for at, seq, work, _ in connection.execute(query)]


def _hold(connection: Connection, rhythm: _Rhythm, span: tuple[datetime, datetime], now: datetime) -> int | None:
    """The hold for this flood, or None: a person has just released it, and what still comes of it goes with that."""
    flood = rhythm.around(*span)
    mine = holds.c.source == rhythm.source
    newest = sa.select(holds).where(mine, holds.c.state != DROPPED).order_by(holds.c.id.desc()).limit(1)
    row = connection.execute(newest.with_for_update()).one_or_none()
    if row is not None and row.state == RELEASED and span[1] - row.decided <= thresholds().sudden:
        return None
    first, last = min(each.seq for each in flood), max(each.seq for each in flood)
    if row is None or row.state == RELEASED or row.last_seq < first:  # else it is the same flood, going on
        works = len({each.work for each in flood})
        values = {"source": rhythm.source, "first_seq": first, "last_seq": last, "works": works, "since": now}
        values |= {"usual": rhythm.usual(span[0]), "state": HELD}
        return int(connection.execute(sa.insert(holds).values(values).returning(holds.c.id)).scalar_one())
    grown = {"first_seq": min(first, row.first_seq), "last_seq": max(last, row.last_seq)}
    works = len({each.work for each in flood if each.seq > row.last_seq})
    connection.execute(sa.update(holds).where(holds.c.id == row.id).values(grown | {"works": row.works + works}))
    return int(row.id)
