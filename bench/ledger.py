"""What does it cost to keep changes in order, beside SQLite left to itself?"""

import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from bench.measure import Figure, seconds
from catalog import Catalog, tables

NUMBER = 500


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        catalog = Catalog(f"sqlite:///{folder}/catalog.sqlite")
        catalog.migrate()
        bare = sqlite3.connect(Path(folder) / "bare.sqlite", isolation_level=None)
        bare.execute("PRAGMA journal_mode=WAL")
        bare.execute("PRAGMA synchronous=FULL")
        bare.execute("CREATE TABLE works (id INTEGER PRIMARY KEY, key TEXT UNIQUE, publisher TEXT, title TEXT)")
        bare.execute("CREATE TABLE changes (seq INTEGER PRIMARY KEY AUTOINCREMENT, work_id INTEGER)")
        ours = seconds(lambda: _ours(catalog), repeat=1)
        theirs = seconds(lambda: _bare(bare), repeat=1)
    yield Figure("a work and its change, committed", NUMBER / ours, NUMBER / theirs, "commits/s", "bare sqlite3")


def _ours(catalog: Catalog) -> None:
    insert = sa.insert(tables.works).returning(tables.works.c.id)
    for number in range(NUMBER):
        with catalog.write() as connection:
            row = {"key": str(number), "publisher": "UN", "title": ""}
            catalog.record_change(connection, "created", connection.execute(insert.values(row)).scalar_one())


def _bare(connection: sqlite3.Connection) -> None:
    for number in range(NUMBER):
        connection.execute("BEGIN IMMEDIATE")
        work = connection.execute(
            "INSERT INTO works (key, publisher, title) VALUES (?, 'UN', '')", (str(number),)
        ).lastrowid
        connection.execute("INSERT INTO changes (work_id) VALUES (?)", (work,))
        connection.execute("COMMIT")
