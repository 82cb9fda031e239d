"""Which works answer, and with which passages? Parse, resolve, ask the engine, dress the results."""

import time
from collections.abc import Mapping, Sequence

from catalog import Catalog
from search.engines.engine import SORTS, Engine, Question
from search.errors import IndexUnavailable, MistakenRequest
from search.fields import FACETS
from search.hits import dress
from search.labels import field_label, label_of
from search.query.parse import parse
from search.query.resolve import resolve
from search.query.say import say
from search.results import Complaint, Facet, FacetValue, Passage, Results
from search.standing import IndexStanding

MAX_LIMIT = 100
NO_FILTERS: Mapping[str, Sequence[str]] = {}


class Searcher:
    """Answers queries from an engine's index and a catalog's rows."""

    def __init__(self, catalog: Catalog, engine: Engine) -> None:
        self.catalog = catalog
        self.engine = engine

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
    ) -> Results:
        """One page of works. `language` is the reader's: its titles, passages and labels come first.

        `unit` "paragraphs": one page of paragraphs, each of which holds all that was asked. `widen`: words that
        belong to a keyword family find the whole family. `meaning`: passages that say something like the query, in
        any language, come among those that hold its words.

        The text of a query never fails. MistakenRequest for an unknown sort or a cursor of another search;
        IndexUnavailable if the index cannot be opened, or is not there while the catalog holds works.
        """
        began = time.perf_counter()
        if sort not in SORTS:
            raise MistakenRequest(f"results are sorted by {', '.join(SORTS)}, not by {sort!r}")
        parsed = parse(query)
        resolved = resolve(parsed.tree)
        chosen, refused = _chosen(filters)
        if limit > MAX_LIMIT:
            refused.append(Complaint(f"at most {MAX_LIMIT} results a page; use --after for more", 0, 0))
        limit = max(0, min(limit, MAX_LIMIT))
        answer = self.engine.ask(Question(resolved.tree, chosen, FACETS, sort, limit, after))
        if not answer.total:
            self._check_there()
        hits = dress(self.catalog, self.engine, resolved.tree, answer.works, language)
        return Results(
            query=query,
            said=say(parsed.tree, language),
            total=answer.total,
            hits=hits,
            facets=tuple(_facet(name, answer.counts[name], chosen.get(name, ()), language) for name in FACETS),
            complaints=(*parsed.complaints, *resolved.complaints, *refused),
            after=answer.after,
            took_ms=(time.perf_counter() - began) * 1000,
        )

    def passages(self, query: str, work_id: int, language: str | None = None) -> tuple[Passage, ...]:
        """Where one work answers: the passages that it has as a hit; none if it holds none of the words."""
        tree = resolve(parse(query).tree).tree
        return tuple(
            passage for hit in dress(self.catalog, self.engine, tree, [work_id], language) for passage in hit.passages
        )

    def standing(self) -> IndexStanding:
        """How the index stands that the searches use."""
        from search.indexing import index_standing

        return index_standing(self.catalog, self.engine)

    def _check_there(self) -> None:
        """Nothing found must not mean that there was nothing to look in."""
        if self.engine.reading() is None:
            with self.catalog.read() as connection:
                if self.catalog.last_seq(connection):
                    raise IndexUnavailable(detail="there is no index")


def _chosen(filters: Mapping[str, Sequence[str]]) -> tuple[dict[str, tuple[str, ...]], list[Complaint]]:
    """The filters that are facets, each value once; the others are complained of."""
    refused = [Complaint(f"results cannot be narrowed by {name!r}", 0, 0) for name in filters if name not in FACETS]
    chosen = {name: tuple(dict.fromkeys(values)) for name, values in filters.items() if name in FACETS and values}
    return chosen, refused


def _facet(name: str, counts: Sequence[tuple[str, int]], selected: Sequence[str], language: str | None) -> Facet:
    """Values by count, years from the newest; what was selected is there even if nothing has it."""
    found = dict(counts) | {value: 0 for value in selected if value not in dict(counts)}
    values = [FacetValue(each, label_of(name, each, language), n, each in selected) for each, n in found.items()]
    if name == "year":
        values.sort(key=lambda value: value.value, reverse=True)
    else:
        values.sort(key=lambda value: (-value.count, value.label))
    return Facet(name, field_label(name, language), tuple(values))
