"""Are exactly the words marked that answered?"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.marks import WINDOW, marks
from search.query import parse, resolve


def marked(query, text, language):
    return [text[start:end] for start, end in marks(resolve(parse(query).tree).tree, text, language)]


CASES = [
    ("worker", "Workers and work for a worker's rights.", "en", ["Workers", "worker"]),
    (
        '"domestic workers"',
        "Domestic workers; workers; a domestic\nworker",
        "en",
        ["Domestic workers", "domestic\nworker"],
    ),
    ("recruit*", "Recruitment, recruiters recruited; re-cruit", "en", ["Recruitment", "recruiters", "recruited"]),
    ("egalite", "L’égalité, e\u0301galite\u0301 et ÉGALITÉ.", "fr", ["égalité", "e\u0301galite\u0301", "ÉGALITÉ"]),
    ("عمال", "العُمَّال والعمال", "ar", ["العُمَّال", "العمال"]),
    ("移徙工人", "保护移徙工人的权利；工人移徙。", "zh", ["移徙工人"]),
    ("migrant NOT worker", "a migrant worker", "en", ["migrant"]),
    ("migrant OR worker", "a migrant worker", "en", ["migrant", "worker"]),
    ('"workers domestic"~2', "domestic workers, and far far far away domestic", "en", ["domestic", "workers"]),
    ('"a b c"~2', "a b x x x c b a", "other", ["a", "b", "c", "b", "a"]),
    ("A/HRC/47/30", "see A/HRC/47/30, para. 3, not A/HRC/47/31", "en", ["A/HRC/47/30"]),
    ('migrant "migrant workers"', "the migrant workers", "en", ["migrant workers"]),
    ("title:migrant country:PHL", "a migrant", "en", []),
    ("worker", "العمال worker", "ar", ["worker"]),
    ("workers", "workers", None, ["workers"]),
]


@pytest.mark.parametrize(("query", "text", "language", "expected"), CASES)
def test_the_words_that_answer_are_marked(query, text, language, expected):
    assert marked(query, text, language) == expected


def test_places_from_elsewhere_are_merged_and_checked():
    tree = resolve(parse("workers").tree).tree
    assert marks(tree, "Workers of the Philippines", "en", [(15, 26), (0, 7), (20, 999), (5, 3)]) == ((0, 7), (15, 26))


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=120) | st.text(alphabet='ab *"~2العم移工é\u0301', max_size=40),
    st.text(max_size=200) | st.text(alphabet="ab العم移工é\u0301", max_size=80),
    st.sampled_from(["en", "ar", "zh", None]),
)
def test_marks_lie_in_the_text_in_order_whatever_is_asked(query, text, language):
    found = marks(resolve(parse(query).tree).tree, text, language)
    assert all(0 <= start < end <= len(text) for start, end in found)
    assert all(found[i][1] <= found[i + 1][0] for i in range(len(found) - 1))


LONG = {
    "en": ("a b c " * 100_000, "needles", "needle"),
    "zh": ("委员会审议了" * 100_000, "缝衣针", "缝衣针"),
    "ar": ("نظرت اللجنة " * 50_000, "إبرة", "إبرة"),
}


@pytest.mark.parametrize("language", LONG)
def test_a_word_far_down_a_very_long_paragraph_is_marked(language):
    filling, word, query = LONG[language]
    assert marked(query, filling + word + " " + filling, language) == [word]
    assert marked(query, filling, language) == []
    assert marked("country:PHL", filling, language) == []


def test_a_phrase_whose_words_stand_everywhere_but_never_together_ends_the_search():
    assert marked('"b a"', "a c b c " * 200_000, "en") == []


@pytest.mark.parametrize("at", range(WINDOW - 20, WINDOW + 3))
def test_a_phrase_across_two_windows_is_marked_and_half_a_word_is_no_word(at):
    filling = "abcde fgh " * (WINDOW // 10)
    text = f"{filling[: at - 1]} domestic workshops {filling}"
    assert marked('"domestic workshops"', text, "en") == ["domestic workshops"]
    parts = {"domestic"[i:] for i in range(1, 8)} | {"workshops"[:i] for i in range(1, 8)}
    assert marked(" OR ".join(sorted(parts)), text, "en") == []
