"""Of works that were only read again, which searches are told? By the rule of fresh.py, with the matcher's own bits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from search.alerts.matching.fresh import Fresh
from search.alerts.matching.newcomers import Newcomers, Paragraphs
from search.alerts.matching.questions import Form, Found, Joined, Questions
from search.engines.engine import IndexedWork

_NONE: Mapping[int, Fresh] = {}


@dataclass
class Reread:
    """A batch of works, of which those in `fresh` were read again."""

    questions: Questions
    works: Sequence[IndexedWork]
    fresh: Mapping[int, Fresh] = field(default_factory=dict)
    _known: dict[tuple[int, int], "_Readings"] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.units = [unit for unit, work in enumerate(self.works) if work.id in self.fresh]
        self.bits = sum(1 << unit for unit in self.units)

    def told(self, place: int, scope: str, bits: int, start_seq: int) -> int:
        """Of the works that answer a tree, those that a search which began after this change is told of."""
        if not bits & self.bits:
            return bits
        for unit in self.units:
            if bits >> unit & 1 and not self._is_told(unit, place, scope, start_seq):
                bits ^= 1 << unit
        return bits

    def _is_told(self, unit: int, place: int, scope: str, start_seq: int) -> bool:
        work = self.works[unit]
        fresh = self.fresh[work.id]
        if fresh.is_whole(start_seq):
            return True
        key = unit, fresh.after(start_seq)
        if key not in self._known:
            self._known[key] = _Readings(self.questions, work, fresh, start_seq)
        return self._known[key].tells(self.questions.forms[place], scope)


class _Readings:
    """One work before it was read again, and its news alone."""

    def __init__(self, questions: Questions, work: IndexedWork, fresh: Fresh, seq: int) -> None:
        self.questions = questions
        self.before = Newcomers(questions, [fresh.before(work, seq)])
        self.said = Newcomers(questions, [fresh.said(work, seq)])
        self.only = Paragraphs(Newcomers(questions, [fresh.only(work, seq)]))

    def tells(self, form: Form, scope: str) -> bool:
        if scope == "paragraphs":
            return bool(self.only.bits(form))
        return not self.before.bits(form) or any(self.said.bits(leaf) for leaf in self._wanted(form, True))

    def _wanted(self, form: Form, wanted: bool) -> Iterator[int]:
        """Words and values that the tree wants rather than forbids."""
        if isinstance(form, Joined):
            for part in form.parts:
                yield from self._wanted(part, wanted if form.sign != "not" else not wanted)
        elif wanted and isinstance(self.questions.leaves[form], Found):
            yield form
