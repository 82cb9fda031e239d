"""What do all saved searches ask for, taken together? Their words and values numbered, their trees in these numbers.

Thousands of searches ask for a few thousand different things. Each thing (a token of a chain, a beginning, a value of
a field) has one number here, each leaf that is equal to another is one leaf, and each tree says which things it needs:
unless one of them is among the newcomers, no work can answer it, and it is not even looked at.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from search import analysis
from search.fields import level_of
from search.query.tree import And, DateRange, Everything, Exact, Match, Node, Not, OfWorks, Or, StartsWith

TITLE = "title"
LONGEST_KEPT = 40  # characters of a run between spaces that is remembered: longer ones hardly come again
MOST_KEPT = 400_000  # of them, in one chain

Numbers: TypeAlias = tuple[int, ...]
Needs: TypeAlias = "frozenset[int] | None"  # one of these must be there; None: it may match without any


@dataclass(frozen=True, slots=True)
class Words:
    """One of these rows of tokens: one after the other, or each within `slop` of the next; in a title, or anywhere."""

    rows: tuple[Numbers, ...]
    slop: int
    title: bool


@dataclass(frozen=True, slots=True)
class Said:
    """One of these values or beginnings."""

    numbers: Numbers


Leaf: TypeAlias = Words | Said | DateRange | OfWorks | Everything


@dataclass(frozen=True, slots=True)
class Joined:
    """A conjunction, a disjunction or a negation of leaves (by their place in `Questions.leaves`) and others."""

    sign: str  # and, or, not
    parts: tuple["int | Joined", ...]


Form: TypeAlias = int | Joined


class Beginnings:
    """Which of the beginnings that are asked for does a text begin with?"""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self._lengths: list[int] = []

    def add(self, start: str, number: int) -> int:
        number = self.numbers.setdefault(start, number)
        self._lengths = sorted({len(each) for each in self.numbers})
        return number

    def of(self, text: str) -> Iterator[int]:
        for length in self._lengths:
            if length > len(text):
                return
            if number := self.numbers.get(text[:length]):
                yield number


class Runs(dict[str, Numbers]):
    """Run between spaces -> the numbers of its tokens in one chain; 0 stands for a token that nobody asks for.

    Preparing and cutting never look across a space, so a text is what its runs are, and most runs come again.
    """

    def __init__(self, chain: str, numbers: dict[str, int]) -> None:
        super().__init__()
        self.chain, self.numbers = chain, numbers

    def __missing__(self, run: str) -> Numbers:
        number = self.numbers.get
        found = tuple([number(token, 0) for token in analysis.analyzer(self.chain).analyze(analysis.prepare(run))])
        if len(run) <= LONGEST_KEPT:
            self[run] = found
        return found


class BegunRuns(dict[str, Numbers]):
    """Run between spaces -> the numbers of what its unstemmed words begin with."""

    def __init__(self, beginnings: Beginnings) -> None:
        super().__init__()
        self.beginnings = beginnings

    def __missing__(self, run: str) -> Numbers:
        found = tuple({number for form in analysis.forms(run) for number in self.beginnings.of(form)})
        if len(run) <= LONGEST_KEPT:
            self[run] = found
        return found


class Questions:
    """Trees that are put to batch after batch of newcomers. A channel is a chain, a field of names, or title."""

    def __init__(self) -> None:
        self.forms: list[Form] = []
        self.leaves: list[Leaf] = []
        self.always: set[int] = set()  # trees that may match whatever there is
        self.waiting: dict[int, list[int]] = defaultdict(list)  # number of a thing -> the trees that need it
        self.runs: dict[str, Runs] = {}
        self.begun: dict[str, BegunRuns] = {}
        self.values: dict[str, dict[str, int]] = defaultdict(dict)
        self.starts: dict[str, Beginnings] = defaultdict(Beginnings)
        self.of_works: set[int] = set()  # things that are said of a work, not of a paragraph
        self._last = 0
        self._leaf_places: dict[Node, tuple[int, Needs]] = {}

    def add(self, tree: Node) -> int:
        """Takes a resolved tree in; returns its place, which its answers will name."""
        form, needs = self._form(tree)
        place = len(self.forms)
        self.forms.append(form)
        if needs is None:
            self.always.add(place)
        for number in needs or ():
            self.waiting[number].append(place)
        return place

    def worth_asking(self, present: Iterable[int]) -> list[int]:
        """The trees that some newcomer may answer, by what is there; the others are skipped, and miss nothing."""
        found = set(self.always)
        for number in self.waiting.keys() & set(present):
            found.update(self.waiting[number])
        return sorted(found)

    def forget_runs(self) -> None:
        """Keeps what is remembered of texts within bounds; to be called between texts."""
        for runs in (*self.runs.values(), *self.begun.values()):
            if len(runs) > MOST_KEPT:
                runs.clear()

    def _form(self, node: Node) -> tuple[Form, Needs]:
        match node:
            case And(items):
                found = [self._form(item) for item in items]
                needed = [needs for _, needs in found if needs is not None]
                return Joined("and", tuple(form for form, _ in found)), min(needed, key=len, default=None)
            case Or(items):
                found = [self._form(item) for item in items]
                joined = Joined("or", tuple(form for form, _ in found))
                return joined, _any_of([needs for _, needs in found])
            case Not(item):
                needs = frozenset[int]() if isinstance(item, Everything) else None
                return Joined("not", (self._form(item)[0],)), needs
        if node not in self._leaf_places:
            leaf, needs = self._leaf(node)
            self.leaves.append(leaf)
            self._leaf_places[node] = len(self.leaves) - 1, needs
        return self._leaf_places[node]

    def _leaf(self, node: Node) -> tuple[Leaf, Needs]:
        match node:
            case Match(prefix=True):
                numbers = self._beginnings(node)
                return Said(numbers), frozenset(numbers)
            case Match():
                rows = [(self._row(node.where, chain, tokens), tokens) for chain, tokens in node.alternatives]
                words = Words(tuple(dict.fromkeys(row for row, _ in rows)), node.slop, node.where == TITLE)
                return words, frozenset(_rarest(*row) for row in rows)
            case Exact(field, values):
                numbers = tuple(self._value(field, value) for value in dict.fromkeys(values))
                return Said(numbers), frozenset(numbers)
            case StartsWith(field, prefix):
                number = self.starts[field].add(prefix, self._number())
                if level_of(field) == "work":
                    self.of_works.add(number)
                return Said((number,)), frozenset((number,))
            case DateRange() | OfWorks() | Everything():
                return node, None
        raise TypeError(f"resolve the tree first: {node!r}")

    def _row(self, where: str, chain: str, tokens: tuple[str, ...]) -> Numbers:
        channel = chain if where in ("text", TITLE) else where
        runs = self.runs.get(channel)
        if runs is None:
            runs = self.runs[channel] = Runs(chain, {})
        known = runs.numbers
        for token in tokens:
            if token not in known:
                known[token] = self._number()
                runs.clear()  # what was remembered does not know of it
        return tuple([known[token] for token in tokens])

    def _beginnings(self, node: Match) -> Numbers:
        found = []
        for chain, (start,) in node.alternatives:
            channel = chain if node.where == "text" else node.where
            begun = self.begun.setdefault(channel, BegunRuns(Beginnings()))
            begun.clear()
            found.append(begun.beginnings.add(start, self._number()))
        if node.where == TITLE:
            self.of_works.update(found)
        return tuple(dict.fromkeys(found))

    def _value(self, field: str, value: str) -> int:
        number = self.values[field].setdefault(value, self._number())
        if level_of(field) == "work":
            self.of_works.add(number)
        return number

    def _number(self) -> int:
        self._last += 1
        return self._last


def _any_of(several: list[Needs]) -> Needs:
    found: set[int] = set()
    for needs in several:
        if needs is None:
            return None
        found |= needs
    return frozenset(found)


def _rarest(numbers: Numbers, tokens: tuple[str, ...]) -> int:
    """The number of the longest token, which is the rarest as a rule."""
    return max(zip(map(len, tokens), numbers, strict=True))[1]
