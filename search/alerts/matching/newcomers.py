"""Which of the newcomers answer which tree? An index in memory of a batch of works, made for thousands of trees at once.

It finds exactly what the engines find, by the same chains, and differs in what it keeps: only what some tree asks for
(questions.py). Works are bits of whole numbers, so that and, or and not are one step for the whole batch. Words have
their places: work and position in one number, text and title far apart, so that phrases are sums.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import reduce
from itertools import accumulate, chain, compress, count, pairwise
from operator import or_
from typing import TypeVar

from search.alerts.matching.questions import TITLE, BegunRuns, Form, Joined, Numbers, Questions, Runs, Said, Words
from search.analysis import chain_of
from search.engines.engine import IndexedParagraph, IndexedWork
from search.fields import NAME_FIELDS, level_of
from search.query.tree import DateRange, OfWorks

_FIELD = 32  # bits for a position in a text; then one that says it is a title, then the work
_UNIT = _FIELD + 1
_TO_BITS = bytes.maketrans(b"01", b"\x00\x01")

T = TypeVar("T")


class Postings:
    """Where in a batch everything is that is asked for. A unit is a work, or a paragraph of one."""

    def __init__(self, questions: Questions) -> None:
        self.questions = questions
        self.places: dict[int, list[int]] = defaultdict(list)  # token -> unit, title or not, position
        self.said: dict[int, int] = defaultdict(int)  # value or beginning -> the units that have it, as bits

    def texts(self, unit: int, channel: str, texts: Iterable[str], title: bool = False) -> None:
        """All texts of a unit in one channel; between two of them one position stays empty."""
        runs, begun = self.questions.runs.get(channel), self.questions.begun.get(channel)
        if runs is None and begun is None:
            return
        at = unit << _UNIT | title << _FIELD
        for text in texts:
            cut = text.split()
            if runs is not None:
                at = self._words(runs, cut, at) + 1
            if begun is not None:
                self.says(chain.from_iterable(map(begun.__getitem__, set(cut))), 1 << unit)

    def beginnings(self, unit: int, begun: BegunRuns, text: str) -> None:
        self.says(chain.from_iterable(map(begun.__getitem__, set(text.split()))), 1 << unit)

    def values(self, units: int, field: str, values: Iterable[str]) -> None:
        exact, starts = self.questions.values.get(field, {}), self.questions.starts.get(field)
        for value in values:
            if number := exact.get(value):
                self.said[number] |= units
            if starts:
                self.says(starts.of(value), units)

    def says(self, numbers: Iterable[int], units: int) -> None:
        for number in numbers:
            self.said[number] |= units

    def _words(self, runs: Runs, cut: list[str], at: int) -> int:
        numbers = list(chain.from_iterable(map(runs.__getitem__, cut)))
        places = self.places
        for number, place in compress(zip(numbers, count(at)), numbers):
            places[number].append(place)
        return at + len(numbers)


class Newcomers:
    """A batch of works, ready for every tree of `questions`; places of works are those in `works`."""

    def __init__(self, questions: Questions, works: Sequence[IndexedWork]) -> None:
        self.questions, self.works = questions, works
        self.postings = Postings(questions)
        self.size = len(works)
        self.all = (1 << self.size) - 1
        for unit, work in enumerate(works):
            self._add(unit, work)
            questions.forget_runs()
        self._days = _Days(works)
        self._memo = _Memo()

    def present(self) -> set[int]:
        """The numbers of what is there."""
        return {*self.postings.places, *self.postings.said}

    def answers(self) -> Iterator[tuple[int, int]]:
        """Each tree that some work answers, with the works as bits."""
        for place in self.questions.worth_asking(self.present()):
            if works := self.bits(self.questions.forms[place]):
                yield place, works

    def bits(self, form: Form) -> int:
        if isinstance(form, int):
            known = self._memo.leaves
            if form not in known:
                known[form] = self._leaf(form)
            return known[form]
        match form:
            case Joined("and", parts):
                found = self.all
                for part in parts:
                    found &= self.bits(part)
                    if not found:
                        break
                return found
            case Joined("or", parts):
                return reduce(or_, map(self.bits, parts))
        return self.all & ~self.bits(form.parts[0])

    def _add(self, unit: int, work: IndexedWork) -> None:
        postings = self.postings
        for channel, texts in _by_chain((each.language, each.text) for each in work.paragraphs).items():
            postings.texts(unit, channel, texts)
        for channel, texts in _by_chain(work.titles).items():
            postings.texts(unit, channel, texts, title=True)
        begun = self.questions.begun.get(TITLE)
        if begun is not None:
            for _, title in work.titles:
                postings.beginnings(unit, begun, title)
        for field, names in work.names.items():
            postings.texts(unit, field, names)
        for field, values in work.values.items():
            postings.values(1 << unit, field, values)

    def _leaf(self, place: int) -> int:
        leaf = self.questions.leaves[place]
        match leaf:
            case Words():
                return self._words(leaf)
            case Said(numbers):
                return reduce(or_, map(self._said, numbers), 0)
            case DateRange(first, last):
                return self._days.between(first, last)
            case OfWorks(ids):
                return reduce(or_, (1 << unit for unit, work in enumerate(self.works) if work.id in ids), 0)
        return self.all

    def _said(self, number: int) -> int:
        return self.postings.said.get(number, 0)

    def _words(self, words: Words) -> int:
        found = 0
        for row in words.rows:
            if all(number in self.postings.places for number in row):
                found |= self._row(row, words)
        return found

    def _row(self, row: Numbers, words: Words) -> int:
        if len(row) == 1 or (words.slop and len(set(row)) == 1):
            if not words.title:
                return self._memo.of(self._memo.words, row[0], self._having)
            texts = {place >> _FIELD for place in self.postings.places[row[0]]}
        elif words.slop:
            texts = self._near(row, words.slop)
        else:
            texts = {place >> _FIELD for place in self._phrase(row)}
        return _bits({text >> 1 for text in texts if text & 1} if words.title else {text >> 1 for text in texts})

    def _having(self, number: int) -> int:
        return _bits({place >> _UNIT for place in self.postings.places[number]})

    def _phrase(self, row: Numbers) -> list[int]:
        """Where the phrase begins: places of its rarest token, then those that have the others beside them."""
        places = self.postings.places
        rarest = min(range(len(row)), key=lambda at: len(places[row[at]]))
        found = places[row[rarest]]
        for at in sorted(set(range(len(row))) - {rarest}, key=lambda at: len(places[row[at]])):
            others, off = self._memo.of(self._memo.sets, row[at], self._set), at - rarest
            found = [place for place in found if place + off in others]
        return found

    def _set(self, number: int) -> set[int]:
        return set(self.postings.places[number])

    def _near(self, row: Numbers, slop: int) -> set[int]:
        """The texts in which each token is within `slop` of the next, in either order."""
        pairs = [pair for pair in pairwise(row) if pair[0] != pair[1]]
        return set.intersection(*(self._near_pair(*pair, slop) for pair in pairs))

    def _near_pair(self, one: int, other: int, slop: int) -> set[int]:
        key = (one, other, slop)
        if key not in self._memo.pairs:
            there = self.postings.places[other]
            low, high = 1 - slop, 1 + slop
            self._memo.pairs[key] = {
                place >> _FIELD
                for place in self.postings.places[one]
                if (at := bisect_left(there, place + low)) < len(there) and there[at] <= place + high
            }
        return self._memo.pairs[key]


class Paragraphs(Newcomers):
    """The paragraphs of a batch of works: what is said of a work holds for each of its paragraphs."""

    def __init__(self, works: Newcomers) -> None:
        self._of_works = works
        self.questions, self.works = works.questions, works.works
        self.postings = Postings(self.questions)
        self.owners: list[int] = []
        self._spans: list[int] = []
        for unit, work in enumerate(self.works):
            begin = len(self.owners)
            for paragraph in work.paragraphs:
                self._add_paragraph(len(self.owners), paragraph)
                self.owners.append(unit)
            self._spans.append((1 << len(self.owners)) - (1 << begin))
            self.questions.forget_runs()
        self.size = len(self.owners)
        self.all = (1 << self.size) - 1
        self._memo = _Memo()

    def works_of(self, paragraphs: int) -> int:
        """The works that these paragraphs are of."""
        return _bits({self.owners[each] for each in ones(paragraphs)})

    def present(self) -> set[int]:
        return super().present() | self._of_works.present()

    def _add_paragraph(self, unit: int, paragraph: IndexedParagraph) -> None:
        self.postings.texts(unit, chain_of(paragraph.language), (paragraph.text,))
        if paragraph.language:
            self.postings.values(1 << unit, "language", (paragraph.language,))
        names: dict[str, list[str]] = defaultdict(list)
        for field, value in dict.fromkeys(paragraph.values):
            if field in NAME_FIELDS:
                names[field].append(value)
            elif level_of(field) == "paragraph":
                self.postings.values(1 << unit, field, (value,))
        for field, each in names.items():
            self.postings.texts(unit, field, each)

    def _leaf(self, place: int) -> int:
        leaf = self.questions.leaves[place]
        if isinstance(leaf, DateRange | OfWorks) or (isinstance(leaf, Words) and leaf.title):
            return self._all_of(self._of_works.bits(place))
        return super()._leaf(place)

    def _said(self, number: int) -> int:
        if number in self.questions.of_works:
            return self._all_of(self._of_works._said(number))
        return super()._said(number)

    def _all_of(self, works: int) -> int:
        return reduce(or_, (self._spans[each] for each in ones(works)), 0)


class _Memo:
    """What was found out about a batch and will be asked again."""

    def __init__(self) -> None:
        self.leaves: dict[int, int] = {}
        self.words: dict[int, int] = {}
        self.sets: dict[int, set[int]] = {}
        self.pairs: dict[tuple[int, int, int], set[int]] = {}

    @staticmethod
    def of(known: dict[int, T], key: int, find: Callable[[int], T]) -> T:
        if key not in known:
            known[key] = find(key)
        return known[key]


class _Days:
    """The dated works by their day."""

    def __init__(self, works: Sequence[IndexedWork]) -> None:
        dated = sorted((work.date, unit) for unit, work in enumerate(works) if work.date)
        self._days = [day for day, _ in dated]
        self._until = list(accumulate((1 << unit for _, unit in dated), or_, initial=0))

    def between(self, first: date | None, last: date | None) -> int:
        begin = bisect_left(self._days, first) if first else 0
        end = bisect_right(self._days, last) if last else len(self._days)
        return self._until[end] & ~self._until[begin] if begin < end else 0


def ones(bits: int) -> list[int]:
    """Which bits are set, ascending."""
    text = bin(bits)[:1:-1]
    if bits.bit_count() * 8 > len(text):
        return list(compress(count(), text.encode().translate(_TO_BITS)))
    found, at = [], text.find("1")
    while at >= 0:
        found.append(at)
        at = text.find("1", at + 1)
    return found


def _bits(units: Iterable[int]) -> int:
    return reduce(or_, map((1).__lshift__, units), 0)


def _by_chain(texts: Iterable[tuple[str | None, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for language, text in texts:
        found[chain_of(language)].append(text)
    return found
