"""Which host was asked? One application answers for them all, by the Host header."""

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Host, Route, Router
from starlette.types import Receive, Scope, Send

from crawlers.replica.exhibit import NOTICE_HEADER, Exhibit, not_found
from crawlers.replica.hosts.ilo import ilo
from crawlers.replica.hosts.iom import iom
from crawlers.replica.hosts.treaty_bodies import docstore, treaty_bodies
from crawlers.replica.hosts.un_documents import un_documents
from crawlers.replica.hosts.wayback import wayback
from crawlers.replica.hosts.wto import wto_documents, wto_site
from crawlers.replica.settings import ReplicaSettings

HOSTS: dict[str, tuple[str, Callable[[Exhibit], list[Route]]]] = {
    "tbinternet.ohchr.org": ("OHCHR", treaty_bodies),
    "docstore.ohchr.org": ("OHCHR", docstore),
    "docs.un.org": ("the United Nations", un_documents),
    "www.ilo.org": ("the ILO", ilo),
    "governingbodies.iom.int": ("IOM", iom),
    "web.archive.org": ("the Internet Archive or of the GCIM", wayback),
    "docs.wto.org": ("the WTO", wto_documents),
    "www.wto.org": ("the WTO", wto_site),
}


class _HostPages(Router):
    """The pages of one host; what it does not have answers 404 in its own name."""

    def __init__(self, body: str, routes: list[Route]) -> None:
        super().__init__(routes, redirect_slashes=False)
        self._body = body

    async def not_found(self, scope: Scope, receive: Receive, send: Send) -> None:
        await not_found(self._body)(scope, receive, send)


def create_app(settings: ReplicaSettings) -> Starlette:
    """The replica as an ASGI application. Nothing is set in type yet: that happens when a file is asked for."""
    exhibit = Exhibit(settings)
    routes: list[BaseRoute] = [Host(name, _HostPages(body, make(exhibit))) for name, (body, make) in HOSTS.items()]

    def front(request: Request) -> Response:
        return HTMLResponse(_front_page(exhibit), headers=NOTICE_HEADER)

    routes += [Host(name, Router([Route("/", front)])) for name in ("127.0.0.1", "localhost")]
    app = Starlette(routes=[*routes, Route("/{rest:path}", _misdirected)])
    app.state.exhibit = exhibit
    return app


def _misdirected(request: Request) -> Response:
    host = request.headers.get("host", "")
    return PlainTextResponse(f"This replica does not answer for {host!r}.\n", status_code=421, headers=NOTICE_HEADER)


def _front_page(exhibit: Exhibit) -> str:
    return exhibit.text(
        "front.html",
        "any of these bodies",
        week=exhibit.week,
        hosts=list(HOSTS),
        works=len(exhibit.library.works),
        files=len(exhibit.library.all_editions()),
    )
