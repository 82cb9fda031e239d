"""What is to be told of the works that matched? Title, symbol and date, which searches found it, and the best passage.

Works that several members are told of are read and indexed once. Passages are looked up only for what a mail shows in
full, since a search of one word may well match thousands of works.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from catalog import NOTED, Catalog
from catalog.tables import changes, documents, pages, paragraphs, works
from search.alerts.mails.letter import EARLIER, NEW, REVISED, Item, Watched
from search.alerts.mails.setting import FULL, in_order
from search.alerts.mails.untold import Match
from search.alerts.members.saved import Meaning, meaning
from search.citing import Citing
from search.marks import marks
from search.query.say import say
from search.results import Hit, Passage
from search.spoken import at_places

CHUNK = 10_000  # ids in one query
RECENT = timedelta(days=2)
LOADED = 100  # works read from the catalog at once
ANNEXES = ("annex", "anexo", "appendix", "приложение", "附件", "مرفق", "المرفق")  # what the heading of one begins with

_remembered = lru_cache(maxsize=20_000)(meaning)


class Stands(NamedTuple):
    """Where a passage stands: its document's id, how the page was read, what part of the document it is."""

    document_id: int
    method: str
    part: str


class Contents:
    """The works of one round of mails, and what their passages say; new are those that came after change `after`.

    Where there was no such change, because no run came before: those of the last days.
    """

    def __init__(self, catalog: Catalog, ids: Sequence[int], now: datetime, after: int | None) -> None:
        from search.engines import open_engine
        from search.works import load_works

        self._catalog = catalog
        self._works = _rows(catalog, ids)
        self._came = _came(catalog, ids)
        self._after, self._recent = after, now - RECENT
        self._hits: dict[tuple[str, str, int], Hit] = {}
        self._stands: dict[tuple[str, int], Stands] = {}
        self._said: dict[tuple[str, str], str] = {}
        self._engine = open_engine(None)
        for start in range(0, len(ids), LOADED):
            self._engine.add(load_works(catalog, ids[start : start + LOADED]))
        self._engine.commit()

    def items(self, matches: Sequence[Match], language: str) -> tuple[Item, ...]:
        """Each work once, in the order of the mail, with every search that found it; the first FULL with a passage."""
        of_work: dict[int, list[Match]] = {}
        for match in matches:
            if match.work_id in self._works:
                of_work.setdefault(match.work_id, []).append(match)
        bare = {self._bare(work, found, language): work for work, found in of_work.items()}
        order = sorted(bare, key=in_order)
        self._look_up([(item, bare[item]) for item in order[:FULL]], language)
        return tuple(self._dressed(item, bare[item], language) for item in order)

    def title(self, work: int) -> tuple[str, str] | None:
        """The key and the title of a work; None if it has left the catalog."""
        row = self._works.get(work)
        return (row.key, row.title or row.symbol or row.key) if row else None

    def _watched(self, match: Match, language: str) -> Watched:
        key = (match.query, language)
        if key not in self._said:
            self._said[key] = say(_meaning(self._catalog, match.query).asked, language)
        return Watched(match.search_id, match.name, match.query, self._said[key])

    def _bare(self, work: int, found: Sequence[Match], language: str) -> Item:
        row = self._works[work]
        looked_back = all(match.origin == "look back" for match in found)
        return Item(
            key=row.key,
            title=row.title or row.symbol or "",
            symbol=row.symbol,
            date=row.date,
            publisher=row.publisher,
            body=row.body,
            languages=(),
            reasons=tuple(self._watched(match, language) for match in found),
            passage=None,
            standing=EARLIER if looked_back else NEW if self._is_new(work) else REVISED,
            late=any(match.origin == "audit" for match in found),
            match_id=found[0].match_id,
        )

    def _is_new(self, work: int) -> bool:
        seq, at = self._came.get(work, (0, self._recent))
        return at > self._recent if self._after is None else seq > self._after

    def _look_up(self, items: Sequence[tuple[Item, int]], language: str) -> None:
        """Hits for the first search that found each item, one look-up a search."""
        from search.hits import dress

        wanted: dict[str, list[int]] = {}
        for item, work in items:
            query = item.reasons[0].query
            if (query, language, work) not in self._hits:
                wanted.setdefault(query, []).append(work)
        passages: list[Passage] = []
        for query, ids in wanted.items():
            for hit in dress(self._catalog, self._engine, _meaning(self._catalog, query).tree, ids, language):
                self._hits[(query, language, hit.work_id)] = replace(hit, passages=hit.passages[:1])
                passages += hit.passages[:1]
        self._stands |= _stands(self._catalog, passages)

    def _dressed(self, item: Item, work: int, language: str) -> Item:
        hit = self._hits.get((item.reasons[0].query, language, work))
        if hit is None:
            return item
        found = replace(item, title=hit.title or item.title, languages=hit.languages)
        if not hit.passages:
            tree = _meaning(self._catalog, item.reasons[0].query).tree
            return replace(found, part="title" if marks(tree, hit.title, None) else "")
        passage = hit.passages[0]
        stands = self._stands.get((passage.sha256, passage.ordinal))
        if stands is None:
            return replace(found, passage=passage)
        return replace(found, passage=passage, **stands._asdict())


