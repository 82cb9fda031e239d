"""Of a work that was only read again, which passage is news? The one that a mail quotes, before any that was there.

The rule by which such a work is told is that of search/alerts/matching/fresh.py; here its news are put first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import sqlalchemy as sa

from catalog import NOTED, Catalog
from catalog.catalog import Change
from catalog.tables import changes
from search.alerts.mails.untold import Match
from search.alerts.matching.fresh import read_fresh
from search.alerts.matching.ledger import LOOK_BACK
from search.engines.engine import Engine, PassageAddress
from search.query.tree import Node

CHUNK = 10_000  # ids in one query
MANY = 2_000  # passages of a work that are looked through for one that is news

Places = frozenset[tuple[int, int]]  # documents and ordinals


class Readings(NamedTuple):
    """A work's last change by which all of it was news, and what each later one brought, the newest first."""

    whole: int
    news: tuple[Places, ...]


@dataclass(slots=True)
class News:
    """The works that were read again, as far as they were looked up; `after`: the change up to which all was mailed."""

    catalog: Catalog
    after: int | None
    _works: dict[int, Readings] = field(default_factory=dict)

    def take(self, ids: Sequence[int]) -> None:
        """Looks these works up."""
        with self.catalog.read() as connection:
            for start in range(0, len(ids), CHUNK):
                mine = changes.c.work_id.in_(ids[start : start + CHUNK])
                read_again = sa.select(changes.c.work_id).where(mine, changes.c.passages.is_not(None))
                query = sa.select(changes).where(changes.c.work_id.in_(read_again), changes.c.kind != NOTED)
                found = [Change(*row) for row in connection.execute(query.order_by(changes.c.seq))]
                for work, fresh in read_fresh(connection, 0, found).items():
                    whole = max((each.seq for each in fresh.news if each.passages is None), default=0)
                    later = [each.passages for each in reversed(fresh.news) if each.seq > whole and each.passages]
                    self._works[work] = Readings(whole, tuple(later))

    def concerns(self, match: Match) -> bool:
        """Whether this was found because the work was read again, and for nothing else that is new."""
        known = self._works.get(match.work_id)
        if known is None or match.origin == LOOK_BACK or match.seq <= known.whole:
            return False
        return known.whole <= match.start_seq or (self.after is not None and known.whole <= self.after)

    def of(self, work: int) -> tuple[Places, ...]:
        known = self._works.get(work)
        return known.news if known else ()


@dataclass(frozen=True, slots=True)
class NewsFirst:
    """Finds the passages of an engine that are news; those of a work in which none is, as the engine has them."""

    engine: Engine
    news: News

    def passages(
        self, tree: Node, works: Sequence[int], language: str | None, limit: int
    ) -> dict[int, tuple[PassageAddress, ...]]:
        found: dict[int, tuple[PassageAddress, ...]] = {}
        for tongue in dict.fromkeys((language, None)):
            missing = [work for work in works if work not in found]
            for work, some in self.engine.passages(tree, missing, tongue, MANY).items():
                if fresh := _first(some, self.news.of(work)):
                    found[work] = fresh[:limit]
        missing = [work for work in works if work not in found]
        return dict(self.engine.passages(tree, missing, language, limit)) | found


def _first(some: Iterable[PassageAddress], news: Sequence[Places]) -> tuple[PassageAddress, ...]:
    """Those of the newest change that brought any."""
    known: Mapping[tuple[int, int], PassageAddress] = {(each.document_id, each.ordinal): each for each in some}
    chosen = ([at for place, at in known.items() if place in places] for places in news)
    return tuple(next((each for each in chosen if each), ()))
