"""What does a page of the web say? Its main text, with title, date, lists, tables and notes; no document is refused.

trafilatura says where the main text is; the page's own tree says what its pieces are, and gives back what trafilatura
leaves out between them: headings, tables, short items.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from pipeline import languages, sniff
from pipeline.document import Grid, Page, Paragraph, Reading
from pipeline.errors import DamagedFile, NotADocument, NoText, TooLarge
from pipeline.limits import Limits
from pipeline.readers.blocks import Block, blocks
from pipeline.readers.encoding import decode
from pipeline.readers.nesting import DEEPEST, depth
from pipeline.readers.quality import quality
from pipeline.readers.refusals import refuse_impostors
from pipeline.structure.numbering import Printed, follows, printed_number
from pipeline.structure.tidy import characters

__all__ = ["HtmlReader", "decode"]

_MAX_BYTES = 20_000_000
_MAX_TAGS = 400_000
_WAYBACK = re.compile(r"<!-- BEGIN WAYBACK TOOLBAR INSERT -->.*?<!-- END WAYBACK TOOLBAR INSERT -->", re.DOTALL)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_LINKS = 0.5  # share of a piece that is links, from which it is a menu's
_MENU = 4  # such pieces in a row of pieces, from which it is no part of the text
_ONLY_LINKS, _WORD_OR_TWO = 0.8, 25
_SENTENCE = 60  # characters from which a piece speaks for itself
_POOR = 0.25  # share of the page's sentences below which trafilatura has missed the main text
_LEAST = 40  # characters of a document
_NOTE = re.compile(r"^[\[(]?\s*(\d{1,3}|[*†‡]{1,3}|[a-z])\s*[\])]?[.:]?\s+")
_DATES = (
    "//meta[@property='article:published_time']/@content",
    "//meta[@name='DC.date' or @name='DC.Date' or @name='dcterms.date' or @name='dcterms.issued']/@content",
    "//meta[@name='date' or @name='pubdate' or @name='publication_date' or @name='citation_date']/@content",
    "//article//time/@datetime",
)


class HtmlReader:
    """Reads HTML."""

    name = "html"

    def bid(self, media_type: str, data: bytes) -> int:
        """Every page of HTML."""
        return 90 if media_type == sniff.HTML else 0

    def read(self, data: bytes, limits: Limits, languages: tuple[str, ...]) -> Reading:
        """The reading: one page, whose paragraphs are what the page's author set as such."""
        if len(data) > _MAX_BYTES or data.count(b"<") > _MAX_TAGS:
            raise TooLarge(f"HTML of {len(data) / 1e6:.1f} MB with {data.count(b'<')} tags")
        text = _WAYBACK.sub("", decode(data).replace("\x00", ""))
        if depth(text) > DEEPEST:
            raise TooLarge(f"HTML with tags {depth(text)} deep")
        tree = _tree(text)
        found = blocks(tree.find("body") if tree.find("body") is not None else tree)
        title = _title(tree)
        kept = _main(found, _extracted(text))
        if sum(len(block.text) for block in kept) < _LEAST:
            refuse_impostors("\n".join(block.text for block in found), title)
            if tree.find(".//frame") is not None:
                raise NoText("a page of frames: its text is in other pages")
            raise NoText("no main text in the page")
        whole = "\n".join(block.text for block in kept)
        refuse_impostors(whole, title)
        if len(whole) > limits.characters:
            raise TooLarge(f"more than {limits.characters} characters of text")
        declared = (tree.get("lang") or "")[:2].lower() or next(iter(languages), None)
        language = detect_language(whole, declared)
        paragraphs = _paragraphs(kept, language)
        page = Page(1, self.name, quality(whole, language), language, whole)
        facts = {"first_page": whole.split("\n")[:60], "dates": _dates(tree)}
        name = _name(kept, title)
        return Reading(sniff.HTML, self.name, (page,), paragraphs, name, facts, _grids(kept))


def detect_language(text: str, expected: str | None) -> str | None:
    """The language of the text; the declared one where the text does not tell."""
    if expected is not None and expected not in languages.common_words():
        expected = languages.OTHER
    return languages.detect(text, expected)


