"""What would the answer be, by the definitions alone? A slow evaluation of resolved trees, to hold engines against."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from search import analysis
from search.engines.engine import IndexedParagraph, IndexedWork
from search.fields import level_of
from search.query.tree import And, DateRange, Everything, Exact, Match, Node, Not, Or, StartsWith

analyse, forms = lru_cache(50_000)(analysis.analyse), lru_cache(50_000)(analysis.forms)

Positions = list[tuple[int, str]]


def answers(work: IndexedWork, node: Node) -> bool:
    match node:
        case And(items):
            return all(answers(work, item) for item in items)
        case Or(items):
            return any(answers(work, item) for item in items)
        case Not(item):
            return not answers(work, item)
        case Everything():
            return True
        case Exact(field, values):
            return any(value in values for value in work.values.get(field, ()))
        case StartsWith(field, prefix):
            return any(value.startswith(prefix) for value in work.values.get(field, ()))
        case DateRange(first, last):
            return bool(work.date and (not first or first <= work.date) and (not last or work.date <= last))
        case Match():
            return any(_holds(work, node, chain, tokens) for chain, tokens in node.alternatives)
    raise TypeError(node)


@dataclass(frozen=True)
class PlainParagraph:
    """A paragraph of a work, as it is asked by itself: it has its work's date, title and values, and its own words."""

    work: IndexedWork
    paragraph: IndexedParagraph

    @property
    def address(self) -> tuple[int, int, int]:
        return self.work.id, self.paragraph.document_id, self.paragraph.ordinal

    def values(self, field: str) -> tuple[str, ...]:
        if field == "language":
            return (self.paragraph.language,) if self.paragraph.language else ()
        if level_of(field) == "work":
            return tuple(self.work.values.get(field, ()))
        return tuple(value for name, value in self.paragraph.values if name == field)

    def answers(self, node: Node) -> bool:
        match node:
            case And(items):
                return all(self.answers(item) for item in items)
            case Or(items):
                return any(self.answers(item) for item in items)
            case Not(item):
                return not self.answers(item)
            case Exact(field, values):
                return any(value in values for value in self.values(field))
            case StartsWith(field, prefix):
                return any(value.startswith(prefix) for value in self.values(field))
            case Match(where="text"):
                alone = IndexedWork(0, "", None, (), {}, {}, (self.paragraph,))
                return answers(alone, node)
            case Match(where=where) if where != "title":
                alone = IndexedWork(0, "", None, (), {}, {where: self.values(where)}, ())
                return answers(alone, node)
        return answers(self.work, node)


def paragraphs_of(work: IndexedWork) -> Iterator[PlainParagraph]:
    return (PlainParagraph(work, each) for each in work.paragraphs)


def _holds(work: IndexedWork, node: Match, chain: str, tokens: tuple[str, ...]) -> bool:
    paragraphs = [each.text for each in work.paragraphs if analysis.chain_of(each.language) == chain]
    titles = [title for language, title in work.titles if analysis.chain_of(language) == chain]
    if node.prefix:
        every = [title for _, title in work.titles]
        texts = {"text": paragraphs + titles, "title": every}.get(node.where) or work.names.get(node.where, ())
        return any(form.startswith(tokens[0]) for text in texts for form in forms(text))
    fields = {"text": [paragraphs, titles], "title": [titles]}.get(node.where, [work.names.get(node.where, ())])
    return any(_one_after_the_other(_positions(texts, chain), tokens, node.slop) for texts in fields)


def _positions(texts: list[str], chain: str) -> Positions:
    """Tokens of several texts with their positions; between two texts one position stays empty."""
    found: Positions = []
    at = 0
    for text in texts:
        for token in analyse(text, chain):
            found.append((at, token))
            at += 1
        at += 1
    return found


def _one_after_the_other(positions: Positions, tokens: tuple[str, ...], slop: int) -> bool:
    places = {token: [at for at, each in positions if each == token] for token in tokens}
    if not all(places.values()):
        return False
    if slop:
        pairs = [(a, b) for a, b in pairwise(tokens) if a != b]
        return all(any(abs(q - p - 1) <= slop for p in places[a] for q in places[b]) for a, b in pairs)
    return any(all(start + i in places[token] for i, token in enumerate(tokens)) for start in places[tokens[0]])
