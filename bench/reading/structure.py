"""Are the paragraphs' numbers complete, and do the notes have their marks? Over all PDFs of the corpus, without OCR.

No truth by hand is needed: numbers that run from 1 have no gap, and each footnote is called somewhere on its page.
`python -m bench.reading.structure` prints it file by file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.reading.truth import CORPUS
from pipeline.document import Reading
from pipeline.errors import ReadError
from pipeline.limits import Limits

_SHORTEST = 3  # numbers from which a row of them is one
_WHOLE = re.compile(r"(\d{1,4})(?![\d.])")


@dataclass(frozen=True, slots=True)
class Structure:
    """Of one file: how many numbers its rows of them should have and have; notes, and those that a mark is tied to."""

    name: str
    expected: int
    found: int
    notes: int
    linked: int
    over_pages: int
    grids: int


def numbering(reading: Reading) -> tuple[int, int]:
    """(expected, found): of each row of numbers that begins with 1, up to its highest."""
    rows: list[set[int]] = []
    last = 0
    for paragraph in reading.paragraphs:
        match = _WHOLE.match(paragraph.number or "")
        if match is None:
            continue
        number = int(match[1])
        if number == last:
            continue  # its items
        if number == 1:
            rows.append(set())
        if rows:
            rows[-1].add(number)
        last = number
    rows = [row for row in rows if len(row) >= _SHORTEST]
    return sum(max(row) for row in rows), sum(map(len, rows))


def linked(reading: Reading) -> tuple[int, int]:
    """(notes, linked): those of them to which some mark in the text is tied."""
    tied = {note for paragraph in reading.paragraphs for _, _, note in paragraph.marks}
    notes = [paragraph.ordinal for paragraph in reading.paragraphs if paragraph.kind == "note"]
    return len(notes), sum(note in tied for note in notes)


def structures() -> Iterator[Structure]:
    """Of every PDF of the corpus that can be read without OCR."""
    from pipeline.readers import read

    for path in sorted(Path(CORPUS).glob("pdf/*.pdf")):
        try:
            reading = read(path, Limits())
        except ReadError:
            continue
        over = sum(paragraph.last_page > paragraph.page for paragraph in reading.paragraphs)
        yield Structure(path.stem, *numbering(reading), *linked(reading), over, len(reading.grids))


def table(rows: list[Structure]) -> str:
    """What is not complete, and the sums."""
    numbered = [row for row in rows if row.expected]
    noted = [row for row in rows if row.notes]
    lines = ["| file | numbers | of | notes tied | of |", "|---|---|---|---|---|"]
    lines += [
        f"| {row.name} | {row.found} | {row.expected} | {row.linked} | {row.notes} |"
        for row in rows
        if row.found < row.expected or row.linked < row.notes
    ]
    whole = sum(row.found == row.expected for row in numbered)
    all_tied = sum(row.linked == row.notes for row in noted)
    lines += [
        "",
        f"Numbering complete in {whole} of {len(numbered)} numbered files "
        f"({sum(row.found for row in rows)} of {sum(row.expected for row in rows)} numbers).",
        f"All notes tied to a mark in {all_tied} of {len(noted)} files with notes "
        f"({sum(row.linked for row in rows)} of {sum(row.notes for row in rows)} notes).",
        f"{sum(row.over_pages for row in rows)} paragraphs run over the end of a page; "
        f"{sum(row.grids for row in rows)} tables.",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(list(structures())))
