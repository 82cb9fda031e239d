"""With which words does print say what comes next? "Table 3", "(continued)", "Notes", in the six languages."""

import csv
import re
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).parents[1] / "tables" / "printed_words.csv"


def is_caption(text: str) -> bool:
    """Whether a text begins as the title of a table does."""
    return bool(_begins_with("table").match(text))


def is_continued(text: str) -> bool:
    """Whether a text says of itself that it goes on from the page before."""
    return bool(_ends_with("continued").search(text) or re.match(r"^تابع\b", text))


def opens_notes(text: str) -> bool:
    """Whether a text is the heading over the notes at a document's end."""
    return text.strip(" .:：").casefold() in _words("notes")


def counting_words() -> frozenset[str]:
    """Words behind which a figure counts: article 9, paragraph 9, No. 9."""
    return _words("counting")


@cache
def _words(sign: str) -> frozenset[str]:
    with _TABLE.open(encoding="utf-8", newline="") as lines:
        rows = [row["words"].split("|") for row in csv.DictReader(lines) if row["sign"] == sign]
    return frozenset(word.casefold() for words in rows for word in words)


@cache
def _begins_with(sign: str) -> re.Pattern[str]:
    """The words at the beginning, as words of their own where the script sets blanks."""
    words = "|".join(re.escape(word) + (r"\b" if word.isascii() or len(word) > 2 else "") for word in _words(sign))
    return re.compile(f"^(?:{words})", re.IGNORECASE)


@cache
def _ends_with(sign: str) -> re.Pattern[str]:
    words = "|".join(map(re.escape, _words(sign)))
    return re.compile(rf"(?:^|[\s(（])(?:{words})\W*$", re.IGNORECASE)
