"""What is drawn on a page beside its text? How much of it an image covers, and what a table may be ruled with."""

from collections.abc import Iterator
from itertools import repeat
from typing import Any

import pypdfium2.raw as pdfium

from pipeline.readers import direct
from pipeline.readers.sheet import Sheet

_MAX_OBJECTS = 20_000
_CORNERS = 6  # points of a drawn rectangle, its way back to the first included
_RULE = 5.0  # points; what is narrower is a rule
_IMAGE, _PATH, _FORM = pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_FORM


def look_at_objects(page: Any, sheet: Sheet) -> None:
    """Counts the page's images and shapes, those inside of forms too."""
    area = max(1.0, sheet.width * sheet.height)
    turned = page.get_rotation() in (90, 270)
    for kind, thing in _objects(direct.handle(page.raw)):
        if kind == _IMAGE:
            left, bottom, right, top = _bounds(thing)
            sheet.image = max(sheet.image, min(1.0, (right - left) * (top - bottom) / area))
        elif kind == _PATH:
            sheet.paths += 1
            _look_at_shape(thing, sheet, turned)


def _objects(page: int) -> Iterator[tuple[int, int]]:
    """The images and shapes: what they are and where PDFium has them."""
    things = list(map(direct.get_object, repeat(page), range(min(_MAX_OBJECTS, direct.count_objects(page)))))
    kinds = list(map(direct.get_type, things))
    if not (_PATH in kinds or _IMAGE in kinds or _FORM in kinds):
        return
    left = _MAX_OBJECTS - len(things)
    for kind, thing in zip(kinds, things, strict=True):
        if kind == _FORM:
            for at in range(max(0, min(left, direct.count_inner(thing)))):
                left -= 1
                inner = direct.get_inner(thing, at)
                yield direct.get_type(inner), inner
        else:
            yield kind, thing


def _look_at_shape(thing: int, sheet: Sheet, turned: bool) -> None:
    """Counts what the cells of a table are drawn with; a rectangle has four corners, a letter as curves has more."""
    if direct.count_segments(thing) > _CORNERS:
        return
    left, bottom, right, top = _bounds(thing)
    if turned:
        left, bottom, right, top = bottom, left, top, right
    if top - bottom > _RULE and right - left < _RULE:
        sheet.uprights.add(round(left / _RULE))
    elif top - bottom > _RULE:
        sheet.boxes += 1


def _bounds(thing: int) -> tuple[float, float, float, float]:
    if not direct.get_bounds(thing, *direct.answers.bounds):
        return 0.0, 0.0, 0.0, 0.0
    left, bottom, right, top = direct.answers.floats[:4]
    return left, bottom, right, top
