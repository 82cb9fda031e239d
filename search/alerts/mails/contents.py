"""What is to be told of the works that matched? Title, symbol and date, which searches found it, and the best passage.

Works that several members are told of are read and indexed once. Passages are looked up only for what a mail shows in
full, since a search of one word may well match thousands of works.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import sqlalchemy as sa

from catalog import Catalog
from catalog.tables import works
from search.alerts.mails.letter import Item, Watched
from search.alerts.mails.setting import FULL, in_order
from search.alerts.matching.matching import LOADED, remembered
from search.query.say import say
from search.results import Hit

CHUNK = 10_000  # ids in one query


class Match(NamedTuple):
    """A match that no mail has told of."""

    match_id: int
    work_id: int
    search_id: int
    name: str
    query: str


class Contents:
    """The works of one round of mails, and what their passages say."""

    def __init__(self, catalog: Catalog, ids: Sequence[int]) -> None:
        from search.engines import open_engine
        from search.works import load_works

        self._catalog = catalog
        self._works = _rows(catalog, ids)
        self._hits: dict[tuple[str, str, int], Hit] = {}
        self._said: dict[tuple[str, str], str] = {}
        self._engine = open_engine(None)
        for start in range(0, len(ids), LOADED):
            self._engine.add(load_works(catalog, ids[start : start + LOADED]))
        self._engine.commit()

    def items(self, matches: Sequence[Match], language: str) -> tuple[Item, ...]:
        """Each work once, in the order of the mail, with every search that found it; the first FULL with a passage."""
        reasons: dict[int, list[Watched]] = {}
        for match in matches:
            if match.work_id in self._works:
                reasons.setdefault(match.work_id, []).append(self._watched(match, language))
        bare = {self._bare(work, tuple(found)): work for work, found in reasons.items()}
        order = sorted(bare, key=in_order)
        self._look_up([(item, bare[item]) for item in order[:FULL]], language)
        return tuple(self._dressed(item, bare[item], language) for item in order)

    def _watched(self, match: Match, language: str) -> Watched:
        key = (match.query, language)
        if key not in self._said:
            self._said[key] = say(remembered(self._catalog, match.query).asked, language)
        return Watched(match.search_id, match.name, match.query, self._said[key])

    def _bare(self, work: int, reasons: tuple[Watched, ...]) -> Item:
        row = self._works[work]
        title, languages = row.title or row.symbol or "", ()
        return Item(row.key, title, row.symbol, row.date, row.publisher, row.body, languages, reasons, None)

    def _look_up(self, items: Sequence[tuple[Item, int]], language: str) -> None:
        """Hits for the first search that found each item, one look-up a search."""
        from search.hits import dress

        wanted: dict[str, list[int]] = {}
        for item, work in items:
            query = item.reasons[0].query
            if (query, language, work) not in self._hits:
                wanted.setdefault(query, []).append(work)
        for query, ids in wanted.items():
            for hit in dress(self._catalog, self._engine, remembered(self._catalog, query).tree, ids, language):
                self._hits[(query, language, hit.work_id)] = hit

    def _dressed(self, item: Item, work: int, language: str) -> Item:
        hit = self._hits.get((item.reasons[0].query, language, work))
        if hit is None:
            return item
        passage = hit.passages[0] if hit.passages else None
        return replace(item, title=hit.title or item.title, languages=hit.languages, passage=passage)


def _rows(catalog: Catalog, ids: Sequence[int]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    with catalog.read() as connection:
        for start in range(0, len(ids), CHUNK):
            query = sa.select(works).where(works.c.id.in_(ids[start : start + CHUNK]))
            found.update((row.id, row) for row in connection.execute(query))
    return found
