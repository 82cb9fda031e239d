"""What do the publishers publish? Their words, their bytes; what they mean is for the pipeline to say."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from crawlers.archive import Archive
from crawlers.by_hand import BY_HAND, add_file
from crawlers.errors import CrawlError, SourceError
from crawlers.found import Expect, Found, Withheld
from crawlers.manners import Manners
from crawlers.report import CrawlReport

importlib.import_module("crawlers.sources")  # the folder first: imported later, it would take the name of the function
from crawlers.register import SourceInfo, sources  # noqa: E402

if TYPE_CHECKING:
    from catalog import Catalog

__all__ = [
    "BY_HAND",
    "Archive",
    "CrawlError",
    "CrawlReport",
    "Expect",
    "Found",
    "Manners",
    "SourceError",
    "SourceInfo",
    "Withheld",
    "add_file",
    "crawl",
    "register_sources",
    "sources",
]


def crawl(
    source: str,
    catalog: "Catalog",
    archive_path: Path,
    manners: Manners,
    round: str,
    progress: Callable[[int, int], None] | None = None,
) -> CrawlReport:
    """See crawlers/crawling.py: one source, once a round, in a process of its own; always answers with a report."""
    from crawlers.crawling import crawl as start

    return start(source, catalog, archive_path, manners, round, progress)


def register_sources(catalog: "Catalog") -> None:
    """Sees to it that each declared source has its row in `sources`, as declared; see crawlers/health.py."""
    from crawlers.health import register_sources as register

    register(catalog, sources().values())
