"""Is an Arabic line read from the right, with symbols and figures in it unspoilt?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.readers.rtl import Glyph, glyphs, logical


def drawn(*pieces):
    """Glyphs for pieces as they stand on the page from left to right; a piece is Arabic (drawn reversed) or not."""
    shapes, x = [], 0.0
    for piece in pieces:
        letters = reversed(piece) if any("\u0600" <= letter < "\u0700" for letter in piece) else piece
        for letter in letters:
            if letter != " ":
                shapes.append(Glyph(letter, x, x + 5))
            x += 5
    return shapes


@pytest.mark.parametrize(
    ("pieces", "read"),
    [
        # on the page, from left to right; blanks stand by themselves
        (
            ["جلستيها", " ", "في", " ", "(CMW/C/PHL/3)", " ", "الفلبين", " ", "1."],
            "1. الفلبين (CMW/C/PHL/3) في جلستيها",
        ),
        (["عاملا", " ", "33 381", " ", "عاد"], "عاد 33 381 عاملا"),
        (["27", "و", " ", "،", "25", " ", "المواد"], "المواد 25، و27"),
        (["مهاجرا", " ", "Forum of Workers", " ", "من"], "من Forum of Workers مهاجرا"),
        (["2026", " ", "سبتمبر", "/", "أيلول", " ", "21"], "21 أيلول/سبتمبر 2026"),
        (["مقدمة", " ", "I."], "I. مقدمة"),
        (["اللجنة", " ", "-", " ", "12"], "12 - اللجنة"),
    ],
)
def test_lines(pieces, read):
    assert logical(drawn(*pieces), 9.0) == read


def test_ligatures_and_marks_go_with_their_letters():
    lam_alef = glyphs([("إ", 20.0, 26.0), ("ل", 20.0, 26.0), ("ن", 14.0, 20.0)])
    assert [shape.text for shape in lam_alef] == ["لإ", "ن"]
    early = glyphs([("ي", 20.0, 26.0), ("\u064b", 15.0, 17.0), ("ض", 12.0, 20.0)])
    assert [shape.text for shape in early] == ["ي", "ض\u064b"]


@given(st.text(alphabet="ابتABC123 /.,()-", max_size=40))
def test_no_character_is_lost_whatever_stands_in_the_line(text):
    read = logical(drawn(text), 9.0)
    brackets = str.maketrans("()", "||")
    assert sorted(read.translate(brackets).replace(" ", "")) == sorted(text.translate(brackets).replace(" ", ""))
