"""In which pieces is a text shown? Paragraphs, tables where they begin, and the footnotes of each page apart from both.

A footnote's mark leads to the note, and the note back to where it is called first. The rows of a table that are in
another part of the text are shown there, under the same head.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from search.as_json import marked
from search.text import ReadDocument, ReadGrid, ReadParagraph
from search.web.urls import Urls

Spans = Sequence[tuple[int, int]]
_LONG = 40  # rows
_BAR = " | "  # between the cells of a row's text


@dataclass(frozen=True, slots=True)
class Row:
    """`ordinal` is that of the row's paragraph, None where it is not known."""

    ordinal: int | None
    cells: tuple[Markup, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`head` is None where the first row does not look like one; `beside` are ordinals of rows not told apart."""

    number: int
    title: str
    page: int
    last_page: int
    language: str | None
    head: Row | None
    rows: tuple[Row, ...]
    beside: tuple[int, ...]
    kind: str = "table"


@dataclass(frozen=True, slots=True)
class Laid:
    """A page: its text (paragraphs and tables), and its notes."""

    body: tuple[ReadParagraph | Table, ...]
    notes: tuple[ReadParagraph, ...]


class Layout:
    """One part of a document, ready to be shown. `marks`: which words of each paragraph answer the question."""

    def __init__(self, document: ReadDocument, marks: Mapping[int, Spans], urls: Urls, room: int) -> None:
        self._urls, self._marks, self._room, self._sha256 = urls, marks, room, document.sha256
        every = [each for page in document.pages for each in page.paragraphs]
        self._here = {each.ordinal for each in every}
        self.called = {note: each.ordinal for each in reversed(every) for _, _, note in reversed(each.marks)}
        self._rows: dict[int, list[ReadParagraph]] = {}
        for each in every:
            if each.grid is not None:
                self._rows.setdefault(each.grid, []).append(each)
        grids = {grid.number: grid for grid in document.grids}
        self.pages: dict[int, Laid] = {}
        for page in document.pages:
            body: list[ReadParagraph | Table] = []
            for each in page.paragraphs:
                if each.grid in grids:
                    body.append(self._table(grids.pop(each.grid), page.language or document.language))
                elif each.grid not in self._rows and each.kind != "note":
                    body.append(each)
            self.pages[page.page] = Laid(tuple(body), tuple(each for each in page.paragraphs if each.kind == "note"))

    def text(self, paragraph: ReadParagraph) -> Markup:
        """A paragraph's text with the words of the question marked, and its notes' marks as links."""
        text, spans = paragraph.text[: self._room], self._marks.get(paragraph.ordinal, ())
        parts: list[Markup] = []
        done = 0
        for start, end, note in paragraph.marks:
            if start < done or end > len(text):
                continue
            parts.append(_stretch(text, done, start, spans))
            parts.append(self._call(text[start:end], note, paragraph.ordinal))
            done = end
        return Markup("").join([*parts, _stretch(text, done, len(text), spans)])

    def _call(self, mark: str, note: int, ordinal: int) -> Markup:
        href = f"#at-{note}" if note in self._here else self._urls.document(self._sha256, at=note)
        first = self.called.get(note) == ordinal
        return Markup('<a class="call"{} href="{}" role="doc-noteref" aria-label="footnote {}">{}</a>').format(
            Markup(' id="call-{}"').format(note) if first else "", href, mark.strip("[]/ "), mark
        )

    def _table(self, grid: ReadGrid, language: str | None) -> Table:
        waiting = list(self._rows.get(grid.number, ()))
        rows: list[Row] = []
        for row in grid.rows:
            paragraph = next((each for each in waiting[:3] if each.text == _BAR.join(filter(None, row))), None)
            if paragraph is not None:
                del waiting[: waiting.index(paragraph) + 1]
            rows.append(Row(paragraph.ordinal if paragraph else None, self._cells(row, paragraph)))
        known = {row.ordinal for row in rows}
        beside = tuple(each.ordinal for each in self._rows.get(grid.number, ()) if each.ordinal not in known)
        head = rows[0] if _is_head(grid) else None
        rest = rows[1:] if head else rows
        if len(grid.rows) > _LONG:  # a table that may go on through several parts
            rest = [row for row in rest if row.ordinal is not None] or rest
        return Table(grid.number, grid.title, grid.page, grid.last_page, language, head, tuple(rest), beside)

    def _cells(self, row: Sequence[str], paragraph: ReadParagraph | None) -> tuple[Markup, ...]:
        spans = self._marks.get(paragraph.ordinal, ()) if paragraph else ()
        cells, at = [], 0
        for cell in row:
            cells.append(Markup(marked(cell, [(start - at, end - at) for start, end in spans if end > at])))
            at += len(cell) + len(_BAR) if cell else 0
        return tuple(cells)


def _is_head(grid: ReadGrid) -> bool:
    first = [cell for cell in grid.rows[0] if cell]
    return len(grid.rows) > 2 and len(first) > 1 and all(any(map(str.isalpha, cell)) for cell in first)


def _stretch(text: str, start: int, end: int, spans: Spans) -> Markup:
    inside = [(a - start, b - start) for a, b in spans if b > start and a < end]
    return Markup(marked(text[start:end], inside)) if inside else escape(text[start:end])
