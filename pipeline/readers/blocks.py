"""Which pieces of text does a web page have, and what is each? Headings, paragraphs, rows of tables, in order.

The tree is walked as it is; whether a piece belongs to the main text is for `pipeline.readers.html` to say. Old pages
are laid out by tables: only a table that looks like data is one.
"""

import csv
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.structure.tidy import characters

_TABLE = Path(__file__).parent.parent / "tables" / "page_furniture.csv"
_SKIPPED = re.compile(
    "script|style|noscript|template|svg|head|iframe|object|embed|button|select|textarea|audio|video|canvas|map"
)
_INLINE = re.compile(
    "a|abbr|acronym|b|bd[io]|big|cite|code|dfn|em|font|i|ins|kbd|label|mark|q|s|samp|small|span|strike|strong|su[bp]"
    "|time|tt|u|var|wbr|nobr|img|input|picture|source|data|o:p|st1:[a-z]+"
)
_HEADING = re.compile("h[1-6]")
_ROLES = frozenset(("navigation", "banner", "contentinfo", "search", "complementary", "dialog", "alert"))
_WORDS = re.compile(r"[\s_]+|(?<=[a-z])(?=[A-Z])")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_LONG_CELL = 600  # characters: a table whose cells are longer is a layout
_FORM = 1000  # characters below which a form is one
_MARK = re.compile(r"^[\[(]?\s*(\d{1,3}|[*†‡]{1,3}|[a-z])\s*[\])]?[.:]?$")


@dataclass(slots=True)
class Block:
    """A piece of text. `linked`: characters that are links; `furniture`: it stands in a menu, a foot, a banner."""

    kind: str
    text: str
    language: str | None
    furniture: bool
    linked: int = 0
    names: tuple[str, ...] = ()  # by which a link can lead here
    marks: tuple[tuple[int, int, str], ...] = ()  # start, end and target of links that look like marks of notes
    table: int = 0
    cells: tuple[str, ...] = ()

    @property
    def share_of_links(self) -> float:
        return self.linked / max(1, len(self.text))


@dataclass(slots=True)
class _Open:
    """The piece that is being gathered."""

    parts: list[str] = field(default_factory=list)
    linked: int = 0
    names: list[str] = field(default_factory=list)
    marks: list[tuple[int, str, str]] = field(default_factory=list)  # index of the part, target, words


def blocks(body: Any) -> list[Block]:
    """The blocks of a page's body in order."""
    walk = _Walk()
    walk.element(body, "text", None, False, False)
    walk.close("text", None, False)
    return walk.found


class _Walk:
    def __init__(self) -> None:
        self.found: list[Block] = []
        self._open = _Open()
        self._tables = 0

    def element(self, element: Any, kind: str, language: str | None, furniture: bool, inside: bool) -> None:
        """Walks through an element; `inside`: in the part that the page itself calls its main one."""
        tag = element.tag if isinstance(element.tag, str) else ""
        if not tag or _SKIPPED.fullmatch(tag) or _is_hidden(element):
            return
        language = element.get("lang") or element.get("{http://www.w3.org/XML/1998/namespace}lang") or language or ""
        language = language[:2].lower() or None
        inside = inside or tag in ("article", "main") or element.get("role") == "main"
        furniture = furniture or _is_furniture(element, tag, inside)
        self._open.names += filter(None, (element.get("id"), element.get("name")))
        if tag == "br":
            self._open.parts.append("\n")
            return
        if tag == "table" and (rows := _data_rows(element)):
            self.close(kind, language, furniture)
            self._rows(element, rows, language, furniture)
            return
        apart = not _INLINE.fullmatch(tag)
        own = "heading" if _HEADING.fullmatch(tag) else kind
        if apart:
            self.close(kind, language, furniture)
        before = len(self._open.parts)
        self._open.parts.append(_flowing(element.text, tag))
        for child in element:
            self.element(child, own, language, furniture, inside)
            self._open.parts.append(_flowing(child.tail, tag))
        if tag == "a":
            self._link(element, before)
        if apart:
            self.close(own, language, furniture)

    def _link(self, element: Any, before: int) -> None:
        href = element.get("href") or ""
        text = " ".join("".join(self._open.parts[before:]).split())
        if "#" in href and _MARK.match(text):
            self._open.marks.append((before, href.partition("#")[2], text))
        elif href:
            self._open.linked += len(text)

    def close(self, kind: str, language: str | None, furniture: bool) -> None:
        """Ends the piece that is being gathered, a block a line."""
        now, self._open = self._open, _Open()
        whole = "".join(now.parts)
        if not whole.strip():
            self._open.names = now.names  # an empty anchor names what comes
            return
        marks = [(part, target, words) for part, target, words in now.marks]
        lines = [line for line in map(characters, whole.split("\n")) if line] if "\n" in whole and not marks else []
        if len(lines) > 1:
            share = now.linked / len(whole)
            for line in lines:
                self.found.append(Block(kind, line, language, furniture, int(share * len(line)), tuple(now.names)))
            return
        text = characters(whole)
        if text:
            placed = _placed(text, marks)
            self.found.append(Block(kind, text, language, furniture, now.linked, tuple(now.names), placed))

    def _rows(self, table: Any, rows: list[Any], language: str | None, furniture: bool) -> None:
        self._tables += 1
        caption = table.find("caption")
        if caption is not None and (text := characters(" ".join(caption.itertext()))):
            self.found.append(Block("text", text, language, furniture))
        for row in _grid(rows):
            cells = tuple(text for text, _ in row)
            if any(cells):
                text = " | ".join(cell for cell in cells)
                linked = sum(links for _, links in row)
                self.found.append(Block("row", text, language, furniture, linked, (), (), self._tables, cells))


