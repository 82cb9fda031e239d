"""What is each line of a first page: symbol, date, session, agenda item, part of the frame, or text?

How such lines look is told by tables/masthead.toml, per language; this module matches them and reads their numbers.
"""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import lexicon
from pipeline.description.dates import find_dates, parse_month
from pipeline.description.ordinals import ordinal, ordinal_alone
from pipeline.fold import fold, fold_pattern

_TABLE = Path(__file__).parents[1] / "tables" / "masthead.toml"
LINES = 90  # of the first page that are looked at
WIDTH = 240  # characters of a line
STRUCTURE = frozenset({"session", "dates", "agenda", "meeting", "year"})
FRAME = frozenset({"distr", "original", "date", "job", "language", "symbol", "furniture"})

_LETTER = r"[a-zа-яابجده]"
_SUB = rf"\s?\(?{_LETTER}\)|\s?\([ivx]{{1,4}}\)|[a-z](?![\w)])"  # (b), b), (ii), and b written to the number
_ITEM = rf"\d{{1,3}}(?:{_SUB})*"
_NUMBER = rf"(?P<item>{_ITEM}(?:\s?(?:,|;|and|et|y|и|و|和|&)\s?{_ITEM}){{0,6}})"
_ORDINAL = r"(?:[^\s,.;:-]{1,30}[\s-]){0,6}?[^\s,.;:-]{1,30}"  # a hyphen parts words, and is in none: one way to match
_JOB = re.compile(
    r"(?<![\w/])(?:(?P<geneva>(?:GE|V|K|NA|N|HR)\.?\s?\d{2}-\d{4,6})|(?P<plain>\d{2}-\d{5})|\((?P<wto>\d{2}-\d{4})\)"
    r"|(?P<compact>[GNVK]\d{7}))(?:X)?(?:\s?\((?P<letter>[ACEFRS])\))?(?![\w/-])"
)
_STARRED = re.compile(r"^\*\d{7}\*")
_FILLER = re.compile(
    r"[\d\s.,;:()–—/-]+|\b(?:and|to|from|et|au|du|le|y|al|de|del|года?|the|at|of|a\.m|p\.m)\b|年|月|日|至"
)
_WEEKDAY = re.compile(
    r"^(?:[^\W\d_]{3,12}day|lundi|mardi|mercredi|jeudi|vendredi|lunes|martes|miercoles|jueves|viernes),?\s"
)
_ORGANISATION = re.compile(
    r"\b(?:united nations|nations unies|naciones unidas|организация объединенных наций|الامم المتحده|联合国|"
    r"general assembly|page|english|french|distr|original|(?:first|second|premiere|primera|segunda) part[ie]?e?)\b"
)
_LETTERS = {"ا": "a", "ب": "b", "ج": "c", "د": "d", "ه": "e", "а": "a", "б": "b", "в": "c", "г": "d"}
_OPEN_END = re.compile(
    r"(?:,|\b(?:of|the|and|on|in|for|to|by|with|a|an|or|from|at|as|its|their|de|des|du|la|le|les|et|à|aux?|en|sur|par|"
    r"pour|sa|ses|del?|los|las|el|y|sobre|al|para|con|su|о|об|и|в|на|по|с|для|от|к|من|في|على|إلى|عن)|[-–—])\s*$",
    re.IGNORECASE,
)


class Line(NamedTuple):
    """A line of the first page and what it is; `label` is text where it belongs to no part of the frame."""

    text: str
    label: str
    value: str = ""


def read_lines(first_page: Sequence[str], publisher: str) -> list[Line]:
    """The lines of a first page with their labels. A session or date that ends a sentence of the title is text."""
    cleaned = (" ".join(line.split())[:WIDTH] for line in first_page)
    lines: list[Line] = []
    for text in [text for text in cleaned if text][:LINES]:
        line = label(text, publisher)
        before = lines[-1] if lines else None
        goes_on = before is not None and before.label == "text" and open_end(before.text)
        lines.append(Line(text, "text") if goes_on and line.label in ("session", "dates", "meeting") else line)
    return lines


def open_end(text: str) -> bool:
    """Whether a line breaks off in the middle of a phrase ("Report of the Board on its")."""
    return bool(_OPEN_END.search(text))


def label(text: str, publisher: str) -> Line:
    """What one line is."""
    folded = fold(text).strip()
    if _is_symbol_line(text, publisher):
        return Line(text, "symbol")
    agenda = _match("agenda", folded)
    if agenda:
        return Line(text, "agenda", _agenda_number(agenda))
    session = _match("session", folded)
    if session and (number := _session_number(session["n"], alone=True)):
        return Line(text, "session", number)
    for name in ("year", "meeting", "original", "distr", "furniture"):
        match = _match(name, folded)
        if match and (name not in ("year", "meeting") or ordinal(text)):
            return Line(text, name)
    if _JOB.match(text) or _STARRED.match(text):
        return Line(text, "job")
    language = _language(text)
    return Line(text, "language", language) if language else Line(text, _dated_label(text, folded))


