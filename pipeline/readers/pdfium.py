"""What does PDFium see on a page? Lines with their places, images, and the page as a picture.

Faster than a call per character: the text comes as a whole, each line's place from PDFium's rectangles; single
characters are asked for only where a line holds gaps or changes of size.
"""

import ctypes
import re
from itertools import pairwise
from typing import Any

import pypdfium2.raw as pdfium

from pipeline.readers.rtl import ARABIC, Glyph, glyphs, logical
from pipeline.readers.sheet import Line, Sheet
from pipeline.tidy import characters

_GAP = 1.6  # line heights between two pieces of a line that make them two cells
_RAISED = 0.85  # a digit lower than this share of its neighbour is a footnote mark
_BREAK = re.compile("\r\n|[\r\n\ufffe]")
_MARKER = re.compile(r"^\W?(?:[0-9٠-٩۰-۹]{1,4}(?:\.[0-9]{1,3})*|[a-zA-Z]{1,4})?[.)\]\-–—•*/、．:]*$")
_NOTE_MARK = re.compile(r"^(?:\d{1,3}|[*†])(?=[^\W\d]|[“\"«])")
_GLUED = re.compile(r"(?<=[\w.,;:”’\"')\]。；，、）」؛،])(?:\d{1,3}|[a-z])(?:, ?[a-z])*(?!\w)")
_SPARSE = 1.1  # line heights that a character takes on average where there must be gaps
_ABOVE, _BELOW = 0.74, 0.18  # of the size of the type: what its letters take above and below the base line
_LOW_FIGURE = 0.45  # of the size of the type: figures have two thirds of it
_LEVEL = 0.15  # line heights by which pieces of one line may differ
_WORD_GAP = 0.12  # line heights between two words
_BOLD = 600
_NAME = 128  # bytes of a font's name
_JUMP = 0.8  # line heights
_MAX_OBJECTS = 20_000
_CORNERS = 6  # points of a drawn rectangle, its way back to the first included
_RULE = 5.0  # points; what is narrower is a rule


def look(page: Any, number: int) -> Sheet:
    """The page as it is: lines in the order of the file, in points from the top left."""
    width, height = page.get_size()
    sheet = Sheet(number, width, height)
    _look_at_objects(page, sheet)
    textpage = page.get_textpage()
    try:
        if textpage.count_chars():
            sheet.lines = _rejoined(_Places(page, textpage).lines())
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


def _look_at_objects(page: Any, sheet: Sheet) -> None:
    area = max(1.0, sheet.width * sheet.height)
    turned = page.get_rotation() in (90, 270)
    for count, thing in enumerate(page.get_objects(max_depth=2)):
        if count > _MAX_OBJECTS:
            break
        if thing.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = thing.get_bounds()
            sheet.image = max(sheet.image, min(1.0, (right - left) * (top - bottom) / area))
        elif thing.type == pdfium.FPDF_PAGEOBJ_PATH:
            sheet.paths += 1
            _look_at_shape(thing, sheet, turned)


def _look_at_shape(thing: Any, sheet: Sheet, turned: bool) -> None:
    """Counts what the cells of a table are drawn with; a rectangle has four corners, a letter as curves has more."""
    if pdfium.FPDFPath_CountSegments(thing.raw) > _CORNERS:
        return
    left, bottom, right, top = thing.get_bounds()
    if turned:
        left, bottom, right, top = bottom, left, top, right
    if top - bottom > _RULE and right - left < _RULE:
        sheet.uprights.add(round(left / _RULE))
    elif top - bottom > _RULE:
        sheet.boxes += 1


