"""What does the catalog hold about a work? Its documents, mentions, citations, and where and when it was seen.

Every list is bounded; where more mentions exist than are given, the record says how many there are.
"""

from collections.abc import Collection, Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import Catalog
from catalog.tables import captures, citations, documents, mentions, pages, works
from search.known import (
    Capture,
    Cited,
    CitedBy,
    Entry,
    Known,
    KnownDocument,
    Listed,
    Mentions,
    Place,
    Record,
    Spoken,
)

KINDS = ("country", "body", "instrument", "theme", "person", "organisation", "place", "date")
MANY_MENTIONS = 60  # a kind
MANY = 300  # documents, citations, captures


def find_work(catalog: Catalog, words: str) -> str | None:
    """The key of the work that `words` name: a key, a symbol in any usual spelling, or a SHA-256."""
    words = words.strip()
    with catalog.read() as connection:
        key = connection.execute(sa.select(works.c.key).where(works.c.key == words)).scalar()
        if key is not None:
            return str(key)
        of_file = sa.select(works.c.key).join(documents, documents.c.work_id == works.c.id)
        key = connection.execute(of_file.where(documents.c.sha256 == words.lower())).scalar()
        if key is not None:
            return str(key)
        found = works_by_symbol(connection, [words], publisher=None)
    return found.get(words)


def known_work(catalog: Catalog, key: str) -> Known | None:
    """Everything about the work with this key, in one consistent view; None if there is none."""
    with catalog.read() as connection:
        work = connection.execute(sa.select(works).where(works.c.key == key)).mappings().one_or_none()
        if work is None:
            return None
        files = _documents(connection, documents.c.work_id == work["id"])
        symbols = _unique([work["symbol"], *(symbol for file in files for symbol in file.symbols)])
        return Known(
            work_id=work["id"],
            work=work["key"],
            symbols=symbols,
            languages=_unique(language for file in files for language in (file.language, *file.languages)),
            documents=files,
            mentions=_mentions(connection, work["id"]),
            citations=_citations(connection, work["id"], work["publisher"]),
            cited_by=_cited_by(connection, work["id"], symbols),
            captures=_captures(connection, [file.sha256 for file in files]),
            **{name: work[name] for name in ("publisher", "symbol", "title", "body", "session", "agenda_item")},
            date=work["date"],
            kind=work["kind"],
        )


def known_document(catalog: Catalog, sha256: str) -> Record | None:
    """The file with these bytes, read or not, with its work and where it was seen; None if there is none."""
    with catalog.read() as connection:
        own = sa.select(documents.c.publisher, works.c.key).outerjoin(works, works.c.id == documents.c.work_id)
        row = connection.execute(own.where(documents.c.sha256 == sha256)).one_or_none()
        if row is None:
            return None
        (document,) = _documents(connection, documents.c.sha256 == sha256)
        return Record(document, row.publisher, row.key, _captures(connection, [sha256]))


def list_works(catalog: Catalog, after: int | None, limit: int) -> Listed:
    """The works with a document that was read, those that came last first: what comes meanwhile is before page one."""
    read = sa.exists().where(documents.c.work_id == works.c.id, documents.c.state == "read")
    query = sa.select(works).where(read).order_by(works.c.id.desc()).limit(limit + 1)
    with catalog.read() as connection:
        rows = connection.execute(query if after is None else query.where(works.c.id < after)).mappings().all()
        shown = rows[:limit]
        spoken = _languages(connection, [row["id"] for row in shown])
    names = ("publisher", "symbol", "title", "body", "session", "agenda_item", "date", "kind")
    entries = tuple(
        Entry(work=row["key"], languages=_unique(spoken.get(row["id"], ())), **{name: row[name] for name in names})
        for row in shown
    )
    return Listed(entries, shown[-1]["id"] if len(rows) > limit else None)


def kinds(catalog: Catalog) -> tuple[str, ...]:
    """Which kinds of works there are."""
    with catalog.read() as connection:
        found = connection.execute(sa.select(works.c.kind).where(works.c.kind.is_not(None)).distinct())
        return tuple(sorted(found.scalars()))


def _languages(connection: Connection, ids: Sequence[int]) -> dict[int, list[str | None]]:
    found: dict[int, list[str | None]] = {}
    columns = (documents.c.work_id, documents.c.language, documents.c.languages)
    for row in connection.execute(sa.select(*columns).where(documents.c.work_id.in_(ids)).order_by(documents.c.id)):
        found.setdefault(row.work_id, []).extend((row.language, *(row.languages or ())))
    return found


def _documents(connection: Connection, which: sa.ColumnElement[bool]) -> tuple[KnownDocument, ...]:
    rows = connection.execute(
        sa.select(documents).where(which).order_by(documents.c.symbol, documents.c.language, documents.c.id).limit(MANY)
    ).mappings()
    read = {row["id"]: row for row in rows}
    shape: dict[int, tuple[int, float | None]] = {}
    methods: dict[int, list[str]] = {}
    by_method = (
        sa.select(pages.c.document_id, pages.c.method, sa.func.count(), sa.func.min(pages.c.quality))
        .where(pages.c.document_id.in_(list(read)))
        .group_by(pages.c.document_id, pages.c.method)
        .order_by(pages.c.document_id, sa.func.count().desc(), pages.c.method)
    )
    for document_id, method, count, worst in connection.execute(by_method):
        total, quality = shape.get(document_id, (0, None))
        shape[document_id] = (total + count, worst if quality is None else min(quality, worst))
        methods.setdefault(document_id, []).append(method)
    return tuple(
        _document(row, *shape.get(document_id, (0, None)), tuple(methods.get(document_id, ())))
        for document_id, row in read.items()
    )


