"""Where does a citation lead? "A/HRC/47/30, para. 45 (c)" is an address: the file, and in it the paragraph.

Also by page ("p. 12"), footnote ("footnote 3") and annex ("annex II, para. 3"), in the words of the six languages.
Numbers begin anew in annexes and resolutions: without a page or an annex the first paragraph of that number is meant,
and the pages of the others are named.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from catalog import Catalog
from catalog.tables import documents, paragraphs
from search.text import ReadDocument, ReadPage, ReadParagraph, find_document, read_document

_TABLE = Path(__file__).parent / "address_words.csv"
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_VALUES = {
    "paragraph": r"\d{1,4}(?:\.\d{1,3}){0,3}(?:\s?(?:bis|ter|quater|quinquies|sexies)|[A-Z])?(?:\s?\(\w{1,5}\))?",
    "page": r"\d{1,5}",
    "note": r"\d{1,3}|\*{1,4}|[a-z]",
    "annex": r"[IVXLC]{1,6}|\d{1,2}|[A-Z]",
}
_LONGEST = 300  # characters of an address
_Row = Row[tuple[int, str | None, int]]  # ordinal, number, page
_ITEM = re.compile(r"\s?(\(\w{1,5}\))$")
_FAR = 10_000  # paragraphs of one number, at most


@dataclass(frozen=True, slots=True)
class Address:
    """`name` is a symbol or SHA-256; what is not said is None."""

    name: str
    paragraph: str | None = None
    page: int | None = None
    note: str | None = None
    annex: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether all of the document is meant."""
        return self.paragraph is None and self.page is None and self.note is None and self.annex is None


@dataclass(frozen=True, slots=True)
class Spotted:
    """Where an address leads: the paragraphs by their ordinals, the first with its printed number; `also` are the pages
    on which other paragraphs of the same number stand."""

    sha256: str
    ordinals: tuple[int, ...]
    number: str | None
    page: int
    also: tuple[int, ...] = ()


def parse_address(words: str) -> Address:
    """What a citation says; words that say no place are the name."""
    rest = words.strip()[:_LONGEST].translate(_DIGITS)
    said: dict[str, str] = {}
    while True:
        found = next(((sign, match) for sign in _VALUES if (match := _pattern(sign).search(rest))), None)
        if found is None or found[0] in said or not rest[: found[1].start()].strip():
            break
        said[found[0]] = next(filter(None, found[1].groups()))
        rest = rest[: found[1].start()].rstrip(" ,;،，")
    number = said.get("paragraph")
    page = said.get("page")
    tidy = re.sub(r"\s*\(", " (", number) if number else None
    tidy = re.sub(r"(\d)\s?(bis|ter|quater|quinquies|sexies)", r"\1 \2", tidy) if tidy else None
    return Address(rest, tidy, int(page) if page else None, said.get("note"), said.get("annex"))


def spot(catalog: Catalog, address: Address, language: str | None = None) -> Spotted | None:
    """Where it leads in the file that it names (in this language, or English); None if to nothing."""
    sha256 = find_document(catalog, address.name, language)
    if sha256 is None:
        return None
    with catalog.read() as connection:
        own = connection.execute(sa.select(documents.c.id).where(documents.c.sha256 == sha256)).scalar_one()
        within = _annex(connection, own, address.annex) if address.annex else (0, None)
        if within is None:
            return None
        runs = list(_runs(_candidates(connection, own, address, *within), address.paragraph is not None))
    if not runs:
        return None
    first = runs[0]
    also = tuple(run[0].page for run in runs[1:])
    return Spotted(sha256, tuple(row.ordinal for row in first), first[0].number, address.page or first[0].page, also)


def read_spot(catalog: Catalog, spotted: Spotted) -> ReadDocument | None:
    """The document with only what the address leads to, and the footnotes that are called there."""
    document = read_document(catalog, spotted.sha256)
    if document is None:
        return None
    wanted = set(spotted.ordinals)
    every = [each for page in document.pages for each in page.paragraphs]
    wanted |= {note for each in every if each.ordinal in wanted for _, _, note in each.marks}
    pages = tuple(_only(page, wanted) for page in document.pages if any(p.ordinal in wanted for p in page.paragraphs))
    tables = {each.grid for each in every if each.ordinal in wanted}
    return replace(
        document, pages=pages, facts={}, grids=tuple(grid for grid in document.grids if grid.number in tables)
    )


