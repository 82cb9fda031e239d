"""Are PDFs read as they are printed? Order, heads and feet, paragraphs, notes, tables, and files that are none."""

from itertools import pairwise

import pytest

from pipeline.errors import DamagedFile, EmptyFile, EncryptedFile, NotADocument, NoText, TooLarge, UnknownType
from pipeline.limits import Limits
from pipeline.readers import read
from tests.pipeline.readers.typeset import Text, column, encrypted, pdf

PROSE = (
    "The Committee considered the situation of migrant workers and members of their families in the light of the "
    "reports that States parties had submitted, and noted that recruitment fees were still charged to the workers."
)


def masthead(symbol="A/HRC/99/7"):
    # Written last, as word processors do with the table on top of the page.
    return [
        Text(120, 50, "United Nations", 14),
        Text(475, 50, symbol, 14),
        Text(120, 80, "General Assembly", 18, bold=True),
        Text(392, 80, "Distr.: General"),
        Text(392, 94, "22 April 2031"),
        Text(57, 130, "Human Rights Council", 12, bold=True),
        Text(57, 144, "Ninety-ninth session"),
    ]


def page(number, body, symbol="A/HRC/99/7"):
    return [
        *body,
        Text(57, 50, symbol, 9, bold=True),
        Text(57, 810, f"{number} GE.31-01234", 8),
    ]


def numbers(reading):
    return [paragraph.number for paragraph in reading.paragraphs if paragraph.number]


def test_masthead_written_last_is_read_first_and_kept_whole():
    reading = read(pdf([*column(PROSE, 113, 300), *masthead(), Text(57, 810, "GE.31-01234 (E)", 10)]))
    assert reading.pages[0].text.startswith("United Nations")
    assert reading.facts["first_page"][:4] == ["United Nations", "A/HRC/99/7", "General Assembly", "Distr.: General"]
    assert reading.facts["job_numbers"] == ["GE.31-01234"]
    assert "GE.31-01234 (E)" in reading.pages[0].text, "the first page stays complete"
    assert not any("GE.31" in paragraph.text for paragraph in reading.paragraphs)


def test_two_columns_are_read_one_after_the_other():
    left = column("Left " + PROSE + " " + PROSE, 57, 120, characters=44)
    right = column("Right " + PROSE + " " + PROSE, 310, 120, characters=44)
    title = [Text(57, 90, "A title that stands over both of the columns of the page", 14, bold=True)]
    # The worst order a file can have: line by line across the page.
    mixed = [line for pair in zip(left, right, strict=True) for line in pair]
    for lines in (left + right, mixed):
        text = " ".join(paragraph.text for paragraph in read(pdf(title + lines)).paragraphs)
        assert text.index("A title") < text.index("Left The Committee") < text.index("Right The Committee")
        assert f"Left {PROSE} {PROSE}" in text
        assert f"Right {PROSE} {PROSE}" in text


def test_numbered_paragraphs_run_over_pages_without_heads_feet_and_notes():
    first = column(f"12. {PROSE} It decided to", 113, 100) + column("1 See A/HRC/98/2, para. 4.", 113, 780, size=8)
    second = [
        *column("return to the matter at its next session.", 113, 100),
        *column(f"12 bis. {PROSE}", 113, 130),
        *column(f"13. {PROSE} That was so on 31 December", 113, 180),
        *column("2012. Two States objected.", 113, 180 + 4 * 12),
    ]
    third = column(f"14. In conclusion {PROSE}", 113, 100)
    reading = read(pdf(page(1, first), page(2, second), page(3, third)))
    found = {paragraph.number: paragraph for paragraph in reading.paragraphs if paragraph.number}
    assert list(found) == ["12", "12 bis", "13", "14"]
    assert found["12"].text == f"{PROSE} It decided to return to the matter at its next session."
    assert found["12"].page == 1
    assert found["13"].text.endswith("on 31 December 2012. Two States objected.")
    notes = [paragraph.text for paragraph in reading.paragraphs if paragraph.kind == "note"]
    assert notes == ["See A/HRC/98/2, para. 4."]
    assert reading.facts["heads"] == ["A/HRC/99/7"]
    assert "GE.31-01234" not in reading.pages[1].text


