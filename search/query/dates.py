"""Which days does a date in a query cover? "2024-05", "2004..2006", ">=2024-01", "March 2024", "since last year".

Words are those of dates.toml. A week begins on Monday; "last month" is the month before this one, "last 3 months"
reach back from today. In 12/03/2024 the day comes first, as the forums write it, and that is said.
"""

import calendar
import re
import tomllib
import unicodedata
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

LONGEST = 80  # characters of a date in words

_ISO = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?")
_BY_DAY = re.compile(r"(?:(\d{1,2})[-/.])?(\d{1,2})[-/.](\d{4})")
_CHINESE = re.compile(r"(\d{4})年(?:(\d{1,2})月(?:(\d{1,2})[日号])?)?")
_COMPARED = re.compile(r"(>=|<=|=>|=<|>|<|=)?\s*(.*)", re.DOTALL)
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|o)")


class Days(NamedTuple):
    """First and last day, both included; None is open.

    `taken`: the day that a date was taken as that can be read in two ways. `passing`: tomorrow it means other days.
    """

    first: date | None
    last: date | None
    taken: str = ""
    passing: bool = False


def days_of(value: str, today: date) -> Days | None:
    """The days that `value` covers; None if it is not a date or a range of dates."""
    value = value.strip()
    if ".." in value:
        left, _, right = value.partition("..")
        return _between(left.strip(), right.strip(" ."), today)
    sign, written = _COMPARED.match(value).groups()  # type: ignore[union-attr]  # it matches anything
    days = _one(written, today)
    if days is None:
        return None if sign else _range_in_words(_plain(value), today)
    return _compared(sign, days)


def _between(left: str, right: str, today: date) -> Days | None:
    first, last = _one(left, today), _one(right, today)
    if (left and first is None) or (right and last is None) or not (left or right):
        return None
    known = [days for days in (first, last) if days]
    taken = next((days.taken for days in known if days.taken), "")
    passing = any(days.passing for days in known)
    return Days(first.first if first else None, last.last if last else None, taken, passing)


def _compared(sign: str | None, days: Days) -> Days | None:
    first, last = days.first or date.min, days.last or date.max
    if sign in (">=", "=>"):
        return days._replace(last=None)
    if sign in ("<=", "=<"):
        return days._replace(first=None)
    if sign == ">":
        return days._replace(first=last + timedelta(days=1), last=None) if last < date.max else None
    if sign == "<":
        return days._replace(first=None, last=first - timedelta(days=1)) if first > date.min else None
    return days


def _one(text: str, today: date) -> Days | None:
    try:
        if found := _ISO.fullmatch(text) or _CHINESE.fullmatch(text):
            return _whole(*(int(part) if part else None for part in found.groups()))
        if found := _BY_DAY.fullmatch(text):
            return _by_day(*(int(part) if part else None for part in found.groups()))
        return _in_words(_plain(text), today)
    except (ValueError, OverflowError):  # no such day
        return None


def _whole(year: int | None, month: int | None = None, day: int | None = None) -> Days:
    """A year, a month or a day; ValueError if there is none such."""
    first = date(year or 0, month or 1, day or 1)
    if day:
        return Days(first, first)
    if month:
        return Days(first, first.replace(day=calendar.monthrange(first.year, month)[1]))
    return Days(first, date(first.year, 12, 31))


def _by_day(day: int | None, month: int | None, year: int | None) -> Days:
    if day is None or month is None:
        return _whole(year, month)
    if month > 12 >= day:
        return _whole(year, day, month)
    days = _whole(year, month, day)
    return days._replace(taken=str(days.first)) if day <= 12 and day != month else days


def _range_in_words(text: str, today: date) -> Days | None:
    """Since, after, before, until a date; between two."""
    for form, sign in (("since", ">="), ("after", ">"), ("before", "<"), ("until", "<=")):
        for word in _table()["ranges"][form]:
            days = _one(text[len(word) + 1 :], today) if text.startswith(f"{word} ") else None
            if days:
                return _compared(sign, days)
    between = next((word for word in _table()["ranges"]["between"] if text.startswith(f"{word} ")), "")
    inside = text[len(between) :].strip()
    for word in _table()["ranges"]["and"]:
        left, joined, right = inside.partition(f" {word} ")
        days = _between(left, right, today) if joined and left and right else None
        if days:
            return days
    return None