def numbers_of(catalog: Catalog, sha256: str) -> tuple[str, str] | None:
    """The first and the last printed number of a document; None if it has none."""
    query = (
        sa.select(paragraphs.c.number)
        .join(documents, documents.c.id == paragraphs.c.document_id)
        .where(documents.c.sha256 == sha256, paragraphs.c.number.is_not(None))
        .order_by(paragraphs.c.ordinal)
    )
    with catalog.read() as connection:
        whole = [number for number in connection.execute(query).scalars() if number.isdigit()]
    return (whole[0], max(whole, key=int)) if whole else None


def _only(page: ReadPage, wanted: set[int]) -> ReadPage:
    kept: tuple[ReadParagraph, ...] = tuple(each for each in page.paragraphs if each.ordinal in wanted)
    return replace(page, paragraphs=kept, begins=False)


def _candidates(connection: Connection, own: int, address: Address, first: int, next_one: int | None) -> list[_Row]:
    of_document = (paragraphs.c.document_id == own) & (paragraphs.c.ordinal >= first)
    if next_one is not None:
        of_document &= paragraphs.c.ordinal < next_one
    if address.page is not None:
        of_document &= (paragraphs.c.page <= address.page) & (paragraphs.c.last_page >= address.page)
    base = sa.select(paragraphs.c.ordinal, paragraphs.c.number, paragraphs.c.page).order_by(paragraphs.c.ordinal)
    if address.note is not None:
        return list(connection.execute(base.where(of_document, paragraphs.c.mark == address.note).limit(_FAR)))
    if address.paragraph is None:
        return list(connection.execute(base.where(of_document)))
    number = paragraphs.c.number
    wanted = (number == address.paragraph) | number.startswith(f"{address.paragraph} (", autoescape=True)
    found = list(connection.execute(base.where(of_document, wanted).limit(_FAR)))
    item = _ITEM.search(address.paragraph)
    if found or item is None:
        return found
    # an item that stands in the middle of its paragraph has no number of its own
    inside = paragraphs.c.text.contains(item[1], autoescape=True)
    above = address.paragraph[: item.start()]
    return list(connection.execute(base.where(of_document, number == above, inside).limit(_FAR)))


def _annex(connection: Connection, own: int, name: str) -> tuple[int, int | None] | None:
    """The ordinal of the heading of an annex (the last: the first may be in the contents), and of the next."""
    short = (sa.func.length(paragraphs.c.text) < 200) & paragraphs.c.number.is_(None)
    kinds = paragraphs.c.kind.in_(("text", "heading"))
    rows = connection.execute(
        sa.select(paragraphs.c.ordinal, paragraphs.c.text)
        .where(paragraphs.c.document_id == own, short, kinds)
        .order_by(paragraphs.c.ordinal)
    )
    head = re.compile(rf"(?:{'|'.join(map(re.escape, _words('annex')))})\s?({_VALUES['annex']})\b", re.IGNORECASE)
    heads = [(row.ordinal, match[1].upper()) for row in rows if (match := head.match(row.text))]
    own_heads = [at for at, (_, value) in enumerate(heads) if value == name.upper()]
    if not own_heads:
        return None
    at = own_heads[-1]
    return heads[at][0], heads[at + 1][0] if at + 1 < len(heads) else None


def _runs(rows: list[_Row], by_number: bool) -> Iterator[list[_Row]]:
    """A paragraph with its items is one place; the same number again, further on, is another."""
    run: list[_Row] = []
    seen: set[str | None] = set()
    for row in rows:
        if by_number and run and (row.number in seen or "(" not in (row.number or "(")):
            yield run
            run, seen = [], set()
        run.append(row)
        seen.add(row.number)
    if run:
        yield run


@cache
def _pattern(sign: str) -> re.Pattern[str]:
    """The word, a stop perhaps, and the value, at the end; or around the value, as Chinese has it."""
    value = _VALUES[sign]
    before, around = [], []
    for word in sorted(_words(sign), key=len, reverse=True):
        head, hole, tail = word.partition("…")
        if hole:
            around.append(rf"{re.escape(head)}\s?({value})\s?{re.escape(tail)}$")
        else:
            before.append(re.escape(word))
    plain = rf"(?:^|[\s,;،，])(?:{'|'.join(before)})\.?\s?({value})$"
    return re.compile("|".join([plain, *around]), re.IGNORECASE if sign != "annex" else 0)


@cache
def _words(sign: str) -> frozenset[str]:
    with _TABLE.open(encoding="utf-8", newline="") as lines:
        rows = [row["words"].split("|") for row in csv.DictReader(lines) if row["sign"] == sign]
    words = frozenset(word for group in rows for word in group)
    return words | frozenset(word.capitalize() for word in words) if sign == "annex" else words
