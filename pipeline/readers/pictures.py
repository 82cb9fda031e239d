"""Which pages of a PDF are to be read from their picture, and what is taken of what was seen there?

Reading a file never looks at a picture: it says which pages need it, and why. What was seen later (`see`, one page at a
time) is given to the next reading of the file.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline import languages
from pipeline.document import Reading
from pipeline.errors import DamagedFile, NeedsOcr, OcrFailed
from pipeline.limits import Limits
from pipeline.readers.items import letter_items
from pipeline.readers.pages import PAGE_SIZE, finish, open_document
from pipeline.readers.sheet import Line, Seen, Sheet

__all__ = ["WAITS", "Seen", "read_through", "reason_to_try_ocr", "see", "settle"]

WAITS = {  # why a page is read from its picture, and what is said of it until then
    "image": "waits for OCR: the page is a picture",
    "layer": "waits for OCR: the text that lies behind the picture is poor",
    "glyphs": "waits for OCR: its letters stand for others than those shown",
    "curves": "waits for OCR: its letters are drawn",
    "picture": "waits for OCR: most of the page is a picture",
    "figure": "a part of it is a picture and waits for OCR",
    "by-hand": "waits for OCR, as was asked for",
}
_GOOD_LAYER = 0.95  # a scan's text layer of this quality is kept
_READABLE = 0.7  # text of this quality is shown until OCR has seen the page
_DOUBT = 0.03  # a scan's doubtful layer must be better than OCR by this
_BROKEN = 0.5  # text without an image below this quality is a broken glyph map
_FEW = 100  # characters; a page with a large image and no more text than this may say more in the image
_DRAWN = 40  # drawn shapes on a page without text: letters as curves


def reason_to_try_ocr(sheet: Sheet) -> str:
    """Why a page should be read from its picture (a key of `WAITS`); empty if its text will do."""
    written = sum(len(line.text) for line in sheet.lines)
    if not sheet.lines:
        if sheet.image > 0.05:
            return "image"
        return "curves" if sheet.paths > _DRAWN else ""
    if sheet.image >= PAGE_SIZE and sheet.quality < _GOOD_LAYER:
        return "layer"
    if sheet.quality < _BROKEN and written > _FEW:
        return "glyphs"
    if sheet.figure:
        return "figure"
    return "picture" if sheet.image >= PAGE_SIZE and written < _FEW else ""


def settle(sheet: Sheet, seen: Mapping[int, Seen], by_hand: bool = False) -> None:
    """Takes what was seen into a sheet that needs it, or leaves it waiting. `by_hand`: every page needs it."""
    why = "by-hand" if by_hand and not sheet.note else reason_to_try_ocr(sheet)
    if not why:
        return
    found = seen.get(sheet.number)
    if found is None:
        sheet.awaits, sheet.note = why, WAITS[why]
        if why not in ("picture", "figure", "by-hand") and sheet.quality < _READABLE:
            sheet.lines, sheet.method, sheet.quality, sheet.language = [], "none", 0.0, None
    elif found.failed:
        sheet.note = f"OCR failed: {found.failed}"
    elif not found.lines:
        sheet.method, sheet.note = ("tesseract", "no text in the picture") if not sheet.lines else (sheet.method, "")
    elif why == "figure":
        _add_figure(sheet, found)
    elif not sheet.lines or why == "by-hand" or found.quality > sheet.quality - _DOUBT * (why == "layer"):
        sheet.lines, sheet.method = [replace(line) for line in found.lines], "tesseract"
        finish(sheet, found.language)
        sheet.quality = found.quality


def _add_figure(sheet: Sheet, found: Seen) -> None:
    """What OCR saw where the page has no text of its own."""
    more = [replace(line, block=0) for line in found.lines if not any(_over(line, own) for own in sheet.lines)]
    if more:
        quality, sheet.lines = sheet.quality, [*sheet.lines, *more]
        finish(sheet, sheet.language)
        sheet.quality, sheet.method = min(quality, sheet.quality), f"{sheet.method}+tesseract"


def _over(line: Line, own: Line) -> bool:
    """Whether a line that OCR saw stands where the page has text."""
    middle = (line.top + line.bottom) / 2
    return own.top - 1 < middle < own.bottom + 1 and line.x0 < own.x1 and own.x0 < line.x1


def see(source: bytes | Path, number: int, hints: tuple[str, ...], limits: Limits) -> Seen:
    """What OCR sees on a page. `hints` are languages (ISO 639-1) that it may be in, the likeliest first.

    Raises NeedsOcr where Tesseract or a language of it is missing, OcrFailed, DamagedFile.
    """
    import subprocess

    import pypdfium2

    from pipeline.readers import scan
    from pipeline.readers.pdfium import picture

    document = open_document(source)
    try:
        page = document[number - 1]
        sheet = _as_it_is(page, number)
        image = picture(page, scan.DPI, limits.ocr_pixels)
        page.close()
    except pypdfium2.PdfiumError as error:
        raise DamagedFile(f"page {number} cannot be drawn: {error}") from error
    finally:
        document.close()
    try:
        found = scan.read_picture(image, _likely(sheet, hints), limits.ocr_seconds)
    except scan.OcrUnavailable as problem:
        raise NeedsOcr(str(problem)) from problem
    except subprocess.TimeoutExpired as error:
        raise OcrFailed(f"OCR took more than {limits.ocr_seconds:g} seconds") from error
    except subprocess.CalledProcessError as error:
        raise OcrFailed(scan.how_it_ended(error)) from error
    lines = tuple(_in_points(line, image.width / max(1.0, sheet.width)) for line in found.lines)
    language = languages.detect("\n".join(line.text for line in lines), found.language or None)
    if language == "ru":
        letter_items(lines)
    return Seen(lines, language, found.quality)


def read_through(source: bytes | Path, limits: Limits | None = None, declared: tuple[str, ...] = ()) -> Reading:
    """A file read to its end in this process, pictures and all: for a look at one file, without a catalog."""
    from pipeline.readers import read

    limits = limits or Limits()
    reading = read(source, limits, declared)
    seen: dict[int, Seen] = {}
    spoken = declared
    for number, _ in reading.pictures:
        seen[number] = see(source, number, spoken, limits)
        if seen[number].language and seen[number].quality >= _BROKEN:
            spoken = (str(seen[number].language), *declared)
    return read(source, limits, declared, seen) if seen else reading


def _as_it_is(page: Any, number: int) -> Sheet:
    from pipeline.readers.pdfium import look

    sheet = look(page, number)
    finish(sheet)
    return sheet


def _likely(sheet: Sheet, hints: tuple[str, ...]) -> list[str]:
    """The language to begin with, if there is a guess; a layer's own only if the layer is worth anything."""
    from pipeline.readers import scan

    guesses = list(hints)
    if sheet.language and (sheet.quality >= _BROKEN or sheet.language in ("ar", "zh", "ru")):
        guesses.insert(0, sheet.language)
    return [guess for guess in guesses if guess in scan.TESSERACT][:1]


def _in_points(line: Line, scale: float) -> Line:
    places = {name: round(getattr(line, name) / scale, 1) for name in ("x0", "top", "x1", "bottom", "size")}
    return replace(line, **places)
