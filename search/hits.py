"""What does a reader see of a work that answers? Its title in his language, and the paragraphs that answer.

A work's passages are those in the reader's language if any answers in it, else any that answer; of a paragraph that
answers by itself (`dress_paragraphs`) the work is shown beside it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from catalog import Catalog
from catalog.tables import documents, pages, paragraphs, works
from search.engines.engine import Engine, PassageAddress
from search.marks import MAX_WINDOWS, WINDOW, marks
from search.query.tree import Node
from search.results import Hit, Passage
from search.spoken import at_places, spoken_of
from search.works import languages_of

PASSAGES = 3  # a work
LONGEST = 2400  # characters of a passage; of a longer paragraph, the part around its first mark
BEFORE = 300
NEAR = 60
TOGETHER = 300  # works or paragraphs in one query: SQLite nests no more than a thousand alternatives
READ = WINDOW * MAX_WINDOWS  # characters of a paragraph that are looked at for the words

Documents = dict[int, list[Row[Any]]]
T = TypeVar("T")


def dress(catalog: Catalog, engine: Engine, tree: Node, ids: Sequence[int], language: str | None) -> tuple[Hit, ...]:
    """The works with these ids as hits, in this order; one that has left the catalog since is left out."""
    if not ids:
        return ()
    addresses = engine.passages(tree, ids, language, PASSAGES)
    with catalog.read() as connection:
        rows = {row.id: row for row in connection.execute(sa.select(works).where(works.c.id.in_(ids)))}
        of_work = _documents(connection, ids)
        found = _passages(connection, tree, of_work, [address for each in ids for address in addresses[each]])
    return tuple(
        _hit(rows[each], of_work[each], [found[at] for at in addresses[each] if at in found], language)
        for each in ids
        if each in rows
    )


class Finder(Protocol):
    """What finds the passages of works that answer: an engine, or one that puts some of them first."""

    def passages(
        self, tree: Node, works: Sequence[int], language: str | None, limit: int
    ) -> dict[int, tuple[PassageAddress, ...]]: ...


def dress_many(
    catalog: Catalog, engine: Finder, asked: Sequence[tuple[Node, Sequence[int]]], language: str | None, most: int = 1
) -> list[tuple[Hit, ...]]:
    """As dress(), for many trees each with its works; the catalog is asked for all of them together."""
    addresses = [engine.passages(tree, ids, language, most) for tree, ids in asked]
    works_asked = sorted({work for _, ids in asked for work in ids})
    places = {(at.document_id, at.ordinal) for each in addresses for found in each.values() for at in found}
    with catalog.read() as connection:
        rows: dict[int, Row[Any]] = {}
        of_work: Documents = defaultdict(list)
        for ids in _parts(works_asked):
            rows |= {row.id: row for row in connection.execute(sa.select(works).where(works.c.id.in_(ids)))}
            of_work |= _documents(connection, ids)
        texts = {
            (row.document_id, row.ordinal): row
            for part in _parts(sorted(places))
            for row in connection.execute(_paragraphs(part))
        }
        made = []
        for (tree, ids), each in zip(asked, addresses, strict=True):
            known = {work: of_work.get(work, []) for work in ids if work in rows}
            mine = [at for work in known for at in each[work]]
            found = _passages(connection, tree, known, mine, texts)
            made.append(
                tuple(
                    _hit(rows[work], own, [found[at] for at in each[work] if at in found], language)
                    for work, own in known.items()
                )
            )
    return made


def dress_paragraphs(
    catalog: Catalog, tree: Node, found: Sequence[tuple[int, PassageAddress]], language: str | None
) -> tuple[Hit, ...]:
    """These paragraphs (each with its work's id) as hits of one passage, in this order; several may be of one work.

    One that has left the catalog, or whose document was read anew since it was indexed, is left out.
    """
    ids = list(dict.fromkeys(work for work, _ in found))
    if not ids:
        return ()
    with catalog.read() as connection:
        rows = {row.id: row for row in connection.execute(sa.select(works).where(works.c.id.in_(ids)))}
        of_work = _documents(connection, ids)
        passages = _passages(connection, tree, of_work, [address for _, address in found])
    return tuple(
        _hit(rows[work], of_work[work], [passages[address]], language)
        for work, address in found
        if work in rows and address in passages
    )


def passages_at(
    catalog: Catalog, tree: Node, found: Sequence[tuple[int, PassageAddress]]
) -> dict[PassageAddress, Passage]:
    """The paragraphs at these addresses (each with its work's id), as far as the catalog still has them."""
    with catalog.read() as connection:
        of_work = _documents(connection, list(dict.fromkeys(work for work, _ in found)))
        return _passages(connection, tree, of_work, [address for _, address in found])


def _documents(connection: Connection, ids: Sequence[int]) -> Documents:
    columns = ("id", "work_id", "sha256", "symbol", "symbols", "title", "language", "languages", "state")
    wanted = [documents.c[name] for name in columns]
    query = sa.select(*wanted).where(documents.c.work_id.in_(ids)).order_by(documents.c.id)
    grouped: Documents = defaultdict(list)
    for row in connection.execute(query):
        if row.state == "read":  # not in the query: SQLite would then go by the index of states
            grouped[row.work_id].append(row)
    return grouped


def _hit(work: Row[Any], own: list[Row[Any]], passages: list[Passage], language: str | None) -> Hit:
    symbols = [work.symbol, *(symbol for row in own for symbol in (row.symbol, *(row.symbols or ())))]
    titles = [row.title for row in own if row.title and language and row.language == language]
    any_title = [row.title for row in own if row.title]
    return Hit(
        work_id=work.id,
        work=work.key,
        symbols=tuple(dict.fromkeys(symbol for symbol in symbols if symbol)),
        title=next(iter([*titles, work.title, *any_title]), "") or next(iter(any_title), ""),
        date=work.date,
        publisher=work.publisher,
        body=work.body,
        languages=languages_of(own),
        passages=tuple(passages),
    )


def _passages(
    connection: Connection,
    tree: Node,
    of_work: Documents,
    addresses: Sequence[PassageAddress],
    texts: Mapping[tuple[int, int], Row[Any]] | None = None,
) -> dict[PassageAddress, Passage]:
    """The paragraphs at these addresses; one is missing if its document was read anew since it was indexed.

    `texts`: their rows, where they were read before.
    """
    by_id = {row.id: row for rows in of_work.values() for row in rows}
    wanted = [(at.document_id, at.ordinal) for at in addresses if at.document_id in by_id]
    if not wanted:
        return {}
    if texts is None:
        rows = list(connection.execute(_paragraphs(wanted)))
    else:
        rows = [texts[place] for place in wanted if place in texts]
    spoken = spoken_of(connection, tree, wanted)
    return {
        PassageAddress(row.document_id, row.ordinal): _passage(
            tree, row, by_id[row.document_id], spoken.get((row.document_id, row.ordinal), [])
        )
        for row in rows
    }


def _paragraphs(places: Sequence[tuple[int, int]]) -> sa.Select[Any]:
    """These paragraphs with the quality of their pages; of a long one, as much as is looked at for the words."""
    columns = [column for column in paragraphs.c if column.name != "text"]
    text = sa.func.substr(paragraphs.c.text, 1, READ).label("text")
    worst = (  # of the pages it runs over
        sa.select(sa.func.min(pages.c.quality))
        .where(
            pages.c.document_id == paragraphs.c.document_id,
            pages.c.page.between(paragraphs.c.page, paragraphs.c.last_page),
        )
        .correlate(paragraphs)
        .scalar_subquery()
    )
    return sa.select(*columns, text, worst.label("quality")).where(at_places(paragraphs, places))


def _parts(things: Sequence[T]) -> Iterator[Sequence[T]]:
    return (things[start : start + TOGETHER] for start in range(0, len(things), TOGETHER))


def _passage(tree: Node, row: Row[Any], document: Row[Any], spoken: list[tuple[int, int]]) -> Passage:
    language = row.language or document.language
    text, spans = _cut(row.text, marks(tree, row.text, language, spoken))
    return Passage(
        sha256=document.sha256,
        language=language,
        page=row.page,
        paragraph=row.number,
        ordinal=row.ordinal,
        text=text,
        marks=spans,
        citation=cite(document.symbol or document.title or document.sha256[:12], row),
        quality=1.0 if row.quality is None else row.quality,
        last_page=row.last_page,
    )


class Cited(Protocol):
    """What of a paragraph is needed to cite it."""

    @property
    def number(self) -> str | None: ...
    @property
    def page(self) -> int: ...
    @property
    def last_page(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def mark(self) -> str | None: ...


def cite(name: str, paragraph: Cited) -> str:
    """A passage as it is cited: "A/HRC/47/30, para. 45", "A/HRC/47/30, footnote 12"; by its pages where no number is
    printed to cite it by."""
    if paragraph.kind == "text" and paragraph.number:
        return f"{name}, para. {paragraph.number}"
    if paragraph.kind == "note" and (paragraph.mark or "").isdigit():
        return f"{name}, footnote {paragraph.mark}"
    over = paragraph.last_page > paragraph.page
    return f"{name}, pp. {paragraph.page}–{paragraph.last_page}" if over else f"{name}, p. {paragraph.page}"


def _cut(text: str, spans: tuple[tuple[int, int], ...]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Of a paragraph that is too long, a part around its first mark."""
    if len(text) <= LONGEST:
        return text, spans
    start = max(0, spans[0][0] - BEFORE) if spans else 0
    start = (text.rfind(" ", max(0, start - NEAR), start) + 1) or start  # Chinese has no spaces to begin behind
    end = start + LONGEST
    inside = tuple((a - start, b - start) for a, b in spans if a >= start and b <= end)
    return text[start:end], inside
