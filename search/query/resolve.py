"""What is an engine to look up? The leaves of a tree, put through the chains and looked up in the lexicon.

A word becomes its token in each language; a value becomes the lexicon's code. A value that the lexicon does not
know gives a complaint, with a suggestion where one is near, and no hits from its clause.
"""

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TypeAlias

import lexicon
from search import analysis
from search.fields import OTHER, FieldSpec, field_named
from search.query.articles import read_article
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
from search.results import Complaint

MAX_SUGGESTIONS = 5  # comparing a name with every other takes some milliseconds
MAX_CITED = 1000  # symbols that `cited-by:` stands for

Citations: TypeAlias = Callable[[str], Sequence[str] | None]


@dataclass(frozen=True, slots=True)
class Resolved:
    """A tree of what engines know (Match, Exact, StartsWith, DateRange under And, Or, Not), and complaints."""

    tree: Node
    complaints: tuple[Complaint, ...]


def resolve(tree: Node, citations: Citations | None = None) -> Resolved:
    """The tree as engines take it.

    `citations` tells which symbols a document cites (search/citing.py), None if it is not known; `cited-by:` needs it.
    """
    resolver = _Resolver(_languages_asked(tree), citations)
    return Resolved(resolver.node(tree), tuple(resolver.complaints))


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
            lexicon.language_code(item.value) if isinstance(item, Field) and item.field == "language" else None
            for item in items
        ]
        if all(codes):
            return tuple(code for code in analysis.CHAINS if code in codes)
    return analysis.CHAINS


class _Resolver:
    def __init__(self, languages: tuple[str, ...], citations: Citations | None) -> None:
        self.languages = languages
        self.citations = citations
        self.complaints: list[Complaint] = []

    def complain(self, message: str, span: Span) -> None:
        self.complaints.append(Complaint(message, *span))

    def node(self, node: Node) -> Node:
        match node:
            case And(items):
                return both([self.node(item) for item in items])
            case Or(items):
                found = [self.node(item) for item in items]
                return either([item for item in found if item != NOTHING] or [NOTHING])
            case Not(item):
                return Not(self.node(item))
            case Word(text):
                return self.or_symbol(text, self.words(text))
            case Prefix(text):
                return self.prefix(text, "text")
            case Phrase(words, language=str(language)):
                return self.variant(" ".join(words), language)
            case Phrase(words, slop, span):
                return self.phrase(" ".join(words), slop, span)
            case Field():
                return self.field(node)
        return node

    def words(self, text: str, where: str = "text", slop: int = 0) -> Node:
        """Tokens one after the other, in one of the languages."""
        chains = self.languages if where in ("text", "title") else (OTHER,)
        alternatives = tuple((chain, tuple(analysis.analyse(text, chain))) for chain in chains)
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
            self.complain("a word repeated in a phrase with ~ counts once", span)
        return self.or_symbol(text, self.words(text, slop=slop)) if not slop else self.words(text, slop=slop)

    def prefix(self, text: str, where: str) -> Node:
        """The last token as a prefix; those before it as a phrase."""
        tokens = analysis.forms(text)
        if not tokens:
            return NOTHING
        chains = self.languages if where == "text" else (OTHER,)
        last = Match(where, tuple((chain, (tokens[-1],)) for chain in chains), prefix=True)
        return both([self.words(" ".join(tokens[:-1]), where), last]) if len(tokens) > 1 else last

    def field(self, node: Field) -> Node:
        spec = field_named(node.field)
        if spec is None:
            self.complain(f"no field '{node.field}'", node.span)
            return NOTHING
        if spec.kind in ("text", "name"):
            if node.value.endswith("*"):
                return self.prefix(node.value.rstrip("*"), spec.name)
            return self.words(node.value, spec.name)
        if spec.kind == "symbol":
            return _symbol(spec.name, node.value)
        if spec.kind == "code":
            return self.code(node)
        looked_up = {"article": self.article, "choice": self.choice, "document": self.cited_by}
        if spec.kind in looked_up:
            return looked_up[spec.kind](spec, node)
        return Exact(spec.name, (analysis.plain(node.value),))

    def article(self, spec: FieldSpec, node: Field) -> Node:
        found = read_article(node.value)
        if found is None:
            self.complain(f"no treaty is known in {node.value!r}; write it as in {spec.example}", node.span)
            return NOTHING
        instrument, number = found
        if number and instrument.articles and number > instrument.articles:
            self.complain(f"{instrument.code} has {instrument.articles} articles", node.span)
        key = analysis.plain(instrument.code)
        return Exact(spec.name, (f"{key}/{number}",)) if number else StartsWith(spec.name, f"{key}/")

    def choice(self, spec: FieldSpec, node: Field) -> Node:
        value = choice_of(spec, node.value)
        if value:
            return Exact(spec.name, (value,))
        self.complain(f"{spec.name} is {', '.join(spec.choices)}; not '{node.value}'", node.span)
        return NOTHING

    def cited_by(self, spec: FieldSpec, node: Field) -> Node:
        cited = self.citations(node.value) if self.citations else None
        if cited is None:
            self.complain(f"{spec.name}: there is no document '{node.value}' here", node.span)
            return NOTHING
        if len(cited) > MAX_CITED:
            self.complain(f"{node.value} cites {len(cited)} documents; the first {MAX_CITED} were taken", node.span)
        if not cited:
            self.complain(f"{node.value} cites no document", node.span)
        return Exact("symbol", tuple(cited[:MAX_CITED])) if cited else NOTHING

    def code(self, node: Field) -> Node:
        codes = LOOKUPS[node.field](node.value)
        if codes:
            return Exact(node.field, codes)
        self.complain(self.unknown(node), node.span)
        return NOTHING

    def unknown(self, node: Field) -> str:
        message = f"no {node.field} '{node.value}'"
        if len(self.complaints) >= MAX_SUGGESTIONS:
            return message
        known = _names(node.field)
        close = difflib.get_close_matches(lexicon.fold(node.value[:100]), known, n=1, cutoff=0.7)
        return f"{message}; did you mean {known[close[0]]}?" if close else message


