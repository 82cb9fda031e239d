"""What does a document say? Its text as read, by page and paragraph, whole or one part at a time.

A part is what fits on one web page; parts are cut at paragraphs, never inside one, and always in the same way.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import Catalog
from catalog.tables import documents, grids, pages, paragraphs, works
from pipeline import POOR

PART = 24_000  # characters of a part; a longer paragraph is a part by itself


@dataclass(frozen=True, slots=True)
class ReadParagraph:
    """`number` as printed, None where none is; `repeated`: an earlier paragraph of the document has the same number.

    `kind` is text, heading, row or note. It runs from `page` to `last_page`. A note has its `mark`; `marks` has
    (start, end, ordinal of the note) of each mark in a text; a row belongs to the table number `grid`.
    """

    ordinal: int
    number: str | None
    language: str | None
    text: str
    repeated: bool
    kind: str = "text"
    page: int = 0
    last_page: int = 0
    mark: str | None = None
    marks: tuple[tuple[int, int, int], ...] = ()
    grid: int | None = None


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page with those of its paragraphs that are in the part; `begins` is False if an earlier part began it.

    `note` says why it could not be read, or not well; what `awaits_ocr` has only what could be read without.
    """

    page: int
    method: str
    quality: float
    language: str | None
    text: str
    paragraphs: tuple[ReadParagraph, ...]
    begins: bool = True
    note: str = ""
    awaits_ocr: bool = False

    @property
    def poor(self) -> bool:
        """Whether searches may miss what stands here."""
        return self.quality < POOR


@dataclass(frozen=True, slots=True)
class ReadGrid:
    """A table as data; all rows are equally long."""

    number: int
    page: int
    last_page: int
    title: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """`first` and `last` are pages; `start` is the ordinal of its first paragraph, None if it has none."""

    first: int
    last: int
    start: int | None


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A document with the text of one part, or all of it; `parts` has them all, `part` is the number of this one."""

    sha256: str
    work: str | None
    publisher: str
    state: str
    reason: str
    title: str
    symbol: str | None
    date: date | None
    language: str | None
    media_type: str
    reader: str
    pages: tuple[ReadPage, ...]
    parts: tuple[Part, ...]
    part: int | None = None
    grids: tuple[ReadGrid, ...] = ()  # those with rows here
    facts: Mapping[str, list[str]] = field(default_factory=dict)  # heads, feet, job_numbers, and pages not read


@dataclass(frozen=True, slots=True)
class Spot:
    """Which part is wanted: that with paragraph `at`, else with `page`, else the one of that number, else the first."""

    at: int | None = None
    page: int | None = None
    part: int | None = None


@dataclass(frozen=True, slots=True)
class File:
    """What the bytes of a document are called and made of."""

    sha256: str
    media_type: str
    symbol: str | None
    language: str | None


def find_file(catalog: Catalog, sha256: str) -> File | None:
    """The file with these bytes, read or not; None if no document has them."""
    columns = (documents.c[name] for name in ("sha256", "media_type", "symbol", "language"))
    with catalog.read() as connection:
        row = connection.execute(sa.select(*columns).where(documents.c.sha256 == sha256)).one_or_none()
    return None if row is None else File(*row)


def find_document(catalog: Catalog, words: str, language: str | None = None) -> str | None:
    """The SHA-256 of the document that `words` name: a SHA-256, or a symbol (then the given language, or English)."""
    with catalog.read() as connection:
        exact = sa.select(documents.c.sha256).where(documents.c.sha256 == words.strip().lower())
        found = connection.execute(exact).scalar()
        if found is None:
            found = _by_symbol(connection, words, language)
    return None if found is None else str(found)


def read_document(catalog: Catalog, sha256: str, spot: Spot | None = None) -> ReadDocument | None:
    """The document's text: all of it, or the part with the spot."""
    with catalog.read() as connection:
        row = _document(connection, sha256)
        if row is None:
            return None
        outline = _outline(connection, row["id"])
        cuts = _cut(outline) if spot else [outline]
        here = _choose(cuts, spot) if spot else 0
        read = _pages(connection, row["id"], cuts[here]) if outline else ()
        tables = _grids(connection, row["id"], read)
    names = ("sha256", "publisher", "state", "reason", "title", "symbol", "date", "language", "media_type", "reader")
    return ReadDocument(
        **{name: row[name] for name in names},
        work=row["key"],
        pages=read,
        parts=tuple(_part(cut) for cut in cuts if cut),
        part=here + 1 if spot else None,
        grids=tables,
        facts=row["facts"] or {},
    )


def read_page(catalog: Catalog, sha256: str, page: int) -> ReadPage | None:
    """One page of a document, whole; None if there is no such document or page."""
    with catalog.read() as connection:
        row = _document(connection, sha256)
        pieces = [piece for piece in _outline(connection, row["id"]) if piece.page == page] if row else []
        return _pages(connection, row["id"], pieces)[0] if row and pieces else None


@dataclass(frozen=True, slots=True)
class _Piece:
    """A paragraph, or (ordinal None) a page on which none was found."""

    page: int
    ordinal: int | None
    length: int


def _document(connection: Connection, sha256: str) -> sa.RowMapping | None:
    query = sa.select(documents, works.c.key).outerjoin(works, works.c.id == documents.c.work_id)
    return connection.execute(query.where(documents.c.sha256 == sha256)).mappings().one_or_none()


