"""What do all saved searches ask for, taken together? Their words and values numbered, their trees in these numbers.

Thousands of searches ask for a few thousand different things. Each thing (a token of a chain, a beginning, a value of
a field) has one number here, each leaf that is equal to another is one leaf, and each tree says which things it needs:
unless one of them is among the newcomers, no work can answer it, and it is not even looked at.
"""

import string
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from search import analysis
from search.fields import level_of
from search.query.tree import And, DateRange, Everything, Exact, Match, Node, Not, OfWorks, Or, StartsWith

TITLE = "title"
MOST_KEPT = 300_000  # runs between spaces that are remembered, in one channel
UNASKED = (0,)

Numbers: TypeAlias = tuple[int, ...]
Needs: TypeAlias = "frozenset[int] | None"  # one of these must be there; None: it may match without any


@dataclass(frozen=True, slots=True)
class Found:
    """One of these things; or one of these rows of tokens, one after the other or each within `slop` of the next."""

    numbers: Numbers
    rows: tuple[Numbers, ...] = ()
    slop: int = 0


Leaf: TypeAlias = Found | DateRange | OfWorks | Everything


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


class Runs:
    """What the runs between spaces hold in one channel: the numbers of their tokens.

    Preparing and cutting never look across a space, so a text is what its runs are, and most runs come again. Nearly
    all of them hold nothing that anybody asks for: these are only known to be so, and the tables to look into stay
    small.
    """

    def __init__(self, chain: str) -> None:
        self.numbers: dict[str, int] = {}  # of tokens
        self.pairs: dict[tuple[int, int], int] = {}  # of two tokens, one after the other
        self.paired: set[tuple[int, int]] = set()  # the same, as a set finds its own among many the fastest
        self.placed: set[int] = set()  # tokens whose places matter
        self.known: set[str] = set()
        self.held: dict[str, Numbers] = {}  # runs that hold something, with its numbers
        self.odd: dict[str, Numbers] = {}  # those, and others that are not one token; 0 for one that nobody asks for
        self._analyse = analysis.analyzer(chain).analyze

    def learn(self, runs: set[str]) -> None:
        """Makes these runs known. Those that are one word are put through the chain together: that is much quicker."""
        new = runs - self.known
        if not new:
            return
        self.known |= new
        words: list[str] = []
        single: list[str] = []
        for run, ready in zip(new, analysis.prepare("\n".join(new)).split("\n"), strict=True):
            word = ready.strip(string.punctuation)
            if word.isalnum():
                single.append(run)
                words.append(word)
            else:
                self._keep(run, self._analyse(ready))
        tokens = self._analyse(" ".join(words))
        if len(tokens) != len(words):
            raise AssertionError("a word by Unicode is not one to the chain")
        number = self.numbers
        for run, token in zip(single, tokens, strict=True):
            if token in number:
                self.held[run] = self.odd[run] = (number[token],)

    def forget(self) -> None:
        """What is remembered is no longer right, or too much."""
        self.known.clear()
        self.held.clear()
        self.odd.clear()

    def _keep(self, run: str, tokens: Sequence[str]) -> None:
        numbers = tuple([self.numbers.get(token, 0) for token in tokens])
        if any(numbers):
            self.held[run] = numbers
        if numbers != UNASKED:
            self.odd[run] = numbers


class BegunRuns:
    """What the unstemmed words of runs between spaces begin with."""

    def __init__(self) -> None:
        self.known: dict[str, Numbers] = {}
        self.beginnings = Beginnings()

    def learn(self, runs: set[str]) -> None:
        for run in runs.difference(self.known):
            self.known[run] = tuple({n for form in analysis.forms(run) for n in self.beginnings.of(form)})

    def forget(self) -> None:
        self.known.clear()


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
        self._places: dict[Form, int] = {}
        self._leaf_places: dict[Node, tuple[int, Needs]] = {}

    def add(self, tree: Node) -> int:
        """Takes a resolved tree in; returns its place, which its answers will name: one that is equal has the same."""
        form, needs = self._form(tree)
        if form in self._places:
            return self._places[form]
        place = self._places[form] = len(self.forms)
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
        remembered: list[Runs | BegunRuns] = [*self.runs.values(), *self.begun.values()]
        for runs in remembered:
            if len(runs.known) > MOST_KEPT:
                runs.forget()

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
                return _found(self._beginnings(node))
            case Match():
                return self._words(node)
            case Exact(field, values):
                return _found([self._value(field, value) for value in values])
            case StartsWith(field, prefix):
                return _found([self._said_of(field, self.starts[field].add(prefix, self._number()))])
            case DateRange() | OfWorks() | Everything():
                return node, None
        raise TypeError(f"resolve the tree first: {node!r}")

    def _words(self, node: Match) -> tuple[Leaf, Needs]:
        """A word and two that follow each other are things by themselves; for more, places are compared."""
        numbers, rows, rarest = [], [], []
        for chain, tokens in node.alternatives:
            runs, row = self._row(node.where, chain, tokens)
            if len(set(row)) == 1 and (node.slop or len(row) == 1):
                numbers.append(row[0])
            elif len(row) == 2 and not node.slop:
                numbers.append(runs.pairs.setdefault((row[0], row[1]), self._number()))
                runs.paired.add((row[0], row[1]))
            else:
                rows.append(row)
                runs.placed.update(row)
                rarest.append(max(zip(map(len, tokens), row, strict=True))[1])  # the longest is, as a rule
        if node.where == TITLE:
            self.of_works.update(numbers, *rows)
        return Found(tuple(dict.fromkeys(numbers)), tuple(dict.fromkeys(rows)), node.slop), frozenset(numbers + rarest)

    def _row(self, where: str, chain: str, tokens: tuple[str, ...]) -> tuple[Runs, Numbers]:
        channel = chain if where == "text" else title_channel(chain) if where == TITLE else where
        runs = self.runs.get(channel)
        if runs is None:
            runs = self.runs[channel] = Runs(chain)
        for token in tokens:
            if token not in runs.numbers:
                runs.numbers[token] = self._number()
                if runs.known:
                    runs.forget()  # what is remembered does not know of it
        return runs, tuple([runs.numbers[token] for token in tokens])

    def _beginnings(self, node: Match) -> list[int]:
        found = []
        for chain, (start,) in node.alternatives:
            begun = self.begun.setdefault(chain if node.where == "text" else node.where, BegunRuns())
            begun.forget()
            found.append(begun.beginnings.add(start, self._number()))
        if node.where == TITLE:
            self.of_works.update(found)
        return found

    def _value(self, field: str, value: str) -> int:
        return self._said_of(field, self.values[field].setdefault(value, self._number()))

    def _said_of(self, field: str, number: int) -> int:
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


def _found(numbers: list[int]) -> tuple[Leaf, Needs]:
    return Found(tuple(dict.fromkeys(numbers))), frozenset(numbers)


def title_channel(chain: str) -> str:
    return f"{TITLE} {chain}"
