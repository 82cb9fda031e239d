"""How does Tantivy look up a tree? A resolved tree as its query objects."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import tantivy
from tantivy import FieldType, Occur, Query

from search.analysis import analyse
from search.engines.generation import Generation
from search.engines.schema import forms_field, passage_value, text_fields
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
    Or,
    StartsWith,
    positive_leaves,
)

MAX_FORMS = 50  # words a prefix stands for when passages are chosen; membership knows no such limit
SYMBOL_WEIGHT = 20.0  # a document asked for by its symbol comes before those that cite it
EACH_WEIGHT = 5.0  # more than the frequency of a word can add
FEW = 16  # values that are looked up one by one
VALUE_WEIGHT = 2.0  # a passage that speaks of what was asked for by a field: as good as a rather rare word


def compile_tree(schema: tantivy.Schema, node: Node) -> Query:
    """The query for works."""
    match node:
        case And(items):
            return _conjunction(schema, items)
        case Or(items):
            return Query.boolean_query([(Occur.Should, compile_tree(schema, item)) for item in items])
        case Not(item):
            return Query.boolean_query([(Occur.Must, everything()), (Occur.MustNot, compile_tree(schema, item))])
        case Everything():
            return everything()
        case Match():
            return _match(schema, node)
        case Exact(field, values):
            own = SYMBOL_WEIGHT if field == "symbol" else 0.0
            return Query.const_score_query(one_of(schema, field, values), own)
        case StartsWith(field, prefix):
            return unscored(_prefix(schema, field, prefix))
        case DateRange(first, last):
            low, high = (day.toordinal() if day else None for day in (first, last))
            return unscored(Query.range_query(schema, "day", FieldType.Integer, low, high))
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


def _conjunction(schema: tantivy.Schema, items: Sequence[Node]) -> Query:
    parts = [
        (Occur.MustNot, compile_tree(schema, item.item))
        if isinstance(item, Not)
        else (Occur.Must, compile_tree(schema, item))
        for item in items
    ]
    if all(occur == Occur.MustNot for occur, _ in parts):
        parts.insert(0, (Occur.Must, everything()))
    return Query.boolean_query(parts)


def _match(schema: tantivy.Schema, node: Match) -> Query:
    if node.prefix:
        return _any([_prefix(schema, forms_field(node.where, chain), tokens[0]) for chain, tokens in node.alternatives])
    found = [
        _weighted(token_query(schema, field, tokens, node.slop), weight)
        for chain, tokens in node.alternatives
        for field, weight in text_fields(node.where, chain)
    ]
    return _any(found)


def _any(queries: list[Query]) -> Query:
    # the best language counts, not the sum: a work in six languages is not six times as relevant
    return queries[0] if len(queries) == 1 else Query.disjunction_max_query(queries, 0.1)


def _prefix(schema: tantivy.Schema, field: str, start: str) -> Query:
    # no error is allowed: to compile a regular expression for it would take a hundred times as long
    return Query.fuzzy_term_query(schema, field, start, distance=0, prefix=True)


def _weighted(query: Query, weight: float) -> Query:
    return query if weight == 1.0 else Query.boost_query(query, weight)


def scores(node: Node) -> bool:
    """Whether some word of the tree can put one work before another."""
    match node:
        case And(items) | Or(items):
            return any(scores(item) for item in items)
        case Match():
            return True
    return False


def passage_words(generation: Generation, tree: Node, chains: Sequence[str]) -> list[Query]:
    """What a passage may hold of the positive words and values of a tree, in these chains."""
    return [query for leaf in positive_leaves(tree) for query in _in_passages(generation, leaf, chains)]


def passages_of(generation: Generation, work: int, words: Sequence[Query], chains: Sequence[str]) -> Query:
    """The passages of a work in these chains, scored by the words that they hold; one that holds none scores nothing.

    The words are optional so that only the work's own passages are looked at, not all that hold the words. Each word
    that a passage holds counts by itself: two different ones once are better than one of them four times.
    """
    schema = generation.passages_schema
    own = unscored(Query.term_query(schema, "work", work))
    read = unscored(Query.term_set_query(schema, "chain", list(chains)))
    each = [(Occur.Should, Query.const_score_query(query, EACH_WEIGHT)) for query in words]
    return Query.boolean_query(
        [(Occur.Must, own), (Occur.Must, read), *((Occur.Should, query) for query in words), *each]
    )


def _in_passages(generation: Generation, leaf: Leaf, chains: Sequence[str]) -> list[Query]:
    schema = generation.passages_schema
    match leaf:
        case Exact(field, values):
            terms = [passage_value(field, value) for value in values]
            return [Query.const_score_query(one_of(schema, "value", terms), VALUE_WEIGHT)]
        case StartsWith(field, prefix):
            return [Query.const_score_query(_prefix(schema, "value", passage_value(field, prefix)), VALUE_WEIGHT)]
        case Match(where="text"):
            return _words_in_passages(generation, leaf, chains)
        case Match(where=where) if where in NAME_FIELDS:
            tokens = leaf.alternatives[0][1]
            return [_prefix(schema, where, tokens[0]) if leaf.prefix else token_query(schema, where, tokens, leaf.slop)]
    return []


def _words_in_passages(generation: Generation, leaf: Match, chains: Sequence[str]) -> list[Query]:
    schema = generation.passages_schema
    found: list[Query] = []
    for chain, tokens in leaf.alternatives:
        if chain not in chains:
            continue
        field = f"text_{chain}"
        if leaf.prefix:  # passages keep no unstemmed forms: the words that the prefix stands for are looked up
            words = generation.works.searcher().terms_with_prefix(f"forms_{chain}", tokens[0], limit=MAX_FORMS)
            stems = {token for word, _ in words for token in analyse(word, chain)}
            found += [Query.term_set_query(schema, field, sorted(stems))] if stems else []
        else:
            found.append(token_query(schema, field, tokens, leaf.slop))
    return found
