"""What is known about a work? Its page, by a key that may hold slashes."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from search.as_json import work_json
from search.errors import IndexUnavailable
from search.json_shapes import WorkJson
from search.known import KnownDocument
from search.results import Hit
from search.shelf import find_work, known_work
from search.text import PART, ReadPage, Spot, read_document
from search.web.excerpt import excerpt
from search.web.layout import Layout
from search.web.pages.documents import anchors_of
from search.web.pages.examples import WORK
from search.web.site import Answer, Site
from search.web.twins import Described, serve

LONGEST_KEY = 500
_PAGES = 4  # with which a text is shown to begin,
_ENOUGH = 6000  # or fewer, with so many characters
SIMILAR = 5
MISSING = {404: "No work here has that key, symbol or SHA-256."}


class Elsewhere(Exception):
    """Raised when a work was named by a symbol or a file; `url` is its own address."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


def mount(app: FastAPI, site: Site) -> None:
    def by_key(request: Request, key: str) -> Answer:
        query = request.query_params.get("q", "")[:2000]
        known = known_work(site.catalog, key) if 0 < len(key) <= LONGEST_KEY else None
        if known is None:
            raise _elsewhere(site, request, key)
        passages = site.searcher.passages(query, known.work_id) if query.strip() else ()
        shown = {
            "known": known,
            "query": query,
            "passages": passages,
            "similar": _similar(site, key) if not request.url.path.endswith(".json") else (),
            "excerpt": excerpt,
            "by_language": _by_language(known.documents),
            **_first_pages(site, known.documents, request.url.path.endswith(".json")),
            "twin_url": site.local.work(key, query, json=True),
        }
        return Answer("work.html", work_json(known, site.whole, passages, query), shown)

    def work(request: Request, key: str) -> Answer:
        return by_key(request, key)

    def odd_work(request: Request) -> Answer:
        return by_key(request, request.query_params.get("key", ""))

    async def moved(_request: Request, error: Exception) -> Response:
        assert isinstance(error, Elsewhere)
        return RedirectResponse(error.url, 307)

    q = ("q", "The query that one comes with; the paragraphs that answer it come along.", "domestic workers")
    told = Described("All that is known about a work", WorkJson, WORK, [q], MISSING)
    key = ("key", "The key, for keys that no path can carry.", "UN:A/HRC/59/60")
    serve(app, site, "/works", odd_work, Described(told.summary, WorkJson, WORK, [key, q], MISSING))
    serve(app, site, "/works/{key:path}", work, told)
    app.add_exception_handler(Elsewhere, moved)


def _elsewhere(site: Site, request: Request, key: str) -> Exception:
    """A redirect when the words name a work in another way, else 404."""
    found = find_work(site.catalog, key) if 0 < len(key) <= LONGEST_KEY else None
    if found is None or found == key:
        return HTTPException(404, f"There is no work “{key[:80]}” here. Searching for its title or symbol may find it.")
    return Elsewhere(site.local.work(found, json=request.url.path.endswith(".json")))


def _similar(site: Site, key: str) -> tuple[Hit, ...]:
    """What else there is; a page about what is known must not fail for what cannot be searched."""
    try:
        return site.searcher.similar(key, limit=SIMILAR)
    except IndexUnavailable:
        return ()


def _first_pages(site: Site, documents: tuple[KnownDocument, ...], twin: bool) -> dict[str, Any]:
    """How the text begins, as it is shown in full on the document's own page: in English if it is here in English."""
    read = [document for document in documents if document.state == "read"]
    first = min(read, key=lambda document: document.language != "en", default=None)
    found = read_document(site.catalog, first.sha256, Spot()) if first and not twin else None
    if found is None:
        return {"text": None, "layout": None, "anchors": {}, "room": PART}
    text = replace(found, pages=tuple(itertools.islice(_until(found.pages), _PAGES)))
    return {"text": text, "layout": Layout(text, {}, site.local, PART), "anchors": anchors_of(text, None), "room": PART}


def _until(pages: tuple[ReadPage, ...]) -> Iterator[ReadPage]:
    """The pages until there is text enough."""
    length = 0
    for page in pages:
        yield page
        length += sum(len(paragraph.text) for paragraph in page.paragraphs)
        if length > _ENOUGH:
            return


def _by_language(documents: tuple[KnownDocument, ...]) -> list[tuple[str | None, list[KnownDocument]]]:
    """English first, then in the order of the languages' codes; unknown last."""
    grouped: dict[str | None, list[KnownDocument]] = {}
    for document in documents:
        grouped.setdefault(document.language, []).append(document)
    return sorted(grouped.items(), key=lambda item: (item[0] is None, item[0] != "en", item[0] or ""))
