"""What does every page need? The catalog, the searcher, the addresses, and how an answer is dressed as page or JSON."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from catalog import Catalog
from pipeline import POOR
from search.alerts.links import Letterhead, Links
from search.as_json import marked
from search.engines.engine import Engine
from search.known import POOR_TEXT
from search.results import Hit, Passage, Results
from search.standing import IndexStanding
from search.web import wording
from search.web.urls import Urls, site_urls

HERE = Path(__file__).parent


class Searching(Protocol):
    """What the pages ask of `search.Searcher`."""

    @property
    def engine(self) -> Engine: ...

    def search(
        self,
        query: str,
        language: str | None = None,
        sort: str = "relevance",
        limit: int = 10,
        after: str | None = None,
        filters: Mapping[str, list[str]] = {},
        *,
        unit: str = "works",
        widen: bool = False,
        meaning: bool = False,
        said_in: str | None = None,
    ) -> Results: ...

    def total(
        self,
        query: str,
        filters: Mapping[str, list[str]] = {},
        *,
        unit: str = "works",
        widen: bool = False,
        meaning: bool = False,
    ) -> int: ...

    def passages(self, query: str, work_id: int, language: str | None = None) -> tuple[Passage, ...]: ...

    def every(
        self,
        query: str,
        language: str | None = None,
        sort: str = "relevance",
        filters: Mapping[str, list[str]] = {},
        *,
        unit: str = "works",
        widen: bool = False,
    ) -> Iterator[Hit]: ...

    def similar(self, work_key: str, language: str | None = None, limit: int = 10) -> tuple[Hit, ...]: ...

    def standing(self) -> IndexStanding: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What a page's handler found: `data` is the JSON twin, `shown` what the template shows of the same things."""

    template: str
    data: Mapping[str, Any]
    shown: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200


class Site:
    """The parts of one running web site, handed to each page's handlers."""

    def __init__(
        self,
        catalog: Catalog,
        searcher: Searching,
        archive_path: Callable[[str], Path],
        secret: str,
        base_url: str,
        notice: str | None,
        letterhead: Letterhead | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self.catalog = catalog
        self.searcher = searcher
        self.archive_path = archive_path
        self.secret = secret
        self.links = Links(base_url, secret)
        self.letterhead = letterhead or Letterhead()
        self.now = clock or (lambda: datetime.now(UTC))
        self.whole, self.local = site_urls(base_url)
        self.pages = _environment(self.local, notice)

    def page(self, template: str, shown: Mapping[str, Any], status: int = 200, twin: str | None = None) -> HTMLResponse:
        """An HTML page; `twin` is the address of the same as JSON."""
        return HTMLResponse(self.pages.get_template(template).render({**shown, "twin": twin}), status)


def _environment(urls: Urls, notice: str | None) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    versions = {path.name: _version(path) for path in (HERE / "static").iterdir()}
    environment.globals.update(
        urls=urls,
        notice=notice,
        static=lambda name: urls.static(name, versions[name]),
        poor=POOR,
        POOR_TEXT=POOR_TEXT,
        wording=wording,
    )
    environment.filters.update(
        marked=lambda text, marks: Markup(marked(text, marks)),
        day=wording.day,
        moment=wording.moment,
        size=wording.size,
        number=wording.number,
        language=wording.language_name,
        direction=wording.direction,
        span=lambda part: str(part.first) if part.first == part.last else f"{part.first}\u2013{part.last}",
    )
    return environment


def _version(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
