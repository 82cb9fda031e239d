"""Where is someone or something spoken of, and where is a document cited? One row a place, in the catalog's order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from catalog import Catalog
from catalog.tables import citations, documents, mentions, works
from search.shelf import works_by_symbol

_WHERE = ("ordinal", "page", "start", "end")


@dataclass(frozen=True, slots=True)
class Spot:
    """Characters `start` to `end` of a paragraph of a file."""

    work: str | None
    sha256: str
    page: int
    ordinal: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mentioned:
    """`value` is a code of the lexicon, or the name as written; `origin`: lexicon or model."""

    id: int
    kind: str
    value: str
    text: str
    origin: str
    at: Spot


@dataclass(frozen=True, slots=True)
class Quoted:
    """A citation; `cited` is the key of the cited work when it is here."""

    id: int
    kind: str
    target: str
    text: str
    cited: str | None
    at: Spot


@dataclass(frozen=True, slots=True)
class Leaf:
    """Which rows: those after the one with the id `after`, at most `limit`."""

    after: int
    limit: int


def mentions_where(
    catalog: Catalog, leaf: Leaf, work_id: int | None = None, what: tuple[str, str] | None = None
) -> tuple[list[Mentioned], int | None]:
    """The mentions of a work, or of `what` (kind, value), or all; with the next page's cursor."""
    equal = {"kind": [what[0]], "value": [what[1]]} if what else {}
    rows, after = _rows(catalog, mentions, leaf, work_id, equal)
    return [Mentioned(row.id, row.kind, row.value, row.text, row.origin, _spot(row)) for row in rows], after


def citations_where(
    catalog: Catalog, leaf: Leaf, work_id: int | None = None, targets: Sequence[str] = ()
) -> tuple[list[Quoted], int | None]:
    """What a work cites, or who cites one of these targets, or all; with the next page's cursor."""
    rows, after = _rows(catalog, citations, leaf, work_id, {"target": targets} if targets else {})
    with catalog.read() as connection:
        here = works_by_symbol(connection, {row.target for row in rows if row.kind == "symbol"})
    return [Quoted(row.id, row.kind, row.target, row.text, here.get(row.target), _spot(row)) for row in rows], after


def spellings(target: str) -> tuple[str, ...]:
    """How the catalog may have written what is cited: as it was typed, and as symbols and articles are written."""
    from lexicon import parse_symbol
    from search.query.articles import read_article

    symbol, article = parse_symbol(target), read_article(target)
    written = [target.strip(), *((str(symbol),) if symbol else ())]
    if article and article.number:
        written.append(f"{article.instrument.code} art. {article.number}")
    return tuple(dict.fromkeys(written))


def _rows(
    catalog: Catalog, table: sa.Table, leaf: Leaf, work_id: int | None, equal: Mapping[str, Sequence[str]]
) -> tuple[Sequence[sa.Row[Any]], int | None]:
    query = (
        sa.select(table, documents.c.sha256, works.c.key)
        .join(documents, documents.c.id == table.c.document_id)
        .outerjoin(works, works.c.id == documents.c.work_id)
        .where(table.c.id > leaf.after, *(table.c[name].in_(values) for name, values in equal.items()))
        .order_by(table.c.id)
        .limit(leaf.limit + 1)
    )
    with catalog.read() as connection:
        if work_id is not None:
            own = connection.execute(sa.select(documents.c.id).where(documents.c.work_id == work_id)).scalars().all()
            query = query.where(table.c.document_id.in_(own))
        rows = connection.execute(query).all()
    return rows[: leaf.limit], rows[leaf.limit - 1].id if len(rows) > leaf.limit else None


def _spot(row: sa.Row[Any]) -> Spot:
    return Spot(row.key, row.sha256, **{name: getattr(row, name) for name in _WHERE})
