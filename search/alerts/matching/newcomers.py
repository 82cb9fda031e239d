"""Which newcomers answer which tree? A batch of works, indexed in memory for thousands of trees at once.

It finds exactly what the engines find, by the same chains, and differs in what it keeps: only what some tree asks for
(questions.py). Works are bits of whole numbers, so that and, or and not are one step for the whole batch. Words have
their places: work and position in one number, text and title far apart, so that phrases are sums.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import date
from functools import reduce
from itertools import accumulate, chain, compress, count, pairwise, repeat
from operator import or_

from search.alerts.matching.questions import (
    TITLE,
    UNASKED,
    Form,
    Found,
    Joined,
    Numbers,
    Questions,
    Runs,
    title_channel,
)
from search.analysis import chain_of
from search.engines.engine import IndexedParagraph, IndexedWork
from search.fields import NAME_FIELDS, level_of
from search.query.tree import DateRange, OfWorks

_FIELD = 32  # bits for a position in a text; then one that says it is a title, then the work
_UNIT = _FIELD + 1
_TO_BITS = bytes.maketrans(b"01", b"\x00\x01")


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
        cut = [text.split() for text in texts]
        distinct = set(chain.from_iterable(cut))
        if runs is not None:
            runs.learn(distinct)
            self.says(chain.from_iterable(map(runs.held.get, distinct, repeat(()))), 1 << unit)
            if runs.pairs or runs.placed:
                self._in_order(runs, cut, unit, unit << _UNIT | title << _FIELD)
        if begun is not None:
            begun.learn(distinct)
            self.says(chain.from_iterable(map(begun.known.__getitem__, distinct)), 1 << unit)

    def _in_order(self, runs: Runs, cut: list[list[str]], unit: int, at: int) -> None:
        numbers: list[int] = []
        for each in cut:
            numbers += chain.from_iterable(map(runs.odd.get, each, repeat(UNASKED)))
            numbers.append(0)
        together = runs.paired.intersection(pairwise(numbers))
        self.says(map(runs.pairs.__getitem__, together), 1 << unit)
        if runs.placed:
            places = self.places
            for number, place in compress(zip(numbers, count(at)), map(runs.placed.__contains__, numbers)):
                places[number].append(place)

    def values(self, units: int, field: str, values: Iterable[str]) -> None:
        exact, starts = self.questions.values.get(field, {}), self.questions.starts.get(field)
        for value in values:
            if number := exact.get(value):
                self.said[number] |= units
            if starts:
                self.says(starts.of(value), units)

    def says(self, numbers: Iterable[int], units: int) -> None:
        said = self.said
        for number in numbers:  # 0 may be among them, which stands for nothing
            said[number] |= units


class Newcomers:
    """A batch of works, ready for every tree of `questions`; places of works are those in `works`."""

    def __init__(self, questions: Questions, works: Sequence[IndexedWork]) -> None:
        self._begin(questions, works)
        self.all = (1 << len(works)) - 1
        for unit, work in enumerate(works):
            self._add(unit, work)
            questions.forget_runs()
        self._days = _Days(works)

    def _begin(self, questions: Questions, works: Sequence[IndexedWork]) -> None:
        self.questions, self.works = questions, works
        self.postings = Postings(questions)
        self._leaves: dict[int, int] = {}  # what was found out, and will be asked again
        self._sets: dict[int, set[int]] = {}
        self._pairs: dict[tuple[int, int, int], set[int]] = {}

    def present(self) -> set[int]:
        """The numbers of what is there."""
        return set(self.postings.said)

    def answers(self, asked: Set[int] | None = None) -> Iterator[tuple[int, int]]:
        """Each tree (of those `asked`, by their places) that something here answers, with what answers as bits."""
        for place in self.questions.worth_asking(self.present()):
            if (asked is None or place in asked) and (found := self.bits(self.questions.forms[place])):
                yield place, found

    def bits(self, form: Form) -> int:
        if isinstance(form, int):
            if form not in self._leaves:
                self._leaves[form] = self._leaf(form)
            return self._leaves[form]
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
            postings.texts(unit, title_channel(channel), texts)
        postings.texts(unit, TITLE, [title for _, title in work.titles])  # for beginnings, in whatever language
        for field, names in work.names.items():
            postings.texts(unit, field, names)
        for field, values in work.values.items():
            postings.values(1 << unit, field, values)

    def _leaf(self, place: int) -> int:
        leaf = self.questions.leaves[place]
        match leaf:
            case Found(numbers, rows, slop):
                found = reduce(or_, map(self._said, numbers), 0)
                return reduce(or_, (self._row(row, slop) for row in rows), found)
            case DateRange(first, last):
                return self._days.between(first, last)
            case OfWorks(ids):
                return _bits(unit for unit, work in enumerate(self.works) if work.id in ids)
        return self.all

    def _said(self, number: int) -> int:
        return self.postings.said.get(number, 0)

    def _row(self, row: Numbers, slop: int) -> int:
        if not all(map(self.postings.places.__contains__, row)):
            return 0
        if slop:
            return _bits({text >> 1 for text in self._near(row, slop)})
        return _bits({place >> _UNIT for place in self._phrase(row)})

    def _phrase(self, row: Numbers) -> list[int]:
        """Where the phrase begins: places of its rarest token, then those that have the others beside them."""
        places = self.postings.places
        rarest = min(range(len(row)), key=lambda at: len(places[row[at]]))
        found = places[row[rarest]]
        for at in sorted(set(range(len(row))) - {rarest}, key=lambda at: len(places[row[at]])):
            others, off = self._set(row[at]), at - rarest
            found = [place for place in found if place + off in others]
        return found

    def _set(self, number: int) -> set[int]:
        if number not in self._sets:
            self._sets[number] = set(self.postings.places[number])
        return self._sets[number]

    def _near(self, row: Numbers, slop: int) -> set[int]:
        """The texts in which each token is within `slop` of the next, in either order."""
        pairs = [pair for pair in pairwise(row) if pair[0] != pair[1]]
        return set.intersection(*(self._near_pair(*pair, slop) for pair in pairs))

    def _near_pair(self, one: int, other: int, slop: int) -> set[int]:
        key = (one, other, slop)
        if key not in self._pairs:
            there = self.postings.places[other]
            low, high = 1 - slop, 1 + slop
            self._pairs[key] = {
                place >> _FIELD
                for place in self.postings.places[one]
                if (at := bisect_left(there, place + low)) < len(there) and there[at] <= place + high
            }
        return self._pairs[key]


class Paragraphs(Newcomers):
    """The paragraphs of a batch of works: what is said of a work holds for each of its paragraphs."""

    def __init__(self, works: Newcomers) -> None:
        self._of_works = works
        self._begin(works.questions, works.works)
        self.owners: list[int] = []
        self._spans: list[int] = []
        for unit, work in enumerate(self.works):
            begin = len(self.owners)
            for paragraph in work.paragraphs:
                self._add_paragraph(len(self.owners), paragraph)
                self.owners.append(unit)
            self._spans.append((1 << len(self.owners)) - (1 << begin))
            self.questions.forget_runs()
        self.all = (1 << len(self.owners)) - 1

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
        if isinstance(leaf, DateRange | OfWorks) or (isinstance(leaf, Found) and self._is_of_titles(leaf)):
            return self._all_of(self._of_works.bits(place))
        return super()._leaf(place)

    def _said(self, number: int) -> int:
        if number in self.questions.of_works:
            return self._all_of(self._of_works._said(number))
        return super()._said(number)

    def _is_of_titles(self, leaf: Found) -> bool:
        return any(number in self.questions.of_works for row in leaf.rows for number in row)

    def _all_of(self, works: int) -> int:
        return reduce(or_, (self._spans[each] for each in ones(works)), 0)


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
