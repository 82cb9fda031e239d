"""What does a PDF say? PDFium's text where it is good, OCR where it is missing or bad, page by page."""

import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from pipeline import languages, sniff
from pipeline.document import Page, Reading
from pipeline.errors import DamagedFile, EncryptedFile, NeedsOcr, NoText, TooLarge
from pipeline.limits import Limits
from pipeline.margins import set_apart
from pipeline.paragraphs import paragraphs
from pipeline.readers import scan
from pipeline.readers.order import put_in_order
from pipeline.readers.pdfium import look, picture
from pipeline.readers.quality import quality
from pipeline.readers.refusals import refuse_impostors
from pipeline.readers.sheet import Sheet
from pipeline.readers.tables import lay_out_tables
from pipeline.tidy import characters

_PAGE_SIZE = 0.6  # an image that covers this share of a page is the page
_GOOD_LAYER = 0.95  # a scan's text layer of this quality is kept
_DOUBT = 0.03  # a scan's doubtful layer must be better than OCR by this
_BROKEN = 0.5  # text without an image below this quality is a broken glyph map
_FEW = 100  # characters; a page with a large image and no more text than this may say more in the image
_DRAWN = 40  # drawn shapes on a page without text: letters as curves
_SPARE = 0.8  # share of the time limit after which no page is sent to OCR any more
_DAMAGED = 50  # pages that may be damaged before the file is
_DENSE = 150  # lines from which the page of a scan is set in many columns
_SCREEN = 2  # pages up to which a file may be a site's error page


class PdfReader:
    """Reads PDFs with PDFium and Tesseract. PDFium is not thread-safe: one thread of a process of its own."""

    name = "pypdfium2"

    def bid(self, media_type: str, data: bytes) -> int:
        """Every PDF, whatever its state."""
        return 100 if media_type == sniff.PDF else 0

    def read(self, data: bytes, limits: Limits, languages: tuple[str, ...]) -> Reading:
        """The reading; with `NeedsOcr` comes what could be read without."""
        import pypdfium2

        document = _open(data)
        try:
            if len(document) > limits.pages:
                raise TooLarge(f"{len(document)} pages, the limit is {limits.pages}")
            sheets = list(_sheets(document, limits))
            ocr = _Ocr(limits, languages, sheets)
            for sheet in sheets:
                if reason_to_try_ocr(sheet):
                    ocr.read(sheet, document[sheet.number - 1])
            lay_out_tables(data, sheets, limits)
            title = _title(document)
        except pypdfium2.PdfiumError as error:
            raise DamagedFile(f"a page cannot be opened: {error}") from error
        finally:
            document.close()
        reading = _reading(sheets, title, ocr)
        if ocr.missing:
            pages = ", ".join(map(str, sorted(ocr.missing)[:20]))
            raise NeedsOcr(f"needs OCR: {ocr.problem} (pages {pages})", reading)
        if not any(sheet.lines for sheet in sheets):
            raise NoText(f"no text on {len(sheets)} page{'s' * (len(sheets) != 1)}")
        return reading


def _open(data: bytes) -> Any:
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise EncryptedFile("a password is needed to open it") from error
        raise DamagedFile("cannot be opened as a PDF: damaged or cut off") from error


def _sheets(document: Any, limits: Limits) -> Iterator[Sheet]:
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
        _finish(sheet)
        yield sheet


def _sheet(document: Any, index: int) -> Sheet:
    """A page as PDFium sees it; one that cannot be opened leaves the others readable."""
    import pypdfium2

    try:
        page = document[index]
    except pypdfium2.PdfiumError:
        return Sheet(index + 1, 1.0, 1.0, note="damaged")
    try:
        return look(page, index + 1)
    finally:
        page.close()


def sheets_of(data: bytes, limits: Limits) -> list[Sheet]:
    """All pages as PDFium sees them, before any OCR."""
    document = _open(data)
    try:
        return list(_sheets(document, limits))
    finally:
        document.close()


def _finish(sheet: Sheet, language: str | None = None) -> None:
    """Order, language and quality of a page whose lines are known."""
    if not sheet.lines:
        return
    raw = "\n".join(line.text for line in sheet.lines)
    sheet.language = language or languages.detect(raw)
    newspaper = sheet.image >= _PAGE_SIZE and sheet.method == "pypdfium2" and len(sheet.lines) > _DENSE
    put_in_order(sheet, right_to_left=sheet.language == "ar", as_written=newspaper)
    sheet.quality = quality(raw, sheet.language)


def reason_to_try_ocr(sheet: Sheet) -> str:
    """Why a page should be read from its picture; empty if its text will do."""
    written = sum(len(line.text) for line in sheet.lines)
    if not sheet.lines:
        if sheet.image > 0.05:
            return "image"
        return "curves" if sheet.paths > _DRAWN else ""
    if sheet.image >= _PAGE_SIZE and sheet.quality < _GOOD_LAYER:
        return "layer"
    if sheet.quality < _BROKEN and written > _FEW:
        return "glyphs"
    return "picture" if sheet.image >= _PAGE_SIZE and written < _FEW else ""


