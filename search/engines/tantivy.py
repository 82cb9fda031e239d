"""How does the embedded engine answer? Tantivy, on disk or in memory, behind the protocol of engine.py."""

import logging
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tantivy import Query

from search import analysis
from search.engines import schema
from search.engines.compile import WORKS, all_of, compile_filters, compile_tree, scores, unscored
from search.engines.counting import count_facets
from search.engines.cursor import read_cursor
from search.engines.engine import Answer, Holding, IndexedWork, ParagraphAnswer, PassageAddress, Question, Target
from search.engines.folder import Folder, OnDisk
from search.engines.generation import Generation
from search.engines.holdings import held_by
from search.engines.paging import (
    every_work,
    numbers,
    paragraphs_by_date,
    paragraphs_by_relevance,
    sort_field,
    works_by_date,
    works_by_relevance,
)
from search.engines.paragraphs import of_paragraphs
from search.engines.passages import PARAGRAPHS, passage_words, passages_of
from search.engines.schema import address_of, forms_field, passage_documents, prepared, work_document
from search.errors import IndexUnavailable
from search.query.tree import Node

log = logging.getLogger(__name__)

HEAP_ON_DISK = 96_000_000
HEAP_IN_MEMORY = 15_000_000  # the least that Tantivy takes


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
                yield OnDisk(self._folder, name)
            finally:
                self._written.close()
                self._written = None

    def shape(self) -> Mapping[str, str]:
        return {"engine": f"tantivy {version('tantivy')}", "schema": schema.VERSION}

    def reading(self) -> Target | None:
        if self._folder is None:
            return self._in_memory
        generation = self._generation()
        return OnDisk(self._folder, generation.name) if generation and generation.name else None

    def add(self, works: Iterable[IndexedWork]) -> None:
        works_writer, passages_writer = self._writers()
        for work in works:
            if self._written and self._written.may_hold(work.id):
                works_writer.delete_documents_by_term("id", work.id)
                passages_writer.delete_documents_by_term("work", work.id)
            texts = [prepared(each.language, each.text) for each in work.paragraphs]
            works_writer.add_document(work_document(work, texts))
            for document in passage_documents(work, texts):
                passages_writer.add_document(document)

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
        generation = self._generation()
        if generation is None:
            read_cursor(question)
            return Answer(0, (), dict.fromkeys(question.facets, ()), None)
        schema, searcher = generation.works_schema, generation.works.searcher()
        asked = compile_tree(schema, question.tree, WORKS)
        whole = all_of([asked, *compile_filters(schema, question.filters)])
        if _by_relevance(question):
            total, works, after = works_by_relevance(searcher, whole, question)
        else:
            total, works, after = works_by_date(schema, searcher, whole, question)
        return Answer(total, works, count_facets(schema, searcher, asked, question), after)

    def ask_paragraphs(self, question: Question) -> ParagraphAnswer:
        generation = self._generation()
        if generation is None:
            read_cursor(question, "paragraphs")
            return ParagraphAnswer(0, (), dict.fromkeys(question.facets, ()), None)
        tree = of_paragraphs(question, lambda node: _members(generation, node)).tree
        schema, searcher = generation.passages_schema, generation.passages.searcher()
        asked = compile_tree(schema, tree, PARAGRAPHS)
        whole = all_of([asked, *compile_filters(schema, question.filters)])
        if question.sort == "relevance" and scores(tree):
            total, paragraphs, after = paragraphs_by_relevance(searcher, whole, question)
        else:
            total, paragraphs, after = paragraphs_by_date(schema, searcher, whole, question)
        return ParagraphAnswer(total, tuple(paragraphs), count_facets(schema, searcher, asked, question), after)

    def walk(self, question: Question) -> Iterator[int]:
        generation = self._generation()
        if generation is None:
            return iter(())
        schema = generation.works_schema
        whole = all_of([compile_tree(schema, question.tree, WORKS), *compile_filters(schema, question.filters)])
        field = None if _by_relevance(question) else sort_field(question)
        return every_work(generation.works.searcher(), whole, field)

    def members(self, tree: Node) -> tuple[int, ...]:
        generation = self._generation()
        return _members(generation, tree) if generation else ()

    def frequencies(self, words: Sequence[str]) -> dict[str, int]:
        generation = self._generation()
        if generation is None:
            return dict.fromkeys(words, 0)
        searcher = generation.works.searcher()
        fields = [forms_field("text", chain) for chain in analysis.CHAINS]
        return {word: max(searcher.doc_freq(field, word) for field in fields) for word in words}

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


def _by_relevance(question: Question) -> bool:
    return question.sort == "relevance" and scores(question.tree)


def _members(generation: Generation, tree: Node) -> tuple[int, ...]:
    searcher = generation.works.searcher()
    query = unscored(compile_tree(generation.works_schema, tree, WORKS))
    hits = searcher.search(query, max(1, searcher.num_docs), count=False).hits
    return tuple(sorted(numbers(searcher, "id", hits)))


def _best_passages(searcher: Any, query: Query, limit: int) -> tuple[PassageAddress, ...]:
    hits = searcher.search(query, limit, count=False, weight_by_field="weight").hits
    hits = [hit for hit in hits if hit[0] > 0.0]  # the others hold none of the words
    return tuple(map(address_of, numbers(searcher, "place", hits)))


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
                generation = _open_generation(folder, name)
                if lacking := folder.lacks(name):
                    raise IndexUnavailable(detail=f"{lacking} is missing")
                return name, generation
            except IndexUnavailable as error:
                log.warning("rebuilding the index: %s", error.detail)
    folder.clean(current)
    name = folder.new()
    generation = _open_generation(folder, name)
    folder.sign(name, shape)
    if current is None:
        folder.publish(name)  # there is nothing to protect: what is indexed is seen at once
    return name, generation
