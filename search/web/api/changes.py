"""What has changed since number N? The change feed, a page at a time or as one stream of lines."""

import hashlib
import json
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from search.changes import LIMIT, MOST_CHANGES, Change, NotYet, Page, change_json, changes_after, every_change
from search.json_shapes import ChangeJson, ChangesJson, ErrorJson
from search.web.site import Site

LARGEST = 2**31 - 1  # of a number in the catalog
LINES = "application/x-ndjson"

CHANGE: ChangeJson = {
    "seq": 4711,
    "kind": "updated",
    "work": "UN:A/HRC/59/49",
    "document": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "at": "2026-11-24T08:00:00+00:00",
    "url": "https://watch.example.org/works/UN:A/HRC/59/49",
}
EXAMPLE: ChangesJson = {
    "changes": [CHANGE],
    "next": 4711,
    "last": 4711,
    "more": False,
    "url": "https://watch.example.org/api/v1/changes?after=4710&limit=100",
    "next_url": "https://watch.example.org/api/v1/changes?after=4711&limit=100",
}
ABOUT = (
    "Oldest first. Ask with the `next` of the last answer as `after`: nothing is skipped and nothing comes twice, "
    "whatever is written meanwhile. A withdrawn work is a change too."
)
FAILS: dict[int | str, dict[str, Any]] = {
    400: {"model": ErrorJson, "description": "`after` or `limit` is not a number that can be."},
    409: {"model": ErrorJson, "description": "`after` is beyond the newest change: begin again, from 0."},
}
After = Annotated[int, Query(ge=0, le=LARGEST, description="The last number that was seen; 0: from the first.")]
Limit = Annotated[int, Query(ge=1, le=MOST_CHANGES, description="How many at most.")]


def mount(app: FastAPI, site: Site) -> None:
    def feed(request: Request, after: After = 0, limit: Limit = LIMIT) -> Response:
        try:
            page = changes_after(site.catalog, after, limit)
        except NotYet as error:
            raise HTTPException(409, str(error)) from error
        return tagged(request, _page_json(site, page, after, limit))

    def lines(after: After = 0) -> StreamingResponse:
        try:
            found = every_change(site.catalog, after)
        except NotYet as error:
            raise HTTPException(409, str(error)) from error
        return StreamingResponse(_lines(found, site), media_type=LINES)

    def add(path: str, endpoint: Any, summary: str, about: str, good: dict[str, Any]) -> None:
        app.add_api_route(
            path,
            endpoint,
            methods=["GET"],
            response_model=None,
            response_class=Response,
            summary=summary,
            description=about,
            operation_id=endpoint.__name__ if endpoint is feed else "feed_lines",
            responses={200: good, **FAILS},
            tags=["changes"],
        )

    page = {"model": ChangesJson, "content": {"application/json": {"example": EXAMPLE}}}
    add("/api/v1/changes", feed, "Changes after a number", ABOUT, page)
    stream = {"description": "A change a line.", "content": {LINES: {"schema": {"type": "string"}}}}
    add("/api/v1/changes.jsonl", lines, "All changes after a number, a line each, streamed", ABOUT, stream)


def tagged(request: Request, data: ChangesJson) -> Response:
    """The answer with its ETag, or 304 where the asker has it already."""
    response = JSONResponse(data)
    etag = f'"{hashlib.sha256(bytes(response.body)).hexdigest()[:32]}"'
    headers = {"etag": etag, "cache-control": "no-cache"}
    known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    if etag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return response


def _page_json(site: Site, page: Page, after: int, limit: int) -> ChangesJson:
    def url(seq: int) -> str:
        return f"{site.whole.base}/api/v1/changes?after={seq}&limit={limit}"

    return {
        "changes": [change_json(change, site.whole.work) for change in page.changes],
        "next": page.next,
        "last": page.last,
        "more": page.more,
        "url": url(after),
        "next_url": url(page.next),
    }


def _lines(found: Iterator[Change], site: Site) -> Iterator[str]:
    for change in found:
        yield json.dumps(change_json(change, site.whole.work), ensure_ascii=False) + "\n"
