"""What of a new reading is news: words that were not there, and nothing else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.rereading.aligning import differing
from pipeline.rereading.compare import Line, news, same_words

TEXT = st.text(alphabet="abAB é1 2-.\u00ad\n", max_size=12)
LINES = st.lists(st.builds(Line, st.sampled_from([None, None, "1", "12 bis"]), TEXT), max_size=12)
WORDS = ("fees", "shall", "be", "borne", "by", "employers", "of", "migrants", "in", "Mexico", "workers", "and")


@given(st.lists(st.integers(0, 6), max_size=40), st.lists(st.integers(0, 6), max_size=40))
def test_what_is_between_differing_parts_is_equal_and_they_are_in_order(old, new):
    made, at, last = [], 0, 0
    for a, b, c, d in differing(old, new):
        assert old[at:a] == new[last:c] and (a < b or c < d)
        made += old[at:a] + new[c:d]
        at, last = b, d
    assert made + old[at:] == new
    assert old[at:] == new[last:]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Recruit- ment fees of mi\u00adgrant workers", "Recruitment fees of migrant workers"),
        ("“Fees” shall not be paid", '"Fees" shall not be paid'),
        ("the conﬁdential ﬁles", "the confidential files"),
        ("THE RIGHTS OF MIGRANTS", "The Rights of Migrants"),
        ("fees shall be borne12 by employers", "fees shall be borne by employers"),
        ("fees shall be borne by employers.", "fees shall be borne by employers.3"),
        ("fees shall be borne* by employers", "fees shall be borne by employers"),
        ("a page and its number 17", "a page and its number"),
        ("移徙 工人 的权利", "移徙工人的权利"),
        ("  blanks \n and\tmore ", "blanks and more"),
    ],
)
def test_the_same_words_are_no_news(before, after):
    assert same_words(before, after) and same_words(after, before)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("fees shall be borne by employers", "fees shall not be borne by employers"),
        ("fees of 300 dollars are paid", "fees of 800 dollars are paid"),
        ("fees of $300 are paid", "fees of $800 are paid"),
        ("fees of 300", "fees of 800"),
        ("the wagcs of seafarers", "the wages of seafarers"),
        ("see A/HRC/47/30 on fees", "see A/HRC/47/31 on fees"),
        ("移徙工人的权利", "移徙女工的权利"),
        ("", "fees"),
    ],
)
def test_other_words_are_news(before, after):
    assert not same_words(before, after)


def lines(*texts):
    return [Line(None, text) for text in texts]


def test_only_the_changed_passage_is_news():
    old = lines("The Committee met.", "The wagcs of seafarers are low.", "It adjourned.")
    new = lines("The Committee met.", "The wages of seafarers are low.", "It adjourned.")
    assert news(old, new).new == {1}


def test_a_paragraph_split_joined_or_moved_is_no_news():
    whole = ["Fees shall be borne by employers.", "Never by workers.", "States report on it."]
    assert not news(lines(*whole), lines(" ".join(whole)))
    assert not news(lines(" ".join(whole)), lines(*whole))
    assert not news(lines(*whole), lines(whole[2], whole[0], whole[1]))


def test_a_number_set_apart_from_the_text_is_no_news():
    old = [Line(None, "45. Fees shall be borne by employers."), Line("46", "States report.")]
    new = [Line("45", "Fees shall be borne by employers."), Line(None, "46. States report.")]
    assert not news(old, new)


def test_running_heads_that_went_are_no_news_and_words_that_went_are():
    old = lines("Fees shall be borne GE.21-01234 17 A/HRC/47/30 by employers.")
    new = lines("Fees shall be borne by employers.")
    assert not news(old, new, ["GE.21-01234", "A/HRC/47/30"])
    assert news(old, new).new == {0}


def test_a_paragraph_that_is_gone_is_known_to_be():
    found = news(lines("The Committee met.", "It adjourned."), lines("The Committee met."))
    assert (found.new, found.gone) == (frozenset(), {1})


def test_a_page_that_is_read_for_the_first_time_is_news_for_its_paragraphs_only():
    old = lines("Page one says this.", "Page three says that.")
    new = lines("Page one says this.", "Page two was a scan.", "Of two paragraphs.", "Page three says that.")
    assert news(old, new).new == {1, 2}


@given(LINES)
@settings(deadline=None)
def test_the_same_is_never_news(some):
    assert not news(some, some)
    assert not news(some, [Line(None, f"{line.number or ''} {line.text.upper()}") for line in some])


@given(st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8), min_size=1, max_size=6), st.data())
@settings(deadline=None)
def test_a_word_that_was_nowhere_is_always_found(paragraphs, data):
    at = data.draw(st.integers(0, len(paragraphs) - 1))
    place = data.draw(st.integers(0, len(paragraphs[at])))
    changed = [list(each) for each in paragraphs]
    changed[at].insert(place, "remittances")
    before, after = (lines(*map(" ".join, some)) for some in (paragraphs, changed))
    assert at in news(before, after).new


@given(st.lists(st.sampled_from(WORDS), min_size=2, max_size=30), st.data())
@settings(deadline=None)
def test_however_words_are_set_in_paragraphs_and_hyphened_they_are_the_same(words, data):
    def set_anew():
        cuts = data.draw(st.sets(st.integers(1, len(words) - 1), max_size=5))
        text, made = "", []
        for at, word in enumerate(words):
            if at in cuts:
                made.append(text)
                text = ""
            text += " " + (f"{word[:2]}- {word[2:]}" if data.draw(st.booleans()) and len(word) > 3 else word)
        return lines(*made, text)

    assert not news(set_anew(), set_anew())


@pytest.mark.parametrize("kind", ["one word in each", "nothing alike", "all the same line", "moved round"])
def test_a_document_of_thousands_of_paragraphs_is_compared(kind):
    """What would be a square of them is bounded; without that this does not end in any bearable time."""
    old = [f"{at}. Paragraph {at} on fees and wages, number {at * 7} of them, was read here." for at in range(6_000)]
    new = {
        "one word in each": [text.replace("wages", "wagcs") for text in old],
        "nothing alike": [f"Entirely {at} else {at}x" for at in range(6_000)],
        "all the same line": ["the the the the"] * 6_000,
        "moved round": old[3000:] + old[:3000],
    }[kind]
    if kind == "all the same line":
        old = ["the the the"] * 6_000
    found = news(lines(*old), lines(*new))
    assert len(found.new) == {"moved round": 0, "all the same line": 1_500}.get(kind, 6_000)
