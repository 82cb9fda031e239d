"""Which pages of a PDF are read from their picture? Where text is missing or bad, within what that may cost."""

import subprocess
import time
from collections import Counter
from typing import Any

from pipeline import languages
from pipeline.limits import Limits
from pipeline.readers import scan
from pipeline.readers.pages import PAGE_SIZE, finish
from pipeline.readers.pdfium import picture
from pipeline.readers.sheet import Sheet

_GOOD_LAYER = 0.95  # a scan's text layer of this quality is kept
_DOUBT = 0.03  # a scan's doubtful layer must be better than OCR by this
_BROKEN = 0.5  # text without an image below this quality is a broken glyph map
_FEW = 100  # characters; a page with a large image and no more text than this may say more in the image
_DRAWN = 40  # drawn shapes on a page without text: letters as curves
_SPARE = 0.8  # share of the time limit after which no page is sent to OCR any more


def reason_to_try_ocr(sheet: Sheet) -> str:
    """Why a page should be read from its picture; empty if its text will do."""
    written = sum(len(line.text) for line in sheet.lines)
    if not sheet.lines:
        if sheet.image > 0.05:
            return "image"
        return "curves" if sheet.paths > _DRAWN else ""
    if sheet.image >= PAGE_SIZE and sheet.quality < _GOOD_LAYER:
        return "layer"
    if sheet.quality < _BROKEN and written > _FEW:
        return "glyphs"
    return "picture" if sheet.image >= PAGE_SIZE and written < _FEW else ""


class Ocr:
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
        return [guess for guess in dict.fromkeys(guesses) if guess in scan.TESSERACT][:1]

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
        finish(sheet, languages.detect("\n".join(line.text for line in found.lines), found.language))
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
