"""Which works are there, and what is known of one? A work is named by its key, a symbol, or the SHA-256 of a file."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from search.as_json import similar_json, work_json, works_json
from search.json_shapes import SimilarJson, WorkJson, WorksJson
from search.known import Known
from search.shelf import find_work, known_work, list_works
from search.web.api import examples
from search.web.api.asking import Reader, Words, addresses
from search.web.api.routes import Told, offer
from search.web.asked import LONGEST_QUERY, MOST_HITS
from search.web.site import Site

LONGEST_KEY = 500
MOST_WORKS = 500
NAMED = "The work's key (slashes and all), a symbol in any usual spelling, or the SHA-256 of one of its files."
Key = Annotated[str, Path(min_length=1, max_length=LONGEST_KEY, description=NAMED, examples=["UN:A/HRC/59/49"])]


class Leafing(BaseModel):
    """A page of a long list."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(100, ge=1, le=MOST_WORKS, description="How many a page.", examples=[100])
    after: int = Field(
        0, ge=0, lt=1 << 63, description="The cursor of the next page: `after` of the answer.", examples=[0]
    )


class Opened(BaseModel):
    """A work as it was come to."""

    model_config = ConfigDict(extra="forbid")

    q: Words = Field(
        "", max_length=LONGEST_QUERY, description="The passages that answer it come along.", examples=["passports"]
    )


class Alike(BaseModel):
    """How many, and for whom."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(10, ge=1, le=MOST_HITS, description="How many.", examples=[10])
    reader: Reader | SkipJsonSchema[None] = Field(
        None, description="The reader's language: titles and passages in it come first.", examples=["en"]
    )


def mount(router: APIRouter, site: Site) -> None:
    def works(request: Request, leafing: Annotated[Leafing, Query()]) -> WorksJson:
        found = list_works(site.catalog, leafing.after or None, leafing.limit)
        return works_json(found, site.whole, *addresses(site, request, "works", found.after))

    def work(key: Key, opened: Annotated[Opened, Query()]) -> WorkJson:
        known = named_work(site, key)
        asked = opened.q.strip()
        return work_json(known, site.whole, site.searcher.passages(asked, known.work_id) if asked else (), asked)

    def similar(key: Key, alike: Annotated[Alike, Query()]) -> SimilarJson:
        known = named_work(site, key)
        return similar_json(known.work, site.searcher.similar(known.work, alike.reader, alike.limit), site.whole)

    told = Told("Works that are like this one, the most alike first", examples.SIMILAR)
    offer(router, "/works/{key:path}/similar", similar, told)
    offer(router, "/works", works, Told("All works, those that came last first", examples.WORKS))
    offer(router, "/works/{key:path}", work, Told("All that is known about a work", examples.WORK))


def named_work(site: Site, key: str) -> Known:
    """The work of this key, symbol or SHA-256; 404 in words if there is none."""
    known = None
    if "\x00" not in key:
        found = find_work(site.catalog, key)
        known = known_work(site.catalog, found) if found else None
    if known is None:
        raise HTTPException(404, f"There is no work “{key[:80]}” here.")
    return known
