"""Is a paragraph cut into pieces that say something, and is nothing lost on the way?"""

from hypothesis import given
from hypothesis import strategies as st

from search.engines.engine import IndexedParagraph, IndexedWork
from search.meaning.pieces import LENGTH, MOST, SHORTEST, pieces, pieces_of

SENTENCE = "States parties should prohibit recruitment agencies from charging fees to migrant workers."


def test_a_short_paragraph_is_one_piece_and_what_says_nothing_is_none():
    assert pieces(SENTENCE) == [SENTENCE]
    assert pieces("Item 3.") == [] == pieces(" \n ")


def test_sentences_stay_whole_and_together():
    made = pieces(" ".join([SENTENCE] * 8))
    assert made == [" ".join([SENTENCE] * 3), " ".join([SENTENCE] * 3), " ".join([SENTENCE] * 2)]


def test_a_sentence_without_an_end_is_cut_at_a_space():
    made = pieces("worker " * 200)
    assert all(SHORTEST <= len(piece) <= LENGTH and set(piece.split()) == {"worker"} for piece in made)
    assert " ".join(made).split() == ["worker"] * 200


def test_chinese_is_cut_at_its_own_full_stops_and_counts_for_more():
    sentence = "缔约国应当禁止招聘机构向移徙工人收取任何费用，并确保他们得到平等待遇。"
    made = pieces(sentence * 6)
    assert len(made) == 3 and "".join(made).replace(" ", "") == sentence * 6
    assert pieces("移徙工人的权利受到保护") == ["移徙工人的权利受到保护"]


def test_the_cost_of_one_paragraph_is_bounded():
    assert len(pieces(SENTENCE * 100_000)) <= MOST
    assert len(pieces("x" * 10_000_000)) == MOST


@given(st.text(st.characters(codec="utf-8"), max_size=3000))
def test_no_text_is_refused_and_words_keep_their_order(text):
    made = pieces(text)
    assert len(made) <= MOST and all(len(piece) <= LENGTH + SHORTEST for piece in made)
    rest = "".join(text.split())
    for piece in made:
        words = "".join(piece.split())
        assert words in rest
        rest = rest.partition(words)[2]


def test_headings_rows_and_notes_have_no_pieces():
    kinds = ("text", "heading", "row", "note")
    paragraphs = tuple(IndexedParagraph(7, n, "en", SENTENCE, kind=kind) for n, kind in enumerate(kinds, 1))
    work = IndexedWork(1, "UN:A/1", None, (), {}, {}, paragraphs)
    assert [(at.document_id, at.ordinal) for at, _ in pieces_of(work)] == [(7, 1)]
