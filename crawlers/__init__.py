"""What do the publishers publish? Their words, their bytes; what they mean is for the pipeline to say."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from crawlers.archive import Archive
from crawlers.by_hand import add_file
from crawlers.errors import CrawlError, SourceError
from crawlers.found import Expect, Found, Withheld
from crawlers.manners import Manners
from crawlers.register import SourceInfo, sources
from crawlers.report import CrawlReport

if TYPE_CHECKING:
    from catalog import Catalog

__all__ = [
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
