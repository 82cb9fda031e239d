"""Which of the lines between frame and text are the title, and what is it in one line?"""

import csv
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import lexicon
from pipeline.description.frame import matches, open_end
from pipeline.fold import fold

_TABLE = Path(__file__).parents[1] / "tables" / "agenda_titles.csv"
LONGEST = 400
_LINES = 20
_PARTS = 4
_FULL_CJK = 18  # characters of a Chinese line that may have been broken
_SLACK = 0.1  # of the width: letters differ in breadth
_NUMBERED = re.compile(r"^\d{1,3}/(?:\d{1,3}|…|\.{2,3}|L\.\d+)\.?\s*")
_MARK = re.compile(r"\s*[*∗†‡]+\s*$")
_SECTION = re.compile(r"\d{1,2}\s+[A-ZÀ-Þ]{4,}")  # "1 INTRODUCTION"
_WORD = re.compile(r"[^\W\d_]{3}|[\u3400-\u9fff]{2}")
_CJK = re.compile(r"[\u3400-\u9fff]")
_OPEN_START = re.compile(
    r"(?:of|and|in|for|to|or|with|on|from|de|des|du|et|y|del|en|para|sobre|pour|sur|и|в|о|по)\s", re.IGNORECASE
)


def begins_text(line: str) -> bool:
    """Whether the text of the document begins with this line (summary, contents, first paragraph, "The Assembly,")."""
    return bool(_SECTION.match(line)) or matches("stop", fold(line).strip())


def from_lines(lines: Sequence[str], agenda_items: int = 0, whole: bool = True) -> str:
    """The title from the lines between frame and text.

    The first parts may be titles of the `agenda_items`; they are left out unless the rest tells only who speaks.
    Not `whole`: a page without a frame, of which only the first part can be the title.
    """
    parts = [part for part in map(_clean, _joined(lines[:_LINES])) if _WORD.search(part)]
    for part in parts:
        if _NUMBERED.match(part):
            return _NUMBERED.sub("", part)[:LONGEST]
        if matches("alone", fold(part)):
            return part[:LONGEST]
    parts = _before_prose(parts)
    if not whole:
        return ": ".join(parts[: 2 if len(parts) > 1 and lexicon.find_country(parts[1]) else 1])[:LONGEST]
    parts = [part for part in parts if not matches("drop", fold(part))]
    parts = [part for part in parts if not matches("sponsors", fold(part))] or parts
    if len(parts) > 1 and not agenda_items and matches("organ", fold(parts[0])):
        parts = parts[1:]
    return ": ".join(_without_repeats(_telling(parts, agenda_items))[:_PARTS])[:LONGEST].strip(" :")


def _telling(parts: list[str], agenda_items: int) -> list[str]:
    """The parts without the agenda's, as long as they say of what they speak."""
    rest = parts[agenda_items:]
    if rest and not all(matches("byline", fold(part)) for part in rest):
        return rest
    return parts[agenda_items - 1 :] if 0 < agenda_items <= len(parts) else parts


def _without_repeats(parts: list[str]) -> list[str]:
    return [part for at, part in enumerate(parts) if not any(before.startswith(part) for before in parts[:at])]


def _joined(lines: Sequence[str]) -> list[str]:
    """Lines to parts: was a line broken because it was full, or did it end because something ended?"""
    width = max((len(line) for line in lines), default=0)
    parts: list[str] = []
    ended = _agenda_lines(lines)
    for at, line in enumerate(lines):
        before = lines[at - 1] if at else ""
        if 0 < at < ended or (at and at != ended and _goes_on(before, line, width)):
            glue = "" if _CJK.match(line) or re.search(r"\w-$", before) else " "
            parts[-1] = f"{parts[-1]}{glue}{line}"
        else:
            parts.append(line)
    return parts


def _agenda_lines(lines: Sequence[str]) -> int:
    """How many of the first lines are the title of an agenda item that is always called so; 0 if none."""
    text, count = "", 0
    for at, line in enumerate(lines[:5], 1):
        text = _letters(text + line)
        count = at if text in _agenda_titles() else count
    return count


@cache
def _agenda_titles() -> frozenset[str]:
    with _TABLE.open(encoding="utf-8", newline="") as rows:
        return frozenset(_letters(row["title"]) for row in csv.DictReader(rows))


def _letters(text: str) -> str:
    return "".join(char for char in fold(text) if char.isalnum())


def _goes_on(before: str, line: str, width: int) -> bool:
    if _NUMBERED.match(line) or line.startswith("["):
        return False
    if line[:1].islower() or open_end(before) or _OPEN_START.match(line) or line.startswith("("):
        return True
    folded = fold(line)
    if _MARK.search(before) or matches("byline", folded) or matches("drop", folded) or matches("alone", folded):
        return False
    if lexicon.find_country(_clean(line)) or matches("sponsors", fold(before)):
        return False
    if _CJK.match(line):
        return len(before) >= max(width, _FULL_CJK)
    first = re.match(r"\S*", line)
    return width - len(before) < len(first[0] if first else "") + 1 + width * _SLACK


def _before_prose(parts: list[str]) -> list[str]:
    """What comes before the first part that is a sentence."""
    for at, part in enumerate(parts):
        if len(part) > 2 * LONGEST or (len(part) > 60 and part.endswith((".", "。", ";"))):
            return parts[:at] or [part[:LONGEST]]
    return parts


def _clean(part: str) -> str:
    part = re.sub(r"(?<=\w)\s?[*∗†‡]+(?=[\s,:]|$)", "", part)
    return _MARK.sub("", " ".join(part.split())).strip(" _:")
