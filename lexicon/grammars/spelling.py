"""Which ways of writing a symbol mean the same? Look-alike letters, odd slashes, file names, language letters."""

import re
from itertools import pairwise

LONGEST = 160  # characters; no publisher's symbol comes near it

_SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u200a\u202f\u3000"), " ")
_SLASHES = dict.fromkeys(map(ord, "∕⁄／"), "/")
_DASHES = dict.fromkeys(map(ord, "‐‑–—−"), "-")
_INVISIBLE = dict.fromkeys(
    (0x00AD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF), "\u200b"
)
_CYRILLIC = dict(zip(map(ord, "АВЕКМНОРСТХ"), "ABEKMHOPCTX", strict=True))
_WIDE = {wide: chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)}
_DIGITS = {zero + digit: str(digit) for zero in (0x0660, 0x06F0) for digit in range(10)}
# One character for one character, so that offsets in the translated text are offsets in the original.
LOOKALIKES = {**_SPACES, **_DASHES, **_INVISIBLE, **_CYRILLIC, **_WIDE, **_DIGITS, **_SLASHES}

_LETTERS = {"A": "ar", "C": "zh", "E": "en", "F": "fr", "R": "ru", "S": "es"}
_SUFFIXES = {"AR": "ar", "ZH": "zh", "EN": "en", "FR": "fr", "RU": "ru", "ES": "es", "DE": "de", "OT": None}
_EXTENSION = re.compile(r"\.(?:pdf|docx?|html?|wpd|wpf|rtf|txt|epub)$", re.IGNORECASE)
_LETTER = re.compile(r"(?: \(([ACEFRS])\)|\(([EFRS])\))$", re.IGNORECASE)
_SUFFIX = re.compile(r"(?<=[\w)\]])[-_.](AR|ZH|EN|FR|RU|ES|DE|OT)$", re.IGNORECASE)
_ADRIFT = " \t\r\n.,;:*_"

# Words that are printed in mixed case; all others of a symbol are capitals.
_MIXED = (
    *("Add", "Amend", "Amdt", "Corr", "Rev", "Suppl", "Summary", "Sub", "Part", "Vol", "Agenda", "Sp"),
    *("Decision", "Decisions", "Draft", "Record", "No", "Resolution"),
)
CASED = {word.upper(): word for word in _MIXED} | {"SUPP": "Suppl"}


def tidy(text: str) -> str:
    """`text` with look-alikes replaced, nothing invisible, single spaces; empty if it is too long for a symbol."""
    if len(text) > LONGEST:
        return ""
    plain = text.translate(LOOKALIKES).replace("\u200b", "").replace("\\", "/")
    return " ".join(plain.split()).rstrip(_ADRIFT)


def split_language(text: str) -> tuple[str, str | None]:
    """`text` without file extension and language letters or suffix ("(E)", "-EN", ".en"), and that language."""
    language = None
    text = _EXTENSION.sub("", text).rstrip(_ADRIFT)
    while True:
        if found := _LETTER.search(text):
            language = language or _LETTERS[(found[1] or found[2]).upper()]
        elif found := _SUFFIX.search(text):
            language = language or _SUFFIXES[found[1].upper()]
        else:
            return text, language
        text = text[: found.start()].rstrip(_ADRIFT)


def cased(word: str) -> str:
    """A word of a symbol as it is printed: "ADD" is Add, all others stay capitals."""
    return CASED.get(word, word)


MODIFIER = re.compile(r"(ADD|AMEND|AMDT|CORR|REV|SUPPL|SUPP|SUMMARY)[. ]*(\d{1,4}(?:-\d{1,4})?)?")


def modifier(component: str) -> str | None:
    """The canonical modifier ("Rev.1") if the capital `component` is one, else None."""
    found = MODIFIER.fullmatch(component)
    if not found:
        return None
    return f"{cased(found[1])}.{found[2]}" if found[2] else cased(found[1])


_NUMERALS = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
ROMAN = re.compile(r"(?=[IVXLC])C{0,3}(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")


def roman(numeral: str) -> int | None:
    """The value of a Roman numeral in capitals, None if it is none."""
    if not ROMAN.fullmatch(numeral):
        return None
    values = [_NUMERALS[letter] for letter in numeral] + [0]
    return sum(-here if here < then else here for here, then in pairwise(values))
