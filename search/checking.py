"""Is the index what the catalog is? Every work's seal and passages on both sides, per source; what differs is mended.

Both sides move while this runs, so they are compared as they were at one number of the change sequence: the index's
watermark, read before the index is. A work that has changed since is waiting, and not compared; of every other one
a sound index holds what the catalog says now. What differs is drift, also where somebody changed the catalog and
recorded no change. Works are loaded, and holdings read, some at a time; only what drifted is remembered.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, islice
from operator import itemgetter

import sqlalchemy as sa

from catalog import Catalog, tables
from search.analysis import plain
from search.engines.engine import UNSEALED, Engine, Holding
from search.errors import REBUILD, IndexUnavailable, WorksRefused
from search.indexing import index_changes, index_position, index_standing, shape_wanted
from search.seal import seal, seal_of_all
from search.works import last_changes, load_works

BATCH = 100  # works loaded at once
COMMIT_EVERY = 2000  # works mended

# missing: the catalog alone has it; stale: the index holds something else; incomplete: not all of its passages, or
# too many; surplus: the index alone has it
DRIFTS = MISSING, STALE, INCOMPLETE, SURPLUS = ("missing", "stale", "incomplete", "surplus")


@dataclass(frozen=True, slots=True)
class SourceCheck:
    """The works of one source on both sides, and their seals; `source` is empty for works of no source that is known.

    `drift` counts by kind (DRIFTS) those that differed, `mended` those that do no longer.
    """

    source: str
    works: int
    held: int
    seal: int
    held_seal: int
    drift: dict[str, int]
    mended: int


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What was compared, as found; a work of several sources counts in each, but once in the sums.

    `waiting` are works that changed since the index last looked: not compared, and no drift. `refusal` says which works
    a cluster would not take, and why; they stay missing.
    """

    works: int
    held: int
    waiting: int
    drift: int
    mended: int
    sources: tuple[SourceCheck, ...]
    refusal: str = ""

    @property
    def counts(self) -> dict[str, int]:
        """All but the sources."""
        return {name: getattr(self, name) for name in ("works", "held", "waiting", "drift", "mended")}

    @property
    def sound(self) -> bool:
        """Whether the index now is what the catalog is, as far as was compared."""
        return self.drift == self.mended


@dataclass(frozen=True, slots=True)
class _Sealed:
    """A work as the catalog has it."""

    work: int
    seq: int
    seal: int
    passages: int
    sources: tuple[str, ...]


@dataclass(slots=True)
class _Tally:
    works: list[int] = field(default_factory=lambda: [0, 0])  # how many, and the sum of their seals
    held: list[int] = field(default_factory=lambda: [0, 0])


