"""What does a search answer? The records that pages, JSON, the command line and mails are made from."""

from dataclasses import dataclass, field
from datetime import date

from pipeline import POOR


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something in the query that could not be taken as written; `start` and `end` are offsets in the query.

    `code` names the kind of it, whatever the language of the message (search/query/complaints.toml); "" for others.
    """

    message: str
    start: int
    end: int
    code: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph that answers; `marks` are (start, end) offsets in `text` of the words that matched."""

    sha256: str
    language: str | None
    page: int
    paragraph: str | None  # as printed
    ordinal: int
    text: str
    marks: tuple[tuple[int, int], ...]
    citation: str  # to paste: "A/HRC/47/30, para. 45"
    quality: float
    similarity: float | None = None  # 0 to 1, where it was found by its meaning; None: by its words
    last_page: int = 0  # where it ends; 0: on the same page

    def __post_init__(self) -> None:
        if not self.last_page:
            object.__setattr__(self, "last_page", self.page)

    @property
    def poor(self) -> bool:
        """Whether its page was read so badly that searches may miss what it says."""
        return self.quality < POOR


@dataclass(frozen=True, slots=True)
class Hit:
    """One work; `languages` are those of its documents."""

    work_id: int
    work: str  # works.key
    symbols: tuple[str, ...]
    title: str
    date: date | None
    publisher: str
    body: str | None
    languages: tuple[str, ...]
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class FacetValue:
    value: str
    label: str
    count: int
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    field: str
    label: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class Variant:
    """A word or phrase that a keyword family put beside what was asked.

    `total`: works that the query finds with it in the place of what was asked; `added`: those of them that the
    query as typed does not find. Both None where it was not counted: a big family is not counted to its end.
    `query`: what is to be typed to see those works.
    """

    text: str
    language: str
    total: int | None
    added: int | None
    query: str = field(default="", kw_only=True)


@dataclass(frozen=True, slots=True)
class Widening:
    """What was `asked`, the theme whose keyword family it belongs to, and what the family put beside it."""

    asked: str
    theme: str
    label: str
    variants: tuple[Variant, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Did you mean: a query that finds more, and which of its words were put for which."""

    query: str
    words: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Results:
    """A page of hits; `said` is the query in words, `after` the cursor of the next page or None at the end.

    With `unit` "paragraphs" each hit is one paragraph with its work, and `total` and the facets count paragraphs.
    `by_meaning` of the total were found by their meaning alone: the facets, which count words, know nothing of them.
    """

    query: str
    said: str
    total: int
    hits: tuple[Hit, ...]
    facets: tuple[Facet, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    after: str | None = None
    unit: str = "works"  # or paragraphs
    suggestion: Suggestion | None = None
    widened: tuple[Widening, ...] = ()
    by_meaning: int = 0
    took_ms: float = field(default=0.0, compare=False)
