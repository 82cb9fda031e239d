"""What does a spider hand on, and what does a source promise to yield?"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Found:
    """A file that a publisher offers; `words` are the publisher's own words about it, uninterpreted.

    Keys of `words`: title, symbol, date, language, body, session, agenda_item, kind, country, subjects.
    """

    url: str
    words: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Expect:
    """How many files a full crawl of a source finds. A run outside the range has failed and says so."""

    at_least: int
    at_most: int

    def __post_init__(self) -> None:
        if not 1 <= self.at_least <= self.at_most:
            raise ValueError(f"expected yield must satisfy 1 <= at_least <= at_most, not {self}")
