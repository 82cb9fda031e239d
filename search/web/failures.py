"""What does a person see when something goes wrong? A page in words, or the same as JSON."""

import logging
import uuid
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import DBAPIError
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException

from catalog import CatalogError
from search.alerts.wording import Wording
from search.errors import IndexUnavailable, MistakenRequest
from search.json_shapes import ErrorJson
from search.web.headers import EVERYWHERE, add_missing
from search.web.signed import BadLink, sentence, without_token
from search.web.site import Site
from search.web.tongues import of_reader
from search.web.twins import wants_json

LOG = logging.getLogger("forumwatch.web")

TITLES = {
    400: "That question cannot be answered",
    405: "That cannot be done here",
    409: "That does not fit what is here",
    500: "Something broke on our side",
    503: "Not available at the moment",
}
BUSY = "The catalog cannot be read at the moment. Nothing is lost; please try again in a minute."
RETRY_SECONDS = "60"


def mount(app: FastAPI, site: Site) -> None:
    def failed(
        request: Request, status: int, message: str, headers: Mapping[str, str] | None = None, language: str = "en"
    ) -> Response:
        title = _title(status, language)
        response: Response
        if wants_json(request):
            body: ErrorJson = {"status": status, "title": title, "message": message}
            response = JSONResponse(body, status)
        else:
            shown = {"title": title, "message": message, "status": status, "language": language}
            response = site.page("error.html", shown, status)
        response.headers.update(headers or {})
        if status == 503:
            response.headers["retry-after"] = RETRY_SECONDS
        add_missing(MutableHeaders(raw=response.raw_headers), EVERYWHERE)  # a 500 passes by the middleware
        return response

    def known(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if isinstance(error, BadLink) and not wants_json(request):  # a member reads this, in whatever language
            w = of_reader(request)
            return failed(request, error.status_code, sentence(w(error.text)), language=w.language)
        message = str(error.detail)
        if message == HTTPStatus(error.status_code).phrase:  # the framework's own words
            message = "There is no such page. The address may be mistyped, or from an older version of this site."
            if error.status_code == 405:
                message = "This address does not take that kind of request."
        return failed(request, error.status_code, message, error.headers)

    def mistaken(request: Request, error: Exception) -> Response:
        return failed(request, 400, str(error) if isinstance(error, MistakenRequest) else _said(error))

    def unavailable(request: Request, error: Exception) -> Response:
        LOG.error("unavailable: %s", f"{error} ({error.detail})" if isinstance(error, IndexUnavailable) else error)
        return failed(request, 503, str(error) if isinstance(error, IndexUnavailable) else BUSY)

    def broken(request: Request, error: Exception) -> Response:
        mark = uuid.uuid4().hex[:8]
        LOG.error("%s broke (%s)", without_token(request.url.path), mark, exc_info=error)
        said = f"It was written down as {mark}; please tell us that word if it happens again. The rest still works."
        return failed(request, 500, said)

    app.add_exception_handler(HTTPException, known)
    app.add_exception_handler(MistakenRequest, mistaken)
    app.add_exception_handler(RequestValidationError, mistaken)
    app.add_exception_handler(IndexUnavailable, unavailable)
    app.add_exception_handler(CatalogError, unavailable)
    app.add_exception_handler(DBAPIError, unavailable)
    app.add_exception_handler(Exception, broken)


def _title(status: int, language: str) -> str:
    w = Wording(language)
    said = {404: w("Nothing is here"), 410: w("That is gone")}
    return said.get(status) or TITLES.get(status, HTTPStatus(status).phrase)


def _said(error: Exception) -> str:
    """Which part of the request is wrong, and how: of several the first."""
    assert isinstance(error, RequestValidationError)
    for found in error.errors():
        name = str(found["loc"][1]) if len(found["loc"]) > 1 else "the request"
        if found["type"] == "extra_forbidden":
            return f"There is no parameter “{name[:80]}” here."
        return f"{name[:80]}: {found['msg']}."
    return "A part of the address is not what it must be."
