"""Where is it said? Mentions and citations, place by place: of one work, of one thing, or all there are."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import Field

from search.api_shapes import MentionedJson, MentionedListJson, QuotedJson, QuotedListJson
from search.errors import MistakenRequest
from search.labels import label_of
from search.places import Leaf, Mentioned, Quoted, citations_where, mentions_where, spellings
from search.web.api import examples
from search.web.api.asking import Words, addresses
from search.web.api.routes import Told, offer
from search.web.api.works import Key, Leafing, named_work
from search.web.site import Site
from search.web.urls import Urls

BOTH = "`kind` and `value` go together: give both, or neither for every mention there is."
ABOUT = "In the order in which they came to the catalog, so that the cursor of the last page goes on with what is new."


class Mentions(Leafing):
    """Of one thing, or all."""

    kind: Literal["", "country", "body", "instrument", "theme", "person", "organisation", "place", "date"] = Field(
        "", description="Of what kind it is; with `value`.", examples=["country"]
    )
    value: Words = Field("", max_length=200, description="The code, or the name as written.", examples=["PHL"])


class Citations(Leafing):
    """Of one target, or all."""

    target: Words = Field(
        "", max_length=200, description="What is cited: a symbol, or an article (ICRMW/25).", examples=["A/RES/45/158"]
    )


def mount(router: APIRouter, site: Site) -> None:
    def work_mentions(request: Request, key: Key, leafing: Annotated[Leafing, Query()]) -> MentionedListJson:
        known = named_work(site, key)
        found, after = mentions_where(site.catalog, _leaf(leafing), known.work_id)
        return _mentions(site, found, after, addresses(site, request, f"works/{known.work}/mentions", after))

    def mentions(request: Request, asked: Annotated[Mentions, Query()]) -> MentionedListJson:
        if bool(asked.kind) != bool(asked.value):
            raise MistakenRequest(BOTH)
        what = (asked.kind, asked.value) if asked.kind else None
        found, after = mentions_where(site.catalog, _leaf(asked), what=what)
        return _mentions(site, found, after, addresses(site, request, "mentions", after))

    def work_citations(request: Request, key: Key, leafing: Annotated[Leafing, Query()]) -> QuotedListJson:
        known = named_work(site, key)
        found, after = citations_where(site.catalog, _leaf(leafing), known.work_id)
        return _citations(site, found, after, addresses(site, request, f"works/{known.work}/citations", after))

    def citations(request: Request, asked: Annotated[Citations, Query()]) -> QuotedListJson:
        targets = spellings(asked.target) if asked.target.strip() else ()
        found, after = citations_where(site.catalog, _leaf(asked), targets=targets)
        return _citations(site, found, after, addresses(site, request, "citations", after))

    offer(router, "/mentions", mentions, Told("Where something is mentioned; all mentions", examples.MENTIONS, ABOUT))
    offer(router, "/citations", citations, Told("Who cites a target, or all citations", examples.CITATIONS, ABOUT))
    at = "/works/{key:path}"
    offer(router, f"{at}/mentions", work_mentions, Told("Who and what a work speaks of, and where", examples.MENTIONS))
    offer(router, f"{at}/citations", work_citations, Told("What a work cites, and where", examples.CITATIONS))


def _leaf(leafing: Leafing) -> Leaf:
    return Leaf(leafing.after, leafing.limit)


def _mentions(site: Site, found: list[Mentioned], after: int | None, urls: tuple[str, str | None]) -> MentionedListJson:
    made = [_mention(each, site.whole) for each in found]
    return {"mentions": made, "after": after, "url": urls[0], "next_url": urls[1]}


def _citations(site: Site, found: list[Quoted], after: int | None, urls: tuple[str, str | None]) -> QuotedListJson:
    made = [_citation(each, site.whole) for each in found]
    return {"citations": made, "after": after, "url": urls[0], "next_url": urls[1]}


def _mention(each: Mentioned, urls: Urls) -> MentionedJson:
    return {
        "id": each.id,
        "kind": each.kind,
        "value": each.value,
        "label": label_of(each.kind, each.value),
        "text": each.text,
        "origin": each.origin,
        "work": each.at.work,
        "sha256": each.at.sha256,
        "page": each.at.page,
        "ordinal": each.at.ordinal,
        "start": each.at.start,
        "end": each.at.end,
        "url": urls.document(each.at.sha256, at=each.at.ordinal),
    }


def _citation(each: Quoted, urls: Urls) -> QuotedJson:
    return {
        "id": each.id,
        "kind": each.kind,
        "target": each.target,
        "text": each.text,
        "cited": each.cited,
        "cited_url": urls.work(each.cited) if each.cited else None,
        "work": each.at.work,
        "sha256": each.at.sha256,
        "page": each.at.page,
        "ordinal": each.at.ordinal,
        "start": each.at.start,
        "end": each.at.end,
        "url": urls.document(each.at.sha256, at=each.at.ordinal),
    }
