"""Which document does a symbol name, whoever wrote it, and where in a text do symbols stand?"""

import re
from collections.abc import Callable
from functools import lru_cache

from lexicon.grammars import ilo, iom, un, wto
from lexicon.grammars.spelling import CASED, LOOKALIKES
from lexicon.symbol import Symbol, SymbolSpan, format_symbol

__all__ = ["Symbol", "SymbolSpan", "find_symbols", "format_symbol", "parse_symbol", "split_symbols"]

_PARSERS: dict[str, Callable[[str], Symbol | None]] = {
    "un": un.parse,
    "ilo": ilo.parse,
    "iom": iom.parse,
    "wto": wto.parse,
}
# Who is asked in which order: S/31/7 is the publisher's own if the publisher is known, else the Security Council's.
_ORDER = {
    None: ("un", "ilo", "wto", "iom"),
    "UN": ("un", "ilo", "wto", "iom"),
    "GCIM": ("un", "ilo", "iom", "wto"),
    "ILO": ("ilo", "un", "wto", "iom"),
    "IOM": ("iom", "un", "ilo", "wto"),
    "WTO": ("wto", "un", "ilo", "iom"),
}


def parse_symbol(text: str, publisher: str | None = None) -> Symbol | None:
    """The symbol that `text` as a whole writes, None if it is none. Never raises, whatever the text.

    Takes lower case, odd slashes and spaces, file names (A_HRC_59_60-EN.pdf), a trailing asterisk, language letters;
    of a joint symbol ("A/79/876-S/2025/230") the first. Where families collide the `publisher` decides.
    """
    text = text.strip()
    for family in _ORDER.get(publisher, _ORDER[None]):
        symbol = _PARSERS[family](text)
        if symbol is not None and not _doubtful_instrument(symbol, text, publisher):
            return symbol
    return None


def _doubtful_instrument(symbol: Symbol, text: str, publisher: str | None) -> bool:
    """ "C97" is a Convention only where the ILO writes; elsewhere its three digits are asked for, as in NORMLEX."""
    return symbol.family == "ilo" and "." not in symbol.stem and publisher != "ILO" and text.upper() != symbol.stem


def split_symbols(text: str, publisher: str | None = None) -> tuple[Symbol, ...]:
    """All symbols of a field that may hold several, joined by "#" (WTO), "--" (file names), ";" or a hyphen."""
    pieces = re.split(r"#|--|[;,]|(?<=\d)-(?=[A-Z]{1,5}/)", text[:2000])
    found = (parse_symbol(piece, publisher) for piece in pieces)
    return tuple(dict.fromkeys(symbol for symbol in found if symbol))


_SLASH = r"\u200b{0,2}/\u200b{0,2}\n?"
_MODIFIER = r"(?:Add|ADD|Corr|CORR|Rev|REV|Amend|AMEND|Amdt|Suppl)\. ?\d{1,3}(?:-\d{1,3})?(?![\w])"
_PLAIN = r"[A-Za-z0-9](?:[A-Za-z0-9\u200b]|\.(?=[A-Za-z0-9])|-(?=[A-Z0-9])(?![A-Z]{1,5}/)){0,24}"
_BRACKET = (
    r"(?: ?\((?:(?:S-)?[IVXL]{1,9}|\d\d(?:\d\d)?|[Pp](?:art|ART) ?[IVX]{1,4}|(?:Rev|Add|Corr|Amend)\.? ?\d{0,3})\)"
    r"|\(\d?[A-Z]?\)|\[[A-Z]\])"
)
_COMPONENT = rf"(?:{_MODIFIER}|{_PLAIN})(?:{_BRACKET}){{0,4}}+"


@lru_cache(maxsize=1)
def _candidates() -> re.Pattern[str]:
    """One pattern for all families: possessive, bounded in every repetition, so the search is linear in the text."""
    known = sorted({*un.roots(), "MC", "C", "SCPF", "G", "IP", "WT", "JOB", "TN"}, key=len, reverse=True)
    start = r"(?:(?<![\w/.@\u200b])|(?<=undocs\.org/)|(?<=docs\.un\.org/[a-z][a-z]/))(?=[A-Z])"
    slashed = rf"(?:{'|'.join(known)})(?:\(\d\d\))?(?:{_SLASH}{_COMPONENT}){{1,13}}+"
    record = rf"Record No\. ?\d{{1,3}}[A-Z]?(?:{_BRACKET}){{0,4}}+"
    ilo_meeting = rf"(?:GB|ILC)\. ?\d{{1,3}}(?:bis|ter)?(?:/(?:{record}|{_COMPONENT})){{1,7}}+"
    instrument = r"[CRP]\d{3}(?!\w)"
    return re.compile(rf"{start}(?:{slashed}|{ilo_meeting}|{instrument})")


def find_symbols(text: str, publisher: str | None = None) -> list[SymbolSpan]:
    """The symbols in running text, in order, not overlapping. Time is linear in the length; never raises."""
    found = []
    for candidate in _candidates().finditer(text.translate(LOOKALIKES)):
        span = _longest_symbol(candidate[0], candidate.start(), publisher)
        if span:
            found.append(span)
    return found


def _longest_symbol(raw: str, start: int, publisher: str | None) -> SymbolSpan | None:
    """The longest beginning of a candidate that is a symbol: prose may stand right behind a slash or a bracket."""
    raw = raw.rstrip(" .-\u200b\n")
    while raw:
        symbol = _parse_found(raw, publisher)
        if symbol:
            return SymbolSpan(start, start + len(raw), symbol)
        cut = max(raw.rfind("/"), raw.rfind("("), raw.rfind("["))
        raw = raw[:cut].rstrip(" /.-\u200b\n") if cut > 0 else ""
    return None


@lru_cache(maxsize=4096)
def _parse_found(raw: str, publisher: str | None) -> Symbol | None:
    letters = re.findall(r"[A-Za-z]*[a-z][A-Za-z]*", raw)
    if any(word.upper() not in CASED and word not in ("bis", "ter") for word in letters):
        return None
    symbol = parse_symbol(raw.replace("\n", ""), publisher)
    return symbol if symbol and _plausible(symbol, publisher) else None


def _plausible(symbol: Symbol, publisher: str | None) -> bool:
    """Whether a symbol may be believed in prose, where "A/4" is paper, "A/H1N1" a flu and "C143" a room."""
    components = symbol.stem.split("/")
    if symbol.family == "ilo" and len(components) == 1:
        return publisher == "ILO"
    if symbol.family != "un":
        return len(components) > 2 or symbol.family in ("ilo", "iom") or bool(symbol.modifiers) or "(" in components[0]
    root, second = components[0], components[1]
    words = un.roots()[root]
    if len(components) == 2 and re.fullmatch(r"\d{1,2}", second):
        return False
    numbered = re.match(r"\d|E?S-\d|[A-Za-z]{1,4}\.\d", second)
    unlisted = len(components) >= 4 and re.fullmatch(r"[A-Z]{3,}", second)  # E/HLPF/2025/L.1: a body not in the table
    return bool(
        not words or second.upper() in words or unlisted or (numbered and (len(root) < 3 or second[0].isdigit()))
    )
