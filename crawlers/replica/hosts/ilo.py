"""www.ilo.org: how does the Governing Body list its documents?"""

import re
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from crawlers.replica.exhibit import Exhibit, not_found, robots
from crawlers.replica.names import language_name
from crawlers.replica.prose import title_of
from crawlers.replica.works import Edition, Work

BODY = "the ILO"
PAGE_SIZE = 10
_ROBOTS = "User-agent: *\nAllow: /core/*.css$\nDisallow: /admin/\nDisallow: /search/\nDisallow: /user/login\n"


def ilo(exhibit: Exhibit) -> list[Route]:
    works = exhibit.library.by("ILO")
    files = {file_path(edition): edition for work in works for edition in exhibit.library.editions(work)}
    nodes = {node_path(work): work for work in works}

    def listing(request: Request) -> Response:
        asked = request.query_params.get("page", "0")
        page = int(asked) if re.fullmatch(r"\d{1,4}", asked) else 0
        last = max(0, -(-len(works) // PAGE_SIZE) - 1)
        cards = [_card(exhibit, work) for work in works[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]]
        return exhibit.page("ilo_listing.html", BODY, cards=cards, page=page, last=last, total=len(works))

    def node(request: Request) -> Response:
        work = nodes.get(request.url.path)
        return exhibit.page("ilo_node.html", BODY, card=_card(exhibit, work)) if work else not_found(BODY)

    def file(request: Request) -> Response:
        edition = files.get(request.url.path)
        return exhibit.file(request, edition) if edition else not_found(BODY)

    return [
        Route("/robots.txt", lambda request: robots(_ROBOTS)),
        Route("/all-gb-documents", listing),
        Route("/resource/{rest:path}", node),
        Route("/sites/default/files/{rest:path}", file),
    ]


def file_path(edition: Edition) -> str:
    """GB.358/POL/3(Rev.1) in English is /sites/default/files/2026-10/GB358-POL-3-Rev1-EN.pdf."""
    symbol = edition.work.symbol.replace(".", "").replace("(", "/").replace(")", "").replace("/", "-")
    return f"/sites/default/files/{edition.published:%Y-%m}/{symbol}-{edition.language.upper()}.pdf"


def node_path(work: Work) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", title_of(work, "en").lower()).strip("-")
    session = re.search(r"\d+", work.symbol)
    return f"/resource/gb/{session.group() if session else 0}/{quote(slug)}-{work.name.lower()}"


def _card(exhibit: Exhibit, work: Work) -> dict[str, object]:
    return {
        "date": f"{work.date.day} {work.date:%B %Y}",
        "title": f"{title_of(work, 'en')} ({work.symbol})",
        "link": node_path(work),
        "files": [
            (f"https://www.ilo.org{file_path(edition)}", f"{language_name(edition.language)} - pdf")
            for edition in exhibit.library.editions(work)
        ],
    }