def codes_of(field: str, value: str) -> tuple[str, ...]:
    """The codes that a value names, where a field has codes; empty if it has none, or not that one."""
    spec = field_named(field)
    if spec and spec.kind == "choice":
        return tuple(filter(None, [choice_of(spec, value)]))
    return LOOKUPS[field](value) if field in LOOKUPS else ()


def choice_of(spec: FieldSpec, value: str) -> str:
    """The value that is named, in whatever language; "" if none is."""
    wanted = lexicon.fold(value[:100])
    named = {lexicon.fold(name): code for code, names in spec.choices.items() for name in (code, *names.values())}
    return named.get(wanted, "")


def _symbol(field: str, value: str) -> Node:
    if value.endswith("*"):
        return StartsWith(field, analysis.plain(value.rstrip("*")))
    return Exact(field, tuple(dict.fromkeys((symbol_key(value), analysis.plain(value)))))


def _country(value: str) -> tuple[str, ...]:
    found = lexicon.country(value) or lexicon.find_country(value)
    return (found.code,) if found else ()


def _publisher(value: str) -> tuple[str, ...]:
    found = lexicon.publisher(value)
    return (found.code,) if found else ()


def _body(value: str) -> tuple[str, ...]:
    """A name that several publishers have a body of means all of them."""
    found = [lexicon.find_body(value), *(lexicon.find_body(value, each.code) for each in lexicon.publishers())]
    return tuple(sorted({body.code for body in found if body}))


def _instrument(value: str) -> tuple[str, ...]:
    found = lexicon.find_instrument(value)
    return (found.code,) if found else ()


def _theme(value: str) -> tuple[str, ...]:
    return _themes().get(lexicon.fold(value[:200]), ())


def _language(value: str) -> tuple[str, ...]:
    code = lexicon.language_code(value)
    return (code,) if code else ()


LOOKUPS: dict[str, Callable[[str], tuple[str, ...]]] = {
    "country": _country,
    "publisher": _publisher,
    "body": _body,
    "instrument": _instrument,
    "theme": _theme,
    "language": _language,
}


@cache
def _themes() -> dict[str, tuple[str, ...]]:
    known: dict[str, tuple[str, ...]] = {}
    for theme in lexicon.themes():
        for name in (theme.code, *theme.names.values()):
            known.setdefault(lexicon.fold(name), (theme.code,))
    for form, _, code in lexicon.gazetteer("theme"):
        known.setdefault(lexicon.fold(form), (code,))
    return known


@cache
def _names(field: str) -> dict[str, str]:
    """Folded names of a field's values, each with the name to suggest."""
    named: list[str] = []
    if field in ("country", "body", "instrument", "theme"):
        named = [form for form, _, _ in lexicon.gazetteer(field)]
    if field == "theme":
        named += [name for theme in lexicon.themes() for name in theme.names.values()]
    if field == "publisher":
        named = [name for each in lexicon.publishers() for name in (each.code, *each.names.values())]
    if field == "language":
        named = [name for each in lexicon.languages() for name in each.names.values()]
    return {lexicon.fold(name): name for name in reversed(named) if name}
