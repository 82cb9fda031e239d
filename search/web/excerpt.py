"""Which stretch of a long paragraph is shown? The one with the most marked words, cut between words."""

from collections.abc import Sequence
from dataclasses import dataclass

ROOM = 420  # characters
LEAD = 70  # characters shown before the first mark


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A stretch of a text with its marks; `cut_before` and `cut_after` say whether more was there."""

    text: str
    marks: tuple[tuple[int, int], ...]
    cut_before: bool
    cut_after: bool


def excerpt(text: str, marks: Sequence[tuple[int, int]], room: int = ROOM) -> Excerpt:
    """At most about `room` characters of `text`, with as many marks as can be in them."""
    if len(text) <= room * 1.2:  # cutting a few words off helps nobody
        return Excerpt(text, tuple(marks), False, False)
    inside = sorted(mark for mark in marks if 0 <= mark[0] < mark[1] <= len(text))
    start = _start(inside, room)
    start = _word_start(text, start)
    end = _word_end(text, min(len(text), start + room))
    kept = tuple((a - start, b - start) for a, b in inside if a >= start and b <= end)
    return Excerpt(text[start:end], kept, start > 0, end < len(text))


def _start(marks: Sequence[tuple[int, int]], room: int) -> int:
    """Where the window with the most marks begins; the earliest of equals."""
    best, most, last = 0, 0, 0
    for first, (begin, _) in enumerate(marks):
        last = max(last, first)
        while last < len(marks) and marks[last][1] <= begin + room - LEAD:
            last += 1
        if last - first > most:
            best, most = begin, last - first
    return max(0, best - LEAD)


def _word_start(text: str, at: int) -> int:
    if at == 0:
        return 0
    space = text.find(" ", at, at + 40)
    return at if space < 0 else space + 1


def _word_end(text: str, at: int) -> int:
    if at >= len(text):
        return len(text)
    space = text.rfind(" ", at - 40, at)
    return at if space < 0 else space
