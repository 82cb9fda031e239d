"""What of a query is compared by its meaning, and what must hold all the same? Its words, and its fields.

Of `domestic workers country:PHL NOT seafarers` the model is given "domestic workers"; that the Philippines are spoken
of and seafarers are not must be so of whatever it finds.
"""

from collections.abc import Mapping, Sequence

from search.query.tree import (
    And,
    Everything,
    Exact,
    Match,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Word,
    both,
    either,
    positive_leaves,
)


def words_of(parsed: Node) -> str:
    """The words of a query, as typed, without its fields and what it excludes; empty if it has none."""
    said: list[str] = []
    for leaf in positive_leaves(parsed):
        match leaf:
            case Word(text) | Prefix(text):
                said.append(text)
            case Phrase(words):
                said.extend(words)
    return " ".join(said)


def demands_of(resolved: Node, filters: Mapping[str, Sequence[str]]) -> Node:
    """What a resolved query and its filters demand beside its words; Everything if they demand nothing."""
    chosen: list[Node] = [Exact(field, tuple(values)) for field, values in filters.items() if values]
    return _joined([_demands(resolved), *chosen])


def without_not(node: Node) -> Node:
    """What holds of a work if one of its paragraphs meets these demands: what it excludes may be in another one."""
    match node:
        case And(items):
            return _joined([without_not(item) for item in items])
        case Or(items):
            return _any([without_not(item) for item in items])
        case Not():
            return node if node == Not(Everything()) else Everything()
    return node


def _demands(node: Node) -> Node:
    match node:
        case Match(where="text"):
            return Everything()
        case And(items):
            return _joined([_demands(item) for item in items])
        case Or(items):
            return _any([_demands(item) for item in items])
    return node


def _joined(items: list[Node]) -> Node:
    demanding: list[Node] = [item for item in items if not isinstance(item, Everything)]
    return both(demanding) if demanding else Everything()


def _any(items: list[Node]) -> Node:
    return Everything() if any(isinstance(item, Everything) for item in items) else either(items)
