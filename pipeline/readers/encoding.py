"""Which characters do these bytes stand for? Byte order marks, what the file declares, and what makes words of it."""

import codecs
import re
from collections.abc import Iterator

from pipeline import languages

_CHARSET = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]{2,30})", re.IGNORECASE)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,30})", re.IGNORECASE)
# What browsers make of these names (WHATWG Encoding Standard).
_MEANT = {"iso-8859-1": "windows-1252", "latin-1": "windows-1252", "us-ascii": "windows-1252", "ascii": "windows-1252"}
_MEANT |= {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-6": "windows-1256", "x-sjis": "shift_jis"}
_MEANT |= {"gb_2312-80": "gb18030", "big5": "big5hkscs", "iso-8859-9": "windows-1254", "x-mac-roman": "mac-roman"}
# A meta tag that can be read as ASCII is not UTF-16.
_MEANT |= dict.fromkeys(("utf-16", "utf-16le", "utf-16be"), "utf-8")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Those that texts of the six languages were kept in: Windows, ISO, Unix and DOS.
_WESTERN = ("windows-1252", "cp850", "mac-roman")
_LIKELY = (
    *_WESTERN,
    "windows-1251",
    "koi8-r",
    "iso-8859-5",
    "cp866",
    "windows-1256",
    "iso-8859-6",
    "gb18030",
    "big5hkscs",
)
_SAMPLE = 20_000  # bytes that are tried
_FEW_BROKEN = 0.1  # of the characters beyond ASCII: in a text of another encoding, all are broken
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_CONTROL = re.compile("[\x80-\x9f\x00-\x08\x0e-\x1f]")


def decode(data: bytes) -> str:
    """The text. What is declared counts where the bytes can be read so; then UTF-8; then what makes most words."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    zeros = data[:400].count(0)
    if zeros > len(data[:400]) // 4:
        return data.decode("utf-16-le" if data[1:2] == b"\x00" else "utf-16-be", "replace")
    for name in (*_declared(data), "utf-8"):
        try:
            return data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    text = data.decode("utf-8", "replace")  # one bad byte does not make another encoding of it
    if text.count("\ufffd") <= _FEW_BROKEN * sum(map(len, _FOREIGN.findall(text))):
        return text
    return data.decode(_best(data), "replace")


def _declared(data: bytes) -> Iterator[str]:
    for pattern in (_CHARSET, _DECLARED):
        match = pattern.search(data[:4096])
        if match:
            name = match[1].decode("ascii", "replace").lower()
            yield _MEANT.get(name, name)


def _best(data: bytes) -> str:
    """The encoding in which most of the words are common ones of the language they look like."""
    sample = _telling(data)
    marks = {name: _score(sample.decode(name, "replace")) for name in _LIKELY}
    return max(_LIKELY, key=lambda name: marks[name])


def _telling(data: bytes) -> bytes:
    """Lines beyond ASCII: the rest reads the same in all."""
    lines = [line for line in re.sub(rb"<[^>]{0,2000}>", b" ", data[:400_000]).splitlines() if not line.isascii()]
    return b"\n".join(lines)[:_SAMPLE]


def _score(text: str) -> float:
    language = languages.detect(text)
    share = languages.common_share(text, language) if language in languages.common_words() else 0.0
    broken = len(_CONTROL.findall(text)) + 3 * text.count("\ufffd")
    odd = sum(not (char.isalpha() or char.isspace()) for char in text if char > "\x7f") + broken
    beyond = sum(char > "\x7f" for char in text)
    mixed = len(
        re.findall("[a-zа-я][A-ZА-Я]", text)
    )  # Cyrillic in the wrong code page has its cases the wrong way round
    return share - odd / max(1, beyond) - mixed / max(1, len(text))
