"""What becomes of an answer? A page gives further addresses; a file is sniffed, archived and captured."""

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import sqlalchemy as sa
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from sqlalchemy.engine import Connection

from catalog import upsert
from catalog.tables import captures, urls
from crawlers.asking import wanted
from crawlers.errors import CrawlError, HostRefused, SourceChanged
from crawlers.found import Found
from crawlers.frontier import DONE, FAILED, FILE, SAME, Leased, Wanted
from crawlers.job import Job
from crawlers.sniff import objection

if TYPE_CHECKING:
    from crawlers.bases.source import Source

log = logging.getLogger(__name__)

MOST_STRIKES = 8  # wrong answers in a row, from one host, after which it is not believed any more


def receive(source: "Source", response: Response) -> None:
    """Ends the lease that this answer belongs to, with all that came of it."""
    job = source.job
    leased = job.leased
    if leased is None:  # the scheduler gives out one address at a time, so this would be a fault of ours
        raise CrawlError(f"an answer that nobody asked for: {response.url}")
    try:
        if leased.kind == FILE:
            _take_file(job, leased, Found(**leased.request["found"]), response)
        else:
            _read_page(source, leased, response)
    except HostRefused as refusal:
        job.stopped = str(refusal)
        job.frontier.put_back(leased)
    except Exception as error:  # the outer loop: one answer that cannot be taken must not end the crawl
        log.exception("%s could not be taken in", response.url)
        job.frontier.finish(leased, FAILED, f"{type(error).__name__}: {error}")
    job.leased = None
    job.progress_made()


def give_up(job: Job, error: BaseException) -> None:
    """Ends the lease of a request that got no answer."""
    leased, job.leased = job.leased, None
    if leased is None:
        return
    if isinstance(error, HostRefused):
        job.stopped = str(error)
        job.frontier.put_back(leased)
        return
    reason = str(error) if isinstance(error, CrawlError | IgnoreRequest) else f"{type(error).__name__}: {error}"
    log.warning("%s: %s", leased.url, reason)
    job.frontier.finish(leased, FAILED, reason)
    job.progress_made()


def _read_page(source: "Source", leased: Leased, response: Response) -> None:
    frontier = source.job.frontier
    if response.status != 200:
        frontier.finish(leased, FAILED, f"answered {response.status}")
        return
    known = leased.request
    children: list[Wanted] = []
    state, reason = DONE, ""
    try:
        for output in getattr(source, known["callback"])(response, **known["cb_kwargs"]):
            children.append(wanted(output))
    except SourceChanged as change:
        state, reason = FAILED, str(change)
    except (AttributeError, KeyError, IndexError, TypeError, ValueError) as error:
        log.exception("%s could not be read", response.url)
        state, reason = FAILED, f"the page has another shape than its source expects ({type(error).__name__}: {error})"
    frontier.finish(leased, state, reason, children)


def _take_file(job: Job, leased: Leased, found: Found, response: Response) -> None:
    host = urlsplit(response.url).hostname or ""
    if response.status == 304:
        job.strikes[host] = 0
        job.frontier.finish(leased, SAME, also=lambda connection: _checked(connection, found))
        return
    media_type = _header(response, "Content-Type")[:128]
    reason = _refusal(found, response, media_type)
    if reason:
        log.warning("%s: %s", found.identity, reason)
        state = "gone" if response.status in {404, 410} else "refused" if response.status == 200 else "failed"
        strike = 0 if state == "gone" else job.strikes.get(host, 0) + 1
        job.strikes[host] = strike
        job.frontier.finish(leased, FAILED, reason, also=lambda c: _note(c, job, found, state, reason))
        if strike >= MOST_STRIKES:
            job.stopped = f"{host} gave {strike} wrong answers in a row, the last: {reason}"
        return
    job.strikes[host] = 0
    sha256 = job.archive.put(response.body)
    with job.catalog.read() as connection:
        known = _is_captured(connection, job.source, found, sha256)

    def also(connection: Connection) -> None:
        _remember(connection, job, found, sha256, response)
        if not known:
            _capture(connection, job, found, sha256, len(response.body), media_type)

    job.frontier.finish(leased, SAME if known else DONE, also=also)
    job.fetched += not known


def _refusal(found: Found, response: Response, media_type: str) -> str:
    if response.status in {404, 410}:
        return f"gone: the publisher answers {response.status}"
    if response.status != 200:
        return f"answered {response.status}"
    return objection(response.body, found.format, media_type)


def _is_captured(connection: Connection, source: str, found: Found, sha256: str) -> bool:
    same = sa.select(captures.c.id).where(
        captures.c.source == source, captures.c.url == found.identity, captures.c.sha256 == sha256
    )
    return connection.execute(same).first() is not None


def _capture(connection: Connection, job: Job, found: Found, sha256: str, size: int, media_type: str) -> None:
    row = {
        "source": job.source,
        "publisher": job.publisher,
        "url": found.identity,
        "sha256": sha256,
        "size": size,
        "media_type": media_type,
        "words": found.words,
        "captured": datetime.now(UTC),
    }
    upsert(connection, captures, [row], key=["source", "url", "sha256"], update=False)


def _remember(connection: Connection, job: Job, found: Found, sha256: str, response: Response) -> None:
    row = {
        "url": found.identity,
        "source": job.source,
        "etag": _header(response, "ETag") or None,
        "last_modified": _header(response, "Last-Modified") or None,
        "sha256": sha256,
        "state": "good",
        "reason": "",
        "checked": datetime.now(UTC),
    }
    upsert(connection, urls, [row], key=["url"])


def _note(connection: Connection, job: Job, found: Found, state: str, reason: str) -> None:
    """A bad answer: what was known of a good one (hash, ETag) stays."""
    row = {"url": found.identity, "source": job.source, "state": state, "reason": reason, "checked": datetime.now(UTC)}
    upsert(connection, urls, [row], key=["url"])


def _checked(connection: Connection, found: Found) -> None:
    good = sa.update(urls).where(urls.c.url == found.identity)
    connection.execute(good.values(checked=datetime.now(UTC), state="good", reason=""))


def _header(response: Response, name: str) -> str:
    value = response.headers.get(name)
    return "" if value is None else value.decode("latin-1")
