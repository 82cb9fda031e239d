"""Where there is no truth: do four readers of a born-digital file agree? Agreement is no proof of truth, only of doubt.

*Words kept*: the share of pypdfium2's words (running heads aside) that ours has, wherever they stand; *order*: the
share of runs of eight words that ours has in common, in order, with each of the others.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.reading import candidates
from bench.reading.compare import fair_text, fair_words, in_order


@dataclass(frozen=True, slots=True)
class Agreement:
    file: str
    kept: float
    order: dict[str, float]
    among: float  # the mean order of the three with each other, where ours stands aside


def agreements(files: Sequence[Path], plumber: bool = False) -> Iterator[Agreement]:
    """One for each file that ours can read; pdfplumber only if asked, since it takes minutes."""
    for path in files:
        reading = candidates.reading(path)
        ours = fair_words(fair_text(candidates.paragraphs(reading)))
        names = [name for name in candidates.ALONE if plumber or name != "pdfplumber"]
        others = {name: fair_words(fair_text(candidates.ALONE[name](path))) for name in names}
        order = {name: in_order(ours, words) for name, words in others.items()}
        bare = Counter(others["pypdfium2"])
        outside = Counter(fair_words(" ".join(line for lines in reading.facts.values() for line in lines)))
        kept = 1 - sum((bare - Counter(ours) - outside).values()) / max(1, bare.total())
        among = [in_order(others[a], others[b]) for a in names for b in names if a != b]
        yield Agreement(path.stem, kept, order, sum(among) / len(among))


def table(found: Sequence[Agreement]) -> str:
    names = list(found[0].order)
    head = " | ".join(f"order: {name}" for name in names)
    lines = [f"| no truth: agreement, % | words kept | {head} | the others among each other |"]
    lines.append(f"| --- |{' ---: |' * (len(names) + 2)}")
    for one in sorted(found, key=lambda one: one.kept):
        order = " | ".join(f"{100 * one.order[name]:.1f}" for name in names)
        lines.append(f"| {one.file} | {100 * one.kept:.1f} | {order} | {100 * one.among:.1f} |")
    return "\n".join(lines)
