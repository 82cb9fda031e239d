"""Can this saved query still find anything? What it means today, by the parser and lexicon that search uses.

A lexicon or a field table changes over the years, and a query that was good may come to mean nothing. That is never
passed over: subscribe() refuses it, matching marks the search with the reason, and its owner's next mail says so.
"""

from dataclasses import dataclass

from search.query.parse import parse
from search.query.resolve import resolve
from search.query.tree import NOTHING, And, Everything, Node, Not, Or
from search.results import Complaint


@dataclass(frozen=True, slots=True)
class Meaning:
    """`asked` is the tree as typed, `tree` as engines take it; `nothing`: why it can find nothing, or ""."""

    asked: Node
    tree: Node
    complaints: tuple[Complaint, ...]
    nothing: str


def meaning(query: str) -> Meaning:
    """What the query means today."""
    if not query.strip():
        return Meaning(NOTHING, NOTHING, (), "it is empty")
    parsed = parse(query)
    resolved = resolve(parsed.tree)
    complaints = (*parsed.complaints, *resolved.complaints)
    why = ""
    if not _can_match(resolved.tree):
        why = "; ".join(complaint.message for complaint in complaints[:3]) or "there is nothing to search for in it"
    return Meaning(parsed.tree, resolved.tree, complaints, why)


def _can_match(node: Node) -> bool:
    """False if no work whatever could match."""
    if isinstance(node, And):
        return all(_can_match(item) for item in node.items)
    if isinstance(node, Or):
        return any(_can_match(item) for item in node.items)
    return not (isinstance(node, Not) and isinstance(node.item, Everything))
