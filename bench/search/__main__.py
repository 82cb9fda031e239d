"""`make bench-search`: real records, then generated ones, each candidate in its own process; WORKS=1000000.

`--keep` writes the tables into docs/search.md. `--without elasticsearch,fts5` leaves candidates out.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from bench.search import bulk, table
from bench.search.corpus import Corpus
from bench.search.generated import generated
from tests.elastic import NoServer, Server

CANDIDATES = ("tantivy", "raw", "one", "fts5", "elasticsearch")
AGAIN = ("tantivy", "raw")  # taken twice, in turns, and the quicker counts: their ratio is what is promised
SMALL = 25_000  # works, from which growth is measured


def main() -> int:
    asked = _asked()
    wanted = [name for name in CANDIDATES if name not in asked.without.split(",")]
    written = [table.heading()]
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder, ExitStack() as stack:
        url = _cluster(stack) if "elasticsearch" in wanted else ""
        run = _Run(Path(folder), url, [name for name in wanted if url or name != "elasticsearch"])
        if bulk.there():
            rows, corpus = run.all(Corpus(Path(folder) / "bulk").keep(bulk.bulk()))
            written.append(table.table(_title("Real records", corpus), rows))
            _show(written[-1])
        else:
            _show(bulk.missing())
        few = Corpus(Path(folder) / "small").keep(generated(min(SMALL, asked.works // 4)))
        small = min(run.one("tantivy", few), run.one("tantivy", few), key=lambda row: row["seconds"])
        rows, corpus = run.all(Corpus(Path(folder) / "made").keep(generated(asked.works)))
        written.append(table.table(_title("Generated works", corpus), rows))
        written.append(table.growth(small, rows[0]))
        _show("\n".join(written[-2:]))
    if asked.keep:
        table.keep("\n\n".join(written))
    return 0


class _Run:
    """The candidates, and where they may work."""

    def __init__(self, folder: Path, url: str, names: Sequence[str]) -> None:
        self.folder, self.url, self.names = folder, url, names

    def all(self, corpus: Corpus) -> tuple[list[table.Row], Corpus]:
        rows = {name: self.one(name, corpus) for name in self.names}
        for name in (name for name in AGAIN if name in rows):
            rows[name] = min(rows[name], self.one(name, corpus), key=lambda row: row["seconds"])
        return list(rows.values()), corpus

    def one(self, name: str, corpus: Corpus) -> table.Row:
        with tempfile.TemporaryDirectory(dir=self.folder) as place:
            where = self.url if name == "elasticsearch" else str(Path(place) / name)
            command = [sys.executable, "-m", "bench.search.child", name, str(corpus.folder), where]
            _show(f"  {name} on {corpus.size[0]:,} works ...")
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        row: table.Row = json.loads(done.stdout.splitlines()[-1])
        _show(f"  {json.dumps(row)}")
        return row


def _cluster(stack: ExitStack) -> str:
    if url := os.environ.get("FORUMWATCH_SEARCH"):
        return url
    try:
        return stack.enter_context(Server(heap="2g")).url
    except NoServer as error:
        _show(f"NOT MEASURED: Elasticsearch: {error}")
        return ""


def _title(name: str, corpus: Corpus) -> str:
    works, paragraphs, characters = corpus.size
    return f"{name}: {works:,} works, {paragraphs:,} paragraphs, {characters / 1e6:,.0f} million characters"


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.search", description=__doc__)
    parser.add_argument("--works", type=int, default=int(os.environ.get("WORKS") or 100_000))
    parser.add_argument("--without", default="", help=f"of {', '.join(CANDIDATES)}")
    parser.add_argument("--folder", help="where to work; the system's place for temporary files otherwise")
    parser.add_argument("--keep", action="store_true", help="write the tables into docs/search.md")
    return parser.parse_args()


def _show(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
