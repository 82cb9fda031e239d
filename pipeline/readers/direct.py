"""How is PDFium asked thousands of things about a page? By address, with answers written into one array.

pypdfium2's own functions check and wrap what goes in and comes out; for a call that takes PDFium a tenth of a
microsecond that is most of the time. These keep Python's lock while they run: they are too short to let go of it.
"""

import ctypes
from collections.abc import Callable
from itertools import accumulate, pairwise, repeat
from typing import Any

import pypdfium2.raw as pdfium

_Address = int
_P, _I, _D, _F = ctypes.c_void_p, ctypes.c_int, ctypes.c_double, ctypes.c_float


def _direct(name: str, answer: Any, *arguments: Any) -> Callable[..., Any]:
    address = ctypes.cast(getattr(pdfium, name), _P).value or 0
    return ctypes.PYFUNCTYPE(answer, *arguments)(address)


count_rects = _direct("FPDFText_CountRects", _I, _P, _I, _I)
get_rect = _direct("FPDFText_GetRect", _I, _P, _I, _P, _P, _P, _P)  # left, top, right, bottom
get_char_box = _direct("FPDFText_GetCharBox", _I, _P, _I, _P, _P, _P, _P)  # left, right, bottom, top
get_loose_box = _direct("FPDFText_GetLooseCharBox", _I, _P, _I, _P)  # floats: left, top, right, bottom
get_origin = _direct("FPDFText_GetCharOrigin", _I, _P, _I, _P, _P)
get_matrix = _direct("FPDFText_GetMatrix", _I, _P, _I, _P)
get_font_size = _direct("FPDFText_GetFontSize", _D, _P, _I)
get_text_object = _direct("FPDFText_GetTextObject", _P, _P, _I)
get_font = _direct("FPDFTextObj_GetFont", _P, _P)
get_unicode = _direct("FPDFText_GetUnicode", _I, _P, _I)

count_objects = _direct("FPDFPage_CountObjects", _I, _P)
get_object = _direct("FPDFPage_GetObject", _P, _P, _I)
count_inner = _direct("FPDFFormObj_CountObjects", _I, _P)
get_inner = _direct("FPDFFormObj_GetObject", _P, _P, _I)
get_type = _direct("FPDFPageObj_GetType", _I, _P)
get_bounds = _direct("FPDFPageObj_GetBounds", _I, _P, _P, _P, _P, _P)  # floats: left, bottom, right, top
count_segments = _direct("FPDFPath_CountSegments", _I, _P)
get_object_matrix = _direct("FPDFPageObj_GetMatrix", _I, _P, _P)
get_segment = _direct("FPDFPath_GetPathSegment", _P, _P, _I)
get_point = _direct("FPDFPathSegment_GetPoint", _I, _P, _P, _P)
get_segment_type = _direct("FPDFPathSegment_GetType", _I, _P)
closes = _direct("FPDFPathSegment_GetClose", _I, _P)

_ROOM = 2048  # answers that are asked for at a time


class Answers:
    """Where PDFium writes its answers. One for all pages: only one thread of a process may use PDFium anyway."""

    def __init__(self) -> None:
        self.doubles = (_D * (4 * _ROOM))()
        self.floats = (_F * (6 * _ROOM))()
        first, size = ctypes.addressof(self.doubles), ctypes.sizeof(_D)
        self.columns = [[first + (4 * row + at) * size for row in range(_ROOM)] for at in range(4)]
        self.row = tuple(column[0] for column in self.columns)
        first, size = ctypes.addressof(self.floats), ctypes.sizeof(_F)
        self.float = first
        self.bounds = tuple(first + at * size for at in range(4))
        self.matrices = [first + 6 * row * size for row in range(_ROOM)]


answers = Answers()


def handle(raw: Any) -> _Address:
    """The address behind a pypdfium2 handle."""
    return ctypes.cast(raw, _P).value or 0


def rectangles(textpage: _Address, start: int, count: int) -> list[float]:
    """Left, top, right and bottom of each rectangle of ink, one after the other, in the page's coordinates."""
    found = count_rects(textpage, start, count)
    if found == 1:
        return answers.doubles[:4] if get_rect(textpage, 0, *answers.row) else []
    values: list[float] = []
    for begin in range(0, found, _ROOM):
        done = sum(map(get_rect, repeat(textpage), range(begin, found), *answers.columns))
        values += answers.doubles[: 4 * done]
    return values


def rectangles_of(textpage: _Address, starts: list[int], counts: list[int]) -> list[list[float]] | None:
    """The rectangles of many stretches of text at once; None where PDFium counts other ones for the whole page."""
    found = list(map(count_rects, repeat(textpage), starts, counts))
    values = rectangles(textpage, 0, -1)
    if 4 * sum(found) != len(values):
        return None
    ends = list(accumulate([4 * each for each in found], initial=0))
    return [values[begin:end] for begin, end in pairwise(ends)]


def types(textpage: _Address, places: list[int]) -> list[tuple[float, float, float, _Address]]:
    """Of single characters: where their base line begins (x, y), their size as printed, their font."""
    if len(places) > _ROOM:
        return types(textpage, places[:_ROOM]) + types(textpage, places[_ROOM:])
    count = len(places)
    x, y = answers.columns[:2]
    for _ in map(get_origin, repeat(textpage), places, x, y):
        pass
    xs, ys = answers.doubles[0 : 4 * count : 4], answers.doubles[1 : 4 * count : 4]
    for _ in map(get_matrix, repeat(textpage), places, answers.matrices):
        pass
    matrix = answers.floats[: 6 * count]
    scales = [abs(a * d - b * c) ** 0.5 for a, b, c, d in zip(*(matrix[at::6] for at in range(4)), strict=True)]
    sizes = [size * scale for size, scale in zip(map(get_font_size, repeat(textpage), places), scales, strict=True)]
    fonts = [get_font(thing) if thing else 0 for thing in map(get_text_object, repeat(textpage), places)]
    return list(zip(xs, ys, sizes, fonts, strict=True))
