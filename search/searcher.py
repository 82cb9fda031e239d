"""Which works answer, and with which passages? Parse, resolve, ask the engine, dress the results."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import TypeVar

from catalog import Catalog
from search.citing import Citing
from search.engines.engine import SORTS, Answer, Engine, ParagraphAnswer, PassageAddress, Question
from search.errors import IndexUnavailable, MistakenRequest
from search.facets import chosen_values, shown_facet
from search.fields import FACETS
from search.hits import dress, dress_paragraphs
from search.likeness import alike
from search.meaning import Meaning, search_both, show_alike
from search.query.complaining import Complaints
from search.query.lex import whole_characters
from search.query.parse import Parsed, parse
from search.query.resolve import resolve
from search.query.say import say
from search.query.tree import Node
from search.query.widen import Widened
from search.query.widen import widen as widen_tree
from search.results import Complaint, Hit, Passage, Results, Suggestion, Widening
from search.spelling import suggest
from search.standing import IndexStanding
from search.widening import count_widening

UNITS = ("works", "paragraphs")
MAX_LIMIT = 100
FEW = 5  # results: with fewer, perhaps a word was mistyped
BATCH = 100  # works or paragraphs that are in memory at a time while a whole result is walked
PAGE = 1_000  # places of paragraphs that are asked for at once meanwhile
_Found = TypeVar("_Found", int, tuple[int, PassageAddress])
NO_FILTERS: Mapping[str, Sequence[str]] = {}


@dataclass(frozen=True, slots=True)
class _Asked:
    """A query made ready to be asked: `tree` is what the engine takes."""

    query: str
    parsed: Parsed
    widened: Widened | None
    tree: Node
    filters: Mapping[str, Sequence[str]]
    unit: str
    sort: str
    complaints: tuple[Complaint, ...]

    def question(self, limit: int, after: str | None = None, facets: tuple[str, ...] = ()) -> Question:
        return Question(self.tree, self.filters, facets, self.sort, limit, after)


class Searcher:
    """Answers queries from an engine's index and a catalog's rows.

    The text of a query never fails. MistakenRequest for an unknown sort or unit, or a cursor of another search;
    IndexUnavailable if the index cannot be opened, or is not there while the catalog holds works.
    """

    def __init__(self, catalog: Catalog, engine: Engine, meaning: Meaning | None = None) -> None:
        self.catalog = catalog
        self.engine = engine
        self.meaning = meaning
        self.citing = Citing(catalog)

    def search(
        self,
        query: str,
        language: str | None = None,
        sort: str = "relevance",
        limit: int = 10,
        after: str | None = None,
        filters: Mapping[str, Sequence[str]] = NO_FILTERS,
        *,
        unit: str = "works",
        widen: bool = False,
        meaning: bool = False,
        said_in: str | None = None,
    ) -> Results:
        """One page of works. `language` is the reader's: its titles, passages and labels come first.

        The order is the same for every reader, so that pages, cursors, exports and what one tells another of a
        result agree, on both engines: a work does not rank higher for being in his language, it is shown in it where
        it has it. Who wants nothing else narrows by the facet `language`.

        `unit` "paragraphs": one page of paragraphs, each of which holds all that was asked. `widen`: words that
        belong to a keyword family find the whole family. `meaning`: passages that say something like the query, in
        any language, come among those that hold its words. `said_in`: the language of what is said about the result,
        where it is not the reader's.
        """
        began = time.perf_counter()
        saying = said_in or language
        asked = self._asked(query, filters, sort, unit, widen, saying)
        complain = Complaints(saying)
        if limit > MAX_LIMIT:
            complain("page_too_long", limit=MAX_LIMIT)
        question = asked.question(max(0, min(limit, MAX_LIMIT)), after, FACETS)
        fused = search_both(self.engine, self.meaning, asked.parsed.tree, question, unit, complain) if meaning else None
        answer = fused.answer if fused else self._answer(asked, question)
        hits = self._dressed(asked.tree, answer, language)
        if fused:
            hits = show_alike(self.catalog, asked.tree, hits, fused, language)
        if not answer.total:
            self._check_there()
        widened, uncounted = self._widened(asked, language, saying, counts=after is None)
        if uncounted:
            complain("not_counted", count=uncounted)
        return Results(
            query=asked.query,
            said=say(asked.parsed.tree, saying),
            total=answer.total,
            hits=hits,
            facets=tuple(
                shown_facet(each, answer.counts[each], asked.filters.get(each, ()), saying) for each in FACETS
            ),
            complaints=asked.complaints + complain.all(),
            after=answer.after,
            unit=unit,
            suggestion=self._suggestion(asked, answer.total) if after is None else None,
            widened=widened,
            by_meaning=fused.alone if fused else 0,
            took_ms=(time.perf_counter() - began) * 1000,
        )

    def total(
        self,
        query: str,
        filters: Mapping[str, Sequence[str]] = NO_FILTERS,
        *,
        unit: str = "works",
        widen: bool = False,
        meaning: bool = False,
    ) -> int:
        """How much a search finds; for those who want to know nothing else of it."""
        asked = self._asked(query, filters, SORTS[0], unit, widen)
        question = asked.question(0)
        fused = None
        if meaning:
            fused = search_both(self.engine, self.meaning, asked.parsed.tree, question, unit, Complaints())
        return (fused.answer if fused else self._answer(asked, question)).total

    def every(
        self,
        query: str,
        language: str | None = None,
        sort: str = "relevance",
        filters: Mapping[str, Sequence[str]] = NO_FILTERS,
        *,
        unit: str = "works",
        widen: bool = False,
    ) -> Iterator[Hit]:
        """The whole result, hit by hit, however long, in bounded memory; errors come at the call, not on the way.

        Works are walked through one state of the index. Paragraphs are paged through by cursor: what is indexed
        meanwhile may then be in it or not.
        """
        asked = self._asked(query, filters, sort, unit, widen)
        batches = self._batches(asked, language)
        first = next(batches, ())
        if not first:
            self._check_there()
        return chain(first, chain.from_iterable(batches))

    def similar(self, work_key: str, language: str | None = None, limit: int = 10) -> tuple[Hit, ...]:
        """More like this: the works that share most of what is telling of this one, in any of its languages.

        Each with the passages that show it. MistakenRequest if there is no such work.
        """
        tree, own = alike(self.catalog, self.engine, work_key)
        limit = max(0, min(limit, MAX_LIMIT))
        found = self.engine.ask(Question(tree, limit=limit + 1)).works
        if not found:
            self._check_there()
        return dress(self.catalog, self.engine, tree, [work for work in found if work != own][:limit], language)

    def passages(self, query: str, work_id: int, language: str | None = None) -> tuple[Passage, ...]:
        """Where one work answers: the passages that it has as a hit; none if it holds none of the words."""
        tree = self._resolved(parse(query).tree)
        return tuple(
            passage for hit in dress(self.catalog, self.engine, tree, [work_id], language) for passage in hit.passages
        )

    def standing(self) -> IndexStanding:
        """How the index stands that the searches use."""
        from search.indexing import index_standing

        return index_standing(self.catalog, self.engine)

    def _asked(
        self,
        query: str,
        filters: Mapping[str, Sequence[str]],
        sort: str,
        unit: str,
        wide: bool = False,
        language: str | None = None,
    ) -> _Asked:
        if sort not in SORTS:
            raise MistakenRequest(f"results are sorted by {', '.join(SORTS)}, not by {sort!r}")
        if unit not in UNITS:
            raise MistakenRequest(f"results are {' or '.join(UNITS)}, not {unit!r}")
        query = whole_characters(query)
        parsed = parse(query, language)
        widened = widen_tree(parsed.tree, language) if wide else None
        resolved = resolve(widened.tree if widened else parsed.tree, self.citing, language)
        chosen, refused = chosen_values(filters, language)
        complaints = (*parsed.complaints, *(widened.complaints if widened else ()), *resolved.complaints, *refused)
        return _Asked(query, parsed, widened, resolved.tree, chosen, unit, sort, complaints)

    def _answer(self, asked: _Asked, question: Question) -> Answer | ParagraphAnswer:
        if asked.unit == "paragraphs":
            return self.engine.ask_paragraphs(question)
        return self.engine.ask(question)

    def _dressed(self, tree: Node, answer: Answer | ParagraphAnswer, language: str | None) -> tuple[Hit, ...]:
        if isinstance(answer, ParagraphAnswer):
            return dress_paragraphs(self.catalog, tree, answer.paragraphs, language)
        return dress(self.catalog, self.engine, tree, answer.works, language)

    def _batches(self, asked: _Asked, language: str | None) -> Iterator[tuple[Hit, ...]]:
        if asked.unit == "paragraphs":
            for places in _in_batches(self._walk_paragraphs(asked)):
                yield dress_paragraphs(self.catalog, asked.tree, places, language)
        else:
            for works in _in_batches(self.engine.walk(asked.question(0))):
                yield dress(self.catalog, self.engine, asked.tree, works, language)

    def _walk_paragraphs(self, asked: _Asked) -> Iterator[tuple[int, PassageAddress]]:
        after: str | None = None
        while True:
            answer = self.engine.ask_paragraphs(asked.question(PAGE, after))
            yield from answer.paragraphs
            after = answer.after
            if after is None:
                return

    def _widened(
        self, asked: _Asked, language: str | None, saying: str | None, counts: bool
    ) -> tuple[tuple[Widening, ...], int]:
        """What widening put beside what was asked; what each word brings is counted for the first page only."""
        if asked.widened is None:
            return (), 0

        def total(tree: Node) -> int:
            return self._answer(asked, replace(asked.question(0), tree=self._resolved(tree))).total

        return count_widening(asked.widened, total if counts else None, language, saying)

    def _resolved(self, tree: Node) -> Node:
        return resolve(tree, self.citing).tree

    def _suggestion(self, asked: _Asked, total: int) -> Suggestion | None:
        """Did you mean: only where little was found, and only what finds more, in the same unit and filters."""
        if total >= FEW:
            return None
        suggestion = suggest(asked.query, asked.parsed.tree, self.engine.frequencies)
        if suggestion is None:
            return None
        meant = self._asked(suggestion.query, asked.filters, asked.sort, asked.unit, asked.widened is not None)
        return suggestion if self._answer(meant, meant.question(0)).total > total else None

    def _check_there(self) -> None:
        """Nothing found must not mean that there was nothing to look in."""
        if self.engine.reading() is None:
            with self.catalog.read() as connection:
                if self.catalog.last_seq(connection):
                    raise IndexUnavailable(detail="there is no index")


def _in_batches(found: Iterable[_Found]) -> Iterator[list[_Found]]:
    found = iter(found)
    while batch := list(islice(found, BATCH)):
        yield batch
