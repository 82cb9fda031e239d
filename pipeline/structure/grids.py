"""Which rows are one table, and which cells stand in one column? The rows of the text become tables as data.

Drawn cells tell their column by their left edge. Without rules the row with the most cells gives the columns, and the
others fall to them by what they stand above. A table goes on over the page's end where its columns do, or its head.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.document import Grid
from pipeline.readers.sheet import Line
from pipeline.structure.drafts import HEADING, STOP, Draft
from pipeline.structure.printed_words import is_caption, is_continued
from pipeline.structure.tidy import join

_SAME_EDGE = 3.0  # points
_AGREE = 0.8  # share of the columns that stand under those of the page before
_BETWEEN = 2  # titles between two rows of one table
_HEAD = 3  # rows that may be printed again on each page

_Span = tuple[float, float]


@dataclass(slots=True)
class _Cell:
    span: _Span
    text: str
    drawn: bool


@dataclass(slots=True)
class _Run:
    """Rows that follow each other on one page. `before`: what stood over them, the nearest last."""

    rows: list[tuple[Draft, list[_Cell]]]
    before: list[Draft] = field(default_factory=list)
    columns: list[_Span] = field(default_factory=list)

    @property
    def page(self) -> int:
        return self.rows[0][0].page

    @property
    def drawn(self) -> bool:
        return self.rows[0][1][0].drawn


def lay_grids(drafts: list[Draft]) -> list[Grid]:
    """The tables of a document; each row's draft is told the number of its table."""
    tables: list[list[_Run]] = []
    for run in _runs(drafts):
        if tables and _goes_on(tables[-1][-1], run):
            tables[-1].append(run)
        else:
            tables.append([run])
    grids: list[Grid] = []
    for table in tables:
        columns = max((run.columns for run in table), key=len)
        rows = list(_rows(table))
        if len(rows) < 2 or len(columns) < 2:
            continue
        number = len(grids) + 1
        for draft in (draft for run in table for draft, _ in run.rows):
            draft.grid = number
        grids.append(Grid(number, table[0].page, table[-1].page, _even(rows), _title(table[0].before)))
    return grids


def _runs(drafts: list[Draft]) -> Iterator[_Run]:
    run: _Run | None = None
    before: list[Draft] = []
    for draft in drafts:
        if draft.kind == "note":
            continue
        if draft.kind != "row":
            before.append(draft)
            continue
        cells = _cells(draft.cells)
        if run is None or before or not _follows(run, draft, cells):
            if run is not None:
                yield _measured(run)
            run = _Run([], before)
            before = []
        run.rows.append((draft, cells))
    if run is not None:
        yield _measured(run)


def _follows(run: _Run, draft: Draft, cells: list[_Cell]) -> bool:
    """Whether a row is of the same table as those right above it; tables side by side come one after the other."""
    if draft.page != run.page or cells[0].drawn != run.drawn:
        return False
    above = [cell.span for _, row in run.rows for cell in row]
    return any(_overlap(cell.span, span) > 0 for cell in cells for span in above)


def _cells(lines: list[Line]) -> list[_Cell]:
    blocks: dict[int, list[Line]] = {}
    for line in lines:
        blocks.setdefault(line.block, []).append(line)
    cells = []
    for block in blocks.values():
        edges = block[0].edges
        span = edges or (min(line.x0 for line in block), max(line.x1 for line in block))
        cells.append(_Cell(span, join([line.text for line in block], frozenset()), edges is not None))
    return cells


def _measured(run: _Run) -> _Run:
    rows = [cells for _, cells in run.rows]
    run.columns = _drawn_columns(rows) if run.drawn else _columns(rows)
    return run


def _drawn_columns(rows: list[list[_Cell]]) -> list[_Span]:
    """From left edge to left edge."""
    columns: list[_Span] = []
    for left, right in sorted(cell.span for cells in rows for cell in cells):
        if not columns or left - columns[-1][0] > _SAME_EDGE:
            columns.append((left, right))
    return columns


