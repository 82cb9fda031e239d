"""What does a Word file (.docx) say? Its paragraphs with the numbers Word shows, tables, notes, heads and feet.

The XML is read directly: no entity is expanded, nothing is fetched, and a zip that unpacks to too much is refused.
"""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from pipeline import languages as tongues
from pipeline import sniff
from pipeline.document import Grid, Page, Paragraph, Reading
from pipeline.errors import DamagedFile, EncryptedFile, NoText, TooLarge
from pipeline.limits import Limits
from pipeline.readers.quality import quality
from pipeline.readers.wordlists import AutomaticNumbers
from pipeline.readers.wordlists import W as _W
from pipeline.structure.numbering import follows, printed_number
from pipeline.structure.tidy import characters

_DC = "{http://purl.org/dc/elements/1.1/}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_AWAY = {_FALLBACK, f"{_W}txbxContent", f"{_W}del", f"{_W}moveFrom", f"{_W}pPr"}
_REFERENCES = {f"{_W}footnoteReference": "footnote", f"{_W}endnoteReference": "endnote"}
_MAX_PART = 100_000_000  # bytes of one part, unpacked
_MAX_PARTS = 5000
_MAX_RATIO = 300  # unpacked to packed; Word's own files stay below 50


class WordReader:
    """Reads .docx; for older formats see `pipeline.readers.office`."""

    name = "word"

    def bid(self, media_type: str, data: bytes) -> int:
        """Every .docx."""
        return 90 if media_type == sniff.DOCX else 0

    def read(self, data: bytes, limits: Limits, languages: tuple[str, ...]) -> Reading:
        """The reading; pages are those of the last time Word laid the file out, if it says."""
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                parts = _Parts(archive)
                body = parts.tree("word/document.xml")
                text = _Text(AutomaticNumbers(parts.tree("word/numbering.xml"), parts.tree("word/styles.xml")))
                text.read(body)
                facts = {"heads": parts.lines("word/header"), "feet": parts.lines("word/footer")}
                notes = parts.notes(text.asked)
                title = parts.title()
        except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, NotImplementedError) as error:
            raise DamagedFile(f"cannot be opened as a Word file: {error}") from error
        if not text.found:
            raise NoText("no text in the Word file")
        for key, note in notes:
            text.notes[key] = len(text.found)
            text.found.append(_Found("note", None, note, text.pages_of.get(key, text.page), mark=text.asked[key]))
        return _reading(text, {name: lines for name, lines in facts.items() if lines}, title, limits, languages)


def _reading(
    text: "_Text", facts: dict[str, list[str]], title: str | None, limits: Limits, declared: tuple[str, ...]
) -> Reading:
    whole = "\n".join(each.text for each in text.found)
    if len(whole) > limits.characters:
        raise TooLarge(f"more than {limits.characters} characters of text")
    expected = declared[0] if declared else None
    language = tongues.detect(whole, expected)
    paragraphs: list[Paragraph] = []
    for each in text.found:
        own = tongues.detect(each.text, language) if len(each.text) > 60 else language
        marks = tuple((start, end, text.notes[key] + 1) for start, end, key in each.marks if key in text.notes)
        paragraph = Paragraph(len(paragraphs) + 1, each.page, each.number, own, each.text, each.kind)
        paragraphs.append(replace(paragraph, mark=each.mark, marks=marks, grid=each.grid))
    pages = []
    for number in range(1, text.page + 1):
        here = [each for each in text.found if each.page == number]
        page = "\n".join(f"{each.number}. {each.text}" if each.number else each.text for each in here)
        pages.append(Page(number, "word", quality(page, language), tongues.detect(page, language), page))
    facts["first_page"] = pages[0].text.split("\n")
    return Reading(sniff.DOCX, "word", tuple(pages), tuple(paragraphs), title, facts, tuple(text.grids))


