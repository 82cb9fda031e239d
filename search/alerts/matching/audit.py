"""Was anything missed? Every saved search is run as an ordinary query on the search index and held against the ledger.

So by another path than the matcher's: what the search page would find, among the works with news in the window. What
the ledger lacks is written to it late, marked as such, and counted: missed by pairs that should be there is the miss
rate, and anything above zero is a fault of ours. The window reaches back beyond the last audit, so that one that did
not run, or a match that was lost later, is made good all the same.

Left out, and said how many: works that changed after the matcher or the index last looked. Sent late but not counted:
searches that mean another thing each day (last week), and works that were matched when words were understood
otherwise (another lexicon): that they match now is no fault of the matcher. Works that were only read again are due by
the rule of fresh.py, asked of the search engine too.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import NOTED, Catalog, upsert
from catalog.tables import changes, matches, saved_searches, subscribers, watermarks
from search.alerts.matching.floods import hold_for
from search.alerts.matching.fresh import Fresh, read_fresh
from search.alerts.matching.matching import READER as MATCHER
from search.alerts.matching.running import RUNNING
from search.alerts.matching.settling import Doubt, told
from search.alerts.members.presence import hold_the_door
from search.alerts.members.saved import meaning
from search.citing import Citing
from search.engines.engine import Engine, Question
from search.errors import IndexUnavailable, MistakenRequest, WorksRefused
from search.indexing import index_changes, index_position
from search.query.stored import read_as
from search.query.tree import Node, OfWorks, both

READER = "audit"  # of the change sequence
_AS = "audit as "
OVERLAP = timedelta(days=8)
WIDE = 10  # a tenth of the index
CHUNK = 10_000  # works that one query is asked about, or numbers in one query
TOGETHER = 500  # searches whose matches are read at once
WRITTEN = 20_000  # pairs in one transaction
PAGE = 1000  # paragraphs


@dataclass(frozen=True, slots=True)
class AuditReport:
    """`pairs` of a search and a work should be in the ledger, of which `missed` were not, and now are.

    `late` are written now without being missed; `beyond` are in the ledger though the query finds them no more, since
    the work has changed; `waiting` works were left out; `unasked` searches could not be asked.
    """

    searches: int = 0
    works: int = 0
    pairs: int = 0
    missed: int = 0
    late: int = 0
    beyond: int = 0
    waiting: int = 0
    unasked: int = 0
    after_seq: int = 0
    up_to_seq: int = 0

    @property
    def rate(self) -> float:
        """0 where nothing should be there."""
        return self.missed / self.pairs if self.pairs else 0.0


class _Search(NamedTuple):
    id: int
    start_seq: int


class _Asked(NamedTuple):
    """What several members may have saved alike."""

    query: str
    filters: tuple[tuple[str, tuple[str, ...]], ...]
    scope: str


class _Pair(NamedTuple):
    search: int
    work: int
    seq: int
    counts: bool


@dataclass(slots=True)
class _Window:
    """The works with news after one change and up to another, each with its newest; `understood`: see _understood."""

    after: int
    up_to: int
    understood: int
    news: dict[int, int] = field(default_factory=dict)
    fresh: dict[int, Fresh] = field(default_factory=dict)
    waiting: int = 0

    def pair(self, search: int, work: int, lasting: bool) -> _Pair:
        return _Pair(search, work, self.news[work], lasting and self.news[work] > self.understood)

    def is_doubtful(self, work: int, start_seq: int) -> bool:
        """It was only read again since."""
        return work in self.fresh and not self.fresh[work].is_whole(start_seq)


def audit(
    catalog: Catalog, engine: Engine, now: datetime, since: datetime | None = None, wait: float = 30.0
) -> AuditReport:
    """Looks at what came since the last audit and OVERLAP before it (or `since`), and writes what was missed.

    Killed and run again it writes nothing twice. IndexUnavailable if there is no index to ask.
    """
    window = _window(catalog, _indexed(catalog, engine, wait), since)
    counts = dict.fromkeys(("searches", "pairs", "missed", "late", "beyond", "unasked"), 0)
    found: list[_Pair] = []
    doubts: dict[Doubt, bool] = {}
    citing = Citing(catalog)
    for asked, searches in _searches(catalog):
        counts["searches"] += len(searches)
        some = _ask(citing, engine, asked, window.news)
        if some is None:
            counts["unasked"] += len(searches)
            continue
        members, tree, lasting = some
        for search, known in _known(catalog, searches, window):
            due = {work for work in members if window.news[work] > search.start_seq}
            unsure = {work for work in due - known if window.is_doubtful(work, search.start_seq)}
            doubts |= {Doubt(search.id, search.start_seq, tree, asked.scope, work): lasting for work in unsure}
            due -= unsure
            counts["pairs"] += len(due) if lasting else 0
            counts["beyond"] += len(known - members)
            found += (window.pair(search.id, work, lasting) for work in due - known)
        if len(found) >= WRITTEN:
            _count(counts, _write(catalog, found, now))
            found = []
    for doubt in told(catalog, doubts, window.fresh):
        counts["pairs"] += doubts[doubt]
        found.append(window.pair(doubt.search, doubt.work, doubts[doubt]))
    _count(counts, _write(catalog, found, now, window))
    return AuditReport(
        works=len(window.news), waiting=window.waiting, after_seq=window.after, up_to_seq=window.up_to, **counts
    )


def _count(counts: dict[str, int], written: Iterable[_Pair]) -> None:
    for pair in written:
        counts["missed" if pair.counts else "late"] += 1


def _indexed(catalog: Catalog, engine: Engine, wait: float) -> int:
    """How far the index has come, brought up to date where that can be done."""
    with suppress(IndexUnavailable, WorksRefused):  # another process writes it: what is not there yet is left out
        index_changes(catalog, engine, wait)
    target = engine.reading()
    if target is None:
        raise IndexUnavailable("there is no index that saved searches could be asked of: run `forumwatch index`")
    return index_position(catalog, target)


def _window(catalog: Catalog, indexed: int, since: datetime | None) -> _Window:
    with catalog.read() as connection:
        up_to = min(indexed, catalog.watermark(connection, MATCHER))
        after = _before(connection, since) if since else _overlapping(connection, catalog.watermark(connection, READER))
        window = _Window(after, up_to, _understood(catalog, connection), fresh=read_fresh(connection, after))
        every = sa.func.max(changes.c.seq).label("every")
        news = sa.func.max(sa.case((changes.c.kind != NOTED, changes.c.seq), else_=0)).label("news")
        newest = sa.select(changes.c.work_id, every, news).where(changes.c.seq > after).group_by(changes.c.work_id)
        each = newest.subquery()
        query = sa.select(each, changes.c.kind).join(changes, changes.c.seq == each.c.news).order_by(each.c.work_id)
        for work, last, seq, kind in connection.execute(query):
            if last > up_to:
                window.waiting += 1
            elif kind != "withdrawn":
                window.news[work] = seq
    return window


def _before(connection: Connection, moment: datetime) -> int:
    """The last change before a moment."""
    query = sa.select(changes.c.seq).where(changes.c.at < moment).order_by(changes.c.seq.desc()).limit(1)
    return int(connection.execute(query).scalar() or 0)


def _overlapping(connection: Connection, mark: int) -> int:
    at = connection.execute(
        sa.select(changes.c.at).where(changes.c.seq <= mark).order_by(changes.c.seq.desc()).limit(1)
    )
    moment = at.scalar()
    return _before(connection, moment - OVERLAP) if moment else 0


def _understanding() -> str:
    """The reader whose watermark says up to where words were understood otherwise than by these tables and rules."""
    return _AS + read_as()[:32]


def _understood(catalog: Catalog, connection: Connection) -> int:
    """Up to where the matcher understood words otherwise: to its watermark, at the first audit with another lexicon."""
    known = sa.select(watermarks.c.reader).where(watermarks.c.reader.startswith(_AS))
    readers = set(connection.execute(known).scalars())
    if not readers or _understanding() in readers:
        return catalog.watermark(connection, _understanding())
    return catalog.watermark(connection, MATCHER)


def _searches(catalog: Catalog) -> Iterator[tuple[_Asked, list[_Search]]]:
    """Every running search of an active member; those that ask the same thing together."""
    columns = ("id", "start_seq", "query", "filters", "scope")
    query = sa.select(*(saved_searches.c[name] for name in columns)).join(subscribers).where(RUNNING)
    together: dict[_Asked, list[_Search]] = defaultdict(list)
    with catalog.read() as connection:
        for row in connection.execute(query.order_by(saved_searches.c.id)):
            filters = tuple((name, tuple(values)) for name, values in sorted((row.filters or {}).items()))
            together[_Asked(row.query, filters, row.scope)].append(_Search(row.id, row.start_seq))
    yield from together.items()


def _ask(citing: Citing, engine: Engine, asked: _Asked, news: Mapping[int, int]) -> tuple[set[int], Node, bool] | None:
    """The works of the window that it finds, its tree, and whether it means the same tomorrow; None: it cannot be
    asked."""
    understood = meaning(asked.query, citing, filters=dict(asked.filters))
    if understood.nothing:
        return None
    find = _paragraphs_among if asked.scope == "paragraphs" else _among
    try:
        return find(engine, understood.tree, news), understood.tree, understood.lasting
    except MistakenRequest:  # too much for one question: the search page says the same
        return None


def _among(engine: Engine, tree: Node, news: Mapping[int, int]) -> set[int]:
    """Asked of the whole index where that is not much more than the window: a list of works is dear by its length."""
    if len(news) > engine.count() // WIDE:
        return news.keys() & engine.members(tree)
    return {work for some in _parts(news) for work in engine.members(both([tree, some]))}


def _paragraphs_among(engine: Engine, tree: Node, news: Mapping[int, int]) -> set[int]:
    return {work for some in _parts(news) for work in _by_paragraphs(engine, both([tree, some]))}


def _parts(news: Mapping[int, int]) -> Iterator[OfWorks]:
    ids = sorted(news)
    return (OfWorks(tuple(ids[start : start + CHUNK])) for start in range(0, len(ids), CHUNK))


def _by_paragraphs(engine: Engine, tree: Node) -> set[int]:
    found: set[int] = set()
    after: str | None = None
    while True:
        answer = engine.ask_paragraphs(Question(tree, sort="-date", limit=PAGE, after=after))
        found.update(work for work, _ in answer.paragraphs)
        if (after := answer.after) is None:
            return found


def _known(catalog: Catalog, searches: Sequence[_Search], window: _Window) -> Iterator[tuple[_Search, set[int]]]:
    """Each search with the works of the window that are in the ledger for it."""
    rest = iter(searches)
    while some := list(islice(rest, TOGETHER)):
        ids = [search.id for search in some]
        query = sa.select(matches.c.search_id, matches.c.work_id).where(matches.c.search_id.in_(ids))
        known: dict[int, set[int]] = defaultdict(set)
        with catalog.read() as connection:
            for search_id, work in connection.execute(query.where(matches.c.seq > window.after)):
                if work in window.news:
                    known[search_id].add(work)
        yield from ((search, known[search.id]) for search in some)


def _write(catalog: Catalog, found: Sequence[_Pair], now: datetime, done: _Window | None = None) -> list[_Pair]:
    """Writes what is still wanted and still so, and with `done` that the audit has come so far; returns what is new."""
    with catalog.write() as connection:
        hold_the_door(connection)
        wanted = _still(connection, found)
        holds = hold_for(connection, {pair.seq for pair in wanted}, now)
        written = [pair for pair in wanted if upsert(connection, matches, [_row(pair, now, holds)], _KEY, update=False)]
        if done is not None:
            catalog.move_watermark(connection, READER, max(done.up_to, catalog.watermark(connection, READER)))
            connection.execute(sa.delete(watermarks).where(watermarks.c.reader.startswith(_AS)))
            catalog.move_watermark(connection, _understanding(), done.understood)
    return written


_KEY = ["search_id", "work_id"]


def _row(pair: _Pair, now: datetime, holds: Mapping[int, int]) -> dict[str, Any]:
    row = {"search_id": pair.search, "work_id": pair.work, "seq": pair.seq, "matched": now, "origin": READER}
    return row | {"hold_id": holds.get(pair.seq)}


def _still(connection: Connection, found: Sequence[_Pair]) -> list[_Pair]:
    """Without searches that were ended, and works that changed, while the index was asked; nor what is in the ledger
    for an earlier change, or a source that was read anew would look like a flood of which nobody waits for anything."""
    query = sa.select(saved_searches.c.id, saved_searches.c.start_seq).join(subscribers).where(RUNNING)
    starts = dict(connection.execute(query).tuples().all()) if found else {}
    newest: dict[int, int] = {}
    ids = sorted({pair.work for pair in found})
    for start in range(0, len(ids), CHUNK):
        own = sa.select(changes.c.work_id, sa.func.max(changes.c.seq)).where(changes.c.kind != NOTED)
        own = own.where(changes.c.work_id.in_(ids[start : start + CHUNK])).group_by(changes.c.work_id)
        newest.update(connection.execute(own).tuples().all())
    known = _in_ledger(connection, found)
    found = [pair for pair in found if (pair.search, pair.work) not in known]
    return [pair for pair in found if starts.get(pair.search, pair.seq) < pair.seq == newest.get(pair.work)]


def _in_ledger(connection: Connection, found: Sequence[_Pair]) -> set[tuple[int, int]]:
    """Those of the pairs that are matches already, whatever change brought them."""
    works_of: dict[int, set[int]] = defaultdict(set)
    for pair in found:
        works_of[pair.search].add(pair.work)
    known: set[tuple[int, int]] = set()
    rest = iter(works_of)
    while some := list(islice(rest, TOGETHER)):
        query = sa.select(matches.c.search_id, matches.c.work_id).where(matches.c.search_id.in_(some))
        rows = connection.execute(query)
        known.update((search, work) for search, work in rows if work in works_of[search])
    return known
