"""What does a PDF say? PDFium's text where it is good, OCR where it is missing or bad, page by page."""

from typing import Any

from pipeline import sniff
from pipeline.document import Reading
from pipeline.errors import DamagedFile, NeedsOcr, NoText, TooLarge
from pipeline.limits import Limits
from pipeline.readers.assemble import assemble
from pipeline.readers.pages import open_document, read_sheets, sheets_of
from pipeline.readers.pictures import Ocr, reason_to_try_ocr
from pipeline.readers.tables import lay_out_tables
from pipeline.tidy import characters

__all__ = ["PdfReader", "reason_to_try_ocr", "sheets_of"]


class PdfReader:
    """Reads PDFs with PDFium and Tesseract. PDFium is not thread-safe: one thread of a process of its own."""

    name = "pypdfium2"

    def bid(self, media_type: str, data: bytes) -> int:
        """Every PDF, whatever its state."""
        return 100 if media_type == sniff.PDF else 0

    def read(self, data: bytes, limits: Limits, languages: tuple[str, ...]) -> Reading:
        """The reading; with `NeedsOcr` comes what could be read without."""
        import pypdfium2

        document = open_document(data)
        try:
            if len(document) > limits.pages:
                raise TooLarge(f"{len(document)} pages, the limit is {limits.pages}")
            sheets = list(read_sheets(document, limits))
            ocr = Ocr(limits, languages, sheets)
            for sheet in sheets:
                if reason_to_try_ocr(sheet):
                    ocr.read(sheet, document[sheet.number - 1])
            lay_out_tables(data, sheets, limits)
            title = _title(document)
        except pypdfium2.PdfiumError as error:
            raise DamagedFile(f"a page cannot be opened: {error}") from error
        finally:
            document.close()
        reading = assemble(sheets, title, ocr.unread)
        if ocr.missing:
            pages = ", ".join(map(str, sorted(ocr.missing)[:20]))
            raise NeedsOcr(f"needs OCR: {ocr.problem} (pages {pages})", reading)
        if not any(sheet.lines for sheet in sheets):
            raise NoText(f"no text on {len(sheets)} page{'s' * (len(sheets) != 1)}")
        return reading


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
