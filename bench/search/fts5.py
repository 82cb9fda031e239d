"""What would SQLite do? FTS5 with Porter's stemmer on the same works and passages, with values in a table beside it."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.search.candidate import HITS, PASSAGES
from bench.search.mix import Asked
from search.engines.engine import IndexedWork
from search.fields import FACETS
from search.query.resolve import resolve
from search.query.tree import And, DateRange, Everything, Exact, Field, Node, Not, Or, Phrase, Prefix, StartsWith, Word

TABLES = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000;
CREATE TABLE works (id INTEGER PRIMARY KEY, day INTEGER);
CREATE TABLE passages (id INTEGER PRIMARY KEY, work INTEGER, document INTEGER, ordinal INTEGER);
CREATE TABLE vals (work INTEGER, field TEXT, value TEXT);
CREATE VIRTUAL TABLE works_fts USING fts5(title, text, content='', tokenize="porter unicode61 remove_diacritics 2");
CREATE VIRTUAL TABLE passages_fts USING fts5(text, tokenize="porter unicode61 remove_diacritics 2");
"""
INDEXES = """
CREATE INDEX passages_work ON passages (work);
CREATE INDEX vals_value ON vals (field, value, work);
CREATE INDEX vals_work ON vals (work, field);
CREATE INDEX works_day ON works (day);
"""


@dataclass(frozen=True)
class Statement:
    match: str
    where: str
    values: tuple[object, ...]
    order: str
    filters: tuple[tuple[str, tuple[str, ...]], ...]


class Fts5:
    name = "SQLite FTS5"

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True)
        self.path = path
        self.db = sqlite3.connect(path)
        self.db.executescript(TABLES)
        self.passages = 0

    def index(self, works: Sequence[IndexedWork]) -> None:
        rows = self.db.executemany
        rows("INSERT INTO works VALUES (?, ?)", [(work.id, work.date and work.date.toordinal()) for work in works])
        whole = [
            (work.id, "\n".join(title for _, title in work.titles), "\n".join(each.text for each in work.paragraphs))
            for work in works
        ]
        rows("INSERT INTO works_fts (rowid, title, text) VALUES (?, ?, ?)", whole)
        values = [(work.id, name, value) for work in works for name, held in work.values.items() for value in held]
        rows("INSERT INTO vals VALUES (?, ?, ?)", values)
        texts = [(work.id, each) for work in works for each in work.paragraphs]
        numbered = list(enumerate(texts, self.passages + 1))  # those of a work follow each other
        self.passages += len(numbered)
        rows("INSERT INTO passages VALUES (?, ?, ?, ?)", [(i, w, e.document_id, e.ordinal) for i, (w, e) in numbered])
        rows("INSERT INTO passages_fts (rowid, text) VALUES (?, ?)", [(i, each.text) for i, (_, each) in numbered])

    def commit(self) -> None:
        self.db.executescript(INDEXES)
        for name in ("works_fts", "passages_fts"):
            self.db.execute(f"INSERT INTO {name} ({name}) VALUES ('optimize')")
        self.db.execute("ANALYZE")
        self.db.commit()

    def prepare(self, asked: Asked) -> Statement:
        words, conditions, values = [], [], []
        node = asked.parsed
        for item in node.items if isinstance(node, And) else (node,):
            if match := _match(item):
                words.append(match)
            else:
                condition, own = _condition(item)
                conditions.append(condition)
                values += own
        denied = " ".join(f"NOT ({match[4:]})" for match in words if match.startswith("NOT "))
        match = " AND ".join(f"({match})" for match in words if not match.startswith("NOT "))
        order = {"date": "day", "-date": "day DESC"}.get(asked.sort, "rank" if match else "day DESC")
        where = " AND ".join(condition for condition in conditions if condition)
        return Statement(f"{match} {denied}".strip(), where, tuple(values), order, tuple(asked.filters.items()))

    def answer(self, asked: Statement) -> int:
        db = self.db
        db.execute("DROP TABLE IF EXISTS temp.hits")
        ranked = "works_fts JOIN works ON works.id = works_fts.rowid" if asked.match else "works"
        where = [part for part in ("works_fts MATCH ?" if asked.match else "", asked.where) if part] or ["1"]
        values = (*((asked.match,) if asked.match else ()), *asked.values)
        rank = "rank" if asked.match else "0 AS rank"
        source = f"SELECT works.id AS id, works.day AS day, {rank} FROM {ranked} WHERE {' AND '.join(where)}"
        db.execute("CREATE TEMP TABLE hits (id INTEGER PRIMARY KEY, day INTEGER, rank REAL)")
        db.execute(f"INSERT INTO temp.hits {source}", values)
        narrowed, own = _narrowed(asked.filters)
        page = db.execute(f"SELECT id FROM hits WHERE {narrowed} ORDER BY {asked.order} LIMIT {HITS}", own).fetchall()
        total = db.execute(f"SELECT count(*) FROM hits WHERE {narrowed}", own).fetchone()[0]
        for facet in FACETS:
            but, own = _narrowed(tuple(each for each in asked.filters if each[0] != facet))
            db.execute(
                f"SELECT value, count(*) FROM hits CROSS JOIN vals ON hits.id = vals.work WHERE field = ? AND {but} "
                "GROUP BY value ORDER BY 2 DESC LIMIT 500",
                (facet, *own),
            ).fetchall()
        if asked.match:
            for (work,) in page:
                own = db.execute("SELECT min(id), max(id) FROM passages WHERE work = ?", (work,)).fetchone()
                db.execute(
                    "SELECT rowid, highlight(passages_fts, 0, '[', ']') FROM passages_fts WHERE passages_fts MATCH ? "
                    f"AND rowid BETWEEN ? AND ? ORDER BY rank LIMIT {PASSAGES}",
                    (asked.match.replace("title :", ""), *own),
                ).fetchall()
        return int(total)

    def bytes(self) -> int:
        return self.path.stat().st_size

    def memory(self) -> int:
        return 0


