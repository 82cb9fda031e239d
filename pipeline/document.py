"""What is a document, once read? Frozen, typed records that the rest of the house speaks.

A `Reading` is what a reader made of the bytes; a `Document` is a reading that has been described and
searched for mentions and citations. Offsets are in characters of the paragraph's text.
"""

import datetime
from dataclasses import dataclass, field

POOR = 0.6  # below this quality a page's text must not be trusted unseen

# The words a source may hand on about a file, all as the publisher wrote them (captures.words).
WORDS = ("title", "symbol", "date", "language", "body", "session", "agenda_item", "kind", "country", "subjects")


@dataclass(frozen=True, slots=True)
class Page:
    """One page as read. `quality` runs from 0 (useless) to 1 (clean); `method` names who read it.

    `note` says why it could not be read, or not well; a page that `awaits_ocr` has only what could be read without.
    """

    page: int
    method: str
    quality: float
    language: str | None
    text: str
    note: str = ""
    awaits_ocr: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """The unit that is quoted; `number` is the printed one ("45", "12 bis"), None where none is printed.

    An item of a numbered paragraph has the number it is cited by: "45 (c)". `kind`: text, heading, row (of a table, its
    cells between bars) or note (a footnote, which stands after the paragraph that its page ends in).

    It runs from `page` to `last_page` (0: the same). A note has its `mark` as printed; where the mark stands in a text,
    `marks` has (start, end, ordinal of the note). A row belongs to the table number `grid`.
    """

    ordinal: int
    page: int
    number: str | None
    language: str | None
    text: str
    kind: str = "text"
    last_page: int = 0
    mark: str | None = None
    marks: tuple[tuple[int, int, int], ...] = ()
    grid: int | None = None

    def __post_init__(self) -> None:
        if not self.last_page:
            object.__setattr__(self, "last_page", self.page)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as data: rows of cells, all rows equally long; `number` is counted from 1 through the document."""

    number: int
    page: int
    last_page: int
    rows: tuple[tuple[str, ...], ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader made of the bytes; `facts` are what was printed outside the text (running heads, job number)."""

    media_type: str
    reader: str
    pages: tuple[Page, ...]
    paragraphs: tuple[Paragraph, ...]
    title: str | None = None  # as the file itself declares it (HTML title, PDF metadata)
    facts: dict[str, list[str]] = field(default_factory=dict)
    grids: tuple[Grid, ...] = ()
    pictures: tuple[tuple[int, str], ...] = ()  # pages whose pictures are still to be read by OCR, and why


@dataclass(frozen=True, slots=True)
class Mention:
    """Someone or something spoken of. `kind`: country, body, instrument, theme, person, organisation, place, date."""

    kind: str
    value: str
    text: str
    origin: str
    ordinal: int
    page: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Citation:
    """A symbol ("A/RES/45/158") or treaty article ("ICRMW art. 25") that is cited."""

    kind: str
    target: str
    text: str
    ordinal: int
    page: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Description:
    """What the document is; unknown is None. `described_from` says per field: source, masthead or text."""

    symbols: tuple[str, ...] = ()
    title: str = ""
    body: str | None = None
    session: str | None = None
    agenda_item: str | None = None
    date: datetime.date | None = None
    kind: str | None = None
    language: str | None = None
    languages: tuple[str, ...] = ()
    job_number: str | None = None
    described_from: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was read and understood; `work_key` joins it with its other languages, Rev., Add. and Corr."""

    sha256: str
    publisher: str
    reading: Reading
    description: Description
    mentions: tuple[Mention, ...]
    citations: tuple[Citation, ...]
    work_key: str