def _document(row: sa.RowMapping, count: int, quality: float | None, methods: tuple[str, ...]) -> KnownDocument:
    plain = ("sha256", "state", "reason", "language", "title", "body", "session", "agenda_item", "date", "kind")
    return KnownDocument(
        **{name: row[name] for name in plain},
        languages=tuple(row["languages"]),
        symbols=tuple(row["symbols"]),
        job_number=row["job_number"],
        media_type=row["media_type"],
        reader=row["reader"],
        read_at=row["read_at"],
        described_from=dict(row["described_from"]),
        pages=count,
        quality=quality,
        methods=methods,
    )


def _mentions(connection: Connection, work_id: int) -> tuple[Mentions, ...]:
    """Counted over all documents of the work; the first place is that of the earliest mention."""
    rows = connection.execute(
        sa.select(
            mentions.c.kind,
            mentions.c.value,
            sa.func.count().label("count"),
            sa.func.min(mentions.c.id).label("first"),
        )
        .join(documents, documents.c.id == mentions.c.document_id)
        .where(documents.c.work_id == work_id)
        .group_by(mentions.c.kind, mentions.c.value)
        .order_by(sa.desc("count"), mentions.c.value)
    ).all()
    by_kind: dict[str, list[sa.Row[tuple[str, str, int, int]]]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row)
    shown = {kind: values[:MANY_MENTIONS] for kind, values in by_kind.items()}
    firsts = _first_mentions(connection, [row.first for values in shown.values() for row in values])
    order = [kind for kind in KINDS if kind in shown] + sorted(set(shown) - set(KINDS))
    return tuple(
        Mentions(
            kind,
            len(by_kind[kind]),
            tuple(Spoken(row.value, firsts[row.first][0], row[2], firsts[row.first][1]) for row in shown[kind]),
        )
        for kind in order
    )


def _first_mentions(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[str, Place]]:
    found = connection.execute(
        sa.select(mentions.c.id, mentions.c.text, documents.c.sha256, mentions.c.ordinal, mentions.c.page)
        .join(documents, documents.c.id == mentions.c.document_id)
        .where(mentions.c.id.in_(ids))
    )
    return {row.id: (row.text, Place(row.sha256, row.ordinal, row.page)) for row in found}


def _citations(connection: Connection, work_id: int, publisher: str) -> tuple[Cited, ...]:
    rows = connection.execute(
        sa.select(
            citations.c.kind,
            citations.c.target,
            sa.func.count().label("count"),
            sa.func.min(citations.c.id).label("first"),
        )
        .join(documents, documents.c.id == citations.c.document_id)
        .where(documents.c.work_id == work_id)
        .group_by(citations.c.kind, citations.c.target)
        .order_by(sa.desc("count"), citations.c.target)
        .limit(MANY)
    ).all()
    firsts = connection.execute(
        sa.select(citations.c.id, documents.c.sha256, citations.c.ordinal, citations.c.page)
        .join(documents, documents.c.id == citations.c.document_id)
        .where(citations.c.id.in_([row.first for row in rows]))
    )
    places = {row.id: Place(row.sha256, row.ordinal, row.page) for row in firsts}
    here = works_by_symbol(connection, [row.target for row in rows if row.kind == "symbol"], publisher)
    return tuple(
        Cited(row.kind, row.target, row[2], places[row.first], here.get(row.target) if row.kind == "symbol" else None)
        for row in rows
    )


def _cited_by(connection: Connection, work_id: int, symbols: Sequence[str]) -> tuple[CitedBy, ...]:
    found = connection.execute(
        sa.select(works.c.key, works.c.title, works.c.symbol, works.c.date)
        .join(documents, documents.c.work_id == works.c.id)
        .join(citations, citations.c.document_id == documents.c.id)
        .where(citations.c.target.in_(symbols), citations.c.kind == "symbol", works.c.id != work_id)
        .distinct()
        .order_by(works.c.date.desc(), works.c.key)
        .limit(MANY)
    )
    return tuple(CitedBy(row.key, row.title, row.symbol, row.date) for row in found)


def _captures(connection: Connection, sha256s: Sequence[str]) -> tuple[Capture, ...]:
    names = ("sha256", "source", "url", "captured", "size", "media_type")
    found = connection.execute(
        sa.select(*(captures.c[name] for name in names))
        .where(captures.c.sha256.in_(sha256s))
        .order_by(captures.c.captured, captures.c.id)
        .limit(MANY)
    )
    return tuple(Capture(*row) for row in found)


def works_by_symbol(connection: Connection, symbols: Collection[str], publisher: str | None = None) -> dict[str, str]:
    """symbol as given -> key of the work here, looked up by its base symbol; the given publisher's work first."""
    bases = {symbol: _base(symbol, publisher) for symbol in symbols}
    rows = connection.execute(
        sa.select(works.c.symbol, works.c.publisher, works.c.key)
        .where(works.c.symbol.in_({*bases.values(), *bases}))
        .order_by(works.c.publisher == (publisher or "UN"), works.c.key)
    )
    keys = {row.symbol: row.key for row in rows}  # the wanted publisher comes last, and stays
    found = {symbol: keys.get(symbol, keys.get(base)) for symbol, base in bases.items()}
    return {symbol: key for symbol, key in found.items() if key is not None}


def _base(symbol: str, publisher: str | None) -> str:
    from lexicon import parse_symbol

    parsed = parse_symbol(symbol, publisher)
    return symbol if parsed is None else str(parsed.base)


def _unique(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
