"""What does a document say, as read, and what are its bytes? Its text by part, and the original file."""

import re

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import FileResponse, RedirectResponse, Response

from lexicon import language_code
from pipeline import bundles_of, known_versions, members_of
from search.address import parse_address, spot
from search.as_json import document_json
from search.grids import as_csv, read_grid
from search.json_shapes import DocumentJson
from search.text import PART, File, ReadDocument, ReadGrid, Spot, find_file, read_document
from search.web import headers
from search.web.layout import Layout
from search.web.marking import marks_of
from search.web.pages.examples import DOCUMENT
from search.web.site import Answer, Site
from search.web.twins import Described, serve, wants_json
from search.web.urls import paragraph_anchor

SHA256 = re.compile(r"[0-9a-f]{64}")
EXTENSIONS = {
    "application/pdf": "pdf",
    "text/html": "html",
    "application/msword": "doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
}
MISSING = {404: "No document here has that SHA-256."}


def mount(app: FastAPI, site: Site) -> None:
    def document(request: Request, sha256: str) -> Answer:
        query = request.query_params.get("q", "")[:2000]
        spot = Spot(*(_number(request.query_params.get(name)) for name in ("at", "page", "part")))
        whole = wants_json(request)  # the twin has all of the text: programs need no parts
        found = read_document(site.catalog, sha256, None if whole else spot) if SHA256.fullmatch(sha256) else None
        if found is None:
            raise HTTPException(404, "No document here has that SHA-256. It may have been fetched but not read yet.")
        shown = {
            "document": found,
            "versions": known_versions(site.catalog, sha256),
            "query": query,
            "at": spot.at,
            "anchors": anchors_of(found, spot.at),
            "layout": Layout(found, marks_of(site.catalog, found, query, PART), site.local, PART),
            "room": PART,
            "bundles": bundles_of(site.catalog, sha256),
            "members": members_of(site.catalog, sha256),
            "twin_url": site.local.document(sha256, json=True),
        }
        return Answer("document.html", document_json(found, site.whole), shown)

    def original(sha256: str) -> FileResponse:
        found = find_file(site.catalog, sha256) if SHA256.fullmatch(sha256) else None
        path = site.archive_path(sha256) if found else None
        if found is None or path is None or not path.is_file():
            raise HTTPException(404, "These bytes are not kept here.")
        pdf = found.media_type == "application/pdf"
        return FileResponse(
            path,
            media_type="application/pdf" if pdf else "application/octet-stream",
            filename=file_name(found),
            content_disposition_type="inline" if pdf else "attachment",
            headers={
                "content-security-policy": headers.PDF_POLICY if pdf else headers.FILE_POLICY,
                "cache-control": "private, max-age=86400",
            },
        )

    def table(sha256: str, number: int) -> Response:
        grid = read_grid(site.catalog, sha256, number) if SHA256.fullmatch(sha256) else None
        if grid is None:
            raise HTTPException(404, "No document here has such a table.")
        return csv_of(grid, sha256)

    app.add_api_route(
        "/documents/{sha256}/table/{number:int}.csv",
        table,
        methods=["GET", "HEAD"],
        summary="A table of a document",
        response_class=Response,
        response_model=None,
        include_in_schema=False,
    )

    def cited(request: Request) -> RedirectResponse:
        """A citation leads to the paragraph itself."""
        words = request.query_params.get("of", "")[:500]
        language = language_code(request.query_params.get("language", ""))
        address = parse_address(words)
        found = spot(site.catalog, address, language)
        if found is None:
            raise HTTPException(404, f"Nothing here is called “{words[:120]}”: say it as in A/HRC/47/30, para. 45.")
        if address.paragraph is None and address.note is None and address.annex is None:
            return RedirectResponse(site.local.document(found.sha256, page=address.page), 307)
        return RedirectResponse(site.local.document(found.sha256, at=found.ordinals[0], number=found.number), 307)

    app.add_api_route("/cite", cited, methods=["GET", "HEAD"], response_model=None, include_in_schema=False)
    app.add_api_route(
        "/documents/{sha256}/original",
        original,
        methods=["GET", "HEAD"],
        summary="The bytes as the publisher gave them",
        response_class=FileResponse,
        response_model=None,
        include_in_schema=False,
    )
    told = Described("The text of a document as read, by page and paragraph", DocumentJson, DOCUMENT, fails=MISSING)
    serve(app, site, "/documents/{sha256}", document, told)


def csv_of(grid: ReadGrid, sha256: str) -> Response:
    """A table as a file that a spreadsheet opens."""
    name = f"{sha256[:16]}-table-{grid.number}.csv"
    said = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(as_csv(grid.rows), media_type="text/csv; charset=utf-8", headers=said)


def anchors_of(document: ReadDocument, at: int | None) -> dict[int, str]:
    """ordinal -> para-45, for the first paragraph of the document that is printed as 45, or the one asked for."""
    paragraphs = [paragraph for page in document.pages for paragraph in page.paragraphs if paragraph.number]
    paragraphs.sort(key=lambda paragraph: (paragraph.ordinal != at, paragraph.repeated, paragraph.ordinal))
    given: dict[str, int] = {}
    for paragraph in paragraphs:
        if paragraph.ordinal == at or not paragraph.repeated:
            given.setdefault(paragraph_anchor(paragraph.number, paragraph.ordinal), paragraph.ordinal)
    return {ordinal: anchor for anchor, ordinal in given.items()}


def _number(words: str | None) -> int | None:
    return int(words) if words and words.isascii() and words.isdigit() and len(words) < 10 else None


def file_name(file: File) -> str:
    """A-HRC-59-60-en.pdf; the first letters of the SHA-256 where no symbol is known."""
    name = re.sub(r"[^A-Za-z0-9.]+", "-", file.symbol or "").strip("-.") or file.sha256[:16]
    language = f"-{file.language}" if file.language else ""
    return f"{name[:80]}{language}.{EXTENSIONS.get(file.media_type, 'bin')}"
