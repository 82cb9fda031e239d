"""What has each member not been told of yet? Matches without a mail, by cadence and time zone.

Not told: what came with a flood that is held or was dropped, searches that their owner has paused or ended. A work
that another mail has told of for the same news (a search of another cadence found it first) is told once: it comes as
`sent`, with the mail that told it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple, Self

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog.tables import holds, matches, outbox, saved_searches, subscribers

RUNNING = "running"
TOLD_OF = (RUNNING, "broken")  # what it found before it broke is told
NEVER_CAME = ("failed", "bounced", "suppressed", "withheld")  # outbox.state: such a mail has told nobody
SKIPPED = "skipped"  # outbox.kind: of what a person has said to be told already


class Asked(NamedTuple):
    """What a search asks: as saved_searches has it, the filters in an order of their own."""

    query: str
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    scope: str = "works"

    @classmethod
    def of(cls, query: str, filters: Mapping[str, Sequence[str]], scope: str) -> Self:
        narrowed = tuple((name, tuple(values)) for name, values in sorted(filters.items()) if values)
        return cls(query, narrowed, scope)


class Match(NamedTuple):
    """A match that no mail has told of; its search began after change `start_seq`."""

    match_id: int
    work_id: int
    seq: int
    origin: str
    search_id: int
    name: str
    asked: Asked
    start_seq: int = 0


class Sent(NamedTuple):
    """A match whose work another mail has told of already."""

    match_id: int
    work_id: int
    outbox_id: int
    at: datetime


class Held(NamedTuple):
    """A flood, and how many works of it this member's searches match."""

    hold_id: int
    source: str
    works: int
    since: datetime
    matching: int


@dataclass(frozen=True, slots=True)
class Member:
    """A subscriber and what is to be told; `heartbeat`: wants to hear, too, that there is nothing."""

    subscriber_id: int
    address: str
    language: str
    zone: str
    safe: bool
    heartbeat: bool
    since: datetime
    matches: tuple[Match, ...] = ()
    sent: tuple[Sent, ...] = ()
    held: tuple[Held, ...] = ()


def zones(connection: Connection) -> dict[str, datetime]:
    """The time zones that members live in, each with the moment since which the first of them is one."""
    first = sa.select(subscribers.c.timezone, sa.func.min(subscribers.c.since, type_=subscribers.c.since.type))
    query = first.where(subscribers.c.state == "active").group_by(subscribers.c.timezone)
    return dict(sorted(connection.execute(query).tuples()))


def untold(
    connection: Connection,
    cadence: str,
    zone: str | None = None,
    heartbeats: bool = False,
    only: Collection[int] | None = None,
) -> list[Member]:
    """Every active subscriber (or `only` these) with something of this cadence to be told, in this zone, by number.

    With `heartbeats` those too who want to hear when nothing matched, and have a search that runs; and what a flood
    holds back from searches whose own mails do not say so.
    """
    wanted = (subscribers.c.state == "active") & (saved_searches.c.cadence == cadence)
    wanted &= saved_searches.c.state.in_(TOLD_OF) & matches.c.outbox_id.is_(None)
    if zone is not None:
        wanted &= subscribers.c.timezone == zone
    if only is not None:
        wanted &= subscribers.c.id.in_(only)
    sent = _sent(connection, wanted)
    known: dict[int, Asked] = {}
    found: dict[int, _Found] = {}
    for row in connection.execute(_rows(wanted)):
        if row.flood != "dropped":
            found.setdefault(row.id, _Found(_who(row))).add(row, sent.get(row.match_id), known)
    if heartbeats:
        found = {key: _Found(member) for key, member in _hearing(connection, zone).items()} | found
        for row in connection.execute(_rows(_held_elsewhere(cadence, zone))):
            found.setdefault(row.id, _Found(_who(row))).add(row, None, known)
    return [each.member_told() for _, each in sorted(found.items())]


@dataclass
class _Found:
    """A member, and what is gathered for the mail."""

    member: Member
    told: list[Match] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    floods: dict[int, tuple[Held, set[int]]] = field(default_factory=dict)

    def add(self, row: Any, sent: tuple[int, datetime] | None, known: dict[int, Asked]) -> None:
        if row.flood == "held":
            flood = Held(row.hold_id, row.source, row.works, row.since, 0)
            self.floods.setdefault(row.hold_id, (flood, set()))[1].add(row.work_id)
        elif sent:
            self.sent.append(Sent(row.match_id, row.work_id, *sent))
        else:
            if row.search_id not in known:
                known[row.search_id] = Asked.of(row.query, row.filters or {}, row.scope)
            same = (row.match_id, row.work_id, row.seq, row.origin, row.search_id, row.name)
            self.told.append(Match(*same, known[row.search_id], row.start_seq))

    def member_told(self) -> Member:
        held = tuple(flood._replace(matching=len(works)) for flood, works in self.floods.values())
        return replace(self.member, matches=tuple(self.told), sent=tuple(self.sent), held=held)


