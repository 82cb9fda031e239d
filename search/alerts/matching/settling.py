"""Of works that were only read again, which searches are told? By the rule of fresh.py, asked of the search engine.

Another way to what reread.py finds with bits: the audit and the trace hold the matcher against it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from catalog import Catalog
from search.alerts.matching.fresh import Fresh
from search.engines.engine import Engine, IndexedWork, Question
from search.query.tree import And, Exact, Match, Node, Not, Or, StartsWith

TOGETHER = 100  # works
BEFORE, SAID, ONLY = range(3)


class Doubt(NamedTuple):
    """A search that began after a change, as a tree and by its scope, and a work that answers it now."""

    search: int
    start_seq: int
    tree: Node
    scope: str
    work: int


def told(catalog: Catalog, doubts: Iterable[Doubt], fresh: Mapping[int, Fresh]) -> list[Doubt]:
    """Those that are told. The works must be in `fresh`."""
    by_work: dict[int, list[Doubt]] = defaultdict(list)
    for doubt in doubts:
        by_work[doubt.work].append(doubt)
    ids = sorted(by_work)
    found: list[Doubt] = []
    for start in range(0, len(ids), TOGETHER):
        some = ids[start : start + TOGETHER]
        found += _some_told(catalog, [doubt for work in some for doubt in by_work[work]], fresh)
    return found


def _some_told(catalog: Catalog, doubts: Sequence[Doubt], fresh: Mapping[int, Fresh]) -> Iterator[Doubt]:
    from search.engines import open_engine
    from search.works import load_works

    works = {work.id: work for work in load_works(catalog, sorted({doubt.work for doubt in doubts}))}
    places: dict[tuple[int, int], int] = {}
    engine = open_engine(None)
    for doubt in doubts:
        key = doubt.work, fresh[doubt.work].after(doubt.start_seq)
        if doubt.work in works and key not in places:
            places[key] = 3 * len(places) + 1
            engine.add(_readings(works[doubt.work], fresh[doubt.work], doubt.start_seq, places[key]))
    engine.commit()
    asked: dict[tuple[Node, str], set[int]] = {}
    for doubt in doubts:
        place = places.get((doubt.work, fresh[doubt.work].after(doubt.start_seq)))
        if (doubt.tree, doubt.scope) not in asked:
            asked[doubt.tree, doubt.scope] = _telling(engine, set(places.values()), doubt.tree, doubt.scope)
        if place in asked[doubt.tree, doubt.scope]:
            yield doubt


def _readings(work: IndexedWork, fresh: Fresh, seq: int, place: int) -> list[IndexedWork]:
    made = (fresh.before(work, seq), fresh.said(work, seq), fresh.only(work, seq))
    return [replace(each, id=place + at, key=f"{place + at}") for at, each in enumerate(made)]


def _telling(engine: Engine, places: set[int], tree: Node, scope: str) -> set[int]:
    """The places whose search is told."""
    if scope == "paragraphs":
        return {number - ONLY for number in _by_paragraphs(engine, tree)} & places
    found = places - set(engine.members(tree))
    for leaf in _wanted(tree, True):
        found |= {number - SAID for number in engine.members(leaf)} & places
    return found


def _by_paragraphs(engine: Engine, tree: Node) -> Iterator[int]:
    after: str | None = None
    while True:
        answer = engine.ask_paragraphs(Question(tree, sort="-date", limit=1000, after=after))
        yield from (work for work, _ in answer.paragraphs)
        if (after := answer.after) is None:
            return


def _wanted(node: Node, wanted: bool) -> Iterator[Node]:
    match node:
        case And(items) | Or(items):
            for item in items:
                yield from _wanted(item, wanted)
        case Not(item):
            yield from _wanted(item, not wanted)
        case Match() | Exact() | StartsWith():
            if wanted:
                yield node
