"""Which searches run now, and which of some works does each find? Their trees are taken in once a run.

A search that lasts is kept with its tree, which `read_again` has made. One that means something else tomorrow (last
week, what a document cites) is understood anew for each batch, and so is one that was saved a moment ago.
"""

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import Catalog
from catalog.tables import saved_searches, subscribers
from search.alerts.matching.fresh import Fresh
from search.alerts.matching.newcomers import Newcomers, Paragraphs
from search.alerts.matching.questions import Questions
from search.alerts.matching.reread import Reread
from search.alerts.members.saved import Filters, meaning
from search.citing import Citing
from search.engines.engine import IndexedWork
from search.query.stored import from_json, read_as

RUNNING = (saved_searches.c.state == "running") & (subscribers.c.state == "active")
LOADED = 100  # works read from the catalog at once
CHARACTERS = 8_000_000  # of text that are looked at together
CHUNK = 500  # numbers in one query

Place = tuple[str, int]  # scope, and the tree in `Questions`


class Asked(NamedTuple):
    """A saved search that may match what comes after change `start_seq`."""

    search_id: int
    start_seq: int


class Passing(NamedTuple):
    """A search that is understood anew for each batch."""

    query: str
    filters: Filters
    scope: str


@dataclass
class Matched:
    """What some works came to. `works` are (seq, work), in this order; per search its works as bits of their places."""

    works: list[tuple[int, int]]
    searches: list[tuple[int, int]] = field(default_factory=list)


class Running:
    """The searches of one run of the matcher."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._questions = Questions()
        self._places: dict[int, Place] = {}
        self._passing: dict[int, Passing] = {}
        self._by_text: dict[str, int] = {}

    def read(self, connection: Connection, which: sa.ColumnElement[bool] = RUNNING) -> list[Asked]:
        """Those that run, oldest first; the trees of those that are new here are taken in."""
        searches = read_running(connection, which)
        new = [each.search_id for each in searches if each.search_id not in self._places]
        self._take_in(connection, [number for number in new if number not in self._passing])
        return searches

    def ask(
        self, searches: Sequence[Asked], works: Mapping[int, int], fresh: Mapping[int, Fresh] | None = None
    ) -> tuple[list[Matched], dict[int, str]]:
        """What each search finds among works (with the change that each stands for), and what can find nothing.

        Works of which no text was read are passed over; of those in `fresh` only their news count (see there).
        """
        broken: dict[int, str] = {}
        if not searches or not works:
            return [], broken
        by_place: dict[str, dict[int, list[Asked]]] = {"works": defaultdict(list), "paragraphs": defaultdict(list)}
        for search, (scope, place) in zip(searches, self._understood(searches, broken), strict=True):
            by_place[scope][place].append(search)
        by_place = {scope: dict(asked) for scope, asked in by_place.items()}
        for asked in by_place.values():
            asked.pop(-1, None)
        return [self._match(by_place, some, works, fresh or {}) for some in self._load(works)], broken

    def _match(
        self,
        asked: Mapping[str, Mapping[int, list[Asked]]],
        some: Sequence[IndexedWork],
        seqs: Mapping[int, int],
        fresh: Mapping[int, Fresh],
    ) -> Matched:
        newcomers = Newcomers(self._questions, some)
        reread = Reread(self._questions, some, fresh)
        found = Matched([(seqs[work.id], work.id) for work in some])
        known = [seq for seq, _ in found.works]
        for place, bits in newcomers.answers(asked["works"].keys()):
            found.searches += _since(asked["works"][place], bits, known, partial(reread.told, place, "works"))
        if asked["paragraphs"]:
            paragraphs = Paragraphs(newcomers)
            for place, bits in paragraphs.answers(asked["paragraphs"].keys()):
                works = paragraphs.works_of(bits)
                told = partial(reread.told, place, "paragraphs")
                found.searches += _since(asked["paragraphs"][place], works, known, told)
        return found

    def _load(self, works: Mapping[int, int]) -> Iterator[list[IndexedWork]]:
        """Works in the order of their changes, as many as may be looked at together."""
        from search.works import load_works

        ids = sorted(works, key=lambda work: works[work])
        together: list[IndexedWork] = []
        characters = 0
        for some in _chunks(ids, LOADED):
            for work in load_works(self._catalog, some):
                together.append(work)
                characters += sum(len(each.text) for each in work.paragraphs)
                if characters > CHARACTERS:
                    yield together
                    together, characters = [], 0
        if together:
            yield together

    def _understood(self, searches: Sequence[Asked], broken: dict[int, str]) -> Iterator[Place]:
        """Where each search's tree is; -1 for one that can find nothing, which is said in `broken`."""
        citing = Citing(self._catalog)
        for search in searches:
            if search.search_id in self._places:
                yield self._places[search.search_id]
                continue
            asked = self._passing[search.search_id]
            understood = meaning(asked.query, citing, filters=asked.filters)
            if understood.nothing:
                broken[search.search_id] = understood.nothing
                yield asked.scope, -1
                continue
            place = asked.scope, self._questions.add(understood.tree)
            if understood.lasting:
                self._places[search.search_id] = place
            yield place

    def _take_in(self, connection: Connection, numbers: Sequence[int]) -> None:
        columns = saved_searches.c
        text = sa.cast(columns.tree, sa.Text)  # as it is kept: equal ones are read once
        query = sa.select(columns.id, columns.scope, columns.query, columns.filters, columns.read_as, text)
        for some in _chunks(numbers, CHUNK):
            for number, scope, asked, filters, made_by, tree in connection.execute(query.where(columns.id.in_(some))):
                if tree is None or made_by != read_as():
                    self._passing[number] = Passing(asked, filters or {}, scope)
                    continue
                if tree not in self._by_text:
                    self._by_text[tree] = self._questions.add(from_json(json.loads(tree)))
                self._places[number] = scope, self._by_text[tree]


def read_running(connection: Connection, which: sa.ColumnElement[bool] = RUNNING) -> list[Asked]:
    query = sa.select(saved_searches.c.id, saved_searches.c.start_seq).join(subscribers).where(which)
    return [Asked(*row) for row in connection.execute(query.order_by(saved_searches.c.id))]


def _since(
    searches: Iterable[Asked], bits: int, known: Sequence[int], told: Callable[[int, int], int]
) -> Iterator[tuple[int, int]]:
    """Of the works that answer a tree, those that changed after each search began, and are told of."""
    for search in searches:
        begin = bisect_right(known, search.start_seq)
        own = told(bits >> begin << begin, search.start_seq)
        if own:
            yield search.search_id, own


def _chunks(numbers: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (numbers[start : start + size] for start in range(0, len(numbers), size))
