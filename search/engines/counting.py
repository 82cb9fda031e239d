"""How many hits has each value of a facet? Terms aggregations of Tantivy, under the choices made in other facets."""

from collections.abc import Sequence
from typing import Any

import tantivy
from tantivy import Query

from search.engines.compile import all_of, compile_filters
from search.engines.engine import Question

MAX_BUCKETS = 500

Counts = dict[str, tuple[tuple[str, int], ...]]


def count_facets(schema: tantivy.Schema, searcher: Any, asked: Query, question: Question) -> Counts:
    """Each facet is counted under the other facets' choices, so that a second value of the same one can be added."""
    chosen = [facet for facet in question.facets if question.filters.get(facet)]
    together = [facet for facet in question.facets if facet not in chosen]  # under the same choices: in one go
    counts: Counts = dict.fromkeys(question.facets, ())
    for facets in [*([together] if together else []), *([facet] for facet in chosen)]:
        but = facets[0] if facets[0] in chosen else ""
        query = all_of([asked, *compile_filters(schema, question.filters, but)])
        counts |= _counted(searcher, query, facets)
    return counts


def _counted(searcher: Any, query: Query, facets: Sequence[str]) -> Counts:
    found = searcher.aggregate(query, {facet: {"terms": {"field": facet, "size": MAX_BUCKETS}} for facet in facets})
    return {
        facet: tuple((str(each["key"]), int(each["doc_count"])) for each in found[facet]["buckets"]) for facet in facets
    }
