"""How do two rankings become one? By words and by meaning, fused by reciprocal rank.

What stands at place r of a ranking gets 1 / (60 + r) from it, and what both have gets the sum (Cormack, Clarke and
Büttcher, "Reciprocal rank fusion outperforms Condorcet and individual rank learning methods", SIGIR 2009, whose 60 it
is). Only ranks are compared, never a score with a similarity. The best TOP of each side are fused; what the fields and
filters of the query demand is demanded of both.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeVar

from search.engines.cursor import read_cursor, write_cursor
from search.engines.engine import Answer, Engine, ParagraphAnswer, PassageAddress, Question
from search.errors import IndexUnavailable, MistakenRequest
from search.meaning.asked import demands_of, without_not, words_of
from search.meaning.meaning import Meaning
from search.meaning.vectors import Near
from search.query.complaining import Complaints
from search.query.tree import Everything, Exact, Node, OfWorks, both

TOP = 200  # of each ranking
RRF = 60
FLOOR = 0.35  # what is less alike is not shown; docs/search.md, "Meaning", says how it was found
PASSAGES = 400  # that are asked for, since several may be of one work
FEW = 10_000  # works: if no more meet the demands, only their passages are compared
PAGE = 1000  # paragraphs at a time
PAGES = 5

Key: TypeAlias = int | tuple[int, PassageAddress]  # a work, or a paragraph of one
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Fused:
    """The fused answer; of each work that meaning found the passages that are alike, the nearest first; which works
    or paragraphs were among the best by words; and how many were found by their meaning alone."""

    answer: Answer | ParagraphAnswer
    near: Mapping[int, tuple[Near, ...]]
    by_words: frozenset[Key]
    alone: int


@dataclass(frozen=True, slots=True)
class Both:
    """What is asked: by words, of the engine, and by meaning; in works or in paragraphs."""

    engine: Engine
    meaning: Meaning
    question: Question
    unit: str

    def by_words(self) -> Answer | ParagraphAnswer:
        asked = replace(self.question, limit=TOP, after=None)
        return self.engine.ask_paragraphs(asked) if self.unit == "paragraphs" else self.engine.ask(asked)

    def by_meaning(self, text: str) -> list[Near]:
        """The passages that are alike enough and meet the demands, the nearest first."""
        demands = demands_of(self.question.tree, self.question.filters)
        of_works = without_not(demands) if self.unit == "paragraphs" else demands
        near = [each for each in self._nearest(text, of_works) if each.similarity >= FLOOR]
        if self.unit == "paragraphs" and not isinstance(demands, Everything):
            allowed = self.among(demands, near)
            near = [each for each in near if self.key(each) in allowed]
        return near

    def _nearest(self, text: str, demands: Node) -> list[Near]:
        if isinstance(demands, Everything):
            return self.meaning.nearest(text, PASSAGES)
        if self.engine.ask(Question(demands, limit=0)).total <= FEW:
            return self.meaning.nearest(text, PASSAGES, self.engine.members(demands))
        near = self.meaning.nearest(text, 4 * PASSAGES)
        allowed = set(self.engine.members(both([demands, _of_works(near)])))
        return [each for each in near if each.work in allowed]

    def key(self, near: Near) -> Key:
        return (near.work, near.at) if self.unit == "paragraphs" else near.work

    def among(self, tree: Node, near: Sequence[Near]) -> set[Key]:
        """Which of these answer the tree; of paragraphs, as far as they are among the first PAGES * PAGE of theirs."""
        if not near:
            return set()
        asked = both([tree, _of_works(near)])
        if self.unit != "paragraphs":
            return set(self.engine.members(asked))
        found: set[Key] = set()
        after: str | None = None
        for _ in range(PAGES):
            answer = self.engine.ask_paragraphs(Question(asked, limit=PAGE, after=after))
            found |= set(answer.paragraphs)
            after = answer.after
            if after is None:
                break
        return found


def search_both(
    engine: Engine, meaning: Meaning | None, parsed: Node, question: Question, unit: str, complain: Complaints
) -> Fused | None:
    """A page of the fused ranking; None, with a complaint, where meaning can say nothing: words answer alone then."""
    text = words_of(parsed)
    if meaning is None:
        complain("meaning_missing")
    elif question.sort != "relevance":
        complain("meaning_sorted")
    elif not text:
        complain("meaning_of_nothing")
    else:
        try:
            trouble = meaning.trouble()
            if trouble:
                complain(trouble)
                return None
            asked = Both(engine, meaning, question, unit)
            near = asked.by_meaning(text)
        except IndexUnavailable as error:  # what is wrong with the engine itself is said when words are asked
            complain("meaning_away", what=str(error))
            return None
        return _page(asked, near, complain)
    return None


def _page(asked: Both, near: Sequence[Near], complain: Complaints) -> Fused:
    words = asked.by_words()
    first: list[Key] = list(words.paragraphs if isinstance(words, ParagraphAnswer) else words.works)
    second = list(dict.fromkeys(asked.key(each) for each in near))[:TOP]
    order = fused_ranks(first, second)
    unit = f"{asked.unit} by meaning"
    begin, limit = read_cursor(asked.question, unit) or 0, asked.question.limit
    if begin > len(order):
        raise MistakenRequest("this cursor stands behind the end of the results")
    ends = begin + limit >= len(order)
    if ends and words.total > TOP and limit:
        complain("meaning_ends", limit=len(order))
    after = None if ends or not limit else write_cursor(asked.question, begin + limit, unit)
    page = order[begin : begin + limit]
    alone = len(set(second) - _held_by_words(asked, words, first, near))
    by_work: dict[int, tuple[Near, ...]] = {}
    for each in near:
        by_work[each.work] = (*by_work.get(each.work, ()), each)
    return Fused(_answer(words, page, words.total + alone, after), by_work, frozenset(first), alone)


def fused_ranks(first: Sequence[K], second: Sequence[K]) -> list[K]:
    """Both rankings as one; of what is level, that with the better best place comes first, then what words found."""
    scores: dict[K, float] = {}
    for ranking in (first, second):
        for place, key in enumerate(ranking, 1):
            scores[key] = scores.get(key, 0.0) + 1 / (RRF + place)
    return sorted(scores, key=lambda key: -scores[key])  # stable: what the first has stands before what it has not


def _held_by_words(
    asked: Both, words: Answer | ParagraphAnswer, first: Sequence[Key], near: Sequence[Near]
) -> set[Key]:
    """Of what meaning found, what holds the words too, be it far behind."""
    if words.total <= len(first):
        return set(first)
    filters: list[Node] = [Exact(field, tuple(values)) for field, values in asked.question.filters.items() if values]
    return set(first) | asked.among(both([asked.question.tree, *filters]), near)


def _answer(
    words: Answer | ParagraphAnswer, page: Sequence[Key], total: int, after: str | None
) -> Answer | ParagraphAnswer:
    if isinstance(words, ParagraphAnswer):
        paragraphs = tuple(key for key in page if isinstance(key, tuple))
        return replace(words, total=total, paragraphs=paragraphs, after=after)
    return replace(words, total=total, works=tuple(key for key in page if isinstance(key, int)), after=after)


def _of_works(near: Sequence[Near]) -> OfWorks:
    return OfWorks(tuple(sorted({each.work for each in near})))
