"""Where does a paragraph begin and end? Lines become headings, numbered paragraphs, table rows and footnotes."""

from collections.abc import Iterator
from itertools import pairwise
from statistics import median

from pipeline.document import Grid, Paragraph
from pipeline.languages import detect
from pipeline.readers.sheet import Line, Sheet
from pipeline.structure.drafts import END, STOP, Draft, is_heading, is_heading_text, is_numbered_heading
from pipeline.structure.footnotes import begins_note, endnote_mark, footnotes, may_follow, note_mark
from pipeline.structure.grids import lay_grids
from pipeline.structure.note_links import link_notes
from pipeline.structure.numbering import Printed, below, follows, printed_number
from pipeline.structure.printed_words import is_caption, opens_notes
from pipeline.structure.tidy import join, vocabulary

_WIDER = 1.25  # times the usual distance of two lines: a gap between paragraphs
_INDENT = 1.0  # line heights
_FULL = 2.0  # line heights by which a full line may fall short of its column
_SHORT = 0.86  # a line that ends before this share of its column is the last of its paragraph
_TELLING = 80  # characters from which a paragraph tells its own language
_CAPTIONS = 2  # lines of a caption over a table
_FIRST = ("1", "a", "*")  # the marks with which a list of notes begins
_LONGEST = 20_000  # characters after which a paragraph is cut at a line's end: something was misread
_BEFORE_ITEM = (":", ";", ",", "：", "；", "،", "؛", " and", " et", " y", " и")


def paragraphs(sheets: list[Sheet], texts: list[list[Line]]) -> tuple[list[Paragraph], list[Grid]]:
    """The paragraphs of a document in reading order, footnotes after the paragraph their page ends in; its tables."""
    known = vocabulary(line.text for lines in texts for line in lines)
    drafts = [draft for draft in _Segmenter(texts).drafts(sheets, texts) if any(draft.lines)]
    grids = lay_grids(drafts)
    alike = {sheet.number for sheet in sheets if sheet.all_in}
    result: list[Paragraph] = []
    for draft in drafts:
        text = join(draft.lines, known) if draft.kind != "row" else draft.lines[0]
        ask = len(text) >= _TELLING and not (draft.page in alike and max(draft.page, draft.on) in alike)
        language = detect(text, draft.language) if ask else draft.language
        place = (len(result) + 1, draft.page, draft.number, language, text, draft.kind)
        result.append(Paragraph(*place, last_page=max(draft.page, draft.on), mark=draft.mark, grid=draft.grid))
    return link_notes(result), grids


