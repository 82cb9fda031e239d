"""What does a PDF say? PDFium's text where it is good, page by page, and what OCR has seen where it is not."""

from collections.abc import Mapping
from typing import Any

from pipeline import sniff
from pipeline.document import Reading
from pipeline.errors import DamagedFile, NoText, TooLarge
from pipeline.limits import Limits
from pipeline.readers.assemble import assemble
from pipeline.readers.pages import open_document, read_sheets, sheets_of
from pipeline.readers.pictures import reason_to_try_ocr, settle
from pipeline.readers.sheet import Seen, Sheet
from pipeline.readers.tables import lay_out_tables
from pipeline.structure.tidy import characters

__all__ = ["PdfReader", "reason_to_try_ocr", "sheets_of"]


class PdfReader:
    """Reads PDFs with PDFium. PDFium is not thread-safe: one thread of a process of its own.

    `seen` is what OCR saw on pages of the file, by page; `by_hand`: every page is to be read from its picture.
    """

    name = "pdf"

    def __init__(self, seen: Mapping[int, Seen] | None = None, by_hand: bool = False) -> None:
        self._seen = seen or {}
        self._by_hand = by_hand

    def bid(self, media_type: str, data: bytes) -> int:
        """Every PDF, whatever its state."""
        return 100 if media_type == sniff.PDF else 0

    def read(self, data: bytes, limits: Limits, languages: tuple[str, ...]) -> Reading:
        """The reading; its `pictures` are the pages that need OCR first."""
        import pypdfium2

        document = open_document(data)
        try:
            if len(document) > limits.pages:
                raise TooLarge(f"{len(document)} pages, the limit is {limits.pages}")
            sheets = list(read_sheets(document, limits))
            for sheet in sheets:
                settle(sheet, self._seen, self._by_hand)
            lay_out_tables(data, sheets, limits)
            title = _title(document)
        except pypdfium2.PdfiumError as error:
            raise DamagedFile(f"a page cannot be opened: {error}") from error
        finally:
            document.close()
        reading = assemble(sheets, title)
        if not any(sheet.lines or sheet.awaits for sheet in sheets):
            raise NoText(_no_text(sheets))
        return reading


def _no_text(sheets: list[Sheet]) -> str:
    failed = [sheet.note for sheet in sheets if sheet.note.startswith("OCR failed")]
    return f"no text on {len(sheets)} page{'s' * (len(sheets) != 1)}" + (f"; {failed[0]}" if failed else "")


def _title(document: Any) -> str | None:
    title = characters(document.get_metadata_value("Title"))
    # What word processors leave there by themselves is no title.
    if (
        not title
        or title.lower().endswith((".doc", ".docx", ".pdf", ".wpd"))
        or title.startswith(("Microsoft Word", "untitled"))
    ):
        return None
    return title[:500]
