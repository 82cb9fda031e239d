"""What is indexed by every candidate, and by none at its own cost? Works on disk in batches, and texts to quote."""

import pickle
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from search.engines.engine import IndexedWork, PassageAddress

BATCH = 500


class Corpus:
    """A folder with works as they were made once, so that making them is in nobody's figures."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, works: Iterable[IndexedWork]) -> "Corpus":
        self.folder.mkdir(parents=True, exist_ok=True)
        texts = sqlite3.connect(self.folder / "texts.sqlite")
        texts.execute("CREATE TABLE texts (document INTEGER, ordinal INTEGER, language TEXT, text TEXT)")
        number = paragraphs = characters = 0
        with (self.folder / "works.pickle").open("wb") as file:
            source = iter(works)
            while some := tuple(islice(source, BATCH)):
                pickle.dump(some, file)
                rows = [(e.document_id, e.ordinal, e.language, e.text) for work in some for e in work.paragraphs]
                texts.executemany("INSERT INTO texts VALUES (?, ?, ?, ?)", rows)
                number, paragraphs = number + len(some), paragraphs + len(rows)
                characters += sum(len(row[3]) for row in rows)
        texts.execute("CREATE UNIQUE INDEX places ON texts (document, ordinal)")
        texts.commit()
        texts.close()
        (self.folder / "size").write_text(f"{number} {paragraphs} {characters}")
        return self

    @property
    def size(self) -> tuple[int, int, int]:
        """Works, paragraphs, characters."""
        number, paragraphs, characters = map(int, (self.folder / "size").read_text().split())
        return number, paragraphs, characters

    def batches(self) -> Iterator[Sequence[IndexedWork]]:
        with (self.folder / "works.pickle").open("rb") as file:
            while True:
                try:
                    yield pickle.load(file)
                except EOFError:
                    return

    def texts(self) -> "Texts":
        return Texts(sqlite3.connect(self.folder / "texts.sqlite"))


class Texts:
    """The paragraphs to quote, by address, as the catalog would give them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def at(self, addresses: Sequence[PassageAddress]) -> list[tuple[str | None, str]]:
        """Language and text of each."""
        query = "SELECT language, text FROM texts WHERE document = ? AND ordinal = ?"
        return [self._connection.execute(query, (at.document_id, at.ordinal)).fetchone() for at in addresses]
