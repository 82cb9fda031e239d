"""Do the same words give the same tokens, however they are written, and does each token know its place?"""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search import analysis

SAME = [
    ("fr", "égalité", "egalite"),
    ("fr", "ÉGALITÉ", "e\u0301galite\u0301"),
    ("fr", "travailleuses", "travailleuse"),
    ("es", "migración", "migracion"),
    ("es", "trabajadoras", "trabajadores"),
    ("en", "domestic workers", "Domestic Worker"),
    ("en", "ﬁnance", "finance"),
    ("en", "ＩＣＲＭＷ", "icrmw"),
    ("ar", "العمال", "عمال"),
    ("ar", "العُمَّال", "العمال"),
    ("ar", "العمـــال", "العمال"),
    ("ar", "والعمال", "العمال"),
    ("ar", "الأسرة", "الاسره"),
    ("ar", "الفقرة ٤٥", "الفقرة 45"),
    ("ru", "трёх", "трех"),
    ("ru", "мигрантов", "мигранты"),
    ("zh", "移徙 工人", "移徙工人"),
    ("other", "Straße", "strasse"),
]


@pytest.mark.parametrize(("language", "one", "other"), SAME)
def test_two_spellings_are_one(language, one, other):
    assert analysis.analyse(one, language) == analysis.analyse(other, language) != []


def test_each_chinese_character_is_a_token_and_latin_words_beside_it_stay_whole():
    assert analysis.analyse("保护ILO工人2024年", "zh") == ["保", "护", "ilo", "工", "人", "2024", "年"]


def test_no_word_is_dropped_so_that_positions_agree_in_every_language():
    text = "the protection of the rights of all migrant workers l'égalité 移徙 العمال"
    lengths = {len(analysis.analyse(text, chain)) for chain in analysis.CHAINS}
    assert len(lengths) == 1


def test_a_run_without_end_is_cut():
    tokens = analysis.tokens("x" * 100_000, "en")
    assert max(len(token.text) for token in tokens) <= analysis.LONGEST
    assert tokens[-1].end == 100_000


def test_offsets_are_those_of_the_text_as_written():
    text = "L’e\u0301galite\u0301 des العُمَّال — 移徙工人 ﬁn"
    found = {text[token.start : token.end] for token in analysis.tokens(text, "fr")}
    assert found == {"L", "e\u0301galite\u0301", "des", "العُمَّال", "移", "徙", "工", "人", "ﬁn"}


odd = st.text(max_size=80) | st.text(
    alphabet="اأإلوفعُّ 移工aé\u0301ㄱㅏ각가٤xX'’ﬁ①㎢\u3000\u0300\u200f\u00adIİ", max_size=150
)


@settings(max_examples=800, deadline=None)
@given(odd, st.sampled_from([*analysis.CHAINS, None, "de"]))
def test_located_tokens_are_the_tokens_and_lie_in_order(text, language):
    located = analysis.tokens(text, language)
    assert [token.text for token in located] == analysis.analyse(text, language)
    assert all(0 <= token.start < token.end <= len(text) for token in located)
    assert all(a.start <= b.start and a.end <= b.end for a, b in pairwise(located))
