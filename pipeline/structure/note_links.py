"""Which mark in the text belongs to which note? "rights[12]", "rights 3/", "General*" are tied to their notes.

A mark is looked for on the note's own page first, then on those beside it; the notes at a document's end answer for all
of it. A mark that was not seen to be raised (OCR sees "rights.12") counts only where its note is marked nowhere else.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from pipeline.document import Paragraph
from pipeline.structure.footnotes import note_mark
from pipeline.structure.printed_words import counting_words, opens_notes

_BOXED = re.compile(r"\[((?:\d{1,3}|[a-z]{1,2}|\*{1,4}|[†‡])(?:, ?(?:\d{1,3}|[a-z]))*)\]")
_TYPED = re.compile(r"(?:(?<=[\s.,;:)\]”\"’»])|^)(\d{1,3}|[a-z]{1,2}|\*{1,4})/(?=[\s.,;:)”\"’]|$)")
_STARS = re.compile(r"(?<=[^\s*\[])(?:\*{1,4}|[†‡])(?![\w*\]/])|(?<=\s)\*{1,4}(?=\s|$)")
_STAR = re.compile(r"[*†‡]")
_RAISED = re.compile(r"[¹²³⁰⁴-⁹]{1,3}")
_LAST_WORD = re.compile(r"\w+\W*$")
_PAGES = 3  # over which a paragraph is looked at for such figures
_FIGURES = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_MARKED = frozenset({"text", "heading", "row"})

_Seen = tuple[int, int, str]  # start, end, mark
_Mark = tuple[int, int, int]  # start, end, ordinal of the note


def link_notes(paragraphs: list[Paragraph]) -> list[Paragraph]:
    """The paragraphs with marks and notes tied to each other; a note's mark is taken out of its text."""
    paragraphs = [_marked(paragraph) if paragraph.kind == "note" else paragraph for paragraph in paragraphs]
    notes = _Notes(paragraphs)
    if not notes:
        return paragraphs
    found: dict[int, list[_Mark]] = defaultdict(list)
    texts = [paragraph for paragraph in paragraphs if paragraph.kind in _MARKED]
    for paragraph in texts:
        for start, end, mark in _certain(paragraph.text):
            note = notes.of(mark, paragraph)
            if note is not None:
                found[paragraph.ordinal].append((start, end, note))
    _tie_the_rest(paragraphs, texts, found)
    return [
        replace(paragraph, marks=_apart(found[paragraph.ordinal])) if paragraph.ordinal in found else paragraph
        for paragraph in paragraphs
    ]


def _tie_the_rest(paragraphs: list[Paragraph], texts: list[Paragraph], found: dict[int, list[_Mark]]) -> None:
    """Figures that may be marks are, where a note of the page has no other, and they stand between its neighbours'."""
    places: dict[int, tuple[int, int]] = {}
    for ordinal in sorted(found, reverse=True):
        places |= {note: (ordinal, start) for start, _, note in reversed(found[ordinal])}
    notes = [note for note in paragraphs if note.kind == "note" and (note.mark or "").isdigit()]
    if len(places) == len(notes):
        return
    on_page: dict[int, list[Paragraph]] = defaultdict(list)
    for paragraph in texts:
        for page in range(paragraph.page, min(paragraph.last_page, paragraph.page + _PAGES) + 1):
            on_page[page].append(paragraph)
    after = (0, -1)
    for at, note in enumerate(notes):
        if note.ordinal not in places:
            before = next((places[n.ordinal] for n in notes[at + 1 : at + 4] if n.ordinal in places), (note.ordinal, 0))
            for paragraph in on_page[note.page]:
                seen = next(
                    (s for s in _perhaps(paragraph.text, note.mark) if after < (paragraph.ordinal, s[0]) < before), None
                )
                if seen is not None:
                    found[paragraph.ordinal].append((*seen, note.ordinal))
                    places[note.ordinal] = (paragraph.ordinal, seen[0])
                    break
        after = places.get(note.ordinal, after)


def _marked(note: Paragraph) -> Paragraph:
    if note.mark is not None:
        return note
    found = note_mark(note.text)
    if found is None or found[1] >= len(note.text):
        return note
    return replace(note, mark=found[0], text=note.text[found[1] :])


class _Notes:
    """The notes of a document by their marks."""

    def __init__(self, paragraphs: list[Paragraph]) -> None:
        self._by_mark: dict[str, list[Paragraph]] = defaultdict(list)
        for note in paragraphs:
            if note.kind == "note" and note.mark:
                self._by_mark[note.mark].append(note)
        self._listed = set(_listed(paragraphs))

    def __bool__(self) -> bool:
        return bool(self._by_mark)

    def of(self, mark: str, paragraph: Paragraph) -> int | None:
        """The ordinal of the note that a mark in this paragraph calls."""
        notes = self._by_mark.get(mark, ())
        for far in (0, 1):
            for note in notes:
                if paragraph.page - far <= note.page <= paragraph.last_page + far:
                    return note.ordinal
        behind = [note for note in notes if note.ordinal > paragraph.ordinal]
        listed = [note for note in behind if note.ordinal in self._listed or (len(notes) == 1 and mark.isdigit())]
        return listed[0].ordinal if listed else None


def _listed(paragraphs: list[Paragraph]) -> Iterator[int]:
    """The notes that stand in a list under a heading of their own, or behind the last text of the document."""
    last = max((each.ordinal for each in paragraphs if each.kind == "text"), default=0)
    inside = False
    for paragraph in paragraphs:
        inside = (paragraph.kind == "note" and inside) or opens_notes(paragraph.text)
        if paragraph.kind == "note" and (inside or paragraph.ordinal > last):
            yield paragraph.ordinal


def _certain(text: str) -> Iterator[_Seen]:
    for match in _BOXED.finditer(text) if "[" in text else ():
        for part in re.finditer(r"[^\s,]+", match[1]):
            alone = part[0] == match[1]
            start = match.start() if alone else match.start(1) + part.start()
            yield start, match.end() if alone else start + len(part[0]), part[0]
    for match in _TYPED.finditer(text) if "/" in text else ():
        yield match.start(), match.end(), match[1]
    for match in _STARS.finditer(text) if _STAR.search(text) else ():
        yield match.start(), match.end(), match[0]
    for match in _RAISED.finditer(text):
        yield match.start(), match.end(), match[0].translate(_FIGURES)


def _perhaps(text: str, mark: str | None) -> Iterator[tuple[int, int]]:
    """Where this figure stands behind a word, glued to it or by itself, and nothing says that it counts something."""
    if not mark or mark not in text:
        return
    for match in re.finditer(
        rf"(?<=[^\W\d_]){mark}(?![\w/])|(?<=[.,;:)”\"’»\]]) ?{mark}(?![\w/.]|,\d)|(?<=\w) {mark}(?=[\s,;:)]|$)", text
    ):
        word = _LAST_WORD.search(text, 0, match.start())
        if word is None or (word[0].casefold() not in counting_words() and not word[0].isdigit()):
            yield match.start(), match.end()


def _apart(marks: list[_Mark]) -> tuple[_Mark, ...]:
    """In order, none within another."""
    kept: list[_Mark] = []
    for mark in sorted(set(marks)):
        if not kept or mark[0] >= kept[-1][1]:
            kept.append(mark)
    return tuple(kept)
