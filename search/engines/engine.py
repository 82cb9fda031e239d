"""What does every engine take and give? The works as they are indexed, the question, the answer, and the verbs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from search.query.tree import Node

SORTS = ("relevance", "date", "-date")
UNSEALED = -1  # what no work has for a seal


@dataclass(frozen=True, slots=True)
class IndexedParagraph:
    """A paragraph of one of a work's documents; `language` as the pipeline found it.

    `values` are those of the work's values and names that stem from this paragraph, as (field, value).
    """

    document_id: int
    ordinal: int
    language: str | None
    text: str
    values: tuple[tuple[str, str], ...] = ()
    kind: str = "text"  # or heading, row, note: as the catalog has it


@dataclass(frozen=True, slots=True)
class IndexedWork:
    """A work as engines take it. `values` holds, per field of fields.py, the values that can be asked for.

    Facet values are as the catalog has them (PHL, en, 2024); all others are folded by `analysis.plain`.
    """

    id: int
    key: str
    date: date | None
    titles: tuple[tuple[str | None, str], ...]  # language, title
    values: Mapping[str, tuple[str, ...]]
    names: Mapping[str, tuple[str, ...]]  # person, organisation: as written
    paragraphs: tuple[IndexedParagraph, ...]
    seq: int = 0  # the change that it stands for: nothing older ever replaces it


@dataclass(frozen=True, slots=True)
class Question:
    """A resolved tree and what is wanted of its result. `filters`: facet -> values, any of them; all facets."""

    tree: Node
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    facets: tuple[str, ...] = ()
    sort: str = "relevance"
    limit: int = 10
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Ids of works in order, how many there are in all, per facet its values and counts, and the next cursor."""

    total: int
    works: tuple[int, ...]
    counts: dict[str, tuple[tuple[str, int], ...]]
    after: str | None


@dataclass(frozen=True, slots=True)
class PassageAddress:
    """Where a paragraph is to be found in the catalog."""

    document_id: int
    ordinal: int


@dataclass(frozen=True, slots=True)
class ParagraphAnswer:
    """Paragraphs in order, each with its work's id; how many there are in all; facets count paragraphs."""

    total: int
    paragraphs: tuple[tuple[int, PassageAddress], ...]
    counts: dict[str, tuple[tuple[str, int], ...]]
    after: str | None


@dataclass(frozen=True, slots=True)
class Holding:
    """What an index holds of a work: its id, the seal of what was indexed (search/seal.py), how many passages.

    Passages are counted as they are found, not as they were once said to be. Passages without their work are held
    too, under UNSEALED.
    """

    work: int
    seal: int
    passages: int


class Target(Protocol):
    """What is being written: `name` keys the watermark; None in memory, where the engine dies with its content."""

    @property
    def name(self) -> str | None: ...

    def shape(self) -> Mapping[str, str] | None:
        """How it was made; None in memory, where it is always made by the program that runs."""

    def noted(self) -> int:
        """The last number that `note` was given; 0 if none."""

    def note(self, seq: int) -> None:
        """Keeps with the index how far in the change sequence it has come, for the case that the catalog goes back."""

    def publish(self) -> None:
        """Lets readers see it in place of what they saw; does nothing if they see it already."""


class Engine(Protocol):
    """An index of works and of their passages.

    Writing is done by one process at a time, inside `writing`, in batches that `commit` makes visible at once;
    a work that is added again replaces what it was. An engine in memory may be written without `writing`.
    """

    def writing(
        self, shape: Mapping[str, str], wait: float = 30.0, afresh: bool = False
    ) -> AbstractContextManager[Target]:
        """The right to write, waiting up to `wait` seconds for it (IndexUnavailable then).

        If the index has another shape than `shape`, or is to be made afresh, what is written is a new one beside
        it, until published.
        """

    def shape(self) -> Mapping[str, str]:
        """What of this engine's making an index depends on: its kind and version, its schema."""

    def reading(self) -> Target | None:
        """What readers see now; None before the first. IndexUnavailable if it does not open or has another schema."""

    def add(self, works: Iterable[IndexedWork]) -> None:
        """Adds works, or replaces those with the same id."""

    def remove(self, works: Iterable[int], seq: int = 0) -> None:
        """Removes works by id; `seq` is the change because of which, where it is known."""

    def commit(self) -> None:
        """Makes everything written so far durable and visible."""

    def ask(self, question: Question) -> Answer:
        """The works that answer. MistakenRequest for a cursor that is not of this question."""

    def ask_paragraphs(self, question: Question) -> ParagraphAnswer:
        """The paragraphs in which all of a question meets, by relevance or by their work's date.

        What is said of a work (publisher, body, symbol, date, ...: `FieldSpec.level`) counts for each of its
        paragraphs; words, and what is found in a paragraph (country, theme, person, ...), must stand in it.
        """

    def walk(self, question: Question) -> Iterator[int]:
        """The ids of all works that answer, in order, however many, from one state of the index."""

    def frequencies(self, words: Sequence[str]) -> dict[str, int]:
        """In how many works each unstemmed word (as `analysis.forms` gives it) stands, in any language; at least."""

    def holdings(self) -> Iterator[Holding]:
        """What readers see, work by work, ascending by id."""

    def members(self, tree: Node) -> tuple[int, ...]:
        """The ids of all works that answer a resolved tree, ascending."""

    def passages(
        self, tree: Node, works: Sequence[int], language: str | None, limit: int
    ) -> dict[int, tuple[PassageAddress, ...]]:
        """Per work the paragraphs that answer a resolved tree best: those in `language` if any does, else any."""

    def count(self) -> int:
        """How many works there are."""
