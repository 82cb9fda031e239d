"""Is this a document, or what a site shows instead of one? Error, login, challenge, maintenance pages are refused."""

import csv
from functools import cache
from pathlib import Path

from pipeline.errors import NotADocument

_TABLE = Path(__file__).parent.parent / "tables" / "refusals.csv"
_SHORT = 1500  # characters: a longer text may well speak of maintenance
_TITLE_SHARE = 6  # in a text up to this many times longer, the title is believed by itself


def refuse_impostors(text: str, title: str | None = None) -> None:
    """Raises NotADocument if a short text, or the title of a not too long one, says what such pages say."""
    small = _plain(text)
    if len(small) > _SHORT * _TITLE_SHARE:
        return
    searched = _plain(title or "") if len(small) > _SHORT else f"{_plain(title or '')} {small}"
    for what, words in _signs():
        if words in searched:
            raise NotADocument(f"{what} in place of a document (it says: “{words}”)")


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("’", "'").split())


@cache
def _signs() -> tuple[tuple[str, str], ...]:
    with _TABLE.open(encoding="utf-8", newline="") as lines:
        return tuple((row["what"], _plain(row["words"])) for row in csv.DictReader(lines))
