"""Where is my alert? For one saved search and one document: seen, read, matched or why not, queued, sent, or what else.

The stations that the pair has passed, in their order; the last one says where it stands. All of it is in the catalog:
nothing is kept for this.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

import lexicon
from catalog import NOTED, Catalog
from catalog.tables import (
    captures,
    changes,
    deliveries,
    digest_runs,
    documents,
    holds,
    matches,
    outbox,
    pages,
    runs,
    saved_searches,
    sources,
    subscribers,
    works,
)
from pipeline import POOR
from search.alerts.errors import Gone, Refused, w
from search.alerts.mails.periods import AT_ONCE, WEEKLY, due, morning_of
from search.alerts.matching.clauses import Answered, answered
from search.alerts.matching.fresh import read_fresh
from search.alerts.matching.matching import READER
from search.alerts.matching.settling import Doubt, told
from search.alerts.members.addresses import clean_address
from search.alerts.members.saved import meaning
from search.alerts.tokens import Grant
from search.alerts.wording import Wording
from search.citing import Citing
from search.query.say import say
from search.shelf import find_work

MOST = 5  # files of a work that are said where they were seen
LONGEST = 300  # characters of a document's name


class Station(NamedTuple):
    """`stage`: seen, read, search, matched, mailed. `state`: one word or two for programs; `said`: for people."""

    stage: str
    state: str
    at: datetime | None
    said: str


@dataclass(frozen=True, slots=True)
class Trace:
    """`work` is None where nothing that was read goes by this name; `state` is the last station's."""

    search_id: int
    search: str
    document: str
    work: str | None
    title: str
    stations: tuple[Station, ...]

    @property
    def state(self) -> str:
        return self.stations[-1].state


def find_search(catalog: Catalog, name: str, address: str | None = None) -> int:
    """The number of a saved search, given so or by its name and its owner's address. Errors: Refused."""
    query = sa.select(saved_searches.c.id).join(subscribers)
    if address:
        query = query.where(subscribers.c.address == clean_address(address), saved_searches.c.name == name)
    elif name.isascii() and name.isdigit() and len(name) < 10:
        query = query.where(saved_searches.c.id == int(name))
    else:
        raise Refused("a saved search goes by its number, or by its name and the address of its owner")
    with catalog.read() as connection:
        found = connection.execute(query).scalars().all()
    if not found:
        raise Refused(f"there is no saved search {name[:LONGEST]!r}")
    return int(found[0])


def trace(
    catalog: Catalog, search_id: int, document: str, now: datetime, language: str = "en", zone: str = "UTC"
) -> Trace:
    """Where the document (a symbol, the SHA-256 of a file, or a work's key) stands for this search. Errors: Refused."""
    document = " ".join(document.split())[:LONGEST]
    key = find_work(catalog, document) if document else None
    with catalog.read() as connection:
        owner = (subscribers.c[name] for name in ("timezone", "mail_after"))
        query = sa.select(saved_searches, *owner, subscribers.c.state.label("owner")).join(subscribers)
        search = connection.execute(query.where(saved_searches.c.id == search_id)).one_or_none()
        if search is None:
            raise Refused(f"there is no saved search number {search_id}")
        work = connection.execute(sa.select(works).where(works.c.key == key)).one_or_none() if key else None
        tracing = _Tracing(catalog, connection, search, Wording(language), zone)
        stations = tuple(tracing.of_work(work, now) if work else tracing.of_file(document))
        title = (work.title or work.symbol or "") if work else ""
        return Trace(search_id, search.name, document, key, title, stations)


@dataclass(frozen=True, slots=True)
class Watch:
    """The saved search that a link is about, and how its owner is spoken to."""

    search_id: int
    search: str
    language: str
    zone: str


