"""How does the embedded engine answer? Tantivy, on disk or in memory, behind the protocol of engine.py."""

import logging
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tantivy import FieldType, Occur, Order, Query

from search import analysis
from search.engines import schema
from search.engines.compile import all_of, compile_filters, compile_tree, passage_words, passages_of, scores, unscored
from search.engines.cursor import read_cursor, write_cursor
from search.engines.engine import Answer, Holding, IndexedWork, PassageAddress, Question, Target
from search.engines.folder import Folder
from search.engines.generation import Generation
from search.engines.holdings import held_by
from search.engines.schema import facet_value, passage_document, work_document
from search.errors import IndexUnavailable, MistakenRequest
from search.query.tree import Node

log = logging.getLogger(__name__)

HEAP_ON_DISK = 96_000_000
HEAP_IN_MEMORY = 15_000_000  # the least that Tantivy takes
MAX_BUCKETS = 500
_SORT_FIELDS = {"date": "oldest", "-date": "newest"}


@dataclass(slots=True)
class _OnDisk:
    folder: Folder
    name: str

    def shape(self) -> Mapping[str, str] | None:
        return self.folder.shape(self.name)

    def noted(self) -> int:
        return self.folder.noted(self.name)

    def note(self, seq: int) -> None:
        self.folder.note(self.name, seq)

    def publish(self) -> None:
        if self.folder.current() != self.name:
            self.folder.publish(self.name)
        self.folder.clean(self.name)


@dataclass(slots=True)
class _InMemory:
    seq: int = 0
    name: None = None

    def shape(self) -> Mapping[str, str] | None:
        return None

    def noted(self) -> int:
        return self.seq

    def note(self, seq: int) -> None:
        self.seq = seq

    def publish(self) -> None:
        """What is in memory is seen as soon as it is committed."""


class TantivyEngine:
    """The embedded engine; without a path it lives in memory."""

    def __init__(self, path: Path | None) -> None:
        self._folder = Folder(path) if path else None
        self._in_memory = _InMemory()
        self._lock = threading.Lock()
        self._written: Generation | None = None if path else Generation(None)
        self._read: Generation | None = self._written

    @contextmanager
    def writing(self, shape: Mapping[str, str], wait: float = 30.0, afresh: bool = False) -> Iterator[Target]:
        if self._folder is None:
            yield self._in_memory
            return
        with self._folder.locked(wait):
            name, self._written = _generation_to_write(self._folder, shape, afresh)
            try:
                yield _OnDisk(self._folder, name)
            finally:
                self._written.close()
                self._written = None

    def shape(self) -> Mapping[str, str]:
        return {"engine": f"tantivy {version('tantivy')}", "schema": schema.VERSION}

    def reading(self) -> Target | None:
        if self._folder is None:
            return self._in_memory
        generation = self._generation()
        return _OnDisk(self._folder, generation.name) if generation and generation.name else None

    def add(self, works: Iterable[IndexedWork]) -> None:
        works_writer, passages_writer = self._writers()
        for work in works:
            works_writer.delete_documents_by_term("id", work.id)
            passages_writer.delete_documents_by_term("work", work.id)
            texts = [(analysis.chain_of(each.language), analysis.prepare(each.text)) for each in work.paragraphs]
            works_writer.add_document(work_document(work, texts))
            for paragraph, (chain, text) in zip(work.paragraphs, texts, strict=True):
                passages_writer.add_document(passage_document(work.id, paragraph, chain, text))

    def remove(self, works: Iterable[int], seq: int = 0) -> None:
        works_writer, passages_writer = self._writers()
        for work in works:
            works_writer.delete_documents_by_term("id", work)
            passages_writer.delete_documents_by_term("work", work)

    def commit(self) -> None:
        if self._written is None:
            raise IndexUnavailable("an index on disk is written inside `with engine.writing(...)`")
        self._written.commit()

    def ask(self, question: Question) -> Answer:
        position = read_cursor(question)
        generation = self._generation()
        if generation is None:
            return Answer(0, (), dict.fromkeys(question.facets, ()), None)
        asked = compile_tree(generation.works_schema, question.tree)
        whole = all_of([asked, *compile_filters(generation.works_schema, question.filters)])
        searcher = generation.works.searcher()
        counts = _count_facets(generation, searcher, asked, question)
        if question.sort == "relevance" and scores(question.tree):
            total, works, after = _by_relevance(searcher, whole, question, position or 0)
        else:
            total, works, after = _by_date(generation, searcher, whole, question, position)
        return Answer(total, works, counts, after)

    def members(self, tree: Node) -> tuple[int, ...]:
        generation = self._generation()
        if generation is None:
            return ()
        searcher = generation.works.searcher()
        query = unscored(compile_tree(generation.works_schema, tree))
        hits = searcher.search(query, max(1, searcher.num_docs), count=False).hits
        return tuple(sorted(_numbers(searcher, "id", hits)))

    def passages(
        self, tree: Node, works: Sequence[int], language: str | None, limit: int
    ) -> dict[int, tuple[PassageAddress, ...]]:
        found: dict[int, tuple[PassageAddress, ...]] = dict.fromkeys(works, ())
        generation = self._generation()
        if generation is None:
            return found
        searcher = generation.passages.searcher()
        chain = analysis.chain_of(language)
        for chains in ((chain,), analysis.CHAINS) if language else (analysis.CHAINS,):
            wanted = passage_words(generation, tree, chains)
            for work in (work for work in works if wanted and not found[work]):
                found[work] = _best_passages(searcher, passages_of(generation, work, wanted, chains), limit)
        return found

    def holdings(self) -> Iterator[Holding]:
        generation = self._generation()
        return held_by(generation) if generation else iter(())

    def count(self) -> int:
        generation = self._generation()
        return int(generation.works.searcher().num_docs) if generation else 0

    def _writers(self) -> tuple[Any, Any]:
        if self._written is None:
            raise IndexUnavailable("an index on disk is written inside `with engine.writing(...)`")
        return self._written.writers(HEAP_ON_DISK if self._folder else HEAP_IN_MEMORY)

    def _generation(self) -> Generation | None:
        """What is to be read now: another process may have committed to it, or published another one."""
        if self._folder is None:
            return self._read
        with self._lock:
            for attempt in range(3):
                name = self._folder.current()
                if name is None:
                    return None
                try:
                    if self._read is None or self._read.name != name:
                        _check_shape(self._folder, name)
                        self._read = _open_generation(self._folder, name)
                    self._read.refresh()
                except (IndexUnavailable, OSError, ValueError) as error:
                    self._read = None
                    if attempt == 2 or self._folder.current() == name:  # else it was just replaced: look again
                        detail = error.detail if isinstance(error, IndexUnavailable) else str(error)
                        raise IndexUnavailable(detail=f"{self._folder.path}: {detail}") from error
                    continue
                return self._read
        return None


