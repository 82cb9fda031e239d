"""Which documents does a document cite? What `cited-by:` stands for, as the catalog knows it when it is asked."""

from collections.abc import Iterator

import sqlalchemy as sa

import lexicon
from catalog import Catalog
from catalog.tables import citations, documents, works
from search.analysis import plain


class Citing:
    """Asked with a symbol, as typed: the symbols that its work cites, as `symbol:` looks them up."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    def __call__(self, symbol: str) -> tuple[str, ...] | None:
        """None if there is no such document here."""
        with self.catalog.read() as connection:
            named = [*connection.execute(_works_named(symbol)).scalars()]
            cited = sa.select(citations.c.target).join(documents, documents.c.id == citations.c.document_id)
            cited = cited.where(documents.c.work_id.in_(named), documents.c.state == "read")
            cited = cited.where(citations.c.kind == "symbol").distinct().order_by(citations.c.target)
            targets = [*connection.execute(cited).scalars()] if named else []
        return tuple(dict.fromkeys(key for target in targets for key in _work_keys(target))) if named else None


def _works_named(symbol: str) -> sa.Select[tuple[int]]:
    """By their key or by the symbol of a document: neither goes through all works."""
    parsed = lexicon.parse_symbol(symbol)
    names = {symbol, symbol.upper(), *((str(parsed), str(parsed.base)) if parsed else ())}
    keys = [f"{publisher.code}:{name}" for publisher in lexicon.publishers() for name in sorted(names)]
    of_documents = sa.select(documents.c.work_id).where(documents.c.symbol.in_(sorted(names)))
    return sa.select(works.c.id).where(works.c.key.in_(keys) | works.c.id.in_(of_documents)).order_by(works.c.id)


def _work_keys(target: str) -> Iterator[str]:
    """A citation of a revision is one of its work, whose base symbol is in the index with each of its versions."""
    parsed = lexicon.parse_symbol(target)
    yield plain(str(parsed.base) if parsed else target)
