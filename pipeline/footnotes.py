"""Which lines at the foot of a page are footnotes? The smaller ones, or those marked "1/" as typists did."""

import re

from pipeline.readers.sheet import Line, Sheet

_SMALLER = 0.94  # of the size of the body
_HIGHEST = 0.3  # footnotes do not begin above this share of the page
_NOTE = re.compile(r"^(?:\[?\d{1,3}\]?\s|\*{1,3}\s?|[a-z]\s|\d{1,3}/\s|[a-z]/\s|[¹²³⁴-⁹])")
_TYPED = re.compile(r"^(?:\d{1,3}|\*{1,2}|[a-z])/\s")


def is_note(text: str) -> bool:
    """Whether a line begins as a footnote does."""
    return bool(_NOTE.match(text))


def footnotes(sheet: Sheet, lines: list[Line], body: float) -> tuple[list[Line], list[Line]]:
    """The lines of the text, and those of the notes; `body` is the usual height of the document's lines.

    Sizes tell nothing in a scan, where each line has the height of its own tallest letters.
    """
    for index, line in enumerate(lines):
        if line.row or line.top < _HIGHEST * sheet.height:
            continue
        rest = lines[index:]
        smaller = line.size < _SMALLER * body and sheet.method != "tesseract"
        marked = is_note(line.text) if smaller else bool(_TYPED.match(line.text))
        if not marked or any(other.top < line.top - 1 for other in rest):
            continue
        if not smaller or all(other.size <= line.size * 1.08 for other in rest):
            return lines[:index], rest
    return lines, []
