"""Which lines of a page stand in a box? A frame or a tinted ground around prose of its own: no cell, no whole page."""

from pipeline.readers.sheet import Line, Sheet

_EDGE = 3.0  # points by which a line may stand out of its box, or a stroke miss another
_LINES = 3  # lines in a box, at least
_WIDE = 0.3  # share of a box that a line of prose in it is wide, at least; most of its lines are such,
_SENTENCE = 15  # longer than a cell's or a label's,
_PROSE = 0.6  # and hold so much of its text
_MOST = 0.8  # share of a page's text from which what is drawn around it is the page's own frame
_CELLS = 3  # boxes of one height beside each other that are a table's row
_MANY = 6  # boxes from which they are a table or a drawing

_Frame = tuple[float, float, float, float]  # left, top, right, bottom


def number_boxes(sheet: Sheet) -> None:
    """Gives the lines of each box its number; 0 stays what stands in the open."""
    frames = _apart([frame for frame in set(sheet.frames) | set(_stroked(sheet.strokes)) if _is_wide(frame, sheet)])
    found = []
    for frame in frames:
        inside = [line for line in sheet.lines if _holds(frame, line)]
        if _is_prose(frame, inside, sheet.lines) and sum(_level(frame, other) for other in frames) < _CELLS:
            found.append(inside)
    if len(found) < _MANY:
        for number, inside in enumerate(found, 1):
            for line in inside:
                line.box = number


def _is_wide(frame: _Frame, sheet: Sheet) -> bool:
    return frame[2] - frame[0] < sheet.width or frame[3] - frame[1] < sheet.height


def _apart(frames: list[_Frame]) -> list[_Frame]:
    """Frames once each (a ground and its border are two drawings), without those that touch or hold another one."""
    single: list[_Frame] = []
    for frame in sorted(frames, key=lambda each: (each[2] - each[0]) * (each[3] - each[1]), reverse=True):
        if not any(_is_within(frame, other) and _is_within(other, frame, 4 * _EDGE) for other in single):
            single.append(frame)
    return [frame for frame in single if not any(other is not frame and _touch(frame, other) for other in single)]


def _level(one: _Frame, other: _Frame) -> bool:
    return abs(one[1] - other[1]) < _EDGE and abs(one[3] - other[3]) < _EDGE


def _touch(one: _Frame, other: _Frame) -> bool:
    return (
        one[0] < other[2] + _EDGE
        and other[0] < one[2] + _EDGE
        and one[1] < other[3] + _EDGE
        and other[1] < one[3] + _EDGE
    )


def _is_within(inner: _Frame, outer: _Frame, slack: float = _EDGE) -> bool:
    return (
        inner[0] > outer[0] - slack
        and inner[1] > outer[1] - slack
        and inner[2] < outer[2] + slack
        and inner[3] < outer[3] + slack
    )


def _holds(frame: _Frame, line: Line) -> bool:
    return frame[0] < (line.x0 + line.x1) / 2 < frame[2] and frame[1] < (line.top + line.bottom) / 2 < frame[3]


def _is_prose(frame: _Frame, inside: list[Line], lines: list[Line]) -> bool:
    """Whether these lines are a text of their own, none of them cut by the frame."""
    characters = sum(len(line.text) for line in inside)
    if not inside or characters > _MOST * sum(len(line.text) for line in lines):
        return False
    if any(line.x0 < frame[0] - _EDGE or line.x1 > frame[2] + _EDGE for line in inside):
        return False
    wide = [line for line in inside if line.width > _WIDE * (frame[2] - frame[0]) and len(line.text) > _SENTENCE]
    most = len(wide) > len(inside) / 2 and sum(len(line.text) for line in wide) > _PROSE * characters
    return most and len(inside) >= _LINES


def _stroked(strokes: list[_Frame]) -> list[_Frame]:
    """Frames of four strokes: two upright ones of one height, closed by level ones at their ends."""
    uprights = sorted(each for each in strokes if each[3] - each[1] > each[2] - each[0])
    levels = [each for each in strokes if each[3] - each[1] <= each[2] - each[0]]
    if len(uprights) > 2 * _MANY or len(levels) > 2 * _MANY:
        return []
    frames = []
    for at, left in enumerate(uprights):
        for right in uprights[at + 1 :]:
            frame = left[0], min(left[1], right[1]), right[2], max(left[3], right[3])
            if _level(left, right) and all(
                any(_closes(each, frame, end) for each in levels) for end in (frame[1], frame[3])
            ):
                frames.append(frame)
    return frames


def _closes(level: _Frame, frame: _Frame, y: float) -> bool:
    near = min(abs(level[1] - y), abs(level[3] - y)) < _EDGE
    return near and abs(level[0] - frame[0]) < _EDGE and abs(level[2] - frame[2]) < _EDGE
