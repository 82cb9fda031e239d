"""How does the United Nations write its symbols? Organ / subsidiary / session or year / nature / serial / modifiers."""

import re
from functools import lru_cache

from lexicon.grammars.spelling import CASED, ROMAN, cased, modifier, roman, split_language, tidy
from lexicon.symbol import Symbol
from lexicon.tables import rows

_NUMBER = re.compile(r"\d{1,6}[A-Z]{0,2}(?:-(?:\d{1,6}|[A-Z]))?")
_WORD = re.compile(r"[A-Z][A-Z0-9]{0,14}(?:-[A-Z0-9]{1,6})?")
_DOTTED = re.compile(
    r"[A-Z][A-Z]{0,15}(?: [A-Z]{2,10})?(?:\.[A-Z]{1,8}){0,2}\.(?:\d{1,5}[A-Z]?|[A-Z]{1,8})(?:-[A-Z0-9]{1,6})?"
)
_PART = re.compile(r"PART[. ]*([IVXL]{1,6}|\d{1,2}|[A-Z])")
_BRACKETS = re.compile(r"(?:\([^()\[\]]{1,24}\)|\[[^()\[\]]{1,24}\]){1,3}$")
_BRACKET = re.compile(r"([(\[])([A-Z0-9](?:[A-Z0-9 .\-]*[A-Z0-9])?)[)\]]")
_LETTERS = {"E": "en", "F": "fr", "R": "ru", "S": "es"}
# Sub-bodies have their number in the series (E/CN.4); papers have theirs in the document (A/C.3/78/L.49).
_SUBSIDIARIES = frozenset({"AC", "C", "CN", "CONF", "GC", "PC", "SC", "SUB", "WG", "IG", "SEM", "EC", "RCM"})
_TREATY_BODIES = frozenset({"CMW", "CERD", "CEDAW", "CCPR", "CESCR", "CAT", "CED", "CRC", "CRPD"})
_REPORTED_TO = frozenset({"E/C.12", "CAT/OP", *(f"{body}/C" for body in _TREATY_BODIES)})
_SESSIONED = _TREATY_BODIES | {"A"}
_FIRST_YEAR, _LAST_YEAR = 1945, 2100
_LAST_SESSION = 150


@lru_cache(maxsize=1)
def roots() -> dict[str, frozenset[str]]:
    """First components in use, each with the words that may follow it in running text (none listed: any)."""
    return {row["root"]: frozenset(row["words"].split()) for row in rows("un_roots")}


def parse(text: str) -> Symbol | None:
    """The symbol that `text` writes, None if it is none; takes file-name forms and lower case, never raises."""
    plain, language = split_language(tidy(text))
    plain = _unfiled(plain.upper())
    plain = re.sub(r" ?/ ?", "/", plain)
    plain = re.sub(r" ?/?(?=[(\[])", "", plain)
    plain = re.sub(r"\.(?=(?:ADD|CORR|REV)\.\d)", "/", plain)
    plain = re.sub(r"(?<=\.) (?=\d)", "", plain).strip("/")
    components = _joined(plain.split("/"))
    if len(components) < 2 or len(components) > 14 or components[0] not in roots():
        return None
    if not _fits_root(components):
        return None
    return _read(components, language)


def _unfiled(text: str) -> str:
    """A file-name form (A_HRC_59_60, E-CN_4-RES-2004-53) turned back into slashes."""
    if "/" in text:
        return text.split("-S/")[0] if re.fullmatch(r"A/\d+/\d+(?:/ADD\.\d+)?-S/[\d/]+(?:/ADD\.\d+)?", text) else text
    text = text.split("--")[0].strip("_-")
    separator = re.search(r"[_-]", text)
    if not separator:
        return text
    if separator[0] == "-":
        safe = text.count("-") >= 2 and not re.search(r"-E?S-\d", text)
        return text.replace("-", "/").replace("_", ".") if safe else text
    text = re.sub(r"^(A_\d+_\d+)_S_\d+(?:_\d+)?$", r"\1", text)  # a letter to two organs: A/47/60-S/23329
    return re.sub(r"(?<=/PART)/(?=[IVX])", " ", text.replace("_", "/"))


def _joined(components: list[str]) -> list[str]:
    """Components that belong together put together: REV/1, S/RES/2772/2025, A/RES/2758/XXVI, "36 L", "(PART I)"."""
    joined: list[str] = []
    for component in components:
        before = joined[-1] if joined else ""
        if before in ("ADD", "REV", "CORR", "AMEND") and component.isdigit():
            joined[-1] = f"{before}.{component}"
        elif before.isdigit() and (_closes(joined, component) or re.fullmatch(r"PART ?[IVX]+", component)):
            joined[-1] = f"{before}({component})"
        else:
            joined.append(re.sub(r"^(\d+) ([A-Z])$", r"\1\2", component))
    return joined


def _closes(joined: list[str], component: str) -> bool:
    """Whether `component` is what is printed in brackets behind a resolution: a year, a session in Roman numerals."""
    if len(joined) != 3 or joined[1] != "RES":
        return False
    year = joined[0] == "S" and re.fullmatch(r"(?:19|20)\d\d", component)
    return bool(year or ROMAN.fullmatch(component))


