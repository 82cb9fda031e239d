"""Is a passage that was set anew the same, one that was changed found again, and a corrigendum understood?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.alerts.matching.comparing import Line, became, corrects, folded, stands

FEES = "The Committee recommends that recruitment fees be borne by the employer and never by migrant workers."


def lines(*texts):
    return [Line(str(number), text) for number, text in enumerate(texts, 1)]


@pytest.mark.parametrize(
    "set_anew",
    [
        FEES.replace("recruitment", "recruit-\nment")
        .replace("employer", "em\u00adployer")
        .replace(" never", "  never"),
        FEES.upper(),
        f"Before it. {FEES} After it.",
    ],
)
def test_what_was_set_anew_is_the_same(set_anew):
    assert stands(FEES, folded(lines("First.", set_anew)))


def test_where_a_paragraph_ends_does_not_matter():
    half = len(FEES) // 2
    assert stands(FEES, folded([Line(None, FEES[:half]), Line(None, FEES[half:])]))


def test_one_other_word_is_another_text():
    assert not stands(FEES, folded(lines(FEES.replace("never", "also"))))


@given(st.text(max_size=60), st.lists(st.text(max_size=30), max_size=3), st.integers(0, 3))
def test_a_passage_stands_in_whatever_holds_it(passage, others, place):
    texts = [Line(None, text) for text in others]
    texts.insert(min(place, len(texts)), Line(None, passage))
    assert stands(passage, folded(texts))


def test_the_same_number_is_what_it_became():
    now = lines("Of fees, nothing.", "The Committee recommends that such fees be borne by the State.", "Other.")
    assert became(FEES, "2", now) == now[1].text


def test_a_number_that_now_stands_for_something_else_is_passed_over():
    moved = FEES.replace("never", "in no case")
    now = [Line("2", "Remittances are welcome."), Line("3", moved)]
    assert became(FEES, "2", now) == moved


def test_what_has_nothing_alike_is_gone():
    assert became(FEES, "7", lines("Remittances are welcome.", "The session was closed.")) == ""


def test_of_a_long_paragraph_the_part_that_it_was():
    long = " ".join(f"word{each}" for each in range(300))
    part = " ".join(long.split()[100:140])
    now = became(part, None, [Line(None, long.replace("word120", "another"))])
    assert now == part.replace("word120", "another")


def test_chinese_is_compared_by_its_characters():
    passage = "委员会建议招聘费用由雇主承担，绝不由移徙工人承担。"
    now = "委员会建议招聘费用由国家承担，绝不由移徙工人承担。"
    assert not stands(passage, folded(lines(now)))
    assert became(passage, None, lines("会议结束。", now)) == now


@pytest.mark.parametrize(
    ("named", "is_named"),
    [
        ("Paragraph 45, line 3: for employer read State", True),
        ("1. Paragraphs 43 to 46: delete", True),
        ("Para. 45 bis: delete", False),
        ("Paragraphs 44 and 46: delete", False),
        ("Page 45: delete", False),
        ("Paragraphe 45 : remplacer employeur par État", True),
        ("Párrafos 44-47: suprímanse", True),
        ("Пункт 45: вместо", True),
        ("الفقرة 45: يستعاض", True),
        ("第45段：删去", True),
        ("He was separated para 450 times", False),
    ],
)
def test_a_corrigendum_names_a_paragraph(named, is_named):
    assert bool(corrects(FEES, "45", lines("Corrigendum", named))) is is_named


def test_a_corrigendum_says_so_until_the_next_paragraph_is_named():
    said = lines("Paragraph 44", "Delete.", "Paragraph 45", "For employer read State.", "Paragraph 46", "Delete.")
    assert corrects(FEES, "45", said) == "Paragraph 45 For employer read State."


def test_a_corrigendum_quotes():
    said = "For recruitment fees be borne by the employer read recruitment fees be borne by the State"
    assert corrects(FEES, None, lines("Corrigendum", said)) == said
    assert corrects(FEES, None, lines("For migrant workers read migrants in transit")) == ""


def test_a_passage_is_found_in_five_megabytes():
    text = " ".join(f"word{each % 997}" for each in range(120))
    many = [Line(str(each), f"{each} {text}") for each in range(6000)]
    assert became(" ".join(f"word{each}" for each in range(80, 140)), "7000", many)
