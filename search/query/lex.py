"""Which signs is a query made of? Words, quoted phrases, field names, operators and parentheses, with offsets.

Every sign keeps its place in the query as typed: quotation marks of all kinds, full-width and Arabic punctuation
are replaced one for one before the signs are looked for.
"""

import re
from typing import NamedTuple

from search.fields import field_named


class Sign(NamedTuple):
    """`kind` is one of: ( ) and or not + - word phrase field unknown star; the last two help
    nobody: the name of no field, a * before a word."""

    kind: str
    text: str
    start: int
    end: int
    slop: int | None = None
    closed: bool = True


_QUOTES = "“”„‟«»‹›「」『』〝〞＂❝❞"
_SPACES = "،؛؟、。，；·•…\u3000\u00a0"
_SAME = (
    dict.fromkeys(_QUOTES, '"')
    | dict.fromkeys(_SPACES, " ")
    | {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if chr(code) not in _QUOTES + _SPACES}
    | dict.fromkeys(map(chr, range(0xD800, 0xE000)), " ")  # half characters, which no index could be asked for
    | {"‘": "'", "’": "'", "‚": "'", "‛": "'", "−": "-", "‐": "-", "‑": "-", "\x00": " "}
)
_TABLE = str.maketrans(_SAME)

_BLANK = re.compile(r"\s+")
_EDGE = re.compile(r"(?!(?:&&|\|\|)(?:[\s()\"]|$))[,;:!?.~^&|'`/\\]+")  # no word and no operator begins with these
_PHRASE = re.compile(r'"((?:\\.|[^"\\])*)("|\\?$)(?:~(\d*))?', re.DOTALL)
_QUOTED_VALUE = re.compile(r"'([^']*)'(?=[\s()\"]|$)")
_FIELD = re.compile(r"([^\W\d_][\w-]*):(?!//)")
_OPERATOR = re.compile(r'(?:(AND|&&)|(OR|\|\|)|(NOT))(?=[\s()"]|$)')
_MARK = re.compile(r"[+-](?=[^\s)])")
_STAR = re.compile(r'\*+(?=[^\s()"*])')
_WORD = re.compile(r'(?:[^\s()"]|(?<=\w)\([^\s()"*]{1,12}\))+')


def whole_characters(text: str) -> str:
    """The text with a ? for each half character: a catalog takes none, nor does anything that is written as UTF-8."""
    return text.encode("utf-8", "replace").decode()


def straightened(text: str) -> str:
    """The text with a plain \" for each quotation mark of another kind, and nothing else changed."""
    return text.translate(dict.fromkeys(map(ord, _QUOTES), '"'))


def signs(text: str) -> list[Sign]:
    """Every sign of the query, in order."""
    text = text.translate(_TABLE)
    found: list[Sign] = []
    at = 0
    while at < len(text):
        after_field = bool(found) and found[-1].kind == "field"
        skipped = _BLANK.match(text, at) or (None if after_field else _EDGE.match(text, at))
        if skipped:
            at = skipped.end()
            continue
        sign = _sign_at(text, at, after_field)
        found.append(sign)
        at = sign.end
    return found


def _sign_at(text: str, at: int, after_field: bool) -> Sign:
    if text[at] in "()":
        return Sign(text[at], text[at], at, at + 1)
    if phrase := _PHRASE.match(text, at):
        inside = re.sub(r"\\(.)", r"\1", phrase[1], flags=re.DOTALL)
        slop = int(phrase[3]) if phrase[3] else None
        return Sign("phrase", inside, at, phrase.end(), slop, closed=phrase[2] == '"')
    if after_field and (quoted := _QUOTED_VALUE.match(text, at)):
        return Sign("phrase", quoted[1], at, quoted.end())
    if operator := _OPERATOR.match(text, at):
        kind = "and" if operator[1] else "or" if operator[2] else "not"
        return Sign(kind, operator.group(), at, operator.end())
    if not after_field and (name := _FIELD.match(text, at)) and (kind := _kind_of_name(text, name)):
        return Sign(kind, name[1], at, name.end())
    if not after_field and (mark := _MARK.match(text, at)):
        return Sign(mark.group(), mark.group(), at, at + 1)
    if not after_field and (star := _STAR.match(text, at)):
        return Sign("star", star.group(), at, star.end())
    word = _WORD.match(text, at)
    end = word.end() if word else at + 1
    return Sign("word", text[at:end], at, end)


def _kind_of_name(text: str, name: re.Match[str]) -> str:
    """An unknown name counts only if its value is joined to it: "Note: see" is two words."""
    if field_named(name[1]) is not None:
        return "field"
    return "unknown" if name.end() < len(text) and not text[name.end()].isspace() else ""
