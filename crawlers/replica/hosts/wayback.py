"""web.archive.org: what did it capture of gcim.org, and how are the original bytes played back?"""

import base64
import csv
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import groupby
from urllib.parse import quote, unquote, unquote_plus, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from crawlers.replica.exhibit import NOTICE_HEADER, Exhibit, not_found, robots
from crawlers.replica.works import DATA, Edition

BODY = "the Internet Archive or of the GCIM"
FIELDS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")
_MOST_ROWS = 150_000
_MIME = {"pdf": "application/pdf", "html": "text/html"}


@dataclass(frozen=True, slots=True)
class Capture:
    """One row of the index. `edition` is None for what was captured beside the documents: images, missing pages."""

    timestamp: str
    original: str
    mimetype: str
    status: str
    edition: Edition | None

    @property
    def urlkey(self) -> str:
        parts = urlsplit(self.original.lower())
        host = ",".join(reversed(re.sub(r"^www\.", "", parts.hostname or "").split(".")))
        return f"{host}){parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")


class Wayback:
    """The index of captures (CDX) and their playback."""

    def __init__(self, exhibit: Exhibit) -> None:
        self._exhibit = exhibit
        self._captures = sorted(_captures(exhibit), key=lambda capture: (capture.urlkey, capture.timestamp))

    def index(self, request: Request) -> Response:
        asked = request.query_params
        rows = [self._row(capture) for capture in self._captures if _is_asked_for(capture, dict(asked))]
        rows = [row for row in rows if all(_passes(row, rule) for rule in asked.getlist("filter"))]
        for rule in asked.getlist("collapse"):
            rows = _collapsed(rows, rule)
        if after := asked.get("resumeKey"):
            # Every key has a bracket; where none is seen, the asker has encoded the printed key once more.
            after = after if ")" in after else unquote_plus(after)
            rows = [row for row in rows if _resume_key(row) > after]
        if asked.get("showNumPages") == "true":
            return PlainTextResponse("1\n" if rows else "0\n", headers=NOTICE_HEADER)
        shown, more = _limited(rows, asked.get("limit", ""), asked.get("offset", ""))
        key = _resume_key(shown[-1]) if more and shown and asked.get("showResumeKey") == "true" else None
        fields = [name for name in asked.get("fl", ",".join(FIELDS)).split(",") if name in FIELDS]
        return _as_json(shown, fields, key) if asked.get("output") == "json" else _as_text(shown, fields, key)

    def _row(self, capture: Capture) -> dict[str, str]:
        content = self._exhibit.shelf.read(capture.edition) if capture.edition else capture.original.encode()
        digest = base64.b32encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()
        revisit = capture.mimetype == "warc/revisit"
        values = (
            capture.urlkey,
            capture.timestamp,
            capture.original,
            capture.mimetype,
            capture.status,
            digest,
            str(512 if revisit else len(content)),
        )
        return dict(zip(FIELDS, values, strict=True))

    def playback(self, request: Request) -> Response:
        """The bytes as captured. A moment at which nothing was captured leads to the nearest capture, as there."""
        timestamp = request.path_params["timestamp"]
        original = request.path_params["original"] + (f"?{request.url.query}" if request.url.query else "")
        key = Capture("", _whole(original), "", "", None).urlkey
        # The path arrives decoded, while the index keeps addresses as they were captured (GMP%20No%201.pdf).
        same = [capture for capture in self._captures if unquote(capture.urlkey) == unquote(key)]
        if not same or not timestamp.isdigit():
            return not_found(BODY)
        nearest = min(same, key=lambda capture: abs(int(capture.timestamp) - int(timestamp.ljust(14, "0")[:14])))
        if nearest.timestamp != timestamp:
            where = f"https://web.archive.org/web/{nearest.timestamp}id_/{quote(nearest.original, safe=':/%?=&')}"
            return RedirectResponse(where, 302)
        return self._played(request, nearest)

    def _played(self, request: Request, capture: Capture) -> Response:
        moment = datetime.strptime(capture.timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        headers = {"Memento-Datetime": format_datetime(moment, usegmt=True), **NOTICE_HEADER}
        if capture.edition is None:
            page = f"<html><body><p>{capture.status}</p></body></html>"
            return HTMLResponse(page, status_code=int(capture.status), headers=headers)
        answer = self._exhibit.file(request, capture.edition)
        answer.headers.update(headers)
        if capture.edition.form == "html" and answer.status_code == 200:
            answer.headers["Content-Type"] = "text/html"  # the page names its own charset, windows-1252
        return answer


def wayback(exhibit: Exhibit) -> list[Route]:
    archive = Wayback(exhibit)
    return [
        Route("/robots.txt", lambda request: robots("User-agent: *\nDisallow:\n")),
        Route("/cdx/search/cdx", archive.index),
        Route("/web/{timestamp}id_/{original:path}", archive.playback),
    ]


def _captures(exhibit: Exhibit) -> Iterable[Capture]:
    for work in exhibit.library.by("GCIM"):
        edition = exhibit.library.editions(work)[0]
        first, *again = work.words["captured"].split()
        yield Capture(first, work.words["url"], _MIME[edition.form], "200", edition)
        for timestamp in again:
            yield Capture(timestamp, work.words["url"], "warc/revisit", "-", edition)
    if not exhibit.library.by("GCIM"):
        return
    with (DATA / "gcim_other_captures.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield Capture(row["timestamp"], row["original"], row["mimetype"], row["status"], None)


def _whole(original: str) -> str:
    return original if "://" in original else f"http://{original}"


def _is_asked_for(capture: Capture, asked: dict[str, str]) -> bool:
    wanted = Capture("", _whole(asked.get("url", "")), "", "", None).urlkey
    host = wanted.split(")")[0]
    match asked.get("matchType", "exact"):
        case "domain":
            fits = capture.urlkey.split(")")[0] == host or capture.urlkey.startswith(f"{host},")
        case "host":
            fits = capture.urlkey.split(")")[0] == host
        case "prefix":
            fits = capture.urlkey.startswith(wanted)
        case _:
            fits = capture.urlkey == wanted
    since, until = asked.get("from", ""), asked.get("to", "")
    return fits and capture.timestamp >= since and capture.timestamp[: len(until)] <= until


def _passes(row: dict[str, str], rule: str) -> bool:
    """filter=[!]field:regex; the regular expression must match the whole value."""
    negated = rule.startswith("!")
    name, _, pattern = rule.removeprefix("!").partition(":")
    if name not in FIELDS or len(pattern) > 200:
        return True
    try:
        return (re.fullmatch(pattern, row[name]) is not None) != negated
    except re.error:  # the index answers a bad expression with no rows
        return False


def _collapsed(rows: list[dict[str, str]], rule: str) -> list[dict[str, str]]:
    """collapse=field[:N]: of adjacent rows alike in the field (its first N characters), the first."""
    name, _, length = rule.partition(":")
    if name not in FIELDS:
        return rows
    size = int(length) if length.isdigit() else None
    return [next(group) for _, group in groupby(rows, key=lambda row: row[name][:size])]


def _limited(rows: list[dict[str, str]], limit: str, offset: str) -> tuple[list[dict[str, str]], bool]:
    if offset.isdigit():
        rows = rows[int(offset) :]
    if re.fullmatch(r"-\d{1,6}", limit):
        return rows[int(limit) :], False
    size = int(limit) if re.fullmatch(r"\d{1,6}", limit) else _MOST_ROWS
    return rows[:size], len(rows) > size


def _resume_key(row: dict[str, str]) -> str:
    return f"{row['urlkey']} {row['timestamp']}"


def _as_json(rows: list[dict[str, str]], fields: list[str], key: str | None) -> Response:
    table = [fields, *([row[name] for name in fields] for row in rows)] if rows else []
    if key is not None:
        table += [[], [quote(key, safe="").replace("%20", "+")]]
    lines = ",\n ".join(json.dumps(line, ensure_ascii=False) for line in table)
    return Response(f"[{lines}]\n", media_type="application/json", headers=NOTICE_HEADER)


def _as_text(rows: list[dict[str, str]], fields: list[str], key: str | None) -> Response:
    lines = [" ".join(row[name] for name in fields) for row in rows]
    if key is not None:
        lines += ["", quote(key, safe="").replace("%20", "+")]
    return PlainTextResponse("".join(f"{line}\n" for line in lines), headers=NOTICE_HEADER)
