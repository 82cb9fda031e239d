"""Are the cells of ruled tables found, each once and in its row, and does nothing get lost where pdfplumber fails?"""

import io
import re
import time
import xml.etree.ElementTree as ET
from functools import cache

import pdfplumber
import pypdfium2
import pytest

from pipeline.limits import Limits
from pipeline.readers import read

typst = pytest.importorskip("typst", reason="the tables are set in type with typst (extra: replica)")

SHEET = """
#set page(width: 595pt, height: 842pt, margin: 72pt)
#set text(size: 10pt)
#let prose(n) = range(calc.ceil(n / 10)).map(_ => "The Committee noted that workers had been charged fees.").join(" ")
"""
GRID = """
#table(columns: 3, [State], [Signature], [Ratification],
  [Ghana], [7 May 2001], [8 June 2002 #linebreak() (accession)],
  [Mali], [], [5 June 2003],
  table.cell(colspan: 3)[Not in force],
  [12. Peru], [22 September 2004], [14 September 2005])
"""
ROWS = [
    "State | Signature | Ratification",
    "Ghana | 7 May 2001 | 8 June 2002 (accession)",
    "Mali | 5 June 2003",
    "Not in force",
    "12. Peru | 22 September 2004 | 14 September 2005",
]
TABLE = f"#prose(30)\n\nBefore the table.\n{GRID}\nAfter the table.\n\n#prose(30)"

LEFT = "#table(columns: 2, inset: 2pt, [State], [Number], [Ghana], [12], [Mali], [7], [Total of all], [19])"
RIGHT = LEFT.replace("Ghana", "Peru").replace("Mali", "Chile")
BOTH = f"#grid(columns: 2, column-gutter: 8pt, [{LEFT}], [{RIGHT}])"
SIDE_BY_SIDE = f"#prose(30)\n#v(250pt)\nBefore them.\n\n{BOTH}\n\nAfter them."


@cache
def set_in_type(source):
    return typst.compile((SHEET + source).encode(), font_paths=typst.Fonts(include_system_fonts=False))


def rows(reading):
    return [paragraph.text for paragraph in reading.paragraphs if paragraph.kind == "row"]


def letters(reading):
    return sorted("".join(re.findall(r"\w", " ".join(page.text for page in reading.pages))))


def test_the_cells_of_a_ruled_table_stand_in_their_rows_and_nowhere_else():
    reading = read(set_in_type(TABLE))
    assert rows(reading) == ROWS
    texts = [paragraph.text for paragraph in reading.paragraphs]
    first = texts.index(ROWS[0])
    assert texts[first - 1].endswith("Before the table.")
    assert texts[first + len(ROWS)].startswith("After the table.")
    assert reading.pages[0].text.count("22 September 2004") == 1
    assert "Ghana | 7 May 2001 | 8 June 2002" in reading.pages[0].text
    assert reading.pages[0].method == "pdfplumber"
    assert not any(paragraph.number for paragraph in reading.paragraphs), "a number in a cell is no paragraph's"


def test_tables_side_by_side_are_read_one_after_the_other():
    reading = read(set_in_type(SIDE_BY_SIDE))
    firsts = ["State | Number", "Ghana | 12", "Mali | 7", "Total of all | 19"]
    assert rows(reading) == [*firsts, "State | Number", "Peru | 12", "Chile | 7", "Total of all | 19"]


def test_a_table_without_rules_is_read_by_its_places_and_costs_no_second_reader(monkeypatch):
    asked = []
    monkeypatch.setattr(pdfplumber, "open", lambda *_arguments, **_options: asked.append(1))
    bare = GRID.replace("columns: 3,", "columns: 3, stroke: none, column-gutter: 60pt, row-gutter: 12pt,")
    reading = read(set_in_type(f"Before the table.\n{bare}\nAfter the table."))
    assert ROWS[0] in rows(reading)
    assert ROWS[1] in rows(reading)
    assert reading.pages[0].method == "pypdfium2"
    assert not asked


@pytest.mark.parametrize(
    "source",
    [
        "#block(stroke: 1pt, inset: 8pt)[#prose(60)]\n" * 4,
        "#set page(background: rect(width: 90%, height: 94%))\n#grid(columns: 2, gutter: 20pt, prose(80), prose(80))",
        "#table(columns: 1, [#prose(20)], [#prose(20)], [#prose(20)])",
        "#prose(20)\n#stack(dir: ltr, spacing: 9pt, ..range(9).map(n => rect(width: 14pt, height: 12pt * (n + 1))))",
    ],
    ids=["boxed paragraphs", "page border", "one column", "chart"],
)
def test_what_is_only_drawn_is_no_table(source):
    reading = read(set_in_type(source))
    assert not rows(reading)
    assert reading.pages[0].method == "pypdfium2"


