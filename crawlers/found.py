"""What does a spider hand on, and what does a source promise to yield?"""

from dataclasses import dataclass, field

FORMATS = ("pdf", "docx", "doc", "html", "odt", "rtf", "wpd", "zip", "gz")


@dataclass(frozen=True, slots=True)
class Found:
    """A file that a publisher offers; `words` are the publisher's own words about it, uninterpreted.

    Keys of `words`: title, symbol, date, language, body, session, agenda_item, kind, country, subjects.
    `key` stands in for the URL where that is not stable (a token that changes at every request): it is
    then what the file is known by. `format` is what the publisher says the file is; an HTML page is
    taken for a document only where format is "html".
    """

    url: str
    words: dict[str, str] = field(default_factory=dict)
    key: str | None = None
    format: str = ""

    @property
    def identity(self) -> str:
        """What the file is known by from one crawl to the next."""
        return self.key or self.url


@dataclass(frozen=True, slots=True)
class Withheld:
    """A document that the publisher names but does not give out: counted and noted, never asked for."""

    identity: str
    reason: str
    words: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Expect:
    """How many files a full crawl of a source finds. A run outside the range has failed and says so."""

    at_least: int
    at_most: int

    def __post_init__(self) -> None:
        if not 1 <= self.at_least <= self.at_most:
            raise ValueError(f"expected yield must satisfy 1 <= at_least <= at_most, not {self}")

    def in_miniature(self) -> "Expect":
        """What is expected of a replica: it cannot have the site's numbers, but nothing at all is wrong there too."""
        return Expect(1, self.at_most)
