"""How does a file that someone has at hand get in? As if it had been crawled, from the source "by-hand"."""

import os
import stat
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

import sqlalchemy as sa

from catalog import Catalog, upsert
from catalog.tables import captures
from crawlers.archive import Archive
from crawlers.errors import CrawlError, FileRefused

BY_HAND = "by-hand"
MOST_BYTES = 512 * 1024 * 1024
UNSEEN = {"Cc", "Zl", "Zp"}  # control characters and line breaks
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # they make a name read backwards


def add_file(catalog: Catalog, archive: Archive, path: Path, publisher: str) -> str:
    """Archives the file and records its capture; returns its SHA-256. Any bytes are taken: the pipeline judges them.

    Whoever adds the same bytes again for another publisher corrects what was said before. Errors: FileRefused.
    """
    try:
        with _open(path) as file:
            sha256, size = archive.take(file, MOST_BYTES)
    except OSError as error:
        raise FileRefused(f"{shown(str(path))} cannot be taken in: {error.strerror}") from error
    except CrawlError as error:
        raise FileRefused(f"{shown(str(path))} {error}") from error
    row = {
        "source": BY_HAND,
        "publisher": publisher,
        "url": f"file:{quote(os.fsencode(path.name))}",  # the name alone: where it lay is nobody's business
        "sha256": sha256,
        "size": size,
        "media_type": "",
        "words": {"title": shown(path.stem), "file": shown(path.name)},
        "captured": datetime.now(UTC),
    }
    said_otherwise = sa.update(captures).where(
        captures.c.source == BY_HAND, captures.c.sha256 == sha256, captures.c.publisher != publisher
    )
    with catalog.write() as connection:  # a capture newer than the reading has the file read anew
        connection.execute(said_otherwise.values({name: row[name] for name in ("publisher", "words", "captured")}))
        upsert(connection, captures, [row], key=["source", "url", "sha256"], update=False)
    return sha256


def shown(name: str) -> str:
    """A file name as text that can be kept and printed: no bytes that are no text, no line breaks, no controls."""
    return "".join(map(_shown, name)).strip()


def _shown(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind == "Cs":  # a byte of the name that is not UTF-8
        return "\N{REPLACEMENT CHARACTER}"
    return " " if kind in UNSEEN or letter in TURNING else letter


def _open(path: Path) -> BinaryIO:
    """The regular file at the end of all links, open; looked at before and after, as it may change in between."""
    if not path.is_file():
        raise CrawlError("is not a file")
    file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    now = os.fstat(file.fileno())
    if stat.S_ISREG(now.st_mode) and now.st_size <= MOST_BYTES:
        return file
    file.close()
    if not stat.S_ISREG(now.st_mode):
        raise CrawlError("is not a file")
    raise CrawlError(f"has {now.st_size:,} bytes, and {MOST_BYTES:,} is the most that is taken")
