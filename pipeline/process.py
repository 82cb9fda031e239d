"""What happens between a capture and a document? Read, describe, find mentions and citations, store; or say why not."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from catalog import Catalog
from pipeline import ocr_queue, waiting
from pipeline.bundles import open_bundle
from pipeline.children.workers import Failure, Pool
from pipeline.document import Document
from pipeline.errors import Unreachable
from pipeline.limits import Limits
from pipeline.readers import kind_of_file
from pipeline.readers.bundle import Bundle, opened, taken
from pipeline.readers.sheet import Seen
from pipeline.store import store, store_waiting

if TYPE_CHECKING:
    from crawlers import Archive

_LARGE = 30_000_000  # bytes: such files are read beside the others, or after them


@dataclass(frozen=True, slots=True)
class Item:
    """A file to be understood, as it is handed to a child process."""

    sha256: str
    path: str
    publisher: str
    words: dict[str, str]
    limits: Limits
    seen: datetime | None = None  # when the newest of its captures was made
    pictures: Mapping[int, Seen] = field(default_factory=dict)  # what OCR has seen on its pages
    attempts: int = 0  # that failed before
    slow: bool = False  # it failed before, or is so large that it may take long
    read_with: str | None = None  # the reader that was asked for by hand
    depth: int = 0  # in how many bundles it lies
    member: int | None = None  # the one that is to be taken out of this bundle; None: the file is to be read


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file. `state`: read, quarantined, waiting, opened (a bundle), or kept: it could not be read
    again, and stays as it was read before. `total`: files of this round, as known so far."""

    sha256: str
    state: str
    reason: str = ""
    symbol: str | None = None
    title: str = ""
    work: str | None = None
    change: str | None = None
    total: int = 0
    anew: bool = False  # it was read before, and says something else now


@dataclass(slots=True)
class ReadReport:
    """How many files of a round were read, put in quarantine, wait, or were opened; `kept`: could not be read again."""

    read: int = 0
    quarantined: int = 0
    waiting: int = 0
    opened: int = 0  # bundles, whose members count as files
    kept: int = 0
    changed: int = 0  # of those that were read before: they say something else now
    outcomes: list[Outcome] = field(default_factory=list, repr=False)  # only of files that were not read
    bundles: list[tuple[Item, Bundle]] = field(default_factory=list, repr=False)  # still to be opened

    def count(self, outcome: Outcome) -> None:
        setattr(self, outcome.state, getattr(self, outcome.state) + 1)
        self.changed += outcome.anew
        if outcome.state != "read":
            self.outcomes.append(outcome)

    def tell(self, outcome: Outcome, progress: Callable[[Outcome], None] | None) -> None:
        self.count(outcome)
        if progress:
            progress(outcome)


def look_into(item: Item) -> Document | Bundle | bytes:
    """What a child process does: it reads a file, or says what is in a bundle, or takes one member out of it."""
    path = Path(item.path)
    if item.member is not None:
        return taken(path, item.member, item.limits)
    bundle = opened(path, item.limits, item.depth) if path.is_file() else None
    return bundle or understand(item)


