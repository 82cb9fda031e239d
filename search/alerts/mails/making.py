"""How do untold matches become a row of the outbox? Contents, letter, mail; then the row and what it tells as one."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, Self

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import Catalog
from catalog.tables import matches, outbox
from search.alerts.links import Letterhead, Links
from search.alerts.mails.contents import Contents
from search.alerts.mails.letter import Already, Flood, Item, Letter
from search.alerts.mails.mail import compose_letter
from search.alerts.mails.periods import zone_of
from search.alerts.mails.receipt import Receipt
from search.alerts.mails.spool import Made
from search.alerts.mails.untold import Member, mark_told
from search.alerts.members.presence import hold_the_door
from search.standing import source_standings

MAILS_LOCK = 0x4D41494C53  # "MAILS": on PostgreSQL one transaction at a time makes mails; SQLite has one writer anyway
LONGEST_TOLD = 2000  # bytes of a quoted passage that are kept


class Frame(NamedTuple):
    """Which mail: its kind and period, unique for a member, and the days it is for."""

    kind: str
    period: str
    first: date
    last: date

    @classmethod
    def on(cls, kind: str, period: str, now: datetime, zone: str) -> Self:
        """A mail that is for today, where its reader lives."""
        today = now.astimezone(zone_of(zone)).date()
        return cls(kind, period, today, today)


class Maker:
    """Sets the mails of members at one moment; works that came after change `after` are new."""

    def __init__(
        self, catalog: Catalog, links: Links, letterhead: Letterhead, now: datetime, after: int | None = None
    ) -> None:
        self.catalog, self.links, self.letterhead = catalog, links, letterhead
        self.now, self.after = now, after
        self._contents: Contents | None = None
        self._titles: dict[str, str] | None = None

    def mails(self, members: Sequence[Member], frames: Sequence[Frame], receipt: Receipt | None = None) -> list[Made]:
        """The mail of each member in its frame; the works they share are read and indexed once."""
        contents = self._contents = self._contents or Contents(self.catalog, self.now, self.after)
        contents.take(members)
        made: list[Made] = []
        for member, frame in zip(members, frames, strict=True):
            letter = self._letter(member, frame, contents, receipt)
            mail = compose_letter(letter, self.links, self.letterhead)
            made.append(Made(mail.message_id, mail.message, _told(mail.quoted)))
        return made

    def _letter(self, member: Member, frame: Frame, contents: Contents, receipt: Receipt | None) -> Letter:
        return Letter(
            subscriber_id=member.subscriber_id,
            address=member.address,
            language=member.language,
            kind=frame.kind,
            period=frame.period,
            first=frame.first,
            last=frame.last,
            made=self.now,
            items=contents.items(member),
            receipt=receipt,
            zone=zone_of(member.zone).key,
            safe=member.safe,
            already=_already(member, contents),
            held=tuple(Flood(self._title(held.source), held.works, held.matching, held.since) for held in member.held),
        )

    def _title(self, source: str) -> str:
        if self._titles is None:
            self._titles = {each.source: each.title for each in source_standings(self.catalog, self.now)}
        return self._titles.get(source, source)


def alone(connection: Connection) -> None:
    """From here to the end of the transaction nobody else makes mails: what one tells, no other tells again."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MAILS_LOCK)))
    hold_the_door(connection)


def keep(connection: Connection, member: Member, frame: Frame, now: datetime, made: Made) -> int:
    """The mail's row, and what it tells of marked as told; returns its number."""
    number = post(connection, member.subscriber_id, frame, now, made)
    mark_told(connection, number, [match.match_id for match in member.matches])
    for match, passage in made.told.items():
        connection.execute(sa.update(matches).where(matches.c.id == match).values(told=passage))
    return number


def post(connection: Connection, subscriber_id: int | None, frame: Frame, now: datetime, made: Made) -> int:
    """The row of a mail, waiting to be sent."""
    row: dict[str, Any] = {
        "subscriber_id": subscriber_id,
        "kind": frame.kind,
        "period": frame.period,
        "state": "waiting",
    }
    row |= {"message_id": made.message_id, "message": made.message, "attempts": 0, "created": now}
    return int(connection.execute(sa.insert(outbox).values(row).returning(outbox.c.id)).scalar_one())


def name_of(connection: Connection, subscriber_id: int | None, kind: str, wanted: str, number: int) -> str:
    """The period of a mail; with a number too where the member has a mail of that kind and period already."""
    mine = (outbox.c.subscriber_id == subscriber_id) & (outbox.c.kind == kind) & (outbox.c.period == wanted)
    taken = connection.execute(sa.select(outbox.c.id).where(mine)).first() is not None
    return f"{wanted}.{number}" if taken else wanted


def _already(member: Member, contents: Contents) -> tuple[Already, ...]:
    """Each work once, as the first mail told it; those of one mail by their keys."""
    found: dict[int, Already] = {}
    told = [(sent.at, titled, sent.work_id) for sent in member.sent if (titled := contents.title(sent.work_id))]
    for at, titled, work in sorted(told):
        found.setdefault(work, Already(*titled, at))
    return tuple(found.values())


def _told(quoted: Sequence[Item]) -> dict[int, dict[str, Any]]:
    """What is kept of each quoted passage, so that a change of it can be told."""
    return {
        item.match_id: {
            "document_id": item.document_id,
            "sha256": item.passage.sha256,
            "language": item.passage.language,
            "citation": item.passage.citation,
            "page": item.passage.page,
            "ordinal": item.passage.ordinal,
            "text": item.passage.text.encode()[:LONGEST_TOLD].decode(errors="ignore"),
        }
        for item in quoted
        if item.passage is not None and item.document_id is not None
    }
