"""In what order is an Arabic line read? From the right, Latin words and figures in it from the left, by their places.

PDFium turns such lines by guess and spoils symbols and brackets ("(CMW/C/PHL/3)" becomes ")/3PHL/C/CMW )"); the places
of the characters do not lie.
"""

import re
import unicodedata
from dataclasses import dataclass

ARABIC = re.compile("[\u0621-\u064a\u0671-\u06d3\ufb50-\ufdff\ufe70-\ufefc]")
_BLANK = 0.12  # of the size of the type: a wider gap is a blank
_SAME = 0.3  # points: two characters in one place are one glyph
_WITHIN_LATIN = frozenset(" /.,-–:;&'’()[]@_+")
_WITHIN_FIGURES = frozenset("/.,-–:٫٬")
_LATE_MARK = re.compile(r"^([.\-–])\s?(\d{1,4}|[IVXLC]{1,6}|[A-Z])(?=\s)")
_THOUSANDS = 3  # digits in a group: "19 781"


@dataclass(slots=True)
class Glyph:
    """One printed shape: a letter with its marks, or a ligature."""

    text: str
    x0: float
    x1: float


def glyphs(characters: list[tuple[str, float, float]]) -> list[Glyph]:
    """Characters with their left and right edges, as the file has them, joined where they are one shape."""
    found: list[Glyph] = []
    marks: list[tuple[int, str, float]] = []
    for character, x0, x1 in characters:
        last = found[-1] if found else None
        if unicodedata.combining(character):
            marks.append((len(found), character, (x0 + x1) / 2))
        elif last and abs(x0 - last.x0) < _SAME and abs(x1 - last.x1) < _SAME:
            # Lam-alef comes as alef-lam: the file's glyph is turned with the line.
            last.text = character + last.text if character == "ل" else last.text + character
        else:
            found.append(Glyph(character, x0, x1))
    for place, mark, middle in marks:  # some files write a mark before its letter
        near = found[max(0, place - 1) : place + 1]
        if near:
            min(near, key=lambda shape: abs((shape.x0 + shape.x1) / 2 - middle)).text += mark
    return found


def logical(shapes: list[Glyph], size: float) -> str:
    """The text of a line (or of one cell) in the order in which it is read."""
    row = _with_blanks(sorted(shapes, key=lambda shape: (shape.x0 + shape.x1) / 2), size)
    runs = _runs(row)
    parts = ["".join(run if latin else reversed(run)) for run, latin in reversed(runs)]
    text = _brackets("".join(parts))
    return _LATE_MARK.sub(r"\2\1", text.strip())


def _with_blanks(shapes: list[Glyph], size: float) -> list[str]:
    """The shapes from left to right with a blank wherever the gap is wide."""
    row: list[str] = []
    reach: float | None = None
    for shape in shapes:
        if reach is not None and shape.x0 - reach > _BLANK * size:
            row.append(" ")
        row.append(shape.text)
        reach = shape.x1 if reach is None else max(reach, shape.x1)
    return row


def _runs(row: list[str]) -> list[tuple[list[str], bool]]:
    """The row cut into stretches that are read from the left (True) and from the right."""
    runs: list[tuple[list[str], bool]] = []
    at = 0
    while at < len(row):
        end = _end_of_latin(row, at)
        if end > at:
            runs.append((row[at:end], True))
            at = end
            continue
        if runs and not runs[-1][1]:
            runs[-1][0].append(row[at])
        else:
            runs.append(([row[at]], False))
        at += 1
    return runs


def _end_of_latin(row: list[str], start: int) -> int:
    """Where the Latin words or the figure that begin at `start` end; `start` if none begin there."""
    if _is_latin(row[start]):
        within, in_words = _WITHIN_LATIN, True
    elif row[start].isdigit():
        within, in_words = _WITHIN_FIGURES, False
    else:
        return start
    end = at = start + 1
    while at < len(row):
        if row[at][0].isdigit() or (in_words and _is_latin(row[at])):
            at += 1
            end = at
        elif row[at] in within:
            at += 1
        elif row[at] == " " and _is_group(row, at + 1):
            at += 1 + _THOUSANDS
            end = at
        else:
            break
    return end


def _is_group(row: list[str], at: int) -> bool:
    """Whether exactly three digits follow: the next group of a large number."""
    group = row[at : at + _THOUSANDS + 1]
    if len(group) < _THOUSANDS or not all(map(str.isdigit, group[:_THOUSANDS])):
        return False
    return len(group) == _THOUSANDS or not group[_THOUSANDS].isdigit()


def _is_latin(text: str) -> bool:
    return text[0].isalpha() and ord(text[0]) < 0x530


def _brackets(text: str) -> str:
    """Brackets as they are meant: one before a word opens, one behind a word closes, whichever way it was drawn."""
    result = list(text)
    for at, character in enumerate(text):
        pair = next((pair for pair in ("()", "[]", "«»") if character in pair), None)
        if pair is None:
            continue
        before = text[at - 1 : at] if at else " "
        after = text[at + 1 : at + 2] or " "
        if before.isspace() and not after.isspace():
            result[at] = pair[0]
        elif not before.isspace() and (after.isspace() or after in ".,;:،؛*"):
            result[at] = pair[1]
    return "".join(result)