def test_items_are_cited_under_their_paragraph_and_headings_stand_apart():
    body = [
        Text(85, 100, "II. Recommendations", 13, bold=True),
        *column("7. The Committee recommends that the State party:", 113, 130),
        *column("(a) Ratify the Convention without reservations;", 142, 150),
        *column("(b) Register the agencies that recruit workers.", 142, 168),
        *column("8. The Committee also recommends a moratorium.", 113, 190),
    ]
    reading = read(pdf(page(1, body)))
    assert numbers(reading) == ["7", "7 (a)", "7 (b)", "8"]
    assert [p.text for p in reading.paragraphs if p.kind == "heading"][1:] == ["II. Recommendations"]


def test_bold_paragraphs_are_paragraphs_and_bold_numbered_titles_are_not():
    body = [
        *column("1. Sources", 113, 100, bold=True),
        *column(f"45. {PROSE}", 113, 125, bold=True, characters=70),
        *column("2. Method", 113, 190, bold=True),
        *column(f"46. {PROSE}", 113, 215, bold=True, characters=70),
    ]
    reading = read(pdf(page(1, body)))
    assert numbers(reading) == ["45", "46"]
    assert [p.text for p in reading.paragraphs if p.kind == "heading"][1:] == ["1. Sources", "2. Method"]


def test_table_rows_keep_their_cells_together():
    rows = [("State", "Signature", "Ratification"), ("Ghana", "7 May 2001", "8 June 2002"), ("Mali", "", "5 June 2003")]
    cells = [
        Text(x, 200 + 30 * y, cell)
        for x, name in ((113, 0), (230, 1), (350, 2))  # column by column, as some programs write
        for y, row in enumerate(rows)
        if (cell := row[name])
    ]
    body = [*column(PROSE, 113, 100), *cells, Text(350, 242, "(accession)"), *column(PROSE, 113, 330)]
    found = [p.text for p in read(pdf(page(1, body))).paragraphs if p.kind == "row"]
    assert found == [
        "State | Signature | Ratification",
        "Ghana | 7 May 2001 | 8 June 2002 (accession)",
        "Mali | 5 June 2003",
    ]


def test_footnote_marks_are_set_off_from_the_word():
    stream = (
        b"BT /F1 10 Tf 113 700 Td (under resolution A/RES/59/60) Tj /F1 6 Tf 0 4 Td ( ) Tj ET"
        b" BT /F1 6 Tf 243 704 Td (7) Tj ET BT /F1 10 Tf 250 700 Td (of the Assembly) Tj ET"
    )
    text = read(pdf(stream)).paragraphs[0].text
    assert "A/RES/59/607" not in text
    assert "A/RES/59/60" in text


def test_words_broken_at_the_end_of_a_line_are_joined_and_compounds_keep_their_hyphen():
    body = [
        *[
            Text(113, 100 + 12 * at, line)
            for at, line in enumerate(
                ["The decision took long and its making was slow. The imple-", "mentation of a decision-", "making"]
            )
        ],
        Text(113, 136, "process was praised for its breadth."),
    ]
    text = " ".join(p.text for p in read(pdf(page(1, body))).paragraphs)
    assert "implementation" in text
    assert "decision-making process" in text


