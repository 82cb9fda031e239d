"""Which cells have the ruled tables of a page? pdfplumber finds them, PDFium's lines are laid into them.

pdfplumber reads about ten pages a second where PDFium reads hundreds: it is given the rules that PDFium has seen drawn,
and reads the page itself only where a line of PDFium's runs over the edge of a cell. Whatever goes wrong there leaves
the page as PDFium read it. A table without rules is read by the places of its lines: see `pipeline.readers.order`.
"""

import io
import logging
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from types import FrameType
from typing import Any, cast

from pipeline.limits import Limits
from pipeline.readers.rtl import ARABIC
from pipeline.readers.sheet import Line, Sheet
from pipeline.structure.tidy import characters

_BESIDE = 3.0  # points by which a line may reach over the edge of its cell
_FILLED = 0.4  # share of its cells that hold text in a table; the bars of a chart are empty
_MASTHEAD = 1 / 3  # of the first page: what begins in it
_MASTHEAD_ROWS = 5  # is a table only with so many rows
_SHARE = 0.25  # of a file's processor time that may go to tables

_log = logging.getLogger(__name__)
_Box = tuple[float, float, float, float]  # x0, top, x1, bottom
_Rows = list[list[_Box]]


class _TooSlow(Exception):
    """A page takes longer than `Limits.table_seconds`."""


def may_hold_table(sheet: Sheet) -> bool:
    """Whether enough is drawn on a page of text."""
    return sheet.method == "pypdfium2" and bool(sheet.rules)


def lay_out_tables(data: bytes, sheets: list[Sheet], limits: Limits) -> None:
    """Puts the lines of ruled tables into rows and cells; sheets whose tables were found so say "pdfplumber"."""
    wanted = [sheet for sheet in sheets if may_hold_table(sheet)][: limits.table_pages]
    until = time.process_time() + _SHARE * limits.cpu_seconds
    if not wanted:
        return
    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns of every odd colour
    file = _File(data, [sheet.number for sheet in wanted])
    for sheet in wanted:
        if time.process_time() > until:
            break
        try:
            with _at_most(limits.table_seconds):
                _lay_out(_Drawn(sheet, file), sheet)
        except Exception as problem:  # noqa: BLE001 -- pdfminer raises anything; the text is there already
            _log.warning("page %d without pdfplumber: %s: %s", sheet.number, type(problem).__name__, problem)
    file.close()


class _File:
    """The file as pdfplumber reads it, opened when the first page needs it."""

    def __init__(self, data: bytes, numbers: list[int]) -> None:
        self._data = data
        self._numbers = numbers
        self._document: Any = None

    def characters(self, sheet: Sheet) -> list[dict[str, Any]]:
        """The characters of a page, measured as the sheet is."""
        import pdfplumber

        if self._document is None:
            self._document = pdfplumber.open(io.BytesIO(self._data), pages=self._numbers)
        page = next(page for page in self._document.pages if page.page_number == sheet.number)
        left, top, right, bottom = page.cropbox
        if abs(right - left - sheet.width) > 1 or abs(bottom - top - sheet.height) > 1:
            return []  # the two programs see different pages
        moved = []
        for one in page.chars:
            across, down = {"x0": one["x0"] - left, "x1": one["x1"] - left}, one["top"] - top
            moved.append(one | across | {"top": down, "bottom": one["bottom"] - top, "doctop": down})
        page.close()
        return moved

    def close(self) -> None:
        if self._document is not None:
            self._document.close()


class _Drawn:
    """A page as pdfplumber's finder of tables wants it: the rules PDFium saw, and its own characters if it must."""

    def __init__(self, sheet: Sheet, file: _File) -> None:
        self.bbox = (0.0, 0.0, sheet.width, sheet.height)
        self.edges = [_edge(*rule) for rule in sheet.rules]
        self._sheet = sheet
        self._file = file

    @cached_property
    def chars(self) -> list[dict[str, Any]]:
        """pdfplumber's characters."""
        return self._file.characters(self._sheet)


def _edge(x0: float, top: float, x1: float, bottom: float) -> dict[str, Any]:
    upright = x1 - x0 < bottom - top
    if upright:
        x1 = x0
    else:
        bottom = top
    place = {"x0": x0, "x1": x1, "top": top, "bottom": bottom, "doctop": top, "width": x1 - x0, "height": bottom - top}
    return place | {"object_type": "line", "orientation": "v" if upright else "h"}


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Ends what takes longer. Signals reach the main thread alone, which is where a child process reads."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise _TooSlow(f"more than {seconds:g} seconds")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, seconds)  # again, should pdfminer swallow the first
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _lay_out(page: _Drawn, sheet: Sheet) -> None:
    from pdfplumber.table import TableFinder

    waiting: list[Any] = []
    for table in TableFinder(cast(Any, page)).tables:
        if not _take(sheet, [table]):
            waiting.append(table)
    beside = [table for table in waiting if table.bbox[1] < waiting[0].bbox[3] and table.bbox[3] > waiting[0].bbox[1]]
    if len(beside) > 1:
        _take(sheet, beside)  # PDFium may have read one line across them


