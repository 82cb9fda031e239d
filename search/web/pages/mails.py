"""Which mails did I get? The list by a signed link, and each of them to be read, as text and as it was laid out.

The laid out part is served by itself, under a policy of its own: it may style itself and do nothing else, and it opens
as if from nowhere. No page here is kept by a cache or found by a search engine.
"""

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response

from search.alerts.post.archive import archive, mail
from search.alerts.tokens import Grant, Purpose, sign, verify
from search.alerts.wording import Wording
from search.web.signed import found
from search.web.site import Site

MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
)


def mount(app: FastAPI, site: Site) -> None:
    def granted(token: str) -> Grant:
        return verify(site.secret, token, Purpose.ARCHIVE)

    def mails(token: str) -> Response:
        grant = found(lambda: granted(token))
        return _one(site, token, grant) if grant.mail else _all(site, grant)

    def laid_out(token: str) -> Response:
        page = found(lambda: mail(site.catalog, granted(token)))
        return HTMLResponse(page.html or page.text, headers={"content-security-policy": MAIL_POLICY})

    for path, endpoint in (("/mails/{token}/html", laid_out), ("/mails/{token}", mails)):
        app.add_api_route(
            path,
            endpoint,
            methods=["GET", "HEAD"],
            response_class=HTMLResponse,
            response_model=None,
            include_in_schema=False,
        )


def _all(site: Site, grant: Grant) -> HTMLResponse:
    told = found(lambda: archive(site.catalog, grant))

    def link(kind: str, period: str) -> str:
        return site.local.signed("mails", sign(site.secret, grant._replace(mail=f"{kind} {period}"), Purpose.ARCHIVE))

    w = Wording(told.language)
    shown = {
        "w": w,
        "language": told.language,
        "archive": told,
        "link": link,
        "state_of": lambda state: state_of(state, w),
    }
    return site.page("mails.html", shown)


def _one(site: Site, token: str, grant: Grant) -> HTMLResponse:
    told = found(lambda: mail(site.catalog, grant))
    w = Wording(told.language)
    shown = {"w": w, "language": w.language, "mail": told, "laid_out": site.local.signed("mails", token, "html")}
    return site.page("mail.html", {**shown, "state": state_of(told.kept.state, w)})


def state_of(state: str, w: Wording) -> str:
    """What became of a mail, in words."""
    match state:
        case "sent":
            return w("sent")
        case "waiting" | "leased":
            return w("waiting to be sent")
        case "held":
            return w("held back until the secretariat has looked at it")
        case "withheld":
            return w("not sent: it was no longer wanted")
        case "suppressed":
            return w("not sent: mail to this address had come back")
        case "bounced":
            return w("came back")
    return w("refused by the other side")
