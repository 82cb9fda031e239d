"""What does the frame of a first page say? Symbols, date, session, agenda item, title: read line by line.

The block of a UN document, an old typescript, an ILO, IOM or WTO cover: they differ in order, so each line is first
told by its look (tables/masthead.toml), and the title is what is left between the frame and the text.
"""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

import lexicon
from pipeline import title
from pipeline.dates import find_dates, parse_month
from pipeline.fold import fold
from pipeline.ordinals import ordinal

_TABLE = Path(__file__).parent / "tables" / "masthead.toml"
_LINES = 90  # of the first page that are looked at
_WIDTH = 240  # characters of a line
_NUMBER = r"(?P<item>\d{1,3}(?:\s?\(?[a-zа-яابجده]\)|\s?\([ivx]{1,4}\))*(?:\s?(?:,|;|and|et|y|и|و|和|&)\s?\d{1,3}(?:\s?\(?[a-z]\))*){0,6})"
_ORDINAL = r"(?:[^\s,.;:]{1,30}[\s-]){0,6}?[^\s,.;:]{1,30}"
_STRUCTURE = frozenset({"session", "dates", "agenda", "meeting", "year"})
_FRAME = frozenset({"distr", "original", "date", "job", "language", "symbol", "furniture"})
_JOB = re.compile(
    r"(?<![\w/])(?:(?P<geneva>(?:GE|V|K|NA|N|HR)\.?\s?\d{2}-\d{4,6})|(?P<plain>\d{2}-\d{5})|\((?P<wto>\d{2}-\d{4})\)"
    r"|(?P<compact>[GNVK]\d{7}))(?:X)?(?:\s?\((?P<letter>[ACEFRS])\))?(?![\w/-])"
)
_FILLER = re.compile(
    r"[\d\s.,;:()–—-]+|\b(?:and|to|from|et|au|du|le|y|al|de|del|года?|the|at|of|a\.m|p\.m)\b|年|月|日|至"
)
_WEEKDAY = re.compile(
    r"^(?:[^\W\d_]{3,12}day|lundi|mardi|mercredi|jeudi|vendredi|lunes|martes|miercoles|jueves|viernes),?\s"
)
_LETTERS = {"ا": "a", "ب": "b", "ج": "c", "د": "d", "ه": "e", "а": "a", "б": "b", "в": "c", "г": "d"}


class Line(NamedTuple):
    """A line of the first page and what it is; `label` is text where it belongs to no part of the frame."""

    text: str
    label: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Masthead:
    """What the frame of the first page says; whatever it does not say is empty."""

    symbols: tuple[str, ...] = ()
    dates: tuple[date, ...] = ()
    sessions: tuple[str, ...] = ()
    agenda_item: str | None = None
    title: str = ""
    body: str | None = None
    language: str | None = None
    job_number: str | None = None


def read_masthead(first_page: Sequence[str], publisher: str) -> Masthead:
    """Reads the lines of a first page, in the order in which they stand."""
    cleaned = (" ".join(line.split())[:_WIDTH] for line in first_page)
    texts = [text for text in cleaned if text][:_LINES]
    lines = [label(text, publisher) for text in texts]
    head = lines[: _where_text_begins(lines)]
    agenda = [line.value for line in head if line.label == "agenda"]
    return Masthead(
        symbols=_symbols(lines, publisher),
        dates=_dates(head or lines),
        sessions=tuple(dict.fromkeys(line.value for line in head if line.label == "session")),
        agenda_item=agenda[0] if agenda else None,
        title=title.from_lines(_title_lines(head), len(agenda[-1].split(",")) if agenda else 0),
        body=_body(head, publisher),
        language=next((line.value for line in lines if line.label == "language"), None) or _job(lines)[1],
        job_number=_job(lines)[0],
    )


def label(text: str, publisher: str) -> Line:
    """What one line is."""
    folded = fold(text).strip()
    if _is_symbol_line(text, publisher):
        return Line(text, "symbol")
    agenda = _match("agenda", folded)
    if agenda:
        return Line(text, "agenda", _agenda_number(agenda))
    session = _match("session", folded)
    if session and (number := _session_number(session["n"])):
        return Line(text, "session", number)
    for name in ("year", "meeting", "original", "distr", "furniture"):
        match = _match(name, folded)
        if match and (name not in ("year", "meeting") or ordinal(text)):
            return Line(text, name)
    if _JOB.match(text) or re.match(r"^\*\d{7}\*", text):
        return Line(text, "job")
    language = _language(text)
    if language:
        return Line(text, "language", language)
    return Line(text, _dated_label(text, folded))