def _tree(text: str) -> Any:
    from lxml import etree, html

    try:
        parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
        return html.document_fromstring(_DECLARATION.sub("", text).encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise DamagedFile(f"the page cannot be parsed: {error}") from error


def _extracted(text: str) -> list[str]:
    """What trafilatura takes for the main text, line by line."""
    import trafilatura

    try:
        found = trafilatura.extract(text, include_comments=False, favor_recall=True, deduplicate=False)
    except (ValueError, RecursionError) as error:
        raise DamagedFile(f"the page cannot be parsed: {error}") from error
    return (found or "").split("\n")


def _main(found: Sequence[Block], extracted: Sequence[str]) -> list[Block]:
    """The blocks of the main text: what trafilatura has, and what else stands there and is neither menu nor banner."""
    letters = "".join(map(_letters, extracted))
    own = [bool(core := _letters(block.text)) and core in letters for block in found]
    sentences = [not block.furniture and _speaks(block) for block in found]
    size = sum(len(block.text) for block, speaks in zip(found, sentences, strict=True) if speaks)
    taken = [at for at, (block, mine) in enumerate(zip(found, own, strict=True)) if mine and _speaks(block)]
    taken = taken or [at for at, mine in enumerate(own) if mine]
    good = sum(len(found[at].text) for at in taken if sentences[at] or found[at].kind == "row")
    whole_page = not taken or (good < _POOR * size)
    beside = sum(len(found[at].text) for at in taken if found[at].furniture)
    believed = beside <= good  # that what is called a foot or a banner is one
    menus = set() if whole_page else _menus(found)
    between = set(range(len(found))) if whole_page else _between(found, taken)
    kept = []
    for at, block in enumerate(found):
        plain = not block.furniture and (block.share_of_links < _LINKS or block.kind in ("row", "heading"))
        if at in menus:
            continue
        if (own[at] and not (block.furniture and (believed or len(block.text) < _SENTENCE))) or (
            at in between and plain
        ):
            kept.append(block)
    return kept


def _between(found: Sequence[Block], taken: Sequence[int]) -> set[int]:
    """Where the main text runs on between two pieces of it, and its headings before; a menu between them ends it."""
    inside: set[int] = set()
    for start, end in pairwise(taken):
        menu = sum(block.furniture or (block.share_of_links >= _LINKS) for block in found[start:end] if not block.table)
        inside.update(range(start, end + 1) if menu <= _MENU else ())
    first = taken[0]
    while first > 0 and found[first - 1].kind in ("heading", "row"):
        first -= 1
    return inside | set(range(first, taken[0]))


def _menus(found: Sequence[Block]) -> set[int]:
    """Pieces in a row that are links of a word or two: no list of documents."""
    menus: set[int] = set()
    run: list[int] = []
    for at in range(len(found) + 1):
        if at < len(found) and found[at].share_of_links > _ONLY_LINKS and not found[at].table:
            run.append(at)
            continue
        if len(run) > _MENU and sum(len(found[each].text) for each in run) < _WORD_OR_TWO * len(run):
            menus.update(run)
        run = []
    return menus


def _speaks(block: Block) -> bool:
    return len(block.text) >= _SENTENCE and block.share_of_links < _LINKS


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _title(tree: Any) -> str | None:
    node = tree.find(".//title")
    title = characters(" ".join(node.itertext())) if node is not None else ""
    return title[:500] or None


def _name(kept: Sequence[Block], title: str | None) -> str | None:
    """The title without the name of the site, where the page's heading shows which part that is."""
    folded = _letters(title or "").lower()
    for block in kept[:12]:
        core = _letters(block.text).lower()
        if block.kind == "heading" and len(core) > 7 and (core in folded or not folded):
            return block.text[:500]
    return title


def _dates(tree: Any) -> list[str]:
    """When it was published, as the page itself declares it."""
    return [str(date)[:10] for path in _DATES for date in tree.xpath(path)[:1] if str(date).strip()]


def _grids(kept: Sequence[Block]) -> tuple[Grid, ...]:
    tables: dict[int, list[tuple[str, ...]]] = {}
    for block in kept:
        if block.table:
            tables.setdefault(block.table, []).append(block.cells)
    return tuple(Grid(at, 1, 1, tuple(rows)) for at, rows in enumerate(tables.values(), 1))


def _paragraphs(kept: Sequence[Block], language: str | None) -> tuple[Paragraph, ...]:
    if not kept:
        raise NotADocument("a page without text")
    tables = {number: at for at, number in enumerate(dict.fromkeys(b.table for b in kept if b.table), 1)}
    targets = {target: start for block in kept for start, _, target in block.marks}
    notes = {at: mark for at, block in enumerate(kept) if (mark := _mark_of_note(block, targets))}
    ordinals = {name: at + 1 for at in notes for name in kept[at].names}
    paragraphs: list[Paragraph] = []
    last: tuple[int, ...] | None = None
    for at, block in enumerate(kept):
        text, kind, number, cut = block.text, block.kind, None, 0
        if at in notes:
            kind, cut = "note", notes[at][1]
        elif kind == "text" and (printed := printed_number(text)) and _stands(printed, last):
            number, last, cut = printed.number, printed.parts, printed.length
        marks = tuple((s - cut, e - cut, ordinals[t]) for s, e, t in block.marks if s >= cut and t in ordinals)
        own = detect_language(text, block.language or language) if len(text) > 60 else language
        paragraph = Paragraph(len(paragraphs) + 1, 1, number, own, text[cut:], kind)
        sign = notes[at][0] if at in notes else None
        grid = tables.get(block.table)
        paragraphs.append(replace(paragraph, mark=sign, marks=() if sign else marks, grid=grid))
    return tuple(paragraphs)


def _stands(printed: Printed, last: tuple[int, ...] | None) -> bool:
    return printed.is_sure and follows(printed.parts, last, True)


def _mark_of_note(block: Block, targets: dict[str, int]) -> tuple[str, int] | None:
    """The mark and its length, of a block that a mark in the text leads to and that begins with a mark itself."""
    if not any(name in targets for name in block.names):
        return None
    match = _NOTE.match(block.text)
    return (match[1], match.end()) if match else None
