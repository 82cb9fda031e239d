"""What does a Word file (.docx) say? Its paragraphs with the numbers Word shows, tables, notes, heads and feet.

The XML is read directly: no entity is expanded, nothing is fetched, and a zip that unpacks to too much is refused.
"""

import io
import zipfile
from dataclasses import dataclass
from typing import Any

from pipeline import languages as tongues
from pipeline import sniff
from pipeline.document import Page, Paragraph, Reading
from pipeline.errors import DamagedFile, EncryptedFile, NoText, TooLarge
from pipeline.limits import Limits
from pipeline.numbering import follows, printed_number
from pipeline.readers.quality import quality
from pipeline.readers.wordlists import AutomaticNumbers
from pipeline.readers.wordlists import W as _W
from pipeline.tidy import characters

_DC = "{http://purl.org/dc/elements/1.1/}"
_MAX_PART = 100_000_000  # bytes of one part, unpacked
_MAX_PARTS = 5000
_MAX_RATIO = 300  # unpacked to packed; Word's own files stay below 50


class WordReader:
    """Reads .docx; older formats would need LibreOffice."""

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
                notes = parts.notes()
                title = parts.title()
        except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, NotImplementedError) as error:
            raise DamagedFile(f"cannot be opened as a Word file: {error}") from error
        if not text.found:
            raise NoText("no text in the Word file")
        for note in notes:
            text.add("note", None, note)
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
        paragraphs.append(Paragraph(len(paragraphs) + 1, each.page, each.number, own, each.text, each.kind))
    pages = []
    for number in range(1, text.page + 1):
        here = [each for each in text.found if each.page == number]
        page = "\n".join(f"{each.number}. {each.text}" if each.number else each.text for each in here)
        pages.append(Page(number, "word", quality(page, language), tongues.detect(page, language), page))
    facts["first_page"] = pages[0].text.split("\n")
    return Reading(sniff.DOCX, "word", tuple(pages), tuple(paragraphs), title, facts)


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

    def notes(self) -> list[str]:
        """Footnotes and endnotes in order, each with its number."""
        found: list[str] = []
        for name in ("word/footnotes.xml", "word/endnotes.xml"):
            root = self.tree(name)
            for note in root if root is not None else ():
                text = " ".join(filter(None, (_own_text(paragraph) for paragraph in note.iter(f"{_W}p"))))
                if text and note.get(f"{_W}type") is None:
                    found.append(f"{len(found) + 1} {text}")
        return found

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


class _Text:
    """Walks through the body and keeps what it says."""

    def __init__(self, numbers: AutomaticNumbers) -> None:
        self._numbers = numbers
        self._last: tuple[int, ...] | None = None
        self.found: list[_Found] = []
        self.page = 1

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
            for row in element.iter(f"{_W}tr"):
                cells = [" ".join(_own_text(p) for p in cell.iter(f"{_W}p")).strip() for cell in row.findall(f"{_W}tc")]
                if any(cells):
                    self.add("row" if len(cells) > 1 else "text", None, " | ".join(cells))
                self._turn_pages(row)
        elif element.tag == f"{_W}sdt":
            for inner in element.find(f"{_W}sdtContent") or ():
                self._element(inner)

    def _paragraph(self, element: Any) -> None:
        text = _own_text(element)
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
            text = text if label else text[printed.length :]
        elif label:
            text = f"{label} {text}"
        self.found.append(_Found("text", number, text, starts_here))

    def _turn_pages(self, element: Any) -> None:
        breaks = list(element.iter(f"{_W}lastRenderedPageBreak"))
        if not breaks:
            breaks = [br for br in element.iter(f"{_W}br") if br.get(f"{_W}type") == "page"]
        self.page += len(breaks)


def _own_text(paragraph: Any) -> str:
    """The text of a paragraph as it stands after accepted changes: no deletions, no field codes."""
    parts: list[str] = []
    for element in paragraph.iter():
        if element.tag == f"{_W}t":
            parts.append(element.text or "")
        elif element.tag in (f"{_W}tab", f"{_W}br", f"{_W}cr"):
            parts.append(" ")
        elif element.tag == f"{_W}noBreakHyphen":
            parts.append("-")
        elif element.tag == f"{_W}footnoteReference" and element.get(f"{_W}id"):
            parts.append(f"[{element.get(f'{_W}id')}]")
    return characters("".join(parts))
