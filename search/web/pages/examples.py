"""What do the JSON answers look like? One example of each, for OpenAPI; tests hold them to the declared shapes."""

from search.json_shapes import (
    DocumentJson,
    HealthJson,
    HelpJson,
    PlaceJson,
    SearchJson,
    SourcesJson,
    UnreadListJson,
    WatchJson,
    WorkJson,
)

_SITE = "https://watch.example.org"
_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_MOMENT = "2026-11-24T06:10:00+00:00"
_TITLE = "Report of the Special Rapporteur on the human rights of migrants"
_SAID = "Domestic workers have no weekly day of rest."
_PLACE: PlaceJson = {
    "sha256": _SHA256,
    "page": 12,
    "ordinal": 61,
    "url": f"{_SITE}/documents/{_SHA256}?at=61#at-61",
}

SEARCH: SearchJson = {
    "query": '"domestic workers" AND country:PHL',
    "said": "Documents with the phrase “domestic workers” and speaking of Philippines",
    "unit": "works",
    "total": 1,
    "by_meaning": 0,
    "suggestion": None,
    "widened": [],
    "complaints": [],
    "facets": [
        {
            "field": "publisher",
            "label": "Publisher",
            "values": [{"value": "UN", "label": "United Nations", "count": 1, "selected": False}],
        }
    ],
    "hits": [
        {
            "work": "UN:A/HRC/59/49",
            "symbols": ["A/HRC/59/49"],
            "title": _TITLE,
            "date": "2025-06-12",
            "publisher": "UN",
            "body": "HRC",
            "languages": ["en", "fr"],
            "passages": [
                {
                    "page": 12,
                    "paragraph": "45",
                    "text": "<mark>Domestic workers</mark> have no weekly day of rest.",
                    "plain": _SAID,
                    "citation": "A/HRC/59/49, para. 45",
                    "language": "en",
                    "last_page": 13,
                    "quality": 0.98,
                    "poor": False,
                    "similarity": None,
                    "sha256": _SHA256,
                    "url": f"{_SITE}/documents/{_SHA256}?q=%22domestic+workers%22&at=61#para-45",
                }
            ],
            "url": f"{_SITE}/works/UN:A/HRC/59/49?q=%22domestic+workers%22",
        }
    ],
    "after": None,
    "url": f"{_SITE}/search.json?q=%22domestic+workers%22+AND+country%3APHL",
    "next_url": None,
}

WORK: WorkJson = {
    "work": "UN:A/HRC/59/49",
    "url": f"{_SITE}/works/UN:A/HRC/59/49",
    "publisher": "UN",
    "symbol": "A/HRC/59/49",
    "symbols": ["A/HRC/59/49"],
    "title": _TITLE,
    "body": "HRC",
    "session": "59",
    "agenda_item": "3",
    "date": "2025-06-12",
    "kind": "report",
    "languages": ["en"],
    "passages": [],
    "documents": [
        {
            "sha256": _SHA256,
            "url": f"{_SITE}/documents/{_SHA256}",
            "original_url": f"{_SITE}/documents/{_SHA256}/original",
            "state": "read",
            "reason": "",
            "language": "en",
            "languages": ["en"],
            "symbols": ["A/HRC/59/49"],
            "title": _TITLE,
            "body": "HRC",
            "session": "59",
            "agenda_item": "3",
            "date": "2025-06-12",
            "kind": "report",
            "job_number": "GE.25-07410",
            "media_type": "application/pdf",
            "reader": "pdf 1",
            "read_at": _MOMENT,
            "described_from": {"title": "source", "date": "masthead"},
            "pages": 21,
            "quality": 0.97,
            "poor": False,
            "methods": ["pypdfium2"],
        }
    ],
    "mentions": [
        {
            "kind": "country",
            "total": 1,
            "values": [{"value": "PHL", "text": "the Philippines", "count": 4, "first": _PLACE}],
        }
    ],
    "citations": [
        {
            "kind": "symbol",
            "target": "A/RES/45/158",
            "count": 2,
            "first": _PLACE,
            "work": "UN:A/RES/45/158",
            "url": f"{_SITE}/works/UN:A/RES/45/158",
        }
    ],
    "cited_by": [],
    "captures": [
        {
            "sha256": _SHA256,
            "source": "un-treaty-bodies",
            "url": "https://docs.un.org/en/A/HRC/59/49",
            "captured": _MOMENT,
            "size": 412233,
            "media_type": "application/pdf",
        }
    ],
}

