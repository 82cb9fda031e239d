"""Which texts get a vector? The running paragraphs of a work, in pieces of a few sentences each.

A vector says what a text is about as a whole. Of a paragraph of 800 characters it is a blur: of sentences that stand
in the middle of such paragraphs, 27 of 100 found their own paragraph first, and 95 where it had been cut into pieces of
300 characters. So a long paragraph has several vectors, and is as near to a question as the nearest of them. Headings,
rows of tables and footnotes have none, nor has what is too short to say anything.
"""

import re
from collections.abc import Iterator

from search.engines.engine import IndexedWork, PassageAddress

VERSION = "1"  # raise it when texts are cut otherwise
LENGTH = 300  # of a piece, in Latin letters
SHORTEST = 30
MOST = 40  # pieces of one paragraph: 12,000 letters; what comes after has no vector

_SENTENCES = re.compile(r"(?<=[.!?;؟؛])\s+|(?<=[。！？；])\s*")
_IDEOGRAPHS = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_IDEOGRAPH = 3  # a Chinese character says as much as some three letters


def pieces_of(work: IndexedWork) -> Iterator[tuple[PassageAddress, str]]:
    """The pieces of all paragraphs that say something; several may be of one paragraph."""
    for paragraph in work.paragraphs:
        if paragraph.kind == "text":
            for piece in pieces(paragraph.text):
                yield PassageAddress(paragraph.document_id, paragraph.ordinal), piece


def pieces(text: str) -> list[str]:
    """A paragraph in pieces: whole sentences together up to LENGTH; a sentence longer than that is cut at a space."""
    made: list[str] = []
    room = 0
    for part in _parts(text):
        weight = _weight(part)
        if made and (weight <= room or weight < SHORTEST):
            made[-1] += f" {part}"
            room -= weight + 1
        elif len(made) == MOST:
            break
        else:
            made.append(part)
            room = LENGTH - weight
    return [piece for piece in made if _weight(piece) >= SHORTEST]


def _parts(text: str) -> Iterator[str]:
    """Sentences, none longer than LENGTH, with single spaces."""
    most = MOST * LENGTH * 2  # never more than is looked at
    for sentence in _SENTENCES.split(text[:most]):
        rest = " ".join(sentence.split())
        while rest:
            head = _head(rest)
            yield head
            rest = rest[len(head) :].lstrip()


def _head(text: str) -> str:
    if len(text) <= LENGTH and _weight(text) <= LENGTH:
        return text
    most = LENGTH if _weight(text[:LENGTH]) <= 2 * LENGTH else LENGTH // _IDEOGRAPH
    if len(text) <= most:
        return text
    space = text.rfind(" ", most // 2, most + 1)
    return text[: space if space > 0 else most]


def _weight(text: str) -> int:
    return len(text) + (_IDEOGRAPH - 1) * len(_IDEOGRAPHS.findall(text))