def session_number(text: str) -> str | None:
    """The session that a source's words name: "Fifty-ninth session", "59", "351st Session (June 2024)", "2025"."""
    return _session_number(fold(text[:100]))


def agenda_number(text: str) -> str | None:
    """The item that a source's words name: "72(b)", "71b", "Item 3 of the provisional agenda", "III"."""
    match = re.search(_NUMBER, fold(text[:100])) or re.search(r"(?P<item>\d{1,3}[a-z])\b", fold(text[:100]))
    return _agenda_number(match) if match else None


def _where_text_begins(lines: list[Line]) -> int:
    """The first line that is not frame or title; frame lines may still follow (the block at the end of the text layer)."""
    for at, line in enumerate(lines):
        if line.label == "text" and at and title.begins_text(line.text):
            return at
    return len(lines)


def _title_lines(head: list[Line]) -> list[str]:
    """What stands behind the last session, date or agenda item; without these, behind the frame; or all there is."""
    structure = [at for at, line in enumerate(head) if line.label in _STRUCTURE]
    frame = [at for at, line in enumerate(head) if line.label in _FRAME]
    for places in (structure, frame):
        for place in reversed(places[-6:]):
            lines = [line.text for line in head[place + 1 :] if line.label == "text"]
            if lines:
                return lines
    return [line.text for line in head if line.label == "text"]


def _symbols(lines: list[Line], publisher: str) -> tuple[str, ...]:
    found = [
        str(span.symbol)
        for line in lines
        if line.label == "symbol"
        for span in lexicon.find_symbols(line.text, publisher)
    ]
    return tuple(dict.fromkeys(found))


def symbols_of_heads(heads: Iterable[str], publisher: str) -> tuple[str, ...]:
    """The symbols of the running heads, the most frequent first; a symbol seen on one page of many is a misreading."""
    counts: dict[str, int] = {}
    for head in list(heads)[:2000]:
        for text in dict.fromkeys(str(span.symbol) for span in lexicon.find_symbols(head[:_WIDTH], publisher)):
            counts[text] = counts.get(text, 0) + 1
    most = max(counts.values(), default=0)
    return tuple(text for text, count in sorted(counts.items(), key=lambda one: -one[1]) if count * 2 >= most)


def _is_symbol_line(text: str, publisher: str) -> bool:
    """Whether a line is a symbol and nothing else but the organisation's name, a date or a language letter."""
    spans = lexicon.find_symbols(text, publisher)
    if not spans:
        return False
    rest = text
    for span in reversed(spans):
        rest = rest[: span.start] + " " + rest[span.end :]
    rest = _FILLER.sub("", fold(rest))
    words = [word for word in re.findall(r"[^\W\d_]{3,}", rest) if word not in _organisation_words()]
    return not words


@cache
def _organisation_words() -> frozenset[str]:
    text = (
        "united nations unies naciones unidas организация объединенных наций الامم المتحده 联合国 general assembly page "
        "first second part premiere deuxieme partie primera segunda parte english french distr original vii iii"
    )
    return frozenset(fold(text).split())


def _dated_label(text: str, folded: str) -> str:
    """date: a line that is one full date; dates: the days of a session or meeting, with or without a place."""
    folded = _WEEKDAY.sub("", folded)
    dates = find_dates(folded)
    if len(folded) > 70 or not (dates or parse_month(folded) or re.search(r"\b\d{1,2}\b.*\b(?:19|20)\d\d\b", folded)):
        return "text"
    rest = folded
    for found in reversed(dates):
        rest = rest[: found.start] + " " + rest[found.end :]
    words = re.findall(r"[^\W\d_]{2,}", _FILLER.sub(" ", re.sub(r"^(?:date|fecha)\s?:", "", rest)))
    if dates and not words and len(dates) == 1 and not re.search(r"\d", rest[: dates[0].start]):
        return "date"
    places = [word for word in words if not parse_month(f"{word} 2000")]
    return "dates" if len(places) <= 3 and (dates or len(words) > len(places)) else "text"


