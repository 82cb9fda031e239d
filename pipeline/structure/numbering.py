"""Is there a printed number in front of this paragraph? "12.", "12 bis.", "113.36", "١٢-", "(a)"."""

import re
from dataclasses import dataclass

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹０１２３４５６７８９", "012345678901234567890123456789")
_D = "0-9٠-٩۰-۹０-９"
_NUMBER = re.compile(
    rf"""^[\[“"«]?(?P<number>[{_D}]{{1,4}}(?:\.[{_D}]{{1,3}}){{0,3}})
    (?P<suffix>\s?(?:bis|ter|quater|quinquies|sexies)\b|\s?[A-Z](?=\s?\.))?
    (?:(?P<mark>\s?(?:[.．、](?![ªº°])|[‐–-](?!\s?\d))\s*(?:[–—-]\s*)?)|(?P<misread>[,:;]\s+)|(?P<bare>\s+))
    (?=\S)""",
    re.VERBOSE,
)
_ITEM = re.compile(r"^(?P<item>\((?:[a-zа-я]{1,2}|[ivx]{1,5}|[أ-ي]{1,2}|[一二三四五六七八九十]{1,3})\))\s*(?=\S)")
_LOOSE_ITEM = re.compile(r"^(?P<item>(?:[a-zа-я]|\d{1,2})\))\s*(?=\S)")
_MAX = 16  # what the catalog keeps of a number


@dataclass(frozen=True, slots=True)
class Printed:
    """A number in front of a paragraph. `parts` are its figures, empty for an item such as "(a)"."""

    number: str
    parts: tuple[int, ...]
    length: int  # of what stands before the text
    bare: bool = False  # nothing but a blank follows the figures
    misread: bool = False  # a comma or colon stands where OCR should have seen a full stop

    @property
    def is_sure(self) -> bool:
        """Whether it looks like a paragraph's number by itself, without the help of the page's layout."""
        return bool(self.parts) and not self.bare and not self.misread


def printed_number(text: str) -> Printed | None:
    """The number a line begins with, in ASCII digits; whether it is one is for the context to tell."""
    match = _NUMBER.match(text)
    if match is None:
        return _item(text)
    figures = match["number"].translate(_DIGITS)
    parts = tuple(map(int, figures.split(".")))
    bare = match["bare"] is not None
    if bare and len(parts) == 1 and not match["suffix"]:
        return None
    suffix = (match["suffix"] or "").strip()
    number = f"{figures} {suffix}" if suffix and suffix.islower() else f"{figures}{suffix}"
    return Printed(number[:_MAX], parts, match.end(), bare, match["misread"] is not None)


def _item(text: str) -> Printed | None:
    match = _ITEM.match(text) or _LOOSE_ITEM.match(text)
    if match is None:
        return None
    item = match["item"] if match["item"].startswith("(") else f"({match['item']}"
    return Printed(item, (), match.end())


def below(number: str | None, item: str) -> str:
    """An item's number under its paragraph's: "45 (c)", as it is cited."""
    return f"{number} {item}"[:_MAX] if number else item


def follows(parts: tuple[int, ...], last: tuple[int, ...] | None, evidence: bool) -> bool:
    """Whether a number can stand here. `evidence`: the line looks like the start of a paragraph.

    "…of 31 December" / "2012. The State" must not begin paragraph 2012.
    """
    if len(parts) > 1:
        return evidence or (last is not None and (parts[:-1] == last[:-1] or parts[:-1] == last))
    number = parts[0]
    if last is not None and number == last[0] + 1:
        return True
    if not evidence or 1900 <= number <= 2100:
        return False
    return number == 1 or last is None or 0 <= number - last[0] <= 50 or number < 30
