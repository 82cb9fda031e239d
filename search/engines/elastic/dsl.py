"""How does Elasticsearch look up a tree? A resolved tree in its query language, with the same members as compile.py.

Tantivy scores a word 1 + k1 times as high as Lucene does since its version 8; the boosts make up for it, so that
words weigh as much against constants here as there.
"""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from search.engines import schema
from search.engines.compile import SYMBOL_WEIGHT
from search.engines.elastic.mapping import LONGEST_VALUE, Json
from search.engines.passages import EACH_WEIGHT, VALUE_WEIGHT, found_in_text
from search.fields import NAME_FIELDS
from search.query.tree import (
    And,
    DateRange,
    Everything,
    Exact,
    Leaf,
    Match,
    Node,
    Not,
    OfWorks,
    Or,
    StartsWith,
    positive_leaves,
)

LUCENE = 2.2  # 1 + k1
MAX_TERMS = 50_000  # in one list; Elasticsearch takes 65,536
MAX_HEIGHT = 20  # of a query in one piece; Elasticsearch takes 30

EVERYTHING: Json = {"match_all": {"boost": 0.0}}
NOTHING: Json = {"match_none": {}}


@dataclass(frozen=True)
class Unit:
    """What is being looked for: where its words are, and the number of its work."""

    name: str
    work: str
    text_fields: Callable[[str, str], tuple[tuple[str, float], ...]]
    forms_field: Callable[[str, str], str]
    symbol_weight: float = 0.0


def _passage_fields(where: str, chain: str) -> tuple[tuple[str, float], ...]:
    return ((f"text_{chain}" if where == "text" else where, 1.0),)


def _passage_forms(where: str, chain: str) -> str:
    return f"forms_{chain}" if where == "text" else where


WORKS = Unit("works", "id", schema.text_fields, schema.forms_field, SYMBOL_WEIGHT)
PARAGRAPHS = Unit("paragraphs", "work", _passage_fields, _passage_forms)


def query_of(tree: Node, unit: Unit = WORKS) -> Json:
    """The query, ready to be sent."""
    return _in_pieces(_of(tree, unit))[0]


def filters_of(filters: Mapping[str, Sequence[str]], but: str = "") -> list[Json]:
    """One query a facet: any of the chosen values; the facet `but` is left out."""
    return [_terms(field, values) for field, values in filters.items() if field != but and values]


def all_of(queries: Sequence[Json]) -> Json:
    """What answers all of the queries, unscored."""
    return {"bool": {"filter": list(queries)}} if queries else EVERYTHING


def _of(node: Node, unit: Unit) -> Json:
    match node:
        case And(items):
            return _conjunction(items, unit)
        case Or(items):
            return any_of([_of(item, unit) for item in items])
        case Not(item):
            return {"bool": {"must": [EVERYTHING], "must_not": [_of(item, unit)]}}
        case Everything():
            return EVERYTHING
        case Match():
            return _match(node, unit)
        case Exact(field, values):
            return _constant(_terms(field, values), unit.symbol_weight if field == "symbol" else 0.0)
        case StartsWith(field, prefix):
            return _constant(_prefix(field, prefix), 0.0)
        case DateRange(first, last):
            bounds = {"gte": first and first.toordinal(), "lte": last and last.toordinal()}
            return _constant({"range": {"day": {name: day for name, day in bounds.items() if day}}}, 0.0)
        case OfWorks(ids):
            return _constant(_terms(unit.work, ids), 0.0)
    raise TypeError(f"resolve the tree first: {node!r}")


def _conjunction(items: Sequence[Node], unit: Unit) -> Json:
    denied = [item.item for item in items if isinstance(item, Not)]
    asked = [_of(item, unit) for item in items if not isinstance(item, Not)]
    return {"bool": {"must": asked or [EVERYTHING], "must_not": [_of(item, unit) for item in denied]}}


def _match(node: Match, unit: Unit) -> Json:
    """The best language counts, not the sum: a work in six languages is not six times as relevant."""
    if node.prefix:
        found = [_prefix(unit.forms_field(node.where, chain), tokens[0]) for chain, tokens in node.alternatives]
    else:
        found = [
            _words(field, tokens, node.slop, weight)
            for chain, tokens in node.alternatives
            for field, weight in unit.text_fields(node.where, chain)
        ]
    return found[0] if len(found) == 1 else {"dis_max": {"queries": found, "tie_breaker": 0.1}}


