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
    small, head = _plain(text), _plain(title or text.strip().partition("\n")[0])
    if len(small) > _SHORT * _TITLE_SHARE:
        return
    searched = head if len(small) > _SHORT else f"{head} {small}"
    for what, words, where in _signs():
        if words in (head if where == "title" else searched):
            raise NotADocument(f"{what} in place of a document (it says: “{words}”)")


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("’", "'").split())


@cache
def _signs() -> tuple[tuple[str, str, str], ...]:
    """What it is, its words, and whether they count in the title (or first line) alone."""
    with _TABLE.open(encoding="utf-8", newline="") as lines:
        return tuple((row["what"], _plain(row["words"]), row["where"] or "") for row in csv.DictReader(lines))
