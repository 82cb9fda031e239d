"""Where do the characters of a page stand? The lines PDFium reads, with their places, marks and cells.

Faster than a call per character: the text comes as a whole, each line's place from PDFium's rectangles of ink; single
characters are asked for only where the rectangles show a gap, a jump or something raised.
"""

import ctypes
import re
from itertools import pairwise, repeat
from typing import Any

import pypdfium2.raw as pdfium

from pipeline.readers import direct
from pipeline.readers.direct import answers
from pipeline.readers.rtl import ARABIC, Glyph, glyphs, logical
from pipeline.readers.sheet import Line
from pipeline.structure.tidy import characters, is_plain

_GAP = 1.6  # line heights between two pieces of a line that make them two cells
_RAISED = 0.85  # a digit lower than this share of its neighbour is a footnote mark
_BREAK = re.compile("\r\n|[\r\n\ufffe]")
_MARKER = re.compile(r"^\W?(?:[0-9٠-٩۰-۹]{1,4}(?:\.[0-9]{1,3})*|[a-zA-Z]{1,4})?[.)\]\-–—•*/、．:]*$")
_NOTE_MARK = re.compile(r"^(?:\d{1,3}|[*†])(?=[^\W\d]|[“\"«])")
_GLUED = re.compile(r"(?<=[\w.,;:”’\"')\]。；，、）」؛،])(?:\d{1,3}|[a-z])(?:, ?[a-z])*(?!\w)")
_WORD = re.compile(r"\S+|\s+")
_MIDDLE_MARK = re.compile(r"[^\W\d_]{2}[.,;:”’\"')\]]{0,2}\d{1,3}(?!\w)")
_FIGURES = re.compile(r"\d+(?!\w)")
_MAY_PRECEDE = frozenset(".,;:”’\"')]。；，、）」؛،")
_LIFTED = 0.1  # of the size of the type: ink that ends so far above the base line may be raised
_TALL, _FLAT = 0.28, 0.12  # of the size of the type: ink that is taller is no quotation mark, or else no dash
_QUOTE = 0.42  # of the size of the type: where quotation marks begin
_MARK_WIDTH = 3.0  # of the size of the type: marks are no wider
_SPARSE = 1.1  # line heights that a character takes on average where there must be gaps
_ABOVE, _BELOW = 0.74, 0.18  # of the size of the type: what its letters take above and below the base line
_LOW_FIGURE = 0.45  # of the size of the type: figures have two thirds of it
_LEVEL = 0.15  # line heights by which pieces of one line may differ
_WORD_GAP = 0.12  # line heights between two words
_BOLD = 600
_USUAL_SIZE = 10.0  # where the file declares a senseless one
_NAME = 128  # bytes of a font's name
_JUMP = 0.8  # line heights

_Box = tuple[float, float, float, float]  # x0, top, x1, bottom
_Kind = tuple[float, float, bool]  # top and bottom of a line's type, and whether it is bold


