"""Which texts have a vector already? A file of vectors by the sha256 of their texts, so that none is made twice.

meaning/cache-VERSION.sqlite, written by the one process that follows the catalog. It is made of nothing but what is
in the catalog: if it is lost or damaged it is begun again, and costs only time. Per text it takes 1.1 KB.
"""

import hashlib
import logging
import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from search.meaning.model import DIMENSIONS, Encoder, model_version

if TYPE_CHECKING:
    from search.meaning.model import Matrix

log = logging.getLogger(__name__)

AT_ONCE = 256  # texts between two commits: what a crash costs


def digest(text: str) -> bytes:
    """What a text is known by here."""
    return hashlib.sha256(text.encode()).digest()


class Cache:
    """An encoder that remembers."""

    def __init__(self, folder: Path, model: Encoder) -> None:
        self._path = folder / f"cache-{re.sub(r'[^0-9a-z.]+', '-', model_version())}.sqlite"
        self._model = model
        self.made = 0  # vectors that were not there yet

    def embed(self, texts: Sequence[str]) -> "Matrix":
        """One vector a text, rounded to half precision whether it was there or not."""
        import numpy as np

        with closing(self._open()) as connection:
            found = [self._some(connection, texts[at : at + AT_ONCE]) for at in range(0, len(texts), AT_ONCE)]
        return np.vstack(found) if found else np.empty((0, DIMENSIONS), np.float32)

    def _some(self, connection: sqlite3.Connection, texts: Sequence[str]) -> "Matrix":
        import numpy as np

        keys = [digest(text) for text in texts]
        marks = ",".join("?" * len(keys))
        known = dict(connection.execute(f"SELECT text, vector FROM vectors WHERE text IN ({marks})", keys))
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            made = self._model.embed(list(missing.values())).astype(np.float16)
            rows = [(key, vector.tobytes()) for key, vector in zip(missing, made, strict=True)]
            with connection:
                connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
            known.update(rows)
            self.made += len(rows)
        flat = np.frombuffer(b"".join(known[key] for key in keys), np.float16)
        return flat.reshape(len(keys), DIMENSIONS).astype(np.float32)

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        for other in self._path.parent.glob("cache-*.sqlite*"):  # of another version of the model
            if not other.name.startswith(self._path.name):
                other.unlink()
        try:
            return _opened(self._path)
        except sqlite3.DatabaseError as error:
            log.warning("%s is damaged (%s): it is begun again", self._path, error)
            for suffix in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
            return _opened(self._path)


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE IF NOT EXISTS vectors (text BLOB PRIMARY KEY, vector BLOB NOT NULL)")
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection
