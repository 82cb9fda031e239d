"""What is a document, once read? Frozen, typed records that the rest of the house speaks.

A `Reading` is what a reader made of the bytes; a `Document` is a reading that has been described and
searched for mentions and citations. Offsets are in characters of the paragraph's text.
"""

import datetime
from dataclasses import dataclass, field

# The words a source may hand on about a file, all as the publisher wrote them (captures.words).
WORDS = ("title", "symbol", "date", "language", "body", "session", "agenda_item", "kind", "country", "subjects")


@dataclass(frozen=True, slots=True)
class Page:
    """One page as read. `quality` runs from 0 (useless) to 1 (clean); `method` names who read it."""

    page: int
    method: str
    quality: float
    language: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """The unit that is quoted; `number` is the printed one ("45", "12 bis"), None where none is printed.

    An item of a numbered paragraph has the number it is cited by: "45 (c)". `kind`: text, heading, row (of a table, its
    cells between bars) or note (a footnote, which stands after the paragraph that its page ends in).
    """

    ordinal: int
    page: int
    number: str | None
    language: str | None
    text: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader made of the bytes; `facts` are what was printed outside the text (running heads, job number)."""

    media_type: str
    reader: str
    pages: tuple[Page, ...]
    paragraphs: tuple[Paragraph, ...]
    title: str | None = None  # as the file itself declares it (HTML title, PDF metadata)
    facts: dict[str, list[str]] = field(default_factory=dict)


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
