"""What does every host of the replica answer with: pages, files, refusals?"""

import hashlib
from datetime import UTC, datetime, time
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from crawlers.replica.settings import ReplicaSettings
from crawlers.replica.shelf import Shelf
from crawlers.replica.works import Edition, Library

NOTICE = "Replica made by Forumwatch for demonstration; not a publication of {body}."
NOTICE_HEADER = {"X-Forumwatch-Replica": "made by Forumwatch for demonstration; not a publication of this body"}
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "html": "text/html",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_NO_DOCUMENT = "There is no document matching your request."


class Exhibit:
    """The library and the shelf of one replica, with the manners all its hosts share."""

    def __init__(self, settings: ReplicaSettings) -> None:
        self.seed = settings.seed
        self.week = settings.week
        self.library = Library.of(settings)
        self.shelf = Shelf(settings)
        self._asked: set[str] = set()
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "pages"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def text(self, template: str, body: str, **values: object) -> str:
        """A page of the replica, which says in one line that it is one."""
        return self._templates.get_template(template).render(notice=NOTICE.format(body=body), **values)

    def page(self, template: str, body: str, status: int = 200, **values: object) -> Response:
        return HTMLResponse(self.text(template, body, **values), status_code=status, headers=NOTICE_HEADER)

    def file(self, request: Request, edition: Edition) -> Response:
        """The bytes with their validators; the faults that belong to answers rather than to bytes are played here."""
        fault = edition.work.fault if edition.language == edition.work.original else ""
        if fault == "soft 404":
            return soft_404()
        if fault == "busy once" and edition.name not in self._asked:
            self._asked.add(edition.name)
            return PlainTextResponse("Service unavailable", status_code=503, headers={"Retry-After": "1"})
        published = datetime.combine(edition.published, time(8, 0), tzinfo=UTC)
        return conditional(request, self.shelf.read(edition), MEDIA_TYPES[edition.form], published, edition.name)


def conditional(request: Request, content: bytes, media_type: str, modified: datetime, name: str) -> Response:
    """200 with ETag and Last-Modified, or 304 when the asker has these bytes already (RFC 9110, 13.2.2)."""
    etag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
    headers = {"ETag": etag, "Last-Modified": format_datetime(modified, usegmt=True), **NOTICE_HEADER}
    if _is_known(request, etag, modified):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(name)}"
    return Response(content, media_type=media_type, headers=headers)


def _is_known(request: Request, etag: str, modified: datetime) -> bool:
    if tags := request.headers.get("if-none-match"):
        return tags.strip() == "*" or etag in {tag.strip().removeprefix("W/") for tag in tags.split(",")}
    since = request.headers.get("if-modified-since")
    if since is None:
        return False
    try:
        return parsedate_to_datetime(since) >= modified
    except (TypeError, ValueError):  # an unreadable or zoneless date is to be ignored (RFC 9110, 13.1.3)
        return False


def soft_404() -> Response:
    """What documents.un.org says with status 200 when it has no file, or wants none fetched: about 1.3 KB of HTML."""
    head = "<html><head><title>Official Document System</title></head>"
    text = f"<p>{_NO_DOCUMENT}</p><p>{NOTICE.format(body='the United Nations')}</p>"
    page = f"{head}<body>{text}{' ' * 1050}</body></html>\n"
    return HTMLResponse(page, headers=NOTICE_HEADER)


def robots(text: str) -> Response:
    return PlainTextResponse(text, headers=NOTICE_HEADER)


def not_found(body: str) -> Response:
    text = f"<h1>Page not found</h1><p>{NOTICE.format(body=body)}</p>"
    page = f"<html><head><title>404</title></head><body>{text}</body></html>\n"
    return HTMLResponse(page, status_code=404, headers=NOTICE_HEADER)
