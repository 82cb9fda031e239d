"""Is OCR chosen for the pages that need it, and for no others? Against a table made by looking at every doubtful page.

A page needs OCR (`yes`) where more than one printed word in twenty is missing from its text layer or wrong there, and
does not (`no`) where fewer than one in fifty is; `either` is between, or what is missing is handwriting or the same
words in another script: those are counted apart. Pages that are not in the table are born digital; some that
are have a low figure of quality, and the table says why.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.reading.truth import CORPUS

TABLE = Path(__file__).with_name("needs.csv")


@dataclass(frozen=True, slots=True)
class Page:
    file: str
    page: int
    need: str
    why: str
    chosen: str  # the reason given, "" if it is not


def pages(corpus: Path = CORPUS) -> Iterator[Page]:
    """Every page of the corpus that can be opened, with the choice made before any OCR."""
    from pipeline import Limits
    from pipeline.errors import ReadError
    from pipeline.readers.pdf import sheets_of
    from pipeline.readers.pictures import reason_to_try_ocr

    needed = needs()
    folder = corpus / "pdf"
    for path in sorted([*folder.glob("*.pdf"), *folder.glob("edge/*.pdf")]):
        name = str(path.relative_to(folder))
        try:
            sheets = sheets_of(path.read_bytes(), Limits())
        except ReadError:
            continue
        for sheet in sheets:
            need, why = needed.get((name, sheet.number), ("no", "born digital"))
            yield Page(name, sheet.number, need, why, reason_to_try_ocr(sheet))


def needs() -> dict[tuple[str, int], tuple[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return {
            (row["file"], page): (row["need"], row["why"])
            for row in csv.DictReader(lines)
            for page in _numbers(row["pages"])
        }


def scans() -> set[str]:
    """Files that are pictures, or hold pages that are."""
    return {file for (file, _), (need, why) in needs().items() if need != "no" or "born digital" not in why}


def _numbers(written: str) -> Iterator[int]:
    for part in written.split(","):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def table(found: Sequence[Page]) -> str:
    lines = ["| pages | how many | sent to OCR | share | |", "| --- | ---: | ---: | ---: | --- |"]
    for need, said in (("yes", "that need OCR"), ("no", "that do not"), ("either", "that may or may not")):
        those = [page for page in found if page.need == need]
        sent = [page for page in those if page.chosen]
        share = 100 * len(sent) / max(1, len(those))
        wrong = [page for page in those if (need == "yes") != bool(page.chosen)] if need != "either" else []
        names = "; ".join(_named(wrong))
        lines.append(f"| {said} | {len(those)} | {len(sent)} | {share:.1f} % | {names} |")
    return "\n".join(lines)


def _named(wrong: Sequence[Page]) -> Iterator[str]:
    for file in dict.fromkeys(page.file for page in wrong):
        numbers = ", ".join(str(page.page) for page in wrong if page.file == file)
        yield f"{file.removesuffix('.pdf')} p. {numbers}"
