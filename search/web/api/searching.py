"""What answers a question? Works or paragraphs by page, their facets, and how they fall by year."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from search.as_json import results_json
from search.json_shapes import SearchJson
from search.web.api import examples
from search.web.api.asking import Asked, addresses, ask
from search.web.api.routes import Told, offer
from search.web.site import Site


def mount(router: APIRouter, site: Site) -> None:
    def search(request: Request, asked: Annotated[Asked, Query()]) -> SearchJson:
        results = ask(site, asked)
        return results_json(results, site.whole, *addresses(site, request, "search", results.after))

    def passages(request: Request, asked: Annotated[Asked, Query()]) -> SearchJson:
        results = ask(site, asked, unit="paragraphs")
        return results_json(results, site.whole, *addresses(site, request, "passages", results.after))

    offer(router, "/search", search, Told("Works, or paragraphs, that answer a question", examples.SEARCH))
    offer(router, "/passages", passages, Told("Paragraphs that answer: search with unit=paragraphs", examples.PASSAGES))