DOCUMENT: DocumentJson = {
    "sha256": _SHA256,
    "url": f"{_SITE}/documents/{_SHA256}",
    "original_url": f"{_SITE}/documents/{_SHA256}/original",
    "work": "UN:A/HRC/59/49",
    "publisher": "UN",
    "state": "read",
    "reason": "",
    "title": _TITLE,
    "symbol": "A/HRC/59/49",
    "date": "2025-06-12",
    "language": "en",
    "media_type": "application/pdf",
    "reader": "pdf 1",
    "pages": [
        {
            "page": 12,
            "method": "pypdfium2",
            "quality": 0.98,
            "language": "en",
            "text": f"45. {_SAID}",
            "poor": False,
            "note": "",
            "awaits_ocr": False,
            "paragraphs": [
                {
                    "number": "45",
                    "text": _SAID,
                    "ordinal": 61,
                    "language": "en",
                    "kind": "text",
                    "page": 12,
                    "last_page": 13,
                    "mark": None,
                    "marks": [],
                    "grid": None,
                }
            ],
        }
    ],
    "grids": [],
    "facts": {"heads": ["A/HRC/59/49"], "job_numbers": ["GE.25-08123"]},
}

SOURCES: SourcesJson = {
    "url": f"{_SITE}/sources",
    "publishers": [
        {"publisher": "UN", "works": 31, "documents": 52, "waiting": 1, "quarantined": 2, "not_tried": 0},
    ],
    "sources": [
        {
            "source": "un-treaty-bodies",
            "publisher": "UN",
            "title": "Treaty bodies",
            "cadence": "daily",
            "terms": "https://www.un.org/en/about-us/terms-of-use",
            "last_started": _MOMENT,
            "last_good": _MOMENT,
            "state": "done",
            "reason": "",
            "counts": {"found": 52, "fetched": 3, "unchanged": 49, "failed": 0},
            "files": 55,
            "late": False,
            "never": False,
        }
    ],
}

UNREAD: UnreadListJson = {
    "quarantined": 1,
    "waiting": 0,
    "needs_ocr": 0,
    "not_tried": 0,
    "documents": [
        {
            "sha256": _SHA256,
            "state": "quarantined",
            "reason": "the file ends in the middle of a page",
            "needs_ocr": False,
            "attempts": 1,
            "try_again": None,
            "publisher": "UN",
            "media_type": "application/pdf",
            "size": 1200,
            "title": "",
            "source": "un-treaty-bodies",
            "from_url": "https://docs.un.org/en/A/HRC/59/49",
            "captured": _MOMENT,
            "original_url": f"{_SITE}/documents/{_SHA256}/original",
        }
    ],
    "url": f"{_SITE}/quarantine",
    "next_url": None,
}

HELP: HelpJson = {
    "url": f"{_SITE}/help",
    "fields": [{"field": "country", "aliases": ["pays"], "says": "a name or a code", "examples": ["country:PHL"]}],
    "examples": ['"domestic workers" AND country:PHL'],
}

HEALTH: HealthJson = {
    "status": "ok",
    "works": 31,
    "documents": 55,
    "last_change": 120,
    "behind": 0,
    "index": "",
    "late": [],
    "failed": [],
    "never": [],
    "checked": {"at": "2026-11-24T02:30:04+00:00", "works": 31, "drift": 0, "mended": 0, "failure": ""},
    "audited": {
        "at": "2026-11-24T02:30:09+00:00",
        "searches": 12,
        "pairs": 40,
        "missed": 0,
        "rate": 0.0,
        "failure": "",
    },
    "webhooks_given_up": 0,
    "alarms": [],
    "ocr": {"waiting": 12, "files": 1, "oldest": "2026-11-24T02:31:40+00:00", "problem": "", "failed": 0},
}

WATCH: WatchJson = {
    "query": '"domestic workers" AND country:PHL',
    "said": "Documents with the phrase “domestic workers” and speaking of Philippines",
    "unit": "works",
    "refused": False,
    "verdicts": [],
    "since": "2026-08-26T06:10:00+00:00",
    "whole": True,
    "hurried": False,
    "hits": 26,
    "weekly": 2.02,
    "weeks": [2, 2, 1, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2],
    "here": 52,
    "hints": [
        {
            "says": "Only Publisher: United Nations: about 1 a week",
            "query": '"domestic workers" AND country:PHL',
            "hits": 13,
            "weekly": 1.01,
            "url": f"{_SITE}/watch.json?q=%22domestic+workers%22+AND+country%3APHL&publisher=UN",
        }
    ],
    "families": [],
    "sample": "Forumwatch: 2 new documents, 16 - 22 Nov 2026",
    "url": f"{_SITE}/watch.json?q=%22domestic+workers%22+AND+country%3APHL",
}