class _Ocr:
    """Decides which pages go to OCR, in which language, and keeps count of what that may cost."""

    def __init__(self, limits: Limits, declared: tuple[str, ...], sheets: list[Sheet]) -> None:
        self._limits = limits
        self._declared = [language for language in declared if language in scan.TESSERACT]
        good = Counter(s.language for s in sheets if s.language and s.quality >= _GOOD_LAYER)
        self._around = [language for language, count in good.most_common(1) if language and count > 1]
        self._until = time.monotonic() + _SPARE * limits.seconds
        self._done = 0
        self._before: str | None = None
        self.missing: set[int] = set()  # pages that have to wait for OCR
        self.unread: list[str] = []  # pages over the limits
        self.problem = ""

    def read(self, sheet: Sheet, page: Any) -> None:
        """Replaces the lines of the sheet if OCR gives better ones."""
        try:
            if not self._limits.ocr:
                raise scan.OcrUnavailable("OCR is switched off")
            if self._done >= self._limits.ocr_pages or time.monotonic() > self._until:
                self._over(sheet)
                return
            image = picture(page, scan.DPI, self._limits.ocr_pixels)
            found = scan.read_picture(image, self._languages(sheet), self._limits.ocr_seconds)
        except scan.OcrUnavailable as problem:
            self._wait(sheet, str(problem))
            return
        except subprocess.TimeoutExpired:
            sheet.note = f"OCR took more than {self._limits.ocr_seconds:g} seconds"
            self.unread.append(f"page {sheet.number}: {sheet.note}")
            return
        finally:
            page.close()
        self._done += 1
        self._take(sheet, found, image.width / max(1.0, sheet.width))

    def _languages(self, sheet: Sheet) -> list[str]:
        """The first guess first; a layer's own language only if the layer is worth anything."""
        guesses = [self._before, *self._declared, *self._around]
        if (sheet.language and sheet.quality >= _BROKEN) or sheet.language in ("ar", "zh", "ru"):
            guesses.insert(0, sheet.language)
        return [guess for guess in dict.fromkeys(guesses) if guess][:1]

    def _take(self, sheet: Sheet, found: scan.Page, scale: float) -> None:
        rival = sheet.quality - (_DOUBT if reason_to_try_ocr(sheet) == "layer" else 0.0)
        if not found.lines or (sheet.lines and found.quality <= rival):
            if not sheet.lines:
                sheet.method, sheet.note = "tesseract", "no text in the image"
            return
        for line in found.lines:
            line.x0, line.x1 = line.x0 / scale, line.x1 / scale
            line.top, line.bottom = line.top / scale, line.bottom / scale
            line.size /= scale
        sheet.lines, sheet.method = found.lines, "tesseract"
        _finish(sheet, languages.detect("\n".join(line.text for line in found.lines), found.language))
        sheet.quality = found.quality
        self._before = found.language if found.quality >= _BROKEN else self._before

    def _over(self, sheet: Sheet) -> None:
        sheet.note = "not read: the limits for OCR were reached"
        self.unread.append(f"page {sheet.number}: {sheet.note}")

    def _wait(self, sheet: Sheet, problem: str) -> None:
        """Pages that can be read in some way need not wait."""
        if reason_to_try_ocr(sheet) != "picture" and sheet.quality < _GOOD_LAYER - 0.25:
            self.missing.add(sheet.number)
            self.problem = problem


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


def _reading(sheets: list[Sheet], title: str | None, ocr: _Ocr) -> Reading:
    texts, margins = set_apart(sheets)
    outside = {
        sheet.number: {id(line) for line in sheet.lines} - {id(line) for line in text}
        for sheet, text in zip(sheets, texts, strict=True)
    }
    facts = margins.facts()
    facts["first_page"] = [line.text for line in sheets[0].lines] if sheets else []
    unread = ocr.unread + [f"page {sheet.number}: damaged" for sheet in sheets if sheet.note == "damaged"]
    if unread:
        facts["unread"] = unread[:50]
    blank = [str(sheet.number) for sheet in sheets if not sheet.lines]
    if blank:
        facts["blank"] = blank[:200]
    pages = []
    for sheet in sheets:
        kept = (
            sheet.lines
            if sheet.number == 1
            else [line for line in sheet.lines if id(line) not in outside[sheet.number]]
        )
        text = Sheet(sheet.number, sheet.width, sheet.height, kept).text
        pages.append(Page(sheet.number, sheet.method, sheet.quality, sheet.language, text))
    if len(sheets) <= _SCREEN:
        refuse_impostors("\n".join(page.text for page in pages), title)
    methods = [method for method, _ in Counter(page.method for page in pages if page.text).most_common()]
    return Reading(
        sniff.PDF, "+".join(methods) or "pypdfium2", tuple(pages), tuple(paragraphs(sheets, texts)), title, facts
    )
