"""Who can read these bytes? The auction of the readers; libraries are imported only by the one that wins."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import sniff
from pipeline.document import Reading
from pipeline.errors import EmptyFile, EncryptedFile, TooLarge, UnknownType
from pipeline.limits import Limits
from pipeline.readers.bundle import unwrapped
from pipeline.readers.reader import Reader
from pipeline.soundness import made_sound

if TYPE_CHECKING:
    from pipeline.readers.sheet import Seen

__all__ = ["OCR", "Reader", "choices", "kind_of_file", "read", "readers"]

OCR = "ocr"  # asked for by hand: the pictures of all pages of a PDF
# Who can read a type besides those that bid for it: names of readers.
_ALSO = {
    sniff.PDF: (OCR,),
    sniff.DOCX: ("libreoffice",),
    sniff.HTML: ("text",),
    sniff.XML: ("html", "text"),
    sniff.TEXT: ("html",),
    sniff.UNKNOWN: ("text", "html"),
}
_ENOUGH, _END = 4_000_000, 1_000_000  # bytes of a file that tell its kind
_REASONS = {
    sniff.XLSX: "spreadsheet (.xlsx): only texts are read",
    sniff.XLS: "spreadsheet or chart of old Excel (.xls): only texts are read",
    sniff.PPTX: "presentation (.pptx): only texts are read",
    sniff.PPT: "presentation of old PowerPoint (.ppt): only texts are read",
    sniff.OUTLOOK: "mail saved by Outlook (.msg), not a document",
    sniff.LOCKED: "a password is needed to open it",
    sniff.OLE: "Office file that is no Word file",
    sniff.EMAIL: "mail or saved web page (.eml, .mht), not a document",
    sniff.ZIP: "zip archive, not a document",
    sniff.GZIP: "gzip archive, not a document",
    sniff.XML: "XML that is not a document's text",
    sniff.JSON: "JSON, not a document's text",
    sniff.UNKNOWN: "the bytes are of no known type",
}


def readers(seen: "Mapping[int, Seen] | None" = None) -> tuple[Reader, ...]:
    """All readers, in the order in which equal bids are decided. `seen`: what OCR saw on pages of the file."""
    from pipeline.readers.html import HtmlReader
    from pipeline.readers.office import OfficeReader
    from pipeline.readers.pdf import PdfReader
    from pipeline.readers.text import TextReader
    from pipeline.readers.word import WordReader

    return PdfReader(seen or {}), HtmlReader(), WordReader(), OfficeReader(), TextReader()


def choices(media_type: str) -> tuple[str, ...]:
    """The names of the readers that can be asked for by hand for bytes of this type, the usual one first."""
    bidders = [(-reader.bid(media_type, b""), reader.name) for reader in readers()]
    usual = [name for bid, name in sorted(bidders, key=lambda each: each[0]) if bid < 0]
    here = [*(reader.name for reader in readers()), OCR]
    if not media_type:  # it could not be told
        return tuple(here)
    return tuple(name for name in dict.fromkeys((*usual, *_ALSO.get(media_type, ()))) if name in here)


def kind_of_file(path: Path) -> str:
    """The media type of a file that could not be read, by its beginning and end; empty if it cannot be told."""
    try:
        with path.open("rb") as file:
            data = file.read(_ENOUGH)
            if len(data) == _ENOUGH:
                file.seek(max(_ENOUGH, path.stat().st_size - _END))
                data += file.read(_END)
        return sniff.media_type(data)
    except Exception:  # noqa: BLE001 -- it is only shown: whatever is in the bytes, it must not stop the round
        return ""


def read(
    source: bytes | Path,
    limits: Limits | None = None,
    languages: tuple[str, ...] = (),
    seen: "Mapping[int, Seen] | None" = None,
    *,
    with_: str | None = None,
) -> Reading:
    """Reads a file. Call it in a child process (PDFium crashes and is not thread-safe): see `pipeline.children`.

    `with_`: the reader that was asked for by hand, whatever others bid.
    `languages` are ISO 639-1 codes declared by the source. No picture is looked at: `Reading.pictures` names the pages
    that need OCR, and `seen` has, by page, what it has seen before (`pipeline.readers.pictures`).
    Raises a `ReadError` (pipeline.errors) whose text is the reason.
    """
    limits = limits or Limits()
    data = _bytes(source, limits)
    media_type = sniff.media_type(data)
    if media_type in (sniff.ZIP, sniff.GZIP):  # one deep: a wrapped archive is no document
        data = unwrapped(data, media_type, limits)
        media_type = sniff.media_type(data)
    if with_ is not None:
        return made_sound(_asked_for(with_, media_type, seen).read(data, limits, languages), limits)
    bids = [(reader.bid(media_type, data), reader) for reader in readers(seen)]
    best, winner = max(bids, key=lambda bid: bid[0])
    if best <= 0:
        if media_type == sniff.LOCKED:
            raise EncryptedFile(_REASONS[media_type])
        raise UnknownType(_REASONS.get(media_type, f"{media_type}: there is no reader for this type"))
    return made_sound(winner.read(data, limits, languages), limits)


def _asked_for(name: str, media_type: str, seen: "Mapping[int, Seen] | None") -> Reader:
    if name not in choices(media_type):
        raise UnknownType(f"{name} was asked for, and cannot read {media_type}")
    if name == OCR:
        from pipeline.readers.pdf import PdfReader

        return PdfReader(seen, by_hand=True)
    return next(reader for reader in readers(seen) if reader.name == name)


def _bytes(source: bytes | Path, limits: Limits) -> bytes:
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    if size > limits.file_mb * 1_000_000:
        raise TooLarge(f"file of {size / 1e6:.0f} MB, the limit is {limits.file_mb} MB")
    data = source if isinstance(source, bytes) else source.read_bytes()
    if not data.strip(b"\x00 \t\r\n\x0c"):
        raise EmptyFile("file without content" if data else "file of zero bytes")
    return data
