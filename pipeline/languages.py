"""In which of the six languages is this text, or in another? By its script first, then by the words it is full of.

py3langid, which takes as long as PDFium takes for the text, is asked only where the common words do not tell: nearly
every text has many that just one language has ("the", "les", "los").

`OTHER` is a language that is none of the six, seen by its letters or by the words every page of it is full of (a table
has both); None is a text too short, or too full of names and figures, to tell.
"""

import csv
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

OTHER = "other"
_TABLES = Path(__file__).parent / "tables"
_SCRIPTS = {
    "Latin": re.compile("[A-Za-zÀ-ɏ]"),
    "Cyrillic": re.compile("[Ѐ-ԯ]"),
    "Arabic": re.compile("[\u0620-\u064a\u0671-\u06d3\ufb50-\ufdff\ufe70-\ufefc]"),
    "Han": re.compile("[\u3400-\u4dbf\u4e00-\u9fff]"),
    "Kana": re.compile("[\u3040-\u30ff]"),
    # Greek, Armenian, Hebrew, the scripts of India, Thai, Georgian, Ethiopic, Khmer ..., Korean
    "Other": re.compile("[\u0370-\u03ff\u0531-\u058f\u05d0-\u05ea\u0710-\u1cff\uac00-\ud7af]"),
}
_PLAIN_LATIN = re.compile("[\x00-\u024f\u0300-\u036f\u1e00-\u1eff\u2000-\u2bff\ufb00-\ufb06]*")
_LATIN = ("en", "fr", "es")
_KANA = 0.05  # share of a text in Chinese characters from which it is Japanese
_WEIGHTS = {"Han": 3, "Kana": 3}  # a character says as much as three letters
_PLENTY = 300  # characters among which there are letters enough
_SAMPLE = 2500  # characters that are looked at
_LETTERS = 12  # fewer letters than this say nothing
_SURE = 0.8  # probability from which py3langid is believed
_TELLING = 3  # words of one language alone that decide, fewer where all are of the expected one,
_TELLING_SHARE = 0.12  # if they are so many of all words
_STRAY = 1  # words of another language that a text may have ("El Salvador") and be all in one,
_PURE = 40  # if it has so many of its own
_MIXED = 0.15  # and those of another language no more than this share of them
_FOREIGN = 0.08  # share of common words below which a longer text is none of the three languages
_FOREIGN_WORDS = 40
_OTHER_WORDS = 12  # words from which a text can be seen to be in another language
_OTHER_SHARE = 0.15  # of them common ones of that language,
_MORE = 1.25  # and so many times more than of the best of the six
_PLAIN = 0.4  # share of common words from which a text is plainly in one of the six


@cache
def common_words() -> dict[str, frozenset[str]]:
    """Per language the words (for Chinese the characters) that every page of prose is full of."""
    with (_TABLES / "common_words.csv").open(encoding="utf-8", newline="") as lines:
        return {row["language"]: frozenset(row["words"].split()) for row in csv.DictReader(lines)}


@cache
def _others() -> dict[str, list[tuple[frozenset[str], frozenset[str]]]]:
    """By script, of languages that are none of the six, the common words and the letters that the six do without."""
    found: dict[str, list[tuple[frozenset[str], frozenset[str]]]] = {}
    with (_TABLES / "other_languages.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found.setdefault(row["script"], []).append((frozenset(row["words"].split()), frozenset(row["letters"])))
    return found


def script(text: str) -> str | None:
    """The script most letters belong to: Latin, Cyrillic, Arabic, Han, Kana, Other; None without letters."""
    sample = text[:_SAMPLE]
    if sample.isascii() or _PLAIN_LATIN.fullmatch(sample):
        return "Latin" if _SCRIPTS["Latin"].search(sample) else None
    counts = {name: len(letters.findall(sample)) * _WEIGHTS.get(name, 1) for name, letters in _SCRIPTS.items()}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else None


def detect(text: str, expected: str | None = None) -> str | None:
    """ISO 639-1 code of one of the six, OTHER, or None where the text does not tell.

    `expected` decides short texts in Latin letters.
    """
    text = text[:_SAMPLE]
    written = script(text)
    enough = _LETTERS // _WEIGHTS.get(written or "", 1)
    if len(text) < _PLENTY and sum(map(str.isalpha, text)) < enough:
        return None
    if written == "Han":
        return OTHER if len(_SCRIPTS["Kana"].findall(text)) > _KANA * len(text) else "zh"
    if written in ("Cyrillic", "Arabic"):
        usual = "ru" if written == "Cyrillic" else "ar"
        return OTHER if _is_other(_units(text), written, (usual,)) else usual
    if written != "Latin":
        return OTHER if written else None
    return _by_own_words(text, expected) or _latin(text, expected)


def common_share(text: str, language: str) -> float:
    """Which share of the words (for Chinese: characters) are common ones of the language."""
    known = common_words()[language]
    units = re.findall("[\u4e00-\u9fff]", text) if language == "zh" else _units(text)
    return sum(unit in known for unit in units) / len(units) if units else 0.0


def _units(text: str) -> list[str]:
    """The words of a text as the tables have them."""
    words = (word.strip(".,;:!?()[]\"'“”’«»،؛") for word in text.lower().replace("’", " ").replace("'", " ").split())
    return [word for word in words if word and any(map(str.isalpha, word))]


def _is_other(units: list[str], script: str, six: tuple[str, ...]) -> bool:
    """Whether the words are rather another language's than one of `six`."""
    if len(units) < _OTHER_WORDS:
        return False
    ours = max(sum(unit in common_words()[one] for unit in units) for one in six)
    if ours > _PLAIN * len(units):
        return False
    of_words, of_letters = _languages_of(script)
    hits: Counter[int] = Counter()
    for unit in units:
        found = of_words.get(unit, frozenset())
        if not of_letters.keys().isdisjoint(unit):
            found = found.union(*(of_letters.get(letter, ()) for letter in unit))
        hits.update(found)
    others = max(hits.values(), default=0)
    return others > max(_MORE * ours, _OTHER_SHARE * len(units))


@cache
def _languages_of(script: str) -> tuple[dict[str, frozenset[int]], dict[str, frozenset[int]]]:
    """Which of the other languages, by their place in the table, have a common word, and which have a letter."""
    found: tuple[dict[str, frozenset[int]], dict[str, frozenset[int]]] = ({}, {})
    for place, both in enumerate(_others()[script]):
        for index, units in zip(found, both, strict=True):
            for unit in units:
                index[unit] = index.get(unit, frozenset()) | {place}
    return found


def _by_own_words(text: str, expected: str | None) -> str | None:
    """The language that has all the words which only one has; None where they are few, or of two languages."""
    own, words = _own_words(), text.lower().split()
    hits = [own[word] for word in words if word in own]
    if not hits:
        return None
    best = max(set(hits), key=hits.count)
    most = hits.count(best)
    if best == expected and most == len(hits):  # a row of a table, say: names, and a word or two of its language
        return expected
    enough = most >= _TELLING and most >= _TELLING_SHARE * len(words)
    return best if enough and best != OTHER and len(hits) - most <= _MIXED * most else None


def is_all_in(text: str, language: str | None) -> bool:
    """Whether no more than a stray word of the text is of another language: then its parts need not be asked."""
    if language not in _LATIN or not _PLAIN_LATIN.fullmatch(text):
        return False
    own = _own_words()
    hits = [own[word] for word in text.lower().split() if word in own]
    return len(hits) - hits.count(language) <= _STRAY and len(hits) >= _PURE


@cache
def _own_words() -> dict[str, str]:
    """The common words of one of the three languages alone, with it; and those that only other languages have."""
    ours = {language: common_words()[language] for language in _LATIN}
    times = Counter(word for words in ours.values() for word in words)
    own = {word: OTHER for words, _ in _others()["Latin"] for word in words if len(word) > 1}
    own |= dict.fromkeys(times, "")
    own |= {word: language for language, words in ours.items() for word in words if times[word] == 1}
    return {word: language for word, language in own.items() if language and len(word) > 1}


def _latin(text: str, expected: str | None) -> str | None:
    # In capitals (mastheads, titles) the identifier sees nothing it knows.
    lowered = text.lower() if sum(map(str.isupper, text)) > 0.5 * sum(map(str.isalpha, text)) else text
    language, probability = _identifier().classify(lowered)
    if _is_other(_units(text), "Latin", _LATIN):
        return OTHER
    if language not in _LATIN:
        return expected
    if probability < _SURE and expected is not None:
        return expected
    if len(text.split()) >= _FOREIGN_WORDS and common_share(text, language) < _FOREIGN:
        return expected
    return str(language)


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(["ar", "en", "es", "fr", "ru", "zh"])
    return identifier
