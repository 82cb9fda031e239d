"""How do the pages come together? `create_app` builds the whole web application from what it is given."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from catalog import Catalog
from search.alerts.links import Letterhead
from search.web import failures, gate, headers
from search.web.api import mounting as api
from search.web.gate import Access
from search.web.pages import (
    desk,
    documents,
    feeds,
    mails,
    managing,
    searching,
    signing_up,
    standing,
    tracing,
    unsubscribing,
    versions,
    watching,
    works,
)
from search.web.site import HERE, Searching, Site

DESCRIPTION = """Every page has a JSON twin at the same address with `.json` added, made from the same data.

Nothing is kept: no cookie, no log of what was searched for. The pages ask for nothing; `/api/v1` may ask for a key.
Dates are ISO 8601; what is not known is null; addresses are whole. Errors are JSON: `status`, `title`, `message`."""


def create_app(
    catalog: Catalog,
    searcher: Searching,
    archive_path: Callable[[str], Path],
    secret: str,
    base_url: str,
    notice: str | None = None,
    access: Access | None = None,
    letterhead: Letterhead | None = None,
    clock: Callable[[], datetime] | None = None,
) -> FastAPI:
    """The web application.

    `archive_path` says where the bytes of a SHA-256 are (the archive's `path`); `secret` signs unsubscribe links;
    `base_url` is the site as people reach it, such as https://watch.example.org; `notice` is said on every page;
    `access` is what the API gives to whoever has no key (None: everything, without counting); `letterhead` is for the
    mails that pages send (please confirm, your link); `clock` says what time it is, where it is not the real one.
    """
    site = Site(catalog, searcher, archive_path, secret, base_url, notice, letterhead, clock)
    app = FastAPI(
        title="Forumwatch",
        version="1",
        summary="What the UN, the ILO, the IOM, the GCIM and the WTO publish about migrants, to the paragraph.",
        description=DESCRIPTION,
        docs_url=None,  # the interactive pages fetch their scripts from elsewhere
        redoc_url=None,
        servers=[{"url": site.whole.base}],
        lifespan=_lifespan,
    )
    app.mount("/static", _Static(directory=HERE / "static"), name="static")
    about_people = (signing_up, watching, managing, unsubscribing, feeds, mails, tracing, desk)
    for subject in (standing, searching, versions, documents, works, *about_people):
        subject.mount(app, site)
    api.mount(app, site)
    failures.mount(app, site)
    gate.mount(app, catalog, access or Access())
    app.add_middleware(GZipMiddleware, minimum_size=800)
    app.add_middleware(headers.SafeHeaders)
    app.add_middleware(_Under, prefix=site.local.base)
    return app


@asynccontextmanager
async def _lifespan(_app: FastAPI) -> AsyncIterator[None]:
    headers.keep_questions_out_of_the_log()
    yield


class _Under:
    """The site may live under a path; the proxy in front of it may leave that path on the requests or take it off."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self.app = app
        self.prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.prefix and scope["type"] == "http":
            path = str(scope["path"])
            inside = path == self.prefix or path.startswith(f"{self.prefix}/")
            scope = {**scope, "root_path": self.prefix, "path": path if inside else self.prefix + path}
        await self.app(scope, receive, send)


class _Static(StaticFiles):
    """Our own few files; their addresses change with their content, so they may be kept for a year."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response