def session_number(text: str) -> str | None:
    """The session that a source's words name: "Fifty-ninth session", "59", "351st Session (June 2024)", "2025"."""
    return _session_number(fold(text[:100]))


def agenda_number(text: str) -> str | None:
    """The item that a source's words name: "72(b)", "71b", "Item 3 of the provisional agenda", "Third item"."""
    folded = fold(text[:100])
    worded = _match("agenda", folded)
    match = worded or re.search(_NUMBER, folded)
    return _agenda_number(match) or None if match else None


def job_number(text: str) -> tuple[str, str | None] | None:
    """The job number in `text` as printed, and the language its letter tells: ("25-08477", "en")."""
    match = _JOB.search(text[:WIDTH])
    if not match:
        return None
    number = match["geneva"] or match["plain"] or match["wto"] or match["compact"]
    letter = match["letter"]
    return re.sub(r"\s", "", number), lexicon.language_code(letter) if letter else None


def without_weekday(text: str) -> str:
    """A date line without "Wednesday," before it."""
    return _WEEKDAY.sub("", fold(text).strip())


def _is_symbol_line(text: str, publisher: str) -> bool:
    """Whether a line is a symbol and nothing else but the organisation's name, a date or a language letter."""
    spans = lexicon.find_symbols(text, publisher)
    rest = text
    for span in reversed(spans):
        rest = rest[: span.start] + " " + rest[span.end :]
    rest = _FILLER.sub(" ", _ORGANISATION.sub(" ", fold(rest)))
    return bool(spans) and text[0] not in "*∗[" and not re.search(r"[^\W\d_]{3,}", rest)


def _dated_label(text: str, folded: str) -> str:
    """date: a line that is one full date; dates: the days of a session or meeting, with or without a place."""
    folded = _WEEKDAY.sub("", folded)
    dates = find_dates(folded)
    dated = dates or parse_month(folded) or re.search(r"\b\d{1,2}\b.*\b(?:19|20)\d\d\b", folded)
    if len(folded) > 70 or text[:1].islower() or not dated:
        return "text"
    rest = folded
    for found in reversed(dates):
        rest = rest[: found.start] + " " + rest[found.end :]
    words = re.findall(r"[^\W\d_]{2,}", _FILLER.sub(" ", re.sub(r"^(?:date|fecha)\s?:", "", rest)))
    if len(dates) == 1 and not words and not re.search(r"\d", rest[: dates[0].start]):
        return "date"
    places = [word for word in words if not parse_month(f"{word} 2000")]
    held = re.match(r"(?:from|held|du|del|с)\b", folded)
    return "dates" if not held and len(places) <= 3 and (dates or len(words) > len(places)) else "text"


def _language(text: str) -> str | None:
    """The language that a line of its own names: ENGLISH, Français, "English only"."""
    words = re.sub(r"\s+only$", "", text.strip(" :*"), flags=re.IGNORECASE)
    named = words in ("中文", "汉语") or (3 < len(words) < 20 and words.isalpha())
    return lexicon.language_code(words) if named else None


@cache
def _patterns(part: str) -> tuple[re.Pattern[str], ...]:
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    lists = [table["other"][part]] if part in table["other"] else table[part].values()
    filled = (one.replace("{N}", _NUMBER).replace("{O}", _ORDINAL) for patterns in lists for one in patterns)
    return tuple(re.compile(fold_pattern(one), re.IGNORECASE) for one in filled)


def matches(part: str, folded: str) -> bool:
    """Whether a folded line or part of a title looks as tables/masthead.toml says that `part` looks."""
    return _match(part, folded) is not None


def _match(part: str, folded: str) -> re.Match[str] | None:
    return next((match for pattern in _patterns(part) if (match := pattern.search(folded))), None)


def _session_number(text: str, alone: bool = False) -> str | None:
    year = re.fullmatch(r"\s*((?:19|20)\d\d)\s*(?:session)?", text)
    number = int(year[1]) if year else (ordinal_alone if alone else ordinal)(text)
    return str(number) if number else None


def _agenda_number(match: re.Match[str]) -> str:
    """ "72(b)", "71 b)", "117 and 18" as "72 (b)", "71 (b)", "117, 18"; "Third item" as "3"."""
    groups = match.groupdict()
    if groups.get("word"):
        return str(ordinal(groups["word"]) or "")
    items = []
    for one in re.finditer(rf"(\d{{1,3}})((?:{_SUB})*)", groups["item"]):
        letters = re.findall(rf"[ivx]{{2,4}}|{_LETTER}", one[2])
        items.append(" ".join([one[1], *(f"({_LETTERS.get(letter, letter)})" for letter in letters)]))
    return ", ".join(items)[:64]