def _words(field: str, tokens: Sequence[str], slop: int, weight: float = 1.0) -> Json:
    """Tokens one after the other in a field; with slop, each pair of neighbours within it (elasticsearch.md, 6)."""
    boost = weight * LUCENE
    if len(set(tokens)) == 1 and (slop or len(tokens) == 1):
        return {"term": {field: {"value": tokens[0], "boost": boost}}}
    if not slop:
        return _phrase(field, tokens, 0, boost)
    pairs = [_phrase(field, pair, slop, boost) for pair in pairwise(tokens) if pair[0] != pair[1]]
    return pairs[0] if len(pairs) == 1 else {"bool": {"must": pairs}}


def _phrase(field: str, tokens: Sequence[str], slop: int, boost: float) -> Json:
    return {"match_phrase": {field: {"query": " ".join(tokens), "slop": slop, "boost": boost}}}


def _prefix(field: str, start: str) -> Json:
    return {"prefix": {field: {"value": start[:LONGEST_VALUE]}}}


def _terms(field: str, values: Sequence[str] | Sequence[int]) -> Json:
    short = [value[:LONGEST_VALUE] if isinstance(value, str) else value for value in values]
    pieces = [{"terms": {field: short[at : at + MAX_TERMS]}} for at in range(0, len(short), MAX_TERMS)]
    return pieces[0] if len(pieces) == 1 else any_of(pieces)


def any_of(queries: Sequence[Json]) -> Json:
    """What answers one of the queries at least."""
    return {"bool": {"should": list(queries), "minimum_should_match": 1}} if queries else NOTHING


def _constant(query: Json, score: float) -> Json:
    return {"constant_score": {"filter": query, "boost": score}}


def _in_pieces(query: Json) -> tuple[Json, int]:
    """The same query and its height, with what is too deep for Elasticsearch written as a piece of its own."""
    ((kind, inside),) = query.items()
    parts = {"bool": ("must", "should", "must_not", "filter"), "dis_max": ("queries",)}.get(kind, ())
    heights = [0]
    made = dict(inside)
    for part in parts:
        if part in made:
            pieces = [_in_pieces(each) for each in made[part]]
            made[part] = [_wrapped(each) if height >= MAX_HEIGHT else each for each, height in pieces]
            heights += [0 if height >= MAX_HEIGHT else height for _, height in pieces]
    return {kind: made}, max(heights) + (2 if kind == "constant_score" else 1)


def _wrapped(query: Json) -> Json:
    return {"wrapper": {"query": base64.b64encode(json.dumps(query).encode()).decode()}}


def passage_words(tree: Node, chains: Sequence[str]) -> list[Json]:
    """What a passage may hold of the positive words and values of a tree, in these chains."""
    return [query for leaf in positive_leaves(tree) for query in _in_passages(leaf, chains)]


def passages_of(work: int, words: Sequence[Json], chains: Sequence[str]) -> Json:
    """The passages of a work in these chains that hold any of the words, scored by them.

    Each word that a passage holds counts by itself: two different ones once are better than one of them four times.
    """
    each = [_constant(query, EACH_WEIGHT) for query in words]
    own = [{"term": {"work": work}}, {"terms": {"chain": list(chains)}}]
    return by_kind({"bool": {"filter": own, "should": [*words, *each], "minimum_should_match": 1}})


def by_kind(query: Json) -> Json:
    """A paragraph of text counts more than a heading, which is no quotation."""
    return {"function_score": {"query": query, "field_value_factor": {"field": "factor"}, "boost_mode": "multiply"}}


def _in_passages(leaf: Leaf, chains: Sequence[str]) -> list[Json]:
    match leaf:
        case Exact(field, values) if found_in_text(field):
            return [_constant(_terms(field, values), VALUE_WEIGHT)]
        case StartsWith(field, prefix) if found_in_text(field):
            return [_constant(_prefix(field, prefix), VALUE_WEIGHT)]
        case Match(where=where, alternatives=alternatives) if where == "text" or where in NAME_FIELDS:
            chosen = [(chain, tokens) for chain, tokens in alternatives if where != "text" or chain in chains]
            if leaf.prefix:
                return [_prefix(_passage_forms(where, chain), tokens[0]) for chain, tokens in chosen]
            return [
                _words(field, tokens, leaf.slop)
                for chain, tokens in chosen
                for field, _ in _passage_fields(where, chain)
            ]
    return []