class _Parts:
    """The XML parts of the zip, each within bounds and without a document type."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = {info.filename: info for info in archive.infolist()[:_MAX_PARTS]}
        for info in self._names.values():
            if info.flag_bits & 1:
                raise EncryptedFile("a password is needed to open it")

    def tree(self, name: str) -> Any:
        """The root element of a part; None if there is no such part."""
        from lxml import etree

        info = self._names.get(name)
        if info is None:
            if name == "word/document.xml":
                raise DamagedFile("the Word file has no main part")
            return None
        if info.file_size > _MAX_PART or info.file_size > _MAX_RATIO * max(1000, info.compress_size):
            times = info.file_size // max(1, info.compress_size)
            raise TooLarge(f"{name} unpacks to {info.file_size / 1e6:.1f} MB, {times} times its size")
        with self._archive.open(info) as part:
            data = part.read(_MAX_PART + 1)
        if len(data) > _MAX_PART:
            raise TooLarge(f"{name} unpacks to more than {_MAX_PART / 1e6:.0f} MB")
        if b"<!DOCTYPE" in data[:2000] or b"<!ENTITY" in data[:100_000]:
            raise DamagedFile("the Word file declares entities, which Word never does")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            return etree.fromstring(data, parser)
        except etree.XMLSyntaxError as error:
            raise DamagedFile(f"{name} is not well-formed: {error}") from error

    def lines(self, prefix: str) -> list[str]:
        """The distinct lines of all heads or feet."""
        lines = []
        for name in sorted(self._names):
            if name.startswith(prefix) and name.endswith(".xml"):
                lines += [_own_text(paragraph) for paragraph in self.tree(name).iter(f"{_W}p")]
        return [line for line in dict.fromkeys(lines) if line and not line.isdigit()][:50]

    def notes(self, asked: dict[str, str]) -> list[tuple[str, str]]:
        """The footnotes and endnotes that the text asks for, in its order: (key, text)."""
        texts: dict[str, str] = {}
        for name, kind in (("word/footnotes.xml", "footnote"), ("word/endnotes.xml", "endnote")):
            root = self.tree(name)
            for note in root if root is not None else ():
                text = " ".join(filter(None, (_own_text(paragraph) for paragraph in note.iter(f"{_W}p"))))
                if text and note.get(f"{_W}type") is None:
                    texts[f"{kind} {note.get(f'{_W}id')}"] = text
        asked.update({key: str(len(asked) + at) for at, key in enumerate(sorted(set(texts) - set(asked)), 1)})
        return [(key, texts[key]) for key in asked if key in texts]

    def title(self) -> str | None:
        root = self.tree("docProps/core.xml")
        found = root.findtext(f"{_DC}title") if root is not None else None
        return characters(found)[:500] or None if found else None


@dataclass(slots=True)
class _Found:
    kind: str
    number: str | None
    text: str
    page: int
    mark: str | None = None
    marks: tuple[tuple[int, int, str], ...] = ()
    grid: int | None = None


class _Text:
    """Walks through the body and keeps what it says."""

    def __init__(self, numbers: AutomaticNumbers) -> None:
        self._numbers = numbers
        self._last: tuple[int, ...] | None = None
        self.found: list[_Found] = []
        self.page = 1
        self.grids: list[Grid] = []
        self.asked: dict[str, str] = {}  # notes by their key, in the order of their marks
        self.pages_of: dict[str, int] = {}
        self.notes: dict[str, int] = {}  # and where they stand among what was found

    def read(self, root: Any) -> None:
        body = root.find(f"{_W}body")
        for element in body if body is not None else ():
            self._element(element)

    def add(self, kind: str, number: str | None, text: str) -> None:
        if text:
            self.found.append(_Found(kind, number, text, self.page))

    def _element(self, element: Any) -> None:
        if element.tag == f"{_W}p":
            self._paragraph(element)
        elif element.tag == f"{_W}tbl":
            self._table(element)
        elif element.tag == f"{_W}sdt":
            for inner in element.find(f"{_W}sdtContent") or ():
                self._element(inner)

    def _table(self, element: Any) -> None:
        """The rows of a table; a frame of one column, which boxes are made of, is text."""
        first, rows, at = self.page, [], len(self.found)
        for row in element.iter(f"{_W}tr"):
            cells = _cells(row)
            if any(cells):
                rows.append(cells)
                self.add("row" if len(cells) > 1 else "text", None, " | ".join(cells))
            self._turn_pages(row)
        width = max(map(len, rows), default=0)
        if width > 1:
            even = tuple((*cells, *[""] * (width - len(cells))) for cells in rows)
            self.grids.append(Grid(len(self.grids) + 1, first, self.page, even))
            for each in self.found[at:]:
                each.kind, each.grid = "row", len(self.grids)

    def _paragraph(self, element: Any) -> None:
        for box in _boxes(element):
            for inner in box:
                self._element(inner)
        text, marks = self._marked(element)
        starts_here = self.page
        self._turn_pages(element)
        if not text:
            return
        label = self._numbers.label(element)
        style = self._numbers.style(element)
        if style.lower().startswith(("heading", "title", "hch", "hm", "h1", "h2", "h23", "h4", "h56")):
            self.found.append(_Found("heading", None, f"{label} {text}" if label else text, starts_here))
            return
        number = None
        printed = printed_number(f"{label} {text}" if label else text)
        if printed and printed.is_sure and follows(printed.parts, self._last, True):
            number, self._last = printed.number, printed.parts
            cut = 0 if label else printed.length
            text, marks = text[cut:], tuple((start - cut, end - cut, key) for start, end, key in marks)
        elif label:
            text, more = f"{label} {text}", len(label) + 1
            marks = tuple((start + more, end + more, key) for start, end, key in marks)
        self.found.append(_Found("text", number, text, starts_here, marks=marks))

    def _marked(self, element: Any) -> tuple[str, tuple[tuple[int, int, str], ...]]:
        """The text with the marks of its notes as Word numbers them, and where they stand."""
        text = _own_text(element, self.asked)
        marks, at = [], 0
        for reference in _references(element):
            self.pages_of.setdefault(reference, self.page)
            sign = f"[{self.asked[reference]}]"
            start = text.find(sign, at)
            if start >= 0:
                at = start + len(sign)
                marks.append((start, at, reference))
        return text, tuple(marks)

    def _turn_pages(self, element: Any) -> None:
        breaks = list(element.iter(f"{_W}lastRenderedPageBreak"))
        if not breaks:
            breaks = [br for br in element.iter(f"{_W}br") if br.get(f"{_W}type") == "page"]
        self.page += len(breaks)


def _cells(row: Any) -> tuple[str, ...]:
    """The cells of a row; one that reaches over others leaves them empty, so does one that goes on from above."""
    cells: list[str] = []
    for cell in row.findall(f"{_W}tc"):
        cells.append(" ".join(filter(None, (_own_text(p) for p in cell.iter(f"{_W}p")))))
        span = cell.find(f"{_W}tcPr/{_W}gridSpan")
        wide = span.get(f"{_W}val", "1") if span is not None else "1"
        cells += [""] * (min(int(wide), 64) - 1 if wide.isdecimal() and len(wide) < 4 else 0)
    return tuple(cells)


def _boxes(paragraph: Any) -> list[Any]:
    """The text boxes that hang on a paragraph, each once: Word writes them twice, for itself and for older programs."""
    found = paragraph.iter(f"{_W}txbxContent")
    return [box for box in found if not any(a.tag in (_FALLBACK, f"{_W}txbxContent") for a in _above(box, paragraph))]


def _above(element: Any, top: Any) -> Iterator[Any]:
    for ancestor in element.iterancestors():
        if ancestor is top:
            return
        yield ancestor


def _references(paragraph: Any) -> list[str]:
    return [
        f"{kind} {element.get(f'{_W}id')}"
        for element in _runs(paragraph)
        for kind in ("footnote", "endnote")
        if element.tag == f"{_W}{kind}Reference" and element.get(f"{_W}id")
    ]


def _runs(element: Any) -> Iterator[Any]:
    """All within a paragraph but what was moved away or struck out, and its text boxes."""
    for inner in element:
        if inner.tag in _AWAY:
            continue
        yield inner
        yield from _runs(inner)


def _own_text(paragraph: Any, asked: dict[str, str] | None = None) -> str:
    """The text of a paragraph as it stands after accepted changes: no deletions, no field codes.

    `asked`: the marks of notes, numbered in the order in which they are met.
    """
    parts: list[str] = []
    for element in _runs(paragraph):
        if element.tag == f"{_W}t":
            parts.append(element.text or "")
        elif element.tag in (f"{_W}tab", f"{_W}br", f"{_W}cr"):
            parts.append(" ")
        elif element.tag == f"{_W}noBreakHyphen":
            parts.append("-")
        elif element.tag in _REFERENCES and element.get(f"{_W}id") and asked is not None:
            key = f"{_REFERENCES[element.tag]} {element.get(f'{_W}id')}"
            parts.append(f"[{asked.setdefault(key, str(len(asked) + 1))}]")
    return characters("".join(parts))
