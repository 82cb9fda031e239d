"""What do you want to know? The pages and their JSON twins; `create_app` is the door."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from fastapi import FastAPI

    from catalog import Catalog
    from search.alerts.links import Letterhead
    from search.web.gate import Access
    from search.web.site import Searching

__all__ = ["create_app"]


def create_app(
    catalog: "Catalog",
    searcher: "Searching",
    archive_path: "Callable[[str], Path]",
    secret: str,
    base_url: str,
    notice: str | None = None,
    access: "Access | None" = None,
    letterhead: "Letterhead | None" = None,
    clock: "Callable[[], datetime] | None" = None,
) -> "FastAPI":
    """The web application; see `search.web.app.create_app`. FastAPI is imported only when this is called."""
    from search.web import app

    return app.create_app(catalog, searcher, archive_path, secret, base_url, notice, access, letterhead, clock)
