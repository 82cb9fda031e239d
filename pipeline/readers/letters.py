"""Are these words of the language, by their letters? Three letters in a row that none of its words has are misread.

For French, Spanish, Russian and Arabic, which have no list of words here: `letter_groups.csv` has every group of three
letters ("_" is a word's edge) that at least two words of Tesseract's dictionary of the language hold. Of the words of
well printed pages 0 to 0.02 hold another group; where OCR has spoilt one word in ten, 0.03 to 0.06.
"""

import csv
import re
from collections import Counter
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).parent.parent / "tables" / "letter_groups.csv"
_USUAL = {"fr": 0.025, "es": 0.02, "ru": 0.02, "ar": 0.045}  # of the words of a well printed page: foreign ones, names
_PENALTY = 3.0
_SOME = 40  # words from which the share says something
_TWICE = 2  # a word that comes again is a name, or a term
_SHORT = 3  # letters from which a word says something
_KEPT = 50_000  # words; then it begins anew
_PART = re.compile(r"[^\W\d_]+")
_MARKS = re.compile("[\u064b-\u0652]")  # the vowels over and under Arabic letters


def likely(tokens: list[str], language: str) -> float:
    """1 while nearly all words could be ones of the language; 1 too for languages without a table."""
    if language not in _USUAL:
        return 1.0
    words = strange = 0
    seen = _seen(language)
    if len(seen) > _KEPT:
        seen.clear()
    for token, count in Counter(tokens).items():
        found = seen.get(token)
        if found is None:
            found = seen[token] = _judge(token, language)
        words += found[0] * count
        strange += found[1] * min(count, _TWICE)
    if words < _SOME:
        return 1.0
    return max(0.0, 1.0 - _PENALTY * max(0.0, strange / words - _USUAL[language]))


@cache
def _seen(language: str) -> dict[str, tuple[int, int]]:
    """The words that were judged before: how many parts each has that say something, and how many of them are odd."""
    return {}


def _judge(token: str, language: str) -> tuple[int, int]:
    """Names say nothing: they follow the rules of other languages."""
    parts = [part for part in _PART.findall(_MARKS.sub("", token)) if len(part) >= _SHORT]
    parts = [part for part in parts if language == "ar" or part.islower()]
    known = _groups()[language]
    odd = 0
    for part in parts:
        framed = f"_{part}_"
        odd += any(framed[at : at + 3] not in known for at in range(len(part)))
    return len(parts), odd


@cache
def _groups() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    with _TABLE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found.setdefault(row["language"], set()).update(
                row["two_letters"] + letter for letter in row["third_letters"]
            )
    return {language: frozenset(groups) for language, groups in found.items()}
