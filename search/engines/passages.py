"""How does Tantivy look into paragraphs? For those that answer, and for the best of a work."""

from collections.abc import Sequence
from dataclasses import replace

import tantivy
from tantivy import Occur, Query

from search.analysis import CHAINS
from search.engines.compile import Unit, any_of, begins, one_of, token_query, unscored
from search.engines.generation import Generation
from search.fields import NAME_FIELDS, level_of
from search.query.tree import Exact, Leaf, Match, Node, StartsWith, positive_leaves

EACH_WEIGHT = 5.0  # more than the frequency of a word can add
VALUE_WEIGHT = 2.0  # a passage that speaks of what was asked for by a field: as good as a rather rare word


def _in_paragraphs(schema: tantivy.Schema, node: Match) -> Query:
    if node.where == "title":
        raise TypeError("titles are asked of works: see of_paragraphs")
    if node.where in NAME_FIELDS:
        return _name(schema, node)
    if not node.prefix:
        return any_of([token_query(schema, f"text_{chain}", tokens, node.slop) for chain, tokens in node.alternatives])
    chains = [chain for chain, _ in node.alternatives]
    found = begins(schema, "forms", node.alternatives[0][1][0])
    if set(chains) >= set(CHAINS):
        return found
    read = unscored(one_of(schema, "chain", chains))
    return Query.boolean_query([(Occur.Must, found), (Occur.Must, read)])


PARAGRAPHS = Unit("work", _in_paragraphs)


def _name(schema: tantivy.Schema, node: Match) -> Query:
    tokens = node.alternatives[0][1]
    return begins(schema, node.where, tokens[0]) if node.prefix else token_query(schema, node.where, tokens, node.slop)


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
    read = unscored(one_of(schema, "chain", chains))
    each = [(Occur.Should, Query.const_score_query(query, EACH_WEIGHT)) for query in words]
    return Query.boolean_query(
        [(Occur.Must, own), (Occur.Must, read), *((Occur.Should, query) for query in words), *each]
    )


def _in_passages(generation: Generation, leaf: Leaf, chains: Sequence[str]) -> list[Query]:
    schema = generation.passages_schema
    match leaf:
        case Exact(field, values) if found_in_text(field):
            return [Query.const_score_query(one_of(schema, field, values), VALUE_WEIGHT)]
        case StartsWith(field, prefix) if found_in_text(field):
            return [Query.const_score_query(begins(schema, field, prefix), VALUE_WEIGHT)]
        case Match(where="text"):
            return _words_in_passages(generation, leaf, chains)
        case Match(where=where) if where in NAME_FIELDS:
            return [_name(schema, leaf)]
    return []


def found_in_text(field: str) -> bool:
    """Whether a paragraph can be quoted for a value: it speaks of it, and is not merely of a kind."""
    return level_of(field) == "paragraph" and field != "language"


def _words_in_passages(generation: Generation, leaf: Match, chains: Sequence[str]) -> list[Query]:
    schema = generation.passages_schema
    chosen = tuple((chain, tokens) for chain, tokens in leaf.alternatives if chain in chains)
    if leaf.prefix:
        return [_in_paragraphs(schema, replace(leaf, alternatives=chosen))] if chosen else []
    return [token_query(schema, f"text_{chain}", tokens, leaf.slop) for chain, tokens in chosen]
