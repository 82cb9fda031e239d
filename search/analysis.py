"""Which tokens is a text made of, and where does each stand? One named chain per language, for everything.

Both engines, the queries, the highlights and the alerts use these chains and no other, so that they agree.
A text is first prepared (the same way in every language), then cut into runs of letters and digits, folded to
unaccented lower case, and stemmed in its language. No token is dropped, so positions are the same everywhere.

Preparing: Unicode NFKC; Arabic diacritics and tatweel away, the forms of alef, yeh, teh marbuta and hamza joined,
the conjunction before an article away; digits of all scripts as 0-9; Russian yo as ye; each Chinese character
(and kana) a word by itself, so that a Chinese word is a phrase; runs longer than any word cut.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from search.fields import LANGUAGES, OTHER

if TYPE_CHECKING:
    import tantivy

VERSION = "1"  # raise it whenever the same text would give other tokens: indexes then rebuild

CHAINS = (*LANGUAGES, OTHER)
STEMMERS = {"en": "english", "fr": "french", "es": "spanish", "ar": "arabic", "ru": "russian"}
LONGEST = 60  # characters of a token; Elasticsearch's whitespace tokenizer would cut at 255

_ARABIC_MARKS = "\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
_INVISIBLE = (
    "\u00ad\u061c\u200c-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"  # invisible, and would split words
)
_LETTERS = str.maketrans("أإآٱىئؤةیکёЁ", "اااايءءهيكеЕ")
_IDEOGRAPHS = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"

Replacement: TypeAlias = "Callable[[re.Match[str]], str]"


def _nothing(_match: re.Match[str]) -> str:
    return ""


def _and_space(match: re.Match[str]) -> str:
    return match.group() + " "


def _digit(match: re.Match[str]) -> str:
    return str(unicodedata.digit(match.group()))


def _nfkc(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", match.group())


_AWAY = re.compile(f"[{_ARABIC_MARKS}{_INVISIBLE}]+")
_CONJUNCTION = re.compile(r"(?<!\w)[وف](?=ال\w{2})")
_DIGITS = re.compile(r"[^\x00-\x7f\D]")
_SPACED = re.compile(f"(?<=[{_IDEOGRAPHS}])(?=\\w)|(?<=\\w)(?=[{_IDEOGRAPHS}])")
_AFTER_LETTERS: tuple[tuple[re.Pattern[str], Replacement], ...] = (
    (_CONJUNCTION, _nothing),
    (_DIGITS, _digit),
    (_SPACED, _and_space),
)
_RULED = re.compile(f"[{_ARABIC_MARKS}{_INVISIBLE}{_IDEOGRAPHS}وف{''.join(map(chr, _LETTERS))}]|[^\\x00-\\x7f\\D]")
_RUN = r"[^\s\x00-/:-@\[-`{-\x7f]"  # what no chain is sure to cut at
_TOO_LONG = re.compile(f"{_RUN}{{{LONGEST}}}(?={_RUN})")
_CLUSTERS = re.compile(r".[^\w\s\x00-\x7f]*", re.DOTALL)
_WORDS = re.compile(r"\S+")


class Token(NamedTuple):
    """A token and its offsets in the text it was found in."""

    text: str
    start: int
    end: int


def chain_of(language: str | None) -> str:
    """The name of the chain for text in `language`."""
    return language if language in LANGUAGES else OTHER


def prepare(text: str) -> str:
    """The text as every chain takes it; `tokens` prepares by itself."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        if _RULED.search(text):  # what else is done, is done to these characters, or beside them
            text = _AWAY.sub("", text).translate(_LETTERS)
            text = _DIGITS.sub(_digit, _CONJUNCTION.sub("", text))
            text = _SPACED.sub(" ", text)
    if len(text) > LONGEST and max(map(len, text.split()), default=0) > LONGEST:
        text = _TOO_LONG.sub(_and_space, text)
    return text


def analyse(text: str, language: str | None) -> list[str]:
    """The tokens of a text."""
    return list(analyzer(chain_of(language)).analyze(prepare(text)))


def forms(text: str) -> list[str]:
    """The tokens of a text before stemming: what a prefix is compared with."""
    return list(analyzer("forms").analyze(prepare(text)))


def tokens(text: str, language: str | None) -> list[Token]:
    """The tokens of a text with their offsets in it as it is written."""
    return _located(text, chain_of(language))


def located_forms(text: str) -> list[Token]:
    """The unstemmed tokens of a text with their offsets in it."""
    return _located(text, "forms")


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """A name as it is compared: folded like a token, one space between words."""
    return " ".join(analyzer("plain").analyze(unicodedata.normalize("NFKC", text)))


@cache
def analyzer(chain: str) -> "tantivy.TextAnalyzer":
    """The chain as Tantivy takes it, to be registered under its name; it expects prepared text."""
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    cutter = Tokenizer.whitespace() if chain == "plain" else Tokenizer.simple()
    built = TextAnalyzerBuilder(cutter).filter(Filter.ascii_fold()).filter(Filter.lowercase())
    if chain in STEMMERS:
        built = built.filter(Filter.stemmer(STEMMERS[chain]))
    return built.build()


def _located(text: str, chain: str) -> list[Token]:
    tracked = _Tracked(text)
    found = analyzer(chain).pre_tokenize(tracked.text).tokens
    return [Token(t.text, tracked.starts[t.char_offset_from], tracked.ends[t.char_offset_to - 1]) for t in found]


def _shared(one: str, other: str) -> int:
    """How many characters both begin with."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


class _Tracked:
    """A text being prepared that knows where each of its characters begins and ends in the original."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts: Sequence[int] = range(len(text))
        self.ends: Sequence[int] = range(1, len(text) + 1)
        if prepare(text) == text:
            return
        if not text.isascii():
            self._normalise()
            self._sub(_AWAY, _nothing)
            self.text = self.text.translate(_LETTERS)
            for pattern, replacement in _AFTER_LETTERS:
                self._sub(pattern, replacement)
        self._sub(_TOO_LONG, _and_space)

    def _normalise(self) -> None:
        whole = unicodedata.normalize("NFKC", self.text)
        if whole == self.text:
            return
        pieces = [_nfkc(match) for match in _CLUSTERS.finditer(self.text)]
        # a cluster is as fine as it gets; where clusters join with each other, a word is
        self._sub(_CLUSTERS if "".join(pieces) == whole else _WORDS, _nfkc)

    def _sub(self, pattern: re.Pattern[str], replacement: Replacement) -> None:
        """Like `pattern.sub`: what a match and its replacement begin with stays, the rest stands for the rest."""
        pieces: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        done = 0
        for match in pattern.finditer(self.text):
            new = replacement(match)
            same = match.start() + _shared(match.group(), new)
            pieces += [self.text[done:same], new[same - match.start() :]]
            starts += self.starts[done:same]
            ends += self.ends[done:same]
            added = len(pieces[-1])
            starts += [self.starts[same] if same < len(self.starts) else self.ends[-1]] * added
            ends += [self.ends[match.end() - 1] if match.end() else 0] * added
            done = match.end()
        self.text = "".join([*pieces, self.text[done:]])
        self.starts = [*starts, *self.starts[done:]]
        self.ends = [*ends, *self.ends[done:]]
