"""What does PDFium see on all pages of a PDF? One sheet for each, in reading order, with its language and quality."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline import languages
from pipeline.errors import DamagedFile, EncryptedFile, TooLarge
from pipeline.limits import Limits
from pipeline.readers.figures import holds_print
from pipeline.readers.order import put_in_order
from pipeline.readers.pdfium import look
from pipeline.readers.quality import quality
from pipeline.readers.sheet import Sheet

PAGE_SIZE = 0.6  # an image that covers this share of a page is the page
_FIGURE = 0.15  # one that covers this share may be a table or a page of text
_DAMAGED = 50  # pages that may be damaged before the file is
_DENSE = 150  # lines from which the page of a scan is set in many columns


def open_document(source: bytes | Path) -> Any:
    """Raises EncryptedFile, DamagedFile."""
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise EncryptedFile("a password is needed to open it") from error
        raise DamagedFile("cannot be opened as a PDF: damaged or cut off") from error


def read_sheets(document: Any, limits: Limits) -> Iterator[Sheet]:
    """All pages as PDFium sees them, in reading order."""
    left = limits.characters
    damaged = 0
    for index in range(len(document)):
        sheet = _sheet(document, index)
        damaged += bool(sheet.note)
        if damaged > _DAMAGED or damaged == len(document):
            raise DamagedFile(f"{damaged} of {len(document)} pages cannot be opened")
        left -= sum(len(line.text) for line in sheet.lines)
        if left < 0:
            raise TooLarge(f"more than {limits.characters} characters of text")
        finish(sheet)
        yield sheet


def _sheet(document: Any, index: int) -> Sheet:
    """A page as PDFium sees it; one that cannot be opened leaves the others readable."""
    import pypdfium2

    try:
        page = document[index]
    except pypdfium2.PdfiumError:
        return Sheet(index + 1, 1.0, 1.0, note="damaged")
    try:
        sheet = look(page, index + 1)
        sheet.figure = _FIGURE <= sheet.image < PAGE_SIZE and bool(sheet.lines) and holds_print(page)
        return sheet
    finally:
        page.close()


def sheets_of(data: bytes, limits: Limits) -> list[Sheet]:
    """All pages as PDFium sees them, before any OCR."""
    document = open_document(data)
    try:
        return list(read_sheets(document, limits))
    finally:
        document.close()


def finish(sheet: Sheet, language: str | None = None) -> None:
    """Order, language and quality of a page whose lines are known."""
    if not sheet.lines:
        return
    raw = "\n".join(line.text for line in sheet.lines)
    sheet.language = language or languages.detect(raw)
    sheet.all_in = languages.is_all_in(raw, sheet.language)
    newspaper = sheet.image >= PAGE_SIZE and sheet.method == "pypdfium2" and len(sheet.lines) > _DENSE
    put_in_order(sheet, right_to_left=sheet.language == "ar", as_written=newspaper)
    sheet.quality = quality(raw, sheet.language)
