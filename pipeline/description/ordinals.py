"""Which number is written out here? Ordinals in six languages, in words or figures: "Fifty-ninth", "115e"."""

import csv
import re
from functools import cache
from pathlib import Path

from pipeline.fold import fold

_TABLE = Path(__file__).parents[1] / "tables" / "ordinals.csv"
_JOINS = frozenset({"and", "et", "y", "و", "de", "بعد", "the", "la", "le"})
_FIGURES = re.compile(
    r"(?<![\d./-])(\d{1,4})(?:\s?(?:st|nd|rd|th|e|ere?|eme|º|ª|°|o|a|-?[йяе]|-?ая|-?ой))?(?![\dA-Za-z/])", re.IGNORECASE
)
_CHINESE = re.compile("第?([零〇一二三四五六七八九十百]{1,7})")
_CHINESE_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0}
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_MOST = 999


@cache
def _values() -> dict[str, int]:
    with _TABLE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return {fold(form): int(row["value"]) for row in rows for form in row["forms"].split()}


def ordinal(text: str) -> int | None:
    """The number that `text` (a few words) says; None where it says none. Figures count before words."""
    text = text[:200]
    figures = _FIGURES.search(text)
    if figures:
        return int(figures[1])
    chinese = _CHINESE.search(text)
    if chinese:
        return chinese_number(chinese[1])
    return _in_words(_WORD.findall(fold(text)))


def ordinal_alone(text: str) -> int | None:
    """Like `ordinal`, where `text` is a number and nothing else: "at its third" is none."""
    known = all(part in _values() or part in _JOINS for word in _WORD.findall(fold(text)) for part in word.split("-"))
    return ordinal(text) if known or _FIGURES.fullmatch(text.strip()) or _CHINESE.fullmatch(text.strip()) else None


def _in_words(words: list[str]) -> int | None:
    """Adds up the first run of number words: soixante dix neuvième, one hundred and fifteenth, quatre vingt."""
    values = _values()
    total, before, begun = 0, "", False
    for word in (part for chain in words for part in _parts(chain)):
        value = values.get(word)
        if value is None:
            if begun and word not in _JOINS:
                break
        elif value == 100:
            total, begun = max(total, 1) * 100, True
        elif value == 20 and before == "quatre":
            total, begun = total + 76, True
        else:
            total, begun = total + value, True
        before = word
    return total if begun and 0 < total <= _MOST else None


def _parts(chain: str) -> list[str]:
    """The parts of a hyphenated word; none of a misread one ("twentv-sixth" must not become 6)."""
    parts = chain.split("-")
    known = [part in _values() or part in _JOINS for part in parts]
    return parts if all(known) or not any(known) else ["?"]


def chinese_number(text: str) -> int | None:
    """一百一十五 is 115; None for what is not a number below 1000."""
    total, digit = 0, 0
    for char in text:
        if char == "百":
            total, digit = total + (digit or 1) * 100, 0
        elif char == "十":
            total, digit = total + (digit or 1) * 10, 0
        elif char in _CHINESE_DIGITS:
            digit = _CHINESE_DIGITS[char]
        else:
            return None
    total += digit
    return total if 0 < total <= _MOST else None