def _by_symbol(connection: Connection, words: str, language: str | None) -> str | None:
    from lexicon import parse_symbol

    parsed = parse_symbol(words)
    symbols = [words.strip(), *([str(parsed)] if parsed else [])]
    of_symbol = sa.select(documents.c.sha256).where(documents.c.symbol.in_(symbols), documents.c.state == "read")
    if language:
        of_symbol = of_symbol.where(documents.c.language == language)
    first = of_symbol.order_by(documents.c.language != "en", documents.c.id).limit(1)
    return connection.execute(first).scalar()


def _outline(connection: Connection, document_id: int) -> list[_Piece]:
    by_paragraph = (
        sa.select(paragraphs.c.page, paragraphs.c.ordinal, sa.func.length(paragraphs.c.text))
        .where(paragraphs.c.document_id == document_id)
        .order_by(paragraphs.c.ordinal)
    )
    pieces = [_Piece(*row) for row in connection.execute(by_paragraph)]
    by_page = sa.select(pages.c.page, sa.func.length(pages.c.text)).where(pages.c.document_id == document_id)
    with_text = {piece.page for piece in pieces}
    bare = [_Piece(page, None, length) for page, length in connection.execute(by_page) if page not in with_text]
    return sorted([*pieces, *bare], key=lambda piece: piece.page)  # stable: paragraphs of a page stay in order


def _cut(outline: list[_Piece]) -> list[list[_Piece]]:
    cuts: list[list[_Piece]] = [[]]
    room = PART
    for piece in outline:
        if piece.length > room and cuts[-1]:
            cuts.append([])
            room = PART
        cuts[-1].append(piece)
        room -= piece.length
    return cuts


def _choose(cuts: list[list[_Piece]], spot: Spot) -> int:
    for number, cut in enumerate(cuts):
        if spot.at is not None and any(piece.ordinal == spot.at for piece in cut):
            return number
    for number, cut in enumerate(cuts):
        if spot.page is not None and any(piece.page == spot.page for piece in cut):
            return number
    return spot.part - 1 if spot.part and 1 <= spot.part <= len(cuts) else 0


def _part(cut: list[_Piece]) -> Part:
    return Part(cut[0].page, cut[-1].page, next((piece.ordinal for piece in cut if piece.ordinal is not None), None))


def _pages(connection: Connection, document_id: int, cut: list[_Piece]) -> tuple[ReadPage, ...]:
    ordinals = [piece.ordinal for piece in cut if piece.ordinal is not None]
    texts = {paragraph.ordinal: paragraph for paragraph in _paragraphs(connection, document_id, ordinals)}
    about = connection.execute(
        sa.select(pages).where(pages.c.document_id == document_id, pages.c.page.between(cut[0].page, cut[-1].page))
    )
    known = {row.page: row for row in about}
    first = connection.execute(
        sa.select(sa.func.min(paragraphs.c.ordinal)).where(
            paragraphs.c.document_id == document_id, paragraphs.c.page == cut[0].page
        )
    ).scalar()
    made = []
    for page, pieces in groupby(cut, key=lambda piece: piece.page):
        inside = tuple(texts[piece.ordinal] for piece in pieces if piece.ordinal is not None)
        row = known.get(page)
        begins = not inside or page != cut[0].page or inside[0].ordinal == first
        if row is None:  # a paragraph whose page was never written down
            made.append(ReadPage(page, "unknown", 0.0, None, "", inside, begins))
        else:
            about_it = (row.method, row.quality, row.language, row.text, inside, begins, row.note, row.awaits_ocr)
            made.append(ReadPage(page, *about_it))
    return tuple(made)


def _grids(connection: Connection, document_id: int, read: tuple[ReadPage, ...]) -> tuple[ReadGrid, ...]:
    """The tables that have a row on these pages."""
    wanted = {each.grid for page in read for each in page.paragraphs if each.grid is not None}
    if not wanted:
        return ()
    own = sa.select(grids).where(grids.c.document_id == document_id, grids.c.number.between(min(wanted), max(wanted)))
    return tuple(
        ReadGrid(row.number, row.page, row.last_page, row.title, tuple(map(tuple, row.rows)))
        for row in connection.execute(own.order_by(grids.c.number))
        if row.number in wanted
    )


def _paragraphs(connection: Connection, document_id: int, ordinals: list[int]) -> Iterator[ReadParagraph]:
    if not ordinals:
        return
    of_document = paragraphs.c.document_id == document_id
    before = connection.execute(
        sa.select(paragraphs.c.number)
        .where(of_document, paragraphs.c.ordinal < min(ordinals), paragraphs.c.number.is_not(None))
        .distinct()
    )
    seen = set(before.scalars())
    between = paragraphs.c.ordinal.between(min(ordinals), max(ordinals))
    for row in connection.execute(sa.select(paragraphs).where(of_document, between).order_by(paragraphs.c.ordinal)):
        marks = tuple((start, end, note) for start, end, note in row.marks)
        own = (row.kind, row.page, max(row.page, row.last_page), row.mark, marks, row.grid)
        yield ReadParagraph(row.ordinal, row.number, row.language, row.text, row.number in seen, *own)
        seen.add(row.number)
