"""How is a crawl started, watched and bounded? In a process of its own, which may be killed at any moment."""

import json
import logging
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Any

from catalog import Catalog
from crawlers import health, register
from crawlers.errors import SourceError
from crawlers.manners import Manners
from crawlers.report import CrawlReport
from crawlers.run import Order

log = logging.getLogger(__name__)

GRACE = 30.0  # seconds that a crawl gets to end by itself after it has been asked to
TAIL = 40  # lines of its log that are kept, for the reason when it dies

Progress = Callable[[int, int], None]


def crawl(
    source: str,
    catalog: Catalog,
    archive_path: Path,
    manners: Manners,
    round: str,
    progress: Progress | None = None,
) -> CrawlReport:
    """Crawls a source once in a round ("2026-W48"); `progress` is called with (found, fetched) as it goes.

    The same round given again: one that is done is not crawled again, one that was cut short goes on where it
    stopped, one that ran to its end and failed is taken up from its pages on, without the files it has.
    Whatever happens to the process, the answer is a report: a crawl that dies has failed, and says why.
    """
    if source not in register.names(manners.folder):
        raise SourceError(f"there is no source {source!r}; there are: {', '.join(register.names(manners.folder))}")
    order = Order(source, catalog.url, Path(archive_path).absolute(), round, manners)
    answer, ending = _watch(order, progress or (lambda found, fetched: None))
    if answer.get("event") == "report":
        return CrawlReport(**{name: value for name, value in answer.items() if name != "event"})
    return _failed(order, catalog, str(answer.get("reason", ending)))


def _watch(order: Order, progress: Progress) -> tuple[dict[str, Any], str]:
    """Runs the process to its end; returns its last word, and how it ended."""
    process = subprocess.Popen(
        [sys.executable, "-m", "crawlers.run", order.source],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
    )
    assert process.stdin is not None and process.stdout is not None and process.stderr is not None
    tail: deque[str] = deque(maxlen=TAIL)
    reading = threading.Thread(target=_log, args=(process.stderr, tail), daemon=True)
    reading.start()
    timeout = threading.Timer(order.manners.timeout, _end, args=(process,))
    timeout.start()
    try:
        _order(process.stdin, order)
        answer = _listen(process.stdout, progress)
        code = process.wait()
    finally:
        timeout.cancel()
        if process.poll() is None:  # we are being interrupted ourselves: what is committed is kept
            process.kill()
            process.wait()
        reading.join(5)
        for stream in (process.stdin, process.stdout, process.stderr):
            stream.close()
    return answer, _ending(code, tail)


def _order(stdin: IO[str], order: Order) -> None:
    try:
        stdin.write(order.to_json() + "\n")
        stdin.flush()  # and is left open: its end tells the crawl that we are gone
    except BrokenPipeError:
        log.warning("the crawl of %s ended before it had its order", order.source)


def _listen(lines: Iterable[str], progress: Progress) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:
            log.warning("not an event: %s", line.rstrip())
            continue
        if event.get("event") == "progress":
            progress(event["found"], event["fetched"])
        else:
            answer = event
    return answer


def _log(lines: Iterable[str], tail: "deque[str]") -> None:
    for line in lines:
        tail.append(line.rstrip())
        log.info("%s", line.rstrip())


def _end(process: "subprocess.Popen[str]") -> None:
    """Time is up: asks the crawl to end, and makes it."""
    process.terminate()
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        process.kill()


def _ending(code: int, tail: "deque[str]") -> str:
    how = f"by signal {-code}" if code < 0 else f"with code {code}"
    last = next((line for line in reversed(tail) if line.strip()), "")
    return f"the crawl process ended {how} without a report" + (f": {last}" if last else "")


def _failed(order: Order, catalog: Catalog, reason: str) -> CrawlReport:
    info = register.source_info(order.source, order.manners.folder)
    report = CrawlReport(order.source, 0, 0, 0, 0, False, "failed", reason)
    return health.note_end(catalog, info, order.round, report)
