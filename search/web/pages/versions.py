"""What did a document say before it was read again? Its versions, and what one of them changed in its paragraphs."""

from fastapi import FastAPI, HTTPException, Request

from pipeline import Difference, Version, differences, known_versions
from search.json_shapes import DifferenceJson, VersionJson, VersionsJson
from search.text import Spot, read_document
from search.web.pages.documents import MISSING, SHA256
from search.web.site import Answer, Site
from search.web.twins import Described, serve, wants_json

MOST = 300  # differences on a page; all of them are in its JSON
EXAMPLE: VersionsJson = {
    "sha256": "0" * 64,
    "versions": [
        {"version": 1, "at": "2026-11-02T08:00:00+00:00", "reader": "pypdfium2", "changed": 0, "news": 0},
        {"version": 2, "at": "2026-11-24T08:00:00+00:00", "reader": "pypdfium2 1", "changed": 1, "news": 1},
    ],
    "version": 2,
    "differences": [
        {
            "kind": "changed", "ordinal": 45, "page": 12, "number": "45", "before": "Domcstic workers have the right …",
            "after": "Domestic workers have the right …", "news": True,
        }
    ],
}  # fmt: skip


def mount(app: FastAPI, site: Site) -> None:
    def document_versions(request: Request, sha256: str) -> Answer:
        known = known_versions(site.catalog, sha256) if SHA256.fullmatch(sha256) else []
        document = read_document(site.catalog, sha256, Spot()) if known else None
        if document is None:
            raise HTTPException(404, "No document here has that SHA-256 and a text.")
        words = request.query_params.get("version", "")
        number = int(words) if words.isascii() and words.isdigit() and len(words) < 10 else known[-1].version
        found = differences(site.catalog, sha256, number)
        if found is None:
            raise HTTPException(404, f"This document has versions 1 to {known[-1].version}.")
        shown = {
            "document": document,
            "versions": known,
            "version": number,
            "differences": found if wants_json(request) else found[:MOST],
            "more": max(0, len(found) - MOST),
            "twin_url": site.local.versions(sha256, number, json=True),
        }
        return Answer("versions.html", versions_json(sha256, known, number, found), shown)

    told = Described(
        "The versions of a document's text, and what one of them changed",
        VersionsJson,
        EXAMPLE,
        [("version", "which; none: the newest", "2")],
        MISSING,
    )
    serve(app, site, "/documents/{sha256}/versions", document_versions, told)


def versions_json(sha256: str, known: list[Version], number: int, found: list[Difference]) -> VersionsJson:
    return {
        "sha256": sha256,
        "versions": [_version(each) for each in known],
        "version": number,
        "differences": [_difference(each) for each in found],
    }


def _version(each: Version) -> VersionJson:
    at = each.at.isoformat() if each.at else None
    return {"version": each.version, "at": at, "reader": each.reader, "changed": each.changed, "news": each.news}


def _difference(each: Difference) -> DifferenceJson:
    return {
        "kind": each.kind,
        "ordinal": each.ordinal,
        "page": each.page,
        "number": each.number,
        "before": each.before,
        "after": each.after,
        "news": each.news,
    }
