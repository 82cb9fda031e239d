"""What waits for the secretariat? A page by a link that ends after hours, with the buttons that decide.

`forumwatch desk` prints the link. There is no password: whoever can run commands on the machine may decide as well.
"""

from functools import partial

from fastapi import FastAPI, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from search.alerts.desk import desk
from search.alerts.errors import Refused
from search.alerts.matching.floods import release
from search.alerts.post.outbox import release_held
from search.alerts.tokens import Purpose, verify
from search.web.forms import Typed, typed
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
    app.add_api_route("/desk/{token}", show, methods=["GET", "HEAD"], **more)  # type: ignore[arg-type]
    app.add_api_route("/desk/{token}/{deed}", act, methods=["POST"], **more)  # type: ignore[arg-type]


def _do(site: Site, deed: str, fields: Typed) -> None:
    if deed == "release-mails":
        release_held(site.catalog, site.now())
    else:
        release(site.catalog, fields.number("hold"), deed == "release", site.now())
