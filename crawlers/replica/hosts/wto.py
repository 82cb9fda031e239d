"""docs.wto.org: how are WTO documents searched for, and fetched by file name?"""

import re
from datetime import date, datetime
from zlib import crc32

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from crawlers.replica.exhibit import NOTICE_HEADER, Exhibit, robots
from crawlers.replica.prose import title_of
from crawlers.replica.works import Edition, Work

BODY = "the WTO"
DRIVES = {"en": "Q", "fr": "R", "es": "S"}
LANGUAGES = {"english": "en", "french": "fr", "spanish": "es"}
_STATUS = {"Add": "A", "Corr": "C", "Rev": "R", "Suppl": "S"}
_MOST_HITS = 100


def wto_documents(exhibit: Exhibit) -> list[Route]:
    works = exhibit.library.by("WTO")
    editions = [edition for work in works if work.fault != "restricted" for edition in exhibit.library.editions(work)]
    files = {file_name(edition).upper(): edition for edition in editions}

    def results(request: Request) -> Response:
        asked = request.query_params
        language = LANGUAGES.get(asked.get("Language", "English").lower(), "en")
        hits = [work for work in works if language in work.languages and work.week_of(language) <= exhibit.week]
        hits = [work for work in hits if matches(work, asked.get("query", ""))]
        start = _number(asked.get("XMLStart"), 0, 10**6)
        shown = hits[start : start + _number(asked.get("XMLMaxHitsPerPage"), 10, _MOST_HITS)]
        page = exhibit.text(
            "wto_results.xml",
            BODY,
            hits=[_hit(work, language, start + place) for place, work in enumerate(shown, 1)],
            total=len(hits),
        )
        return Response(page, media_type="text/xml", headers=NOTICE_HEADER)

    def file(request: Request) -> Response:
        name = request.query_params.get("filename", "").replace("\\", "/").upper()
        if name[1:2] == "/":  # ExportFile.aspx writes q/S/C/W301.pdf, without the colon
            name = f"{name[0]}:{name[1:]}"
        edition = files.get(name)
        return exhibit.file(request, edition) if edition else exhibit.page("wto_not_published.html", BODY)

    folder = "/dol2fe/Pages"
    return [
        Route("/robots.txt", lambda request: robots("User-agent: *\nDisallow: /dol2fe/Pages/Admin/\n")),
        Route(f"{folder}/SS/GetXMLResults.aspx", results),
        Route(f"{folder}/SS/directdoc.aspx", file),
        Route(f"{folder}/FE_Search/ExportFile.aspx", file),
    ]


def wto_site(exhibit: Exhibit) -> list[Route]:
    """www.wto.org forbids everything to everyone but one search engine; the replica says so and has nothing else."""
    text = "User-agent: Googlebot\nAllow: /\nUser-agent: *\nDisallow: *\n"
    return [Route("/robots.txt", lambda request: robots(text))]


def file_name(edition: Edition) -> str:
    """S/C/W/301/Rev.1 in English is Q:/S/C/W301R1.pdf; WT/MIN(22)/33 in French is R:/WT/MIN22/33.pdf."""
    path = re.sub(r"\((\d{2})\)", r"\1", edition.work.symbol)
    path = re.sub(r"/(Add|Corr|Rev|Suppl)\.(\d+)", lambda found: _STATUS[found[1]] + found[2], path)
    path = re.sub(r"/([A-Z]+)/(\d[\dARCS]*)$", r"/\1\2", path)
    return f"{DRIVES[edition.language]}:/{path}.pdf"


def matches(work: Work, query: str) -> bool:
    """Does the work fit @Symbol= patterns (any of them) and @meta_Date bounds (all of them)?"""
    patterns = re.findall(r'@Symbol\s*=\s*"?([^\s"]+)', query, flags=re.IGNORECASE)
    # The brackets that group a query are not the brackets of a symbol: WT/MIN(22)/33.
    patterns = [p.rstrip(")") if p.count(")") > p.count("(") else p for p in patterns]
    if patterns and not any(_fits(work.symbol, pattern) for pattern in patterns):
        return False
    bounds = re.findall(r"@meta_Date\s*([<>]=?)\s*(\d{2}/\d{2}/\d{4})", query, flags=re.IGNORECASE)
    return all(_within(work.date, sign, bound) for sign, bound in bounds)


def _fits(symbol: str, pattern: str) -> bool:
    return re.fullmatch(re.escape(pattern.upper()).replace(r"\*", ".*"), symbol.upper()) is not None


def _within(day: date, sign: str, bound: str) -> bool:
    try:
        limit = datetime.strptime(bound, "%d/%m/%Y").date()
    except ValueError:  # 31/02/2026: no such day, so nothing is before or after it
        return False
    return {"<": day < limit, "<=": day <= limit, ">": day > limit, ">=": day >= limit}[sign]


def _number(text: str | None, default: int, most: int) -> int:
    return min(int(text), most) if text and re.fullmatch(r"\d{1,7}", text) else default


def _hit(work: Work, language: str, place: int) -> dict[str, str]:
    name = file_name(Edition(work, language))
    return {
        "catid": str(crc32(work.symbol.encode()) % 900_000 + 100_000),
        "place": str(place),
        "title": title_of(work, language),
        "symbol": "#".join(filter(None, [work.symbol, work.words.get("second_symbol")])),
        "date": work.date.strftime("%d/%m/%Y 00:00:00"),
        "files": "#".join([name, name.replace(".pdf", ".doc")]) if work.fault != "restricted" else "",
        "bodies": work.words.get("body_name", "Council for Trade in Services"),
        "types": work.words.get("type_name", "Note"),
        "subjects": work.words.get("subjects", "Services#Movement of natural persons"),
        "countries": work.words.get("members", ""),
        "restriction": "R" if work.fault == "restricted" else work.words.get("restriction", "U"),
    }
