"""Which number does Word show before a paragraph? Automatic numbers are not in the text: they are counted here."""

from dataclasses import dataclass, field
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ROMAN = {1000: "m", 900: "cm", 500: "d", 400: "cd", 100: "c", 90: "xc", 50: "l", 40: "xl"}
_ROMAN |= {10: "x", 9: "ix", 5: "v", 4: "iv", 1: "i"}


@dataclass(slots=True)
class _Level:
    shape: str = "decimal"
    text: str = "%1."
    start: int = 1


@dataclass(slots=True)
class _List:
    levels: dict[int, _Level] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)


class AutomaticNumbers:
    """Word keeps automatic numbers apart from the text: counts them as Word would show them."""

    def __init__(self, numbering: Any, styles: Any) -> None:
        self._lists: dict[str, _List] = {}
        self._names: dict[str, str] = {}
        self._of_style: dict[str, tuple[str, int]] = {}
        if numbering is not None:
            self._learn(numbering)
        for style in styles.iter(f"{W}style") if styles is not None else ():
            key = style.get(f"{W}styleId") or ""
            name = style.find(f"{W}name")
            self._names[key] = name.get(f"{W}val") or key if name is not None else key
            place = self._place(style)
            if place:
                self._of_style[key] = place

    def style(self, paragraph: Any) -> str:
        key = _value(paragraph, "pPr/pStyle") or ""
        return self._names.get(key, key)

    def label(self, paragraph: Any) -> str:
        """The number or letter Word shows before this paragraph; empty for none and for bullets."""
        place = self._place(paragraph) or self._of_style.get(_value(paragraph, "pPr/pStyle") or "")
        if place is None or place[0] not in self._lists:
            return ""
        listed, level = self._lists[place[0]], place[1]
        shape = listed.levels.get(level, _Level())
        listed.counts[level] = listed.counts.get(level, shape.start - 1) + 1
        for deeper in [each for each in listed.counts if each > level]:
            del listed.counts[deeper]
        if shape.shape in ("bullet", "none"):
            return ""
        text = shape.text
        for each in range(level + 1):
            other = listed.levels.get(each, _Level())
            text = text.replace(f"%{each + 1}", _figure(listed.counts.get(each, other.start), other.shape))
        return text.strip()

    def _learn(self, numbering: Any) -> None:
        shapes: dict[str, dict[int, _Level]] = {}
        for abstract in numbering.iter(f"{W}abstractNum"):
            levels = {}
            for level in abstract.iter(f"{W}lvl"):
                start = _value(level, "start") or "1"
                shape = _Level(_value(level, "numFmt") or "decimal", _value(level, "lvlText") or "", _int(start, 1))
                levels[_int(level.get(f"{W}ilvl"), 0)] = shape
            shapes[abstract.get(f"{W}abstractNumId") or ""] = levels
        counts: dict[str, dict[int, int]] = {}
        for number in numbering.iter(f"{W}num"):
            abstract = _value(number, "abstractNumId") or ""
            restarts = number.find(f"{W}lvlOverride/{W}startOverride") is not None
            shared = {} if restarts else counts.setdefault(abstract, {})
            self._lists[number.get(f"{W}numId") or ""] = _List(shapes.get(abstract, {}), shared)

    def _place(self, element: Any) -> tuple[str, int] | None:
        number = _value(element, "pPr/numPr/numId")
        if not number or number == "0":
            return None
        return number, _int(_value(element, "pPr/numPr/ilvl"), 0)


def _value(element: Any, path: str) -> str | None:
    found = element.find("/".join(W + step for step in path.split("/")))
    value = found.get(f"{W}val") if found is not None else None
    return str(value) if value is not None else None


def _int(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.lstrip("-").isdigit() and len(text) < 7 else otherwise


def _figure(count: int, shape: str) -> str:
    count = max(0, min(count, 9999))
    if shape in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1) if count else ""
        return letter if shape == "lowerLetter" else letter.upper()
    if shape in ("lowerRoman", "upperRoman"):
        roman, rest = "", count
        for value, sign in _ROMAN.items():
            while rest >= value:
                roman, rest = roman + sign, rest - value
        return roman if shape == "lowerRoman" else roman.upper()
    return str(count)
