"""Which words were perhaps meant? The words of a query that the index hardly knows, and near ones that it knows.

Near is one letter more, less or other, or two neighbours changed over, in the word's own script (Latin without its
accents, Cyrillic, Arabic; Chinese is not spelt). A word of a name in the lexicon may be farther, where nothing
nearer is known. The index is asked twice, whatever engine it is: for the words, and for all neighbours together.
"""

import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import itemgetter

import lexicon
from search.analysis import forms, located_forms
from search.fields import field_named
from search.query.tree import And, Field, Node, Or, Phrase, Span, Word
from search.results import Suggestion

MAX_WORDS = 3  # of a query, each with some hundreds of neighbours
SHORTEST, LONGEST = 4, 24  # letters of a word that is looked at: shorter ones have neighbours everywhere
RARER = 50  # times rarer than a neighbour, or it is a word of its own
ALIKE = 0.8  # of a name in the lexicon, as difflib compares

ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyz",
    "абвгдежзийклмнопрстуфхцчшщъыьэюя",
    "ءابتثجحخدذرزسشصضطظعغفقكلمنهوي",
)
_SYMBOL = re.compile(r"[/\d]")

Frequencies = Callable[[Sequence[str]], Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class _Typed:
    """A word as the index has it (folded, unstemmed), and its place in the query."""

    form: str
    start: int
    end: int


def suggest(query: str, tree: Node, frequencies: Frequencies) -> Suggestion | None:
    """The query with near words in the place of those that the index hardly knows; None if there are none.

    Whether it finds more is for the caller to see. `tree` is the query's, as parsed.
    """
    typed = [word for span in _spans(tree) for word in _words(query, span)]
    if not typed:
        return None
    counts = frequencies(list(dict.fromkeys(word.form for word in typed)))
    rarest = sorted(dict.fromkeys(word.form for word in typed), key=lambda form: counts.get(form, 0))[:MAX_WORDS]
    near = {form: list(_neighbours(form)) for form in rarest}
    names = {form: [] if counts.get(form) else _names_like(form) for form in rarest}
    known = frequencies(sorted({each for form in rarest for each in (*near[form], *names[form])}))
    meant = {form: _best(counts.get(form, 0), (near[form], names[form]), known) for form in rarest}
    words = [
        (word, _in_its_case(query[word.start : word.end], best)) for word in typed if (best := meant.get(word.form))
    ]
    if not words:
        return None
    pairs = dict.fromkeys((query[word.start : word.end], best) for word, best in words)
    return Suggestion(_rewritten(query, words), tuple(pairs))


def _spans(node: Node) -> Iterator[Span]:
    """Where words stand that speak for a work: not those under a Not, and not the values of codes."""
    match node:
        case And(items) | Or(items):
            for item in items:
                yield from _spans(item)
        case Word(span=span) | Phrase(span=span):
            yield span
        case Field(field=name, value=value, span=span):
            spec = field_named(name)
            if spec and spec.kind in ("text", "name") and not value.endswith("*"):
                yield span


def _words(query: str, span: Span) -> Iterator[_Typed]:
    start, end = span
    text = query[start:end]
    if _SYMBOL.search(text.partition("~")[0]) and " " not in text:
        return
    for token in located_forms(text):
        if SHORTEST <= len(token.text) <= LONGEST and _alphabet(token.text):
            yield _Typed(token.text, start + token.start, start + token.end)


def _alphabet(word: str) -> str:
    """The letters of the one script that the word is written in; empty for any other."""
    return next((letters for letters in ALPHABETS if set(word) <= set(letters)), "")


def _neighbours(word: str) -> Iterator[str]:
    letters = _alphabet(word)
    for i in range(len(word) + 1):
        before, behind = word[:i], word[i:]
        yield from (before + letter + behind for letter in letters)
        if behind:
            yield before + behind[1:]
            yield from (before + letter + behind[1:] for letter in letters if letter != behind[0])
        if len(behind) > 1 and behind[0] != behind[1]:
            yield before + behind[1] + behind[0] + behind[2:]


def _names_like(word: str) -> list[str]:
    """Of those that begin with the same letter and are about as long: comparing takes time."""
    names = [name for name in _words_of_names().get(word[0], ()) if abs(len(name) - len(word)) <= 2]
    return difflib.get_close_matches(word, names, n=3, cutoff=ALIKE)


@cache
def _words_of_names() -> dict[str, list[str]]:
    """The words that the names of countries, bodies, instruments and themes are made of, by their first letter."""
    kinds = ("country", "body", "instrument", "theme")
    found = {word for kind in kinds for form, _, _ in lexicon.gazetteer(kind) for word in forms(form)}
    words = sorted(word for word in found if SHORTEST < len(word) <= LONGEST and _alphabet(word))
    return {letter: list(group) for letter, group in groupby(words, itemgetter(0))}


def _best(count: int, candidates: Sequence[Sequence[str]], known: Mapping[str, int]) -> str:
    """The neighbour that most works have, if it is far more usual than the word that `count` works have; or none."""
    for each in candidates:
        found = [word for word in each if known.get(word, 0) > count * RARER]
        if found:
            return min(found, key=lambda word: (-known[word], word))
    return ""


def _in_its_case(typed: str, meant: str) -> str:
    return meant.upper() if typed.isupper() else meant.capitalize() if typed[:1].isupper() else meant


def _rewritten(query: str, words: Sequence[tuple[_Typed, str]]) -> str:
    for word, meant in sorted(words, key=lambda pair: pair[0].start, reverse=True):
        query = query[: word.start] + meant + query[word.end :]
    return query
