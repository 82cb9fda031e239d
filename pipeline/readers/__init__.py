"""Who can read these bytes? The auction of the readers; libraries are imported only by the one that wins."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import sniff
from pipeline.document import Reading
from pipeline.errors import EmptyFile, TooLarge, UnknownType
from pipeline.limits import Limits
from pipeline.readers.reader import Reader

if TYPE_CHECKING:
    from pipeline.readers.sheet import Seen

__all__ = ["Reader", "read", "readers"]

_REASONS = {
    sniff.DOC: "old Word file (.doc): to read it, LibreOffice would be needed to convert it",
    sniff.WORDPERFECT: "WordPerfect file: to read it, LibreOffice would be needed to convert it",
    sniff.RTF: "RTF file: to read it, LibreOffice would be needed to convert it",
    sniff.ZIP: "zip archive, not a document",
    sniff.XML: "XML that is not a document's text",
    sniff.UNKNOWN: "the bytes are of no known type",
}


def readers(seen: "Mapping[int, Seen] | None" = None) -> tuple[Reader, ...]:
    """All readers, in the order in which equal bids are decided. `seen`: what OCR saw on pages of the file."""
    from pipeline.readers.html import HtmlReader
    from pipeline.readers.pdf import PdfReader
    from pipeline.readers.word import WordReader

    return PdfReader(seen or {}), HtmlReader(), WordReader()


def read(
    source: bytes | Path,
    limits: Limits | None = None,
    languages: tuple[str, ...] = (),
    seen: "Mapping[int, Seen] | None" = None,
) -> Reading:
    """Reads a file. Call it in a child process (PDFium crashes and is not thread-safe): see `pipeline.workers`.

    `languages` are ISO 639-1 codes declared by the source. No picture is looked at: `Reading.pictures` names the pages
    that need OCR, and `seen` has, by page, what it has seen before (`pipeline.readers.pictures`).
    Raises a `ReadError` (pipeline.errors) whose text is the reason.
    """
    limits = limits or Limits()
    data = _bytes(source, limits)
    media_type = sniff.media_type(data)
    bids = [(reader.bid(media_type, data), reader) for reader in readers(seen)]
    best, winner = max(bids, key=lambda bid: bid[0])
    if best <= 0:
        raise UnknownType(_REASONS.get(media_type, f"{media_type}: there is no reader for this type"))
    return winner.read(data, limits, languages)


def _bytes(source: bytes | Path, limits: Limits) -> bytes:
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    if size > limits.file_mb * 1_000_000:
        raise TooLarge(f"file of {size / 1e6:.0f} MB, the limit is {limits.file_mb} MB")
    data = source if isinstance(source, bytes) else source.read_bytes()
    if not data.strip(b"\x00 \t\r\n\x0c"):
        raise EmptyFile("file without content" if data else "file of zero bytes")
    return data