class Places:
    """The characters of one page and where they stand, turned as the page is shown."""

    def __init__(self, page: Any, textpage: Any) -> None:
        self._raw = textpage.raw
        self._at = direct.handle(textpage.raw)
        self._rotation = page.get_rotation()
        self._left, self._bottom, self._right, self._top = page.get_cropbox()
        count = textpage.count_chars()
        text: str = textpage.get_text_range()
        if len(text) != count:  # characters outside the basic plane, or without Unicode: ask one by one
            codes = map(direct.get_unicode, repeat(self._at), range(count))
            text = "".join(chr(code or 32) for code in codes)
        self._text = text.replace("\xa0", " ")
        self._plain = is_plain(self._text.replace("\r\n", "\n").replace("\ufffe", "-"))
        self._arabic = not self._plain and ARABIC.search(self._text) is not None
        self._weights: dict[int, bool] = {}

    def lines(self) -> list[Line]:
        """The lines in the order of the file, cells of a table's row apart."""
        spans = self._spans()
        starts = [start for start, _, _ in spans]
        lengths = [end - start + len(hyphen) for start, end, hyphen in spans]
        rectangles = direct.rectangles_of(self._at, starts, lengths)
        if rectangles is None:
            rectangles = [
                direct.rectangles(self._at, start, length) for start, length in zip(starts, lengths, strict=True)
            ]
        kinds = self._kinds([self._middle(start, end) for start, end, _ in spans])
        lines: list[Line] = []
        for (start, end, hyphen), values, kind in zip(spans, rectangles, kinds, strict=True):
            if len(values) == 4:
                self._add_one(lines, start, end, hyphen, self._boxes(values), kind)
            elif values:
                self._add(lines, start, end, hyphen, self._boxes(values), kind)
        return lines

    def _spans(self) -> list[tuple[int, int, str]]:
        """Where PDFium's lines begin and end, and whether it has seen a hyphen at the end."""
        text = self._text
        spans = []
        start = 0
        for match in _BREAK.finditer(text):
            end, after = match.span()
            if end > start and not text[start:end].isspace():
                spans.append((start, end, "-" if text[end] == "\ufffe" else ""))
            start = after
        if start < len(text) and not text[start:].isspace():
            spans.append((start, len(text), ""))
        return spans

    def _add_one(self, lines: list[Line], start: int, end: int, hyphen: str, boxes: list[_Box], kind: _Kind) -> None:
        """A line that is one stretch of ink, as most are: nothing in it is raised, set apart or turned."""
        x0, _, x1, _ = boxes[0]
        top, bottom, bold = kind
        if self._arabic or x1 - x0 > _SPARSE * (bottom - top) * (end - start):
            self._add(lines, start, end, hyphen, boxes, kind)
            return
        _append(lines, Line(self._clean(self._text[start:end]) + hyphen, x0, top, x1, bottom, bottom - top, bold))

    def _add(self, lines: list[Line], start: int, end: int, hyphen: str, boxes: list[_Box], kind: _Kind) -> None:
        """What PDFium takes for one line may jump to another column: then it is cut where it does."""
        top, bottom, _ = kind
        if _spread(boxes) < _JUMP * (bottom - top):
            for line in self._line(start, end, hyphen, boxes, kind):
                _append(lines, line)
            return
        for begin, stop in pairwise([start, *self._jumps(start, end), end]):
            boxes = self._boxes(direct.rectangles(self._at, begin, stop - begin))
            if boxes and not self._text[begin:stop].isspace():
                kind = self._kinds([self._middle(begin, stop)])[0]
                for line in self._line(begin, stop, hyphen if stop == end else "", boxes, kind):
                    _append(lines, line)

    def _line(self, start: int, end: int, hyphen: str, boxes: list[_Box], kind: _Kind) -> list[Line]:
        """The cells of one line: nearly always one."""
        # Rectangles hug the ink; all lines get the height of their type, so that their distances can be compared.
        top, bottom, bold = kind
        size = bottom - top
        if sum([box[2] - box[0] for box in boxes]) > _SPARSE * size * (end - start):
            boxes = [self._box(index) for index in range(start, end) if not self._text[index].isspace()]
        cells = boxes if len(boxes) == 1 else _cells(boxes, _GAP * size)
        if self._arabic and ARABIC.search(self._text, start, end):
            return self._from_the_right(start, end, hyphen, cells, kind)
        if len(cells) == 1:
            x0, _, x1, _ = cells[0]
            return [Line(self._marked(start, end, boxes, kind) + hyphen, x0, top, x1, bottom, size, bold)]
        pieces = self._marker_and_rest(start, end, cells) or self._pieces(start, end, cells)
        if len(pieces) == 2 and _is_marker(pieces[0][0], pieces[1][0]):
            x0, _, x1, _ = _around(boxes)
            return [Line(self._marked(start, end, boxes, kind) + hyphen, x0, top, x1, bottom, size, bold, tab=True)]
        pieces[-1] = (pieces[-1][0] + hyphen, pieces[-1][1])
        return [Line(characters(text), box[0], top, box[2], bottom, size, bold) for text, box in pieces if text.strip()]

    def _from_the_right(self, start: int, end: int, hyphen: str, cells: list[_Box], kind: _Kind) -> list[Line]:
        """The cells of a line that holds Arabic, the rightmost first."""
        top, bottom, bold = kind
        shapes: dict[int, list[Glyph]] = {}
        found = [(self._text[at], box[0], box[2]) for at in range(start, end) if (box := self._place(at)) is not None]
        for shape in glyphs(found):
            middle = (shape.x0 + shape.x1) / 2
            shapes.setdefault(_nearest(cells, middle), []).append(shape)
        size = bottom - top
        texts = [(logical(shapes[cell], size), cells[cell]) for cell in sorted(shapes, reverse=True)]
        if len(texts) == 2 and _is_marker(texts[0][0], texts[1][0]):
            texts = [(f"{texts[0][0]} {texts[1][0]}", _around([box for _, box in texts]))]
        texts[-1] = (texts[-1][0] + hyphen, texts[-1][1])
        return [Line(characters(text), x0, top, x1, bottom, size, bold) for text, (x0, _, x1, _) in texts if text]

    def _marker_and_rest(self, start: int, end: int, cells: list[_Box]) -> list[tuple[str, _Box]]:
        """The two pieces of "12.    The Committee", which are most of all: two looks instead of one for each word."""
        first = _WORD.match(self._text, start, end) if len(cells) == 2 else None
        blank = _WORD.match(self._text, first.end(), end) if first else None
        if first is None or blank is None or blank.end() == end or first[0].isspace() or not _MARKER.match(first[0]):
            return []
        here, there = self._box(first.end() - 1)[0], self._box(blank.end())[0]
        if _nearest(cells, here) != 0 or _nearest(cells, there) != 1:
            return []
        return [(first[0] + blank[0], cells[0]), (self._text[blank.end() : end], cells[1])]

    def _pieces(self, start: int, end: int, cells: list[_Box]) -> list[tuple[str, _Box]]:
        """The text of each cell, in the order in which the file writes them; a cell seldom begins within a word."""
        texts: dict[int, list[str]] = {}
        here = 0
        for match in _WORD.finditer(self._text, start, end):
            begin, stop = match.span()
            if match[0].isspace():
                texts.setdefault(here, []).append(match[0])
                continue
            here, last = (_nearest(cells, self._box(at)[0]) for at in (begin, stop - 1))
            if here == last:
                texts.setdefault(here, []).append(match[0])
                continue
            for at in range(begin, stop):
                here = _nearest(cells, self._box(at)[0])
                texts.setdefault(here, []).append(self._text[at])
        return [("".join(text), cells[k]) for k, text in texts.items()]

    def _marked(self, start: int, end: int, boxes: list[_Box], kind: _Kind) -> str:
        """The text, with footnote marks set off: "rights[12]", and "12 See" where the line is the note."""
        text = self._text[start:end]
        if len(boxes) > 1:
            if self._may_be_raised(start, text, boxes, kind):
                for match in reversed(tuple(_GLUED.finditer(text))):
                    mark = self._raised(start, match)
                    if mark is not None:
                        text = f"{text[:mark]}[{text[mark : match.end()]}]{text[match.end() :]}"
            note = _NOTE_MARK.match(text)
            if note and self._is_small(start, self._size(start + note.end())):
                text = f"{text[: note.end()]} {text[note.end() :]}"
        return self._clean(text)

    def _clean(self, text: str) -> str:
        if not self._plain:
            return characters(text)
        text = text.strip()
        return " ".join(text.split()) if "  " in text else text

    def _may_be_raised(self, start: int, text: str, boxes: list[_Box], kind: _Kind) -> bool:
        """Whether there is narrow ink above the base line, or a figure behind a word that is lower than figures are."""
        top, bottom, _ = kind
        size = (bottom - top) / (_ABOVE + _BELOW)
        base, width = bottom - _BELOW * size, _MARK_WIDTH * size
        for x0, high, x1, low in boxes:
            if (base - low) / size > _LIFTED and x1 - x0 < width:
                height = (low - high) / size
                if height > _TALL or (height > _FLAT and base - low < _QUOTE * size):
                    return True
        for match in _FIGURES.finditer(text):
            before = text[match.start() - 1] if match.start() else " "
            if before.isalpha() or before in _MAY_PRECEDE:
                box = self._box(start + match.end() - 1)
                if box[3] - box[1] < _LOW_FIGURE * size:
                    return True
        return False

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

    def _middle(self, start: int, end: int) -> int:
        """A letter in the middle of the line: its start may be a footnote mark, and so may be what stands there."""
        text = self._text
        middle = (start + end) // 2
        while middle < end - 1 and text[middle] == " ":
            middle += 1
        if text[middle].isdigit() and (mark := _MIDDLE_MARK.search(text, max(start, middle - 5), end)):
            return mark.start() if mark.end() > middle else middle
        return middle

    def _kinds(self, places: list[int]) -> list[_Kind]:
        """Top, bottom and weight of the type at these places.

        Reckoned from the base line and the size of the type: the boxes that fonts declare differ from font to font.
        """
        kinds = []
        for at, (x, y, size, font) in zip(places, direct.types(self._at, places), strict=True):
            if not 1.0 < size < 400.0:
                size = _USUAL_SIZE
            bold = self._weights.get(font)
            if bold is None:
                bold = self._looks_bold(at)
                if font:
                    self._weights[font] = bold
            base = self._top - y if not self._rotation else self._turned(x, y, x, y)[1]
            kinds.append((base - _ABOVE * size, base + _BELOW * size, bold))
        return kinds

    def _size(self, index: int) -> float:
        """The size of a character in points, as it is printed."""
        direct.get_matrix(self._at, index, answers.float)
        a, b, c, d = answers.floats[:4]
        size: float = direct.get_font_size(self._at, index) * abs(a * d - b * c) ** 0.5
        return size if 1.0 < size < 400.0 else _USUAL_SIZE

    def _looks_bold(self, index: int) -> bool:
        """By the font's weight, or its name."""
        if pdfium.FPDFText_GetFontWeight(self._raw, index) >= _BOLD:
            return True
        name = ctypes.create_string_buffer(_NAME)
        length = pdfium.FPDFText_GetFontInfo(self._raw, index, name, _NAME, ctypes.c_int())
        return 0 < length <= _NAME and b"bold" in name.value.lower()

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

    def _boxes(self, values: list[float]) -> list[_Box]:
        if len(values) == 4 and not self._rotation:
            x0, top, x1, bottom = values
            return [(x0 - self._left, self._top - top, x1 - self._left, self._top - bottom)]
        found = zip(values[0::4], values[1::4], values[2::4], values[3::4], strict=True)
        if self._rotation:
            return [self._turned(left, bottom, right, top) for left, top, right, bottom in found]
        x, y = self._left, self._top
        return [(left - x, y - top, right - x, y - bottom) for left, top, right, bottom in found]

    def _place(self, index: int) -> _Box | None:
        """The box of a character with its advance; None for blanks, which are found by the gaps."""
        return None if self._text[index].isspace() or self._text[index] < " " else self._loose(index)

    def _box(self, index: int) -> _Box:
        direct.get_char_box(self._at, index, *answers.row)
        left, right, bottom, top = answers.doubles[:4]
        return self._turned(left, bottom, right, top)

    def _loose(self, index: int) -> _Box:
        direct.get_loose_box(self._at, index, answers.float)
        left, top, right, bottom = answers.floats[:4]
        return self._turned(left, bottom, right, top)

    def _turned(self, left: float, bottom: float, right: float, top: float) -> _Box:
        """From the page's own coordinates to those of the page as shown: (x0, top, x1, bottom) from the top left."""
        if self._rotation == 90:
            return bottom - self._bottom, left - self._left, top - self._bottom, right - self._left
        if self._rotation == 180:
            return self._right - right, bottom - self._bottom, self._right - left, top - self._bottom
        if self._rotation == 270:
            return self._top - top, self._right - right, self._top - bottom, self._right - left
        return left - self._left, self._top - top, right - self._left, self._top - bottom


