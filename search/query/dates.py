"""Which days does a date in a query cover? "2024", "2024-05", "2004..2006", ">=2024-01"."""

import calendar
import re
from datetime import date, timedelta
from typing import TypeAlias

Days: TypeAlias = tuple[date | None, date | None]

_DATE = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?")
_COMPARED = re.compile(r"(>=|<=|=>|=<|>|<|=)?\s*(.*)", re.DOTALL)


def days_of(value: str) -> Days | None:
    """The first and last day that `value` covers; None if it is not a date or a range of dates."""
    value = value.strip()
    if ".." in value:
        left, _, right = value.partition("..")
        return _between(left.strip(), right.strip(" ."))
    sign, written = _COMPARED.match(value).groups()  # type: ignore[union-attr]  # it matches anything
    days = _one(written)
    if days is None:
        return None
    return _compared(sign, *days)


def _between(left: str, right: str) -> Days | None:
    first, last = _one(left), _one(right)
    if (left and first is None) or (right and last is None) or not (left or right):
        return None
    return (first[0] if first else None, last[1] if last else None)


def _compared(sign: str | None, first: date, last: date) -> Days | None:
    if sign in (">=", "=>"):
        return first, None
    if sign in ("<=", "=<"):
        return None, last
    if sign == ">":
        return (last + timedelta(days=1), None) if last < date.max else None
    if sign == "<":
        return (None, first - timedelta(days=1)) if first > date.min else None
    return first, last


def _one(text: str) -> tuple[date, date] | None:
    found = _DATE.fullmatch(text)
    if not found:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
    except ValueError:
        return None
    if day:
        return first, first
    if month:
        return first, date(first.year, month, calendar.monthrange(first.year, month)[1])
    return first, date(first.year, 12, 31)
