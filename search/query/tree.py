"""What was asked? The nodes of the one query tree, and of the same tree once its words were looked up.

The parser makes And, Or, Not, Everything, Word, Prefix, Phrase, Field and DateRange. `resolve` replaces the
leaves by what an engine can look up: Match, Exact, StartsWith and DateRange. Spans are offsets in the text of
the query, for complaints; they do not take part in comparison.
"""

from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import date
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Word:
    """One word, in any of its inflected forms."""

    text: str
    span: Span = attribute(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Prefix:
    """All words that begin with `text`, as written (not stemmed)."""

    text: str
    span: Span = attribute(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words one after the other; with slop, each within `slop` words of the next, in either order.

    With `language` (which only `widen` gives), in texts of that language, or of one that is not known.
    """

    words: tuple[str, ...]
    slop: int = 0
    span: Span = attribute(default=(0, 0), compare=False, repr=False)
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A value in a named field (see search/fields.py); a value ending in * means whatever begins so."""

    field: str
    value: str
    span: Span = attribute(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class DateRange:
    """Documents dated from `first` to `last`, both included; None is open. Undated ones never match."""

    first: date | None
    last: date | None
    span: Span = attribute(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class And:
    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    item: "Node"


@dataclass(frozen=True, slots=True)
class Everything:
    """Every work."""


@dataclass(frozen=True, slots=True)
class Match:
    """Resolved: these tokens, in the text (titles included) or in one text field.

    `alternatives` holds, per language, the tokens as that language's chain makes them; one of them must match
    in the field of its language. With `prefix` there is one token, unstemmed, that must begin a word.
    """

    where: str  # text, title, person or organisation
    alternatives: tuple[tuple[str, tuple[str, ...]], ...]
    slop: int = 0
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Exact:
    """Resolved: one of these values in a field of values."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StartsWith:
    """Resolved: a value that begins so, in a field of values."""

    field: str
    prefix: str


@dataclass(frozen=True, slots=True)
class OfWorks:
    """Looked up: one of these works. An engine's own step, where one index is asked what another one found."""

    ids: tuple[int, ...] = attribute(repr=False)


Leaf: TypeAlias = Word | Prefix | Phrase | Field | DateRange | Everything | Match | Exact | StartsWith | OfWorks
Node: TypeAlias = Leaf | And | Or | Not

NOTHING = Not(Everything())  # what an unusable clause resolves to


def both(items: list[Node]) -> Node:
    """The conjunction of `items`, flat; one item is itself."""
    flat: list[Node] = []
    for item in items:
        flat.extend(item.items if isinstance(item, And) else [item])
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def either(items: list[Node]) -> Node:
    """The disjunction of `items`, flat; one item is itself."""
    flat: list[Node] = []
    for item in items:
        flat.extend(item.items if isinstance(item, Or) else [item])
    return flat[0] if len(flat) == 1 else Or(tuple(flat))


def matches_nothing(node: Node) -> bool:
    """Whether its form alone says that no work can answer."""
    match node:
        case And(items):
            return any(matches_nothing(item) for item in items)
        case Or(items):
            return all(matches_nothing(item) for item in items)
        case Not(item):
            return _matches_all(item)
    return False


def _matches_all(node: Node) -> bool:
    match node:
        case And(items):
            return all(_matches_all(item) for item in items)
        case Or(items):
            return any(_matches_all(item) for item in items)
        case Not(item):
            return matches_nothing(item)
    return isinstance(node, Everything)


def positive_leaves(node: Node) -> list[Leaf]:
    """The leaves that speak for a work, left to right: all that stand under no Not."""
    if isinstance(node, And | Or):
        return [leaf for item in node.items for leaf in positive_leaves(item)]
    return [] if isinstance(node, Not) else [node]