def mark_told(connection: Connection, outbox_id: int, match_ids: Iterable[int]) -> None:
    """These matches are told of by this mail."""
    ids = sorted(match_ids)
    for start in range(0, len(ids), 10_000):
        mine = matches.c.id.in_(ids[start : start + 10_000])
        connection.execute(sa.update(matches).where(mine).values(outbox_id=outbox_id))


def mark_sent(connection: Connection, member: Member) -> None:
    """What another mail has told of is told by that one."""
    by_mail: dict[int, list[int]] = {}
    for sent in member.sent:
        by_mail.setdefault(sent.outbox_id, []).append(sent.match_id)
    for outbox_id, ids in by_mail.items():
        mark_told(connection, outbox_id, ids)


_SEARCH = ("name", "query", "filters", "scope", "start_seq")
_WHO = (
    *(subscribers.c[name] for name in ("id", "address", "language", "timezone", "safe", "heartbeat")),
    subscribers.c.since.label("joined"),
)


def _who(row: Any) -> Member:
    return Member(row.id, row.address, row.language, row.timezone, row.safe, row.heartbeat, row.joined)


def _rows(wanted: sa.ColumnElement[bool]) -> sa.Select[Any]:
    found = (matches.c.id.label("match_id"), *(matches.c[name] for name in ("work_id", "seq", "origin", "hold_id")))
    search = (saved_searches.c.id.label("search_id"), *(saved_searches.c[name] for name in _SEARCH))
    flood = (holds.c.source, holds.c.works, holds.c.since, holds.c.state.label("flood"))
    return (
        sa.select(*_WHO, *found, *search, *flood)
        .select_from(matches.join(saved_searches).join(subscribers).outerjoin(holds, holds.c.id == matches.c.hold_id))
        .where(wanted)
        .order_by(subscribers.c.id, saved_searches.c.id, matches.c.id)  # not as they happened to be found
    )


def _sent(connection: Connection, wanted: sa.ColumnElement[bool]) -> dict[int, tuple[int, datetime]]:
    """Per match: the first mail that told its owner of the same work, for the same or a later change.

    Not one that the relay refused or that came back: what another search found is then told as if for the first time.
    """
    other, others = matches.alias("other"), saved_searches.alias("others")
    query = (
        sa.select(matches.c.id, outbox.c.id.label("mail"), outbox.c.created)
        .select_from(
            matches.join(saved_searches)
            .join(subscribers)
            .join(others, others.c.subscriber_id == subscribers.c.id)
            .join(other, (other.c.search_id == others.c.id) & (other.c.work_id == matches.c.work_id))
            .join(outbox, outbox.c.id == other.c.outbox_id)
        )
        .where(wanted, other.c.seq >= matches.c.seq, outbox.c.state.not_in(NEVER_CAME) | (outbox.c.kind == SKIPPED))
        .order_by(outbox.c.id)
    )
    found: dict[int, tuple[int, datetime]] = {}
    for row in connection.execute(query):
        found.setdefault(row.id, (row.mail, row.created))
    return found


def _held_elsewhere(cadence: str, zone: str | None) -> sa.ColumnElement[bool]:
    """What a flood holds back from other searches, where no mail says so: of those "at once", which have no digest,
    and of all others of who is told here that nothing came."""
    silent = (saved_searches.c.cadence == "at once") | subscribers.c.heartbeat
    wanted = (subscribers.c.state == "active") & (saved_searches.c.cadence != cadence) & silent
    wanted &= saved_searches.c.state.in_(TOLD_OF) & matches.c.outbox_id.is_(None) & (holds.c.state == "held")
    return wanted if zone is None else wanted & (subscribers.c.timezone == zone)


def _hearing(connection: Connection, zone: str | None) -> dict[int, Member]:
    running = saved_searches.c.subscriber_id == subscribers.c.id
    running &= saved_searches.c.state == RUNNING
    query = sa.select(*_WHO).where(subscribers.c.state == "active", subscribers.c.heartbeat, sa.exists().where(running))
    if zone is not None:
        query = query.where(subscribers.c.timezone == zone)
    return {row.id: _who(row) for row in connection.execute(query)}
