"""What answers a question? Works or paragraphs by page, their facets, and how they fall by year."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema
from typing_extensions import TypedDict

from search.api_shapes import FacetsJson, SuggestionsJson, YearsJson
from search.as_json import complaints_json, facet_json, results_json, suggestion_json, timeline_json
from search.completion import complete
from search.json_shapes import ComplaintJson, SearchJson
from search.results import Results
from search.timeline import timeline as years_of
from search.web.api import examples
from search.web.api.asking import Asked, Chosen, Reader, Words, addresses, ask, count
from search.web.api.routes import Told, offer
from search.web.asked import LONGEST_QUERY
from search.web.site import Site


class Begun(BaseModel):
    """What was typed so far."""

    model_config = ConfigDict(extra="forbid")

    q: Words = Field("", max_length=LONGEST_QUERY, description="What was typed so far.", examples=["domestic wor"])
    limit: int = Field(10, ge=1, le=50, description="How many names.", examples=[10])
    reader: Reader | SkipJsonSchema[None] = Field(
        None, description="The reader's language: labels are in it.", examples=["en"]
    )


def mount(router: APIRouter, site: Site) -> None:
    def search(request: Request, asked: Annotated[Asked, Query()]) -> SearchJson:
        results = ask(site, asked)
        return results_json(results, site.whole, *addresses(site, request, "search", results.after))

    def passages(request: Request, asked: Annotated[Asked, Query()]) -> SearchJson:
        results = ask(site, asked, unit="paragraphs")
        return results_json(results, site.whole, *addresses(site, request, "passages", results.after))

    def facets(request: Request, asked: Annotated[Chosen, Query()]) -> FacetsJson:
        results = count(site, asked)
        return {**_counted(results, site, request, "facets"), "facets": [facet_json(each) for each in results.facets]}

    def timeline(request: Request, asked: Annotated[Chosen, Query()]) -> YearsJson:
        results = count(site, asked)
        return {**_counted(results, site, request, "timeline"), **timeline_json(years_of(results))}

    def suggestions(request: Request, begun: Annotated[Begun, Query()]) -> SuggestionsJson:
        names = complete(site.catalog, begun.q, begun.reader, begun.limit)
        meant = site.searcher.search(begun.q, limit=0).suggestion if begun.q.strip() else None
        return {
            "query": begun.q,
            "names": [
                {"text": n.text, "field": n.field, "value": n.value, "label": n.label, "query": n.query} for n in names
            ],
            "did_you_mean": suggestion_json(meant),
            "url": addresses(site, request, "suggestions", None)[0],
        }

    offer(router, "/search", search, Told("Works, or paragraphs, that answer a question", examples.SEARCH))
    offer(router, "/passages", passages, Told("Paragraphs that answer: search with unit=paragraphs", examples.PASSAGES))
    offer(router, "/facets", facets, Told("How the answers fall by each facet", examples.FACETS))
    offer(router, "/timeline", timeline, Told("How the answers fall over the years", examples.TIMELINE))
    told = Told("How a name goes on that was begun, and what may have been meant", examples.SUGGESTIONS)
    offer(router, "/suggestions", suggestions, told)


class _Counted(TypedDict):
    query: str
    said: str
    unit: str
    total: int
    complaints: list[ComplaintJson]
    url: str


def _counted(results: Results, site: Site, request: Request, path: str) -> _Counted:
    return {
        "query": results.query,
        "said": results.said,
        "unit": results.unit,
        "total": results.total,
        "complaints": complaints_json(results.complaints),
        "url": addresses(site, request, path, None)[0],
    }
