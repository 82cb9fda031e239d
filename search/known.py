"""What can be known about a work? The records that its page, its JSON and the command line are made from."""

from dataclasses import dataclass
from datetime import date, datetime

from pipeline import POOR

POOR_TEXT = "poor text: searches may miss"
GOOD = 0.85  # from here on it reads as the page does; between the two it is fair


@dataclass(frozen=True, slots=True)
class Capture:
    """These bytes were seen at this address, then."""

    sha256: str
    source: str
    url: str
    captured: datetime
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class KnownDocument:
    """One file of a work; `quality` is that of its worst page, None where it has no pages."""

    sha256: str
    state: str
    reason: str
    language: str | None
    languages: tuple[str, ...]
    symbols: tuple[str, ...]
    title: str
    body: str | None
    session: str | None
    agenda_item: str | None
    date: date | None
    kind: str | None
    job_number: str | None
    media_type: str
    reader: str
    read_at: datetime | None
    described_from: dict[str, str]
    pages: int
    quality: float | None
    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A paragraph of a document."""

    sha256: str
    ordinal: int
    page: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """Someone or something spoken of: `value` is a code of the lexicon or the name as written."""

    value: str
    text: str
    count: int
    first: Place


@dataclass(frozen=True, slots=True)
class Mentions:
    """What is spoken of, of one kind, most often first; `total` counts those that are left out too."""

    kind: str
    total: int
    values: tuple[Spoken, ...]


@dataclass(frozen=True, slots=True)
class Cited:
    """A symbol or treaty article that is cited; `work` is the key of that work when it is here."""

    kind: str
    target: str
    count: int
    first: Place
    work: str | None


@dataclass(frozen=True, slots=True)
class CitedBy:
    """A work that cites this one."""

    work: str
    title: str
    symbol: str | None
    date: date | None


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known about a work; `work_id` is the catalog's own number of it."""

    work_id: int
    work: str
    publisher: str
    symbol: str | None
    symbols: tuple[str, ...]
    title: str
    body: str | None
    session: str | None
    agenda_item: str | None
    date: date | None
    kind: str | None
    languages: tuple[str, ...]
    documents: tuple[KnownDocument, ...]
    mentions: tuple[Mentions, ...]
    citations: tuple[Cited, ...]
    cited_by: tuple[CitedBy, ...]
    captures: tuple[Capture, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """One file with what it belongs to and where it was seen."""

    document: KnownDocument
    publisher: str
    work: str | None
    captures: tuple[Capture, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A work in a list."""

    work: str
    publisher: str
    symbol: str | None
    title: str
    body: str | None
    session: str | None
    agenda_item: str | None
    date: date | None
    kind: str | None
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a list; `after` is the next page's cursor, None at the end."""

    works: tuple[Entry, ...]
    after: int | None


def grade(quality: float) -> str:
    """The quality of a page as it is asked for: poor, fair or good."""
    return "poor" if quality < POOR else "good" if quality >= GOOD else "fair"
