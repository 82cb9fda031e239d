"""governingbodies.iom.int: what do the session pages of the IOM Council list?"""

import re
from itertools import groupby
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from crawlers.replica.exhibit import Exhibit, not_found, robots
from crawlers.replica.names import language_name
from crawlers.replica.prose import title_of
from crawlers.replica.works import Edition, Work

BODY = "IOM"
SESSIONS = {115: 2024, 116: 2025, 117: 2026}
_ROBOTS = "User-agent: *\nDisallow: /admin/\nDisallow: /search/\nDisallow: /user/login/\n"


def session_path(session: int) -> str:
    return f"/{session}th-session-council-{SESSIONS[session]}"


def iom(exhibit: Exhibit) -> list[Route]:
    works = exhibit.library.by("IOM")
    files = {unquote(file_path(edition)): edition for work in works for edition in exhibit.library.editions(work)}

    def sessions(request: Request) -> Response:
        links = [(session_path(n), f"{n}th Session of the Council ({SESSIONS[n]})") for n in sorted(SESSIONS)]
        return exhibit.page("iom_council.html", BODY, links=links)

    def session(request: Request) -> Response:
        number = next(n for n in SESSIONS if session_path(n) == request.url.path)
        listed = sorted((w for w in works if session_of(w) == number), key=_place)
        items = [(item, [_line(exhibit, work) for work in group]) for item, group in groupby(listed, key=_item)]
        heading = f"{number}th Session of the Council ({SESSIONS[number]})"
        return exhibit.page("iom_session.html", BODY, heading=heading, items=items)

    def file(request: Request) -> Response:
        edition = files.get(request.url.path)
        return exhibit.file(request, edition) if edition else not_found(BODY)

    return [
        Route("/robots.txt", lambda request: robots(_ROBOTS)),
        Route("/", lambda request: RedirectResponse("https://governingbodies.iom.int/council", 302)),
        Route("/council", sessions),
        *(Route(session_path(n), session) for n in SESSIONS),
        Route("/system/files/{rest:path}", file),
    ]


def session_of(work: Work) -> int:
    found = re.match(r"C/(\d+)/", work.symbol)
    return int(found.group(1)) if found else 0


def file_path(edition: Edition) -> str:
    """/system/files/en/council/117/C-117-5%20-%20Title.pdf, as the newer files are named."""
    title = re.sub(r"[/:?\"<>|]", " ", title_of(edition.work, edition.language))[:60].strip()
    name = f"{edition.work.symbol.replace('/', '-')} - {title}.pdf"
    return quote(f"/system/files/{edition.language}/council/{session_of(edition.work)}/{name}")


def _place(work: Work) -> tuple[int, str]:
    return int(work.words.get("item", "99")), work.name


def _item(work: Work) -> str:
    return f"Item {work.words.get('item', '')} - {work.words.get('item_title', '')}"


def _line(exhibit: Exhibit, work: Work) -> dict[str, object]:
    restricted = work.fault == "restricted"
    editions = [] if restricted else exhibit.library.editions(work)
    return {
        "text": f"{work.symbol} - {title_of(work, 'en')}",
        "restricted": restricted,
        "files": [(file_path(e), e.language, language_name(e.language, own=True)) for e in editions],
    }
