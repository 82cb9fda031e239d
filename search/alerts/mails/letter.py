"""What stands in a digest? The records that mail.py sets in text and HTML, and how a passage is cut to be quoted."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from search.alerts.mails.receipt import Receipt
from search.results import Passage
from search.standing import SourceStanding

NEW, REVISED, EARLIER = "new", "revised", "earlier"  # Item.standing, in the order of the mail
EXCERPT = 360  # characters of a passage that are quoted
STEERING = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")  # a text must not turn the mail around it
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # Unicode's Cc and Cs


@dataclass(frozen=True, slots=True)
class Watched:
    """A saved search; `said` is its query in words."""

    search_id: int
    name: str
    query: str
    said: str
    narrowed: tuple[tuple[str, str], ...] = ()  # what its page is asked beside the query: facets, unit


@dataclass(frozen=True, slots=True)
class Item:
    """A work that is told of, once, with every search that found it; the passage is for the match `match_id`.

    `method` is how the passage's page was read, `part` what it stands in: heading, row, note, annex, or title where
    there is no passage because the title alone matched; "" is the body, or not known.
    """

    key: str
    title: str
    symbol: str | None
    date: date | None
    publisher: str
    body: str | None
    languages: tuple[str, ...]
    reasons: tuple[Watched, ...]
    passage: Passage | None
    standing: str = NEW
    late: bool = False  # the nightly audit found it: the search should have matched before
    match_id: int = 0
    document_id: int | None = None  # of the passage
    method: str = ""
    part: str = ""


class Already(NamedTuple):
    """A work that another mail has told of."""

    key: str
    title: str
    at: datetime


class Flood(NamedTuple):
    """A source that brought far more than usual; what matches of it waits for a person."""

    title: str
    works: int
    matching: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail of news for one subscriber: `first` to `last` are the days it covers, `made` the moment it stands for.

    An empty letter is a heartbeat. There is no calendar of deadlines and sessions yet; when there is, a section of
    what is coming belongs before the receipt.
    """

    subscriber_id: int
    address: str
    language: str
    kind: str
    period: str
    first: date
    last: date
    made: datetime
    items: tuple[Item, ...]
    receipt: Receipt | None  # None: it reports no interval, as mails at once
    zone: str = "UTC"
    safe: bool = False
    already: tuple[Already, ...] = ()
    held: tuple[Flood, ...] = ()

    @property
    def sources(self) -> tuple[SourceStanding, ...]:
        return self.receipt.sources if self.receipt else ()

    @property
    def searches(self) -> tuple[Watched, ...]:
        """Every search that found something, in the order of its name."""
        found = {reason.search_id: reason for item in self.items for reason in item.reasons}
        return tuple(sorted(found.values(), key=lambda search: (search.name.casefold(), search.search_id)))

    @property
    def troubled(self) -> tuple[SourceStanding, ...]:
        """The sources because of which this letter may be incomplete."""
        return tuple(source for source in self.sources if source.late or source.state == "failed")


class Piece(NamedTuple):
    """A stretch of a quoted passage, marked or not."""

    text: str
    marked: bool


def plain(text: str) -> str:
    """One line without control characters and without what changes the direction of the text around it."""
    return " ".join(CONTROL.sub(" ", STEERING.sub("", text)).split())


def excerpt(passage: Passage, limit: int = EXCERPT) -> tuple[Piece, ...]:
    """The stretch of the passage with its first marked words, cut between words, in pieces that are marked or not."""
    text = passage.text
    marks = sorted((start, end) for start, end in passage.marks if 0 <= start < end <= len(text))
    first = marks[0][0] if marks else 0
    begin = 0 if first <= limit // 3 or len(text) <= limit else _word_after(text, first - limit // 3, first)
    end = len(text) if len(text) - begin <= limit else _word_before(text, begin + limit, begin + limit // 2)
    pieces = [Piece("… ", False)] if begin else []
    at = begin
    for start, stop in marks:
        if start < at or start >= end:
            continue
        stop = min(stop, end)
        pieces += [Piece(_inside(text[at:start]), False), Piece(_inside(text[start:stop]), True)]
        at = stop
    pieces.append(Piece(_inside(text[at:end]) + (" …" if end < len(text) else ""), False))
    return tuple(piece for piece in pieces if piece.text)


def _inside(text: str) -> str:
    """As plain(), but a space at an end stays: the piece has neighbours."""
    made = plain(text)
    before = " " if text[:1].isspace() and made else ""
    after = " " if text[-1:].isspace() else ""
    return f"{before}{made}{after}"


def _word_after(text: str, at: int, last: int) -> int:
    space = text.find(" ", at, last)
    return at if space < 0 else space + 1


def _word_before(text: str, at: int, first: int) -> int:
    space = text.rfind(" ", first, at)
    return at if space < 0 else space
