"""How are the pictures of pages read? One page at a time from a queue, in fair turns, each in a capped child process.

It comes after the cheap reading and delays nobody: a document is stored with what could be read at once, and again when
its pictures have been read. A run is bounded; it can be ended at any instruction, and several can run side by side.
"""

import itertools
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from catalog import Catalog
from pipeline import ocr_queue, waiting
from pipeline.children.workers import Failure, Pool
from pipeline.errors import Unreachable
from pipeline.limits import Limits
from pipeline.ocr_queue import Turn
from pipeline.process import Item, files, read_with_pool, readers_at_work
from pipeline.readers import scan
from pipeline.readers.sheet import Seen

if TYPE_CHECKING:
    from crawlers import Archive

_AT_ONCE = 8  # pages that a runner takes for each of its processes
_SLACK = 30.0  # seconds beyond those of OCR, to open the file and draw the page
_MEMORY_MB = 1000  # Tesseract may take four times that of the system's address space
_POLITE = 10  # reading pictures gives way to everything else on the machine


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much one run may do before it leaves the rest to the next."""

    pages: int = 100_000
    seconds: float = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Picture:
    """A page to be read from its picture, as it is handed to a child process."""

    turn: Turn
    path: str
    hints: tuple[str, ...]
    limits: Limits


@dataclass(slots=True)
class PicturesReport:
    """What a run did: pages seen, failed for good and put off; files read again with them; pages still waiting.

    `problem`: why nothing can be seen, where that is so.
    """

    seen: int = 0
    failed: int = 0
    put_off: int = 0
    files: int = 0
    waiting: int = 0
    problem: str = ""


def look(picture: Picture) -> tuple[Seen, float]:
    """What is on the page, and how many seconds that took. Runs in a child process with limits."""
    from pipeline.readers.pictures import see

    _give_way()
    began = time.monotonic()
    path = Path(picture.path)
    if not path.is_file():
        raise Unreachable("the bytes are not in the archive")
    return see(path, picture.turn.page, picture.hints, picture.limits), time.monotonic() - began


@cache
def _give_way() -> None:
    os.nice(_POLITE)


def read_pictures(
    catalog: Catalog,
    archive: "Archive",
    limits: Limits | None = None,
    bounds: Bounds | None = None,
    progress: Callable[[int, int], None] | None = None,
    *,
    only: frozenset[str] | None = None,
    processes: int | None = None,
) -> PicturesReport:
    """Reads pages that wait for OCR, and each document again when enough of its pages were seen.

    `only`: hashes of the files that are looked at, None: all. `progress` is told (pages done, pages known).
    """
    run = _Run(catalog, archive, limits or Limits(), bounds or Bounds(), only, processes or os.cpu_count() or 1)
    try:
        ocr_queue.give_back(catalog, run.runner)
        run.all_the_way(progress or (lambda done, total: None))
    finally:
        ocr_queue.give_back(catalog, run.runner)
    run.report.waiting = ocr_queue.pages_left(catalog, datetime.now(UTC), only)
    return run.report


class _Run:
    def __init__(
        self,
        catalog: Catalog,
        archive: "Archive",
        limits: Limits,
        bounds: Bounds,
        only: frozenset[str] | None,
        processes: int,
    ) -> None:
        self.catalog, self.archive, self.limits, self.bounds = catalog, archive, limits, bounds
        self.only, self.processes = only, processes
        self.runner = ocr_queue.new_runner()
        self.report = PicturesReport()
        self._until = time.monotonic() + bounds.seconds
        self._handed = 0
        self._spoken: dict[str, str] = {}  # the language last seen in each file
        self._readers: Pool[Item]
        self._tried: set[str] = set()  # files that were read again in vain

    def all_the_way(self, progress: Callable[[int, int], None]) -> None:
        """Round by round: some pages, then the documents that are complete with them."""
        with readers_at_work(self.limits, self.processes) as readers:
            self._readers = readers
            self._read_ready()
            self._look_at_all(progress)

    def _look_at_all(self, progress: Callable[[int, int], None]) -> None:
        if not scan.installed():
            self.report.problem = "Tesseract is not installed"
            ocr_queue.nothing_to_see_with(self.catalog, self.report.problem)
            return
        ocr_queue.ask_again(self.catalog)
        known = ocr_queue.pages_left(self.catalog, datetime.now(UTC), self.only)
        caps = replace(
            self.limits,
            seconds=self.limits.ocr_seconds + _SLACK,
            cpu_seconds=int(self.limits.ocr_seconds + _SLACK),
            memory_mb=min(self.limits.memory_mb, _MEMORY_MB),
            patience=self.limits.ocr_seconds,  # all of them are slow
        )
        done = itertools.count(1)
        with Pool[Picture]("pipeline.ocr:look", self.processes, caps) as pool:
            while turns := self._next_turns():
                for picture, result in pool.map(self._pictures(turns)):
                    self._keep(picture.turn, result)
                    progress(next(done), known)
                self._read_ready()

    def _next_turns(self) -> list[Turn]:
        number = min(_AT_ONCE * self.processes, self.bounds.pages - self._handed)
        if number <= 0 or time.monotonic() > self._until:
            return []
        return ocr_queue.lease(self.catalog, self.runner, number, datetime.now(UTC), self.only)

    def _pictures(self, turns: list[Turn]) -> Iterator[Picture]:
        words = {one.sha256: one.words for one in waiting.captured(self.catalog, {turn.sha256 for turn in turns})}
        for turn in turns:
            if time.monotonic() > self._until:
                return
            self._handed += 1
            declared = waiting.declared_language(words.get(turn.sha256, {}))
            hints = (self._spoken.get(turn.sha256), turn.hint, declared)
            path = str(self.archive.path(turn.sha256))
            yield Picture(turn, path, tuple(filter(None, hints)), self.limits)

    def _keep(self, turn: Turn, result: tuple[Seen, float] | Failure) -> None:
        now = datetime.now(UTC)
        if not isinstance(result, Failure):
            seen, seconds = result
            ocr_queue.record(self.catalog, self.runner, turn, seen, scan.recipe(), seconds)
            self.report.seen += 1
            if seen.language and seen.quality >= ocr_queue.NEAR:
                self._spoken[turn.sha256] = seen.language
        elif result.kind == "NeedsOcr":
            ocr_queue.record_missing(self.catalog, self.runner, turn, result.reason, now)
            self.report.put_off += 1
            self.report.problem = result.reason
        else:
            may_pass = result.may_pass or result.kind == "TimeOut"
            state = ocr_queue.record_failure(self.catalog, self.runner, turn, result.reason, may_pass, now)
            self.report.failed += state == "failed"
            self.report.put_off += state == "waiting"

    def _read_ready(self) -> None:
        """Reads again what is complete; a file that cannot be read just now is not asked twice in a run."""
        ready = [sha256 for sha256 in ocr_queue.ready(self.catalog, datetime.now(UTC)) if sha256 not in self._tried]
        if not ready:
            return
        self._tried.update(ready)
        items = files(self.catalog, self.archive, ready, self.limits)
        report = read_with_pool(self._readers, self.catalog, items, len(ready))
        self.report.files += report.read
        self._tried -= set(ready) - {one.sha256 for one in report.outcomes}
