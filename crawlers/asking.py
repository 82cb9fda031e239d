"""What does a row of the frontier ask for? From what a spider yields to rows, and from a row to its request."""

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from scrapy import Request
from w3lib.url import canonicalize_url

from catalog.tables import captures, urls
from crawlers.found import Found, Withheld
from crawlers.frontier import FILE, PAGE, WITHHELD, Leased, Wanted
from crawlers.job import Job

if TYPE_CHECKING:
    from crawlers.bases.source import Source

FILES_FIRST = 10  # a file is asked for soon after its page: its address may not live long


def wanted(output: Request | Found | Withheld) -> Wanted:
    """The frontier's row for something that a spider yielded."""
    if isinstance(output, Found):
        request: dict[str, Any] = {"found": asdict(output)}
        return Wanted(FILE, _hash(FILE, output.identity), output.url, request, priority=FILES_FIRST)
    if isinstance(output, Withheld):
        request = {"withheld": asdict(output)}
        fingerprint = _hash(WITHHELD, output.identity)
        return Wanted(FILE, fingerprint, output.identity, request, state=WITHHELD, reason=output.reason)
    key = output.meta.get("key") or f"{output.method} {canonicalize_url(output.url)} {_text(output.body)}"
    callback = getattr(output.callback, "__name__", "parse")
    request = {
        "method": output.method,
        "headers": {name.decode("latin-1"): _latin(values) for name, values in output.headers.items()},
        "body": _text(output.body),
        "callback": callback,
        "cb_kwargs": output.cb_kwargs,
    }
    return Wanted(PAGE, _hash(PAGE, key), output.url, request, priority=output.priority)


def request_for(source: "Source", leased: Leased) -> Request:
    """The request that a leased row stands for; for a file, a conditional one where we have it already."""
    known: dict[str, Any] = leased.request
    meta = {"leased": leased.id}
    if leased.kind == FILE:
        headers = _conditions(source.job, Found(**known["found"]))
        return Request(leased.url, source.receive, headers=headers, errback=source.give_up, meta=meta)
    return Request(
        leased.url,
        source.receive,
        method=known["method"],
        headers=known["headers"],
        body=base64.b64decode(known["body"]),
        errback=source.give_up,
        meta=meta,
    )


def _conditions(job: Job, found: Found) -> dict[str, str]:
    """What makes a request conditional: only where this very source has these bytes from this address.

    Another source may know the address too; an answer of 304 would leave this one without its capture.
    """
    ours = sa.and_(captures.c.source == job.source, captures.c.url == urls.c.url, captures.c.sha256 == urls.c.sha256)
    query = sa.select(urls).join(captures, ours).where(urls.c.url == found.identity)
    with job.catalog.read() as connection:
        row = connection.execute(query).one_or_none()
    if row is None or not job.archive.has(row.sha256):
        return {}
    both = {"If-None-Match": row.etag, "If-Modified-Since": row.last_modified}
    return {name: value for name, value in both.items() if value}


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _text(body: bytes) -> str:
    return base64.b64encode(body).decode()


def _latin(values: Iterable[bytes]) -> list[str]:
    return [value.decode("latin-1") for value in values]