def _take(sheet: Sheet, tables: list[Any]) -> bool:
    """Whether these were tables, and stand in the sheet now."""
    rows = [row for table in tables for row in _rows(table)]
    cells = [cell for row in rows for cell in row]
    if len(rows) < 2 or max(map(len, rows)) < 2:
        return False
    if sheet.number == 1 and cells[0][1] < _MASTHEAD * sheet.height and len(rows) < _MASTHEAD_ROWS * len(tables):
        return False
    taken, laid = _cell_lines(sheet, tables, rows)
    if not _is_table(laid, len(cells)):
        return False
    _replace(sheet, taken, laid)
    sheet.method = "pdfplumber"
    return True


def _rows(table: Any) -> _Rows:
    """The boxes of the cells, row by row."""
    found = [[cell for cell in row.cells if cell] for row in table.rows]
    return [row for row in found if row]


def _cell_lines(sheet: Sheet, tables: list[Any], rows: _Rows) -> tuple[list[Line], list[Line]]:
    """The lines that stand in the tables, and the lines to put in their place; none if words could get lost."""
    cells = [cell for row in rows for cell in row]
    own: dict[int, list[Line]] = {}
    across: dict[int, list[Line]] = {}  # cells over whose edge a line runs: their words are pdfplumber's
    taken: list[Line] = []
    for line in sheet.lines:
        over = [at for at, cell in enumerate(cells) if _stands_in(line, cell)]
        if not over:
            continue
        taken.append(line)
        for at in over:
            (own if len(over) == 1 else across).setdefault(at, []).append(line)
    if across:
        texts = [text for table in tables for row in table.extract() for text in row if text is not None]
        crossing = list({id(line): line for lines in across.values() for line in lines}.values())
        lost = [*crossing, *(line for at in across for line in own.get(at, []))]
        made = {at: _set(texts[at] or "", cells[at], lines[0]) for at, lines in across.items()}
        before = "".join(line.text for line in lost)
        if not _says_the_same(before, "".join(line.text for lines in made.values() for line in lines)):
            return [], []
        own |= made
    laid: list[Line] = []
    at = 0
    first_row = 1 + max((line.row for line in sheet.lines), default=0)
    first_block = 1 + max((line.block for line in sheet.lines), default=0)
    for number, row in enumerate(rows):
        places = range(at, at + len(row))
        at += len(row)
        for place in reversed(places) if sheet.language == "ar" else places:
            for line in sorted(own.get(place, []), key=lambda line: (round(line.top), line.x0)):
                where = (cells[place][0], cells[place][2])
                laid.append(replace(line, row=first_row + number, block=first_block + place, ruled=True, edges=where))
    return taken, laid


def _stands_in(line: Line, cell: _Box) -> bool:
    x0, top, x1, bottom = cell
    reach = min(_BESIDE, line.width / 3)
    return top <= (line.top + line.bottom) / 2 < bottom and line.x0 < x1 - reach and line.x1 > x0 + reach


def _set(text: str, cell: _Box, like: Line) -> list[Line]:
    """pdfplumber's text of a cell as lines."""
    x0, top, x1, _ = cell
    texts = [characters(part) for part in text.split("\n")]
    return [
        Line(part, x0, top + at * like.size, x1, top + (at + 1) * like.size, like.size, like.bold)
        for at, part in enumerate(texts)
        if part
    ]


def _says_the_same(before: str, after: str) -> bool:
    """Whether two readings hold as many letters; the order of Arabic letters is PDFium's and ours to find."""
    if ARABIC.search(before) or "(cid:" in after:
        return False
    theirs, ours = (sum(map(str.isalnum, text)) for text in (after, before))
    return abs(theirs - ours) <= 0.02 * ours


def _is_table(laid: list[Line], cells: int) -> bool:
    """Text in enough of the cells, and in two rows and two columns at least."""
    filled: dict[int, set[int]] = {}
    for line in laid:
        filled.setdefault(line.row, set()).add(line.block)
    rows = sum(len(blocks) > 1 for blocks in filled.values())
    return rows > 1 and sum(map(len, filled.values())) >= _FILLED * cells


def _replace(sheet: Sheet, taken: list[Line], laid: list[Line]) -> None:
    """The table stands where its first line stood."""
    gone = {id(line) for line in taken}
    place = next(at for at, line in enumerate(sheet.lines) if id(line) in gone)
    rest = [[line for line in part if id(line) not in gone] for part in (sheet.lines[:place], sheet.lines[place:])]
    sheet.lines = [*rest[0], *laid, *rest[1]]
