"""What is asked of a cluster, and what does it answer? The verbs of engine.py, for the generation that readers see."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from search import analysis
from search.engines.cluster import Cluster
from search.engines.elastic import asking
from search.engines.elastic.dsl import PARAGRAPHS, WORKS
from search.engines.elastic.generations import PARTS, Generations
from search.engines.elastic.holdings import held_by
from search.engines.elastic.lease import Lease
from search.engines.elastic.line import Line, NotThere
from search.engines.elastic.mapping import Json, schema_version
from search.engines.elastic.reader import PAGE, Reader
from search.engines.elastic.writer import Writer
from search.engines.engine import Answer, Holding, IndexedWork, ParagraphAnswer, PassageAddress, Question, Target
from search.engines.paragraphs import of_paragraphs
from search.errors import IndexUnavailable, WorksRefused
from search.query.tree import Node

T = TypeVar("T")

CURRENT_SECONDS = 2.0  # readers look so often whether another generation has been published
MAX_WORDS = 200  # counted in one search
NOT_WRITING = "an index in a cluster is written inside `with engine.writing(...)`"


@dataclass(frozen=True, slots=True)
class _Generation:
    """What is read: the two indexes of one generation."""

    name: str
    works: Reader
    passages: Reader


@dataclass(frozen=True, slots=True)
class _Target:
    generations: Generations
    name: str
    lease: Lease | None = None  # of whoever writes
    wait: float = 0.0

    def shape(self) -> Mapping[str, str] | None:
        shape: Mapping[str, str] = self.generations.meta(self.name).get("shape", {})
        return shape

    def noted(self) -> int:
        return int(self.generations.meta(self.name).get("seq", 0))

    def note(self, seq: int) -> None:
        self.generations.note(self.name, seq, self.wait)

    def publish(self) -> None:
        if self.lease:
            self.lease.check()  # what another process is building must not be taken away
        if self.generations.current() != self.name:
            self.generations.publish(self.name)
        self.generations.clean(self.name)


class ElasticEngine:
    """The index in a cluster. IndexUnavailable, in a sentence, from every verb while the cluster cannot be used."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._line = Line(cluster)
        self._generations = Generations(self._line, cluster)
        self._read: tuple[_Generation, float] | None = None  # and until when it is taken to be the current one
        self._writer: Writer | None = None

    @contextmanager
    def writing(self, shape: Mapping[str, str], wait: float = 30.0, afresh: bool = False) -> Iterator[Target]:
        lease = Lease(self._line, self._cluster.named("writer"))
        with lease.held(wait):
            name = self._line.insist(lambda _: self._generation_to_write(shape, afresh), wait)
            works, passages = (self._generations.part(name, part) for part in PARTS)
            self._writer = writer = Writer(self._line, works, passages, wait)
            try:
                writer.see_all()
                yield _Target(self._generations, name, lease, wait)
            finally:
                self._writer = None
            if writer.refused:
                raise WorksRefused(writer.refused)

    def shape(self) -> Mapping[str, str]:
        shards = f"elasticsearch, {self._cluster.shards} shard{'s' * (self._cluster.shards != 1)}"
        return {"engine": shards, "schema": schema_version()}

    def reading(self) -> Target | None:
        generation = self._generation(afresh=True)
        return _Target(self._generations, generation.name) if generation else None

    def add(self, works: Iterable[IndexedWork]) -> None:
        self._written().add(works)

    def remove(self, works: Iterable[int], seq: int = 0) -> None:
        self._written().remove(works, seq)

    def commit(self) -> None:
        self._written().commit()

    def ask(self, question: Question) -> Answer:
        found = self._search(asking.ask_body(question, WORKS))
        return asking.answer_of(question, found) if found else Answer(0, (), dict.fromkeys(question.facets, ()), None)

    def ask_paragraphs(self, question: Question) -> ParagraphAnswer:
        tree = of_paragraphs(question, self.members).tree
        body = asking.ask_body(question, PARAGRAPHS, tree)
        found = self._of_current(lambda generation: generation.passages.search(body))
        if found is None:
            return ParagraphAnswer(0, (), dict.fromkeys(question.facets, ()), None)
        return asking.paragraphs_of(question, found, tree)

    def walk(self, question: Question) -> Iterator[int]:
        generation = self._generation(afresh=True)
        if generation:
            yield from map(asking.work_of, generation.works.walk(asking.walk_body(question, WORKS)))

    def frequencies(self, words: Sequence[str]) -> dict[str, int]:
        counts = dict.fromkeys(words, 0)
        wanted = list(counts)
        for at in range(0, len(wanted), MAX_WORDS):
            some = wanted[at : at + MAX_WORDS]
            found = self._search(asking.frequencies_body(some))
            counts |= asking.frequencies_of(some, found) if found else {}
        return counts

    def holdings(self) -> Iterator[Holding]:
        generation = self._generation(afresh=True)
        if generation:
            yield from held_by(generation.works, generation.passages)

    def members(self, tree: Node) -> tuple[int, ...]:
        body = asking.members_body(tree)
        found = self._search(body | {"size": PAGE})
        hits = found["hits"]["hits"] if found else ()
        if len(hits) < PAGE:
            return tuple(map(asking.work_of, hits))
        many = self._of_current(lambda generation: tuple(map(asking.work_of, generation.works.walk(body))))
        return many or ()

    def passages(
        self, tree: Node, works: Sequence[int], language: str | None, limit: int
    ) -> dict[int, tuple[PassageAddress, ...]]:
        found: dict[int, tuple[PassageAddress, ...]] = dict.fromkeys(works, ())
        chain = analysis.chain_of(language)
        for chains in ((chain,), analysis.CHAINS) if language else (analysis.CHAINS,):
            missing = [work for work, passages in found.items() if not passages]
            answers = self._passages(asking.passage_bodies(tree, missing, chains, limit))
            found |= dict(zip(missing, map(asking.passages_found, answers), strict=False))  # none: nothing to look for
        return found

    def _search(self, body: Json) -> Json | None:
        return self._of_current(lambda generation: generation.works.search(body))

    def _passages(self, bodies: list[Json]) -> list[Json]:
        return self._of_current(lambda generation: generation.passages.searches(bodies)) or []

    def count(self) -> int:
        return self._of_current(lambda generation: generation.works.count()) or 0

    def _written(self) -> Writer:
        if self._writer is None:
            raise IndexUnavailable(NOT_WRITING)
        return self._writer

    def _of_current(self, call: Callable[[_Generation], T]) -> T | None:
        """What `call` finds in the generation that readers see; None before the first."""
        for afresh in (False, True):
            generation = self._generation(afresh)
            if generation is None:
                return None
            try:
                return call(generation)
            except NotThere:  # it was replaced since we looked
                if afresh:
                    raise
        raise AssertionError("the second attempt returns or raises")

    def _generation(self, afresh: bool = False) -> _Generation | None:
        read = self._read
        if not afresh and read and time.monotonic() < read[1]:
            return read[0]
        current = self._generations.read()
        self._read = None
        if current is None:
            return None
        name, meta = current
        found = meta.get("shape", {}).get("schema")
        if found != schema_version():  # it would be answered from wrongly: it is not even tried
            raise IndexUnavailable(detail=f"{name} has the schema {found}, not {schema_version()}")
        works, passages = (
            Reader(self._line, self._generations.part(name, part), self._cluster.seconds) for part in PARTS
        )
        generation = _Generation(name, works, passages)
        self._read = generation, time.monotonic() + CURRENT_SECONDS
        return generation

    def _generation_to_write(self, shape: Mapping[str, str], afresh: bool) -> str:
        """The current generation if it has the right shape; else a rebuild, begun before or now."""
        current, known = self._generations.current(), self._generations.all()
        begun = [name for name in known if name != current]
        for name in () if afresh else ((current, *begun) if current else begun):
            if known.get(name, {}).get("shape") == dict(shape):
                self._generations.furnish(name)
                return name
        self._generations.clean(current)
        name = self._generations.new(shape)
        if current is None:
            self._generations.publish(name)  # there is nothing to protect: what is indexed is seen at once
        return name
