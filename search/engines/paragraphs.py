"""How is a question about works asked of their paragraphs? What is said of a work holds for each of its paragraphs.

Engines keep the values of a work beside each of its paragraphs, but not its titles: these are asked of the works, and
the works that have them are put in their place. The same step for every engine.
"""

from collections.abc import Callable
from dataclasses import replace

from search.engines.engine import Question
from search.errors import MistakenRequest
from search.fields import level_of
from search.query.tree import And, DateRange, Exact, Match, Node, Not, OfWorks, Or, StartsWith, both

MAX_WORKS = 65_536  # that one clause may stand for: what Elasticsearch takes in one list of terms

Members = Callable[[Node], tuple[int, ...]]


def of_paragraphs(question: Question, members: Members) -> Question:
    """The same question with each `title:` replaced by the works that have it; `members` finds works.

    MistakenRequest if these are too many: they are narrowed first by what else the question says of a work.
    """
    return replace(question, tree=_looked_up(question.tree, members, ()))


def _looked_up(node: Node, members: Members, beside: tuple[Node, ...]) -> Node:
    """`beside` holds for every paragraph that can answer, so that titles need only be looked up among such works."""
    match node:
        case And(items):
            inner = (*beside, *(item for item in items if _is_kept_with_paragraphs(item)))
            return And(tuple(_looked_up(item, members, inner) for item in items))
        case Or(items):
            return Or(tuple(_looked_up(item, members, beside) for item in items))
        case Not(item):
            return Not(_looked_up(item, members, beside))
        case Match(where="title"):
            return OfWorks(_bounded(members(both([node, *beside]))))
    return node


def _bounded(ids: tuple[int, ...]) -> tuple[int, ...]:
    if len(ids) > MAX_WORKS:
        raise MistakenRequest(
            f"{len(ids):,} works have this in their title, more than the {MAX_WORKS:,} whose paragraphs can be asked "
            "for at once: narrow it, by a body or a date, or ask for works"
        )
    return ids


def _is_kept_with_paragraphs(node: Node) -> bool:
    """Whether it is said of works, by values that their paragraphs have too."""
    match node:
        case And(items) | Or(items):
            return all(_is_kept_with_paragraphs(item) for item in items)
        case Not(item):
            return _is_kept_with_paragraphs(item)
        case Exact(field, _) | StartsWith(field, _):
            return level_of(field) == "work"
    return isinstance(node, DateRange)
