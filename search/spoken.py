"""Where does a paragraph speak of what a field asked for? By the mentions and citations that the catalog holds."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from catalog.tables import citations, mentions
from search.analysis import analyse
from search.query.tree import Exact, Leaf, Match, Node, StartsWith, positive_leaves
from search.works import SPOKEN_OF, article_key, symbol_keys

Place = tuple[int, int]  # document, ordinal


def spoken_of(connection: Connection, tree: Node, places: Sequence[Place]) -> dict[Place, list[tuple[int, int]]]:
    """Per paragraph the offsets of the words that speak of what the positive fields of a resolved tree ask for."""
    leaves = [leaf for leaf in positive_leaves(tree) if isinstance(leaf, Exact | StartsWith | Match)]
    asked = {leaf.where if isinstance(leaf, Match) else leaf.field for leaf in leaves}
    found: dict[Place, list[tuple[int, int]]] = defaultdict(list)
    kinds = asked & set(SPOKEN_OF)
    if kinds:
        for row in _rows(connection, mentions, places):
            if row.kind in kinds and any(_speaks(leaf, row.kind, (row.value,)) for leaf in leaves):
                found[row.document_id, row.ordinal].append((row.start, row.end))
    if asked & {"cites", "article"}:
        for row in _rows(connection, citations, places):
            keys = {"cites": symbol_keys(row.target)} | (
                {"article": (article_key(row.target),)} if row.kind == "article" else {}
            )
            if any(_speaks(leaf, field, values) for leaf in leaves for field, values in keys.items()):
                found[row.document_id, row.ordinal].append((row.start, row.end))
    return dict(found)


def _rows(connection: Connection, table: sa.Table, places: Sequence[Place]) -> Sequence[Row[Any]]:
    return connection.execute(sa.select(table).where(at_places(table, places))).all()


def at_places(table: sa.Table, places: Sequence[Place]) -> sa.ColumnElement[bool]:
    """The rows of these paragraphs; said document by document, since SQLite uses no index for pairs of values."""
    ordinals: dict[int, list[int]] = defaultdict(list)
    for document, ordinal in places:
        ordinals[document].append(ordinal)
    return sa.or_(
        *((table.c.document_id == document) & table.c.ordinal.in_(numbers) for document, numbers in ordinals.items())
    )


def _speaks(leaf: Leaf, field: str, values: Sequence[str]) -> bool:
    match leaf:
        case Exact(field=own, values=wanted):
            return own == field and any(value in wanted for value in values)
        case StartsWith(field=own, prefix=prefix):
            return own == field and any(value.startswith(prefix) for value in values)
        case Match(where=own, alternatives=alternatives, prefix=prefix):
            if own != field:
                return False
            wanted = alternatives[0][1]
            tokens = analyse(values[0], None)
            if prefix:
                return any(token.startswith(wanted[0]) for token in tokens)
            return any(tuple(tokens[i : i + len(wanted)]) == wanted for i in range(len(tokens)))
    return False