def _fits_root(components: list[str]) -> bool:
    """Whether the second component can follow the first: S/C/W/301 is the WTO's, not the Security Council's."""
    root, second = components[0], components[1]
    if root != "S":
        return True
    return bool(second in roots()["S"] or _NUMBER.match(second) or re.match(r"(?:PV|AC|SC|SR|C|INF|PRST)\.\d", second))


def _read(components: list[str], language: str | None) -> Symbol | None:
    spelled: list[str] = []
    for component in components:
        bare, brackets, letter = _without_brackets(component)
        word = _spelled(bare)
        if word is None or brackets is None:
            return None
        language = language or letter
        spelled.append(word + brackets)
    end = len(spelled)
    while end > 2 and modifier(re.sub(r"[(\[].*", "", spelled[end - 1]).upper()):
        end -= 1
    stem = spelled[:end]
    if not any(_is_serial(component) for component in stem[1:]):
        return None
    series = _series(stem)
    session, year = _session_and_year(stem, len(series))
    return Symbol("un", "/".join(stem), tuple(spelled[end:]), "/".join(series), session, year, language=language)


def _without_brackets(component: str) -> tuple[str, str | None, str | None]:
    """A component, its brackets in canonical form (None if malformed) and the language letter that was among them."""
    found = _BRACKETS.search(component)
    if not found:
        return component, "", None
    language, canonical = None, ""
    for opening, inner in _BRACKET.findall(found[0]):
        if opening == "(" and inner in _LETTERS:
            language = language or _LETTERS[inner]
            continue
        inner = re.sub(r"^PART[. ]*(?=[IVXL\d])", "PART ", inner)
        inner = re.sub(r"(?<=[A-Z]\.) (?=[IVX\d])", "", inner)
        inner = re.sub(r"[A-Z]+", lambda word: cased(word[0]), inner)
        canonical += f"({inner})" if opening == "(" else f"[{inner}]"
    whole = len(_BRACKET.sub("", found[0])) == 0
    return component[: found.start()], canonical if whole else None, language


def _spelled(component: str) -> str | None:
    """A capital component without brackets as it is printed, None if it is no component."""
    if found := modifier(component):
        return found
    if _NUMBER.fullmatch(component) or _WORD.fullmatch(component):
        return component.title() if component in CASED and component != "SP" else component
    if found_part := _PART.fullmatch(component):
        return f"Part {found_part[1]}"
    if _DOTTED.fullmatch(component) or re.fullmatch(r"[A-Z]{3,10}\.PART [IVX]{1,4}", component):
        return re.sub(r"^SUB(?=\.)", "Sub", component)
    return None


def _is_serial(component: str) -> bool:
    """Whether a component can be what numbers the document, as in 59, XII, L.49, 2772(2025)."""
    bare = re.sub(r"[(\[].*", "", component)
    if _NUMBER.fullmatch(bare) or bare.startswith("Part "):
        return True
    if roman(bare) and bare not in ("C", "L"):  # a treaty body's C, a limited paper's L
        return True
    word, dot, _ = bare.partition(".")
    return bool(dot) and word.upper() not in _SUBSIDIARIES


def _series(stem: list[str]) -> list[str]:
    """The leading components that all documents of the series share: A/HRC, E/CN.4/Sub.2, CMW/C, S/PV."""
    series = [stem[0]]
    for position, component in enumerate(stem[1:], start=1):
        bare = re.sub(r"[(\[].*", "", component)
        word, dot, number = bare.partition(".")
        if dot and (word.upper() in _SUBSIDIARIES or not number.isdigit()):
            series.append(bare)
        elif dot:
            return [*series, word]
        elif _NUMBER.fullmatch(bare) or _is_session_word(bare):
            return series
        elif position == 2 and "/".join(series) in _REPORTED_TO and re.fullmatch(r"(?!QPR)[A-Z]{3}", bare):
            return series  # the State that reports
        else:
            series.append(bare)
    return series


def _is_session_word(bare: str) -> bool:
    return bool(re.fullmatch(r"E?S-\d{1,3}", bare)) or (len(bare) > 1 and roman(bare) is not None)


def _session_and_year(stem: list[str], after: int) -> tuple[int | None, int | None]:
    """Session and year where the grammar gives them: A/HRC/59/49, E/2004/23, S/RES/2772(2025), A/RES/3449(XXX)."""
    if len(stem) <= after:
        return None, None
    first, _, bracket = stem[after].partition("(")
    inner = bracket.rstrip(")")
    if inner.isdigit() and len(inner) == 4:
        return None, int(inner)
    if roman(inner) and stem[after - 1] == "RES":
        return roman(inner), None
    if len(stem) == after + 1 or not first.isdigit():
        return None, None
    number = int(first)
    if _FIRST_YEAR <= number <= _LAST_YEAR:
        return None, number
    return (number, None) if stem[0] in _SESSIONED and 0 < number <= _LAST_SESSION else (None, None)
