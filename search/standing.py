"""How do things stand? What is held per publisher, how each source's last run went, what could not be read.

Silence must never be ambiguous: a source that has not run well for two of its periods is late, as the crawlers
have it too; one that has never run well says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import Catalog
from catalog.cadence import is_late
from catalog.tables import captures, documents, sources, webhooks, works
from pipeline import Attempt, attempts, choices
from search.audited import LastAudit, last_audit
from search.checked import LastCheck, last_check
from search.pictures import Pictures, pictures

if TYPE_CHECKING:
    from search.alerts.alarms import Alarm


@dataclass(frozen=True, slots=True)
class Holding:
    """What is held of a publisher; `waiting` are to be tried again (or need OCR), `unread` not tried yet."""

    publisher: str
    works: int
    read: int
    waiting: int
    quarantined: int
    unread: int


@dataclass(frozen=True, slots=True)
class SourceStanding:
    """A source and its last run; `late` and `never` are said aloud on every page that shows sources."""

    source: str
    publisher: str
    title: str
    cadence: str
    terms: str
    last_started: datetime | None
    last_good: datetime | None
    state: str | None
    reason: str
    counts: dict[str, int]
    files: int
    late: bool
    never: bool

    @property
    def unseen(self) -> bool:
        """Known, but not looked at yet: not even started."""
        return self.never and self.last_started is None


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that could not be read, or not yet; `url` is where it was last seen."""

    id: int
    sha256: str
    state: str
    reason: str
    attempts: int
    try_again: datetime | None
    publisher: str
    media_type: str
    size: int
    title: str
    source: str
    url: str
    captured: datetime | None
    choices: tuple[str, ...] = ()  # readers that can be asked for by hand
    history: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True)
class UnreadList:
    """A page of the list; the counts are of the whole list, `after` is the next page's cursor."""

    quarantined: int
    waiting: int
    needs_ocr: int
    not_tried: int
    documents: tuple[Unread, ...]
    after: int | None


@dataclass(frozen=True, slots=True)
class IndexStanding:
    """How the index stands that readers use: `behind` is how many changes it has not seen. `trouble` is a sentence
    that says what to do, else empty; `usable` is false if no search can be answered."""

    behind: int
    usable: bool = True
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """Is everything in step? `failed`, `never` and `late` name the sources whose last run failed, that have never run
    well, that are late, which those that have never run well are too; `checked` is None if the index never was,
    `audited` if the matches never were; `given_up` counts the webhooks that wait for a person,
    `alarms` are those that ring (search/alerts/alarms.py), `pictures` the queue of pages for OCR."""

    index: IndexStanding
    works: int
    documents: int
    last_change: int
    late: tuple[str, ...]
    failed: tuple[str, ...]
    never: tuple[str, ...]
    checked: LastCheck | None = None
    audited: LastAudit | None = None
    given_up: int = 0
    alarms: "tuple[Alarm, ...]" = ()
    pictures: Pictures = field(default_factory=Pictures)

    @property
    def status(self) -> str:
        """unavailable if no search can be answered; trouble if something is to be seen to; ok."""
        if not self.index.usable:
            return "unavailable"
        unsound = any(last is not None and not last.sound for last in (self.checked, self.audited))
        troubled = self.index.trouble or self.late or self.failed or unsound or self.given_up or self.alarms
        return "trouble" if troubled else "ok"


def needs_ocr(state: str, reason: str) -> bool:
    """A scan that waits for OCR says so in its reason."""
    return state == "waiting" and "ocr" in reason.casefold()


def holdings(catalog: Catalog) -> tuple[Holding, ...]:
    """Per publisher, in alphabetical order."""
    with catalog.read() as connection:
        of_works = _counts(connection, sa.select(works.c.publisher, sa.func.count()).group_by(works.c.publisher))
        of_documents = {
            (publisher, state): count
            for publisher, state, count in connection.execute(
                sa.select(documents.c.publisher, documents.c.state, sa.func.count()).group_by(
                    documents.c.publisher, documents.c.state
                )
            )
        }
        unread = _counts(connection, _not_tried())
    publishers = sorted({*of_works, *unread, *(publisher for publisher, _ in of_documents)})
    return tuple(
        Holding(
            publisher=name,
            works=of_works.get(name, 0),
            read=of_documents.get((name, "read"), 0),
            waiting=of_documents.get((name, "waiting"), 0),
            quarantined=of_documents.get((name, "quarantined"), 0),
            unread=unread.get(name, 0),
        )
        for name in publishers
    )


def source_standings(catalog: Catalog, now: datetime | None = None) -> tuple[SourceStanding, ...]:
    """Every source that is known, and those files came from without being one (taken in by hand)."""
    moment = now or datetime.now(UTC)
    with catalog.read() as connection:
        rows = connection.execute(sa.select(sources).order_by(sources.c.publisher, sources.c.name)).mappings().all()
        files = {
            source: (publisher, count, last)
            for source, publisher, count, last in connection.execute(
                sa.select(
                    captures.c.source,
                    sa.func.min(captures.c.publisher),
                    sa.func.count(sa.distinct(captures.c.sha256)),
                    sa.func.max(captures.c.captured),
                ).group_by(captures.c.source)
            )
        }
    known = [_standing(row, files.get(row["name"], ("", 0, None))[1], moment) for row in rows]
    others = sorted(set(files) - {row["name"] for row in rows})
    return (*known, *(_by_hand(name, *files[name]) for name in others))