def _columns(rows: list[list[_Cell]]) -> list[_Span]:
    columns: list[_Span] = []
    for cells in sorted(rows, key=len, reverse=True):
        taken: set[int] = set()
        for span in (cell.span for cell in cells):
            over = [at for at, column in enumerate(columns) if _overlap(column, span) > 0]
            if not over:
                columns.append(span)
            elif len(over) == 1 and over[0] not in taken:
                taken.add(over[0])
                columns[over[0]] = min(columns[over[0]][0], span[0]), max(columns[over[0]][1], span[1])
    return sorted(columns)


def _place(cell: _Cell, columns: list[_Span]) -> int:
    """The column a cell stands in; of several the first."""
    if cell.drawn:
        return max((at for at, (left, _) in enumerate(columns) if left <= cell.span[0] + _SAME_EDGE), default=0)
    over = [at for at, column in enumerate(columns) if _overlap(column, cell.span) > 0]
    return over[0] if over else min(range(len(columns)), key=lambda at: abs(columns[at][0] - cell.span[0]))


def _goes_on(above: _Run, below: _Run) -> bool:
    """Whether the table goes on: on the next page, or behind a title in it."""
    between = below.before
    if below.page - above.page not in (0, 1) or len(between) > _BETWEEN or above.drawn != below.drawn:
        return False
    if below.page == above.page and not all(_may_stand_inside(draft) for draft in between):
        return False
    if below.page > above.page and not all(_may_stand_over(draft, above) for draft in between):
        return False
    repeated = _texts(above.rows[0][1]) == _texts(below.rows[0][1])
    return (repeated and bool(between or below.page > above.page)) or _agree(above.columns, below.columns)


def _may_stand_inside(draft: Draft) -> bool:
    return (
        draft.number is None
        and len(draft.text) <= HEADING
        and not draft.text.endswith(STOP)
        and not is_caption(draft.text)
    )


def _may_stand_over(draft: Draft, above: _Run) -> bool:
    """Over the part of a table on a new page stands nothing, or its title once more."""
    if is_continued(draft.text):
        return True
    return any(draft.text == other.text for other in above.before[-_BETWEEN:])


def _agree(first: list[_Span], second: list[_Span]) -> bool:
    """Whether the columns stand under each other."""
    if len(first) != len(second):
        return False
    under = sum(_overlap(a, b) > 0.5 * min(a[1] - a[0], b[1] - b[0]) for a, b in zip(first, second, strict=True))
    return under >= _AGREE * len(first)


def _overlap(first: _Span, second: _Span) -> float:
    return min(first[1], second[1]) - max(first[0], second[0])


def _texts(cells: list[_Cell]) -> list[str]:
    return [cell.text for cell in cells]


def _rows(table: list[_Run]) -> Iterator[list[str]]:
    """The rows with their cells in their columns, without heads that are printed again."""
    head = [_texts(cells) for _, cells in table[0].rows[:_HEAD]]
    for number, run in enumerate(table):
        again = number > 0
        if number:
            yield from (
                [draft.text]
                for draft in run.before
                if not is_continued(draft.text) and run.page == table[number - 1].page
            )
        for at, (draft, cells) in enumerate(run.rows):
            again = again and at < len(head) and _texts(cells) == head[at]
            if not again:
                yield _row(cells, run.columns, draft.language == "ar")


def _row(cells: list[_Cell], columns: list[_Span], right_to_left: bool) -> list[str]:
    row = [""] * len(columns)
    for cell in cells:
        at = _place(cell, columns)
        row[at] = f"{row[at]} {cell.text}" if row[at] else cell.text
    return row[::-1] if right_to_left else row


def _even(rows: list[list[str]]) -> tuple[tuple[str, ...], ...]:
    width = max(map(len, rows))
    return tuple((*row, *[""] * (width - len(row))) for row in rows)


def _title(before: list[Draft]) -> str:
    """The caption over a table, in one or two pieces, or the heading right over it."""
    near = [draft for draft in before[-2:] if len(draft.text) <= HEADING]
    if len(near) == 2 and is_caption(near[0].text) and not is_caption(near[1].text):
        return near[0].text if near[1].number or near[1].text.endswith(".") else f"{near[0].text} {near[1].text}"
    if near and near[-1] is before[-1] and (is_caption(near[-1].text) or near[-1].kind == "heading"):
        return near[-1].text
    return ""
