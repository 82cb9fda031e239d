"""How does the International Labour Office write its symbols? GB.349/INS/3(Rev.1), ILC.92/VI, C097."""

import re

from lexicon.grammars.spelling import CASED, ROMAN, cased, modifier, split_language, tidy
from lexicon.symbol import Symbol

_MODIFIER = re.compile(r"\(((?:ADD|REV|CORR|AMEND|AMDT)[. ]*\d{0,3})\)")
_COMPONENT = re.compile(r"[A-Z]{1,9}|\d{1,3}[A-Z]?")
_TAILS = ("DECISION", "DECISIONS", "DRAFT")
_INSTRUMENT = re.compile(r"([CRP])[ .]?(\d{1,3})")
# The highest number in use of each kind, with room for those the coming sessions of the Conference adopt.
_HIGHEST = {"C": 199, "R": 219, "P": 199}


def parse(text: str) -> Symbol | None:
    """The symbol that `text` writes, None if it is none; never raises."""
    plain, language = split_language(tidy(text))
    plain = plain.upper()
    if found := re.match(r"(?:GB|ILC)[. ]?\d", plain):
        return _meeting(plain, language)
    if found := re.fullmatch(r"REPORT (\d{1,3}) ([IVX]{1,5}(?: ?\(\d?[A-Z]?\))?)", plain):
        return _conference(found[1], found[2].replace(" ", ""), language)
    return instrument(plain)


def instrument(plain: str) -> Symbol | None:
    """C097 or the plain C97 of running text: a Convention, Recommendation or Protocol by its number."""
    found = _INSTRUMENT.fullmatch(plain)
    if not found or not 0 < int(found[2]) <= _HIGHEST[found[1]]:
        return None
    return Symbol("ilo", f"{found[1]}{int(found[2]):03}", series=found[1])


def _meeting(plain: str, language: str | None) -> Symbol | None:
    found = re.match(r"(GB|ILC)[. ]?(\d{1,3})", plain)
    if not found:
        return None
    rest = plain[found.end() :]
    if "/" not in rest:
        rest = re.sub(r"[_-]+", "/", rest)
    rest = re.sub(r" ?/ ?", "/", re.sub(r" (?=\()", "", rest))
    if found[1] == "ILC":
        return _conference(found[2], rest.lstrip("/ "), language)
    return _governing_body(found[2], rest, language)


def _governing_body(session: str, rest: str, language: str | None) -> Symbol | None:
    extra = re.match(r"(?:BIS|TER)?", rest)
    rest = rest[extra.end() :] if extra else rest
    bis = extra[0].lower() if extra else ""
    if not rest.startswith("/"):
        return None
    components, modifiers, tail = _taken_apart(rest[1:])
    if not components or not all(_COMPONENT.fullmatch(component) for component in components):
        return None
    if not re.match(r"[A-Z]{2,}|\d", components[0]) or len(components) > 8:
        return None
    section = components[0] if components[0].isalpha() and components[0] not in CASED else ""
    stem = "/".join((f"GB.{int(session)}{bis}", *(_printed(component) for component in components)))
    series = f"GB/{section}" if section else "GB"
    return Symbol("ilo", stem, modifiers, series, int(session), tail=tail, language=language)


def _printed(component: str) -> str:
    return CASED.get(component, component) if component != "SP" else component


def _taken_apart(rest: str) -> tuple[list[str], tuple[str, ...], str]:
    """Components, modifiers (in brackets, or behind a slash as other publishers do) and what follows the modifiers."""
    components: list[str] = []
    modifiers: list[str] = []
    tail = ""
    for component in _MODIFIER.sub(r"/\1", rest).strip("/").split("/"):
        if found := modifier(component):
            modifiers.append(found)
        elif component in _TAILS and (modifiers or component != "DRAFT"):
            tail += f"/{cased(component)}"
        else:
            components.append(component if not (modifiers or tail) else "")
    return components, tuple(modifiers), tail


def _conference(session: str, rest: str, language: str | None) -> Symbol | None:
    rest = re.sub(r"^REPORT ?", "", rest)
    components, modifiers, tail = _taken_apart(rest)
    if tail or not components:
        return None
    whole = "/".join(components)
    number = int(session)
    if found := re.fullmatch(r"([IVX]{1,5})(?:[( ]([0-9A-Z]{1,2})\)?)?", whole):
        if not ROMAN.fullmatch(found[1]):
            return None
        stem, series = found[1] + (f"({found[2]})" if found[2] else ""), "ILC"
    elif found := re.fullmatch(r"(?:PROVISIONAL )?RECORD ?(?:NO)?[. ]*(\d{1,3}(?:-\d)?[A-Z]?)", whole):
        stem, series = f"Record No.{found[1]}", "ILC/Record"
    elif found := re.fullmatch(r"PR[./ ]?(\d{1,3}(?:-\d)?[A-Z]?)(?:/\d+)*", whole):
        stem, series = f"PR/{found[1]}", "ILC/PR"
    elif found := re.fullmatch(r"RESOLUTION ([IVX]{1,5})", whole):
        stem, series = f"Resolution {found[1]}", "ILC/Resolution"
    else:
        return None
    return Symbol("ilo", f"ILC.{number}/{stem}", modifiers, series, number, language=language)
