"""Does a citation lead to its paragraph? In six languages, by page, footnote and annex, and to nothing else."""

from dataclasses import replace

import pytest

from catalog import Catalog
from pipeline.document import Grid, Page, Paragraph
from pipeline.store import store
from search.address import Address, numbers_of, parse_address, read_spot, spot
from search.text import read_document
from search.web.layout import Layout, Table
from search.web.urls import Urls
from tests.pipeline.made import document

TEXTS = (
    Paragraph(
        1, 1, "45", "en", "The Committee recommends[3] that: (z) all be well;", last_page=2, marks=((24, 27, 5),)
    ),
    Paragraph(2, 1, "45 (a)", "en", "Fees be abolished;"),
    Paragraph(3, 2, "45 (b)", "en", "Agencies be registered."),
    Paragraph(4, 2, "45 bis", "en", "A paragraph put in later."),
    Paragraph(5, 1, None, "en", "Resolution 45/158 <annex>.", "note", mark="3"),
    Paragraph(6, 3, None, "en", "Annex II", "heading"),
    Paragraph(7, 3, "45", "en", "Numbered anew."),
    Paragraph(8, 3, None, "en", "State | Year", "row", grid=1),
    Paragraph(9, 3, None, "en", "Mali | 2003", "row", grid=1),
    Paragraph(10, 3, None, "en", "Peru | 2004", "row", grid=1),
)
GRID = Grid(1, 3, 3, (("State", "Year"), ("Mali", "2003"), ("Peru", "2004")), "Table 1")


@pytest.fixture
def catalog(tmp_path):
    catalog = Catalog(f"sqlite:///{tmp_path}/catalog.sqlite")
    catalog.migrate()
    made = document({"symbol": "A/HRC/47/30", "language": "English"}, "A/HRC/47/30")
    pages = tuple(Page(n, "pypdfium2", q, "en", f"page {n}") for n, q in ((1, 0.9), (2, 0.4), (3, 0.9)))
    store(catalog, replace(made, reading=replace(made.reading, pages=pages, paragraphs=TEXTS, grids=(GRID,))))
    return catalog


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("A/HRC/47/30", Address("A/HRC/47/30")),
        ("A/HRC/47/30, para. 45", Address("A/HRC/47/30", "45")),
        ("A/HRC/47/30 para 45(c)", Address("A/HRC/47/30", "45 (c)")),
        ("A/HRC/47/30, § 12bis", Address("A/HRC/47/30", "12 bis")),
        ("A/HRC/47/30, párr. 45", Address("A/HRC/47/30", "45")),
        ("A/HRC/47/30, par. 45", Address("A/HRC/47/30", "45")),
        ("A/HRC/47/30, пункт 45", Address("A/HRC/47/30", "45")),
        ("A/HRC/47/30، الفقرة ٤٥", Address("A/HRC/47/30", "45")),
        ("A/HRC/47/30,第45段", Address("A/HRC/47/30", "45")),
        ("A/HRC/47/30, p. 12", Address("A/HRC/47/30", page=12)),
        ("A/HRC/47/30, annex II, para. 3", Address("A/HRC/47/30", "3", annex="II")),
        ("A/HRC/47/30, footnote 3", Address("A/HRC/47/30", note="3")),
        ("para. 45", Address("para. 45")),
    ],
)
def test_what_a_citation_says(words, address):
    assert parse_address(words) == address


@pytest.mark.parametrize(
    ("words", "ordinals", "also"),
    [
        ("para. 45", (1, 2, 3), (3,)),
        ("para. 45 (b)", (3,), ()),
        ("para. 45 (z)", (1,), ()),  # in the middle of its paragraph
        ("para. 45 bis", (4,), ()),
        ("para. 45, p. 3", (7,), ()),
        ("annex II, para. 45", (7,), ()),
        ("annex II", (6, 7, 8, 9, 10), ()),
        ("footnote 3", (5,), ()),
        ("p. 2", (1, 3, 4), ()),  # with what began on the page before
    ],
)
def test_where_it_leads(catalog, words, ordinals, also):
    found = spot(catalog, parse_address(f"A/HRC/47/30, {words}"))
    assert (found.ordinals, found.also) == (ordinals, also)


@pytest.mark.parametrize("words", ["para. 46", "para. 4", "para. 45 (y)", "annex III", "p. 9", "footnote 4"])
def test_what_is_not_there_leads_nowhere(catalog, words):
    assert spot(catalog, parse_address(f"A/HRC/47/30, {words}")) is None


def test_what_is_read_there_has_its_footnotes_and_nothing_else(catalog):
    read = read_spot(catalog, spot(catalog, parse_address("A/HRC/47/30, para. 45")))
    assert [each.ordinal for page in read.pages for each in page.paragraphs] == [1, 2, 5, 3]
    assert (read.grids, read.pages[0].poor, read.pages[1].poor) == ((), False, True)
    assert numbers_of(catalog, read.sha256) == ("45", "45")


def test_a_page_is_laid_out_in_text_tables_and_notes_that_lead_to_each_other(catalog):
    sha256 = spot(catalog, parse_address("A/HRC/47/30, p. 1")).sha256
    layout = Layout(read_document(catalog, sha256), {1: ((4, 13),), 9: ((7, 11),)}, Urls(""), 1000)
    first = layout.pages[1]
    assert [each.ordinal for each in first.body] == [1, 2]
    assert [each.ordinal for each in first.notes] == [5]
    text = layout.text(first.body[0])
    assert text.startswith('The <mark>Committee</mark> recommends<a class="call" id="call-5" href="#at-5"')
    assert "&lt;annex&gt;" in layout.text(first.notes[0])
    table = next(each for each in layout.pages[3].body if isinstance(each, Table))
    assert [row.ordinal for row in (table.head, *table.rows)] == [8, 9, 10]
    assert table.rows[0].cells == ("Mali", "<mark>2003</mark>")
