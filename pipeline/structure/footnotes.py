"""Which lines at the foot of a page are footnotes? The smaller ones, or those marked "1/" as typists did."""

import re

from pipeline.readers.sheet import Line, Sheet
from pipeline.structure.drafts import END

_SMALLER = 0.93  # of the size of the body
_LETTER_SMALLER = 0.85
_HIGHEST = 0.3  # footnotes do not begin above this share of the page
_APART = 1.2  # line heights from the text's last line to the first note
_SAME = 1.08  # times: lines of one size
_SKIPPED = 5  # numbers of notes that may be missing before the next
_SHORT = 0.86  # of the width of the notes: a line that ends its note
_MARK = re.compile(
    r"""^(?:\[(?P<boxed>\d{1,3}|[a-z]|\*{1,4})\]\s? | (?P<typed>\d{1,3}|[a-z]{1,2}|\*{1,4})\s?/\s+(?=\S)
    | (?P<stars>\*{1,4}|[†‡])\s?(?=[^\s*]) | (?P<figures>\d{1,3})\s+(?!\d{3}\b)(?=\S) | (?P<letter>[a-z])\s+(?=\S)
    | (?P<raised>[¹²³⁰⁴-⁹]{1,3})\s?(?=\S) )""",
    re.VERBOSE,
)
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_ENDNOTE = re.compile(r"^\(?(?P<figures>\d{1,3})[.)/]?\)?\s+(?=\S)|^(?P<letter>[a-z])/\s+(?=\S)")


def note_mark(text: str) -> tuple[str, int] | None:
    """The mark a note's first line begins with, without the typist's bar, and how much of the line it takes."""
    match = _MARK.match(text)
    if match is None:
        return None
    return next(filter(None, match.groups())).translate(_RAISED), match.end()


def endnote_mark(text: str) -> tuple[str, int] | None:
    """The same for the list of notes at a document's end, where "1." and "(1)" mark them too."""
    match = _ENDNOTE.match(text)
    return (next(filter(None, match.groups())), match.end()) if match else note_mark(text)


def may_follow(mark: str, last: str | None) -> bool:
    """Whether a note so marked can come after the note `last`."""
    if last is None or not mark.isdigit() or not last.isdigit():
        return True
    return 0 < int(mark) - int(last) <= _SKIPPED


def _is_first_note(line: Line, body: float) -> bool:
    """Letters mark notes only where they are clearly smaller: "a" is a word."""
    found = note_mark(line.text)
    if found is None or not any(map(str.isalpha, line.text[found[1] :])):
        return False
    return not line.text[0].isalpha() or line.size < _LETTER_SMALLER * body


def _is_typed(line: Line) -> bool:
    match = _MARK.match(line.text)
    return match is not None and match["typed"] is not None


def footnotes(
    sheet: Sheet, lines: list[Line], body: float, running: str | None = None
) -> tuple[list[Line], list[Line]]:
    """The lines of the text, and those of the notes; `body` is the usual height of the document's lines.

    `running`: the last note of the page before, which may go on here. Sizes tell nothing in a scan, where each line has
    the height of its own tallest letters.
    """
    first = _first_note(sheet, lines, body)
    if running is not None and sheet.method != "tesseract":
        first = _with_the_rest(sheet, lines, first, body, running)
    return lines[:first], lines[first:]


def _first_note(sheet: Sheet, lines: list[Line], body: float) -> int:
    for index, line in enumerate(lines):
        if line.row or line.top < _HIGHEST * sheet.height:
            continue
        rest = lines[index:]
        smaller = line.size < _SMALLER * body and sheet.method != "tesseract"
        marked = _is_first_note(line, body) if smaller else _is_typed(line)
        if index and line.top - lines[index - 1].top < _APART * line.size and lines[index - 1].top < line.top:
            continue
        if not marked or any(other.top < line.top - 1 for other in rest):
            continue
        if not smaller or all(other.size <= line.size * _SAME for other in rest):
            return index
    return len(lines)


def _with_the_rest(sheet: Sheet, lines: list[Line], first: int, body: float, running: str) -> int:
    """The first line of what is left of a note that began on the page before: as small, over the page's own notes."""
    start = first
    size = lines[first].size if first < len(lines) else lines[-1].size if lines else 0.0
    if not 0 < size < _SMALLER * body:
        return first
    while start and _is_rest(lines[start - 1], lines[start:], size) and lines[start - 1].top > _HIGHEST * sheet.height:
        start -= 1
    if start == first:
        return first
    goes_on = not running.endswith(END) or lines[start].text[0].islower()
    return start if goes_on and not lines[start].row else first


def _is_rest(line: Line, below: list[Line], size: float) -> bool:
    return not line.row and size / _SAME < line.size < size * _SAME and (not below or line.top < below[0].top)


def begins_note(line: Line, last: Line | None, mark: str | None, right: float) -> tuple[str, int] | None:
    """The mark of the note that begins with this line, if one does; `mark` is that of the note before, which ended or
    goes on; `right` is how far the notes reach."""
    found = note_mark(line.text)
    if found is None or last is None:
        return found
    if found[0].isalpha() and mark is not None and not mark.isalpha() and not _is_typed(line):
        return None
    if not may_follow(found[0], mark):
        return None
    over = last.text.endswith(END) or last.x1 < _SHORT * right
    following = found[0].isdigit() and mark is not None and mark.isdigit() and int(found[0]) == int(mark) + 1
    return found if over or (following and abs(line.x0 - last.x0) > 1.0) else None
