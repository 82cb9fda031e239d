"""How are vectors kept beside the index on disk? A file for the library usearch, and which passages it is of.

meaning/g-.../passages.sqlite     which texts stand where, and which of the files below belongs to them
meaning/g-.../near-N.usearch      a graph of the vectors of these texts, that readers map into memory

Texts that are the same share a vector. A commit writes a new graph whole, then commits the passages, which name it:
that is the one moment at which readers see both, and a crash before it leaves what was there. A vector is kept in
512 bytes; what the graph finds by these is compared with the question in whole.
"""

import logging
import os
import sqlite3
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search.engines.engine import PassageAddress, Target
from search.engines.folder import Folder, OnDisk
from search.errors import IndexUnavailable
from search.meaning.model import DIMENSIONS
from search.meaning.vectors import SAME, Near, Piece

if TYPE_CHECKING:
    from search.meaning.model import Matrix, Vector

log = logging.getLogger(__name__)

EXACT = 20_000  # texts that are compared one by one rather than through the graph, when only some works are asked

_TABLES = """
CREATE TABLE IF NOT EXISTS texts (id INTEGER PRIMARY KEY AUTOINCREMENT, text BLOB NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS passages (
    work INTEGER NOT NULL, document INTEGER NOT NULL, ordinal INTEGER NOT NULL, text INTEGER NOT NULL,
    PRIMARY KEY (work, document, ordinal, text)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS passages_text ON passages (text, work, document, ordinal);
CREATE TABLE IF NOT EXISTS graph (number INTEGER NOT NULL);
"""
_OF_WORKS = "SELECT DISTINCT text FROM passages WHERE work IN (SELECT value FROM json_each(?))"
_PLACES = """
SELECT text, work, document, ordinal FROM (
    SELECT *, row_number() OVER (PARTITION BY text ORDER BY work, document, ordinal) AS place
    FROM passages WHERE text IN (SELECT value FROM json_each(?)) AND (? OR work IN (SELECT value FROM json_each(?)))
) WHERE place <= ?
"""


class LocalVectors:
    """The vectors in a folder."""

    def __init__(self, path: Path) -> None:
        self._folder = Folder(path, parts=())
        self._written: _Writer | None = None
        self._lock = threading.Lock()
        self._seen: tuple[Path, Any] | None = None  # the graph that was read last

    @contextmanager
    def writing(self, shape: Mapping[str, str], wait: float = 30.0, afresh: bool = False) -> Iterator[Target]:
        with self._folder.locked(wait):
            name, self._written = self._to_write(shape, afresh)
            try:
                yield OnDisk(self._folder, name)
            finally:
                self._written.close()
                self._written = None

    def reading(self) -> Target | None:
        name = self._folder.current()
        return OnDisk(self._folder, name) if name else None

    def add(self, pieces: Sequence[Piece], vectors: "Matrix") -> None:
        self._writer().add(pieces, vectors)

    def remove(self, works: Collection[int]) -> None:
        self._writer().remove(works)

    def commit(self) -> None:
        self._writer().commit()

    def nearest(self, vector: "Vector", limit: int, works: Collection[int] | None = None) -> list[Near]:
        with self._open() as (connection, graph):
            if graph is None or not len(graph) or limit < 1:
                return []
            if works is not None:
                own = [row[0] for row in connection.execute(_OF_WORKS, [_json(works)])]
                if len(own) <= EXACT:
                    return _places(connection, _compared(graph, own, vector), limit, works)
            wanted = limit
            while True:
                found = graph.search(vector, min(wanted, len(graph)))
                near = _places(connection, _compared(graph, found.keys.tolist(), vector), limit, works)
                if len(near) >= limit or wanted >= len(graph) or (works is None and wanted > limit):
                    return near
                wanted *= 4

    def count(self) -> int:
        with self._open() as (connection, _):
            return int(connection.execute("SELECT count(*) FROM passages").fetchone()[0]) if connection else 0

    def _writer(self) -> "_Writer":
        if self._written is None:
            raise IndexUnavailable("vectors on disk are written inside `with vectors.writing(...)`")
        return self._written

    def _to_write(self, shape: Mapping[str, str], afresh: bool) -> tuple[str, "_Writer"]:
        """The current generation if it has the right shape and opens; else a new one, begun before or now."""
        current = self._folder.current()
        for name in () if afresh else (current, self._folder.begun(shape)):
            if name and self._folder.shape(name) == dict(shape):
                try:
                    return name, _Writer(self._folder.path / name)
                except (sqlite3.DatabaseError, RuntimeError, OSError) as error:
                    log.warning("the vectors in %s are begun again: %s", name, error)
        self._folder.clean(current)
        name = self._folder.new()
        writer = _Writer(self._folder.path / name)
        self._folder.sign(name, shape)
        if current is None:
            self._folder.publish(name)
        return name, writer

    @contextmanager
    def _open(self) -> Iterator[tuple[Any, Any]]:
        """The passages and their graph, of one state; (None, None) before the first."""
        for attempt in range(5):
            name = self._folder.current()
            if name is None:
                yield None, None
                return
            try:
                connection, graph = self._opened(self._folder.path / name)
            except (sqlite3.DatabaseError, RuntimeError, OSError) as error:
                if attempt == 4:
                    raise IndexUnavailable(detail=f"{self._folder.path / name}: {error}") from error
                continue  # it was replaced just now: look again
            break
        with closing(connection):
            yield connection, graph

    def _opened(self, path: Path) -> tuple[sqlite3.Connection, Any]:
        connection = sqlite3.connect(f"file:{path / 'passages.sqlite'}?mode=ro", uri=True)
        try:
            connection.execute("BEGIN")
            return connection, self._graph(path, connection)
        except (sqlite3.DatabaseError, RuntimeError, OSError):
            connection.close()
            raise

    def _graph(self, path: Path, connection: sqlite3.Connection) -> Any:
        row = connection.execute("SELECT number FROM graph").fetchone()
        if row is None:
            return None
        file = _file(path, row[0])
        with self._lock:
            if self._seen is None or self._seen[0] != file:
                self._seen = file, _read_graph(file, view=True)
            return self._seen[1]


