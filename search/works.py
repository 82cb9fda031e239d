"""What is a work, as search sees it? The catalog's rows of a work, gathered into what engines index."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

import lexicon
from catalog import Catalog, tables
from search.analysis import plain
from search.engines.engine import IndexedParagraph, IndexedWork
from search.known import grade

MAX_NAMES = 2000  # persons or organisations of one work

SPOKEN_OF = ("country", "theme", "instrument", "person", "organisation")  # mentions that can be asked for

Rows = dict[int, list[Row[Any]]]


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found in documents, by document; sources by the hash of their bytes."""

    paragraphs: Rows
    pages: Rows
    mentions: Rows
    citations: Rows
    sources: dict[str, set[str]]


def load_works(catalog: Catalog, ids: Sequence[int]) -> list[IndexedWork]:
    """The works with these ids that have a document that was read, in the order of `ids`, from one state."""
    with catalog.read() as connection:
        works = {row.id: row for row in connection.execute(sa.select(tables.works).where(tables.works.c.id.in_(ids)))}
        table = tables.documents
        # in an order of their own, not of arrival: of passages that answer alike, the first one is quoted
        order = (table.c.symbol, table.c.language, table.c.sha256)
        rows = connection.execute(sa.select(table).where(table.c.work_id.in_(ids)).order_by(*order))
        # the state is not in the query: SQLite would then go by the index of states, through all documents
        documents = _grouped((row for row in rows if row.state == "read"), "work_id")
        own = [document.id for rows in documents.values() for document in rows]
        found = _Found(
            _of_documents(connection, tables.paragraphs, own, "ordinal"),
            _distinct(connection, tables.pages, own, "page", "quality"),
            _distinct(connection, tables.mentions, own, "ordinal", "kind", "value"),
            _distinct(connection, tables.citations, own, "ordinal", "kind", "target"),
            _sources(connection, [document.sha256 for rows in documents.values() for document in rows]),
        )
        seqs = last_changes(connection, list(documents))
    return [
        replace(_work(works[each], documents[each], found), seq=seqs.get(each, 0))
        for each in dict.fromkeys(ids)
        if each in works and each in documents
    ]


def _grouped(rows: Iterable[Row[Any]], key: str) -> Rows:
    grouped: Rows = defaultdict(list)
    for row in rows:
        grouped[getattr(row, key)].append(row)
    return dict(grouped)


def _of_documents(connection: Connection, table: sa.Table, ids: Sequence[int], order: str) -> Rows:
    query = sa.select(table).where(table.c.document_id.in_(ids)).order_by(table.c.document_id, table.c[order])
    return _grouped(connection.execute(query), "document_id")


def _distinct(connection: Connection, table: sa.Table, ids: Sequence[int], *columns: str) -> Rows:
    wanted = [table.c.document_id, *(table.c[name] for name in columns)]
    query = sa.select(*wanted).where(table.c.document_id.in_(ids)).distinct().order_by(*wanted)
    return _grouped(connection.execute(query), "document_id")


def _sources(connection: Connection, hashes: Sequence[str]) -> dict[str, set[str]]:
    table = tables.captures
    query = sa.select(table.c.sha256, table.c.source).where(table.c.sha256.in_(hashes)).distinct()
    sources: dict[str, set[str]] = defaultdict(set)
    for sha256, source in connection.execute(query):
        sources[sha256].add(source)
    return sources


def last_changes(connection: Connection, ids: Sequence[int]) -> dict[int, int]:
    """The number of each work's last change."""
    table = tables.changes
    query = (
        sa.select(table.c.work_id, sa.func.max(table.c.seq)).where(table.c.work_id.in_(ids)).group_by(table.c.work_id)
    )
    return dict(connection.execute(query).tuples().all())


def _work(work: Row[Any], documents: list[Row[Any]], found: _Found) -> IndexedWork:
    mentioned = [mention for document in documents for mention in found.mentions.get(document.id, ())]
    cited = [citation for document in documents for citation in found.citations.get(document.id, ())]
    sources = {source for document in documents for source in found.sources.get(document.sha256, ())}
    grades = {grade(page.quality) for document in documents for page in found.pages.get(document.id, ())}
    titles = {(document.language, document.title): None for document in documents if document.title}
    if work.title and work.title not in (title for _, title in titles):
        titles[(None, work.title)] = None
    values = {
        "symbol": _symbols(symbol for row in (work, *documents) for symbol in _all_symbols(row)),
        "publisher": _several(work.publisher),
        "body": _several(work.body, *(document.body for document in documents)),
        "session": _folded(work.session, *(document.session for document in documents)),
        "agenda": _folded(work.agenda_item, *(document.agenda_item for document in documents)),
        "kind": _folded(work.kind, *(document.kind for document in documents)),
        "year": _several(str(work.date.year) if work.date else None),
        "language": languages_of(documents),
        "source": _folded(*sorted(sources)),
        "cites": _symbols(citation.target for citation in cited),
        "article": _several(*(article_key(citation.target) for citation in cited if citation.kind == "article")),
        "quality": _several(*sorted(grades)),
        "country": _several(*(code for code in _values(mentioned, "country") if lexicon.country(code))),
        "theme": _values(mentioned, "theme"),
        "instrument": _values(mentioned, "instrument"),
    }
    names = {kind: _values(mentioned, kind)[:MAX_NAMES] for kind in ("person", "organisation")}
    texts = _paragraphs(documents, found, _by_paragraph(mentioned, cited))
    return IndexedWork(work.id, work.key, work.date, tuple(titles), values, names, texts)


def languages_of(documents: Iterable[Row[Any]]) -> tuple[str, ...]:
    """The languages of a work's documents, those of the six first."""
    codes = {code for row in documents for code in (row.language, *(row.languages or ())) if code}
    return tuple(sorted(codes, key=lambda code: (lexicon.language_code(code) is None, code)))


def _by_paragraph(mentioned: list[Row[Any]], cited: list[Row[Any]]) -> dict[tuple[int, int], list[tuple[str, str]]]:
    """What each paragraph speaks of, as (field, value), by document and ordinal."""
    spoken: dict[tuple[int, int], list[tuple[str, str]]] = defaultdict(list)
    for mention in mentioned:
        if mention.kind in SPOKEN_OF:
            spoken[mention.document_id, mention.ordinal].append((mention.kind, mention.value))
    for citation in cited:
        keys = _symbols([citation.target])
        spoken[citation.document_id, citation.ordinal].extend(("cites", key) for key in keys)
        if citation.kind == "article":
            spoken[citation.document_id, citation.ordinal].append(("article", article_key(citation.target)))
    return spoken


def _paragraphs(
    documents: list[Row[Any]], found: _Found, spoken: dict[tuple[int, int], list[tuple[str, str]]]
) -> tuple[IndexedParagraph, ...]:
    grades = {
        (document.id, page.page): ("quality", grade(page.quality))
        for document in documents
        for page in found.pages.get(document.id, ())
    }
    return tuple(
        IndexedParagraph(
            document.id,
            row.ordinal,
            row.language or document.language,
            row.text,
            tuple(filter(None, (*spoken.get((document.id, row.ordinal), ()), grades.get((document.id, row.page))))),
            row.kind,
        )
        for document in documents
        for row in found.paragraphs.get(document.id, ())
    )


def _all_symbols(row: Row[Any]) -> list[str]:
    return [symbol for symbol in (row.symbol, *(getattr(row, "symbols", None) or ())) if symbol]


def _symbols(texts: Iterable[str]) -> tuple[str, ...]:
    """Each symbol, the one it is a Rev., Add. or Corr. of, and its series, as `symbol:` looks them up."""
    return tuple(dict.fromkeys(key for text in texts for key in symbol_keys(text)))


@lru_cache(maxsize=65536)
def article_key(target: str) -> str:
    """A cited article, "ICRMW art. 25", as `article:` looks it up."""
    return plain(target.replace(" art. ", "/"))


@lru_cache(maxsize=65536)
def symbol_keys(text: str) -> tuple[str, ...]:
    """One symbol as `symbol:` and `cites:` look it up."""
    symbol = lexicon.parse_symbol(text)
    more = (str(symbol), str(symbol.base), symbol.series) if symbol else ()
    return tuple(dict.fromkeys(plain(key) for key in (text, *more) if key))


def _values(mentioned: Iterable[Row[Any]], kind: str) -> tuple[str, ...]:
    return _several(*(mention.value for mention in mentioned if mention.kind == kind))


def _several(*values: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


def _folded(*values: str | None) -> tuple[str, ...]:
    return _several(*(plain(value) for value in values if value))
