"""Where in a text do the names of the lexicon stand? One pass over folded text, whole words, the longest name first.

Case counts where it tells something: a name begins with a capital (Turkey, not turkey), an abbreviation is written as
it is known (US, not us). Chinese has no spaces, so any place is a word's edge; Arabic may write particles before a
name; Russian declines it.
"""

import csv
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import lexicon
from pipeline.fold import fold, fold_with_offsets

_TABLE = Path(__file__).parents[1] / "tables" / "other_names.csv"
_ARABIC_PARTICLES = frozenset({"و", "ف", "ب", "ل", "ك", "ال", "وال", "بال", "فال", "كال", "ول", "وب", "وك"})
_ENDINGS = frozenset(
    (
        "а",
        "у",
        "ом",
        "ем",
        "е",
        "ы",
        "и",
        "ой",
        "ей",
        "ою",
        "ею",
        "ю",
        "я",
        "ям",
        "ях",
        "ам",
        "ами",
        "ах",
        "ов",
        "ь",
        "й",
    )
)
_DECLINED = re.compile(r"[а-я]{4,}[аяйьбвгджзклмнпрстфхцчшщ]")
_LONGEST_ACRONYM = 7


class Name(NamedTuple):
    """A form to be found. An empty `code` is a name that must not be taken for another (Lake Chad)."""

    surface: str
    code: str
    declined: bool = False


class Hit(NamedTuple):
    """A name in a text."""

    start: int
    end: int
    codes: tuple[str, ...]


class Gazetteer:
    """All names of one kind: country, body, instrument or theme."""

    def __init__(self, kind: str) -> None:
        import ahocorasick_rs

        self._kind = kind
        self._names: list[list[Name]] = []
        forms = self._forms()
        self._automaton: Any = ahocorasick_rs.AhoCorasick(
            list(forms), matchkind=ahocorasick_rs.MatchKind.LeftmostLongest
        )
        self._names = list(forms.values())

    def _forms(self) -> dict[str, list[Name]]:
        forms: dict[str, list[Name]] = defaultdict(list)
        for surface, _, code in lexicon.gazetteer(self._kind):
            folded = fold(surface).strip()
            if len(folded) < 2:
                continue
            forms[folded].append(Name(surface, code))
            if folded.startswith("ال"):  # "to" and the article are written as one: للمغرب
                forms["لل" + folded[2:]].append(Name(surface, code))
            if _DECLINED.fullmatch(folded):
                stem = folded.rstrip("аяйь") if folded[-1] in "аяйь" else folded
                forms[stem].append(Name(surface, code, declined=True))
        with _TABLE.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                if row["kind"] == self._kind:
                    forms[fold(row["phrase"])] = [Name(row["phrase"], row["code"])]
        return forms

    def find(self, text: str) -> list[Hit]:
        """The names in `text`, in order, none overlapping another."""
        folded, places = fold_with_offsets(text)
        shouted = text.isupper()
        hits = []
        for which, start, end in self._automaton.find_matches_as_indexes(folded):
            if not _edge_before(folded, start):
                continue
            first = places[start] if places else start
            last = (places[end - 1] if places else end - 1) + 1
            codes = []
            for name in self._names[which]:
                tail = _edge_after(folded, end, name.declined, self._kind)
                if tail is not None and (self._kind == "theme" or _fits(name.surface, text[first:last], shouted)):
                    codes.append(name.code)
                    last = max(last, (places[end + tail - 1] if places else end + tail - 1) + 1)
            if codes and all(codes):
                hits.append(Hit(first, last, tuple(dict.fromkeys(codes))))
        return hits


@cache
def gazetteer(kind: str) -> Gazetteer:
    """The gazetteer of a kind, built once a process."""
    return Gazetteer(kind)


def _is_cjk(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"


def _is_arabic(char: str) -> bool:
    return "\u0600" <= char <= "\u06ff"


def _edge_before(folded: str, start: int) -> bool:
    if start == 0 or not folded[start - 1].isalnum() or _is_cjk(folded[start]) or _is_cjk(folded[start - 1]):
        return True
    if not _is_arabic(folded[start]):
        return False
    begin = start
    while begin and start - begin < 4 and folded[begin - 1].isalpha():
        begin -= 1
    return folded[begin:start] in _ARABIC_PARTICLES


def _edge_after(folded: str, end: int, declined: bool, kind: str) -> int | None:
    """How many characters of ending belong to the name; None if the word goes on as another word."""
    stop = end
    while stop < len(folded) and stop - end < 4 and folded[stop].isalnum() and not _is_cjk(folded[stop]):
        stop += 1
    ending = folded[end:stop]
    if not ending or _is_cjk(folded[end - 1]):
        return 0
    if declined and ending in _ENDINGS:
        return len(ending)
    if kind == "theme" and ending in ("s", "es"):
        return len(ending)
    return None


def _fits(surface: str, written: str, shouted: bool) -> bool:
    """Whether the capitals of what is written are those of a name."""
    if surface.isupper() and surface.isascii() and len(surface) <= _LONGEST_ACRONYM and surface.isalnum():
        return written == surface and not (shouted and len(surface) < 4)
    return not surface[:1].isupper() or any(char.isupper() for char in written)