class _Segmenter:
    """Goes through the lines once, with the document's usual type and spacing at hand."""

    def __init__(self, texts: list[list[Line]]) -> None:
        sizes = sorted((line.size, len(line.text)) for lines in texts for line in lines)
        self._body = _weighted_median(sizes)
        steps = [b.top - a.top for lines in texts for a, b in pairwise(lines) if a.x0 < b.x1 and b.x0 < a.x1]
        steps = [step for step in steps if 0.8 * self._body < step < 3.5 * self._body]
        self._pitch = _lower_mode(steps) or 1.3 * self._body
        self._last: tuple[int, ...] | None = None
        self._parent: str | None = None
        self._done: list[Draft] = []
        self._current: Draft | None = None
        self._note: Draft | None = None  # the last footnote

    def drafts(self, sheets: list[Sheet], texts: list[list[Line]]) -> list[Draft]:
        """All of the document, footnotes once the paragraph that runs over their page's end is complete."""
        waiting: list[Draft] = []
        for sheet, lines in zip(sheets, texts, strict=True):
            body, notes = footnotes(sheet, lines, self._body, self._running(sheet))
            edges = _edges(body)
            for unit in _units(body):
                begun = self._begin(sheet, unit, edges)
                if begun is not None:
                    self._done += [*waiting, begun]
                    self._current = begun
                    waiting = []
                assert self._current is not None
                self._current.last, self._current.on, self._current.around = unit[-1], sheet.number, body
            waiting += self._note_drafts(sheet, notes)
        return [self._named(draft) for draft in self._done + waiting]

    def _begin(self, sheet: Sheet, unit: list[Line], edges: dict[int, tuple[float, float]]) -> Draft | None:
        """A new paragraph if one begins with this line, None if it goes on."""
        line, current = unit[0], self._current
        if _is_row(unit):
            return Draft(sheet.number, "row", None, [_row_text(unit)], None, sheet.language, cells=unit)
        fresh = current is None or current.kind == "row" or self._looks_new(line, current, edges, sheet)
        if current is not None and (current.kind == "note" or opens_notes(current.text)):
            listed = endnote_mark(line.text)
            if listed and may_follow(listed[0], current.mark) and (current.mark or listed[0] in _FIRST):
                return Draft(sheet.number, "note", None, [line.text[listed[1] :]], None, sheet.language, mark=listed[0])
            fresh = fresh and (current.kind != "note" or line.bold or line.size > 1.08 * self._size_of(current))
        if fresh and current is not None and is_numbered_heading(current):
            self._last = current.before
        before = self._last
        printed = printed_number(line.text)
        number = self._number(line, printed, fresh or line.tab, current) if printed else None
        broken = self._broken_off(line, sheet) if fresh and number is None and not line.box else None
        if broken is not None:
            self._current = current = broken
            fresh = False
        if not fresh and number is None and current is not None:
            current.lines.append(line.text)
            current.bold = current.bold and line.bold
            return None
        text = line.text[printed.length :] if number and printed else line.text
        return Draft(sheet.number, "text", number, [text], None, sheet.language, line.bold, before=before)

    def _broken_off(self, line: Line, sheet: Sheet) -> Draft | None:
        """The paragraph that this line goes on with, where a table or a box stands in the middle of its sentence."""
        current = self._current
        if current is None or not line.text[:1].islower() or not (current.kind == "row" or _boxed(current)):
            return None
        before = [draft for draft in self._done if draft.kind != "note"]
        while before and (before[-1].kind == "row" or _boxed(before[-1])):
            before.pop()
        for draft in reversed(before[-_CAPTIONS - 1 :]):
            last = draft.last
            if draft.kind != "text" or last is None or is_caption(draft.text):
                continue
            whole = len(draft.text) > _TELLING and not last.text.endswith(STOP)
            near = (
                sheet.number - draft.on <= 1
                and abs(line.x0 - min(each.x0 for each in draft.around if each.block == last.block)) < 2 * line.size
            )
            return draft if whole and near else None
        return None

    def _number(self, line: Line, printed: Printed, evidence: bool, current: Draft | None) -> str | None:
        if not printed.parts:
            if not evidence and not (current and current.lines and current.lines[-1].endswith(_BEFORE_ITEM)):
                return None
            return below(self._parent, printed.number)
        if printed.bare and not evidence:
            return None
        if printed.misread and (not evidence or self._last is None or printed.parts[0] != self._last[0] + 1):
            return None
        if not follows(printed.parts, self._last, evidence):
            return None
        if len(printed.parts) == 1 or self._last is None:
            self._last = printed.parts
        self._parent = printed.number
        return printed.number

    def _looks_new(self, line: Line, current: Draft, edges: dict[int, tuple[float, float]], sheet: Sheet) -> bool:
        last = current.last
        assert last is not None
        if sum(map(len, current.lines)) > _LONGEST or _leaves_box(line, last, current.on == sheet.number):
            return True
        if abs(line.size - last.size) > 0.12 * self._body and sheet.method != "tesseract":
            return True
        below = current.on == sheet.number and line.top > last.top
        if line.block != last.block and below and line.top - last.top > _WIDER * self._pitch_of(line):
            return not line.text[:1].islower() or last.text.endswith(STOP)
        if line.block != last.block or current.on != sheet.number:
            return self._new_after_break(line, last, current, edges[line.block][0])
        if line.top - last.top > _WIDER * self._pitch_of(line):
            return True
        if (
            line.bold != last.bold
            and (is_heading_text(last.text) or line.tab)
            and len(current.lines) == 1
            and last.bold
        ):
            return True
        left, right = edges.get(line.block, (line.x0, line.x1))
        ended = last.text.endswith(END)
        if ended and last.x1 < left + _SHORT * (right - left) and line.size > 0:
            return True
        return ended and line.x0 - last.x0 > _INDENT * line.size and len(current.lines) > 1

    def _pitch_of(self, line: Line) -> float:
        return self._pitch * max(1.0, line.size / self._body) if self._body else self._pitch

    def _new_after_break(self, line: Line, last: Line, current: Draft, left: float) -> bool:
        """Over the end of a page or column a paragraph goes on unless its last line closed it."""
        if current.kind != "text" or is_heading(current, self._body):
            return True
        first = line.text[:1]
        if last.text.endswith("-") or first.islower():
            return False
        if line.bold != last.bold:
            return True
        if last.text.endswith(STOP):
            # A sentence may end where the page does: then its last line is full, and the next one is not set in.
            full = last.x1 > _reach(last, current.around) - _FULL * last.size
            return not (full and current.number and line.x0 - left < 0.5 * line.size)
        return not first.isalnum() and first not in '([“"«'

    def _size_of(self, draft: Draft) -> float:
        return draft.last.size if draft.last is not None else self._body

    def _running(self, sheet: Sheet) -> str | None:
        """The last note of the page before, which may go on."""
        note = self._note
        return note.text if note is not None and note.on == sheet.number - 1 else None

    def _note_drafts(self, sheet: Sheet, notes: list[Line]) -> Iterator[Draft]:
        right = max((line.x1 for line in notes), default=0.0)
        before = self._note if self._running(sheet) is not None else None
        for at, line in enumerate(notes):
            last = before.last if before is not None and (at or not note_mark(line.text)) else None
            found = begins_note(line, last, before.mark if before is not None else None, right)
            if found is None and before is not None and (at or last is not None):
                before.take(line, sheet.number)
                continue
            text = line.text[found[1] :] if found else line.text
            before = Draft(sheet.number, "note", None, [], None, sheet.language, mark=found[0] if found else None)
            before.take(line, sheet.number)
            before.lines = [text]
            self._note = before
            yield before

    def _named(self, draft: Draft) -> Draft:
        if draft.kind == "text" and is_numbered_heading(draft):
            draft.lines[0] = f"{draft.number}. {draft.lines[0]}"
            draft.kind, draft.number = "heading", None
        elif draft.kind == "text" and draft.number is None and is_heading(draft, self._body):
            draft.kind = "heading"
        return draft