def understand(item: Item) -> Document:
    """From bytes to a document. Runs in a child process with limits; raises a ReadError with the reason."""
    from pipeline.description.describe import describe
    from pipeline.description.works import work_key
    from pipeline.findings.citations import find_citations
    from pipeline.findings.mentions import find_mentions
    from pipeline.readers import read

    path = Path(item.path)
    if not path.is_file():
        raise Unreachable("the bytes are not in the archive")
    declared = waiting.declared_language(item.words)
    reading = read(path, item.limits, (declared,) if declared else (), item.pictures, with_=item.read_with)
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

    It can be ended at any instruction and run again: what was committed is not done twice. `ocr`: whether the pages
    that need OCR are read afterwards (see `pipeline.ocr`), all of them; else they wait.
    """
    due = waiting.due(catalog, datetime.now(UTC))
    report = read_files(catalog, archive, due, limits, progress, processes=processes)
    if ocr:
        from pipeline.ocr import read_pictures  # it reads files too, with what it has seen

        read_pictures(catalog, archive, limits, processes=processes)
    return report


def read_files(
    catalog: Catalog,
    archive: "Archive",
    hashes: Sequence[str],
    limits: Limits | None = None,
    progress: Callable[[Outcome], None] | None = None,
    *,
    processes: int | None = None,
) -> ReadReport:
    """Reads these files, whatever is known of them already."""
    limits = limits or Limits()
    with readers_at_work(limits, processes) as pool:
        report = read_with_pool(pool, catalog, files(catalog, archive, hashes, limits), len(hashes), progress)
        while report.bundles:
            members = _open_bundles(pool, catalog, archive, report, progress)
            again = [sha256 for sha256 in waiting.due(catalog, datetime.now(UTC)) if sha256 in members]
            items = files(catalog, archive, again, limits)
            read_with_pool(pool, catalog, items, len(hashes) + len(again), progress, report)
    return report


def _open_bundles(
    pool: Pool[Item],
    catalog: Catalog,
    archive: "Archive",
    report: ReadReport,
    progress: Callable[[Outcome], None] | None,
) -> set[str]:
    """Makes files of the members of all bundles that were met; returns their hashes."""
    members: set[str] = set()
    while report.bundles:
        item, bundle = report.bundles.pop()
        state, reason, hashes = open_bundle(pool, catalog, archive, item, bundle)
        members |= hashes
        symbol, title = item.words.get("symbol"), item.words.get("title", "")
        report.tell(Outcome(item.sha256, state, reason, symbol, title), progress)
    return members


def readers_at_work(limits: Limits | None = None, processes: int | None = None) -> Pool[Item]:
    """Child processes that read files; they are started when there is something to read."""
    return Pool[Item]("pipeline.process:look_into", processes or os.cpu_count() or 1, limits or Limits())


def read_with_pool(
    pool: Pool[Item],
    catalog: Catalog,
    items: Iterable[Item],
    total: int,
    progress: Callable[[Outcome], None] | None = None,
    report: ReadReport | None = None,
) -> ReadReport:
    """Reads files and keeps what comes of them, in addition to what a report has already. Bundles are left to open."""
    report = report or ReadReport()
    for item, result in pool.map(items, lambda item: item.slow):
        if isinstance(result, Bundle):
            report.bundles.append((item, result))
        else:
            report.tell(replace(_keep(catalog, item, result), total=total), progress)
    return report


def files(catalog: Catalog, archive: "Archive", hashes: Sequence[str], limits: Limits) -> Iterator[Item]:
    for capture in waiting.captured(catalog, hashes):
        path = archive.path(capture.sha256)
        slow = capture.attempts > 0 or (path.is_file() and path.stat().st_size > _LARGE)
        with catalog.read() as connection:
            pictures = ocr_queue.seen_pages(connection, [capture.sha256]).get(capture.sha256, {})
        about = (capture.publisher, capture.words, limits, capture.seen, pictures)
        tried = (capture.attempts, slow, capture.read_with)
        yield Item(capture.sha256, str(path), *about, *tried, capture.depth)


def _keep(catalog: Catalog, item: Item, result: Document | Failure) -> Outcome:
    outcome = _kept_failure(catalog, item, result) if isinstance(result, Failure) else _kept(catalog, item, result)
    if not isinstance(result, Failure) or waiting.tried_enough(result, item.attempts + 1):
        ocr_queue.take_in(catalog, item.sha256, item.pictures)
    return outcome


def _kept_failure(catalog: Catalog, item: Item, failure: Failure) -> Outcome:
    told = (item.publisher, item.words, failure, item.seen, kind_of_file(Path(item.path)))
    state, reason = waiting.record_failure(catalog, item.sha256, *told)
    return Outcome(item.sha256, state, reason, item.words.get("symbol"), item.words.get("title", ""))


def _kept(catalog: Catalog, item: Item, document: Document) -> Outcome:
    """Pages that need OCR are put in the queue first; then the document is stored with what it has."""
    about, pictures = document.description, document.reading.pictures
    symbol = about.symbols[0] if about.symbols else None
    ocr_queue.want(catalog, item.sha256, pictures, datetime.now(UTC))
    if pictures and waiting.would_lose(catalog, document):
        waiting.keep_as_it_is(catalog, item.sha256, item.seen)
    elif pictures and not document.reading.paragraphs:
        reason = waiting.needs_ocr(document)
        store_waiting(catalog, document, reason)
        return Outcome(item.sha256, "waiting", reason, symbol, about.title)
    else:
        stored = store(catalog, document, item.seen)
        anew = stored.passages is not None
        return Outcome(item.sha256, "read", "", symbol, about.title, document.work_key, stored.change, anew=anew)
    return Outcome(item.sha256, "read", "", symbol, about.title, document.work_key)
