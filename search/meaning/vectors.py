"""Where are the vectors, and which of them are near? What both sides give: a file beside the index, and a cluster."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from search.engines.engine import PassageAddress, Target

if TYPE_CHECKING:
    from search.meaning.model import Matrix, Vector

SAME = 20  # places of a text that stands in many works, word for word, that are told of


@dataclass(frozen=True, slots=True)
class Piece:
    """A text of a passage; `text` is the sha256 of its words: those that are the same share a vector."""

    work: int
    at: PassageAddress
    text: bytes


@dataclass(frozen=True, slots=True)
class Near:
    """A passage, and how near it is to what was asked: 1 says the same, 0 has nothing to do with it."""

    work: int
    at: PassageAddress
    similarity: float


class Vectors(Protocol):
    """The vectors of the passages; written by one process at a time, read by many."""

    def writing(
        self, shape: Mapping[str, str], wait: float = 30.0, afresh: bool = False
    ) -> AbstractContextManager[Target]:
        """The right to write, as with an engine's index: of another shape, a new one beside it, until published."""

    def reading(self) -> Target | None:
        """What readers see now; None before the first."""

    def add(self, pieces: Sequence[Piece], vectors: "Matrix") -> None:
        """Adds pieces, each with its vector; those of a work are added after `remove` of that work."""

    def remove(self, works: Collection[int]) -> None:
        """Removes all pieces of these works."""

    def commit(self) -> None:
        """Makes everything written so far durable and visible."""

    def nearest(self, vector: "Vector", limit: int, works: Collection[int] | None = None) -> list[Near]:
        """At most `limit` passages, the nearest first, each once; only of these works, if any are named.

        Of a text that stands in many places word for word, at most SAME of them.
        """

    def count(self) -> int:
        """How many passages have a vector."""
