"""What does PDFium see on a page? Lines with their places, images, and the page as a picture."""

from typing import Any

from pipeline.readers.drawn import look_at_objects
from pipeline.readers.places import Places
from pipeline.readers.sheet import Sheet


def look(page: Any, number: int) -> Sheet:
    """The page as it is: lines in the order of the file, in points from the top left."""
    width, height = page.get_size()
    sheet = Sheet(number, width, height)
    look_at_objects(page, sheet)
    textpage = page.get_textpage()
    try:
        if textpage.count_chars():
            sheet.lines = Places(page, textpage).lines()
            sheet.method = "pypdfium2"
    finally:
        textpage.close()
    return sheet


def picture(page: Any, dpi: int, max_pixels: int) -> Any:
    """The page as a grey Pillow image of at most `max_pixels`."""
    width, height = page.get_size()
    scale = min(dpi / 72, (max_pixels / max(1.0, width * height)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True)
    try:
        return bitmap.to_pil().copy()
    finally:
        bitmap.close()