@dataclass(slots=True)
class _Compared:
    """What a comparison found; `drift` has, per work, its kind and the work's sources."""

    whole: _Tally = field(default_factory=_Tally)
    sources: dict[str, _Tally] = field(default_factory=lambda: defaultdict(_Tally))
    drift: dict[int, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    waiting: int = 0

    def count(self, sources: Sequence[str], wanted: _Sealed | None, held: Sequence[Holding]) -> None:
        for tally in (self.whole, *(self.sources[source] for source in sources or ("",))):
            for side, seals in (tally.works, [wanted.seal] if wanted else []), (tally.held, [h.seal for h in held]):
                side[:] = side[0] + len(seals), seal_of_all([side[1], *seals])


def check(catalog: Catalog, engine: Engine, repair: bool = True, wait: float = 30.0) -> CheckReport:
    """Compares the index that readers use with the catalog, and mends it.

    `repair`: the index is first brought up to date (or made anew, if it must be), and what differs is then written
    again. IndexUnavailable if another process writes it for longer than `wait` seconds, or, without repair, if there
    is no index of the right shape to compare.
    """
    refusal = ""
    if repair:
        refusal = _refused(lambda: index_changes(catalog, engine, wait))
    elif trouble := index_standing(catalog, engine).trouble:
        raise IndexUnavailable(trouble)
    found = _compare(catalog, engine)
    left: Collection[int] = found.drift
    if repair and found.drift:
        refusal = _refused(lambda: _mend(catalog, engine, sorted(found.drift), wait)) or refusal
        left = _compare(catalog, engine, found.drift.keys()).drift
    return replace(_report(found, left), refusal=refusal)


def _refused(write: Callable[[], object]) -> str:
    """Which works were not taken, and why; all others were."""
    try:
        write()
    except WorksRefused as error:
        return str(error)
    return ""


def _compare(catalog: Catalog, engine: Engine, only: Collection[int] | None = None) -> _Compared:
    """`only`: these works and no others. Begun again if the index is replaced meanwhile."""
    while True:
        name, mark = _mark(catalog, engine)
        try:
            return _compared_at(catalog, engine, mark, only)
        except IndexUnavailable:
            if _name(engine) == name:
                raise


def _compared_at(catalog: Catalog, engine: Engine, mark: int, only: Collection[int] | None) -> _Compared:
    compared, surplus = _Compared(), list[Holding]()
    holdings = (each for each in engine.holdings() if only is None or each.work in only)
    first = list(islice(holdings, 1))  # from here on the index stands still; the catalog is looked at only now
    for work, wanted, held in _side_by_side(_sealed(catalog, only), _chained(first, holdings)):
        if wanted and wanted.seq > mark:
            compared.waiting += 1
        elif wanted:
            kind = _kind(wanted, held)
            if kind:
                compared.drift[work] = kind, wanted.sources
            compared.count(wanted.sources, wanted, held)
        else:
            surplus += held
        if len(surplus) >= BATCH:
            _count_surplus(catalog, mark, compared, surplus)
            surplus = []
    _count_surplus(catalog, mark, compared, surplus)
    return compared


def _mark(catalog: Catalog, engine: Engine) -> tuple[str | None, int]:
    """Which index readers use, and how far it has come."""
    while True:
        target = engine.reading()
        if target is None:
            if _has_changes(catalog):
                raise IndexUnavailable(REBUILD)
            return None, 0
        mark = index_position(catalog, target)
        if _name(engine) == target.name:  # else it was replaced meanwhile, and its watermark forgotten
            return target.name, mark


def _name(engine: Engine) -> str | None:
    target = engine.reading()
    return target.name if target else None


def _has_changes(catalog: Catalog) -> bool:
    with catalog.read() as connection:
        return catalog.last_seq(connection) > 0


def _chained(first: list[Holding], rest: Iterator[Holding]) -> Iterator[Holding]:
    yield from first
    yield from rest


def _side_by_side(
    sealed: Iterator[_Sealed], holdings: Iterator[Holding]
) -> Iterator[tuple[int, _Sealed | None, list[Holding]]]:
    """Both come ascending by work; an index that is broken may hold a work twice."""
    ours: Iterator[tuple[int, _Sealed | Holding]] = ((each.work, each) for each in sealed)
    theirs: Iterator[tuple[int, _Sealed | Holding]] = ((each.work, each) for each in holdings)
    for work, group in groupby(heapq.merge(ours, theirs, key=itemgetter(0)), key=itemgetter(0)):
        both = [each for _, each in group]
        wanted = next((each for each in both if isinstance(each, _Sealed)), None)
        yield work, wanted, [each for each in both if isinstance(each, Holding)]


def _kind(wanted: _Sealed, held: Sequence[Holding]) -> str:
    """How they differ; empty if they do not."""
    if not held or (len(held) == 1 and held[0].seal == UNSEALED):
        return MISSING
    if len(held) > 1 or held[0].seal != wanted.seal:
        return STALE
    return INCOMPLETE if held[0].passages != wanted.passages else ""


def _count_surplus(catalog: Catalog, mark: int, compared: _Compared, held: Sequence[Holding]) -> None:
    """Works that only the index has, unless they were withdrawn after it last looked."""
    with catalog.read() as connection:
        seqs = last_changes(connection, [each.work for each in held]) if held else {}
    for each in held:
        if seqs.get(each.work, 0) > mark:
            compared.waiting += 1
        else:
            compared.drift[each.work] = SURPLUS, ("",)
            compared.count((), None, [each])


def _sealed(catalog: Catalog, only: Collection[int] | None) -> Iterator[_Sealed]:
    """The works of the catalog that are to be searched, ascending by id."""
    names = _names_of_sources(catalog)
    for ids in _batches(sorted(only)) if only is not None else _all_works(catalog):
        for work in load_works(catalog, ids):
            sources = tuple(name for folded in work.values.get("source", ()) for name in names.get(folded, (folded,)))
            yield _Sealed(work.id, work.seq, seal(work), len(work.paragraphs), sources)


def _all_works(catalog: Catalog) -> Iterator[list[int]]:
    column, last = tables.works.c.id, 0
    while True:
        query = sa.select(column).where(column > last).order_by(column).limit(BATCH)
        with catalog.read() as connection:
            ids = list(connection.execute(query).scalars())
        if not ids:
            return
        yield ids
        last = ids[-1]


def _names_of_sources(catalog: Catalog) -> dict[str, list[str]]:
    """Works have the names of their sources folded, as they are searched for; this is the way back."""
    names: dict[str, list[str]] = defaultdict(list)
    with catalog.read() as connection:
        for name in connection.execute(sa.select(tables.captures.c.source).distinct()).scalars():
            names[plain(name)].append(name)
    return names


def _batches(works: Sequence[int]) -> Iterator[list[int]]:
    return (list(works[start : start + BATCH]) for start in range(0, len(works), BATCH))


def _mend(catalog: Catalog, engine: Engine, works: Sequence[int], wait: float) -> None:
    """Writes these works again, as the catalog has them now. Killed in between, it has mended some."""
    with catalog.read() as connection:
        beyond = catalog.last_seq(connection) + 1  # no older than whatever may be in the index, or was removed from it
    with engine.writing(shape_wanted(catalog, engine), wait):
        for number, ids in enumerate(_batches(works), 1):
            loaded = load_works(catalog, ids)
            engine.remove(set(ids) - {work.id for work in loaded}, beyond)
            engine.add([replace(work, seq=beyond) for work in loaded])
            if number * BATCH % COMMIT_EVERY == 0:
                engine.commit()
        engine.commit()


def _report(found: _Compared, left: Collection[int]) -> CheckReport:
    drift: dict[str, Counter[str]] = defaultdict(Counter)
    mended: Counter[str] = Counter()
    for work, (kind, sources) in found.drift.items():
        for source in sources or ("",):
            drift[source][kind] += 1
            mended[source] += work not in left
    return CheckReport(
        works=found.whole.works[0],
        held=found.whole.held[0],
        waiting=found.waiting,
        drift=len(found.drift),
        mended=sum(work not in left for work in found.drift),
        sources=tuple(
            SourceCheck(
                source,
                works=tally.works[0],
                held=tally.held[0],
                seal=tally.works[1],
                held_seal=tally.held[1],
                drift={kind: drift[source][kind] for kind in DRIFTS},
                mended=mended[source],
            )
            for source, tally in sorted(found.sources.items())
        ),
    )
