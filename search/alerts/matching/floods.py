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
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import Catalog
from catalog.tables import captures, changes, corrections, documents, holds, matches, saved_searches
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
    corrections: int = 0  # of a re-reading (rereadings.py): these wait in place of matches


@dataclass(frozen=True, slots=True)
class Thresholds:
    floor: int
    multiple: float
    weeks: int
    passed_over: int
    hours: int
    corrections: int

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
    rhythms = _rhythms(connection, arrived)
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
    mine = (corrections.c.hold_id == holds.c.id) & corrections.c.outbox_id.is_(None)
    told = sa.select(sa.func.count(sa.distinct(corrections.c.subscriber_id))).where(mine).scalar_subquery()
    number = sa.select(sa.func.count()).where(mine).scalar_subquery()
    query = sa.select(
        holds, waiting.c.matches, waiting.c.members, number.label("corrections"), told.label("to")
    ).join_from(holds, waiting, holds.c.id == waiting.c.hold_id, isouter=True)
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
                row.members or row.to,
                row.corrections,
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
        for at, seq, _, source in connection.execute(_brought(wanted)):
            times[seq] = at
            sources[seq].add(source)
    return {seq: (times[seq], frozenset(names)) for seq, names in sources.items()}


def _brought(which: sa.ColumnElement[bool]) -> sa.CompoundSelect[tuple[datetime, int, int, str]]:
    """(at, seq, work, source) of each change, by the document that brought it; by any of its work, if none is named.

    In two queries made one, since a join by the one or the other looks at every pair.
    """
    columns = (changes.c.at, changes.c.seq, changes.c.work_id, captures.c.source)
    named = sa.select(*columns).join_from(changes, documents, documents.c.id == changes.c.document_id)
    unnamed = sa.select(*columns).join_from(changes, documents, documents.c.work_id == changes.c.work_id)
    unnamed = unnamed.where(changes.c.document_id.is_(None))
    seen = captures.c.sha256 == documents.c.sha256
    return sa.union_all(*(query.join(captures, seen).where(which) for query in (named, unnamed)))


def _rhythms(connection: Connection, arrived: Mapping[int, tuple[datetime, frozenset[str]]]) -> dict[str, _Rhythm]:
    """Of each source as much as is needed: the weeks before are not read where too little came to be a flood."""
    if not arrived:
        return {}
    limits, moments = thresholds(), [at for at, _ in arrived.values()]
    slack = limits.sudden + timedelta(hours=1)
    first, last = min(moments) - slack, max(moments) + slack
    sources = frozenset[str]().union(*(each for _, each in arrived.values()))
    recent = _read(connection, sources, first, last)
    many = frozenset(each for each in sources if len({one.work for one in recent[each]}) > limits.floor)
    before = _read(connection, many, first - timedelta(weeks=limits.weeks), first)
    floods = _floods(connection, many)
    return {
        source: _Rhythm(
            source,
            {
                *recent[source],
                *(one for one in before[source] if not any(a <= one.seq <= z for a, z in floods[source])),
            },
        )
        for source in sources
    }


def _floods(connection: Connection, sources: Collection[str]) -> dict[str, list[tuple[int, int]]]:
    """The changes, from and to, that came with floods which nobody has called usual by releasing them."""
    columns = (holds.c.source, holds.c.first_seq, holds.c.last_seq)
    query = sa.select(*columns).where(holds.c.source.in_(sources), holds.c.state != RELEASED)
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for source, first, last in connection.execute(query):
        found[source].append((first, last))
    return found


def _read(connection: Connection, sources: Collection[str], first: datetime, last: datetime) -> dict[str, list[_News]]:
    """Times grow with the sequence, but for a clock that was put right: so it is walked backwards, a little too far."""
    found: dict[str, list[_News]] = defaultdict(list)
    if not sources:
        return found
    earlier = sa.select(changes.c.seq).where(changes.c.at < first - timedelta(hours=1))
    low = connection.execute(earlier.order_by(changes.c.seq.desc()).limit(1)).scalar() or 0
    news = (changes.c.seq > low) & changes.c.kind.in_(NEWS) & changes.c.at.between(first, last)
    for at, seq, work, source in connection.execute(_brought(news)):
        if source in sources:  # not in the query: SQLite would then go by the index of sources, through all documents
            found[source].append(_News(at, seq, work))
    return found


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
