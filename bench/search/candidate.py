"""What does a candidate have to do? Index a corpus, answer the mix, and say how large it has become."""

from collections.abc import Sequence
from typing import Protocol

from bench.search.mix import Asked
from search.engines.engine import IndexedWork

HITS, PASSAGES = 10, 3


class Candidate(Protocol):
    """`index` and `commit` are timed together; `answer` gives how many works there are, and whole page with it."""

    name: str
    holds: str  # in words, for the reader of the table

    def index(self, works: Sequence[IndexedWork]) -> None: ...

    def commit(self) -> None:
        """All durable and to be seen, merges done."""

    def prepare(self, asked: Asked) -> object:
        """What `answer` takes: the question as it is understood, which costs every candidate its own."""

    def answer(self, asked: object) -> int: ...

    def bytes(self) -> int: ...

    def memory(self) -> int:
        """Of a server beside this process, in bytes; 0 if there is none."""
