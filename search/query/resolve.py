"""What is an engine to look up? The leaves of a tree, put through the chains and looked up in the lexicon.

A word becomes its token in each language; a value becomes the lexicon's code. A value that the lexicon does not
know gives a complaint, with a suggestion where one is near, and no hits from its clause.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import lexicon
from search import analysis
from search.fields import OTHER, FieldSpec, field_named
from search.query.articles import read_article
from search.query.complaining import Complaints
from search.query.tree import (
    NOTHING,
    And,
    Exact,
    Field,
    Match,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Span,
    StartsWith,
    Word,
    both,
    either,
)
from search.query.values import choice_of, codes_of, nearest
from search.results import Complaint

MAX_TOKENS = 200  # of one word or phrase: in Chinese each character is one
MAX_NEAR_TOKENS = 50  # of a phrase with ~: each pair of neighbours is looked up
MAX_SUGGESTIONS = 5  # comparing a name with every other takes some milliseconds
LONGEST_SHOWN = 100  # characters of a value, in a complaint
LONGEST_VALUE = 200  # characters of a symbol, a session, ...: see catalog/tables.py
MAX_CITED = 1000  # symbols that `cited-by:` stands for

Citations: TypeAlias = Callable[[str], Sequence[str] | None]


@dataclass(frozen=True, slots=True)
class Resolved:
    """A tree of what engines know (Match, Exact, StartsWith, DateRange under And, Or, Not), and complaints."""

    tree: Node
    complaints: tuple[Complaint, ...]


def resolve(tree: Node, citations: Citations | None = None, language: str | None = None) -> Resolved:
    """The tree as engines take it; complaints in the reader's language.

    `citations` tells which symbols a document cites (search/citing.py), None if it is not known; `cited-by:` needs it.
    """
    resolver = _Resolver(_languages_asked(tree), citations, Complaints(language))
    return Resolved(resolver.node(tree), resolver.complain.all())


def symbol_key(text: str) -> str:
    """A symbol as it is compared: canonical if the grammar knows it, in lower case."""
    symbol = lexicon.parse_symbol(text)
    return analysis.plain(str(symbol) if symbol else text)


def _languages_asked(tree: Node) -> tuple[str, ...]:
    """The chains that words are looked up in: all, unless the whole query is limited to some languages."""
    clauses = tree.items if isinstance(tree, And) else (tree,)
    for clause in clauses:
        items = clause.items if isinstance(clause, Or) else (clause,)
        codes = [
            next(iter(codes_of("language", item.value)), None)
            if isinstance(item, Field) and item.field == "language"
            else None
            for item in items
        ]
        if all(codes):
            return tuple(code for code in analysis.CHAINS if code in codes)
    return analysis.CHAINS


class _Resolver:
    def __init__(self, languages: tuple[str, ...], citations: Citations | None, complain: Complaints) -> None:
        self.languages = languages
        self.citations = citations
        self.complain = complain

    def node(self, node: Node) -> Node:
        match node:
            case And(items):
                return both([self.node(item) for item in items])
            case Or(items):
                found = [self.node(item) for item in items]
                return either([item for item in found if item != NOTHING] or [NOTHING])
            case Not(item):
                return Not(self.node(item))
            case Word(text, span):
                return self.or_symbol(text, self.words(text, span))
            case Prefix(text, span):
                return self.prefix(text, span, "text")
            case Phrase(words, language=str(language)):
                return self.variant(" ".join(words), language)
            case Phrase(words, slop, span):
                return self.phrase(" ".join(words), slop, span)
            case Field():
                return self.field(node)
        return node

    def words(self, text: str, span: Span, where: str = "text", slop: int = 0) -> Node:
        """Tokens one after the other, in one of the languages; each has as many of them."""
        chains = self.languages if where in ("text", "title") else (OTHER,)
        alternatives = tuple((chain, tuple(analysis.analyse(text, chain))) for chain in chains)
        most = MAX_NEAR_TOKENS if slop else MAX_TOKENS
        if len(alternatives[0][1]) > most:
            self.complain("long_phrase", span, limit=most)
            alternatives = tuple((chain, tokens[:most]) for chain, tokens in alternatives)
        return Match(where, alternatives, slop) if alternatives[0][1] else NOTHING

    def variant(self, text: str, language: str) -> Node:
        """A phrase of a keyword family, in texts of its language and in those whose language is not known."""
        chains = [chain for chain in self.languages if chain in (language, OTHER)]
        alternatives = tuple((chain, tuple(analysis.analyse(text, chain))) for chain in chains)
        return Match("text", alternatives) if alternatives else NOTHING

    def or_symbol(self, text: str, words: Node) -> Node:
        """A word that is a symbol finds the document as well as those that speak of it."""
        if "/" not in text and "." not in text:
            return words
        symbol = lexicon.parse_symbol(text)
        return either([words, Exact("symbol", (analysis.plain(str(symbol)),))]) if symbol else words

    def phrase(self, text: str, slop: int, span: Span) -> Node:
        tokens = analysis.analyse(text, OTHER)
        if slop and any(a == b for a, b in pairwise(tokens)):
            self.complain("repeated_near", span)
        return self.or_symbol(text, self.words(text, span)) if not slop else self.words(text, span, slop=slop)

    def prefix(self, text: str, span: Span, where: str) -> Node:
        """The last token as a prefix; those before it as a phrase."""
        tokens = analysis.forms(text)
        if not tokens:
            return NOTHING
        chains = self.languages if where == "text" else (OTHER,)
        last = Match(where, tuple((chain, (tokens[-1],)) for chain in chains), prefix=True)
        return both([self.words(" ".join(tokens[:-1]), span, where), last]) if len(tokens) > 1 else last

    def field(self, node: Field) -> Node:
        spec = field_named(node.field)
        if spec is None:
            self.complain("no_field", node.span, name=node.field)
            return NOTHING
        if spec.kind in ("text", "name"):
            if node.value.endswith("*"):
                return self.prefix(node.value.rstrip("*"), node.span, spec.name)
            return self.words(node.value, node.span, spec.name)
        if spec.kind == "symbol":
            return _symbol(spec.name, node.value)
        if spec.kind == "code":
            return self.code(node)
        looked_up = {"article": self.article, "choice": self.choice, "document": self.cited_by}
        if spec.kind in looked_up:
            return looked_up[spec.kind](spec, node)
        if node.value.endswith("*"):
            return _begins(spec.name, node.value)
        return Exact(spec.name, (analysis.plain(node.value),))

    def article(self, spec: FieldSpec, node: Field) -> Node:
        found = read_article(node.value)
        if found is None:
            self.complain("no_treaty", node.span, value=shown(node), example=spec.example)
            return NOTHING
        instrument, number = found
        if number and instrument.articles and number > instrument.articles:
            self.complain("no_article", node.span, treaty=instrument.code, count=instrument.articles)
        key = analysis.plain(instrument.code)
        return Exact(spec.name, (f"{key}/{number}",)) if number else StartsWith(spec.name, f"{key}/")

    def choice(self, spec: FieldSpec, node: Field) -> Node:
        value = choice_of(spec, node.value)
        if value:
            return Exact(spec.name, (value,))
        choices = ", ".join(names[self.complain.language] for names in spec.choices.values())
        self.complain("no_choice", node.span, field=spec.name, choices=choices, value=shown(node))
        return NOTHING

    def cited_by(self, spec: FieldSpec, node: Field) -> Node:
        cited = self.citations(node.value) if self.citations else None
        if cited is None:
            self.complain("no_document", node.span, field=spec.name, value=shown(node))
            return NOTHING
        if len(cited) > MAX_CITED:
            self.complain("cites_many", node.span, value=shown(node), count=len(cited), limit=MAX_CITED)
        if not cited:
            self.complain("cites_nothing", node.span, value=shown(node))
        return Exact("symbol", tuple(cited[:MAX_CITED])) if cited else NOTHING

    def code(self, node: Field) -> Node:
        codes = codes_of(node.field, node.value)
        if codes:
            return Exact(node.field, codes)
        near = nearest(node.field, node.value[:LONGEST_SHOWN]) if self.complain.count < MAX_SUGGESTIONS else ""
        if near:
            self.complain("no_value_near", node.span, field=node.field, value=shown(node), near=near)
        else:
            self.complain("no_value", node.span, field=node.field, value=shown(node))
        return NOTHING


def shown(node: Field) -> str:
    """The value in a complaint."""
    return node.value if len(node.value) <= LONGEST_SHOWN else f"{node.value[:LONGEST_SHOWN]}…"


def _begins(field: str, value: str) -> Node:
    """Values that begin so; none is so long as to begin with more than LONGEST_VALUE characters."""
    start = analysis.plain(value.rstrip("*"))
    return StartsWith(field, start) if len(start) <= LONGEST_VALUE else NOTHING


def _symbol(field: str, value: str) -> Node:
    if value.endswith("*"):
        return _begins(field, value)
    return Exact(field, tuple(dict.fromkeys((symbol_key(value), analysis.plain(value)))))