def _leaves_box(line: Line, last: Line, same_page: bool) -> bool:
    """Whether one of two lines is in a box and the other one is not, or in another."""
    return line.box != last.box and (same_page or not (line.box and last.box))


def _boxed(draft: Draft) -> bool:
    return draft.last is not None and draft.last.box > 0


def _units(lines: list[Line]) -> Iterator[list[Line]]:
    """Single lines, and the cells of a table row together."""
    row: list[Line] = []
    for line in lines:
        if row and line.row == row[0].row:
            row.append(line)
            continue
        if row:
            yield row
        row = [line] if line.row else []
        if not line.row:
            yield [line]
    if row:
        yield row


def _is_row(unit: list[Line]) -> bool:
    return unit[0].ruled or len({line.block for line in unit}) > 1


def _row_text(unit: list[Line]) -> str:
    cells: dict[int, list[str]] = {}
    for line in unit:
        cells.setdefault(line.block, []).append(line.text)
    return " | ".join(join(cell, frozenset()) for cell in cells.values())


def _edges(lines: list[Line]) -> dict[int, tuple[float, float]]:
    """Left and right edge of each block."""
    edges: dict[int, tuple[float, float]] = {}
    for line in lines:
        left, right = edges.get(line.block, (line.x0, line.x1))
        edges[line.block] = min(left, line.x0), max(right, line.x1)
    return edges


def _reach(line: Line, lines: list[Line]) -> float:
    """How far to the right the column goes that a line stands in; a broken file has lines without any width."""
    return max((other.x1 for other in lines if other.x0 < line.x1 and other.x1 > line.x0), default=line.x1)


def _weighted_median(sizes: list[tuple[float, int]]) -> float:
    half = sum(weight for _, weight in sizes) / 2
    for size, weight in sizes:
        half -= weight
        if half <= 0:
            return size
    return 0.0


def _lower_mode(steps: list[float]) -> float:
    """The usual distance of two lines: the commonest, and of two about as common the smaller."""
    if not steps:
        return 0.0
    counts: dict[int, list[float]] = {}
    for step in steps:
        counts.setdefault(round(step * 2), []).append(step)
    most = max(map(len, counts.values()))
    return median(next(counts[key] for key in sorted(counts) if len(counts[key]) >= 0.5 * most))
