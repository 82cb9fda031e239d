"""Where is my alert? By the signed link of a saved search: a document is named, and its stations are said.

As a page, and at .../json as JSON. Nothing is changed by asking.
"""

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, JSONResponse, Response

from search.alerts.matching.trace import Trace, Watch, trace, watch_of
from search.alerts.tokens import Purpose, verify
from search.alerts.wording import Wording
from search.web.signed import found
from search.web.site import Site


def mount(app: FastAPI, site: Site) -> None:
    def asked(token: str, document: str) -> tuple[Watch, Trace | None]:
        watch = found(lambda: watch_of(site.catalog, verify(site.secret, token, Purpose.TRACE)))
        if not document.strip():
            return watch, None
        return watch, trace(site.catalog, watch.search_id, document, site.now(), watch.language, watch.zone)

    def page(token: str, document: str = "") -> Response:
        watch, told = asked(token, document)
        shown = {"w": Wording(watch.language), "token": token, "watch": watch, "trace": told, "document": document}
        return site.page("trace.html", shown, twin=None)

    def as_json(token: str, document: str = "") -> Response:
        watch, told = asked(token, document)
        return JSONResponse(_json(watch, told))

    for path, endpoint, kind in (
        ("/trace/{token}/json", as_json, JSONResponse),
        ("/trace/{token}", page, HTMLResponse),
    ):
        app.add_api_route(
            path, endpoint, methods=["GET", "HEAD"], response_class=kind, response_model=None, include_in_schema=False
        )


def _json(watch: Watch, told: Trace | None) -> dict[str, object]:
    if told is None:
        return {"search": watch.search, "document": None, "work": None, "title": "", "state": None, "stations": []}
    stations = [
        {"stage": each.stage, "state": each.state, "at": each.at and each.at.isoformat(), "said": each.said}
        for each in told.stations
    ]
    about = {"search": told.search, "document": told.document, "work": told.work, "title": told.title}
    return {**about, "state": told.state, "stations": stations}