class _Places:
    """The characters of one page and where they stand, turned as the page is shown."""

    def __init__(self, page: Any, textpage: Any) -> None:
        self._raw = textpage.raw
        self._numbers = tuple(ctypes.c_double() for _ in range(4))
        self._rotation = page.get_rotation()
        self._left, self._bottom, self._right, self._top = page.get_cropbox()
        count = textpage.count_chars()
        text: str = textpage.get_text_range()
        if len(text) != count:  # characters outside the basic plane, or without Unicode: ask one by one
            text = "".join(chr(pdfium.FPDFText_GetUnicode(self._raw, i) or 32) for i in range(count))
        self._text = text

    def lines(self) -> list[Line]:
        lines = []
        start = 0
        for match in (*_BREAK.finditer(self._text), None):
            end = match.start() if match else len(self._text)
            hyphen = "-" if match and match[0] == "\ufffe" else ""
            if self._text[start:end].strip():
                lines += self._lines_of(start, end, hyphen)
            start = match.end() if match else end
        return lines

    def _lines_of(self, start: int, end: int, hyphen: str) -> list[Line]:
        """What PDFium takes for one line may jump to another column: then it is cut where it does."""
        boxes = self._boxes(start, end)
        if not boxes:
            return []
        spread = max(box[1] for box in boxes) - min(box[1] for box in boxes)
        top, bottom, _ = self._type(start, end)
        if spread < _JUMP * (bottom - top):
            return self._line(start, end, hyphen, boxes)
        lines = []
        cuts = [start, *self._jumps(start, end), end]
        for begin, stop in pairwise(cuts):
            boxes = self._boxes(begin, stop)
            if boxes and self._text[begin:stop].strip():
                lines += self._line(begin, stop, hyphen if stop == end else "", boxes)
        return lines

    def _from_the_right(
        self, start: int, end: int, hyphen: str, cells: list["_Box"], kind: tuple[float, float, bool]
    ) -> list[Line]:
        """The cells of a line that holds Arabic, the rightmost first."""
        top, bottom, bold = kind
        shapes: dict[int, list[Glyph]] = {}
        found = [(self._text[at], box[0], box[2]) for at in range(start, end) if (box := self._place(at)) is not None]
        for shape in glyphs(found):
            middle = (shape.x0 + shape.x1) / 2
            cell = min(range(len(cells)), key=lambda k: max(cells[k][0] - middle, middle - cells[k][2], 0.0))
            shapes.setdefault(cell, []).append(shape)
        size = bottom - top
        texts = [(logical(shapes[cell], size), cells[cell]) for cell in sorted(shapes, reverse=True)]
        if len(texts) == 2 and _is_marker(texts[0][0], texts[1][0]):
            texts = [(f"{texts[0][0]} {texts[1][0]}", _around([box for _, box in texts]))]
        texts[-1] = (texts[-1][0] + hyphen, texts[-1][1])
        return [Line(characters(text), x0, top, x1, bottom, size, bold) for text, (x0, _, x1, _) in texts if text]

    def _place(self, index: int) -> "_Box | None":
        """The box of a character with its advance; None for blanks, which are found by the gaps."""
        return None if self._text[index].isspace() or self._text[index] < " " else self._loose(index)

    def _jumps(self, start: int, end: int) -> list[int]:
        """Where the next character stands more than a line higher or lower than the one before."""
        jumps = []
        before: _Box | None = None
        for index in range(start, end):
            if self._text[index].isspace():
                continue
            box = self._loose(index)
            if before is not None and abs(box[3] - before[3]) > _JUMP * max(before[3] - before[1], box[3] - box[1]):
                jumps.append(index)
            before = box
        return jumps

    def _line(self, start: int, end: int, hyphen: str, boxes: list["_Box"]) -> list[Line]:
        """The cells of one line: nearly always one."""
        # Rectangles hug the ink; all lines get the height of their type, so that their distances can be compared.
        top, bottom, bold = self._type(start, end)
        if sum(box[2] - box[0] for box in boxes) > _SPARSE * (bottom - top) * (end - start):
            boxes = [self._box(index) for index in range(start, end) if not self._text[index].isspace()]
        cells = _cells(boxes, _GAP * (bottom - top))
        if ARABIC.search(self._text, start, end):
            return self._from_the_right(start, end, hyphen, cells, (top, bottom, bold))

        def line(text: str, box: _Box, tab: bool = False) -> Line:
            return Line(characters(text), box[0], top, box[2], bottom, bottom - top, bold, tab)

        if len(cells) == 1:
            return [line(self._marked(start, end, len(boxes)) + hyphen, cells[0])]
        pieces = self._pieces(start, end, cells)
        if len(pieces) == 2 and _is_marker(pieces[0][0], pieces[1][0]):
            return [line(self._marked(start, end, len(boxes)) + hyphen, _around(boxes), tab=True)]
        pieces[-1] = (pieces[-1][0] + hyphen, pieces[-1][1])
        return [line(text, box) for text, box in pieces if text.strip()]

    def _boxes(self, start: int, end: int) -> list["_Box"]:
        left, top, right, bottom = self._numbers
        boxes = []
        for index in range(pdfium.FPDFText_CountRects(self._raw, start, end - start)):
            if pdfium.FPDFText_GetRect(self._raw, index, left, top, right, bottom):
                boxes.append(self._turned(left.value, bottom.value, right.value, top.value))
        return boxes

    def _box(self, index: int) -> "_Box":
        left, right, bottom, top = self._numbers
        pdfium.FPDFText_GetCharBox(self._raw, index, left, right, bottom, top)
        return self._turned(left.value, bottom.value, right.value, top.value)

    def _type(self, start: int, end: int) -> tuple[float, float, bool]:
        """Top, bottom and weight of the letters in the middle of the line (its start may be a footnote mark).

        Reckoned from the base line and the size of the type: the boxes that fonts declare differ from font to font.
        """
        middle = (start + end) // 2
        while middle < end - 1 and self._text[middle].isspace():
            middle += 1
        size = self._size(middle)
        x, y = self._numbers[:2]
        pdfium.FPDFText_GetCharOrigin(self._raw, middle, x, y)
        _, base, _, _ = self._turned(x.value, y.value, x.value, y.value)
        return base - _ABOVE * size, base + _BELOW * size, self._is_bold(middle)

    def _size(self, index: int) -> float:
        """The size of a character in points, as it is printed."""
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFText_GetMatrix(self._raw, index, matrix)
        scale = abs(matrix.a * matrix.d - matrix.b * matrix.c) ** 0.5
        size = float(pdfium.FPDFText_GetFontSize(self._raw, index)) * scale
        return size if 1.0 < size < 400.0 else 10.0

    def _is_bold(self, index: int) -> bool:
        if pdfium.FPDFText_GetFontWeight(self._raw, index) >= _BOLD:
            return True
        name = ctypes.create_string_buffer(_NAME)
        flags = ctypes.c_int()
        length = pdfium.FPDFText_GetFontInfo(self._raw, index, name, _NAME, flags)
        return 0 < length <= _NAME and b"bold" in name.value.lower()

    def _loose(self, index: int) -> "_Box":
        box = pdfium.FS_RECTF()
        pdfium.FPDFText_GetLooseCharBox(self._raw, index, box)
        return self._turned(box.left, box.bottom, box.right, box.top)

    def _pieces(self, start: int, end: int, cells: list["_Box"]) -> list[tuple[str, "_Box"]]:
        """The text of each cell, in the order in which the file writes them."""
        texts: dict[int, list[str]] = {}
        here = 0
        for index in range(start, end):
            character = self._text[index]
            if not character.isspace():
                x0 = self._box(index)[0]
                here = min(range(len(cells)), key=lambda k: max(cells[k][0] - x0, x0 - cells[k][2], 0.0))
            texts.setdefault(here, []).append(character)
        return [("".join(text), cells[k]) for k, text in texts.items()]

    def _marked(self, start: int, end: int, boxes: int) -> str:
        """The text, with footnote marks set off: "rights[12]", and "12 See" where the line is the note."""
        text = self._text[start:end]
        if boxes > 1:
            for match in reversed(tuple(_GLUED.finditer(text))):
                mark = self._raised(start, match)
                if mark is not None:
                    text = f"{text[:mark]}[{text[mark : match.end()]}]{text[match.end() :]}"
            note = _NOTE_MARK.match(text)
            if note and self._is_small(start, self._size(start + note.end())):
                text = f"{text[: note.end()]} {text[note.end() :]}"
        return text

    def _raised(self, start: int, match: re.Match[str]) -> int | None:
        """Where in the run of digits the raised ones begin ("59/606": after the first three characters), if any do."""
        first = match.start()
        full = self._size(start + first - 1)
        for index in range(first, match.end()):
            if self._is_small(start + index, full):
                return index
        return None

    def _is_small(self, index: int, full: float) -> bool:
        """Whether a mark is set smaller than the text, by its size or as one of the font's own raised figures."""
        if self._size(index) < _RAISED * full:
            return True
        _, top, _, bottom = self._box(index)
        return self._text[index].isdigit() and bottom - top < _LOW_FIGURE * full

    def _turned(self, left: float, bottom: float, right: float, top: float) -> "_Box":
        """From the page's own coordinates to those of the page as shown: (x0, top, x1, bottom) from the top left."""
        if self._rotation == 90:
            return bottom - self._bottom, left - self._left, top - self._bottom, right - self._left
        if self._rotation == 180:
            return self._right - right, bottom - self._bottom, self._right - left, top - self._bottom
        if self._rotation == 270:
            return self._top - top, self._right - right, self._top - bottom, self._right - left
        return left - self._left, self._top - top, right - self._left, self._top - bottom


