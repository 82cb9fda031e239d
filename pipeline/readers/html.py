"""What does a page of the web say? Its main text, with title, lists and tables; what is no document is refused."""

import codecs
import re
from collections.abc import Iterator
from typing import Any

from pipeline import languages, sniff
from pipeline.document import Page, Paragraph, Reading
from pipeline.errors import DamagedFile, NotADocument, NoText, TooLarge
from pipeline.limits import Limits
from pipeline.numbering import follows, printed_number
from pipeline.readers.nesting import DEEPEST, depth
from pipeline.readers.quality import quality
from pipeline.readers.refusals import refuse_impostors
from pipeline.tidy import characters

_MAX_BYTES = 20_000_000
_MAX_TAGS = 400_000
_FEW_BROKEN = 0.1  # of the characters beyond ASCII: in a page of another encoding, all are broken
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_CHARSET = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]{2,30})", re.IGNORECASE)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,30})", re.IGNORECASE)
_LANGUAGE = re.compile(r"<html[^>]{0,500}?\slang\s*=\s*[\"']?([a-zA-Z]{2})\b", re.IGNORECASE)
# What browsers make of these names (WHATWG Encoding Standard).
_MEANT = {"iso-8859-1": "windows-1252", "latin-1": "windows-1252", "us-ascii": "windows-1252", "ascii": "windows-1252"}
_MEANT |= {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-6": "windows-1256", "x-sjis": "shift_jis"}
_MEANT |= {
    "utf-16": "utf-8",
    "utf-16le": "utf-8",
    "utf-16be": "utf-8",
}  # a meta tag that can be read as ASCII is not UTF-16


class HtmlReader:
    """Reads HTML with trafilatura."""

    name = "html"

    def bid(self, media_type: str, data: bytes) -> int:
        """Every page of HTML."""
        return 90 if media_type == sniff.HTML else 0

    def read(self, data: bytes, limits: Limits, languages: tuple[str, ...]) -> Reading:
        """The reading: one page, whose paragraphs are what the page's author set as such."""
        if len(data) > _MAX_BYTES or data.count(b"<") > _MAX_TAGS:
            raise TooLarge(f"HTML of {len(data) / 1e6:.1f} MB with {data.count(b'<')} tags")
        text = decode(data)
        if depth(text) > DEEPEST:
            raise TooLarge(f"HTML with tags {depth(text)} deep")
        tree = _main_part(text)
        title = _title(text)
        if tree is None:
            refuse_impostors(_all_text(text), title)
            raise NoText("no main text in the page")
        declared = _LANGUAGE.search(text[:5000])
        expected = declared[1].lower() if declared else next(iter(languages), None)
        blocks = list(_blocks(tree))
        whole = "\n".join(block for _, block in blocks)
        refuse_impostors(whole, title)
        if len(whole) > limits.characters:
            raise TooLarge(f"more than {limits.characters} characters of text")
        language = detect_language(whole, expected)
        paragraphs = _numbered(blocks, language)
        page = Page(1, self.name, quality(whole, language), language, whole)
        facts = {"first_page": whole.split("\n")[:60]}
        return Reading(sniff.HTML, self.name, (page,), tuple(paragraphs), title, facts)


def detect_language(text: str, expected: str | None) -> str | None:
    """The language of the text; the declared one (if it is one of the six) where the text does not tell."""
    return languages.detect(text, expected if expected in languages.common_words() else None)


def decode(data: bytes) -> str:
    """The text of a page: byte order mark, UTF-16 by its zeros, what the page declares, UTF-8, windows-1252."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    zeros = data[:400].count(0)
    if zeros > len(data[:400]) // 4:
        return data.decode("utf-16-le" if data[1:2] == b"\x00" else "utf-16-be", "replace")
    for name in (*_declared(data), "utf-8"):
        try:
            return data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    broken = data.decode("utf-8", "replace")
    foreign = sum(map(len, _FOREIGN.findall(broken)))
    if broken.count("\ufffd") <= _FEW_BROKEN * foreign:  # one bad byte does not make another encoding of it
        return broken
    return data.decode("windows-1252", "replace")


def _declared(data: bytes) -> Iterator[str]:
    for pattern in (_CHARSET, _DECLARED):
        match = pattern.search(data[:4096])
        if match:
            name = match[1].decode("ascii", "replace").lower()
            yield _MEANT.get(name, name)


def _main_part(text: str) -> Any:
    """The main part of the page as trafilatura's XML, None if there is none."""
    import trafilatura
    from lxml import etree

    try:
        found = trafilatura.extract(
            text,
            output_format="xml",
            include_tables=True,
            include_comments=False,
            include_links=False,
            include_images=False,
            include_formatting=False,
            favor_recall=True,
            deduplicate=False,
        )
        if not found:
            return None
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        tree = etree.fromstring(found.encode("utf-8"), parser)
    except (etree.LxmlError, ValueError) as error:
        raise DamagedFile(f"the page cannot be parsed: {error}") from error
    return tree.find("main")


def _title(text: str) -> str | None:
    from selectolax.lexbor import LexborHTMLParser

    node = LexborHTMLParser(text).css_first("title")
    title = characters(node.text()) if node else ""
    return title[:500] or None


def _all_text(text: str) -> str:
    from selectolax.lexbor import LexborHTMLParser

    parser = LexborHTMLParser(text)
    parser.strip_tags(["script", "style"])
    return parser.body.text(separator=" ") if parser.body else ""


def _blocks(tree: Any) -> Iterator[tuple[str, str]]:
    """(kind, text) of headings, paragraphs, list items and table rows in order."""
    for element in tree:
        if element.tag == "table":
            for row in element.iter("row"):
                cells = [characters(" ".join(cell.itertext())) for cell in row.iter("cell")]
                if any(cells):
                    yield "row", " | ".join(cells)
        elif element.tag == "list":
            for item in element.iter("item"):
                text = characters(" ".join(item.itertext()))
                if text:
                    yield "text", text
        else:
            for piece in _between_breaks(element):
                yield ("heading" if element.tag == "head" else "text"), piece


def _between_breaks(element: Any) -> Iterator[str]:
    """The text of an element, cut where the page has a line break."""
    parts = [element.text or ""]
    for inner in element.iterdescendants():
        if inner.tag == "lb":
            parts.append("\n")
        parts += [inner.text or "", inner.tail or ""]
    for piece in "".join(parts).split("\n"):
        text = characters(piece)
        if text:
            yield text


def _numbered(blocks: list[tuple[str, str]], language: str | None) -> list[Paragraph]:
    paragraphs: list[Paragraph] = []
    last: tuple[int, ...] | None = None
    for kind, text in blocks:
        printed = printed_number(text) if kind == "text" else None
        number = None
        if printed and printed.is_sure and follows(printed.parts, last, True):
            number, last, text = printed.number, printed.parts, text[printed.length :]
        own = languages.detect(text, language) if len(text) > 60 else language
        paragraphs.append(Paragraph(len(paragraphs) + 1, 1, number, own, text, kind))
    if not paragraphs:
        raise NotADocument("a page without text")
    return paragraphs
