"""How does Tantivy look up a tree? A resolved tree as its query objects."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import tantivy
from tantivy import FieldType, Occur, Query

from search.engines.schema import days, forms_field, text_fields
from search.query.tree import (
    And,
    DateRange,
    Everything,
    Exact,
    Match,
    Node,
    Not,
    OfWorks,
    Or,
    StartsWith,
)

SYMBOL_WEIGHT = 20.0  # a document asked for by its symbol comes before those that cite it
FEW = 16  # values that are looked up one by one


@dataclass(frozen=True, slots=True)
class Unit:
    """What is looked for: the field with the work's id, how words are matched, what being asked for by symbol adds."""

    id_field: str
    match: Callable[[tantivy.Schema, Match], Query]
    symbol_weight: float = 0.0


def compile_tree(schema: tantivy.Schema, node: Node, unit: Unit) -> Query:
    """The query for what answers."""
    match node:
        case And(items):
            return _conjunction(schema, items, unit)
        case Or(items):
            return Query.boolean_query([(Occur.Should, compile_tree(schema, item, unit)) for item in items])
        case Not(item):
            return Query.boolean_query([(Occur.Must, everything()), (Occur.MustNot, compile_tree(schema, item, unit))])
        case Everything():
            return everything()
        case Match():
            return unit.match(schema, node)
        case Exact(field, values):
            own = unit.symbol_weight if field == "symbol" else 0.0
            return Query.const_score_query(one_of(schema, field, values), own)
        case StartsWith(field, prefix):
            return unscored(begins(schema, field, prefix))
        case DateRange(first, last):
            return unscored(Query.range_query(schema, "oldest", FieldType.Integer, *days(first, last)))
        case OfWorks(ids):
            return unscored(Query.term_set_query(schema, unit.id_field, list(ids)))
    raise TypeError(f"resolve the tree first: {node!r}")


def compile_filters(schema: tantivy.Schema, filters: Mapping[str, Sequence[str]], but: str = "") -> list[Query]:
    """One query a facet: any of the chosen values; the facet `but` is left out."""
    chosen = [(field, list(values)) for field, values in filters.items() if field != but and values]
    return [unscored(one_of(schema, field, values)) for field, values in chosen]


def one_of(schema: tantivy.Schema, field: str, values: Sequence[str]) -> Query:
    """Any of these values. A set of them is an automaton: dear to make, and worth it for many only."""
    if len(values) > FEW:
        return Query.term_set_query(schema, field, list(values))
    terms = [Query.term_query(schema, field, value) for value in values]
    return terms[0] if len(terms) == 1 else Query.boolean_query([(Occur.Should, term) for term in terms])


def everything() -> Query:
    return unscored(Query.all_query())


def unscored(query: Query) -> Query:
    """The same members, without a say in their order."""
    return Query.const_score_query(query, 0.0)


def all_of(queries: Sequence[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Must, query) for query in queries])


def token_query(schema: tantivy.Schema, field: str, tokens: Sequence[str], slop: int) -> Query:
    """Tokens one after the other in a field; with slop, each pair of neighbours within it (elasticsearch.md, 6)."""
    if len(set(tokens)) == 1 and (slop or len(tokens) == 1):
        return Query.term_query(schema, field, tokens[0])
    if not slop:
        return Query.phrase_query(schema, field, list(tokens))
    pairs = [pair for pair in pairwise(tokens) if pair[0] != pair[1]]
    return all_of([Query.phrase_query(schema, field, list(pair), slop) for pair in pairs])


def _conjunction(schema: tantivy.Schema, items: Sequence[Node], unit: Unit) -> Query:
    parts = [
        (Occur.MustNot, compile_tree(schema, item.item, unit))
        if isinstance(item, Not)
        else (Occur.Must, compile_tree(schema, item, unit))
        for item in items
    ]
    if all(occur == Occur.MustNot for occur, _ in parts):
        parts.insert(0, (Occur.Must, everything()))
    return Query.boolean_query(parts)


def _in_works(schema: tantivy.Schema, node: Match) -> Query:
    if node.prefix:
        return any_of(
            [begins(schema, forms_field(node.where, chain), tokens[0]) for chain, tokens in node.alternatives]
        )
    found = [
        _weighted(token_query(schema, field, tokens, node.slop), weight)
        for chain, tokens in node.alternatives
        for field, weight in text_fields(node.where, chain)
    ]
    return any_of(found)


def any_of(queries: list[Query]) -> Query:
    # the best language counts, not the sum: a work in six languages is not six times as relevant
    return queries[0] if len(queries) == 1 else Query.disjunction_max_query(queries, 0.1)


def begins(schema: tantivy.Schema, field: str, start: str) -> Query:
    # no error is allowed: to compile a regular expression for it would take a hundred times as long
    return Query.fuzzy_term_query(schema, field, start, distance=0, prefix=True)


def _weighted(query: Query, weight: float) -> Query:
    return query if weight == 1.0 else Query.boost_query(query, weight)


WORKS = Unit("id", _in_works, SYMBOL_WEIGHT)


def scores(node: Node) -> bool:
    """Whether some word of the tree can put one hit before another."""
    match node:
        case And(items) | Or(items):
            return any(scores(item) for item in items)
        case Match():
            return True
    return False
