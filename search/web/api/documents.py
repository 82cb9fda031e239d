"""What is known of a file, what does it say, and what are its bytes? A document is named by its SHA-256."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path
from fastapi.responses import FileResponse, PlainTextResponse, Response

from search.as_json import grid_json, page_json, record_json
from search.grids import read_grid
from search.json_shapes import DocumentRecordJson, PageJson, PagesJson
from search.shelf import known_document
from search.text import ReadDocument, find_file, read_document, read_page
from search.web import headers
from search.web.api import examples
from search.web.api.routes import Told, offer
from search.web.pages.documents import csv_of, file_name
from search.web.site import Site

MISSING = "No document here has that SHA-256. It may have been fetched but not read yet."
KEPT = "private, max-age=31536000, immutable"  # what has this SHA-256 never changes
Sha256 = Annotated[
    str,
    Path(pattern=r"^[0-9a-f]{64}$", description="The SHA-256 of the file, in hex.", examples=[examples.SHA256]),
]
Number = Annotated[int, Path(ge=1, le=1_000_000, description="The page or table, counted from 1.", examples=[12])]
PAGE_BREAK = "\f"


def mount(router: APIRouter, site: Site) -> None:
    def document(sha256: Sha256) -> DocumentRecordJson:
        record = known_document(site.catalog, sha256)
        if record is None:
            raise HTTPException(404, MISSING)
        text, pages = (site.whole.api(f"documents/{sha256}/{part}") for part in ("text", "pages"))
        return record_json(record, site.whole, text, pages)

    def document_text(sha256: Sha256) -> PlainTextResponse:
        return PlainTextResponse(PAGE_BREAK.join(page.text for page in _read(site, sha256).pages))

    def document_pages(sha256: Sha256) -> PagesJson:
        url = site.whole.api(f"documents/{sha256}/pages")
        found = _read(site, sha256)
        pages, grids = [page_json(page) for page in found.pages], [grid_json(grid) for grid in found.grids]
        return {"sha256": sha256, "url": url, "pages": pages, "grids": grids}

    def document_page(sha256: Sha256, number: Number) -> PageJson:
        page = read_page(site.catalog, sha256, number)
        if page is None:
            raise HTTPException(404, "There is no such page, or no such document here.")
        return page_json(page)

    def table(sha256: Sha256, number: Number) -> Response:
        grid = read_grid(site.catalog, sha256, number)
        if grid is None:
            raise HTTPException(404, "There is no such table, or no such document here.")
        return csv_of(grid, sha256)

    def original(sha256: Sha256) -> Response:
        found = find_file(site.catalog, sha256)
        path = site.archive_path(sha256) if found else None
        if found is None or path is None or not path.is_file():
            raise HTTPException(404, "These bytes are not kept here.")
        about = {"content-security-policy": headers.FILE_POLICY, "cache-control": KEPT, "etag": f'"{sha256}"'}
        media = found.media_type or "application/octet-stream"
        return FileResponse(path, media_type=media, filename=file_name(found), headers=about)

    at = "/documents/{sha256}"
    told = Told("The bytes as the publisher gave them", "%PDF-1.7 …", media="application/octet-stream")
    offer(router, f"{at}/original", original, told)
    told = Told("The text as read; a form feed between pages", "45. Domestic workers have …", media="text/plain")
    offer(router, f"{at}/text", document_text, told)
    offer(router, f"{at}/pages", document_pages, Told("All pages, with their paragraphs", examples.PAGES))
    told = Told("One of its tables, by its number in grids, as CSV", "State,Ratified", media="text/csv")
    offer(router, f"{at}/tables/{{number}}", table, told)
    offer(router, f"{at}/pages/{{number}}", document_page, Told("One page, with its paragraphs", examples.PAGE))
    offer(router, at, document, Told("What is known of one file", examples.DOCUMENT))


def _read(site: Site, sha256: str) -> ReadDocument:
    found = read_document(site.catalog, sha256)
    if found is None:
        raise HTTPException(404, MISSING)
    return found
