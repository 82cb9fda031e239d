"""What kind of document is this? A table of patterns over the symbol's nature first, then over the title's words."""

import csv
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from pipeline.fold import fold, fold_pattern

_TABLE = Path(__file__).parents[1] / "tables" / "kinds.csv"
_TITLE = 400  # characters of a title that are looked at


@cache
def _patterns() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    with _TABLE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return tuple((row["kind"], row["by"], re.compile(fold_pattern(row["pattern"]))) for row in rows)


def kinds() -> tuple[str, ...]:
    """All kinds there are, in the order of the table."""
    return tuple(dict.fromkeys(kind for kind, _, _ in _patterns()))


def kind_of_symbols(symbols: Iterable[str]) -> str | None:
    """The kind that the nature of a symbol tells (CO, Q, GC, SR., L., RES, ...)."""
    return next((kind for symbol in symbols if (kind := _first("symbol", symbol))), None)


def kind_of_title(title: str) -> str | None:
    """The kind that the words of a title tell; also for what a source calls the kind."""
    return _first("title", fold(title[:_TITLE]).strip())


def _first(by: str, text: str) -> str | None:
    return next((kind for kind, what, pattern in _patterns() if what == by and pattern.search(text)), None)
