"""How does a line of print become text? Characters made plain, broken words joined, nothing else changed."""

import re
import unicodedata
from collections.abc import Iterable

_LIGATURES = re.compile("[\ufb00-\ufb06\ufb50-\ufdff\ufe70-\ufefc]")
_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u061c\x00-\x08\x0b-\x1f\x7f-\x9f]"
)
_BLANKS = re.compile(r"[\s\u00a0]+")
_TATWEEL = re.compile("(?<=[\u0621-\u064a])\u0640+")
# Symbol fonts put their bullets into the private use area.
_BULLETS = {0xF0B7: "•", 0xF0A7: "•", 0xF0D8: "•", 0xF076: "•", 0xF02D: "–", 0xFFFE: "-", 0x2011: "-"}
HAN = "\u2e80-\u2fdf\u3000-\u303f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef"
_HAN_BLANK = re.compile(f"(?<=[{HAN}]) +(?=[{HAN}])")
# PDFium sets no blank between scripts, and Arabic marks a letter too early behind one.
_SCRIPT_EDGE = re.compile("(?<=[A-Za-z0-9])(?=[\u0621-\u064a])|(?<=[\u0621-\u064a])(?=[A-Za-z])")
_EARLY_MARK = re.compile(" ([\u064b-\u0652])([\u0621-\u064a])")
_LEADERS = re.compile(r"(?:\.\s?){5,}|(?:_\s?){5,}")  # that lead to a page number or wait for a pen
_LEADER = re.compile(r"[._]\s?[._]")
# What is left once none of the above can have anything to change, but blanks.
_TOUCHED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u0300-\u036f\u0590-\u08ff\u2000-\u200f\u2011\u2028-\u202f\u205f\u2060-\u206f"
    "\u2e80-\ua4cf\ue000-\ufeff\uff00-\uffff]"
)
_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")


def characters(text: str) -> str:
    """Text in NFC with ligatures and Arabic presentation forms as base letters, without invisible characters."""
    if (text.isascii() and text.isprintable()) or is_plain(text):
        return _BLANKS.sub(" ", _LEADERS.sub(" … ", text)).strip()
    text = text.translate(_BULLETS)
    text = _INVISIBLE.sub("", text)
    text = _LIGATURES.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    text = _EARLY_MARK.sub(r"\2\1", _SCRIPT_EDGE.sub(" ", _TATWEEL.sub("", text)))
    text = _BLANKS.sub(" ", unicodedata.normalize("NFC", _LEADERS.sub(" … ", text))).strip()
    return _HAN_BLANK.sub("", text)


def is_plain(text: str) -> bool:
    """Whether nothing but blanks would have to be changed in the text."""
    if _LEADER.search(text) or (not text.isascii() and not unicodedata.is_normalized("NFC", text)):
        return False
    return not _TOUCHED.search(text)


def vocabulary(lines: Iterable[str]) -> frozenset[str]:
    """The words a document holds unbroken, which decide how its broken ones are joined; with their hyphens."""
    whole = []
    broken = False
    for line in lines:
        # The last word of a line may be the first half of a broken one, the first of the next its second.
        begin = 1 if broken else 0
        broken = line.endswith("-")
        if begin or broken:
            found = _WORD.findall(line)
            whole += found[begin:-1] if broken else found[begin:]
        else:
            whole.append(line)
    tokens = set(" ".join(whole).split())
    words = {token for token in tokens if token.isalpha()}
    words.update(*map(_WORD.findall, tokens - words))
    return frozenset(map(str.lower, words))


def join(lines: list[str], known: frozenset[str]) -> str:
    """One paragraph from its lines."""
    text = ""
    for line in lines:
        text = _append(text, line, known) if text else line
    return text


def _append(text: str, line: str, known: frozenset[str]) -> str:
    if not line:
        return text
    if text[-1] == "-" and len(text) > 1 and text[-2].isalpha() and line[0].isalpha():
        return text[:-1] + line if _was_broken(text, line, known) else text + line
    if text[-1] in "-–—/" and len(text) > 1 and text[-2].isalnum() and line[0].isalnum():
        return text + line  # a range (1990-2000), a symbol (A/HRC/59/60) or a compound
    if _is_han(text[-1]) and _is_han(line[0]):
        return text + line
    return f"{text} {line}"


def _was_broken(text: str, line: str, known: frozenset[str]) -> bool:
    """Whether the hyphen was only put there by the line's end: "imple-" "mentation", not "decision-" "making"."""
    left = text[:-1].rsplit(None, 1)[-1].lstrip("(\"'“‘«[").lower()
    match = _WORD.match(line)
    right = match[0].lower() if match else ""
    if not line[0].islower() or not right:
        return False
    if f"{left}-{right}" in known:
        return False
    if f"{left}{right}" in known:
        return True
    tail = left.rsplit("-", 1)[-1]
    return not (len(tail) > 2 and tail in known and right in known)


def _is_han(character: str) -> bool:
    code = ord(character)
    return 0x2E80 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or 0xFF00 <= code <= 0xFFEF