def unread_documents(catalog: Catalog, after: int = 0, limit: int = 100) -> UnreadList:
    """Documents that are quarantined or wait, in the order they came, from the one after `after`."""
    with catalog.read() as connection:
        rows = (
            connection.execute(
                sa.select(documents)
                .where(documents.c.state.in_(("quarantined", "waiting")), documents.c.id > after)
                .order_by(documents.c.id)
                .limit(limit + 1)
            )
            .mappings()
            .all()
        )
        hashes = [row["sha256"] for row in rows]
        seen = _last_captures(connection, hashes)
        totals = _totals(connection)
    shown, tried = rows[:limit], attempts(catalog, hashes)
    return UnreadList(
        **totals,
        documents=tuple(_unread(row, seen.get(row["sha256"]), tried[row["sha256"]]) for row in shown),
        after=shown[-1]["id"] if len(rows) > limit else None,
    )


def health(catalog: Catalog, index: IndexStanding, now: datetime | None = None) -> Health:
    """Counts, how the index stands (as `Searcher.standing` has it), which sources are late, and what else rings."""
    from search.alerts.alarms import alarms

    now = now or datetime.now(UTC)
    standings, ringing = source_standings(catalog, now), alarms(catalog, now)
    with catalog.read() as connection:
        return Health(
            index=index,
            works=connection.execute(sa.select(sa.func.count()).select_from(works)).scalar_one(),
            documents=connection.execute(sa.select(sa.func.count()).select_from(documents)).scalar_one(),
            last_change=catalog.last_seq(connection),
            late=tuple(each.source for each in standings if each.late or each.never),
            failed=tuple(each.source for each in standings if each.state == "failed"),
            never=tuple(each.source for each in standings if each.never),
            checked=last_check(connection),
            audited=last_audit(connection),
            given_up=connection.execute(
                sa.select(sa.func.count()).select_from(webhooks).where(webhooks.c.state == "failed")
            ).scalar_one(),
            alarms=ringing,
            pictures=pictures(connection),
        )


def _counts(connection: Connection, query: sa.Select[tuple[str, int]]) -> dict[str, int]:
    return dict(connection.execute(query).tuples().all())


def _not_tried() -> sa.Select[tuple[str, int]]:
    tried = sa.select(documents.c.sha256).where(documents.c.sha256 == captures.c.sha256).exists()
    count = sa.func.count(sa.distinct(captures.c.sha256))
    return sa.select(captures.c.publisher, count).where(~tried).group_by(captures.c.publisher)


def _standing(row: sa.RowMapping, files: int, now: datetime) -> SourceStanding:
    counts = {str(name): int(count) for name, count in dict(row["last_counts"]).items() if isinstance(count, int)}
    same = ("publisher", "title", "cadence", "terms", "last_started", "last_good")
    return SourceStanding(
        source=row["name"],
        **{name: row[name] for name in same},
        state=row["last_state"],
        reason=row["last_reason"],
        counts=counts,
        files=files,
        late=is_late(row["cadence"], row["last_good"], now),
        never=row["last_good"] is None,
    )


def _by_hand(name: str, publisher: str, files: int, last: datetime | None) -> SourceStanding:
    """Files that no schedule brings: they cannot be late."""
    title = "Files taken in by hand" if name == "by-hand" else name
    return SourceStanding(name, publisher, title, "by hand", "", last, last, "done", "", {}, files, False, False)


def _totals(connection: Connection) -> dict[str, int]:
    reasons = connection.execute(
        sa.select(documents.c.state, documents.c.reason, sa.func.count())
        .where(documents.c.state.in_(("quarantined", "waiting")))
        .group_by(documents.c.state, documents.c.reason)
    ).all()
    scans = sum(count for state, reason, count in reasons if needs_ocr(state, reason))
    return {
        "quarantined": sum(count for state, _, count in reasons if state == "quarantined"),
        "waiting": sum(count for state, _, count in reasons if state == "waiting") - scans,
        "needs_ocr": scans,
        "not_tried": sum(_counts(connection, _not_tried()).values()),
    }


def _last_captures(connection: Connection, sha256s: Iterable[str]) -> dict[str, sa.RowMapping]:
    found = connection.execute(
        sa.select(captures).where(captures.c.sha256.in_(list(sha256s))).order_by(captures.c.captured, captures.c.id)
    ).mappings()
    return {row["sha256"]: row for row in found}


def _unread(row: sa.RowMapping, seen: sa.RowMapping | None, history: tuple[Attempt, ...]) -> Unread:
    same = ("id", "sha256", "state", "reason", "attempts", "try_again", "publisher", "media_type")
    words = dict(seen["words"]) if seen else {}
    return Unread(
        **{name: row[name] for name in same},
        size=seen["size"] if seen else 0,
        title=row["title"] or str(words.get("title", "")) or str(words.get("file", "")),
        source=seen["source"] if seen else "",
        url=seen["url"] if seen else "",
        captured=seen["captured"] if seen else None,
        choices=choices(row["media_type"]),
        history=history,
    )
