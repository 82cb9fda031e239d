"""How far is a text from the truth? Character and word error, order, passages; the same treatment for all candidates.

Two figures of each error. *Raw*: only runs of blanks are made one. *Fair*: what no reader of the text would miss is
taken out of both sides: compatibility forms (ligatures), vowel signs, quotation marks and dashes of one sort for each,
hyphens inside and at the end of words, dot leaders, bars between cells, brackets around the mark of a note, the full
stop after a number, job numbers, and lines that stand at the top or the foot of many pages (running heads, page
numbers), as any of the candidates shows them.
"""

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Heads = frozenset[tuple[str, ...]]
RUN = 8  # words: a run this long is hardly ever there twice
_MARGIN = 3  # lines at the top and the foot of a page that may be running heads
_SHARE = 0.3  # of the pages, from which a line there is one
_CJK = "\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+")
_HYPHENS = re.compile(r"(?<=\w)[-\u00ad\ufffe\x02\u2010\u2011\u2012\u2013\u2212]\s*(?=\w)")
_JOB = re.compile(r"\bGE\.\s?\d\d-?\d{0,6}(?:\s?\([A-Z]\))?(?:\s+\d{6}\b)*|\*\s?\d{7,8}\s?\*")
_LEADERS = re.compile(r"(?:[._\u2026]\s?){3,}|[|\ufffd\u2026]|(?<=\d)\.(?=\s|$)")
_MARK = re.compile(r"\[(\d{1,3})\]")
_ALIKE = {ord(c): "-" for c in "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"} | {ord("\u00ad"): None}
_ALIKE |= {ord(c): "'" for c in "\u2018\u2019\u201a\u201b\u02bc\u00b4`"}
_ALIKE |= {ord(c): '"' for c in "\u201c\u201d\u201e\u00ab\u00bb"}
_ALIKE |= dict.fromkeys((*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF))


@dataclass(frozen=True, slots=True)
class Score:
    """Shares of the truth's characters, words, and runs of eight words; less is better for the errors."""

    characters: float
    words: float
    order: float
    raw_characters: float
    raw_words: float


def score(pages: Sequence[str], truth: Sequence[str], heads: Heads = frozenset(), part: bool = False) -> Score:
    """The text of all pages against that of the truth. `part`: the truth is only a part of what the file says.

    `heads` are taken out of both, wherever they stand: a truth without pages has them between two lines of its text.
    """
    fair, true = fair_text(pages), fair_text(truth)
    tokens, true_tokens = beheaded(fair.split(), heads), beheaded(true.split(), heads)
    words, wanted = fair_words(" ".join(tokens)), fair_words(" ".join(true_tokens))
    order = in_order(words, wanted)
    raw, true_raw = _raw(pages), _raw(truth)
    if part:
        words, tokens, raw = crop(words, wanted), crop(tokens, true_tokens), crop(raw, true_raw)
    characters, _ = errors(tokens, true_tokens)
    _, of_words = errors(words, wanted)
    return Score(characters, of_words, order, *errors(raw, true_raw))


def fair_text(pages: Sequence[str]) -> str:
    text = "\n".join(without_heads(pages))
    text = unicodedata.normalize("NFKC", text)
    text = "".join(c for c in unicodedata.normalize("NFD", text) if not "\u064b" <= c <= "\u0652")
    text = unicodedata.normalize("NFC", text)
    return _LEADERS.sub(" ", _MARK.sub(r"\1", _HYPHENS.sub("", _JOB.sub(" ", text)).translate(_ALIKE)))


def fair_words(text: str) -> list[str]:
    """Letters and digits; each Chinese character is a word."""
    return _WORD.findall(text.lower())


def without_heads(pages: Sequence[str]) -> list[str]:
    """The pages without lines that stand at the margins of many of them, digits aside, in whichever order."""
    repeated = _repeated(pages)
    kept = []
    for lines in _lines(pages):
        inner = range(_MARGIN, len(lines) - _MARGIN)
        kept.append("\n".join(x for i, x in enumerate(lines) if i in inner or _key(x) not in repeated))
    return kept


def heads_of(pages: Sequence[str]) -> Heads:
    """The words of the lines that stand at the margins of many pages, "#" for a number; two words at least."""
    repeated = _repeated(pages)
    lines = {line for lines in _lines(pages) for line in lines[:_MARGIN] + lines[-_MARGIN:] if _key(line) in repeated}
    found = {tuple(map(_shape, fair_words(fair_text([line])))) for line in lines}
    return frozenset(words for words in found if len(words) > 1 and any(word != "#" for word in words))


