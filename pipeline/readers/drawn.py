"""What is drawn on a page beside its text? How much of it an image covers, and what a table may be ruled with."""

import ctypes
from collections.abc import Iterator
from itertools import repeat
from typing import Any

import pypdfium2.raw as pdfium

from pipeline.readers import direct
from pipeline.readers.sheet import Sheet

_MAX_OBJECTS = 20_000
_CORNERS = 6  # points of a drawn rectangle, its way back to the first included
_RULE = 5.0  # points; what is narrower is a rule
_RULES = 3  # upright rules from which a page may hold a table: two columns have three,
_BOXES = 4  # or drawn rectangles
_SHAPES = 5000  # drawn shapes from which it is a picture
_SEGMENTS = 100  # of a shape: more are no table's
_STRAIGHT = 0.05  # points by which a rule may lean
_ROUNDED = 13  # points of a rectangle with round corners
_BOX_WIDTH, _BOX_HEIGHT = 90.0, 30.0  # points, at least, of a box around text
_FRAMES = 60  # shapes of that size: more are a drawing
_WHITE = 250  # of 255
_IMAGE, _PATH, _FORM = pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_FORM


def look_at_objects(page: Any, sheet: Sheet) -> None:
    """Counts the page's images and shapes, those inside of forms too."""
    area = max(1.0, sheet.width * sheet.height)
    turned = page.get_rotation() in (90, 270)
    for kind, thing, form in _objects(direct.handle(page.raw)):
        if kind == _IMAGE:
            left, bottom, right, top = _bounds(thing)
            sheet.image = max(sheet.image, min(1.0, (right - left) * (top - bottom) / area))
        elif kind == _PATH:
            sheet.paths += 1
            _look_at_shape(thing, sheet, turned)
            if not form:
                _look_for_frame(page, thing, sheet)
    if may_be_ruled(sheet):
        sheet.rules = list(_rules(page))


def may_be_ruled(sheet: Sheet) -> bool:
    """Whether enough is drawn for a table: upright rules, or rectangles."""
    return (len(sheet.uprights) >= _RULES or sheet.boxes >= _BOXES) and sheet.paths <= _SHAPES


def _objects(page: int) -> Iterator[tuple[int, int, int]]:
    """The images and shapes: what they are, where PDFium has them, and the form that holds them, if one does."""
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
                yield direct.get_type(inner), inner, thing
        else:
            yield kind, thing, 0


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


def _look_for_frame(page: Any, thing: int, sheet: Sheet) -> None:
    """Keeps what may be the frame of a box, or one of its sides."""
    if direct.count_segments(thing) > _ROUNDED or len(sheet.frames) + len(sheet.strokes) >= _FRAMES:
        return
    left, bottom, right, top = _bounds(thing)
    wide, high = right - left > _BOX_WIDTH, top - bottom > _BOX_HEIGHT
    if not (wide or high) or not ((wide and high) or right - left < _RULE or top - bottom < _RULE) or _is_white(thing):
        return
    box, rotation = page.get_cropbox(), page.get_rotation()
    (x0, y0), (x1, y1) = _shown(left, bottom, box, rotation), _shown(right, top, box, rotation)
    kept = sheet.frames if wide and high else sheet.strokes
    kept.append((min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))


def _is_white(thing: int) -> bool:
    """Whether a shape shows neither a border nor a ground: white on white."""
    shape = ctypes.cast(thing, pdfium.FPDF_PAGEOBJECT)
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if not pdfium.FPDFPath_GetDrawMode(shape, fill, stroke) or stroke.value:
        return False
    red, green, blue, solid = (ctypes.c_uint() for _ in range(4))
    if not fill.value or not pdfium.FPDFPageObj_GetFillColor(shape, red, green, blue, solid):
        return True
    return min(red.value, green.value, blue.value) > _WHITE or not solid.value


def _bounds(thing: int) -> tuple[float, float, float, float]:
    if not direct.get_bounds(thing, *direct.answers.bounds):
        return 0.0, 0.0, 0.0, 0.0
    left, bottom, right, top = direct.answers.floats[:4]
    return left, bottom, right, top


def _rules(page: Any) -> Iterator[tuple[float, float, float, float]]:
    """The upright and level strokes of all shapes: left, top, right, bottom from the top left of the page as shown."""
    box, rotation = page.get_cropbox(), page.get_rotation()
    for kind, thing, form in _objects(direct.handle(page.raw)):
        if kind == _PATH and direct.count_segments(thing) <= _SEGMENTS:
            ways = [_matrix(thing), *([_matrix(form)] if form else [])]
            for (x0, y0), (x1, y1) in _strokes(thing):
                for a, b, c, d, e, f in ways:
                    x0, y0, x1, y1 = a * x0 + c * y0 + e, b * x0 + d * y0 + f, a * x1 + c * y1 + e, b * x1 + d * y1 + f
                if abs(x1 - x0) < _STRAIGHT or abs(y1 - y0) < _STRAIGHT:
                    (x0, y0), (x1, y1) = _shown(x0, y0, box, rotation), _shown(x1, y1, box, rotation)
                    yield min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _strokes(path: int) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """The straight parts of a shape, in its own coordinates."""
    first = last = (0.0, 0.0)
    x, y = direct.answers.bounds[:2]
    for at in range(direct.count_segments(path)):
        segment = direct.get_segment(path, at)
        if not segment or not direct.get_point(segment, x, y):
            return
        here = direct.answers.floats[0], direct.answers.floats[1]
        kind = direct.get_segment_type(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            first = here
        elif kind == pdfium.FPDF_SEGMENT_LINETO:
            yield last, here
        if direct.closes(segment) and here != first:
            yield here, first
        last = here


def _matrix(thing: int) -> tuple[float, ...]:
    if not direct.get_object_matrix(thing, direct.answers.float):
        return 1.0, 0.0, 0.0, 1.0, 0.0, 0.0
    return tuple(direct.answers.floats[:6])


def _shown(x: float, y: float, box: tuple[float, ...], rotation: int) -> tuple[float, float]:
    """From the page's own coordinates to those of the page as shown."""
    left, bottom, right, top = box
    if rotation == 90:
        return y - bottom, x - left
    if rotation == 180:
        return right - x, y - bottom
    if rotation == 270:
        return top - y, right - x
    return x - left, top - y
