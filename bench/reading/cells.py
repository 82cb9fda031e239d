"""Are tables read as tables? Cells that are neighbours in a row, against the hand-made truth of ICDAR 2013.

*In the text*: the words of the one follow those of the other. *As data*: they stand in neighbouring cells of a table.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

from bench.reading import candidates
from bench.reading.compare import fair_text, fair_words, holds
from bench.reading.truth import CORPUS

Pair = tuple[str, str]
NAMES = ("ours", *candidates.ALONE)


def rows(corpus: Path = CORPUS) -> list[tuple[str, dict[str, float], dict[str, float]]]:
    """(file, share in the text by candidate, share as data of ours and of pdfplumber alone)."""
    found = []
    for truth in sorted((corpus / "pdf" / "truth").glob("*-str.xml")):
        path = corpus / "pdf" / f"{truth.name.removesuffix('-str.xml')}.pdf"
        if path.exists():
            pairs = neighbours(truth)
            reading = candidates.reading(path)
            texts = {"ours": candidates.paragraphs(reading)}
            texts |= {name: candidate(path) for name, candidate in candidates.ALONE.items()}
            shares = {name: _in_text(pages, pairs) for name, pages in texts.items()}
            ours = _grids(grid.rows for grid in reading.grids)
            found.append(
                (path.stem, shares, {"ours": _share(ours, pairs), "pdfplumber": _share(_plumbed(path), pairs)})
            )
    return found


def neighbours(truth: Path) -> list[Pair]:
    """Each cell with the next filled one in its row; those of one region only."""
    from lxml import etree

    pairs: list[Pair] = []
    for region in etree.parse(str(truth)).iter("region"):
        cells = sorted(
            (int(cell.get("start-row")), int(cell.get("start-col")), cell.findtext("content") or "")
            for cell in region.iter("cell")
        )
        filled = [cell for cell in cells if _folded(cell[2])]
        pairs += [(a[2], b[2]) for a, b in pairwise(filled) if a[0] == b[0]]
    return pairs


def _in_text(pages: Sequence[str], pairs: Sequence[Pair]) -> float:
    words = fair_words(fair_text(pages))
    return sum(holds(words, fair_words(fair_text([f"{one} {other}"]))) for one, other in pairs) / len(pairs)


def _grids(grids: Iterable[Sequence[Sequence[str | None]]]) -> set[Pair]:
    found: set[Pair] = set()
    for grid in grids:
        for row in grid:
            filled = [text for text in (_folded(cell or "") for cell in row) if text]
            found.update(pairwise(filled))
    return found


def _plumbed(path: Path) -> set[Pair]:
    import pdfplumber

    with pdfplumber.open(path) as document:
        return _grids([table for page in document.pages for table in page.extract_tables()])


def _share(found: set[Pair], pairs: Sequence[Pair]) -> float:
    return sum((_folded(one), _folded(other)) in found for one, other in pairs) / len(pairs)


def _folded(text: str) -> str:
    """Letters and digits alone: the truth has lost blanks inside some cells."""
    return "".join(fair_words(fair_text([text])))


def table(found: Sequence[tuple[str, dict[str, float], dict[str, float]]]) -> str:
    head = "| neighbouring cells, % | in the text: "
    lines = [f"{head}{' | '.join(NAMES)} | as data: ours | pdfplumber |", f"| --- |{' ---: |' * (len(NAMES) + 2)}"]
    for name, text, data in found:
        values = [*(text[who] for who in NAMES), data["ours"], data["pdfplumber"]]
        lines.append(f"| {name} | {' | '.join(f'{100 * value:.1f}' for value in values)} |")
    return "\n".join(lines)
