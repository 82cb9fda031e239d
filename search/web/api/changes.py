"""What has changed since number N? The change feed, a page at a time or as one stream of lines."""

import json
from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from search.changes import LIMIT, MOST_CHANGES, Change, OtherHistory, Page, change_json, changes_after, every_change
from search.json_shapes import ChangesJson
from search.web.api import examples
from search.web.api.routes import Told, offer
from search.web.site import Site

LARGEST = 2**31 - 1  # of a number in the catalog
LINES = "application/x-ndjson"
ABOUT = (
    "Oldest first. Ask with the `next` of the last answer as `after`: nothing is skipped and nothing comes twice, "
    "whatever is written meanwhile. A withdrawn work is a change too. Follow `next_url`, or send the `mark` of the "
    "last answer as well, and a catalog that was put back from a backup is noticed: 409, begin again from 0."
)


class Since(BaseModel):
    """After which change."""

    model_config = ConfigDict(extra="forbid")

    after: int = Field(0, ge=0, le=LARGEST, description="The last number that was seen; 0: none.", examples=[0])


class SincePage(Since):
    """A page of what came after."""

    limit: int = Field(LIMIT, ge=1, le=MOST_CHANGES, description="How many a page.", examples=[LIMIT])
    mark: str = Field(
        "", pattern=r"^([0-9a-f]{12})?$", description="The `mark` that came with that number.", examples=[""]
    )


def mount(router: APIRouter, site: Site) -> None:
    def changes(asked: Annotated[SincePage, Query()]) -> ChangesJson:
        try:
            return _page_json(site, changes_after(site.catalog, asked.after, asked.limit, asked.mark), asked)
        except OtherHistory as error:
            raise HTTPException(409, str(error)) from error

    def changes_lines(asked: Annotated[Since, Query()]) -> StreamingResponse:
        try:
            last, found = every_change(site.catalog, asked.after)
        except OtherHistory as error:
            raise HTTPException(409, str(error)) from error
        return StreamingResponse(
            _lines(found, site), media_type=LINES, headers={"etag": f'W/"changes-{asked.after}-{last}"'}
        )

    offer(router, "/changes", changes, Told("What has changed after a number", examples.CHANGES, ABOUT))
    line = json.dumps(examples.CHANGES["changes"][0])
    told = Told("All that has changed after a number, a line each", line, ABOUT, media=LINES)
    offer(router, "/changes.jsonl", changes_lines, told)


def _page_json(site: Site, page: Page, asked: SincePage) -> ChangesJson:
    def url(seq: int, mark: str) -> str:
        pairs = [("after", str(seq)), ("limit", str(asked.limit)), ("mark", mark)]
        return site.whole.api("changes", [pair for pair in pairs if pair[1]])

    return {
        "changes": [change_json(change, site.whole.work) for change in page.changes],
        "next": page.next,
        "mark": page.mark,
        "last": page.last,
        "more": page.more,
        "url": url(asked.after, asked.mark),
        "next_url": url(page.next, page.mark),
    }


def _lines(found: Iterator[Change], site: Site) -> Iterator[str]:
    for change in found:
        yield json.dumps(change_json(change, site.whole.work), ensure_ascii=False) + "\n"
