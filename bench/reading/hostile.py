"""What do bombs among good files cost the good ones? Pages a second of the good, alone and with bombs beside them."""

import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.reading.truth import CORPUS
from pipeline import Limits
from pipeline.children.workers import Failure, Pool
from pipeline.readers import read
from tests.pipeline import bombs

_ROUNDS = 1
_SMALL = 600_000  # bytes of a good file
_GOOD = 200
_SIZE = 2  # children

Item = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Throughput:
    """Pages a second of the good files, by the clock: alone and beside bombs; medians of the rounds."""

    files: int
    pages: int
    bombs: int
    alone: float
    beside: float

    @property
    def kept(self) -> float:
        """The share that the good files keep."""
        return self.beside / self.alone


def read_one(item: Item) -> int:
    """Runs in a child: how many pages a good file has; a bomb does what it does."""
    kind, path = item
    while kind == "spins":
        pass
    if kind == "hangs":
        time.sleep(3600)
    return len(read(Path(path), Limits()).pages)


def throughput() -> Throughput:
    """One file in a hundred is a bomb: it uses the processor for ever, hangs, or unpacks to more than memory allows."""
    paths = sorted(path for path in (CORPUS / "pdf").rglob("*.pdf") if path.stat().st_size < _SMALL)
    good = [("good", str(path)) for path in itertools.islice(itertools.cycle(paths), _GOOD)]
    with tempfile.TemporaryDirectory() as folder:
        bad = [("spins", ""), ("hangs", "")]
        made = (bombs.content_bomb(2_000_000_000), bombs.double_bomb(4_000_000_000))
        for number, data in enumerate(made):
            path = Path(folder, f"{number}.pdf")
            path.write_bytes(data)
            bad.append(("unpacks", str(path)))
        rounds = [(_round(good), _round(_among(good, bad))) for _ in range(_ROUNDS)]
    pages = rounds[0][0][0]
    alone, beside = (statistics.median(pages / each[which][1] for each in rounds) for which in (0, 1))
    return Throughput(len(good), pages, len(bad), alone, beside)


def _among(good: list[Item], bad: list[Item]) -> list[Item]:
    """The bombs spread over the first half."""
    mixed, step = list(good), len(good) // (2 * len(bad))
    for number, bomb in enumerate(bad):
        mixed.insert(1 + number * (step + 1), bomb)
    return mixed


def _round(items: list[Item]) -> tuple[int, float]:
    """(pages of the good files, seconds until the last of them was read)."""
    left = sum(kind == "good" for kind, _ in items)
    pages = 0
    with Pool[Item]("bench.reading.hostile:read_one", _SIZE, Limits(memory_mb=700)) as pool:
        list(pool.map([item for item in items if item[0] == "good"][:_SIZE]))  # children are there and have imported
        began = time.monotonic()
        for (kind, _), result in _until(pool, items, left):
            pages += result if kind == "good" and not isinstance(result, Failure) else 0
        return pages, time.monotonic() - began


def _until(pool: "Pool[Item]", items: list[Item], left: int) -> Iterator[tuple[Item, int | Failure]]:
    for item, result in pool.map(items):
        yield item, result
        left -= item[0] == "good"
        if not left:
            return


if __name__ == "__main__":
    found = throughput()
    sys.stdout.write(f"{found} kept {found.kept:.3f}\n")
