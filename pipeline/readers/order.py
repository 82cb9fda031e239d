"""In what order are the lines of a page read? Blocks first, then cuts across the page and down it.

A file mostly writes its lines in reading order, but mastheads, headings and floating boxes come whenever the author's
program pleased, and a table may come cell by cell. So lines that follow each other down the page become a block, and
the blocks are put in order by where they stand: above before below, left before right (right before left in Arabic).
"""

from collections.abc import Callable
from itertools import pairwise
from statistics import median

from pipeline.readers.boxed import number_boxes
from pipeline.readers.sheet import Line, Sheet

_FOLLOWS = 2.6  # line heights from one line's top to the next one's within a block
_SAME_ROW = 0.3  # line heights
_FULL = 0.8  # share of its column that a line of prose fills
_OTHER_TYPE = 1.3  # times larger: a title over the text
_ROW_STEP = 1.6  # line heights from one row of a table to the next
_BETWEEN = 2  # blocks between two rows of one table: a title inside it
_SLACK = 2.0  # points by which blocks may overlap and still be cut apart
_MAX_LINES = 4000
_PROSE_LINES = 4  # a column of prose has at least so many lines,
_PROSE_CHARACTERS = 18  # with so many characters in the median one,
_PROSE_WIDTH = 0.18  # and is as wide as this share of the page
_CELL = 800  # characters from which a block is no cell of a table
_TABLE_ROWS = 3  # so many rows with several cells make a table

_Block = list[Line]
_Extent = Callable[[_Block], tuple[float, ...]]


def put_in_order(sheet: Sheet, right_to_left: bool = False, as_written: bool = False) -> None:
    """Sorts the lines of a page; numbers blocks and, where there is a table, rows.

    With `as_written` only the blocks are numbered: the text layer of a scan is in the order in which OCR understood it.
    """
    if len(sheet.lines) > _MAX_LINES:
        return
    if as_written:
        _number(_blocks(sheet.lines))
        return
    number_boxes(sheet)
    boxes: dict[int, _Block] = {}
    for line in sheet.lines:
        boxes.setdefault(line.box, []).append(line)
    plans = {}
    for box, lines in boxes.items():
        if box:
            plans[box] = _Plan(sheet.width, right_to_left)
            plans[box].order(_pieces(lines, sheet.width))
    whole = _Plan(sheet.width, right_to_left)
    whole.order(_pieces(boxes.get(0, []), sheet.width) + [boxes[box] for box in plans])
    blocks = []
    for block in whole.blocks:
        blocks += plans[block[0].box].blocks if block[0].box else [block]
    sheet.lines = [line for block in blocks for line in block]
    _number(blocks)
    rows = [row for plan in (whole, *plans.values()) for row in plan.table_rows()]
    for number, row in enumerate(rows, 1):
        for line in (line for block in row for line in block):
            line.row = number


def _pieces(lines: list[Line], page_width: float) -> list[_Block]:
    blocks = _blocks(lines)
    if _beside(lines) >= _PROSE_LINES:
        across = _blocks(lines, across=True)
        if len(across) < len(blocks) and sum(_is_full_column(block, page_width) for block in across) > 1:
            return across  # columns of prose that the file writes line by line across the page
    return blocks


def _beside(lines: list[Line]) -> int:
    """How many lines stand beside the one before them."""
    return sum([abs(b.top - a.top) < _SAME_ROW * b.size for a, b in pairwise(lines)])


def _number(blocks: list[_Block]) -> None:
    for number, block in enumerate(blocks, 1):
        for line in block:
            line.block = number


def _blocks(lines: list[Line], across: bool = False) -> list[_Block]:
    """Lines that follow each other in the file and down the page.

    With `across`, a line beside the last one may go on with a block further back.
    """
    blocks: list[_Block] = []
    for line in lines:
        open_blocks = blocks[-1:]
        if across and blocks and abs(line.top - blocks[-1][-1].top) < _SAME_ROW * line.size:
            open_blocks = blocks[:-5:-1]
        elif across:
            open_blocks = blocks[:-3:-1]
        for block in open_blocks:
            if _continues(block, line):
                block.append(line)
                break
        else:
            if not across and _begins_a_row(blocks, line):
                blocks.append([blocks[-1].pop()])
            blocks.append([line])
    return blocks