class _Writer:
    """The one that writes to a generation: passages in one transaction, the graph in memory, until the commit."""

    def __init__(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._connection = sqlite3.connect(path / "passages.sqlite", isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.executescript(_TABLES)
        row = self._connection.execute("SELECT number FROM graph").fetchone()
        self._number = row[0] if row else 0
        self._graph = _read_graph(_file(path, self._number)) if row else _new_graph()
        self._connection.execute("BEGIN IMMEDIATE")

    def add(self, pieces: Sequence[Piece], vectors: "Matrix") -> None:
        import numpy as np

        new: dict[int, int] = {}  # id of a text -> which of the vectors
        for place, piece in enumerate(pieces):
            connection = self._connection
            row = connection.execute("SELECT id FROM texts WHERE text = ?", [piece.text]).fetchone()
            if row is None:
                row = connection.execute("INSERT INTO texts (text) VALUES (?) RETURNING id", [piece.text]).fetchone()
            if row[0] not in self._graph:
                new.setdefault(row[0], place)
            values = (piece.work, piece.at.document_id, piece.at.ordinal, row[0])
            connection.execute("INSERT OR IGNORE INTO passages VALUES (?, ?, ?, ?)", values)
        if new:
            self._graph.add(np.fromiter(new, np.uint64), vectors[list(new.values())], threads=1)

    def remove(self, works: Collection[int]) -> None:
        """The texts stay until the commit: a work that is added again has most of them again."""
        self._connection.execute("DELETE FROM passages WHERE work IN (SELECT value FROM json_each(?))", [_json(works)])

    def commit(self) -> None:
        gone = "SELECT id FROM texts WHERE NOT EXISTS (SELECT 1 FROM passages WHERE passages.text = texts.id)"
        texts = [row[0] for row in self._connection.execute(gone)]
        if texts:
            self._graph.remove(texts)
            self._connection.execute("DELETE FROM texts WHERE id IN (SELECT value FROM json_each(?))", [_json(texts)])
        number = self._number + 1
        _write_graph(self._graph, _file(self._path, number))
        self._connection.execute("DELETE FROM graph")
        self._connection.execute("INSERT INTO graph VALUES (?)", [number])
        self._connection.execute("COMMIT")
        self._number = number
        for other in self._path.glob("near-*.usearch*"):
            if other != _file(self._path, number):
                other.unlink(missing_ok=True)  # whoever reads it keeps it until it looks again
        self._connection.execute("BEGIN IMMEDIATE")

    def close(self) -> None:
        """What was not committed is lost."""
        self._connection.rollback()
        self._connection.close()


def _file(path: Path, number: int) -> Path:
    return path / f"near-{number}.usearch"


def _new_graph() -> Any:
    from usearch.index import Index

    return Index(ndim=DIMENSIONS, metric="cos", dtype="i8")


def _read_graph(file: Path, view: bool = False) -> Any:
    graph = _new_graph()
    if not file.is_file():
        raise OSError(f"{file} is missing")
    graph.view(str(file)) if view else graph.load(str(file))
    return graph


def _write_graph(graph: Any, file: Path) -> None:
    beside = file.with_name(file.name + ".new")
    graph.save(str(beside))
    with beside.open("rb") as written:
        os.fsync(written.fileno())
    beside.replace(file)


def _compared(graph: Any, texts: Sequence[int], vector: "Vector") -> dict[int, float]:
    """The similarity of each text, one by one."""
    import numpy as np

    if not texts:
        return {}
    kept = np.vstack(graph.get(np.array(texts, np.uint64))).astype(np.float32)
    similar = kept @ vector / np.maximum(np.linalg.norm(kept, axis=1), 1e-9)
    return dict(zip(texts, similar.tolist(), strict=True))


def _places(
    connection: sqlite3.Connection, similar: Mapping[int, float], limit: int, works: Collection[int] | None
) -> list[Near]:
    """Where the most similar texts stand; a passage of which several pieces are similar counts once, by its best."""
    best = sorted(similar, key=lambda text: -similar[text])[: max(limit * SAME, limit)]
    rows = connection.execute(_PLACES, [_json(best), works is None, _json(works or ()), SAME])
    found: dict[tuple[int, int, int], float] = {}
    for text, *place in rows:
        key = (place[0], place[1], place[2])
        found[key] = max(found.get(key, -1.0), similar[text])
    order = sorted(found.items(), key=lambda each: (-each[1], each[0]))
    return [Near(work, PassageAddress(document, ordinal), value) for (work, document, ordinal), value in order[:limit]]


def _json(numbers: Collection[int]) -> str:
    return f"[{','.join(map(str, numbers))}]"
