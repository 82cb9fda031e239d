"""What waits for the secretariat? A page by a link that ends after hours, with the buttons that decide.

`forumwatch desk` prints the link. There is no password: whoever can run commands on the machine may decide as well.
"""

from functools import partial

from fastapi import FastAPI, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from pipeline import ReadError
from pipeline import retry as put_back
from search.alerts.desk import desk
from search.alerts.errors import Refused
from search.alerts.matching.floods import release
from search.alerts.post.outbox import release_held
from search.alerts.tokens import Purpose, verify
from search.standing import unread_documents
from search.web.forms import Typed, typed
from search.web.pages.standing import cursor, unread_shown
from search.web.signed import found
from search.web.site import Site

DEEDS = ("release", "drop", "release-mails")


def mount(app: FastAPI, site: Site) -> None:
    def check(token: str) -> None:
        found(lambda: verify(site.secret, token, Purpose.DESK, site.now()))

    def page(token: str, wrong: str = "", status: int = 200) -> HTMLResponse:
        check(token)
        return site.page("desk.html", {"desk": desk(site.catalog, site.now()), "token": token, "wrong": wrong}, status)

    def show(token: str) -> HTMLResponse:
        return page(token)

    def unread(token: str, after: int, wrong: str = "", status: int = 200) -> HTMLResponse:
        found = unread_documents(site.catalog, after)
        return site.page("quarantine.html", unread_shown(found, after, token, wrong), status)

    def quarantine(request: Request, token: str) -> HTMLResponse:
        check(token)
        return unread(token, cursor(request.query_params.get("after", "")))

    async def retry(request: Request, token: str) -> Response:
        """Puts a file back to be read: the next reading, by schedule or by hand, does the rest."""
        check(token)
        fields = await typed(request)
        after = fields.number("after")
        try:
            await run_in_threadpool(put_back, site.catalog, fields("sha256"), fields("with") or None)
        except ReadError as error:
            said = f"{str(error)[:1].upper()}{str(error)[1:]}."
            return await run_in_threadpool(unread, token, after, said, 409)
        return RedirectResponse(site.local.desk_quarantine(token, after or None), 303)

    async def act(request: Request, token: str, deed: str) -> Response:
        check(token)
        if deed not in DEEDS:
            raise HTTPException(404, "There is no such button.")
        fields = await typed(request)
        try:
            await run_in_threadpool(_do, site, deed, fields)
        except Refused as error:
            said = f"{str(error)[:1].upper()}{str(error)[1:]}."
            return await run_in_threadpool(partial(page, token, said, 409))
        return RedirectResponse(site.local.signed("desk", token), 303)

    more = {"response_class": HTMLResponse, "response_model": None, "include_in_schema": False}
    app.add_api_route("/desk/{token}/quarantine", quarantine, methods=["GET", "HEAD"], **more)  # type: ignore[arg-type]
    app.add_api_route("/desk/{token}/retry", retry, methods=["POST"], **more)  # type: ignore[arg-type]
    app.add_api_route("/desk/{token}", show, methods=["GET", "HEAD"], **more)  # type: ignore[arg-type]
    app.add_api_route("/desk/{token}/{deed}", act, methods=["POST"], **more)  # type: ignore[arg-type]


def _do(site: Site, deed: str, fields: Typed) -> None:
    if deed == "release-mails":
        release_held(site.catalog, site.now())
    else:
        release(site.catalog, fields.number("hold"), deed == "release", site.now())