def _meaning(catalog: Catalog, query: str) -> Meaning:
    understood = _remembered(query)
    return understood if understood.lasting else meaning(query, Citing(catalog))


def _rows(catalog: Catalog, ids: Sequence[int]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    with catalog.read() as connection:
        for start in range(0, len(ids), CHUNK):
            query = sa.select(works).where(works.c.id.in_(ids[start : start + CHUNK]))
            found.update((row.id, row) for row in connection.execute(query))
    return found


def _came(catalog: Catalog, ids: Sequence[int]) -> dict[int, tuple[int, datetime]]:
    """Per work, the change with which it came, and when."""
    found: dict[int, tuple[int, datetime]] = {}
    with catalog.read() as connection:
        for start in range(0, len(ids), CHUNK):
            mine = changes.c.work_id.in_(ids[start : start + CHUNK]) & (changes.c.kind != NOTED)
            first = sa.select(sa.func.min(changes.c.seq)).where(mine).group_by(changes.c.work_id)
            query = sa.select(changes.c.work_id, changes.c.seq, changes.c.at).where(changes.c.seq.in_(first))
            found |= {row.work_id: (row.seq, row.at) for row in connection.execute(query)}
    return found


def _stands(catalog: Catalog, passages: Iterable[Passage]) -> dict[tuple[str, int], Stands]:
    """By sha256 and ordinal, where these passages stand."""
    wanted = {(passage.sha256, passage.ordinal) for passage in passages}
    if not wanted:
        return {}
    with catalog.read() as connection:
        mine = documents.c.sha256.in_({sha256 for sha256, _ in wanted})
        ids = dict(connection.execute(sa.select(documents.c.sha256, documents.c.id).where(mine)).tuples().all())
        places = [(ids[sha256], ordinal) for sha256, ordinal in wanted if sha256 in ids]
        if not places:
            return {}
        on_page = (pages.c.document_id == paragraphs.c.document_id) & (pages.c.page == paragraphs.c.page)
        query = (
            sa.select(paragraphs.c.document_id, paragraphs.c.ordinal, paragraphs.c.kind, pages.c.method)
            .select_from(paragraphs.outerjoin(pages, on_page))
            .where(at_places(paragraphs, places))
        )
        rows = {(row.document_id, row.ordinal): row for row in connection.execute(query)}
        annexes = _annexes(connection, sorted(set(ids.values())))
    found: dict[tuple[str, int], Stands] = {}
    for sha256, ordinal in wanted:
        row = rows.get((ids.get(sha256, 0), ordinal))
        if row is not None:
            part = "" if row.kind == "text" else row.kind
            if not part and ordinal >= annexes.get(row.document_id, ordinal + 1):
                part = "annex"
            found[(sha256, ordinal)] = Stands(row.document_id, row.method or "", part)
    return found


def _annexes(connection: sa.Connection, ids: Sequence[int]) -> dict[int, int]:
    """Per document, where its first annex begins."""
    text = sa.func.lower(sa.func.substr(paragraphs.c.text, 1, 20))
    begins = sa.or_(*(text.like(f"{word}%") for word in ANNEXES))
    query = (
        sa.select(paragraphs.c.document_id, sa.func.min(paragraphs.c.ordinal))
        .where(paragraphs.c.document_id.in_(ids), paragraphs.c.kind == "heading", begins)
        .group_by(paragraphs.c.document_id)
    )
    return dict(connection.execute(query).tuples().all())
