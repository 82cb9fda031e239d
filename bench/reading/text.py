"""How true is the text? Ours beside each extractor alone, on every file with a truth; errors, order, passages."""

import resource
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from bench.reading import candidates
from bench.reading.compare import Score, beheaded, fair_text, fair_words, heads_of, holds, score
from bench.reading.truth import Truth

OURS = "ours"
TIE = 0.0005  # a twentieth of a point: two characters more or less on a page are no difference


@dataclass(slots=True)
class Row:
    """One file, and per candidate its score, passages found whole and processor seconds."""

    truth: Truth
    scores: dict[str, Score] = field(default_factory=dict)
    passages: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    number: int = 0  # of pages

    def best(self, figure: Callable[[Score], float]) -> float:
        return min(figure(value) for name, value in self.scores.items() if name != OURS)

    @property
    def behind(self) -> list[str]:
        """In what another is better than ours."""
        ours = self.scores[OURS]
        measures: dict[str, Callable[[Score], float]] = {
            "characters": lambda s: s.characters,
            "words": lambda s: s.words,
            "order": lambda s: -s.order,
        }
        return [name for name, figure in measures.items() if figure(ours) > self.best(figure) + TIE]


def rows(truths: Iterable[Truth], ocr: bool = True) -> Iterator[Row]:
    """A row for each truth that can be read; without OCR those are left out that need it."""
    for truth in truths:
        if ocr or not truth.ocr:
            yield row(truth, ocr)


def row(truth: Truth, ocr: bool) -> Row:
    found, texts = Row(truth), dict[str, list[str]]()
    for name, candidate in {OURS: _ours(ocr), **candidates.ALONE}.items():
        begun = spent()
        texts[name] = candidate(truth.path)
        found.seconds[name] = spent() - begun
    heads = frozenset[tuple[str, ...]]().union(*(heads_of(pages) for pages in texts.values()))
    passages = [fair_words(fair_text([passage])) for passage in truth.passages]
    for name, pages in texts.items():
        found.number = max(found.number, len(pages))
        found.scores[name] = score(pages, truth.pages, heads, truth.part)
        if passages:
            words = fair_words(" ".join(beheaded(fair_text(pages).split(), heads)))
            found.passages[name] = sum(holds(words, passage) for passage in passages) / len(passages)
    return found


def _ours(ocr: bool) -> candidates.Candidate:
    return lambda path: candidates.paragraphs(candidates.reading(path, ocr))


def spent() -> float:
    """Processor seconds of this process and of those it waited for."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
