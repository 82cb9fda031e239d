"""Which paragraphs of a new reading say what the old one did not? Those alone are news.

Compared word for word. Blanks, hyphens, quotes and other signs, the shape and case of letters, and where a paragraph
begins and ends make no difference; nor does a passage that only stands elsewhere, a page number or the mark of a note
that went or came, and what is known to be a running head, a footer or a job number and went.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.rereading.aligning import differing

_CJK = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_CJK}]|\d+|[^\W\d_{_CJK}]+|(?<=\S)[*\u2020\u2021]+")
_NOTHING = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u2010\u2011]\s*(?=[^\W\d_])")
_PAGE_NUMBER = re.compile(r"\d{1,3}(?!\d)")
_LONGEST_MARK = 3  # digits
_BEFORE_NUMBERS = "/(-+#$\u20ac\u00a3\u2010\u2011\u2012\u2013\u2014"


class Line(NamedTuple):
    """A paragraph: its printed number, if it has one, and its text."""

    number: str | None
    text: str


class Word(NamedTuple):
    """`mark`: it may be a page number or the mark of a note, by where it stands."""

    text: str
    mark: bool


@dataclass(frozen=True, slots=True)
class News:
    """`new`: places of lines that say what was not said before; `gone`: of those that were, and are left out now."""

    new: frozenset[int] = frozenset()
    gone: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.new or self.gone)


def words_of(line: Line) -> list[Word]:
    """The words of a line, its printed number first."""
    text = _NOTHING.sub("", unicodedata.normalize("NFKC", f"{line.number or ''} {line.text}")).casefold()
    text = _HYPHEN.sub("", text)
    found = list(_WORD.finditer(text))
    return [Word(match[0], _may_be_mark(text, match, at in (0, len(found) - 1))) for at, match in enumerate(found)]


def _may_be_mark(text: str, match: re.Match[str], at_edge: bool) -> bool:
    """At an edge of a paragraph, or stuck to a word or the end of a sentence; an amount or a decimal is none."""
    if not match[0].isdecimal():
        return not match[0].isalnum()
    before = text[max(0, match.start() - 2) : match.start()]
    stuck = bool(before.strip()) and not before[-1].isspace() and before[-1] not in _BEFORE_NUMBERS
    decimal = before[-1:] in (".", ",") and before[:1].isdecimal()
    return len(match[0]) <= _LONGEST_MARK and (at_edge or (stuck and not decimal))


def key_of(line: Line) -> str:
    """What two lines with the same words have alike."""
    return "".join(word.text for word in words_of(line))


def same_words(before: str, after: str) -> bool:
    """Whether a passage says the same."""
    return not news([Line(None, before)], [Line(None, after)])


def news(old: Sequence[Line], new: Sequence[Line], outside: Iterable[str] = ()) -> News:
    """Held against what was read before. `outside`: what is printed outside the text, such as running heads."""
    there, here = [key_of(line) for line in old], [key_of(line) for line in new]
    if "".join(there) == "".join(here):
        return News()
    margins = sorted({key_of(Line(None, each)) for each in outside} - {""}, key=len, reverse=True)
    fresh: set[int] = set()
    gone: set[int] = set()
    for a, b, c, d in differing(there, here):
        part = _Part(old[a:b], new[c:d], margins)
        fresh |= {c + at for at in part.fresh}
        gone |= {a + at for at in part.gone}
    known, kept = set(there), set(here)
    return News(
        frozenset(at for at in fresh if here[at] and here[at] not in known),
        frozenset(at for at in gone if there[at] and there[at] not in kept),
    )


class _Part:
    """A few lines before and after, word against word."""

    def __init__(self, old: Sequence[Line], new: Sequence[Line], margins: Sequence[str]) -> None:
        self.margins = margins
        self.there = [(word, at) for at, line in enumerate(old) for word in words_of(line)]
        self.here = [(word, at) for at, line in enumerate(new) for word in words_of(line)]
        self.fresh: set[int] = set()
        self.gone: set[int] = set()
        before, after = [word.text for word, _ in self.there], [word.text for word, _ in self.here]
        if "".join(before) != "".join(after):
            for block in differing(before, after):
                self._judge(*block)

    def _judge(self, a: int, b: int, c: int, d: int) -> None:
        went = [word for word, _ in self.there[a:b]]
        came = [word for word, _ in self.here[c:d]]
        before, after = _without_marks(went), _without_marks(came)
        only_marks = before == after and not (_marks(went) and _marks(came))
        if only_marks or _joined(went) == _joined(came) or (before and not after and self._is_outside(_joined(went))):
            return
        if d > c:
            self.fresh.update(at for _, at in self.here[c:d])
        elif a and self.there[a - 1][1] == self.there[a][1] and c:
            self.fresh.add(self.here[c - 1][1])
        elif b < len(self.there) and self.there[b][1] == self.there[b - 1][1] and c < len(self.here):
            self.fresh.add(self.here[c][1])
        self.gone.update(at for _, at in self.there[a:b])

    def _is_outside(self, text: str) -> bool:
        """What stands at the edges of pages, and numbers of pages between."""
        while text:
            known = next((each for each in self.margins if text.startswith(each)), "")
            number = _PAGE_NUMBER.match(text)
            if not known and not number:
                return False
            text = text[len(known) or len(number[0] if number else "") :]
        return True


def _joined(words: Iterable[Word]) -> str:
    return "".join(word.text for word in words)


def _without_marks(words: Iterable[Word]) -> str:
    return "".join(word.text for word in words if not word.mark)


def _marks(words: Iterable[Word]) -> bool:
    return any(word.mark for word in words)
