"""Does a text in a box stand together, and the text around it too?"""

import pytest

from pipeline.readers import read
from tests.pipeline.readers.test_pdf import PROSE
from tests.pipeline.readers.typeset import HEIGHT, column, pdf
from tests.pipeline.readers.typeset import _stream as stream

BOX = "Box 1 says what a remittance is and how it is sent by those who work abroad to those who stayed at home."
OPEN = "The Committee heard the delegation at length and noted that the law of the country on labour had been"


def filled(x0, top, x1, bottom):
    return f"q 0.9 0.9 1 rg {x0} {HEIGHT - bottom} {x1 - x0} {bottom - top} re f Q\n".encode()


def bordered(x0, top, x1, bottom):
    sides = [(x0, top, x1, top), (x0, bottom, x1, bottom), (x0, top, x0, bottom), (x1, top, x1, bottom)]
    return b"".join(f"{a} {HEIGHT - b} m {c} {HEIGHT - d} l S\n".encode() for a, b, c, d in sides)


@pytest.mark.parametrize("draw", [filled, bordered])
def test_a_box_in_a_column_stands_apart_and_the_sentence_around_it_is_whole(draw):
    body = [
        *column(OPEN, 80, 100),
        *column(BOX, 90, 150, 45),
        *column("amended in the year before. It was glad.", 80, 210),
    ]
    data = pdf(draw(80, 135, 360, 195) + stream([*body, *column(f"4. {PROSE}", 80, 260)]))
    texts = [paragraph.text for paragraph in read(data).paragraphs]
    assert f"{OPEN} amended in the year before. It was glad." in texts
    assert BOX in texts


def test_a_box_beside_the_text_is_not_read_line_by_line_with_it():
    left, box = column(f"1. {PROSE} {PROSE}", 60, 100, 58), column(BOX, 400, 112, 22)
    lines = [line for pair in zip(left, box, strict=False) for line in pair] + left[len(box) :]
    paragraphs = read(pdf(filled(390, 95, 540, 190) + stream(lines))).paragraphs
    assert BOX in [paragraph.text for paragraph in paragraphs]
    assert f"{PROSE} {PROSE}" in [paragraph.text for paragraph in paragraphs if paragraph.number == "1"]


def test_a_ground_behind_all_of_the_page_or_one_that_cannot_be_seen_is_no_box():
    white = filled(80, 105, 500, 160).replace(b"0.9 0.9 1", b"1 1 1")
    for ground in (filled(10, 10, 580, 830), white):
        data = pdf(ground + stream([*column(f"1. {PROSE} {PROSE}", 80, 100), *column(f"2. {PROSE}", 80, 240)]))
        assert [p.text for p in read(data).paragraphs if p.number] == [f"{PROSE} {PROSE}", PROSE]
