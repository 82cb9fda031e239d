"""How quickly are works indexed, searched and matched, beside Tantivy left to itself on the same texts?"""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import tantivy

from bench.made import COUNTRIES, TOPICS, vocabulary, works
from bench.measure import Figure, percentile, seconds
from search import open_engine
from search.engines import schema
from search.engines.engine import Engine, IndexedWork, Question
from search.query.parse import parse
from search.query.resolve import resolve
from search.query.tree import Node

NUMBER = 4_000
SHAPE = {"schema": schema.VERSION}  # what an engine asks of an index before it reads it
FACETS = ("publisher", "country", "year", "language")
SEARCHES, NEWCOMERS = 2_000, 500


def figures() -> Iterator[Figure]:
    made = works(NUMBER)
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(Path(folder) / "ours")
        ours = seconds(lambda: _index(engine, made), repeat=1)
        raw = _RawIndex(Path(folder) / "raw")
        bare = seconds(lambda: raw.add(made), repeat=1)
        yield Figure("indexing, works with passages", NUMBER / ours, NUMBER / bare, "works/s", "bare Tantivy")
        trees = _trees()
        mine = [_timed(lambda tree=tree: engine.ask(Question(tree, facets=FACETS))) for _, tree in trees]
        theirs = [_timed(lambda text=text: raw.ask(text)) for text, _ in trees]
        for share, name in ((0.5, "p50"), (0.95, "p95")):
            one, other = percentile(mine, share) * 1000, percentile(theirs, share) * 1000
            yield Figure(f"a query with four facets, {name}", one, other, "ms", "bare Tantivy, top ten only", "lower")
    yield _matching(made[:NEWCOMERS])


def _index(engine: Engine, made: list[IndexedWork]) -> None:
    with engine.writing(SHAPE) as target:
        engine.add(made)
        engine.commit()
        target.publish()


def _trees() -> list[tuple[str, Node]]:
    """A mix: rare and common words, two words, phrases, a phrase in a country."""
    known = vocabulary()
    texts = [known[i] for i in range(0, 400, 10)]
    texts += [f"{known[i]} {known[i + 3]}" for i in range(0, 200, 10)]
    texts += [f'"{topic}"' for topic in TOPICS]
    texts += [f'"{topic}" AND country:{country}' for topic in TOPICS for country in COUNTRIES]
    return [(text, resolve(parse(text).tree).tree) for text in texts]


def _timed(work: object) -> float:
    begun = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - begun


def _matching(newcomers: list[IndexedWork]) -> Figure:
    """Saved searches against newcomers in memory; the naive way asks an index of everything, search by search."""
    known = vocabulary()
    texts = [f'"{TOPICS[i % 5]}" AND {known[i]}' for i in range(SEARCHES)]
    trees = [resolve(parse(text).tree).tree for text in texts]

    def match() -> None:
        engine = open_engine(None)
        engine.add(newcomers)
        engine.commit()
        for tree in trees:
            engine.members(tree)

    raw = _RawIndex(None)
    raw.add(newcomers)
    naive = seconds(lambda: [raw.ask(text.replace(" AND ", " ")) for text in texts], repeat=1)
    pairs = SEARCHES * len(newcomers)
    return Figure(
        f"matching {SEARCHES:,} saved searches x {len(newcomers)} works",
        pairs / seconds(match, repeat=1) / 1e6,
        pairs / naive / 1e6,
        "million pairs/s",
        "bare Tantivy, parsed and asked one by one (index already made)",
    )


class _RawIndex:
    """Tantivy by the book: one text field with its own English chain."""

    def __init__(self, path: Path | None) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("text", tokenizer_name="en_stem")
        if path:
            path.mkdir()
        self.index = tantivy.Index(builder.build(), path=str(path) if path else None)

    def add(self, made: list[IndexedWork]) -> None:
        writer = self.index.writer()
        for work in made:
            writer.add_document(tantivy.Document(text="\n".join(p.text for p in work.paragraphs)))
        writer.commit()
        writer.wait_merging_threads()
        self.index.reload()

    def ask(self, text: str) -> int:
        query = self.index.parse_query(text.split(" AND country")[0], ["text"], conjunction_by_default=True)
        return len(self.index.searcher().search(query, 10).hits)
