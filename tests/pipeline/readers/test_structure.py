"""Does a text keep its structure? Paragraphs over pages and around tables, notes tied to their marks, tables."""

import pytest

from pipeline.readers import read
from tests.pipeline.readers.test_pdf import PROSE, page
from tests.pipeline.readers.typeset import Text, column, pdf


def of_kind(reading, kind):
    return [paragraph for paragraph in reading.paragraphs if paragraph.kind == kind]


def calls(reading):
    """Which text calls which note: (what stands there, the note's mark)."""
    marks = {paragraph.ordinal: paragraph.mark for paragraph in reading.paragraphs}
    return [(p.text[start:end], marks[note]) for p in reading.paragraphs for start, end, note in p.marks]


def test_a_paragraph_over_a_page_with_notes_between_knows_both_pages():
    first = column(f"12. {PROSE} It decided to", 113, 100) + column("1 See A/HRC/98/2, para. 4.", 113, 780, size=8)
    second = column("return to the matter at its next session.", 113, 100) + column(f"13. {PROSE}", 113, 130)
    found = {p.number: p for p in read(pdf(page(1, first), page(2, second))).paragraphs if p.number}
    assert (found["12"].page, found["12"].last_page) == (1, 2)
    assert found["12"].text.endswith("It decided to return to the matter at its next session.")
    assert (found["13"].page, found["13"].last_page) == (2, 2)


ROWS = [("State", "Signed", "Ratified"), ("Ghana", "2001", "2002"), ("Mali", "", "2003"), ("Egypt", "1992", "1993")]


def table(y, rows=ROWS):
    places = (113, 230, 350)
    return [Text(x, y + 24 * at, cell) for x, name in zip(places, range(3), strict=True)
            for at, row in enumerate(rows) if (cell := row[name])]  # fmt: skip


def test_a_table_in_the_middle_of_a_sentence_does_not_cut_it():
    body = [
        *column(f"7. {PROSE} The States that are shown here have ratified the Convention and", 113, 100),
        *table(200),
        *column("have told the depositary so in writing. Nothing else was received by him.", 113, 330),
        *column(f"8. {PROSE}", 113, 370),
    ]
    reading = read(pdf(page(1, body)))
    found = {p.number: p for p in reading.paragraphs if p.number}
    assert list(found) == ["7", "8"]
    assert "ratified the Convention and have told the depositary" in found["7"].text


def test_a_table_is_data_with_empty_cells_and_goes_on_where_its_head_is_printed_again():
    first = [*column(f"1. {PROSE}", 113, 100), Text(113, 180, "Table 2", bold=True), *table(210)]
    rest = [ROWS[0], ("Peru", "2004", "2005"), ("Chile", "1993", "2005")]
    second = [*table(100, rest), *column(f"2. {PROSE}", 113, 300)]
    reading = read(pdf(page(1, first), page(2, second)))
    (grid,) = reading.grids
    assert (grid.page, grid.last_page, grid.title) == (1, 2, "Table 2")
    assert grid.rows == (*ROWS, *rest[1:])
    assert {p.grid for p in of_kind(reading, "row")} == {1}
    assert all(p.grid is None for p in reading.paragraphs if p.kind != "row")


@pytest.mark.parametrize(
    ("said", "note", "mark"),
    [
        ("rights 3/ of workers", "3/ Resolution 45/158, annex.", "3"),
        ("rights a/ of workers", "a/ Resolution 45/158, annex.", "a"),
        ("the General Assembly* met", "* Resolution 45/158, annex.", "*"),
        ("the Convention, 4 as well", "4 Resolution 45/158, annex.", "4"),
        ("the Convention.4 It met", "4 Resolution 45/158, annex.", "4"),
    ],
)
def test_a_note_is_apart_and_tied_to_its_mark_however_it_is_printed(said, note, mark):
    body = [*column(f"1. {PROSE} It spoke of {said}.", 113, 100), *column(note, 113, 780, size=8)]
    reading = read(pdf(page(1, body)))
    (found,) = of_kind(reading, "note")
    assert (found.mark, found.text) == (mark, "Resolution 45/158, annex.")
    assert [tied for _, tied in calls(reading)] == [mark]


def test_a_figure_that_counts_something_calls_no_note():
    body = [*column(f"1. {PROSE} See article 4 of it.", 113, 100), *column("4 Resolution 45/158.", 113, 780, size=8)]
    assert calls(read(pdf(page(1, body)))) == []


def test_a_note_goes_on_over_the_page_and_the_next_begins_behind_it():
    long = "5 See the report on recruitment, in which it is said that fees are"
    first = [*column(f"1. {PROSE} That is known. 5", 113, 100), *column(long, 113, 780, size=8)]
    second = [
        *column(f"2. {PROSE} That is new. 6", 113, 100),
        *column("still charged to the workers.", 113, 770, size=8),
        *column("6 Ibid., para. 3.", 113, 782, size=8),
    ]
    notes = of_kind(read(pdf(page(1, first), page(2, second))), "note")
    assert [(note.mark, note.page, note.last_page) for note in notes] == [("5", 1, 2), ("6", 2, 2)]
    assert notes[0].text.endswith("that fees are still charged to the workers.")


def test_notes_listed_at_the_end_answer_for_the_whole_document():
    first = column(f"1. {PROSE} It recalled its resolution. 1/", 113, 100)
    second = [
        Text(250, 100, "Notes", 12, bold=True),
        *column("1/ Resolution 45/158, annex.", 113, 130),
        *column("2/ Resolution 2200 A (XXI).", 113, 150),
    ]
    middle = column(f"2. {PROSE} It recalled another. 2/", 113, 100)
    reading = read(pdf(page(1, first), page(2, middle), page(3, second)))
    assert [(n.mark, n.text) for n in of_kind(reading, "note")] == [
        ("1", "Resolution 45/158, annex."), ("2", "Resolution 2200 A (XXI).")
    ]  # fmt: skip
    assert calls(reading) == [("1/", "1"), ("2/", "2")]


def test_what_is_printed_around_the_text_is_kept_once_without_page_numbers():
    pages = [page(number, column(f"{number}. {PROSE}", 113, 100)) for number in range(1, 6)]
    facts = read(pdf(*pages)).facts
    assert facts["heads"] == ["A/HRC/99/7"]
    assert facts["feet"] == ["GE.31-01234"]
    assert facts["job_numbers"][0] == "GE.31-01234"