def _in_words(text: str, today: date) -> Days | None:
    """A day, week, month or year in words."""
    for name, back in (("today", 0), ("yesterday", 1)):
        if text in _table()["days"][name]:
            return Days(today - timedelta(back), today - timedelta(back), passing=True)
    for phrase in _table()["shifts"]["ago"]:
        if " " in phrase and text.startswith(phrase):
            text = f"ago{text[len(phrase) :]}"
    words = [_ORDINAL.sub(r"\1", word) for word in re.split(r"[\s,.]+", text) if word]
    words = [word for word in words if word not in _table()["filling"]]
    kinds = [_kind(word) for word in words]
    numbers = [int(word) for word, (kind, _) in zip(words, kinds, strict=True) if kind == "number"]
    named = {kind: name for kind, name in kinds if kind != "number"}
    if not words or len(words) != len(numbers) + len(named):
        return None
    if named.keys() == {"month"}:
        return _of_month(int(named["month"]), numbers, [kind for kind, _ in kinds], today)
    if named.keys() == {"shift", "unit"} and len(numbers) <= 1:
        return _shifted(named["shift"], named["unit"], numbers, today)
    return None


def _of_month(month: int, numbers: list[int], kinds: list[str], today: date) -> Days | None:
    """March 2024, 3 March 2024, March 3 2024; the latest that has begun where no year is said."""
    if len(numbers) == 2 and kinds in (["number", "month", "number"], ["month", "number", "number"]):
        return _whole(numbers[1], month, numbers[0]) if numbers[1] > 31 else None
    if len(numbers) == 1 and numbers[0] > 31:
        return _whole(numbers[0], month) if kinds == ["month", "number"] else None
    if len(numbers) <= 1:
        day = numbers[0] if numbers else None
        year = today.year if (month, day or 1) <= (today.month, today.day) else today.year - 1
        return _whole(year, month, day)._replace(passing=True)
    return None


def _shifted(shift: str, unit: str, numbers: list[int], today: date) -> Days | None:
    """This week, last month, last 3 months, 3 months ago."""
    if shift == "ago" or numbers:
        if not numbers or shift == "this":
            return None
        begins = _back(today, unit, numbers[0])
        return Days(begins, begins if shift == "ago" else today, passing=True)
    day = _back(today, unit, 1) if shift == "last" else today
    if unit == "week":
        monday = day - timedelta(days=day.weekday())
        return Days(monday, monday + timedelta(days=6), passing=True)
    parts = {"year": 1, "month": 2, "day": 3}[unit]
    return _whole(*(day.year, day.month, day.day)[:parts])._replace(passing=True)


def _back(day: date, unit: str, number: int) -> date:
    """So many units before; ValueError or OverflowError before the first year."""
    if unit in ("day", "week"):
        return day - timedelta(days=number * (7 if unit == "week" else 1))
    months = day.year * 12 + day.month - 1 - number * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(max(year, 1), month + 1)[1]))


def _plain(text: str) -> str:
    """In lower case, without accents and apostrophes, one space between words."""
    decomposed = unicodedata.normalize("NFKD", text[: LONGEST + 1].lower().replace("'", " ").replace("’", " "))
    plain = " ".join("".join(each for each in decomposed if not unicodedata.combining(each)).split())
    return plain if len(text) <= LONGEST else ""


def _kind(word: str) -> tuple[str, str]:
    return ("number", word) if word.isascii() and word.isdigit() and len(word) <= 4 else _words().get(word, ("", word))


@cache
def _words() -> dict[str, tuple[str, str]]:
    """Word -> (month, its number), (unit, its name) or (shift, its name)."""
    known = {word: ("month", str(number)) for number, names in enumerate(_table()["months"], 1) for word in names}
    for kind in ("unit", "shift"):
        known |= {
            word: (kind, name) for name, words in _table()[f"{kind}s"].items() for word in words if " " not in word
        }
    return known


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "dates.toml").read_text(encoding="utf-8"))
