"""Are the letters of a list that OCR saw on a Russian page those that are printed?"""

import pytest

from pipeline.readers.items import letter_items
from pipeline.readers.sheet import Line


def _after(*starts):
    lines = [Line(f"{start} закона о труде", 72, 20 * n, 400, 20 * n + 12, 12) for n, start in enumerate(starts)]
    letter_items(lines)
    return [line.text.removesuffix(" закона о труде") for line in lines]


def test_items_that_look_alike_get_the_latin_letter():
    assert _after("а)", "Ь)", "с)", "4)", "е)", "ГР)", "5)", "В)") == ["a)", "b)", "c)", "d)", "e)", "f)", "g)", "h)"]
    assert _after("(а)", "продолжение", "(Ь)", "1.", "(а)", "(b)") == ["(a)", "продолжение", "(b)", "1.", "(a)", "(b)"]


@pytest.mark.parametrize("starts", [("а)", "б)", "в)"), ("а)",), ("1)", "2)", "3)"), ("с)", "е)"), ("в)", "г)", "д)")])
def test_other_lists_stay_as_they_are(starts):
    assert _after(*starts) == list(starts)