def test_a_ruled_masthead_stays_as_it_is():
    masthead = "#table(columns: (1fr, 1fr), [United Nations], [A/HRC/99/7], [General Assembly], [Distr.: General])"
    data = set_in_type(f"{masthead}\n#prose(60)")
    reading = read(data)
    assert not rows(reading)
    assert reading.facts["first_page"][:2] == ["United Nations", "A/HRC/99/7"]
    assert reading == read(data, Limits(table_pages=0))


@pytest.mark.parametrize("error", [ValueError, RecursionError, MemoryError, AssertionError, KeyError])
@pytest.mark.parametrize(
    ("where", "source"), [("pdfplumber.table.TableFinder.get_edges", TABLE), ("pdfplumber.open", SIDE_BY_SIDE)]
)
def test_a_failing_pdfplumber_loses_nothing(monkeypatch, where, source, error):
    data = set_in_type(source)
    without = read(data, Limits(table_pages=0))

    def fail(*_arguments, **_options):
        raise error("pdfminer gave up")

    monkeypatch.setattr(where, fail)
    assert read(data) == without
    assert letters(without) == letters(read(data, Limits(table_pages=0)))
    assert without.pages[0].method == "pypdfium2"


def test_a_page_on_which_pdfplumber_takes_too_long_keeps_its_text(monkeypatch):
    data = set_in_type(TABLE)

    def linger(*_arguments, **_options):
        while True:
            pass

    monkeypatch.setattr("pdfplumber.table.TableFinder.get_edges", linger)
    begun = time.monotonic()
    assert read(data, Limits(table_seconds=0.2)) == read(data, Limits(table_pages=0))
    assert time.monotonic() - begun < 10


def test_words_that_pdfplumber_does_not_see_are_not_lost(monkeypatch):
    data = set_in_type(SIDE_BY_SIDE)
    monkeypatch.setattr(
        "pdfplumber.table.Table.extract", lambda self: [[None if c is None else "" for c in r.cells] for r in self.rows]
    )
    assert letters(read(data)) == letters(read(data, Limits(table_pages=0)))


def test_a_page_whose_lines_keep_to_their_cells_is_not_read_twice(monkeypatch):
    asked = []
    monkeypatch.setattr(pdfplumber, "open", lambda *_arguments, **_options: asked.append(1))
    wide = LEFT.replace("columns: 2", "columns: (120pt, 90pt)")
    reading = read(set_in_type(f"#prose(30)\n#v(250pt)\nBefore it.\n\n{wide}\n\nAfter it."))
    assert rows(reading) == ["State | Number", "Ghana | 12", "Mali | 7", "Total of all | 19"]
    assert reading.pages[0].method == "pdfplumber"
    assert not asked


def test_no_more_pages_are_asked_about_than_allowed():
    data = set_in_type("#pagebreak()".join([TABLE] * 3))
    assert [page.method for page in read(data, Limits(table_pages=2)).pages] == [
        "pdfplumber",
        "pdfplumber",
        "pypdfium2",
    ]


def test_a_turned_page_and_a_cut_one_are_measured_alike():
    for turn, box in ((90, None), (180, None), (270, None), (0, (20, 30, 580, 800))):
        document = pypdfium2.PdfDocument(set_in_type(TABLE))
        page = document[0]
        page.set_rotation(turn)
        if box:
            page.set_cropbox(*box)
        out = io.BytesIO()
        document.save(out)
        reading = read(out.getvalue())
        if turn == 0:
            assert rows(reading) == ROWS
        assert letters(reading) == letters(read(out.getvalue(), Limits(table_pages=0)))


def test_real_tables_have_the_cells_that_people_marked(corpus):
    truth = sorted((corpus / "pdf" / "truth").glob("ICDAR2013_*-str.xml"))
    found = wanted = 0
    for path in truth:
        reading = read(corpus / "pdf" / f"{path.stem.removesuffix('-str')}.pdf", Limits())
        cells = {plain(cell) for row in rows(reading) for cell in row.split(" | ")}
        marked = [plain(cell.findtext("content") or "") for cell in ET.parse(path).getroot().iter("cell")]
        found += sum(text in cells for text in marked if text)
        wanted += sum(bool(text) for text in marked)
    assert wanted > 1500
    assert found / wanted > 0.95


def plain(text):
    return re.sub(r"\W+", "", text).lower()
