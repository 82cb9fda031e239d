"""How is a whole result taken away? Streamed as it is walked, in one of the formats, however long it is.

Nothing goes out before the index has been asked, so that what can fail fails as an error. What breaks later breaks the
connection, which every client notices; JSON Lines, BibTeX and Atom also show it by their end, and `x-total-count` says
how many results there are.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

import lexicon
from catalog.tables import changes
from search.export import FORMATS, About, Format, citable
from search.web.api import examples
from search.web.api.asking import Taken, chosen, count, reader_of
from search.web.api.routes import ASK_AGAIN, Told, offer
from search.web.site import Site

CHUNK = 64 * 1024  # characters that go out at a time
ABOUT = (
    "The whole result, not a page: `x-total-count` says how many there are. If the connection breaks the file is not "
    "whole; JSON Lines then have no last line with `end`."
)


def mount(router: APIRouter, site: Site) -> None:
    for form in FORMATS:
        told = Told(
            f"{form.says}: the whole result", examples.EXPORTS[form.name], ABOUT, form.media_type.partition(";")[0]
        )
        offer(router, f"/export.{form.name}", _handler(site, form), told)


def mount_beside_the_page(app: FastAPI, site: Site) -> None:
    """/search.csv and so on, for who puts an ending to the search page's address: they lead to the same in the API."""

    def lead(name: str) -> Any:
        def leading(request: Request) -> RedirectResponse:
            return RedirectResponse(site.local.export(name, request.query_params.multi_items()), 307)

        return leading

    for form in FORMATS:
        app.add_api_route(f"/search.{form.name}", lead(form.name), methods=["GET", "HEAD"], include_in_schema=False)


def _handler(site: Site, form: Format) -> Any:
    def export(request: Request, asked: Annotated[Taken, Query()]) -> Response:
        return _stream(site, form, request, asked)

    export.__name__ = f"export_{form.name}"
    return export


def _stream(site: Site, form: Format, request: Request, asked: Taken) -> Response:
    sort = asked.sort if "sort" in asked.model_fields_set else form.sort
    results = count(site, asked)
    hits = site.searcher.every(asked.q, reader_of(asked), sort, chosen(asked), unit=asked.unit, widen=asked.widen)
    pairs = [pair for pair in request.query_params.multi_items() if pair[0] not in ("limit", "after")]
    last, changed = _last_change(site)
    total = min(results.total, asked.limit) if asked.limit else results.total
    about = About(
        query=results.query,
        said=results.said,
        unit=results.unit,
        total=total,
        complaints=results.complaints,
        url=site.whole.search(pairs),
        own_url=site.whole.api(f"export.{form.name}", request.query_params.multi_items()),
        changed=changed,
        urls=site.whole,
    )
    found = citable(site.catalog, _first(hits, asked.limit))
    headers = {
        "x-total-count": str(total),
        "cache-control": ASK_AGAIN,
        "etag": _tag(form.name, request.url.query, last, site.searcher.standing().behind),
    }
    if form.name != "atom":
        headers["content-disposition"] = f'attachment; filename="forumwatch-{datetime.now(UTC):%Y-%m-%d}.{form.name}"'
    if request.method == "HEAD":
        return Response(headers=headers, media_type=form.media_type)
    return StreamingResponse(_chunks(form.write(found, about)), headers=headers, media_type=form.media_type)


def _first(hits: Iterator[Any], limit: int) -> Iterator[Any]:
    for number, hit in enumerate(hits, 1):
        yield hit
        if number == limit:
            return


def _chunks(pieces: Iterable[str]) -> Iterator[bytes]:
    waiting: list[str] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= CHUNK:
            yield "".join(waiting).encode()
            waiting, size = [], 0
    yield "".join(waiting).encode()


def _last_change(site: Site) -> tuple[int, datetime]:
    """The catalog's newest change and its moment."""
    query = sa.select(changes.c.seq, changes.c.at).order_by(changes.c.seq.desc()).limit(1)
    with site.catalog.read() as connection:
        row = connection.execute(query).one_or_none()
    return (row.seq, row.at) if row else (0, datetime(1970, 1, 1, tzinfo=UTC))


def _tag(*state: object) -> str:
    """Made from what the answer depends on, since the answer is not known before it has gone out."""
    return f'W/"{hashlib.sha256(repr((state, lexicon.VERSION)).encode()).hexdigest()[:32]}"'
