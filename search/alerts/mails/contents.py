"""What is to be told of the works that matched? Title, symbol and date, which searches found it, and the best passage.

Works that several members are told of are read and indexed once. Passages are looked up only for what a mail shows in
full, since a search of one word may well match thousands of works. Of a work that was only read again the passage is
one that is news, where any is.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from catalog import NOTED, Catalog
from catalog.tables import changes, documents, pages, paragraphs, works
from search.alerts.mails.asked import clause, meaning_of, narrowed
from search.alerts.mails.letter import EARLIER, NEW, REVISED, Item, Watched
from search.alerts.mails.news import News, NewsFirst
from search.alerts.mails.setting import FULL, place_of
from search.alerts.mails.untold import Asked, Match, Member
from search.marks import marks
from search.results import Hit, Passage
from search.spoken import at_places

MOST_WORKS, MOST_HITS = 20_000, 60_000  # that are kept in memory
TOGETHER = 300  # passages that are placed at once
CHUNK = 10_000  # ids in one query
RECENT = timedelta(days=2)
LOADED = 100  # works read from the catalog at once
ANNEXES = ("annex", "anexo", "appendix", "приложение", "附件", "مرفق", "المرفق")  # what the heading of one begins with


class Stands(NamedTuple):
    """Where a passage stands: its document's id, how the page was read, what part of the document it is."""

    document_id: int | None
    method: str
    part: str


NOWHERE, IN_TITLE = Stands(None, "", ""), Stands(None, "", "title")


class Contents:
    """The works that members are told of, and what their passages say; new are those after change `after`.

    Where there was no such change, because no run came before: those of the last days. What one member's mail needed
    is there for the next one's, until there is too much of it.
    """

    def __init__(self, catalog: Catalog, now: datetime, after: int | None) -> None:
        self._catalog = catalog
        self._after, self._recent = after, now - RECENT
        self._forget()

    def take(self, members: Sequence[Member]) -> None:
        """Reads what these members are to be told, as far as it is not known yet."""
        if len(self._works) > MOST_WORKS or len(self._hits) > MOST_HITS:
            self._forget()
        ids = {match.work_id for member in members for match in member.matches}
        ids |= {sent.work_id for member in members for sent in member.sent}
        unknown = sorted(ids - set(self._works))
        self._news.take(unknown)
        self._works |= _rows(self._catalog, unknown)
        self._came |= _came(self._catalog, unknown)
        self._look_up(members)

    def _forget(self) -> None:
        from search.engines import open_engine

        self._works: dict[int, Any] = {}
        self._came: dict[int, tuple[int, datetime]] = {}
        self._hits: dict[tuple[Asked, str, int, bool], Hit] = {}
        self._news = News(self._catalog, self._after)
        self._stands: dict[tuple[str, int], Stands] = {}
        self._engine, self._indexed = open_engine(None), set[int]()

    def items(self, member: Member) -> tuple[Item, ...]:
        """Each work once, in the order of the mail, with every search that found it; the first FULL with a passage."""
        return tuple(self._item(work, found, member.language) for work, found in self._ordered(member))

    def title(self, work: int) -> tuple[str, str] | None:
        """The key and the title of a work; None if it has left the catalog."""
        row = self._works.get(work)
        return (row.key, row.title or row.symbol or row.key) if row else None

    def _ordered(self, member: Member) -> list[tuple[int, list[Match]]]:
        """The member's works, each with what matched it."""
        of_work: dict[int, list[Match]] = {}
        for match in member.matches:
            if match.work_id in self._works:
                of_work.setdefault(match.work_id, []).append(match)
        return sorted(of_work.items(), key=lambda pair: self._place(*pair))

    def _place(self, work: int, found: Sequence[Match]) -> tuple[int, int, str, str, int, str]:
        row = self._works[work]
        return place_of(self._standing(work, found), row.publisher, row.body, row.date, row.key)

    def _standing(self, work: int, found: Sequence[Match]) -> str:
        if all(match.origin == "look back" for match in found):
            return EARLIER
        seq, at = self._came.get(work, (0, self._recent))
        new = at > self._recent if self._after is None else seq > self._after
        first = any(match.seq == seq for match in found)  # it was held, or missed: told late, and yet no new version
        return NEW if new or first else REVISED

    def _look_up(self, members: Sequence[Member]) -> None:
        """Passages for the first search that found each item that is shown whole, each question once."""
        from search.hits import dress_many

        wanted: dict[tuple[str, bool], dict[Asked, dict[int, None]]] = {}
        for member in members:
            for work, found in self._ordered(member)[:FULL]:
                again = self._news.concerns(found[0])
                if (found[0].asked, member.language, work, again) not in self._hits:
                    asked = wanted.setdefault((member.language, again), {})
                    asked.setdefault(found[0].asked, {})[work] = None
        self._index({work for asked in wanted.values() for works in asked.values() for work in works})
        fresh: list[Passage] = []
        for (language, again), questions in wanted.items():
            asking = [(meaning_of(self._catalog, each).tree, list(works)) for each, works in questions.items()]
            finder = NewsFirst(self._engine, self._news) if again else self._engine
            for each, hits in zip(questions, dress_many(self._catalog, finder, asking, language), strict=True):
                self._hits |= {(each, language, hit.work_id, again): hit for hit in hits}
                fresh += [hit.passages[0] for hit in hits if hit.passages]
        self._stands |= _stands(self._catalog, fresh)

    def _index(self, ids: set[int]) -> None:
        from search.works import load_works

        new = sorted(ids - self._indexed)
        for start in range(0, len(new), LOADED):
            self._engine.add(load_works(self._catalog, new[start : start + LOADED]))
        if new:
            self._engine.commit()
        self._indexed |= ids

    def _item(self, work: int, found: Sequence[Match], language: str) -> Item:
        row, first = self._works[work], found[0].asked
        hit = self._hits.get((first, language, work, self._news.concerns(found[0])))
        passage = hit.passages[0] if hit and hit.passages else None
        stands = self._stands.get((passage.sha256, passage.ordinal)) if passage else None
        if hit and passage is None and marks(meaning_of(self._catalog, first).tree, hit.title, None):
            stands = IN_TITLE
        stands = stands or NOWHERE
        return Item(
            key=row.key,
            title=(hit.title if hit else "") or row.title or row.symbol or "",
            symbol=row.symbol,
            date=row.date,
            publisher=row.publisher,
            body=row.body,
            languages=hit.languages if hit else (),
            reasons=tuple(_watched(match, passage if match is found[0] else None, language) for match in found),
            passage=passage,
            standing=self._standing(work, found),
            late=any(match.origin == "audit" for match in found),
            match_id=found[0].match_id,
            document_id=stands.document_id,
            method=stands.method,
            part=stands.part,
        )


