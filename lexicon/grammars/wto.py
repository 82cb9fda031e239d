"""How does the World Trade Organization write its symbols? S/C/W/301, WT/MIN(05)/4/Add.2, TN/S/O/PHL/Rev.1."""

import re

from lexicon.grammars.spelling import modifier, split_language, tidy
from lexicon.symbol import Symbol

_COLLECTIONS = frozenset({"G", "IP", "WT", "JOB", "OFFICE", "S", "TN", "RD", "INF"})
_WORD = re.compile(r"[A-Z]{1,8}\d{0,4}(?:\(\d\d\))?")
_NUMBER = re.compile(r"\d{1,5}[A-Z]?")
_DRIVES = {"Q": "en", "R": "fr", "S": "es"}  # docs.wto.org keeps each language on a drive of its own
_GLUED = {"R": "Rev", "A": "Add", "C": "Corr", "S": "Suppl"}
# Security Council papers that the shape alone would let pass.
_NOT_SERVICES = re.compile(r"(?:RES|PRST|PV|AC|INF|AGENDA|\d)")


def parse(text: str) -> Symbol | None:
    """The symbol that `text` writes, None if it is none; takes the file names of docs.wto.org, never raises."""
    plain, language = split_language(tidy(text))
    plain = plain.upper()
    found = re.match(r"([QRS]):?/(?=(?:G|IP|WT|JOB|OFFICE|S|TN)[/(\d])", plain)
    if found and (":" in found[0] or found[1] != "S"):
        language = language or _DRIVES[found[1]]
        plain = plain[found.end() :]
    plain = re.sub(r" ?/ ?", "/", re.sub(r" (?=\()", "", plain)).strip("/")
    components = [piece for component in plain.split("/") for piece in _unglued(component)]
    root = components[0].partition("(")[0]
    if not 2 <= len(components) <= 12 or root not in _COLLECTIONS:
        return None
    if root == "S" and _NOT_SERVICES.match(components[1]):
        return None
    return _read(components, language)


def _unglued(component: str) -> list[str]:
    """A component as it stands in file names, taken apart: W546R12 is W/546/Rev.12, MIN22 is MIN(22)."""
    if found := re.fullmatch(r"(MIN|JOB)(\d\d)", component):
        return [f"{found[1]}({found[2]})"]
    found = re.fullmatch(r"([WMNLO]?)(\d{1,5})((?:[RACS]\d{1,2}){0,3})", component)
    if not found or not (found[1] or found[3]):
        return [component]
    letter = [found[1]] if found[1] else []
    modifiers = [f"{_GLUED[piece[0]].upper()}.{piece[1:]}" for piece in re.findall(r"[RACS]\d{1,2}", found[3])]
    return [*letter, found[2], *modifiers]


def _read(components: list[str], language: str | None) -> Symbol | None:
    end = len(components)
    while end > 1 and modifier(components[end - 1]):
        end -= 1
    stem = components[:end]
    if not all(_NUMBER.fullmatch(component) or _WORD.fullmatch(component) for component in stem):
        return None
    if not re.search(r"\d", "/".join(stem[1:])) and not re.fullmatch(r"TN/S/O/[A-Z]{3,7}", "/".join(stem)):
        return None
    series: list[str] = []
    year = None
    for component in stem:
        if _NUMBER.fullmatch(component):
            break
        if found := re.search(r"\((\d\d)\)", component):
            year = year or _full_year(int(found[1]))
        series.append(re.sub(r"\d+|\(\d\d\)", "", component))
    if len(series) > 2 and len(series[-1]) == 3 and series[-2] in ("O", "N"):
        series.pop()  # the member that notifies or offers
    modifiers = tuple(found for found in map(modifier, components[end:]) if found)
    return Symbol("wto", "/".join(stem), modifiers, "/".join(series), None, year, language=language)


def _full_year(year: int) -> int:
    return 1900 + year if year >= 90 else 2000 + year
