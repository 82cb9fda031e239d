"""Where is what Forumwatch knows, and in which order did it come to know it?

One `Catalog` is one database: SQLite in WAL mode by default, PostgreSQL when it grows. Writers go
through `write()`, readers through `read()`. The change sequence is monotonic in commit order: SQLite
has one writer at a time; on PostgreSQL `record_change` holds one advisory lock until the commit, so a
number is never seen after a later one has been.
"""

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine

from catalog.errors import CatalogError
from catalog.tables import changes, watermarks

SEQUENCE_LOCK = 0x464F52554D  # "FORUM": the advisory lock that orders commits on PostgreSQL
BUSY_SECONDS = 60
NOTED = "noted"  # the kind of a change that is no news: only what must be as the catalog is, such as an index, follows


class Change(NamedTuple):
    """One row of the change sequence; `passages`: the ordinals of the paragraphs that are news, None for all."""

    seq: int
    kind: str
    work_id: int
    document_id: int | None
    at: datetime
    passages: list[int] | None = None


class Catalog:
    """The one ledger. `url` is an SQLAlchemy URL, such as sqlite:////srv/forumwatch/catalog.sqlite."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _open(url)

    def migrate(self) -> None:
        """Brings the schema to the newest version; safe to run twice, and by two processes at once."""
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        with self.write() as connection:
            if self.engine.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(SEQUENCE_LOCK + 1)))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one consistent state, however long it is used, and writes nothing."""
        with self.engine.connect() as connection:
            if self.engine.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN")
            else:
                connection.execution_options(isolation_level="REPEATABLE READ")
            try:
                yield connection
            finally:
                connection.rollback()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: all of it is kept, or none. On SQLite it takes the write lock at once."""
        with self.engine.connect() as connection:
            if self.engine.dialect.name == "sqlite":
                _take_write_lock(connection)
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def record_change(
        self,
        connection: Connection,
        kind: str,
        work_id: int,
        document_id: int | None = None,
        passages: list[int] | None = None,
    ) -> int:
        """Adds to the change sequence, inside the transaction that makes the change; returns its number."""
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(SEQUENCE_LOCK)))
        row = {"kind": kind, "work_id": work_id, "document_id": document_id, "at": datetime.now(UTC)}
        row |= {} if passages is None else {"passages": passages}
        result = connection.execute(sa.insert(changes).values(row).returning(changes.c.seq))
        return int(result.scalar_one())

    def changes_after(self, connection: Connection, seq: int, limit: int = 1000) -> list[Change]:
        """The next changes after `seq`, oldest first, at most `limit`."""
        query = sa.select(changes).where(changes.c.seq > seq).order_by(changes.c.seq).limit(limit)
        return [Change(*row) for row in connection.execute(query)]

    def last_seq(self, connection: Connection) -> int:
        """The newest number of the change sequence; 0 before the first."""
        return int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(changes.c.seq), 0))).scalar_one())

    def watermark(self, connection: Connection, reader: str) -> int:
        """How far `reader` has come in the change sequence; 0 if it has not begun."""
        found = connection.execute(sa.select(watermarks.c.seq).where(watermarks.c.reader == reader)).scalar()
        return int(found or 0)

    def move_watermark(self, connection: Connection, reader: str, seq: int) -> None:
        """Sets how far `reader` has come, in the transaction of the work it stands for."""
        upsert(connection, watermarks, [{"reader": reader, "seq": seq}], key=["reader"])


def upsert(
    connection: Connection, table: sa.Table, rows: Sequence[dict[str, Any]], key: Sequence[str], update: bool = True
) -> int:
    """Inserts rows, updating (or, with update=False, keeping) those whose `key` columns exist; returns rows written."""
    if not rows:
        return 0
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table)
    if update:
        new = {name: statement.excluded[name] for name in rows[0] if name not in key}
        connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=new), list(rows))
        return len(rows)
    # What was there already is not returned. (A cursor's own count is -1 on PostgreSQL when there are several rows.)
    added = statement.on_conflict_do_nothing(index_elements=list(key)).returning(table.c[key[0]])
    return len(connection.execute(added, list(rows)).all())


def _take_write_lock(connection: Connection) -> None:
    """Asks again every few milliseconds: SQLite's own waiting backs off to 100 ms, and the patient starve."""
    deadline = time.monotonic() + BUSY_SECONDS
    connection.exec_driver_sql("PRAGMA busy_timeout = 0")
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            break
        except sa.exc.OperationalError as error:
            if "locked" not in str(error):
                raise
            if time.monotonic() > deadline:
                raise CatalogError(f"another process has been writing for more than {BUSY_SECONDS} s") from error
            time.sleep(random.uniform(0.002, 0.008))
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")


def _open(url: str) -> Engine:
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise CatalogError(f"not a database URL: {url!r}") from error
    if parsed.get_backend_name() == "postgresql":
        return sa.create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    if parsed.get_backend_name() != "sqlite":
        raise CatalogError(f"the catalog lives in SQLite or PostgreSQL, not in {parsed.get_backend_name()}")
    if not parsed.database or parsed.database == ":memory:":
        raise CatalogError("the catalog must be a file: every process of Forumwatch opens it")
    Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(parsed, connect_args={"timeout": BUSY_SECONDS})

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, see write()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine
