"""In which of the six languages is this text? By its script first, by py3langid between the three in Latin letters."""

import csv
import re
from functools import cache
from pathlib import Path
from typing import Any

_TABLE = Path(__file__).parent / "tables" / "common_words.csv"
_SCRIPTS = {
    "Latin": re.compile("[A-Za-zÀ-ɏ]"),
    "Cyrillic": re.compile("[Ѐ-ԯ]"),
    "Arabic": re.compile("[\u0620-\u064a\u0671-\u06d3\ufb50-\ufdff\ufe70-\ufefc]"),
    "Han": re.compile("[\u3400-\u4dbf\u4e00-\u9fff]"),
    "Kana": re.compile("[\u3040-\u30ff]"),
}
_WEIGHTS = {"Han": 3, "Kana": 3}  # a character says as much as three letters
_PLENTY = 300  # characters among which there are letters enough
_SAMPLE = 2500  # characters that are looked at
_LETTERS = 12  # fewer letters than this say nothing
_SURE = 0.8  # probability from which py3langid is believed
_FOREIGN = 0.08  # share of common words below which a longer text is none of the three languages
_FOREIGN_WORDS = 40


@cache
def common_words() -> dict[str, frozenset[str]]:
    """Per language the words (for Chinese the characters) that every page of prose is full of."""
    with _TABLE.open(encoding="utf-8", newline="") as lines:
        return {row["language"]: frozenset(row["words"].split()) for row in csv.DictReader(lines)}


def script(text: str) -> str | None:
    """The script most letters belong to: Latin, Cyrillic, Arabic, Han, Kana; None without letters."""
    sample = text[:_SAMPLE]
    if sample.isascii():
        return "Latin" if _SCRIPTS["Latin"].search(sample) else None
    counts = {name: len(letters.findall(sample)) * _WEIGHTS.get(name, 1) for name, letters in _SCRIPTS.items()}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else None


def detect(text: str, expected: str | None = None) -> str | None:
    """ISO 639-1 code of one of the six, or None where the text does not tell. `expected` decides short Latin texts."""
    text = text[:_SAMPLE]
    written = script(text)
    enough = _LETTERS // _WEIGHTS.get(written or "", 1)
    if len(text) < _PLENTY and sum(map(str.isalpha, text)) < enough:
        return None
    if written in ("Cyrillic", "Arabic", "Han"):
        return {"Cyrillic": "ru", "Arabic": "ar", "Han": "zh"}[written]
    if written != "Latin":
        return None
    return _latin(text, expected)


def common_share(text: str, language: str) -> float:
    """Which share of the words (for Chinese: characters) are common ones of the language."""
    known = common_words()[language]
    if language == "zh":
        units = [character for character in text if "\u4e00" <= character <= "\u9fff"]
    else:
        units = [
            word.strip(".,;:!?()[]\"'“”’«»،؛") for word in text.lower().replace("’", " ").replace("'", " ").split()
        ]
        units = [word for word in units if word and any(map(str.isalpha, word))]
    return sum(unit in known for unit in units) / len(units) if units else 0.0


def _latin(text: str, expected: str | None) -> str | None:
    # In capitals (mastheads, titles) the identifier sees nothing it knows.
    lowered = text.lower() if sum(map(str.isupper, text)) > 0.5 * sum(map(str.isalpha, text)) else text
    language, probability = _identifier().classify(lowered)
    if language not in ("en", "fr", "es"):
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
