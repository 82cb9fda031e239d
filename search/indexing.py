"""Does the index know what the catalog knows? Changes after the watermark, carried into the engine.

The index and the catalog are two stores, so every step may be done twice: a batch is committed to the index
first, then the watermark moves; killed in between, the batch is indexed again, to the same effect. The watermark
belongs to one generation of the index: one that is new, because the shape changed or the folder was lost, begins
at the first change and is published once it has caught up.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection

import lexicon
from catalog import Catalog, tables
from search import analysis
from search.engines.engine import Engine, IndexedWork, Target
from search.errors import REBUILD, IndexUnavailable
from search.standing import IndexStanding
from search.works import load_works

BATCH = 100  # works read from the catalog at once
COMMIT_EVERY = 20  # batches
COMMIT_CHARACTERS = 64_000_000

OUTDATED = "the index was made with other tables or rules than those in force: run `forumwatch index`"

_PREFIX = "index:"


class Follower(Protocol):
    """What follows the changes: an engine, or what else is made of works. As with an engine, all may be done twice."""

    def writing(
        self, shape: Mapping[str, str], wait: float = 30.0, afresh: bool = False
    ) -> AbstractContextManager[Target]: ...
    def add(self, works: Iterable[IndexedWork]) -> None: ...
    def remove(self, works: Iterable[int], seq: int = 0) -> None: ...
    def commit(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Stride:
    """How a follower goes: its watermark begins with `prefix`, and it takes `batch` works at a time, committing after
    so many batches or characters. `progress` is told how many works are done, and of how many changes."""

    prefix: str
    batch: int
    commit_every: int
    commit_characters: int
    progress: Callable[[int, int], None] = lambda done, total: None


def index_changes(catalog: Catalog, engine: Engine, wait: float = 30.0) -> int:
    """Brings the engine up to date with the catalog; returns how many works were indexed or removed.

    IndexUnavailable if another process is indexing for longer than `wait` seconds.
    """
    stride = Stride(_PREFIX, BATCH, COMMIT_EVERY, COMMIT_CHARACTERS)
    return follow(catalog, engine, shape_wanted(catalog, engine), stride, wait)


def follow(catalog: Catalog, follower: Follower, shape: Mapping[str, str], stride: Stride, wait: float = 30.0) -> int:
    """Brings a follower up to date with the catalog; returns how many works it was given or had removed."""
    for afresh in (False, True):
        with follower.writing(shape, wait, afresh) as target:
            if _ahead(catalog, target, stride.prefix):  # the catalog was put back from a backup
                continue
            done = _follow(catalog, follower, target, stride)
            target.publish()
            _forget_others(catalog, target, stride.prefix)
            return done
    raise AssertionError("a new index is ahead of nothing")


def shape_wanted(catalog: Catalog, engine: Engine) -> dict[str, str]:
    """What an index must have been made with, and from, to be of use; it is rebuilt when any of it changes."""
    return {
        "analysis": analysis.VERSION,
        "catalog": catalog_begun(catalog),
        "lexicon": lexicon.VERSION,
        **engine.shape(),
    }


def catalog_begun(catalog: Catalog) -> str:
    """When the first change came; empty before it. Another catalog began at another moment."""
    with catalog.read() as connection:
        first = connection.execute(sa.select(sa.func.min(tables.changes.c.at))).scalar()
    return first.isoformat() if first else ""


def index_standing(catalog: Catalog, engine: Engine) -> IndexStanding:
    """How the index stands that readers of `engine` use; whatever a rebuild beside it has reached."""
    try:
        target = engine.reading()
    except IndexUnavailable as error:
        return IndexStanding(_changes_after(catalog, 0), usable=False, trouble=str(error))
    if target is None:
        behind = _changes_after(catalog, 0)
        return IndexStanding(behind, usable=not behind, trouble=REBUILD if behind else "")
    outdated = target.shape() not in (None, shape_wanted(catalog, engine)) or _ahead(catalog, target)
    reached = 0 if outdated else index_position(catalog, target)  # all that it has seen is to be done again
    return IndexStanding(_changes_after(catalog, reached), trouble=OUTDATED if outdated else "")


def _changes_after(catalog: Catalog, seq: int) -> int:
    with catalog.read() as connection:
        query = sa.select(sa.func.count()).select_from(tables.changes).where(tables.changes.c.seq > seq)
        return int(connection.execute(query).scalar_one())


def _follow(catalog: Catalog, follower: Follower, target: Target, stride: Stride) -> int:
    position = index_position(catalog, target, stride.prefix)
    behind = _changes_after(catalog, position)
    done = batches = characters = 0
    while True:
        with catalog.read() as connection:
            changes = _last_changes(connection, position, stride.batch)
        if changes:
            ids = [work for _, work in changes]
            works = load_works(catalog, ids)
            follower.remove(set(ids) - {work.id for work in works}, changes[-1][0])
            follower.add(works)
            position = changes[-1][0]
            done += len(changes)
            batches += 1
            characters += sum(len(each.text) for work in works for each in work.paragraphs)
            stride.progress(done, behind)
        if batches and (not changes or batches >= stride.commit_every or characters >= stride.commit_characters):
            follower.commit()
            _move(catalog, target, stride.prefix, position)
            batches = characters = 0
        if not changes:
            return done


def _last_changes(connection: Connection, after: int, limit: int) -> list[tuple[int, int]]:
    """The next changes, as (seq, work); of the changes of one work only its last, which stands for all."""
    changes, later = tables.changes, tables.changes.alias()
    superseded = sa.exists().where(later.c.work_id == changes.c.work_id, later.c.seq > changes.c.seq)
    query = (
        sa.select(changes.c.seq, changes.c.work_id)
        .where(changes.c.seq > after, ~superseded)
        .order_by(changes.c.seq)
        .limit(limit)
    )
    return [(row.seq, row.work_id) for row in connection.execute(query)]


def index_position(catalog: Catalog, target: Target, prefix: str = _PREFIX) -> int:
    """How far an index has come in the change sequence."""
    if target.name is None:
        return target.noted()
    with catalog.read() as connection:
        return catalog.watermark(connection, prefix + target.name)


def _move(catalog: Catalog, target: Target, prefix: str, position: int) -> None:
    """The index has been committed; the watermark follows, then the index's own note of it."""
    if target.name is not None:
        with catalog.write() as connection:
            catalog.move_watermark(connection, prefix + target.name, position)
    target.note(position)


def _ahead(catalog: Catalog, target: Target, prefix: str = _PREFIX) -> bool:
    return target.name is not None and target.noted() > index_position(catalog, target, prefix)


def _forget_others(catalog: Catalog, target: Target, prefix: str) -> None:
    """Watermarks of generations that are gone."""
    if target.name is None:
        return
    own, table = prefix + target.name, tables.watermarks
    gone = table.c.reader.startswith(prefix, autoescape=True) & (table.c.reader != own)
    with catalog.read() as connection:
        found = connection.execute(sa.select(table.c.reader).where(gone)).first()
    if found:
        with catalog.write() as connection:
            connection.execute(sa.delete(table).where(gone))