def _dates(lines: list[Line]) -> tuple[date, ...]:
    """The document's date first: a line of its own after "Distr.", any line of its own, then dated lines and the rest."""
    after = next((at for at, line in enumerate(lines) if line.label == "distr"), None)
    own = [line.text for line in lines if line.label == "date"]
    behind = [line.text for line in lines[after:] if line.label in ("date", "distr")] if after is not None else []
    others = [line.text for line in lines if line.label in ("dates", "original", "symbol", "job", "distr")]
    found = [one.date for text in (*behind, *own, *others) for one in find_dates(_WEEKDAY.sub("", text))]
    months = [when for line in lines if line.label == "dates" and (when := parse_month(line.text))]
    return tuple(dict.fromkeys((*found, *(() if found else months))))


def _body(head: list[Line], publisher: str) -> str | None:
    """The last body that is named before the session, agenda item or title; names may run over four lines."""
    texts = [re.sub(r"\s*\bDistr?\s?[.:].*$", "", line.text) for line in head]
    texts = [
        "" if line.label not in ("text", "distr", "furniture") else text for line, text in zip(head, texts, strict=True)
    ]
    found = None
    for start in range(min(len(texts), 30)):
        for length in (4, 3, 2, 1):
            body = lexicon.find_body(" ".join(texts[start : start + length]), publisher)
            if body and all(texts[start : start + length]):
                found = body.code
                break
    return found


def _language(text: str) -> str | None:
    """The language that a line of its own names: ENGLISH, Français, "English only"."""
    words = re.sub(r"\s+only$", "", text.strip(" :*"), flags=re.IGNORECASE)
    return lexicon.language_code(words) if len(words) > 3 and len(words) < 20 or words in ("中文", "汉语") else None


def _job(lines: list[Line]) -> tuple[str | None, str | None]:
    """The job number and the language its letter tells."""
    for line in lines:
        match = _JOB.search(line.text) if line.label in ("job", "text", "distr", "date") else None
        if match and (line.label == "job" or len(match[0]) * 2 > len(line.text)):
            number = match["geneva"] or match["plain"] or match["wto"] or match["compact"]
            letter = match["letter"]
            return re.sub(r"\s", "", number), lexicon.language_code(letter) if letter else None
    return None, None


def job_number(text: str) -> str | None:
    """The job number that stands in `text`, as printed."""
    match = _JOB.search(text[:_WIDTH])
    return re.sub(r"\s", "", match["geneva"] or match["plain"] or match["wto"] or match["compact"]) if match else None


@cache
def _patterns(part: str) -> tuple[re.Pattern[str], ...]:
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    lists = [table["other"][part]] if part in table["other"] else table[part].values()
    filled = (one.replace("{N}", _NUMBER).replace("{O}", _ORDINAL) for patterns in lists for one in patterns)
    return tuple(re.compile(one, re.IGNORECASE) for one in filled)


def _match(part: str, folded: str) -> re.Match[str] | None:
    return next((match for pattern in _patterns(part) if (match := pattern.search(folded))), None)


def _session_number(text: str) -> str | None:
    year = re.fullmatch(r"\s*((?:19|20)\d\d)\s*(?:session)?", text)
    number = int(year[1]) if year else ordinal(text)
    return str(number) if number else None


def _agenda_number(match: re.Match[str]) -> str:
    """ "72(b)", "71 b)", "117 and 18" as "72 (b)", "71 (b)", "117, 18"; "Third item" as "3"."""
    groups = match.groupdict()
    if groups.get("word"):
        return str(ordinal(groups["word"]) or "")
    items = []
    for one in re.findall(r"\d{1,3}(?:\s?\(?[a-zа-яابجده]{1,4}\)?)*", groups["item"]):
        letters = re.findall(r"(?<![a-z])([a-zа-яابجده]|[ivx]{2,4})\)?(?![a-z])", one)
        items.append(" ".join([re.match(r"\d+", one)[0], *(f"({_LETTERS.get(a, a)})" for a in letters)]))  # type: ignore[index]
    return ", ".join(items)[:64]
