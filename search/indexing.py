"""Does the index know what the catalog knows? Changes after the watermark, carried into the engine.

The index and the catalog are two stores, so every step may be done twice: a batch is committed to the index
first, then the watermark moves; killed in between, the batch is indexed again, to the same effect. The watermark
belongs to one generation of the index: one that is new, because the shape changed or the folder was lost, begins
at the first change and is published once it has caught up.
"""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

import lexicon
from catalog import Catalog, tables
from search import analysis
from search.engines.engine import Engine, Target
from search.errors import REBUILD, IndexUnavailable
from search.standing import IndexStanding
from search.works import load_works

BATCH = 100  # works read from the catalog at once
COMMIT_EVERY = 20  # batches
COMMIT_CHARACTERS = 64_000_000

OUTDATED = "the index was made with other tables or rules than those in force: run `forumwatch index`"

_PREFIX = "index:"


def index_changes(catalog: Catalog, engine: Engine, wait: float = 30.0) -> int:
    """Brings the engine up to date with the catalog; returns how many works were indexed or removed.

    IndexUnavailable if another process is indexing for longer than `wait` seconds.
    """
    shape = shape_wanted(catalog, engine)
    for afresh in (False, True):
        with engine.writing(shape, wait, afresh) as target:
            if _ahead(catalog, target):  # the catalog was put back from a backup
                continue
            done = _follow(catalog, engine, target)
            target.publish()
            _forget_others(catalog, target)
            return done
    raise AssertionError("a new index is ahead of nothing")


def shape_wanted(catalog: Catalog, engine: Engine) -> dict[str, str]:
    """What an index must have been made with, and from, to be of use; it is rebuilt when any of it changes."""
    with catalog.read() as connection:
        first = connection.execute(sa.select(sa.func.min(tables.changes.c.at))).scalar()
    return {
        "analysis": analysis.VERSION,
        "catalog": first.isoformat() if first else "",  # another catalog began at another moment
        "lexicon": lexicon.VERSION,
        **engine.shape(),
    }


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


def _follow(catalog: Catalog, engine: Engine, target: Target) -> int:
    position = index_position(catalog, target)
    done = batches = characters = 0
    while True:
        with catalog.read() as connection:
            changes = _last_changes(connection, position)
        if changes:
            ids = [work for _, work in changes]
            works = load_works(catalog, ids)
            engine.remove(set(ids) - {work.id for work in works})
            engine.add(works)
            position = changes[-1][0]
            done += len(changes)
            batches += 1
            characters += sum(len(each.text) for work in works for each in work.paragraphs)
        if batches and (not changes or batches >= COMMIT_EVERY or characters >= COMMIT_CHARACTERS):
            engine.commit()
            _move(catalog, target, position)
            batches = characters = 0
        if not changes:
            return done


def _last_changes(connection: Connection, after: int) -> list[tuple[int, int]]:
    """The next changes, as (seq, work); of the changes of one work only its last, which stands for all."""
    changes, later = tables.changes, tables.changes.alias()
    superseded = sa.exists().where(later.c.work_id == changes.c.work_id, later.c.seq > changes.c.seq)
    query = (
        sa.select(changes.c.seq, changes.c.work_id)
        .where(changes.c.seq > after, ~superseded)
        .order_by(changes.c.seq)
        .limit(BATCH)
    )
    return [(row.seq, row.work_id) for row in connection.execute(query)]


def index_position(catalog: Catalog, target: Target) -> int:
    """How far an index has come in the change sequence."""
    if target.name is None:
        return target.noted()
    with catalog.read() as connection:
        return catalog.watermark(connection, _PREFIX + target.name)


def _move(catalog: Catalog, target: Target, position: int) -> None:
    """The index has been committed; the watermark follows, then the index's own note of it."""
    if target.name is not None:
        with catalog.write() as connection:
            catalog.move_watermark(connection, _PREFIX + target.name, position)
    target.note(position)


def _ahead(catalog: Catalog, target: Target) -> bool:
    return target.name is not None and target.noted() > index_position(catalog, target)


def _forget_others(catalog: Catalog, target: Target) -> None:
    """Watermarks of generations that are gone."""
    if target.name is None:
        return
    own, table = _PREFIX + target.name, tables.watermarks
    gone = table.c.reader.startswith(_PREFIX, autoescape=True) & (table.c.reader != own)
    with catalog.read() as connection:
        found = connection.execute(sa.select(table.c.reader).where(gone)).first()
    if found:
        with catalog.write() as connection:
            connection.execute(sa.delete(table).where(gone))