@pytest.mark.parametrize(
    ("data", "error", "says"),
    [
        (b"", EmptyFile, "zero bytes"),
        (b"\x00" * 5000, EmptyFile, "without content"),
        (b"12 34 56", NoText, "no words"),
        (bytes(range(256)) * 40, UnknownType, "no known type"),
        (b"%PDF-1.7\n" + bytes(range(256)) * 40, DamagedFile, "damaged"),
        (encrypted(), EncryptedFile, "password"),
        (pdf([]), NoText, "no text on 1 page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + b"W", UnknownType, "no Word file"),
        (b"\xffWPC" + b"\x01" * 600, EncryptedFile, "password"),
    ],
)
def test_what_is_no_readable_document_says_why(data, error, says):
    with pytest.raises(error, match=says):
        read(data)


def test_a_cut_off_file_is_read_or_refused_but_never_raises_anything_else():
    whole = pdf(*[page(n, column(f"{n}. {PROSE}", 113, 100)) for n in range(1, 5)])
    for share in (0.1, 0.3, 0.5, 0.9, 0.99):
        try:
            assert read(whole[: int(len(whole) * share)]).pages
        except (DamagedFile, NoText):
            continue


def test_bounds_are_kept():
    with pytest.raises(TooLarge, match="3 pages, the limit is 2"):
        read(pdf([], [], []), Limits(pages=2))
    with pytest.raises(TooLarge, match="more than 50 characters"):
        read(pdf(page(1, column(PROSE, 113, 100))), Limits(characters=50))
    with pytest.raises(TooLarge, match="the limit is 0 MB"):
        read(pdf([]), Limits(file_mb=0))


def test_an_error_page_set_as_pdf_is_no_document():
    with pytest.raises(NotADocument, match="error page"):
        read(pdf([Text(72, 100, "There is no document matching your request.")]))


def test_pages_that_claim_to_be_many_do_not_take_long():
    data = pdf(page(1, column(PROSE, 113, 100)), page_count=1_000_000)
    with pytest.raises(TooLarge, match="1000000 pages"):
        read(data)
    with pytest.raises(DamagedFile, match="pages cannot be opened"):
        read(data, Limits(pages=2_000_000))


def test_one_damaged_page_leaves_the_others():
    reading = read(pdf(page(1, column(PROSE, 113, 100)), page_count=3))
    assert PROSE in reading.paragraphs[1].text
    assert reading.facts["unread"] == ["page 2: damaged", "page 3: damaged"]


def test_real_paragraph_numbers_are_complete_and_in_order(corpus):
    """Reports whose paragraphs are numbered through from 1: the last printed number is known from the page."""
    for name, last in (("A_80_48", 59), ("A_HRC_59_60", 64), ("UPR_bolivia2014", 117), ("UPR_ecuador2012", 138)):
        reading = read(corpus / "pdf" / f"{name}.pdf", Limits())
        found = [int(p.number) for p in reading.paragraphs if p.number and p.number.isdigit()]
        assert found == list(range(1, last + 1)), name


def test_real_text_agrees_with_texts_checked_by_people(corpus):
    import xml.etree.ElementTree as ET

    truth = corpus / "pdf" / "truth"
    udhr = " ".join(ET.parse(truth / "UDHR_eng.truth.xml").getroot().itertext())
    arabic = (truth / "AR_right_to_left_01.truth.txt").read_text(encoding="utf-8")
    for name, text, least in (("UDHR_eng", udhr, 0.80), ("AR_right_to_left_01", arabic, 0.99)):
        reading = read(corpus / "pdf" / f"{name}.pdf", Limits())
        ours = eights(" ".join(f"{p.number or ''} {p.text}" for p in reading.paragraphs))
        theirs = eights(text)
        assert len(ours & theirs) / len(theirs) > least, name


def eights(text):
    import re

    words = re.findall(r"\w+", text.lower())
    return {tuple(words[at : at + 8]) for at in range(len(words) - 7)}


def test_good_text_is_not_sent_to_ocr_and_broken_text_is(corpus):
    from pipeline.readers.pdf import reason_to_try_ocr, sheets_of

    for name, wanted in (
        ("A_HRC_43_12", 0),
        ("CEDAW_C_CAF_CO_6_ru", 0),
        ("A_79_876", 7),
        ("A_39_361", 4),
        ("A_47_466", 0),
    ):
        sheets = sheets_of((corpus / "pdf" / f"{name}.pdf").read_bytes(), Limits())
        assert sum(bool(reason_to_try_ocr(sheet)) for sheet in sheets) == wanted, name


def test_paragraphs_are_counted_from_one_and_lie_on_rising_pages(corpus):
    reading = read(corpus / "pdf" / "A_80_44.pdf", Limits())
    assert [p.ordinal for p in reading.paragraphs] == list(range(1, len(reading.paragraphs) + 1))
    text = [p.page for p in reading.paragraphs if p.kind != "note"]
    assert all(a <= b for a, b in pairwise(text))