def _match(node: Node) -> str:
    """What of a question is words, in the language of FTS5; empty for values."""
    match node:
        case Word(text) | Phrase((text,), _):
            return _quoted(text)
        case Prefix(text):
            return f"{_quoted(text)} *"
        case Phrase(words, slop):
            return f"NEAR({' '.join(map(_quoted, words))}, {slop})" if slop else _quoted(" ".join(words))
        case Field("title", value):
            return f"title : {_quoted(value)}"
        case Or(items) | And(items) if all(map(_match, items)):
            return (" OR " if isinstance(node, Or) else " AND ").join(f"({_match(item)})" for item in items)
        case Not(item) if _match(item):
            return f"NOT {_match(item)}"
    return ""


def _condition(node: Node) -> tuple[str, list[object]]:
    held = "works.id IN (SELECT work FROM vals WHERE field = ? AND {})"
    match resolve(node).tree:
        case Everything():
            return "", []
        case Exact(field, values):
            return held.format(f"value IN ({', '.join('?' * len(values))})"), [field, *values]
        case StartsWith(field, prefix):
            return held.format("value >= ? AND value < ?"), [field, prefix, prefix + "\U0010ffff"]
        case DateRange(first, last):
            low, high = first.toordinal() if first else 0, last.toordinal() if last else 1 << 40
            return "works.day BETWEEN ? AND ?", [low, high]
        case Or(items) if all(isinstance(item, Exact) for item in items):
            parts = [_exact(item) for item in items]
            return f"({' OR '.join(part for part, _ in parts)})", [value for _, own in parts for value in own]
    raise TypeError(f"the mix has a question that SQLite is not asked here: {node!r}")


def _exact(node: Node) -> tuple[str, list[object]]:
    assert isinstance(node, Exact)
    marks = ", ".join("?" * len(node.values))
    return f"works.id IN (SELECT work FROM vals WHERE field = ? AND value IN ({marks}))", [node.field, *node.values]


def _narrowed(filters: Sequence[tuple[str, tuple[str, ...]]]) -> tuple[str, list[object]]:
    parts = [
        f"hits.id IN (SELECT work FROM vals WHERE field = ? AND value IN ({', '.join('?' * len(values))}))"
        for _, values in filters
    ]
    return " AND ".join(parts) or "1", [value for name, values in filters for value in (name, *values)]


def _quoted(text: str) -> str:
    return '"' + text.replace('"', " ") + '"'
