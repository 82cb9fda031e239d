"""Which letters has a list on a Russian page that OCR has read? The UN letters its items a) b) c) in Latin.

Tesseract, reading Russian, sees the letter that looks alike ("Ь)", "с)", "4)" for d). A list that goes а) б) в) is left
as it is.
"""

import re
from collections.abc import Iterable

from pipeline.readers.sheet import Line

_ITEM = re.compile(r"^(?P<open>\(?)(?P<letter>[^\s()]{1,2})\)(?=\s)")
_LETTERS = "abcdefghij"
# What is seen for each of them, in small letters, the right one among them.
_SEEN = {
    "a": ("a", "а"),
    "b": ("b", "ь", "ъ", "6"),
    "c": ("c", "с"),
    "d": ("d", "4", "9", "д"),
    "e": ("e", "е"),
    "f": ("f", "г", "гр", "т", "р"),
    "g": ("g", "5", "8", "д", "в", "2"),
    "h": ("h", "в", "н", "ь", "п"),
    "i": ("i", "1", "!", "й", "и"),
    "j": ("j", ")", "у", "3"),
}


def letter_items(lines: Iterable[Line]) -> None:
    """Puts the Latin letter in front of the items of each list that goes a, b, c; all in place."""
    row: list[tuple[Line, re.Match[str]]] = []
    for line in lines:
        match = _ITEM.match(line.text)
        if match is None:
            continue
        seen = match["letter"].lower()
        if len(row) < len(_LETTERS) and row and seen in _SEEN[_LETTERS[len(row)]]:
            row.append((line, match))
        elif seen in _SEEN["a"]:
            _write(row)
            row = [(line, match)]
        else:
            _write(row)
            row = []
    _write(row)


def _write(row: list[tuple[Line, re.Match[str]]]) -> None:
    if len(row) < 2:  # an а) alone may be the first of а) б) в)
        return
    for letter, (line, match) in zip(_LETTERS, row, strict=False):
        line.text = f"{match['open']}{letter}){line.text[match.end() :]}"
