"""A broken file has lines without width, or without text: they must not cost the document (found by `make fuzz`)."""

import pytest

from pipeline.readers.sheet import Line, Sheet
from pipeline.structure.paragraphs import paragraphs


@pytest.mark.parametrize("first", ["Then the Committee met again.", ""])
def test_lines_without_width_or_text_are_no_trouble(first):
    words = (first, "1. The Committee met.", "2. It rose.")
    sheets = []
    for number in (1, 2, 3):
        places = [(text, 60.0, 700.0 + at * 14) for at, text in enumerate(words)]
        sheets.append(Sheet(number, 595, 842, [Line(text, x, y, x, y + 12, 11.0) for text, x, y in places]))
    found, _ = paragraphs(sheets, [sheet.lines for sheet in sheets])
    assert "It rose." in " ".join(each.text for each in found)
