"""Which lines at the foot of a page are footnotes? The smaller ones, or those marked "1/" as typists did."""

import re

from pipeline.readers.sheet import Line, Sheet

_SMALLER = 0.93  # of the size of the body
_LETTER_SMALLER = 0.85
_HIGHEST = 0.3  # footnotes do not begin above this share of the page
_APART = 1.2  # line heights from the text's last line to the first note
_NOTE = re.compile(r"^(?:\[?\d{1,3}\]?\s|\*{1,3}\s?|[a-z]\s|\d{1,3}/\s|[a-z]/\s|[¹²³⁴-⁹])")
_TYPED = re.compile(r"^(?:\d{1,3}|\*{1,2}|[a-z])/\s")


def is_note(text: str) -> bool:
    """Whether a line begins as a footnote does."""
    return bool(_NOTE.match(text))


def _is_first_note(line: Line, body: float) -> bool:
    """Letters mark notes only where they are clearly smaller: "a" is a word."""
    return is_note(line.text) and (not line.text[0].isalpha() or line.size < _LETTER_SMALLER * body)


def footnotes(sheet: Sheet, lines: list[Line], body: float) -> tuple[list[Line], list[Line]]:
    """The lines of the text, and those of the notes; `body` is the usual height of the document's lines.

    Sizes tell nothing in a scan, where each line has the height of its own tallest letters.
    """
    for index, line in enumerate(lines):
        if line.row or line.top < _HIGHEST * sheet.height:
            continue
        rest = lines[index:]
        smaller = line.size < _SMALLER * body and sheet.method != "tesseract"
        marked = _is_first_note(line, body) if smaller else bool(_TYPED.match(line.text))
        if index and line.top - lines[index - 1].top < _APART * line.size and lines[index - 1].top < line.top:
            continue
        if not marked or any(other.top < line.top - 1 for other in rest):
            continue
        if not smaller or all(other.size <= line.size * 1.08 for other in rest):
            return lines[:index], rest
    return lines, []