def _watched(match: Match, passage: Passage | None, language: str) -> Watched:
    asked = match.asked
    return Watched(match.search_id, match.name, asked.query, clause(asked, passage, language), narrowed(asked))


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
    wanted = sorted({(passage.sha256, passage.ordinal) for passage in passages})
    found: dict[tuple[str, int], Stands] = {}
    with catalog.read() as connection:
        for start in range(0, len(wanted), TOGETHER):
            found |= _some_stand(connection, wanted[start : start + TOGETHER])
    return found


def _some_stand(connection: sa.Connection, wanted: Sequence[tuple[str, int]]) -> dict[tuple[str, int], Stands]:
    mine = documents.c.sha256.in_({sha256 for sha256, _ in wanted})
    names = dict(connection.execute(sa.select(documents.c.id, documents.c.sha256).where(mine)).tuples().all())
    ids = {sha256: number for number, sha256 in names.items()}
    places = [(ids[sha256], ordinal) for sha256, ordinal in wanted if sha256 in ids]
    if not places:
        return {}
    on_page = (pages.c.document_id == paragraphs.c.document_id) & (pages.c.page == paragraphs.c.page)
    query = (
        sa.select(paragraphs.c.document_id, paragraphs.c.ordinal, paragraphs.c.kind, pages.c.method)
        .select_from(paragraphs.outerjoin(pages, on_page))
        .where(at_places(paragraphs, places))
    )
    annexes = _annexes(connection, sorted(names))
    found = {}
    for row in connection.execute(query):
        part = "" if row.kind == "text" else row.kind
        if not part and row.ordinal >= annexes.get(row.document_id, row.ordinal + 1):
            part = "annex"
        found[(names[row.document_id], row.ordinal)] = Stands(row.document_id, row.method or "", part)
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
