"""What stands where on a page? Lines with their places, as PDFium or OCR saw them, before anything is interpreted."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Line:
    """One printed line, or one cell of a row. Measured in points from the top left corner of the page."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float  # height of the line's letters with their ascent and descent
    bold: bool = False
    tab: bool = False  # a wide gap follows the first word: "12.    The Committee"
    block: int = 0  # lines of one block stand under each other in one column
    box: int = 0  # lines of one drawn box share a number; 0: in the open
    row: int = 0  # cells of one table row share a number; 0: not in a table
    ruled: bool = False  # in a cell that is drawn: a row of its own even where the row's other cells are empty
    edges: tuple[float, float] | None = None  # left and right edge of that cell

    @property
    def width(self) -> float:
        return self.x1 - self.x0


@dataclass(slots=True)
class Sheet:
    """One page. `image`: the share of it that its largest image covers; `paths`: how many shapes are drawn,
    and which of them are upright rules or rectangles."""

    number: int
    width: float
    height: float
    lines: list[Line] = field(default_factory=list)
    method: str = "none"
    quality: float = 0.0
    language: str | None = None
    all_in: bool = False  # nothing on the page is in another language
    image: float = 0.0
    figure: bool = False  # an image that is a good part of the page holds print
    paths: int = 0
    uprights: set[int] = field(default_factory=set)  # where upright rules stand, so that a frame counts for two
    boxes: int = 0
    frames: list[tuple[float, float, float, float]] = field(default_factory=list)  # what may be drawn around text,
    strokes: list[tuple[float, float, float, float]] = field(default_factory=list)  # whole or stroke by stroke
    rules: list[tuple[float, float, float, float]] = field(default_factory=list)  # where they may be a table's
    note: str = ""  # why the page has no text, or no good one
    awaits: str = ""  # why its picture is still to be read, where it is

    @property
    def text(self) -> str:
        """The lines, cells of a row on one line."""
        parts: list[str] = []
        before: Line | None = None
        for line in self.lines:
            if before is not None:
                same_row = line.row and line.row == before.row
                parts.append((" " if line.block == before.block else " | ") if same_row else "\n")
            parts.append(line.text)
            before = line
        return "".join(parts)


@dataclass(frozen=True, slots=True)
class Seen:
    """What OCR saw on a page, measured in points; `failed`: why it saw nothing, though it was asked."""

    lines: tuple[Line, ...] = ()
    language: str | None = None
    quality: float = 0.0
    failed: str = ""
