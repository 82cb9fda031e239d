"""Which number an ordinal says, in words and figures, in six languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.description.ordinals import chinese_number, ordinal, ordinal_alone


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("First session", 1),
        ("Fifty-ninth session", 59),
        ("ONE HUNDRED AND FIFTEENTH SESSION", 115),
        ("Hundred and tenth", 110),
        ("351st Session", 351),
        ("Première session", 1),
        ("Soixante-dix-neuvième session", 79),
        ("Soixante et onzième session", 71),
        ("Quatre-vingtième session", 80),
        ("Quatre-vingt-unième session", 81),
        ("Quatre-vingt-dix-neuvième session", 99),
        ("Cent quinzième session", 115),
        ("115e session", 115),
        ("Septuagésimo noveno período de sesiones", 79),
        ("59º período de sesiones", 59),
        ("Quincuagésima reunión", 50),
        ("Семьдесят девятая сессия", 79),
        ("59-я сессия", 59),
        ("الدورة التاسعة والخمسون", 59),
        ("الدورة الحادية والستون", 61),
        ("第五十九届会议", 59),
        ("第115届会议", 115),
        ("第一百一十五届会议", 115),
    ],
)
def test_numbers_in_words(text, number):
    assert ordinal(text) == number


@pytest.mark.parametrize("text", ["Resumed session", "twentv-sixth session", "", "A/HRC/59/49", "сессия"])
def test_no_number(text):
    assert ordinal(text) is None


def test_a_number_among_other_words_does_not_stand_alone():
    assert ordinal_alone("Thirty-ninth") == 39
    assert ordinal_alone("at its third") is None
    assert ordinal_alone("351st") == 351


@given(st.integers(1, 999))
def test_chinese_numbers(number):
    digits = "零一二三四五六七八九"
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    text = f"{digits[hundreds]}百" if hundreds else ""
    text += f"{digits[tens]}十" if tens else ("零" if hundreds and ones else "")
    text += digits[ones] if ones else ""
    assert chinese_number(text) == number


@given(st.text(max_size=200))
def test_no_text_makes_it_raise(text):
    assert ordinal(text) is None or ordinal(text) >= 0
