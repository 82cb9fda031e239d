"""How does the International Organization for Migration write its symbols? MC/2126/Rev.1, C/115/1/Rev.2, S/31/7."""

import re

from lexicon.grammars.spelling import modifier, roman, split_language, tidy
from lexicon.symbol import Symbol

_ROOTS = frozenset({"MC", "C", "S", "SCPF", "IC"})
_WORDS = frozenset({"L", "RES", "INF", "CRP", "EX", "SP", "C", "SC"})
_NUMBER = re.compile(r"\d{1,5}[A-Z]?")
_RESOLUTION = re.compile(r"RESOLUTION NO[. ]*(\d{1,4})(?: ?\(([IVXLC]{1,12})\))?(?: OF .*)?")
_LAST_SESSION = 200


def parse(text: str) -> Symbol | None:
    """The symbol that `text` writes, None if it is none; never raises."""
    plain, language = split_language(tidy(text))
    plain = plain.upper()
    if found := _RESOLUTION.fullmatch(plain):
        return _resolution(found[1], found[2], language)
    if "/" not in plain:
        plain = re.sub(r"[_-]+", "/", plain)
    plain = re.sub(r" ?/ ?", "/", plain).strip("/")
    components = re.sub(r"(?<=/)(REV|ADD|CORR|AMEND|AMDT)/(?=\d)", r"\1.", plain).split("/")
    if not 2 <= len(components) <= 8 or components[0] not in _ROOTS:
        return None
    return _read(components, language)


def _resolution(number: str, session: str | None, language: str | None) -> Symbol | None:
    """A Council resolution as it was cited before it had a symbol of its own: Resolution No. 1108 (LXXXVIII)."""
    value = roman(session) if session else None
    if session and value is None:
        return None
    stem = f"Resolution No. {int(number)}" + (f" ({session})" if session else "")
    return Symbol("iom", stem, series="C/RES", session=value, language=language)


def _read(components: list[str], language: str | None) -> Symbol | None:
    end = len(components)
    while end > 1 and modifier(components[end - 1]):
        end -= 1
    stem = components[:end]
    if not all(_NUMBER.fullmatch(component) or component in _WORDS for component in stem[1:]):
        return None
    numbers = [component for component in stem[1:] if _NUMBER.fullmatch(component)]
    if not numbers or (stem[0] in "CS" and (len(stem) < 3 or not (stem[1] == "SP" or stem[1].isdigit()))):
        return None
    first = stem.index(numbers[0])
    session = int(numbers[0]) if stem[0] in "CS" and first == 1 and numbers[0].isdigit() else None
    if session is not None and not 0 < session <= _LAST_SESSION:
        return None
    spelled = ["Sp" if component == "SP" else component for component in stem]
    modifiers = tuple(found for found in map(modifier, components[end:]) if found)
    return Symbol("iom", "/".join(spelled), modifiers, "/".join(spelled[:first]), session, language=language)
