"""Who asks what of which works? Works of about 700 words, and searches made from them that match as often as wanted."""

import random
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from bench.search.generated import Language, generated, languages
from search import analysis
from search.engines.engine import IndexedParagraph, IndexedWork
from search.query import parse, resolve
from search.query.tree import Node

WORDS, PARAGRAPH = 700, 70  # of a work, of a paragraph
NARROW, WIDE = 1 / 1000, 1 / 16  # shares of all pairs of a search and a work that match
BAND = 1.4  # how far a single search may be off, as a factor


def stock(number: int) -> list[IndexedWork]:
    """Generated works with more text; the same for a number."""
    chance, known = random.Random(number), languages()
    return [_long(work, chance, known) for work in generated(number)]


def _long(work: IndexedWork, chance: random.Random, known: Mapping[str, Language]) -> IndexedWork:
    language = str(work.paragraphs[0].language)
    texts = [known[language].text(chance, PARAGRAPH) for _ in range(chance.randint(6, 14))]
    paragraphs = tuple(IndexedParagraph(work.id * 10, at, language, text) for at, text in enumerate(texts, 1))
    return IndexedWork(work.id, work.key, work.date, work.titles, work.values, work.names, paragraphs, work.seq)


class Searches:
    """Texts of searches, a third phrases, a third two words together, a third one of two words."""

    def __init__(self, works: Sequence[IndexedWork], share: float, language: str = "en") -> None:
        self._chance = random.Random(str(share))
        self._works, self._wanted = len(works), share * len(works)
        words, phrases = _counted(works, language)
        self._phrases = sorted(f'"{one} {other}"' for (one, other), n in phrases.items() if self._right(n))
        self._words = sorted(words, key=lambda word: (words[word], word))
        self._counts = [words[word] for word in self._words]

    def some(self, number: int) -> list[str]:
        kinds = (self._phrase, self._both, self._either)
        return [kinds[at % 3]() for at in range(number)]

    def _right(self, count: float) -> bool:
        return self._wanted / BAND <= count <= self._wanted * BAND

    def _phrase(self) -> str:
        return self._chance.choice(self._phrases)

    def _both(self) -> str:
        least = self._wanted / BAND
        one, n = self._word(least, self._works)
        expected = self._works / n  # as if words stood together by chance
        other, _ = self._word(least * expected, self._wanted * BAND * expected, but=one)
        return f"{one} {other}"

    def _either(self) -> str:
        one, n = self._word(1, self._wanted * BAND - 1)
        other, _ = self._word(self._wanted / BAND - n, self._wanted * BAND - n, but=one)
        return f"{one} OR {other}"

    def _word(self, least: float, most: float, but: str = "") -> tuple[str, int]:
        """A word that stands in so many works; the nearest if none does."""
        begin, end = bisect_left(self._counts, least), bisect_right(self._counts, most)
        begin = min(begin, len(self._counts) - 2)
        at = self._chance.randrange(begin, max(end, begin + 2))
        if self._words[at] == but:
            at = begin if at != begin else begin + 1
        return self._words[at], self._counts[at]


def _counted(works: Sequence[IndexedWork], language: str) -> tuple[dict[str, int], dict[tuple[str, str], int]]:
    """In how many works each word stands, in whatever form, and each two words side by side; by one of their forms."""
    words: Counter[str] = Counter()
    phrases: Counter[tuple[str, str]] = Counter()
    forms: dict[str, str] = {}
    for work in works:
        if work.paragraphs[0].language == language:
            cut = [analysis.analyse(each.text, language) for each in work.paragraphs]
            for each, tokens in zip(work.paragraphs, cut, strict=True):
                forms.update(zip(tokens, each.text.split(), strict=True))
            words.update({token for tokens in cut for token in tokens})
            phrases.update({pair for tokens in cut for pair in pairwise(tokens)})
    return (
        {forms[token]: n for token, n in words.items()},
        {(forms[one], forms[other]): n for (one, other), n in phrases.items()},
    )


def tree(text: str) -> Node:
    return resolve(parse(text).tree).tree
