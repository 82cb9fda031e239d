"""`make bench-reading`: how true, how fast, how heavy, and what becomes of every file of the corpus.

`--quick`: the text alone, some files, without OCR, within a minute. `--keep` writes it all into docs/reading.md.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from bench.reading import agree, candidates, cells, costs, needs, stages, structure, table, text, web, whole
from bench.reading.truth import CORPUS, truths


def main() -> int:
    asked = _asked()
    begun = time.monotonic()
    if candidates.MISSING:
        print(f"NOT MEASURED: {candidates.MISSING}", file=sys.stderr)
    if asked.quick or asked.only:
        _quick(asked.only)
        print(f"{time.process_time():.0f} CPU seconds")
        return 0
    if not CORPUS.is_dir():
        print(f"NOT MEASURED: the corpus of real documents is missing ({CORPUS})", file=sys.stderr)
        return 1
    written = [table.heading()]
    for name, part in PARTS.items():
        if name not in asked.without.split(","):
            _show(f"... {name}")
            written.append(part())
            _show(written[-1] + "\n")
    written.append(f"All in {(time.monotonic() - begun) / 60:.0f} minutes.")
    _show(written[-1])
    if asked.keep and not asked.without and not candidates.MISSING:
        table.keep("\n\n".join(written))
    return 0


def _quick(only: str) -> None:
    found = list(text.rows([t for t in truths() if (t.quick or only) and only in t.path.name], ocr=False))
    print(table.text(found, raw=False))
    print(f"\n{table.speed(found)}")
    for row in found:
        if row.behind:
            print(f"behind: {row.truth.name}: {', '.join(row.behind)}")


def _text() -> str:
    found = list(text.rows(truths()))
    return f"### Against the truth\n\n{table.text(found)}\n\n{table.verdict(found)}"


def _cells() -> str:
    return f"### Tables\n\n{cells.table(cells.rows())}"


def _web() -> str:
    good, number = web.titles()
    return f"### Web pages\n\n{web.table(web.rows())}\n\nTitles as they are in the truth: {good} of {number}."


def _structure() -> str:
    return f"### Numbers and notes\n\n{structure.table(list(structure.structures()))}"


def _needs() -> str:
    return f"### The choice of OCR\n\n{needs.table(list(needs.pages()))}"


def _costs() -> str:
    return f"### Speed and memory\n\n{costs.table(costs.costs())}"


def _agreement() -> str:
    known = {truth.path for truth in truths()}
    files = [path for path in costs.born_digital(CORPUS) if path not in known]
    return f"### Without a truth\n\n{agree.table(list(agree.agreements(files)))}"


def _whole() -> str:
    files = whole.corpus_files()
    with tempfile.TemporaryDirectory() as folder:
        way = whole.walk(files, Path(folder))
    command = [sys.executable, "-m", "bench.reading.stages", *(str(path) for path in files)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    spent = json.loads(done.stdout.splitlines()[-1])
    return "\n\n".join(
        [
            "### The whole way",
            whole.times(way),
            stages.table(spent),
            "### Every file",
            whole.states(way),
            "### The worst pages",
            whole.worst(way),
        ]
    )


def _hostile() -> str:
    if find_spec("bench.reading.hostile") is None:
        return "### Bombs among good files\n\nNot measured."
    found = import_module("bench.reading.hostile").throughput()
    return (
        f"### Bombs among good files\n\n{found.files} good files ({found.pages:,} pages) and {found.bombs} bombs, "
        f"by the clock: {found.alone:,.0f} pages a second of the good alone, {found.beside:,.0f} beside the bombs "
        f"({100 * found.kept:.0f} %)."
    )


PARTS: dict[str, Callable[[], str]] = {
    "text": _text,
    "tables": _cells,
    "web": _web,
    "structure": _structure,
    "needs": _needs,
    "speed": _costs,
    "agreement": _agreement,
    "hostile": _hostile,
    "whole": _whole,
}


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.reading", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="some of the files with a truth, without OCR")
    parser.add_argument("--only", default="", help="files with this in their name, without OCR")
    parser.add_argument("--without", default="", help=f"of {','.join(PARTS)}")
    parser.add_argument("--keep", action="store_true", help="write it all into docs/reading.md")
    return parser.parse_args()


def _show(said: str) -> None:
    print(said, flush=True)


if __name__ == "__main__":
    sys.exit(main())