def _append(lines: list[Line], line: Line) -> None:
    """PDFium begins a new line behind a raised mark: what goes on at the same height, without a gap, is one line."""
    if lines:
        last = lines[-1]
        level = abs(line.bottom - last.bottom) < _LEVEL * line.size
        if level and -1.0 < line.x0 - last.x1 < _GAP * line.size and not ARABIC.search(line.text):
            blank = " " if line.x0 - last.x1 > _WORD_GAP * line.size else ""
            last.text, last.x1 = f"{last.text}{blank}{line.text}", line.x1
            return
    lines.append(line)


def _spread(boxes: list[_Box]) -> float:
    if len(boxes) == 1:
        return 0.0
    tops = [box[1] for box in boxes]
    return max(tops) - min(tops)


def _nearest(cells: list[_Box], x: float) -> int:
    """The cell that holds the place, or is nearest to it; the cells stand from left to right."""
    for at, cell in enumerate(cells):
        if x <= cell[2]:
            nearer = x >= cell[0] or not at or cell[0] - x < x - cells[at - 1][2]
            return at if nearer else at - 1
    return len(cells) - 1


def _is_marker(first: str, second: str) -> bool:
    """Whether the first of two cells is only the number or bullet of the second."""
    return bool(_MARKER.match(first.strip())) and any(map(str.isalpha, second))


def _around(boxes: list[_Box]) -> _Box:
    x0, top, x1, bottom = zip(*boxes, strict=True)
    return min(x0), min(top), max(x1), max(bottom)


def _cells(boxes: list[_Box], gap: float) -> list[_Box]:
    """Boxes of one line, joined where no wide gap lies between them, from left to right."""
    ordered = sorted(boxes)
    x0, top, x1, bottom = ordered[0]
    cells = []
    for box in ordered:
        if box[0] - x1 >= gap:
            cells.append((x0, top, x1, bottom))
            x0, top, x1, bottom = box
            continue
        if box[2] > x1:
            x1 = box[2]
        top, bottom = min(top, box[1]), max(bottom, box[3])
    cells.append((x0, top, x1, bottom))
    return cells
