"""How does each test get a catalog of its own that took long to fill? As a copy of one that was filled once."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from catalog import Catalog


def copied_from(filled: Catalog) -> Callable[[Path], Catalog]:
    """Makes a copy in a folder; the one that was filled is not to be written to any more."""
    source = str(filled.engine.url.database)

    def copy(folder: Path) -> Catalog:
        target = folder / "copy.sqlite"
        with sqlite3.connect(source) as one, sqlite3.connect(target) as other:
            one.backup(other)
        one.close()
        other.close()
        return Catalog(f"sqlite:///{target}")

    return copy
