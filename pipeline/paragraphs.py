"""Where does a paragraph begin and end? Lines become headings, numbered paragraphs, table rows and footnotes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from pipeline.document import Paragraph
from pipeline.footnotes import footnotes, is_note
from pipeline.languages import detect
from pipeline.numbering import Printed, below, follows, printed_number
from pipeline.readers.sheet import Line, Sheet
from pipeline.tidy import join, vocabulary

_WIDER = 1.25  # times the usual distance of two lines: a gap between paragraphs
_INDENT = 1.0  # line heights
_FULL = 2.0  # line heights by which a full line may fall short of its column
_SHORT = 0.86  # a line that ends before this share of its column is the last of its paragraph
_HEADING = 220  # characters a heading has at most
_TELLING = 80  # characters from which a paragraph tells its own language
_LONGEST = 20_000  # characters after which a paragraph is cut at a line's end: something was misread
_END = tuple('.:;!?…”"»。：；！？؟؛)]')
_STOP = tuple(".:;!?…。：；！？؟؛")
_BEFORE_ITEM = (":", ";", ",", "：", "；", "،", "؛", " and", " et", " y", " и")
_ROMAN = re.compile(r"^(?:[IVXLC]+|[A-Z]|[一二三四五六七八九十]+)\s?[.、．]\s?\S")
_TITLE = re.compile(
    r"^(?:Annex|Appendix|Article|Chapter|Part|Section|Annexe|Chapitre|Partie|Anexo|Artículo|Capítulo|Sección|Статья"
    r"|Глава|Приложение|Раздел|المادة|الفصل|المرفق|第.{1,4}[条章节部]|附件)\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Draft:
    """A paragraph being put together."""

    page: int
    kind: str
    number: str | None
    lines: list[str] = field(default_factory=list)
    last: Line | None = None
    language: str | None = None
    bold: bool = False
    on: int = 0  # the page of its last line,
    around: list[Line] = field(default_factory=list)  # and the lines of that page
    before: tuple[int, ...] | None = None  # the last number before this paragraph's


def paragraphs(sheets: list[Sheet], texts: list[list[Line]]) -> list[Paragraph]:
    """The paragraphs of a document in reading order, footnotes after the paragraph their page ends in."""
    known = vocabulary(line.text for lines in texts for line in lines)
    drafts = _Segmenter(texts).drafts(sheets, texts)
    result: list[Paragraph] = []
    for draft in drafts:
        text = join(draft.lines, known) if draft.kind != "row" else draft.lines[0]
        if text:
            language = detect(text, draft.language) if len(text) >= _TELLING else draft.language
            result.append(Paragraph(len(result) + 1, draft.page, draft.number, language, text, draft.kind))
    return result


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

    def drafts(self, sheets: list[Sheet], texts: list[list[Line]]) -> list[_Draft]:
        done: list[_Draft] = []
        waiting: list[_Draft] = []  # footnotes, until the paragraph that runs over the page's end is complete
        current: _Draft | None = None
        for sheet, lines in zip(sheets, texts, strict=True):
            body, notes = footnotes(sheet, lines, self._body)
            edges = _edges(body)
            for unit in _units(body):
                line = unit[0]
                begun = self._begin(sheet, unit, current, edges)
                if begun is None and current is not None:
                    current.lines.append(line.text)
                    current.bold = current.bold and line.bold
                else:
                    done += [current, *waiting] if current is not None else []
                    waiting = []
                    current = begun
                assert current is not None
                current.last, current.on, current.around = unit[-1], sheet.number, body
            waiting += self._note_drafts(sheet, notes)
        if current is not None:
            done.append(current)
        return [self._named(draft) for draft in done + waiting]

    def _begin(
        self, sheet: Sheet, unit: list[Line], current: _Draft | None, edges: dict[int, tuple[float, float]]
    ) -> _Draft | None:
        """A new paragraph if one begins with this line, None if it goes on."""
        line = unit[0]
        if _is_row(unit):
            return _Draft(sheet.number, "row", None, [_row_text(unit)], language=sheet.language)
        fresh = current is None or current.kind == "row" or self._looks_new(line, current, edges, sheet)
        if fresh and current is not None and self._is_numbered_heading(current):
            self._last = current.before
        before = self._last
        printed = printed_number(line.text)
        number = self._number(line, printed, fresh or line.tab, current) if printed else None
        if not fresh and number is None:
            return None
        text = line.text[printed.length :] if number and printed else line.text
        return _Draft(sheet.number, "text", number, [text], None, sheet.language, line.bold, before=before)

    def _number(self, line: Line, printed: Printed, evidence: bool, current: _Draft | None) -> str | None:
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

    def _looks_new(self, line: Line, current: _Draft, edges: dict[int, tuple[float, float]], sheet: Sheet) -> bool:
        last = current.last
        assert last is not None
        if sum(map(len, current.lines)) > _LONGEST:
            return True
        if abs(line.size - last.size) > 0.12 * self._body and sheet.method != "tesseract":
            return True
        below = current.on == sheet.number and line.top > last.top
        if line.block != last.block and below and line.top - last.top > _WIDER * self._pitch_of(line):
            return not line.text[0].islower() or last.text.endswith(_STOP)
        if line.block != last.block or current.on != sheet.number:
            return self._new_after_break(line, last, current, edges[line.block][0])
        if line.top - last.top > _WIDER * self._pitch_of(line):
            return True
        if (
            line.bold != last.bold
            and (_is_heading_text(last.text) or line.tab)
            and len(current.lines) == 1
            and last.bold
        ):
            return True
        left, right = edges.get(line.block, (line.x0, line.x1))
        ended = last.text.endswith(_END)
        if ended and last.x1 < left + _SHORT * (right - left) and line.size > 0:
            return True
        return ended and line.x0 - last.x0 > _INDENT * line.size and len(current.lines) > 1

    def _pitch_of(self, line: Line) -> float:
        return self._pitch * max(1.0, line.size / self._body) if self._body else self._pitch

    def _new_after_break(self, line: Line, last: Line, current: _Draft, left: float) -> bool:
        """Over the end of a page or column a paragraph goes on unless its last line closed it."""
        if current.kind != "text" or _is_heading(current, self._body):
            return True
        first = line.text[0]
        if last.text.endswith("-") or first.islower():
            return False
        if line.bold != last.bold:
            return True
        if last.text.endswith(_STOP):
            # A sentence may end where the page does: then its last line is full, and the next one is not set in.
            full = last.x1 > _reach(last, current.around) - _FULL * last.size
            return not (full and current.number and line.x0 - left < 0.5 * line.size)
        return not first.isalnum() and first not in '([“"«'

    def _is_numbered_heading(self, draft: _Draft) -> bool:
        """ "1. Sources" in bold is the title of a section, not paragraph 1."""
        text = " ".join(draft.lines)
        single = draft.number is not None and draft.number.isdigit()
        return single and draft.bold and _is_heading_text(text) and not text.endswith(_END)

    def _note_drafts(self, sheet: Sheet, notes: list[Line]) -> Iterator[_Draft]:
        draft: _Draft | None = None
        for line in notes:
            if draft is None or (is_note(line.text) and (draft.last is None or draft.last.text.endswith(_END))):
                if draft is not None:
                    yield draft
                draft = _Draft(sheet.number, "note", None, [], None, sheet.language)
            draft.lines.append(line.text)
            draft.last = line
        if draft is not None:
            yield draft

    def _named(self, draft: _Draft) -> _Draft:
        if draft.kind == "text" and self._is_numbered_heading(draft):
            draft.lines[0] = f"{draft.number}. {draft.lines[0]}"
            draft.kind, draft.number = "heading", None
        elif draft.kind == "text" and draft.number is None and _is_heading(draft, self._body):
            draft.kind = "heading"
        return draft


def _is_heading(draft: _Draft, body: float) -> bool:
    text = " ".join(draft.lines)
    last = draft.last
    if last is None or not _is_heading_text(text) or (text.endswith((".", ";", ",")) and not _ROMAN.match(text)):
        return False
    return last.bold or last.size > 1.08 * body or text.isupper() or bool(_ROMAN.match(text) or _TITLE.match(text))


def _is_heading_text(text: str) -> bool:
    return 1 < len(text) <= _HEADING and any(map(str.isalpha, text)) and not text[0].islower()


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
    """How far to the right the column goes that a line stands in."""
    return max(other.x1 for other in lines if other.x0 < line.x1 and other.x1 > line.x0)


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
