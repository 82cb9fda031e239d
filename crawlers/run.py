"""How does one crawl run, in a process of its own? `python -m crawlers.run SOURCE`, with its job as JSON on stdin.

Scrapy's reactor does not start twice in a process, and a crawl must be easy to time out, to kill and to log.
Standard output carries JSON lines: progress, and at the end the report. Standard error carries the log.
"""

import fcntl
import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from catalog import Catalog, ForumwatchError
from crawlers import health, register
from crawlers.archive import Archive
from crawlers.bases.source import Source
from crawlers.errors import CrawlError
from crawlers.frontier import Frontier
from crawlers.job import Job
from crawlers.manners import Manners
from crawlers.permissions import Permissions
from crawlers.report import CrawlReport
from crawlers.turns import Turns

WAIT_FOR_OTHER = 20.0  # seconds: a killed run lets go at once, a running one does not


@dataclass(frozen=True, slots=True)
class Order:
    """What crawl() asks a crawl process to do."""

    source: str
    catalog: str
    archive: Path
    round: str
    manners: Manners

    def to_json(self) -> str:
        manners = asdict(self.manners)
        manners["folder"] = None if self.manners.folder is None else str(self.manners.folder)
        order = {"catalog": self.catalog, "archive": str(self.archive), "round": self.round, "manners": manners}
        return json.dumps(order)

    @classmethod
    def from_json(cls, source: str, text: str) -> "Order":
        try:
            order = json.loads(text)
            manners = order["manners"]
            folder = None if manners["folder"] is None else Path(manners["folder"])
            given = Manners(**{**manners, "folder": folder})
            return cls(source, order["catalog"], Path(order["archive"]), order["round"], given)
        except (ValueError, KeyError, TypeError) as error:
            raise CrawlError(
                f"the order on standard input is no JSON of catalog, archive, round, manners: {error}"
            ) from error


def run(order: Order) -> CrawlReport:
    """Crawls the source once and writes down how it went."""
    source_class = register.source_class(order.source, order.manners.folder)
    info = register.source_info(order.source, order.manners.folder)
    catalog = Catalog(order.catalog)
    with only_one(order.archive, order.source):
        done = health.round_is_done(catalog, order.source, order.round)
        if done is not None:
            return finished_before(order.source, done)
        job = _job(order, info.publisher, catalog)
        job.archive.sweep()
        job.frontier.begin()
        health.note_start(catalog, info, order.round)
        _crawl(source_class, job)
        return _report(order, info, job)


def finished_before(source: str, counts: dict[str, int]) -> CrawlReport:
    """The report of a round that is done: nothing was asked, nothing is new."""
    there = counts.get("fetched", 0) + counts.get("unchanged", 0)
    found, failed, withheld = (counts.get(name, 0) for name in ("found", "failed", "withheld"))
    return CrawlReport(source, found, 0, there, failed, False, "done", "this round was crawled before", withheld)


def _job(order: Order, publisher: str, catalog: Catalog) -> Job:
    return Job(
        source=order.source,
        publisher=publisher,
        catalog=catalog,
        archive=Archive(order.archive),
        frontier=Frontier(catalog, order.source, order.round),
        manners=order.manners,
        permissions=Permissions.load(order.manners.folder),
        turns=Turns(order.archive / "turns", order.manners.pace),
        progress=_tell_progress,
    )


def _crawl(source_class: type[Source], job: Job) -> None:
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.settings import Settings

    from crawlers import settings as manners_of_scrapy

    settings = Settings()
    settings.setmodule(manners_of_scrapy)
    settings.set("USER_AGENT", job.manners.user_agent)
    settings.set("ROBOTSTXT_USER_AGENT", job.manners.product)
    settings.set("DOWNLOAD_MAXSIZE", job.manners.most_bytes)
    if job.manners.replica is not None:
        settings.set("DOWNLOAD_HANDLERS", manners_of_scrapy.REPLICA_HANDLERS)
        settings.set("HTTPPROXY_ENABLED", False)
    process = AsyncCrawlerProcess(settings)
    process.crawl(source_class, job=job)
    process.start()


def _report(order: Order, info: register.SourceInfo, job: Job) -> CrawlReport:
    counts = job.frontier.counts()
    expect = info.expect if job.manners.replica is None else info.expect.in_miniature()
    state, reason = health.verdict(expect, counts, job.stopped)
    there = counts.done + counts.same - job.fetched
    report = CrawlReport(
        order.source, counts.found, job.fetched, there, counts.failed, False, state, reason, counts.withheld
    )
    report = health.note_end(job.catalog, info, order.round, report)
    if state == "done":
        job.frontier.forget_other_rounds()
    return report


@contextmanager
def only_one(archive: Path, source: str) -> Iterator[None]:
    """One process a source. The system lets go of the lock however the process ends."""
    folder = archive / "turns"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{source}.source").open("a") as file:
        deadline = time.monotonic() + WAIT_FOR_OTHER
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > deadline:
                    raise CrawlError(f"another crawl of {source} is running") from error
                time.sleep(0.1)
        yield


def _tell(event: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def _tell_progress(found: int, fetched: int) -> None:
    _tell({"event": "progress", "found": found, "fetched": fetched})


def _die_with_parent() -> None:
    """Ends this process when whoever started it is gone (their end of standard input closes); that is safe any time."""

    def watch() -> None:
        while os.read(0, 1024):
            pass
        os._exit(3)

    threading.Thread(target=watch, daemon=True).start()


def main() -> int:
    if len(sys.argv) != 2:
        sys.stderr.write("usage: python -m crawlers.run SOURCE < ORDER.json\n")
        return 2
    try:
        order = Order.from_json(sys.argv[1], sys.stdin.buffer.readline().decode())
        _die_with_parent()
        report = run(order)
    except ForumwatchError as error:
        _tell({"event": "error", "reason": str(error)})
        return 1
    _tell({"event": "report", **asdict(report)})
    return 0 if report.state == "done" else 1


if __name__ == "__main__":
    sys.exit(main())