def _flowing(text: str | None, tag: str) -> str:
    """Line ends of the page's source are blanks; in text that is set as it is, an empty line parts paragraphs."""
    if not text or "\n" not in text:
        return text or ""
    if tag == "pre":
        return "\n".join(" ".join(part.split()) for part in re.split(r"\n\s*\n", text.replace("\r", "")))
    return text.replace("\n", " ")


def _placed(text: str, marks: list[tuple[int, str, str]]) -> tuple[tuple[int, int, str], ...]:
    placed, at = [], 0
    for _, target, words in marks:
        start = text.find(words, at)
        if start >= 0:
            at = start + len(words)
            placed.append((start, at, target))
    return tuple(placed)


def _is_hidden(element: Any) -> bool:
    return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))


def _is_furniture(element: Any, tag: str, inside: bool) -> bool:
    if tag in ("nav", "footer", "aside") or (tag == "header" and not inside) or element.get("role") in _ROLES:
        return True
    if tag == "form" and len(" ".join("".join(element.itertext()).split())) < _FORM:
        return True  # that of an old page may hold all of it
    if tag in ("body", "html", "main", "article") or _INLINE.fullmatch(tag):
        return False
    said = _WORDS.split(f"{element.get('class') or ''} {element.get('id') or ''}")
    for word in said:
        small = word.lower()
        if small in _furniture() or not _furniture().isdisjoint(small.split("-")[:1] + small.split("-")[-1:]):
            return True
    return False


@cache
def _furniture() -> frozenset[str]:
    with _TABLE.open(encoding="utf-8", newline="") as lines:
        return frozenset(row["word"] for row in csv.DictReader(lines))


def _data_rows(table: Any) -> list[Any]:
    """The rows of a table that looks like data; none of a layout."""
    if table.find(".//table") is not None or table.get("role") == "presentation":
        return []
    rows = [row for row in table.iter("tr") if row.find("td") is not None or row.find("th") is not None]
    wide = [row for row in rows if sum(cell.tag in ("td", "th") for cell in row) > 1]
    if len(wide) < 2:
        return []
    cells = [_text(cell) for row in rows for cell in row if cell.tag in ("td", "th")]
    filled = [cell for cell in cells if cell]
    if not filled or len(filled) < len(cells) / 4 or max(map(len, filled)) > 5 * _LONG_CELL:
        return []
    return rows if sum(map(len, filled)) / len(filled) < _LONG_CELL else []


def _grid(rows: list[Any]) -> list[list[tuple[str, int]]]:
    """Texts and characters in links of all cells; a cell that reaches over others leaves them empty."""
    grid: list[list[tuple[str, int]]] = []
    reach: dict[int, int] = {}  # column -> rows that a cell from above still covers
    for row in rows:
        made: list[tuple[str, int]] = []
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            while reach.get(len(made), 0) > 0:
                reach[len(made)] -= 1
                made.append(("", 0))
            text = _text(cell)
            linked = sum(len("".join(link.itertext()).strip()) for link in cell.iter("a") if link.get("href"))
            wide, deep = _number(cell.get("colspan")), _number(cell.get("rowspan"))
            for at in range(wide):
                reach[len(made)] = deep - 1
                made.append((text, linked) if at == 0 else ("", 0))
        while reach.get(len(made), 0) > 0:
            reach[len(made)] -= 1
            made.append(("", 0))
        grid.append(made)
    width = max(map(len, grid), default=0)
    return [row + [("", 0)] * (width - len(row)) for row in grid]


def _text(element: Any) -> str:
    """The text of a cell in one line: blanks where its pieces stand apart."""
    parts = [element.text or ""]
    for inner in element.iterdescendants():
        apart = isinstance(inner.tag, str) and not _INLINE.fullmatch(inner.tag)
        shown = isinstance(inner.tag, str) and not _SKIPPED.fullmatch(inner.tag)
        parts += [" " if apart else "", (inner.text or "") if shown else "", " " if apart else "", inner.tail or ""]
    return characters("".join(parts))


def _number(text: str | None) -> int:
    return max(1, min(int(text), 100)) if text and text.strip().isdecimal() and len(text) < 5 else 1
