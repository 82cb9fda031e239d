"""What should have been read? The texts, passages and cells that others checked or extracted, file by file."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "dev"
_NUMBER = re.compile(r"^[\d.]+\s*")  # given by those who coded the recommendations
TABLE = Path(__file__).with_name("truth.csv")


@dataclass(frozen=True, slots=True)
class Truth:
    """`kind`: exact (checked by people), layer (a good file's own text), reference (others' extraction, unchecked)."""

    path: Path
    kind: str
    part: bool  # the truth is a part of what the file says
    ocr: bool  # nothing can be read without
    quick: bool
    pages: tuple[str, ...]
    passages: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.path.stem


def truths(corpus: Path = CORPUS) -> Iterator[Truth]:
    """All that are there, in the order of the table."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            path, text = corpus / "pdf" / row["file"], corpus / row["truth"]
            if path.exists() and text.exists():
                pages = _pages(text, int(row["words"] or 0))
                flags = (row["part"] == "yes", row["ocr"] == "yes", row["quick"] == "yes")
                yield Truth(path, row["kind"], *flags, pages, tuple(_passages(path)))


def _pages(path: Path, words: int) -> tuple[str, ...]:
    data = path.read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("mac_roman")
    if path.suffix == ".xml":
        text = _xml(data)
    if words:
        text = " ".join(text.split()[:words])
    return tuple(re.sub(r"^#+ ", "", text, flags=re.MULTILINE).split("\f"))


def _xml(data: bytes) -> str:
    from lxml import etree

    root = etree.fromstring(data)
    return "\n".join(" ".join(node.itertext()) for node in root.iter() if not len(node))


def _passages(path: Path) -> Iterator[str]:
    table = path.parent / "truth" / f"{path.stem}.recommendations.csv"
    if table.exists():
        with table.open(encoding="utf-8", errors="replace", newline="") as lines:
            yield from dict.fromkeys(_NUMBER.sub("", row["text"].strip()) for row in csv.DictReader(lines))