_Box = tuple[float, float, float, float]


def _rejoined(lines: list[Line]) -> list[Line]:
    """PDFium begins a new line behind a raised mark: what goes on at the same height, without a gap, is one line."""
    whole: list[Line] = []
    for line in lines:
        last = whole[-1] if whole else None
        beside = last is not None and abs(line.bottom - last.bottom) < _LEVEL * line.size
        if last is not None and beside and -1.0 < line.x0 - last.x1 < _GAP * line.size and not ARABIC.search(line.text):
            blank = " " if line.x0 - last.x1 > _WORD_GAP * line.size else ""
            last.text, last.x1 = f"{last.text}{blank}{line.text}", line.x1
        else:
            whole.append(line)
    return whole


def _is_marker(first: str, second: str) -> bool:
    """Whether the first of two cells is only the number or bullet of the second."""
    return bool(_MARKER.match(first.strip())) and any(map(str.isalpha, second))


def _around(boxes: list[_Box]) -> _Box:
    x0, top, x1, bottom = zip(*boxes, strict=True)
    return min(x0), min(top), max(x1), max(bottom)


def _cells(boxes: list[_Box], gap: float) -> list[_Box]:
    """Boxes of one line, joined where no wide gap lies between them, from left to right."""
    ordered = sorted(boxes)
    cells = [ordered[0]]
    for box in ordered[1:]:
        if box[0] - cells[-1][2] < gap:
            cells[-1] = _around([cells[-1], box])
        else:
            cells.append(box)
    return cells
