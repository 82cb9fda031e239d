"""How is text made comparable? One character becomes at most one, so that an offset can be found again.

Lower case, no accents, one apostrophe, one hyphen, one kind of blank; Arabic without vowel signs and with one form of
alef, ya and ta marbuta. Longer changes (ß to ss) are left undone on purpose.
"""

import unicodedata
from functools import cache

_SAME = {
    **dict.fromkeys("’‘ʼʻ`´′ʹ", "'"),
    **dict.fromkeys("‐‑‒–—−", "-"),
    **dict.fromkeys("“”„«»", '"'),
    **dict.fromkeys("\t\n\r\u00a0\u2007\u2009\u202f\u3000", " "),
    **dict.fromkeys("أإآٱ", "ا"),
    "ى": "ي",
    "ة": "ه",
    "ı": "i",
    "ё": "е",
    "й": "й",  # a letter of its own, not an accented one
    "ø": "o",
    "ł": "l",
}
_DROPPED = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u0640\ufeff")


@cache
def _char(char: str) -> str:
    if char in _DROPPED:
        return ""
    lower = char.lower()
    if lower in _SAME:
        return _SAME[lower]
    base = "".join(c for c in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(c))
    if not base:
        return ""
    return _SAME.get(base, base) if len(base) == 1 else lower[:1]


def fold(text: str) -> str:
    """The comparable form of a text."""
    return text.lower() if text.isascii() and "\n" not in text else "".join(map(_char, text))


def fold_pattern(pattern: str) -> str:
    """A regular expression for folded text: only what is not ASCII is folded, the rest may mean something else."""
    return "".join(char if char.isascii() else _char(char) for char in pattern)


def fold_with_offsets(text: str) -> tuple[str, list[int] | None]:
    """The folded text and, per folded character, its place in `text`; None where the places are the same."""
    folded = fold(text)
    if len(folded) == len(text):
        return folded, None
    return folded, [at for at, char in enumerate(text) if _char(char)]