def _begins_a_row(blocks: list[_Block], line: Line) -> bool:
    """Whether the last line of the text above is beside this one: the first cell of a table's first row."""
    if not blocks or len(blocks[-1]) < 2:
        return False
    last = blocks[-1][-1]
    return abs(line.top - last.top) < _SAME_ROW * line.size and (line.x0 >= last.x1 or line.x1 <= last.x0)


def _is_full_column(block: _Block, page_width: float) -> bool:
    """Prose fills its lines; the cells of a table do not."""
    width = max(line.x1 for line in block) - min(line.x0 for line in block)
    full = sum(line.width > _FULL * width for line in block)
    return (
        len(block) >= _PROSE_LINES and _PROSE_WIDTH * page_width < width < 0.6 * page_width and full > 0.6 * len(block)
    )


def _continues(block: _Block, line: Line) -> bool:
    last = block[-1]
    step = line.top - last.top
    if line.block and line.block == last.block and step > 0:
        return True  # OCR has seen them together
    small, large = (last.size, line.size) if last.size < line.size else (line.size, last.size)
    if large > _OTHER_TYPE * small or not 0.3 * last.size < step < _FOLLOWS * large:
        return False
    x0, x1 = last.x0, last.x1
    for each in block[-4:-1]:
        if each.x0 < x0:
            x0 = each.x0
        if each.x1 > x1:
            x1 = each.x1
    return min(x1, line.x1) - max(x0, line.x0) > 0.3 * min(x1 - x0, line.width)


class _Plan:
    """The blocks in order, and the rows of blocks that stand side by side."""

    def __init__(self, width: float, right_to_left: bool) -> None:
        self._width = width
        self._right_to_left = right_to_left
        self._boxes: dict[int, tuple[float, float, float, float]] = {}
        self._may_have_columns = True
        self.blocks: list[_Block] = []
        self.rows: list[list[_Block]] = []

    def table_rows(self) -> list[list[_Block]]:
        """The rows of tables: three at least that follow each other; two alone may be a masthead."""
        place = {id(line): at for at, block in enumerate(self.blocks) for line in block}
        spans = []
        for row in self.rows:
            places = [place[id(line)] for block in row for line in block]
            spans.append((min(places), max(places), row))
        tables: list[list[list[_Block]]] = []
        reach = -_BETWEEN - 2
        for first, last, row in sorted(spans, key=lambda span: span[:2]):
            if first <= reach + 1 + _BETWEEN:
                tables[-1].append(row)
            else:
                tables.append([row])
            reach = max(reach, last)
        return [row for table in tables if len(table) >= _TABLE_ROWS for row in table]

    def order(self, blocks: list[_Block], depth: int = 0) -> None:
        """Adds the blocks in the order in which they are read."""
        if not depth:
            self._boxes = {id(block): _box(block) for block in blocks}
            narrow = [block for block in blocks if self._spread(block) < 0.5 * self._width]
            self._may_have_columns = sum(map(len, narrow)) >= _PROSE_LINES
        if len(blocks) <= 1 or depth > 20:
            self.blocks += sorted(blocks, key=lambda block: block[0].top)
            return
        bands = _cut(blocks, lambda block: self._boxes[id(block)][2:])
        if len(bands) == 1:
            self._side_by_side(blocks, depth)
            return
        for region in self._regions(bands):
            if len(region) == 1 and self._ends_a_cell(region[0]):
                continue
            if len(region) == 1 or self._prose_columns(region):
                self._side_by_side(region, depth)
            else:
                self.order(region, depth + 1)

    def _ends_a_cell(self, block: _Block) -> bool:
        """Whether the block is the second line of a cell whose neighbours have only one; then it goes there."""
        if (
            not self.rows
            or not any(self.blocks[-1] is cell for cell in self.rows[-1])
            or len(block) > 2
            or block[0].box
        ):
            return False
        for cell in self.rows[-1]:
            close = 0 < block[0].top - cell[-1].top < _ROW_STEP * block[0].size
            if close and block[0].x0 < max(line.x1 for line in cell) and abs(block[0].x0 - cell[0].x0) < block[0].size:
                cell.extend(block)
                return True
        return False

    def _regions(self, bands: list[list[_Block]]) -> list[list[_Block]]:
        """Neighbouring bands are one region as long as together they are columns of prose."""
        if not self._may_have_columns:
            return bands
        regions: list[list[_Block]] = []
        for band in bands:
            if regions and self._prose_columns(regions[-1] + band) and self._belongs(regions[-1], band):
                regions[-1] = regions[-1] + band
            else:
                regions.append(band)
        return regions

    def _belongs(self, region: list[_Block], band: list[_Block]) -> bool:
        """A band joins columns if it stands in one of them, not across."""
        columns = self._columns(region)
        return len(columns) > 1 or len(self._columns(band)) > 1 or len(self._columns(region + band)) > 1

    def _columns(self, blocks: list[_Block]) -> list[list[_Block]]:
        columns = _cut(blocks, lambda block: self._boxes[id(block)][:2])
        return columns[::-1] if self._right_to_left else columns

    def _spread(self, block: _Block) -> float:
        x0, x1, _, _ = self._boxes[id(block)]
        return x1 - x0

    def _prose_columns(self, blocks: list[_Block]) -> bool:
        if not self._may_have_columns:  # of two columns one at least is narrow
            return False
        columns = self._columns(blocks)
        if not 2 <= len(columns) <= 4:
            return False
        for column in columns:
            lines = [line for block in column for line in block]
            width = max(line.x1 for line in lines) - min(line.x0 for line in lines)
            if len(lines) < _PROSE_LINES or width < _PROSE_WIDTH * self._width:
                return False
            if median(len(line.text) for line in lines) < _PROSE_CHARACTERS:
                return False
        return True

    def _side_by_side(self, blocks: list[_Block], depth: int) -> None:
        columns = self._columns(blocks)
        if len(columns) == 1:
            self.blocks += sorted(blocks, key=lambda block: (round(block[0].top / 3), block[0].x0))
            return
        prose = self._prose_columns(blocks)
        if not prose and not any(block[0].box for block in blocks) and _is_grid(columns):
            for row in _grid_rows(columns):
                self.blocks += row
                self.rows.append(row)
            return
        if not prose and max(map(_length, blocks)) < _CELL and not any(block[0].box for block in blocks):
            cells = [
                sorted((line for block in column for line in block), key=lambda line: line.top) for column in columns
            ]
            self.blocks += cells
            self.rows.append(cells)
            return
        for column in columns:
            self.order(column, depth + 1)


