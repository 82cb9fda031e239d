"""What do the API's answers look like? One example of each, for OpenAPI; tests hold them to the declared shapes."""

from typing import Any

from search.json_shapes import DocumentRecordJson, PageJson, PagesJson, SearchJson, WorksJson
from search.web.pages import examples as pages

SITE = "https://watch.example.org"
API = f"{SITE}/api/v1"
SHA256 = pages.DOCUMENT["sha256"]
_Q = "q=%22domestic+workers%22+AND+country%3APHL"

WORK = pages.WORK
SEARCH: SearchJson = {**pages.SEARCH, "url": f"{API}/search?{_Q}"}
PASSAGES: SearchJson = {**pages.SEARCH, "unit": "paragraphs", "url": f"{API}/passages?{_Q}"}

WORKS: WorksJson = {
    "works": [
        {
            "work": WORK["work"],
            "url": WORK["url"],
            "publisher": WORK["publisher"],
            "symbol": WORK["symbol"],
            "title": WORK["title"],
            "body": WORK["body"],
            "session": WORK["session"],
            "agenda_item": WORK["agenda_item"],
            "date": WORK["date"],
            "kind": WORK["kind"],
            "languages": WORK["languages"],
        }
    ],
    "after": 4711,
    "url": f"{API}/works?limit=1",
    "next_url": f"{API}/works?limit=1&after=4711",
}

PAGE: PageJson = pages.DOCUMENT["pages"][0]
PAGES: PagesJson = {"sha256": SHA256, "url": f"{API}/documents/{SHA256}/pages", "pages": [PAGE]}

DOCUMENT: DocumentRecordJson = {
    **WORK["documents"][0],
    "publisher": "UN",
    "work": WORK["work"],
    "work_url": WORK["url"],
    "text_url": f"{API}/documents/{SHA256}/text",
    "pages_url": f"{API}/documents/{SHA256}/pages",
    "captures": WORK["captures"],
}

ERROR: dict[str, Any] = {"status": 404, "title": "Nothing is here", "message": "There is no work “X/1” here."}
