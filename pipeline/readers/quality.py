"""How good is the text of a page? 0 (useless) to 1 (clean), from the look of its words; cheap enough for every page.

Four signs: words that no printer set ("Nicar~gua", "Pr ine"), characters that stand for nothing, too few of the words
every page of prose is full of (a broken glyph map gives plausible letters and no words), and, in English, too many
words that are in no list ("nonths": at most 0.05 of the words of recent print, 0.07 to 0.28 of bad OCR layers); in
French, Spanish, Russian and Arabic, words with letters in a row that no word of the language has.
"""

import re
from collections import Counter

from pipeline.languages import OTHER, common_share, detect
from pipeline.readers.letters import likely
from pipeline.readers.tokens import Look, has_english, looks

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
_BROKEN = re.compile(r"-(?<=[^\W\d_]-)\n(?=[^\W\d_])")
_PENALTY = 2.2

_Counted = list[tuple[Look, int]]


def quality(text: str, language: str | None = None) -> float:
    """The quality of a page's text; an empty page has 0."""
    tokens = _BROKEN.sub("", text).split()
    counted = looks(tokens)
    if not any(look.is_word for look, _ in counted):
        return 0.0
    odd: Counter[str] = Counter()
    dust = bad = 0.0
    for look, count in counted:
        dust += look.dust * count
        bad += look.bad * count
        if look.odd:
            odd[look.odd] += count
    # A word that stands out often is more likely a term or an abbreviation than dust.
    dust += sum(count if not word.isascii() else min(count, _REPEATED) for word, count in odd.items())
    clean = max(0.0, 1.0 - _PENALTY * dust / max(len(tokens), 8) - 5.0 * bad / max(1, len(text)))
    return round(clean * _plausible(text, tokens, counted, language), 3)


def _plausible(text: str, tokens: list[str], counted: _Counted, language: str | None) -> float:
    """1 where the page reads like prose, or is too short or too full of names and figures to tell."""
    language = language or detect(text)
    whole = _plausible_in(text, tokens, counted, language)
    if whole > _MIXED_PAGE:
        return whole
    parts = by_language(text)
    if len(parts) < 2:
        return whole
    judged = [
        (len(part), _plausible_in(part, part.split(), looks(part.split()), tongue)) for tongue, part in parts.items()
    ]
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


def _plausible_in(text: str, tokens: list[str], counted: _Counted, language: str | None) -> float:
    known = _known(counted) if language == "en" else likely(tokens, language or "")
    count = len(text) // 3 if language == "zh" else sum(count for look, count in counted if look.prose)
    if count < _ENOUGH:  # names, figures, headings: they need no common words
        return known
    if language is None:
        return _NO_LANGUAGE
    if language == OTHER:  # it was seen by its common words
        return known
    share = common_share(text, language) if language == "zh" else _common_share(counted, language)
    return min(known, 0.2 + 0.8 * share / _PLAIN_SHARE[language])


def _common_share(counted: _Counted, language: str) -> float:
    """Which share of the words of prose are common ones of the language."""
    units = hits = 0
    for look, count in counted:
        if look.units:
            units += look.units * count
            for tongue, common in look.common:
                if tongue == language:
                    hits += common * count
    return hits / units if units else 0.0


def _known(counted: _Counted) -> float:
    """1 while nearly all words are ones that the English model has met; misread ones ("nonths") it has not."""
    parts = 0
    strange: Counter[str] = Counter()
    for look, count in counted:
        parts += look.parts * count
        for part in look.strange:
            strange[part] += count
    if parts < _SOME or not has_english():
        return 1.0
    # A term that comes again and again ("para") is not misread.
    unknown = sum(min(count, 2) for count in strange.values()) / parts
    return max(0.0, 1.0 - _UNKNOWN_PENALTY * max(0.0, unknown - _UNKNOWN_USUAL))
