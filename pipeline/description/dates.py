"""Which calendar dates are written here? In the six languages, day first, bounded in time."""

import csv
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pipeline.description.ordinals import chinese_number
from pipeline.fold import fold

_TABLE = Path(__file__).parents[1] / "tables" / "months.csv"
FIRST_YEAR, LAST_YEAR = 1900, 2100  # 0001-01-01 and the like stand for "unknown" in publishers' databases

# Any word may stand where a month is expected; the table decides. That is much faster than listing the months.
_MONTH = r"(?P<month>[^\W\d_]{2,12})\.?"
_YEAR = r"(?P<year>(?:19|20)\s?\d\s?\d)(?!\d)"
_PATTERNS = (
    re.compile(rf"(?<![\w/.-])(?P<day>\d{{1,2}})(?:er|º|°|st|nd|rd|th)?\s{{1,3}}(?:de\s|of\s)?{_MONTH}"
               rf"(?:/[^\W\d_]{{3,12}})?,?\s{{1,3}}(?:de\s|del\s)?{_YEAR}"),
    re.compile(rf"(?<!\w){_MONTH}\s{{1,3}}(?P<day>\d{{1,2}}),\s{{1,3}}{_YEAR}"),
    re.compile(r"(?<![\d./-])(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)(?![\d/-])"),
    re.compile(r"(?<![\d./-])(?P<day>\d{1,2})(?P<s>[/.])(?P<month>\d{1,2})(?P=s)(?P<year>(?:19|20)\d\d)(?![\d/-])"),
    re.compile(r"(?P<year>(?:19|20)\d\d)\s?年\s?(?P<month>\d{1,2})\s?月\s?(?P<day>\d{1,2})\s?日"),
    re.compile(r"(?P<year>[一二][零〇一二三四五六七八九]{3})\s?年\s?(?P<month>[一二三四五六七八九十]{1,2})\s?月\s?"
               r"(?P<day>[一二三四五六七八九十]{1,3})\s?日"),
)  # fmt: skip
_MONTH_AND_YEAR = re.compile(rf"(?<!\w){_MONTH}\s{{1,3}}(?:de\s|del\s)?{_YEAR}")
_TWO_WORDS = re.compile("(كانون|تشرين) (ال[أا]ول|الثاني)")
_PLACEHOLDERS = frozenset({date(1900, 1, 1)})
_ARABIC_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")
_CHINESE_YEAR = str.maketrans("零〇一二三四五六七八九", "00123456789")


class Dated(NamedTuple):
    """A date in a text and where it stands."""

    start: int
    end: int
    date: date


@cache
def _months() -> dict[str, int]:
    with _TABLE.open(encoding="utf-8", newline="") as lines:
        return {fold(form): int(row["month"]) for row in csv.DictReader(lines) for form in row["forms"].split()}


def find_dates(text: str) -> list[Dated]:
    """All full dates in `text`, in order, none overlapping another."""
    if not any(char.isdigit() for char in text) and "年" not in text:
        return []
    found = sorted(_full_dates(_levantine(text.translate(_ARABIC_DIGITS))))
    kept: list[Dated] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def parse_date(text: str | None) -> date | None:
    """The first full date in what a source wrote ("Geneva, 5 June 2023", "15/09/2009 00:00:00", "2023-11-08")."""
    found = find_dates((text or "")[:200].strip())
    return found[0].date if found else None


def parse_month(text: str) -> date | None:
    """The first of the month that "June 2024" names, for mastheads that give no day."""
    for match in _MONTH_AND_YEAR.finditer(text[:200]):
        month = _months().get(fold(match["month"]))
        if month:
            return date(int(re.sub(r"\s", "", match["year"])), month, 1)
    return None


def _full_dates(text: str) -> Iterator[Dated]:
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            when = _date(match["year"], match["month"], match["day"])
            if when:
                yield Dated(match.start(), match.end(), when)


def _date(year: str, month: str, day: str) -> date | None:
    months = _months()
    number = int(month) if month.isdecimal() else months.get(fold(month)) or chinese_number(month)
    days = int(day) if day.isdecimal() else chinese_number(day)
    years = int(re.sub(r"\s", "", year).translate(_CHINESE_YEAR))
    if not number or not days or not FIRST_YEAR <= years <= LAST_YEAR:
        return None
    try:
        when = date(years, number, days)
    except ValueError:
        return None
    return None if when in _PLACEHOLDERS else when


def _levantine(text: str) -> str:
    """The four months whose Levantine names are two words are made one word, at the same length."""
    return _TWO_WORDS.sub("\\1\u0640\\2", text)
