"""What happens between a capture and a document? Read, describe, find mentions and citations, store; or say why not."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from catalog import Catalog
from pipeline import waiting
from pipeline.document import Document
from pipeline.errors import Unreachable
from pipeline.limits import Limits
from pipeline.store import store
from pipeline.workers import Failure, Pool

if TYPE_CHECKING:
    from crawlers import Archive


@dataclass(frozen=True, slots=True)
class Item:
    """A file to be understood, as it is handed to a child process."""

    sha256: str
    path: str
    publisher: str
    words: dict[str, str]
    limits: Limits
    seen: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file. `state`: read, quarantined or waiting; `total`: files of this round, as known so far."""

    sha256: str
    state: str
    reason: str = ""
    symbol: str | None = None
    title: str = ""
    work: str | None = None
    change: str | None = None
    total: int = 0


@dataclass(slots=True)
class ReadReport:
    """How many files of a round were read, put in quarantine, or wait."""

    read: int = 0
    quarantined: int = 0
    waiting: int = 0
    outcomes: list[Outcome] = field(default_factory=list, repr=False)  # only of files that were not read

    def count(self, outcome: Outcome) -> None:
        setattr(self, outcome.state, getattr(self, outcome.state) + 1)
        if outcome.state != "read":
            self.outcomes.append(outcome)


def understand(item: Item) -> Document:
    """From bytes to a document. Runs in a child process with limits; raises a ReadError with the reason."""
    from lexicon import language_code
    from pipeline.citations import find_citations
    from pipeline.describe import describe
    from pipeline.mentions import find_mentions
    from pipeline.readers import read
    from pipeline.works import work_key

    path = Path(item.path)
    if not path.is_file():
        raise Unreachable("the bytes are not in the archive")
    declared = language_code(item.words.get("language", ""))
    reading = read(path, item.limits, (declared,) if declared else ())
    description = describe(reading, item.words, item.publisher)
    mentions, notes = find_mentions(reading.paragraphs, item.publisher)
    citations = find_citations(reading.paragraphs, mentions, description, item.publisher)
    description = replace(description, described_from=description.described_from | notes)
    key = work_key(item.publisher, description, item.words, item.sha256)
    return Document(item.sha256, item.publisher, reading, description, mentions, citations, key)


def read_waiting(
    catalog: Catalog,
    archive: "Archive",
    limits: Limits | None = None,
    progress: Callable[[Outcome], None] | None = None,
    ocr: bool = True,
    *,
    processes: int | None = None,
) -> ReadReport:
    """Reads every captured file that has no document yet, or is due again; one transaction a document.

    It can be ended at any instruction and run again: what was committed is not done twice. `ocr`: whether OCR is there.
    """
    limits = replace(limits or Limits(), ocr=ocr)
    due = waiting.due(catalog, datetime.now(UTC), ocr)
    report = ReadReport()
    with Pool[Item]("pipeline.process:understand", processes or os.cpu_count() or 1, limits) as pool:
        for item, result in pool.map(_items(catalog, archive, due, limits)):
            outcome = replace(_keep(catalog, item, result), total=len(due))
            report.count(outcome)
            if progress:
                progress(outcome)
    return report


def _items(catalog: Catalog, archive: "Archive", due: Iterable[str], limits: Limits) -> Iterator[Item]:
    for capture in waiting.captured(catalog, due):
        path = str(archive.path(capture.sha256))
        yield Item(capture.sha256, path, capture.publisher, capture.words, limits, capture.seen)


def _keep(catalog: Catalog, item: Item, result: Document | Failure) -> Outcome:
    if isinstance(result, Failure):
        state, reason = waiting.record_failure(catalog, item.sha256, item.publisher, item.words, result, item.seen)
        return Outcome(item.sha256, state, reason, item.words.get("symbol"), item.words.get("title", ""))
    stored = store(catalog, result, item.seen)
    about = result.description
    symbol = about.symbols[0] if about.symbols else None
    return Outcome(item.sha256, "read", "", symbol, about.title, result.work_key, stored.change)
