"""What do the API's answers look like? One example of each, for OpenAPI; tests hold them to the declared shapes."""

from typing import Any

from search.api_shapes import (
    FacetsJson,
    MentionedListJson,
    QuotedListJson,
    SuggestionsJson,
    VocabulariesJson,
    VocabularyJson,
    YearsJson,
)
from search.json_shapes import ChangesJson, DocumentRecordJson, PageJson, PagesJson, SearchJson, SimilarJson, WorksJson
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
PAGES: PagesJson = {"sha256": SHA256, "url": f"{API}/documents/{SHA256}/pages", "pages": [PAGE], "grids": []}

DOCUMENT: DocumentRecordJson = {
    **WORK["documents"][0],
    "publisher": "UN",
    "work": WORK["work"],
    "work_url": WORK["url"],
    "text_url": f"{API}/documents/{SHA256}/text",
    "pages_url": f"{API}/documents/{SHA256}/pages",
    "captures": WORK["captures"],
}

MENTIONS: MentionedListJson = {
    "mentions": [
        {
            "id": 90210,
            "kind": "country",
            "value": "PHL",
            "label": "Philippines",
            "text": "the Philippines",
            "origin": "lexicon",
            "work": WORK["work"],
            "sha256": SHA256,
            "page": 12,
            "ordinal": 61,
            "start": 20,
            "end": 35,
            "url": f"{SITE}/documents/{SHA256}?at=61#at-61",
        }
    ],
    "after": 90210,
    "url": f"{API}/mentions?kind=country&value=PHL&limit=1",
    "next_url": f"{API}/mentions?kind=country&value=PHL&limit=1&after=90210",
}

CITATIONS: QuotedListJson = {
    "citations": [
        {
            "id": 815,
            "kind": "symbol",
            "target": "A/RES/45/158",
            "text": "resolution 45/158",
            "cited": "UN:A/RES/45/158",
            "cited_url": f"{SITE}/works/UN:A/RES/45/158",
            "work": WORK["work"],
            "sha256": SHA256,
            "page": 1,
            "ordinal": 2,
            "start": 41,
            "end": 58,
            "url": f"{SITE}/documents/{SHA256}?at=2#at-2",
        }
    ],
    "after": None,
    "url": f"{API}/citations?target=A%2FRES%2F45%2F158",
    "next_url": None,
}

SIMILAR: SimilarJson = {
    "work": WORK["work"],
    "url": WORK["url"],
    "hits": pages.SEARCH["hits"],
}

FACETS: FacetsJson = {
    "query": SEARCH["query"],
    "said": SEARCH["said"],
    "unit": "works",
    "total": 1,
    "complaints": [],
    "facets": SEARCH["facets"],
    "url": f"{API}/facets?{_Q}",
}

TIMELINE: YearsJson = {
    "query": SEARCH["query"],
    "said": SEARCH["said"],
    "unit": "works",
    "total": 4,
    "complaints": [],
    "years": [
        {"year": 2023, "count": 2, "selected": False},
        {"year": 2024, "count": 0, "selected": False},
        {"year": 2025, "count": 1, "selected": False},
    ],
    "undated": 1,
    "url": f"{API}/timeline?{_Q}",
}

VOCABULARIES: VocabulariesJson = {
    "version": "1f0c",
    "vocabularies": [
        {
            "name": "countries",
            "says": "States and areas, by ISO 3166 alpha-3.",
            "terms": 260,
            "url": f"{API}/vocabularies/countries",
        }
    ],
    "url": f"{API}/vocabularies",
}

VOCABULARY: VocabularyJson = {
    "name": "bodies",
    "says": "Organs and committees, with the series of their symbols.",
    "terms": [
        {
            "code": "CMW",
            "names": {"en": "Committee on Migrant Workers", "fr": "Comité des travailleurs migrants"},
            "aliases": [{"language": "en", "name": "Committee on the Protection of the Rights of Migrant Workers"}],
            "publisher": "UN",
            "series": ["CMW"],
            "instrument": "ICRMW",
            "adopted": None,
            "in_force": None,
            "articles": None,
            "keywords": {},
            "says": None,
            "examples": [],
        }
    ],
    "url": f"{API}/vocabularies/bodies",
}

SUGGESTIONS: SuggestionsJson = {
    "query": "domestic wor",
    "names": [
        {
            "text": "Domestic work",
            "field": "theme",
            "value": "domestic-work",
            "label": "Domestic work",
            "query": "theme:domestic-work",
        }
    ],
    "did_you_mean": None,
    "url": f"{API}/suggestions?q=domestic+wor",
}

CHANGES: ChangesJson = {
    "changes": [
        {
            "seq": 4711,
            "kind": "updated",
            "work": WORK["work"],
            "document": SHA256,
            "at": "2026-11-24T08:00:00+00:00",
            "poor": False,
            "url": WORK["url"],
        }
    ],
    "next": 4711,
    "mark": "5f0c1a2b3d4e",
    "last": 4711,
    "more": False,
    "url": f"{API}/changes?after=4710&limit=100",
    "next_url": f"{API}/changes?after=4711&limit=100&mark=5f0c1a2b3d4e",
}

EXPORTS: dict[str, str] = {
    "csv": "work,symbol,symbols,title,date,…\r\nUN:A/HRC/59/49,A/HRC/59/49,…\r\n",
    "jsonl": '{"work":"UN:A/HRC/59/49",…}\n{"end":1,…}\n',
    "bib": "@techreport{UN:A/HRC/59/49,\n  number = {A/HRC/59/49},\n  …\n}\n",
    "ris": "TY  - RPRT\r\nM1  - A/HRC/59/49\r\n…\r\nER  - \r\n",
    "atom": '<feed xmlns="http://www.w3.org/2005/Atom">…</feed>',
}

ERROR: dict[str, Any] = {"status": 404, "title": "Nothing is here", "message": "There is no work “X/1” here."}
