"""How does a file that someone has at hand get in? As if it had been crawled, from the source "by-hand"."""

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from catalog import Catalog, upsert
from catalog.tables import captures
from crawlers.archive import Archive
from crawlers.errors import CrawlError

BY_HAND = "by-hand"
MOST_BYTES = 512 * 1024 * 1024


def add_file(catalog: Catalog, archive: Archive, path: Path, publisher: str) -> str:
    """Archives the file and records its capture; returns its SHA-256. Any bytes are taken: the pipeline judges them."""
    try:
        if not path.is_file():
            raise CrawlError(f"{path} is not a file")
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise CrawlError(f"{path} has {size:,} bytes, and {MOST_BYTES:,} is the most that is taken")
        data = path.read_bytes()
    except OSError as error:
        raise CrawlError(f"{path} cannot be read: {error.strerror}") from error
    sha256 = archive.put(data)
    row = {
        "source": BY_HAND,
        "publisher": publisher,
        "url": f"file:{quote(path.name)}",  # the name alone: where it lay is nobody's business
        "sha256": sha256,
        "size": len(data),
        "media_type": "",
        "words": {"title": path.stem, "file": path.name},
        "captured": datetime.now(UTC),
    }
    with catalog.write() as connection:
        upsert(connection, captures, [row], key=["source", "url", "sha256"], update=False)
    return sha256