def watch_of(catalog: Catalog, grant: Grant) -> Watch:
    """Errors: Gone where the search, or its owner, is no longer known."""
    query = sa.select(saved_searches.c.name, subscribers.c.language, subscribers.c.timezone).join(subscribers)
    mine = (saved_searches.c.id == grant.about) & (subscribers.c.id == grant.subscriber_id)
    with catalog.read() as connection:
        row = connection.execute(query.where(mine)).one_or_none()
    if row is None or grant.about is None:
        raise Gone(w("the saved search that this link was made for is no longer here: it was deleted"))
    return Watch(grant.about, row.name, row.language, row.timezone)


class _Tracing:
    def __init__(self, catalog: Catalog, connection: Connection, search: Row[Any], w: Wording, zone: str) -> None:
        self.catalog, self.connection, self.search, self.w, self.zone = catalog, connection, search, w, zone

    def of_file(self, name: str) -> Iterator[Station]:
        """What is not part of a work yet: a file that was seen, and not read."""
        w = self.w
        files = documents.c.sha256 == name.lower()
        parsed = lexicon.parse_symbol(name)
        symbol = (documents.c.symbol == (str(parsed) if parsed else name)) & (documents.c.state != "read")
        row = self.connection.execute(sa.select(documents).where(files | symbol).limit(1)).one_or_none()
        sha256 = row.sha256 if row else name.lower()
        seen = list(self._seen([sha256]))
        if not seen:
            yield Station("seen", "unknown", None, w("Nothing here goes by this name: it was not seen on any source."))
            return
        yield from seen
        yield self._unread(row)

    def of_work(self, work: Row[Any], now: datetime) -> Iterator[Station]:
        own = sa.select(documents).where(documents.c.work_id == work.id).order_by(documents.c.id)
        rows = self.connection.execute(own).all()
        yield from self._seen([row.sha256 for row in rows])
        read = [row for row in rows if row.state == "read"]
        if read:
            yield self._read(read)
        where = (matches.c.search_id == self.search.id) & (matches.c.work_id == work.id)
        match = self.connection.execute(sa.select(matches).where(where)).one_or_none()
        if match is None:
            yield from self._not_matched(work)
            return
        yield self._matched(match)
        if match.outbox_id is not None:
            yield from self._mailed(match.outbox_id)
        else:
            yield from self._untold(match, now)

    def _seen(self, hashes: list[str]) -> Iterator[Station]:
        title = sa.func.coalesce(sources.c.title, captures.c.source).label("title")
        query = sa.select(captures, title).outerjoin(sources, sources.c.name == captures.c.source)
        query = query.where(captures.c.sha256.in_(hashes)).order_by(captures.c.id).limit(MOST)
        for row in self.connection.execute(query):
            crawl = self.connection.execute(
                sa.select(runs.c.id)
                .where(runs.c.step == "crawl", runs.c.subject == row.source, runs.c.started <= row.captured)
                .order_by(runs.c.id.desc())
                .limit(1)
            ).scalar()
            said = self.w("Seen at {source} on {moment}.", source=row.title, moment=self._moment(row.captured))
            if crawl is not None:
                said += " " + self.w("By crawl number {n}.", n=crawl)
            yield Station("seen", "seen", row.captured, said)

    def _read(self, read: list[Row[Any]]) -> Station:
        at = max((row.read_at for row in read if row.read_at), default=None)
        languages = ", ".join(sorted({row.language for row in read if row.language})) or "?"
        said = self.w(
            "Read: {n} file ({languages}), last on {moment}.",
            "Read: {n} files ({languages}), last on {moment}.",
            n=len(read),
            languages=languages,
            moment=self._moment(at),
        )
        if self._is_poor(read):
            said += " " + self.w("On some page poor text: searches may miss.")
        return Station("read", "read", at, said)

    def _is_poor(self, read: list[Row[Any]]) -> bool:
        mine = pages.c.document_id.in_([row.id for row in read])
        query = sa.select(sa.exists().where(mine, pages.c.quality < POOR))
        return bool(self.connection.execute(query).scalar())

    def _unread(self, row: Row[Any] | None) -> Station:
        w = self.w
        if row is None:
            return Station("read", "not tried", None, w("It was not read yet."))
        if row.state == "quarantined":
            return Station("read", "quarantined", None, w("It could not be read: {reason}", reason=row.reason))
        if row.state == "waiting" and "ocr" in row.reason.casefold():
            return Station("read", "needs OCR", None, w("It is a scan, and waits for OCR."))
        if row.state in ("read", "opened"):  # a bundle is read as soon as its members are files of their own
            return Station("read", "read", row.read_at, w("It was read, and is part of no work."))
        return Station("read", "try again", row.try_again, w("It waits to be read again: {reason}", reason=row.reason))

    def _not_matched(self, work: Row[Any]) -> Iterator[Station]:
        w, search = self.w, self.search
        newest = sa.select(changes).where(changes.c.work_id == work.id, changes.c.kind != NOTED)
        change = self.connection.execute(newest.order_by(changes.c.seq.desc()).limit(1)).one_or_none()
        if change is None or change.kind == "withdrawn":
            yield Station(
                "matched", "withdrawn", change.at if change else None, w("It is withdrawn: there is nothing to match.")
            )
            return
        if stopped := self._stopped():
            yield stopped
            return
        found = answered(self.catalog, work.id, search.query, search.filters, search.scope)
        if found.unread:
            yield Station("matched", "unread", None, w("Nothing of it was read: there is nothing to match."))
        elif not found.matches:
            yield Station("matched", "no match", None, self._why_not(found))
        elif change.seq > self.catalog.watermark(self.connection, READER):
            yield Station(
                "matched", "not matched yet", change.at, w("It is new, and will be looked at with the next run.")
            )
        elif change.seq > search.start_seq and self._only_read_again(work.id):
            said = w("It matches, but by what it said before: since this search watches it was only read again.")
            yield Station("matched", "read again", change.at, said)
        elif change.seq > search.start_seq:
            yield Station(
                "matched", "missed", change.at, w("It should have matched. The next audit finds it, and tells it late.")
            )
        elif search.backfill and change.seq > search.back_to:
            yield Station(
                "matched", "looked back on", change.at, w("It came before the search, which will look back on it.")
            )
        else:
            yield Station("matched", "before", change.at, self._before(change))

    def _only_read_again(self, work: int) -> bool:
        """And what is news of it is not what the search asks for (fresh.py)."""
        search = self.search
        fresh = read_fresh(self.connection, search.start_seq, work=work)
        if work not in fresh or fresh[work].is_whole(search.start_seq):
            return False
        tree = meaning(search.query, Citing(self.catalog), filters=search.filters or {}).tree
        return not told(self.catalog, [Doubt(search.id, search.start_seq, tree, search.scope, work)], fresh)

    def _before(self, change: Row[Any]) -> str:
        moment = self._moment(change.at)
        return self.w("It would match, but it came ({moment}) before this search watched.", moment=moment)

    def _stopped(self) -> Station | None:
        """Why this search hears of nothing, if it does not."""
        w, search = self.w, self.search
        if search.owner == "pending":
            return Station("search", "pending", None, w("The owner of this search has not confirmed the address yet."))
        if search.owner != "active":
            return Station("search", "unsubscribed", None, w("The owner of this search wants no mail any more."))
        if search.state == "paused":
            return Station("search", "paused", None, w("This search is paused: nothing new comes."))
        if search.state == "ended":
            return Station("search", "ended", None, w("This search was ended by its owner."))
        if search.state == "broken":
            said = w("This search can find nothing any more: {reason}", reason=search.reason)
            return Station("search", "broken", None, said)
        return None

    def _why_not(self, found: Answered) -> str:
        w = self.w
        if found.apart:
            return w("Its paragraphs hold all that the search asks for, but no single one holds all of it.")
        asked = "; ".join(say(node, w.language) for node in found.failing)
        return w("It does not match. The search asks for: {asked}. That is not so.", asked=asked)

    def _matched(self, match: Row[Any]) -> Station:
        w, moment = self.w, self._moment(match.matched)
        if match.origin == "audit":
            said = w("Missed at first, and found by the audit on {moment}.", moment=moment)
        elif match.origin == "look back":
            said = w("Matched on {moment}, looking back.", moment=moment)
        else:
            said = w("Matched on {moment}.", moment=moment)
        return Station("matched", "matched", match.matched, said)

    def _untold(self, match: Row[Any], now: datetime) -> Iterator[Station]:
        w = self.w
        hold = self.connection.execute(sa.select(holds).where(holds.c.id == match.hold_id)).one_or_none()
        if hold is not None and hold.state != "released":
            came = w("It came with {n} works at once from one source.", n=hold.works) + " "
            if hold.state == "held":
                yield Station("mailed", "flood", hold.since, came + w("The secretariat decides whether they are told."))
            else:
                yield Station("mailed", "dropped", hold.decided, came + w("The secretariat decided not to tell them."))
        elif stopped := self._stopped():
            yield stopped
        else:
            yield self._waiting(now)

    def _waiting(self, now: datetime) -> Station:
        w, search = self.w, self.search
        if search.cadence == AT_ONCE:
            return Station("mailed", "waiting", None, w("It goes out with the next round of mails."))
        period = due(search.cadence, search.timezone, now)
        made = (digest_runs.c.cadence == search.cadence) & (digest_runs.c.zone == search.timezone)
        run = sa.select(digest_runs.c.made).where(made, digest_runs.c.period == period.name)
        at = period.ends
        if self.connection.execute(run).first() is not None:
            at = morning_of(period.last + timedelta(days=8 if search.cadence == WEEKLY else 2), search.timezone)
        return Station("mailed", "waiting", at, w("It waits for the mail of {moment}.", moment=self._moment(at)))

    def _mailed(self, outbox_id: int) -> Iterator[Station]:
        w = self.w
        row = self.connection.execute(sa.select(outbox).where(outbox.c.id == outbox_id)).one()
        if row.kind == "skipped":  # post/outbox.py, skip_all
            said = w("The secretariat counted it as told on {moment}.", moment=self._moment(row.created))
            yield Station("mailed", "skipped", row.created, said)
            return
        said = w(
            "Written into the mail of {moment} ({kind} {period}).",
            moment=self._moment(row.created),
            kind=row.kind,
            period=row.period,
        )
        yield Station("mailed", "queued", row.created, said)
        own = sa.select(deliveries).where(deliveries.c.outbox_id == outbox_id).order_by(deliveries.c.id.desc())
        last = self.connection.execute(own.limit(1)).one_or_none()
        at, answer = (last.at, last.answer) if last else (None, "")
        if row.state == "waiting":
            later = max((each for each in (row.try_again, self.search.mail_after) if each), default=None)
            if answer:
                yield Station(
                    "mailed", "tried", at, w("Tried on {moment}: {answer}", moment=self._moment(at), answer=answer)
                )
            if later:
                yield Station(
                    "mailed", "try again", later, w("It is tried again on {moment}.", moment=self._moment(later))
                )
            return
        if row.state != "leased":
            yield Station("mailed", row.state, at, self._became(row.state, at, answer))

    def _became(self, state: str, at: datetime | None, answer: str) -> str:
        w, moment = self.w, self._moment(at)
        match state:
            case "sent":
                return w("Sent on {moment}. The other side said: {answer}", moment=moment, answer=answer)
            case "failed":
                return w("Refused by the other side on {moment}: {answer}", moment=moment, answer=answer)
            case "bounced":
                return w("It came back on {moment}: {answer}", moment=moment, answer=answer)
            case "suppressed":
                return w("Not sent, since mail to this address had come back: {answer}", answer=answer)
            case "withheld":
                return w("Not sent, since it was no longer wanted: {answer}", answer=answer)
        return w("Held back until the secretariat has looked at it: {answer}", answer=answer)

    def _moment(self, moment: datetime | None) -> str:
        return self.w.moment(moment, self.zone) if moment else "?"
