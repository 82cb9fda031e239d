"""Can this saved query still find anything? What it means today, by the parser and lexicon that search uses.

A lexicon or a field table changes over the years, and a query that was good may come to mean nothing. That is never
passed over: subscribe() refuses it, matching marks the search with the reason, and its owner's next mail says so.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from search.fields import field_named
from search.query.complaining import Complaints
from search.query.parse import parse
from search.query.resolve import Citations, resolve
from search.query.tree import NOTHING, And, Everything, Field, Node, Not, Or
from search.results import Complaint


@dataclass(frozen=True, slots=True)
class Meaning:
    """`asked` is the tree as typed, `tree` as engines take it; `nothing`: why it can find nothing, or "".

    `lasting`: it means the same tomorrow. Last week does not, nor what a document cites.
    """

    asked: Node
    tree: Node
    complaints: tuple[Complaint, ...]
    nothing: str
    lasting: bool = True


def identity_of(query: str, filters: Mapping[str, Sequence[str]] | None = None, scope: str = "works") -> str:
    """What makes a saved search the same as another of its owner: query, filters and scope, in one hash."""
    ordered = {name: sorted(values) for name, values in sorted((filters or {}).items()) if values}
    return hashlib.sha256(json.dumps([query, ordered, scope]).encode()).hexdigest()


def meaning(query: str, citations: Citations | None = None, today: date | None = None) -> Meaning:
    """What the query means today; a saved search is asked again at every run, and means what it means then."""
    if not query.strip():
        return Meaning(NOTHING, NOTHING, (), "it is empty")
    parsed = parse(query, today=today)
    resolved = resolve(parsed.tree, citations)
    passing = Complaints()
    if parsed.passing:
        passing("passing_date", (0, len(query)))
    complaints = (*parsed.complaints, *resolved.complaints, *passing.all())
    why = ""
    if not _can_match(resolved.tree):
        why = "; ".join(complaint.message for complaint in complaints[:3]) or "there is nothing to search for in it"
    return Meaning(parsed.tree, resolved.tree, complaints, why, not (parsed.passing or _asks_the_catalog(parsed.tree)))


def _asks_the_catalog(node: Node) -> bool:
    if isinstance(node, And | Or):
        return any(_asks_the_catalog(item) for item in node.items)
    if isinstance(node, Not):
        return _asks_the_catalog(node.item)
    spec = field_named(node.field) if isinstance(node, Field) else None
    return spec is not None and spec.kind == "document"


def _can_match(node: Node) -> bool:
    """False if no work whatever could match."""
    if isinstance(node, And):
        return all(_can_match(item) for item in node.items)
    if isinstance(node, Or):
        return any(_can_match(item) for item in node.items)
    return not (isinstance(node, Not) and isinstance(node.item, Everything))