def _count_facets(
    generation: Generation, searcher: Any, asked: Query, question: Question
) -> dict[str, tuple[tuple[str, int], ...]]:
    """Each facet is counted under the other facets' choices, so that a second value of the same one can be added."""
    chosen = [facet for facet in question.facets if question.filters.get(facet)]
    together = [facet for facet in question.facets if facet not in chosen]  # under the same choices: in one go
    counts: dict[str, tuple[tuple[str, int], ...]] = {}
    for facets in [*([together] if together else []), *([facet] for facet in chosen)]:
        but = facets[0] if facets[0] in chosen else ""
        query = all_of([asked, *compile_filters(generation.works_schema, question.filters, but)])
        wanted = {facet: {"terms": {"field": facet, "size": MAX_BUCKETS}} for facet in facets}
        found = searcher.aggregate(query, wanted)
        counts |= {facet: tuple(map(facet_value, found[facet]["buckets"])) for facet in facets}
    return counts


def _best_passages(searcher: Any, query: Query, limit: int) -> tuple[PassageAddress, ...]:
    hits = searcher.search(query, limit, count=False, weight_by_field="weight").hits
    hits = [hit for hit in hits if hit[0] > 0.0]  # the others hold none of the words
    documents, ordinals = _numbers(searcher, "document", hits), _numbers(searcher, "ordinal", hits)
    return tuple(PassageAddress(*pair) for pair in zip(documents, ordinals, strict=True))


def _numbers(searcher: Any, field: str, hits: list[tuple[Any, Any]]) -> list[int]:
    """A number of each hit, from its column; every document has it."""
    return [int(value) for value in searcher.fast_field_values(field, [address for _, address in hits])]


def _by_relevance(
    searcher: Any, query: Query, question: Question, offset: int
) -> tuple[int, tuple[int, ...], str | None]:
    if offset > searcher.num_docs:
        raise MistakenRequest("this cursor stands behind the end of the results")
    result = searcher.search(query, question.limit + 1, offset=offset)
    ids = _numbers(searcher, "id", result.hits)
    after = write_cursor(question, offset + question.limit) if len(ids) > question.limit > 0 else None
    return result.count, tuple(ids[: question.limit]), after


def _by_date(
    generation: Generation, searcher: Any, query: Query, question: Question, position: int | None
) -> tuple[int, tuple[int, ...], str | None]:
    field = _SORT_FIELDS.get(question.sort, "newest")
    page = query
    if position is not None:
        beyond = Query.range_query(
            generation.works_schema, field, FieldType.Integer, position, None, include_lower=False
        )
        page = Query.boolean_query([(Occur.Must, query), (Occur.Must, beyond)])
    result = searcher.search(page, question.limit + 1, order_by_field=field, order=Order.Asc)
    total = result.count if position is None else searcher.search(query, 1).count
    ids = _numbers(searcher, "id", result.hits)
    more = len(ids) > question.limit > 0
    after = write_cursor(question, result.hits[question.limit - 1][0]) if more else None
    return total, tuple(ids[: question.limit]), after


def _check_shape(folder: Folder, name: str) -> None:
    """Another schema may open and then answer wrongly, or not at all: it is not even tried."""
    found = (folder.shape(name) or {}).get("schema")
    if found != schema.VERSION:
        raise IndexUnavailable(detail=f"{name} has the schema {found}, not {schema.VERSION}")


def _open_generation(folder: Folder, name: str) -> Generation:
    works, passages = folder.part(name, "works"), folder.part(name, "passages")
    if not works.is_dir() or not passages.is_dir():
        raise IndexUnavailable(detail=f"there is no generation {name}")
    return Generation(name, works, passages)


def _generation_to_write(folder: Folder, shape: Mapping[str, str], afresh: bool) -> tuple[str, Generation]:
    """The current generation if it has the right shape and opens; else a rebuild, begun before or now."""
    current = folder.current()
    for name in () if afresh else (current, folder.begun(shape)):
        if name and folder.shape(name) == dict(shape):
            try:
                return name, _open_generation(folder, name)
            except IndexUnavailable as error:
                log.warning("rebuilding the index: %s", error.detail)
    folder.clean(current)
    name = folder.new()
    generation = _open_generation(folder, name)
    folder.sign(name, shape)
    if current is None:
        folder.publish(name)  # there is nothing to protect: what is indexed is seen at once
    return name, generation
