"""tbinternet.ohchr.org: how do the treaty bodies list their documents, and where are the files?"""

import hashlib
from dataclasses import dataclass
from urllib.parse import quote

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from crawlers.replica.exhibit import Exhibit, not_found, robots
from crawlers.replica.names import DOCUMENT_TYPES, country_name, language_name
from crawlers.replica.prose import title_of
from crawlers.replica.tokens import Tokens
from crawlers.replica.works import Edition, Work

BODY = "OHCHR"
PREFIX = "/_layouts/15/TreatyBodyExternal"
CMW = "7"
PAGE_SIZE = 10
WINDOW = 10
_GRID = "ctl00$PlaceHolderMain$radResultsGrid$ctl00$ctl03$ctl01"


@dataclass(frozen=True, slots=True)
class PagerLink:
    text: str
    target: str
    current: bool


class Grid:
    """The search page: a Telerik grid whose further pages come only by postback."""

    def __init__(self, exhibit: Exhibit) -> None:
        self._exhibit = exhibit
        self._states = Tokens(exhibit.seed, "viewstate")
        self._events = Tokens(exhibit.seed, "eventvalidation")

    async def answer(self, request: Request) -> Response:
        """GET: the first page. POST: the page that __EVENTTARGET asks for, if the hidden fields are as we sent them."""
        query = {"treaty": request.query_params.get("TreatyID", ""), "kind": request.query_params.get("DocTypeID", "")}
        if request.method != "POST":
            return self._page(request, query, 1)
        async with request.form() as form:
            page = self._page_asked_for(form, query)
        if page is None:
            return self._exhibit.page("postback_refused.html", BODY, status=500)
        return self._page(request, query, page)

    def _page_asked_for(self, form: FormData, query: dict[str, str]) -> int | None:
        state = self._states.open(str(form.get("__VIEWSTATE", "")))
        events = self._events.open(str(form.get("__EVENTVALIDATION", "")))
        if state is None or events is None or state.get("query") != query or events.get("of") != state.get("page"):
            return None
        page = dict(_targets(int(str(state["page"])), self._page_count(query))).get(str(form.get("__EVENTTARGET", "")))
        return page if page is not None else None

    def _works(self, query: dict[str, str]) -> list[Work]:
        if query["treaty"] not in ("", CMW):
            return []
        works = self._exhibit.library.by("UN")
        if query["kind"]:
            works = [work for work in works if DOCUMENT_TYPES.get(work.kind, ("", ""))[0] == query["kind"]]
        return works

    def _page_count(self, query: dict[str, str]) -> int:
        return max(1, -(-len(self._works(query)) // PAGE_SIZE))

    def _page(self, request: Request, query: dict[str, str], page: int) -> Response:
        works = self._works(query)
        pages = self._page_count(query)
        links = [PagerLink(_label(target, n, page), target, n == page) for target, n in _targets(page, pages)]
        return self._exhibit.page(
            "tbsearch.html",
            BODY,
            action=f"./TBSearch.aspx?{request.url.query}",
            viewstate=self._states.issue({"query": query, "page": page}),
            generator=hashlib.sha256(b"TBSearch").hexdigest()[:8].upper(),
            validation=self._events.issue({"of": page}),
            rows=[_row(work) for work in works[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]],
            links=links,
            total=len(works),
            pages=pages,
            types=sorted(set(DOCUMENT_TYPES.values())),
        )


def _targets(page: int, pages: int) -> list[tuple[str, int]]:
    """The pager's controls on that page, each with the page it leads to: ten numbers, and a '...' at either end."""
    first = (page - 1) // WINDOW * WINDOW + 1
    last = min(first + WINDOW - 1, pages)
    numbers = ([first - 1] if first > 1 else []) + list(range(first, last + 1)) + ([last + 1] if last < pages else [])
    return [(f"{_GRID}$ctl{5 + 2 * position:02d}", number) for position, number in enumerate(numbers)]


def _label(target: str, number: int, page: int) -> str:
    first = (page - 1) // WINDOW * WINDOW + 1
    return str(number) if first <= number < first + WINDOW else "..."


def _row(work: Work) -> dict[str, str]:
    symbol = quote(work.symbol or work.name, safe="").replace("%2F", "%2f")
    return {
        "title": title_of(work, "en"),
        "committee": "CMW" if work.symbol else "",
        "country": country_name(work.country, "en") if work.country else "",
        "symbol": work.symbol,
        "date": "" if work.file else work.date.strftime("%d %b %Y"),  # of a folder's files nothing is known
        "link": f"{PREFIX}/Download.aspx?symbolno={symbol}&Lang=en",
    }


class Files:
    """The page that lists the files of a symbol, and the two doors through which the files are handed out."""

    def __init__(self, exhibit: Exhibit) -> None:
        self._exhibit = exhibit
        self._tokens = Tokens(exhibit.seed, "docstore")

    def listing(self, request: Request) -> Response:
        symbol = request.query_params.get("symbolno", "")
        works = self._exhibit.library.by("UN")
        work = next((work for work in works if symbol and symbol in (work.symbol, work.name)), None)
        if work is None:
            return self._exhibit.page("download.html", BODY, symbol=symbol, title="", rows=[])
        languages: dict[str, list[Edition]] = {}
        for edition in self._exhibit.library.editions(work):
            languages.setdefault(edition.language, []).append(edition)
        rows = [
            (language_name(language), [(edition.form, self._link(edition)) for edition in editions])
            for language, editions in languages.items()
        ]
        return self._exhibit.page("download.html", BODY, symbol=work.symbol, title=title_of(work, "en"), rows=rows)

    def _link(self, edition: Edition) -> str:
        """Most files still come through the docstore; about one in four has moved to the newer door."""
        key = self._key(edition)
        if int(key[:2], 16) % 4 == 0:
            return f"{PREFIX}/DownloadDraft.aspx?key={key}"
        token = quote(self._tokens.issue({"name": edition.name}), safe="").replace("%2F", "%2f")
        return f"https://docstore.ohchr.org/SelfServices/FilesHandler.ashx?enc={token}"

    def _key(self, edition: Edition) -> str:
        return hashlib.sha256(f"{self._exhibit.seed} {edition.name}".encode()).hexdigest()[:40]

    def by_token(self, request: Request) -> Response:
        content = self._tokens.open(request.query_params.get("enc", ""))
        edition = self._exhibit.library.edition(str(content["name"])) if content else None
        if edition is None:
            return self._exhibit.page("link_expired.html", BODY, status=404)
        return self._exhibit.file(request, edition)

    def by_key(self, request: Request) -> Response:
        key = request.query_params.get("key", "")
        editions = self._exhibit.library.all_editions()
        edition = next((e for e in editions if e.work.publisher == "UN" and self._key(e) == key), None)
        return self._exhibit.file(request, edition) if edition else not_found(BODY)


def treaty_bodies(exhibit: Exhibit) -> list[Route]:
    grid, files = Grid(exhibit), Files(exhibit)
    return [
        Route("/robots.txt", lambda request: robots("User-agent: *\nDisallow: /_vti_bin/\nDisallow: /_catalogs/\n")),
        Route(f"{PREFIX}/TBSearch.aspx", grid.answer, methods=["GET", "POST"]),
        Route(f"{PREFIX}/Download.aspx", files.listing),
        Route(f"{PREFIX}/DownloadDraft.aspx", files.by_key),
    ]


def docstore(exhibit: Exhibit) -> list[Route]:
    return [Route("/SelfServices/FilesHandler.ashx", Files(exhibit).by_token)]
