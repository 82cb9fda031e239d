"""How does someone stop the mails? By the link in each: a page that asks, the answer that stops, and the way back."""

from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from search.alerts.wording import Wording
from search.web.signed import found
from search.web.site import Site

if TYPE_CHECKING:
    from search.alerts import Unsubscribed


def mount(app: FastAPI, site: Site) -> None:
    """GET only asks, since mail scanners follow links; POST stops, also for mail programs (RFC 8058)."""

    def ask(token: str) -> HTMLResponse:
        from search.alerts import read_token

        about = found(lambda: read_token(site.catalog, site.secret, token))
        return _page(site, token, about, "stopped" if about.done else "asking")

    def stop(token: str) -> HTMLResponse:
        from search.alerts import unsubscribe_by_token

        about = found(lambda: unsubscribe_by_token(site.catalog, site.secret, token))
        return _page(site, token, about, "stopped")

    def undo(token: str) -> HTMLResponse:
        from search.alerts import read_token, resubscribe_by_token

        back = found(lambda: resubscribe_by_token(site.catalog, site.secret, token))
        about = found(lambda: read_token(site.catalog, site.secret, token))
        return _page(site, token, about, "back", back)

    for path, endpoint, method in (
        ("/unsubscribe/{token}", ask, "GET"),
        ("/unsubscribe/{token}", stop, "POST"),
        ("/unsubscribe/{token}/undo", undo, "POST"),
    ):
        app.add_api_route(
            path,
            endpoint,
            methods=[method],
            response_class=HTMLResponse,
            response_model=None,
            include_in_schema=False,
        )


def _page(site: Site, token: str, about: "Unsubscribed", stage: str, back: tuple[str, ...] = ()) -> HTMLResponse:
    w = Wording(about.language)
    headings = {"asking": w("Stop these mails?"), "stopped": w("Stopped"), "back": w("The mails go on")}
    shown = {"w": w, "token": token, "about": about, "stage": stage, "heading": headings[stage], "back": back}
    return site.page("unsubscribe.html", shown)
