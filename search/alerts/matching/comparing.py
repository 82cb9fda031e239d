"""Does a passage still stand in a document, and if it does not, what has become of it?

Compared word for word, without regard to spaces, hyphens, case and the shape of letters, nor to where paragraphs and
pages end: a text that was set or read anew is the same text. All of it is bounded, for a document of any length.
"""

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import NamedTuple

LONGEST = 1500  # tokens of a text that are compared
NEAREST = 5  # paragraphs that are compared with care
ALIKE = 0.5  # the share of a passage's tokens that a paragraph must have to be what it became
ALIKE_BY_NUMBER = 0.25  # where both have the same printed number
RUN = 6  # tokens in a row that a corrigendum has from the passage are a quotation; twice as many where none is a word
SAID = 1500  # characters of a corrigendum that are told

_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")
_NOTHING = re.compile(r"[\s\u00ad\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\-\u2010-\u2015]+")
_NUMBER = re.compile(r"(\d{1,4})(?:\s*(bis|ter|quater))?")


class Line(NamedTuple):
    """A paragraph: its printed number, if it has one, and its text."""

    number: str | None
    text: str


def fold(text: str) -> str:
    """What is compared: two texts that a reader would call the same, word for word, are equal."""
    return _NOTHING.sub("", unicodedata.normalize("NFKC", text)).casefold().replace("\u2019", "'")


def folded(lines: Sequence[Line]) -> str:
    """A whole document, for `stands`."""
    return "".join(fold(line.text) for line in lines)


def stands(passage: str, document: str) -> bool:
    """Whether it is in the document (as `folded` gives it), word for word."""
    return fold(passage) in document


def became(passage: str, number: str | None, lines: Sequence[Line]) -> str:
    """The paragraph that it is now, or as much of it as the passage was; empty if nothing there is like it.

    One with the same printed number is what it became if they have something in common; else the most alike, if that
    is alike enough.
    """
    own = _tokens(passage)
    same = [line.text for line in lines if number is not None and line.number == number]
    for texts, floor in ((same, ALIKE_BY_NUMBER), ([line.text for line in lines], ALIKE)):
        alike = [(_likeness(own, _tokens(text)), text) for text in _nearest(own, texts, floor)]
        score, text = max(alike, default=(0.0, ""), key=lambda each: each[0])
        if score >= floor:
            return _part_like(own, text)
    return ""


def corrects(passage: str, number: str | None, lines: Sequence[Line]) -> str:
    """What a corrigendum says of the passage: where it names its paragraph, or quotes it; empty if it does not."""
    run = RUN if " " in passage.strip() else 2 * RUN
    own = _tokens(passage)
    runs = {tuple(own[at : at + run]) for at in range(max(1, len(own) - run + 1))}
    for place, line in enumerate(lines):
        tokens = _tokens(line.text)
        quoted = any(tuple(tokens[at : at + run]) in runs for at in range(len(tokens)))
        if quoted or (number is not None and number in _named(line.text)):
            return _said(lines[place:])
    return ""


def _said(lines: Sequence[Line]) -> str:
    """The line, and those after it until another paragraph is named."""
    said = [_plain(lines[0].text)]
    for line in lines[1:]:
        if _named(line.text) or len(" ".join(said)) + len(line.text) > SAID:
            break
        said.append(_plain(line.text))
    return " ".join(said)[:SAID]


def _named(text: str) -> set[str]:
    """The numbers of the paragraphs that are named in a text."""
    found: set[str] = set()
    for names in _reference().finditer(text):
        before: int | None = None
        for match in _NUMBER.finditer(names[1]):
            number, suffix = int(match[1]), match[2]
            found.add(f"{number} {suffix}" if suffix else f"{number}")
            if before is not None and _is_range(names[1][: match.start()]):
                found.update(map(str, range(before, min(number, before + LONGEST))))
            before = number
    return found


def _is_range(before: str) -> bool:
    return before.rstrip().casefold().endswith(tuple(_words()["to"]))


@cache
def _reference() -> re.Pattern[str]:
    """A word for paragraph, then one number or several."""
    words = _words()
    names = "|".join(map(re.escape, sorted(words["paragraph"], key=len, reverse=True)))
    joints = "|".join(map(re.escape, sorted((*words["to"], *words["and"]), key=len, reverse=True)))
    number = r"\d{1,4}(?:\s*(?:bis|ter|quater)\b)?"
    return re.compile(rf"(?<![A-Za-zÀ-ÿА-я])(?:{names})\s*({number}(?:\s*(?:{joints})\s*{number})*)", re.IGNORECASE)


@cache
def _words() -> dict[str, list[str]]:
    return tomllib.loads((Path(__file__).parent / "corrigenda.toml").read_text(encoding="utf-8"))


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(_even(text).casefold())[:LONGEST]


def _even(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("\u00ad", "")


def _nearest(own: Sequence[str], texts: Sequence[str], floor: float) -> list[str]:
    """Of many paragraphs the few that have most of the passage's words, in whatever order."""
    wanted = set(own)
    shares = [
        (len(wanted.intersection(_tokens(text))) / max(1, len(wanted)), place) for place, text in enumerate(texts)
    ]
    best = sorted((share, -place) for share, place in shares if share >= floor)[-NEAREST:]
    return [texts[-place] for _, place in reversed(best)]


def _likeness(own: Sequence[str], other: Sequence[str]) -> float:
    """The share of the passage that is there in order; a passage may be part of a long paragraph."""
    blocks = SequenceMatcher(None, own, other, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / max(1, len(own))


def _part_like(own: Sequence[str], text: str) -> str:
    """The whole paragraph; of one that is far longer than the passage, the part that it was."""
    even = _even(text)
    spans = [match.span() for match in _TOKEN.finditer(even)][:LONGEST]
    if len(spans) <= max(2 * len(own), len(own) + 40):
        return _plain(text)
    blocks = [b for b in SequenceMatcher(None, own, _tokens(text), autojunk=False).get_matching_blocks() if b.size]
    first, last = blocks[0], blocks[-1]
    begin = max(0, first.b - first.a)
    end = min(len(spans), last.b + len(own) - last.a)
    return _plain(even[spans[begin][0] : spans[end - 1][1]])


def _plain(text: str) -> str:
    """In one line, so that several passages can stand in one text, apart."""
    return " ".join(text.split())