def _is_grid(columns: list[list[_Block]]) -> bool:
    """Columns of a table that were written one after the other: their lines are set wide apart."""
    steps = [b.top - a.top for column in columns for block in column for a, b in pairwise(block)]
    return len(steps) > len(columns) and median(steps) > _ROW_STEP * columns[0][0][0].size


def _grid_rows(columns: list[list[_Block]]) -> list[list[_Block]]:
    """The rows of such a table: one begins where, in any column, the next line stands clear of the last."""
    lines = [(line.top, at, line) for at, column in enumerate(columns) for block in column for line in block]
    rows: list[dict[int, _Block]] = []
    row_top = float("-inf")
    last_in: dict[int, float] = {}
    for top, at, line in sorted(lines, key=lambda entry: entry[:2]):
        clear = top - last_in.get(at, float("-inf")) > _ROW_STEP * line.size
        if clear and top - row_top > 0.5 * line.size:
            rows.append({})
            row_top = top
        rows[-1].setdefault(at, []).append(line)
        last_in[at] = top
    return [[row[at] for at in sorted(row)] for row in rows]


def _box(block: _Block) -> tuple[float, float, float, float]:
    """Left and right, top and bottom."""
    return (
        min([line.x0 for line in block]),
        max([line.x1 for line in block]),
        min([line.top for line in block]),
        max([line.bottom for line in block]),
    )


def _length(block: _Block) -> int:
    return sum(len(line.text) for line in block)


def _cut(blocks: list[_Block], extent: _Extent) -> list[list[_Block]]:
    """Groups of blocks between which a straight cut crosses no block, in the order of the extent."""
    groups: list[list[_Block]] = []
    reach = float("-inf")
    for (low, high), block in sorted(((extent(block), block) for block in blocks), key=lambda pair: pair[0]):
        if groups and low < reach - _SLACK:
            groups[-1].append(block)
        else:
            groups.append([block])
        reach = max(reach, high)
    return groups
