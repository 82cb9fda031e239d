"""Which of the lines between frame and text are the title, and what is it in one line?"""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pipeline.fold import fold

_TABLE = Path(__file__).parent / "tables" / "masthead.toml"
LONGEST = 400
_LINES = 16
_PARTS = 4
_OPEN_END = re.compile(
    r"(?:,|\b(?:of|the|and|on|in|for|to|by|with|a|an|or|from|at|as|its|their|de|des|du|la|le|les|et|à|aux?|en|sur|par|"
    r"pour|del?|los|las|el|y|sobre|al|a|para|con|о|об|и|в|на|по|с|для|от|к|من|في|على|إلى|عن)|[-–—])$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"^\d{1,3}/(?:\d{1,3}|…|\.{2,3}|L\.\d+)\.?\s*")
_MARKS = re.compile(r"\s*(?:[*∗†‡]+|(?<=[a-z])\d{1,2})$")
_CJK = re.compile(r"[\u3400-\u9fff]")


def begins_text(line: str) -> bool:
    """Whether the text of the document begins with this line (summary, contents, first paragraph, "The Assembly,")."""
    return _matches("stop", fold(line).strip())


def from_lines(lines: Sequence[str], agenda_items: int = 0) -> str:
    """The title from the lines between frame and text.

    The first parts may be the titles of the `agenda_items`; they are left out unless what remains tells only who speaks.
    """
    parts = [part for part in (_clean(part) for part in _joined(lines[:_LINES])) if part]
    parts = _before_prose(parts)
    numbered = next((part for part in parts if _NUMBERED.match(part)), None)
    if numbered:
        return _NUMBERED.sub("", numbered)[:LONGEST]
    parts = [part for part in parts if not _matches("drop", fold(part))]
    if len(parts) > 1:
        parts = [part for part in parts if not _matches("sponsors", fold(part))] or parts
    rest = parts[agenda_items:] if agenda_items else parts
    if not rest or all(_matches("byline", fold(part)) for part in rest):
        rest = parts[max(0, agenda_items - 1) :] if agenda_items and len(parts) >= agenda_items else parts
    return ": ".join(rest[:_PARTS])[:LONGEST].strip(" :")


def _joined(lines: Sequence[str]) -> list[str]:
    """Lines to parts: a line was broken by its width, or ended because something ended?"""
    width = max((len(line) for line in lines), default=0)
    parts: list[str] = []
    for at, line in enumerate(lines):
        before = lines[at - 1] if at else ""
        if at and not _NUMBERED.match(line) and _goes_on(before, line, width):
            glue = "" if _CJK.match(line) or re.search(r"\w-$", before) else " "
            parts[-1] = f"{parts[-1]}{glue}{line}"
        else:
            parts.append(line)
    return parts


def _goes_on(before: str, line: str, width: int) -> bool:
    first = re.match(r"\S+", line)
    if line[:1].islower() or _OPEN_END.search(before.rstrip()):
        return True
    if re.match(r"[(\[]", line) and not line.startswith("["):
        return True
    if _CJK.match(line):
        return len(before) >= width
    room = width - len(before)
    return room < len(first[0] if first else "") + 1


def _before_prose(parts: list[str]) -> list[str]:
    """What comes before the first part that is a sentence."""
    for at, part in enumerate(parts):
        if len(part) > LONGEST or (len(part) > 60 and part.endswith((".", "。", ";"))):
            return parts[:at] or [part[:LONGEST]]
    return parts


def _clean(part: str) -> str:
    part = re.sub(r"(?<=\w)[*∗†‡]+(?=[\s,:]|$)", "", part)
    return _MARKS.sub("", " ".join(part.split())).strip(" _")


@cache
def _patterns(part: str) -> tuple[re.Pattern[str], ...]:
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    return tuple(re.compile(one, re.IGNORECASE) for one in table[part]["any"])


def _matches(part: str, folded: str) -> bool:
    return any(pattern.search(folded) for pattern in _patterns(part))