def beheaded(tokens: Sequence[str], heads: Heads) -> list[str]:
    """The tokens without those that together are one of the heads."""
    words = [(_shape(word), number) for number, token in enumerate(tokens) for word in fair_words(token)]
    firsts: dict[str, list[tuple[str, ...]]] = {}
    for head in sorted(heads, key=len, reverse=True):
        firsts.setdefault(head[0], []).append(head)
    out: set[int] = set()
    place = 0
    while place < len(words):
        for head in firsts.get(words[place][0], ()):
            there = words[place : place + len(head)]
            if tuple(word for word, _ in there) == head:
                out.update(number for _, number in there)
                place += len(head) - 1
                break
        place += 1
    return [token for number, token in enumerate(tokens) if number not in out]


def _shape(word: str) -> str:
    return "#" if word.isdigit() else word


def _lines(pages: Sequence[str]) -> list[list[str]]:
    return [[line for line in page.splitlines() if line.strip()] for page in pages]


def _repeated(pages: Sequence[str]) -> set[str]:
    seen: Counter[str] = Counter()
    for lines in _lines(pages):
        seen.update({_key(line) for line in lines[:_MARGIN] + lines[-_MARGIN:]})
    least = max(2, _SHARE * len(pages))
    return {key for key, number in seen.items() if number >= least}


def _key(line: str) -> str:
    """The words of a line, its numbers aside: "2/16 25-10019" is the same head as "25-10019 3/16"."""
    return " ".join(sorted(word for word in fair_words(line) if not word.isdigit()))


def _raw(pages: Sequence[str]) -> list[str]:
    return unicodedata.normalize("NFC", "\n".join(pages)).split()


def in_order(words: Sequence[str], truth: Sequence[str]) -> float:
    """The share of the truth's runs of eight words that are there, whole and one after the other."""
    wanted = _runs(truth)
    return len(_anchors(words, truth)) / len(wanted) if wanted else 1.0


def holds(words: Sequence[str], passage: Sequence[str]) -> bool:
    """Whether a passage is there whole."""
    return f" {' '.join(passage)} " in f" {' '.join(words)} "


def errors(found: Sequence[str], truth: Sequence[str]) -> tuple[float, float]:
    """Edits in characters and in words, each over the truth's length.

    Counted between the runs that both have once and in the same order: never too few, seldom one too many.
    """
    characters = words = 0
    for ours, theirs in _gaps(found, truth):
        words += distance(ours, theirs)
        characters += distance(" ".join(ours), " ".join(theirs))
    length = max(1, len(" ".join(truth)))
    return characters / length, words / max(1, len(truth))


def crop(found: Sequence[str], truth: Sequence[str]) -> list[str]:
    """What stands between the first and the last run of the truth, and as much around as the truth has there."""
    anchors = _anchors(found, truth)
    if not anchors:
        return list(found)
    (first, there), (last, end) = anchors[0], anchors[-1]
    return list(found[max(0, first - there) : last + len(truth) - end])


def distance(one: Sequence[str], other: Sequence[str]) -> int:
    """Levenshtein's distance, a whole column at a time in the bits of one number (Myers 1999, Hyyrö 2003)."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    one, other = one[start:], other[start:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    if not one or not other:
        return len(one) + len(other)
    places: dict[str, int] = {}
    for i, item in enumerate(one):
        places[item] = places.get(item, 0) | 1 << i
    every, top = (1 << len(one)) - 1, 1 << (len(one) - 1)
    more, less, result = every, 0, len(one)
    for item in other:
        here = places.get(item, 0)
        rises = here | less
        here |= ((here & more) + more) ^ more
        up, down = (less | ~(here | more)) & every, more & here
        result += bool(up & top) - bool(down & top)
        up, down = (up << 1 | 1) & every, down << 1 & every
        more, less = (down | ~(rises | up)) & every, up & rises
    return result


def _runs(words: Sequence[str]) -> dict[tuple[str, ...], int]:
    """Where each run stands that is there only once."""
    once: dict[tuple[str, ...], int] = {}
    for place in range(len(words) - RUN + 1):
        run = tuple(words[place : place + RUN])
        once[run] = -1 if run in once else place
    return {run: place for run, place in once.items() if place >= 0}


def _anchors(found: Sequence[str], truth: Sequence[str]) -> list[tuple[int, int]]:
    """(place in found, place in truth) of the longest series of common runs that is in order in both."""
    here = _runs(found)
    pairs = [(here[run], place) for run, place in _runs(truth).items() if run in here]
    ends: list[int] = []  # by length of a series, where its last run stands in found
    last: list[int] = []  # the pair that is it
    before: list[int] = []
    for number, (place, _) in enumerate(pairs):
        length = bisect_left(ends, place)
        before.append(last[length - 1] if length else -1)
        ends[length : length + 1] = [place]
        last[length : length + 1] = [number]
    series, number = [], last[-1] if last else -1
    while number >= 0:
        series.append(pairs[number])
        number = before[number]
    return series[::-1]


def _gaps(found: Sequence[str], truth: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    here = there = 0
    for one, other in _anchors(found, truth):
        if one >= here and other >= there:
            yield found[here:one], truth[there:other]
            here, there = one + RUN, other + RUN
    yield found[here:], truth[there:]
