"""Does every text become a tree, with complaints where it could not be taken as written?"""

import re
import time
import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.fields import FIELDS
from search.query import complaining, parse, resolve, write
from search.query.leaves import MAX_NEAR, MAX_PREFIXES
from search.query.parse import MAX_CLAUSES, MAX_DEPTH, MAX_LENGTH
from search.query.tree import (
    NOTHING,
    And,
    DateRange,
    Everything,
    Field,
    Not,
    Or,
    Phrase,
    Prefix,
    Word,
    both,
    either,
)

A, B, C = Word("a"), Word("b"), Word("c")
PHL = Field("country", "PHL")

GOOD = {
    "": Everything(),
    "  ": Everything(),
    "*": Everything(),
    "a": A,
    "a b": And((A, B)),
    "a AND b": And((A, B)),
    "a and b": And((A, Word("and"), B)),
    "a && b || c": Or((And((A, B)), C)),
    "a OR b": Or((A, B)),
    "a OR b c": Or((A, And((B, C)))),
    "(a OR b) c": And((Or((A, B)), C)),
    "a AND (b AND c)": And((A, B, C)),
    "NOT a": Not(A),
    "NOT NOT a": A,
    "-a": Not(A),
    "+a -b": And((A, Not(B))),
    "a - b": And((A, B)),
    "a AND NOT (b OR c)": And((A, Not(Or((B, C))))),
    '"a b"': Phrase(("a", "b")),
    '"a b"~5': Phrase(("a", "b"), 5),
    "“a b” «b c»~2 „c“": And((Phrase(("a", "b")), Phrase(("b", "c"), 2), Phrase(("c",)))),
    r'"say \"a\" twice"': Phrase(("say", '"a"', "twice")),
    "recru*": Prefix("recru"),
    "移*": Prefix("移"),
    "移徙工人、家政工人": And((Word("移徙工人"), Word("家政工人"))),
    "العمال، المهاجرون؟": And((Word("العمال"), Word("المهاجرون"))),
    "country:PHL": PHL,
    "COUNTRY:PHL": PHL,
    "pays:PHL": PHL,
    "país:PHL": PHL,
    "country: PHL": PHL,
    "country：PHL": PHL,
    "-country:PHL": Not(PHL),
    "country:(PHL OR IDN)": Or((PHL, Field("country", "IDN"))),
    'theme:"domestic work"': Field("theme", "domestic work"),
    "theme:'domestic work'": Field("theme", "domestic work"),
    "symbol:A/HRC/*": Field("symbol", "A/HRC/*"),
    "symbol:A/HRC/59/60/Add.1, a": And((Field("symbol", "A/HRC/59/60/Add.1"), A)),
    "A/RES/217(III)": Word("A/RES/217(III)"),
    "date:2024-01..2024-06": DateRange(date(2024, 1, 1), date(2024, 6, 30)),
    "date:>=2024": DateRange(date(2024, 1, 1), None),
    "date:<2024-02": DateRange(None, date(2024, 1, 31)),
    "date:..2024": DateRange(None, date(2024, 12, 31)),
    "date:2024-02-29": DateRange(date(2024, 2, 29), date(2024, 2, 29)),
    "year:2004..2006": DateRange(date(2004, 1, 1), date(2006, 12, 31)),
    "since:2026-01-01": DateRange(date(2026, 1, 1), None),
    "until:2025": DateRange(None, date(2025, 12, 31)),
    "l'emploi": Word("l'emploi"),
    "Note: see 10:30": And((Word("Note"), Word("see"), Word("10:30"))),
    "http://example.org/a": Word("http://example.org/a"),
    "(ａ ＯＲ ｂ)": Or((A, B)),
}


@pytest.mark.parametrize("text", GOOD)
def test_what_is_well_written_is_taken_without_complaint(text):
    parsed = parse(text)
    assert parsed.tree == GOOD[text]
    assert parsed.complaints == ()


BAD = {
    "contry:Philippines": (Word("Philippines"), "no field 'contry'; did you mean country?", 0, 6),
    "a -contry:b": (And((A, Not(B))), "no field 'contry'; did you mean country?", 3, 9),
    "AND a": (A, "AND needs something on both sides; it was left out", 0, 3),
    "a AND": (A, "AND needs something on both sides; it was left out", 2, 5),
    "a AND AND b": (And((A, B)), "AND needs something on both sides; it was left out", 6, 9),
    "a AND OR b": (Or((A, B)), "AND needs something on both sides; it was left out", 2, 5),
    "OR a": (A, "OR needs something on both sides; it was left out", 0, 2),
    "a OR": (A, "OR needs something on both sides; it was left out", 2, 4),
    "a NOT": (A, "NOT needs something after it; it was left out", 2, 5),
    "(a": (A, "this parenthesis is never closed", 0, 1),
    "a) b": (And((A, B)), "this parenthesis closes nothing", 1, 2),
    "a ()": (A, "there is nothing between these parentheses", 2, 3),
    'a "b c': (And((A, Phrase(("b", "c")))), "this quotation mark is never closed", 2, 3),
    'a ""': (A, "there is nothing between these quotation marks", 2, 4),
    "country:": (NOTHING, "country: needs a value, as in country:Philippines", 0, 8),
    "a date:someday": (And((A, NOTHING)), "'someday' is not a date", 7, 14),
    "date:2024-13": (NOTHING, "'2024-13' is not a date", 5, 12),
    "date:2006..2004": (
        DateRange(date(2004, 1, 1), date(2006, 12, 31)),
        "this range of dates runs backwards; it was turned round",
        5,
        15,
    ),
    "a*": (A, "a word with * needs at least 2 letters before it", 0, 2),
    "migr*nt": (Prefix("migr"), "a * can only stand at the end of a word", 0, 7),
    "*grant": (Word("grant"), "a * can only stand at the end of a word", 0, 1),
    "migrant~2": (Word("migrant"), "~ and ^ after a single word mean nothing here; they were left out", 0, 9),
    '"a b"~99': (Phrase(("a", "b"), 50), "~99 is more than 50; 50 was taken", 0, 8),
    "???": (NOTHING, "there is nothing to search for in this query", 0, 3),
}


@pytest.mark.parametrize("text", BAD)
def test_what_is_badly_written_is_taken_as_well_as_it_can_be(text):
    tree, message, start, end = BAD[text]
    parsed = parse(text)
    assert parsed.tree == tree
    complaint = next(each for each in parsed.complaints if each.message.startswith(message))
    assert (complaint.start, complaint.end) == (start, end)


def test_limits_complain_and_keep_the_rest():
    deep = parse("(" * 50 + "a" + ")" * 50 + " b")
    assert deep.tree == And((A, B))
    assert [each.message for each in deep.complaints] == [
        f"parentheses deeper than {MAX_DEPTH}; the inner ones were left out"
    ]
    many = parse(" ".join(["a"] * (MAX_CLAUSES + 5)))
    assert len(many.tree.items) == MAX_CLAUSES and len(many.complaints) == 1
    stars = parse(" ".join(["ab*"] * (MAX_PREFIXES + 2)))
    assert stars.tree.items.count(Prefix("ab")) == MAX_PREFIXES and len(stars.complaints) == 2
    near = parse(" ".join(['"a b"~3'] * (MAX_NEAR + 2)))
    assert near.tree.items.count(Phrase(("a", "b"), 3)) == MAX_NEAR and len(near.complaints) == 2
    assert parse("a" * (MAX_LENGTH + 1)).tree == Word("a" * MAX_LENGTH)


def test_every_field_of_the_table_parses_its_own_example():
    for spec in FIELDS:
        parsed = parse(spec.example)
        if spec.later:
            assert parsed.tree == NOTHING and spec.later["en"] in parsed.complaints[0].message
            continue
        assert not parsed.complaints, spec.example
        assert isinstance(parsed.tree, Field | DateRange)


def test_a_field_whose_data_comes_later_says_so_and_is_left_out():
    parsed = parse("workers role:PHL/author")
    assert parsed.tree == Word("workers")
    (complaint,) = parsed.complaints
    assert complaint.message == "role: no document says yet which part a country plays in it; it was left out"
    assert (complaint.start, complaint.end) == (13, 23)


SIGNS = ["AND", "OR", "NOT", "(", ")", '"', "a", "b*", "country:", "date:2004", "x:", "-", "+", "~3", " ", "\\", "*"]
SIGNS += ["'", "title:", "..", ",", ":", "“", "移", "A/B(c)", "&&", "||", ".", "symbol:A/*", "ال", "：", "\x00", "é"]
texts = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from(SIGNS), max_size=30).map("".join),
    st.lists(st.sampled_from(SIGNS), max_size=30).map(" ".join),
)


@settings(max_examples=1000, deadline=None)
@given(texts)
def test_no_text_raises_and_what_was_understood_can_be_written(text):
    parsed = parse(text)
    assert all(0 <= each.start <= each.end <= max(len(text), 1) for each in parsed.complaints)
    assert parse(write(parsed.tree)).tree == parsed.tree


words = st.from_regex(r"[a-z]{3,8}(?:-[a-z]{1,5})?|移徙|égalité|العمال", fullmatch=True)
values = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=12)
leaves = st.one_of(
    words.map(Word),
    words.map(Prefix),
    st.builds(Phrase, st.lists(words, min_size=1, max_size=4).map(tuple), st.integers(0, 50)),
    st.builds(Field, st.sampled_from(["country", "symbol", "title", "person"]), words),
    st.builds(DateRange, st.dates(), st.none()),
    st.just(Everything()),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=4).map(both),
        st.lists(inner, min_size=2, max_size=4).map(either),
        inner.map(lambda item: item.item if isinstance(item, Not) else Not(item)),
    ),
    max_leaves=10,
)


@settings(max_examples=500, deadline=None)
@given(trees)
def test_a_tree_that_is_written_parses_to_itself(tree):
    parsed = parse(write(tree))
    assert parsed.tree == tree
    assert not parsed.complaints


@pytest.mark.parametrize(
    "piece", ["(", '"', "a AND ", "NOT ", "-", "country:", '"a" ', "((a) OR ", "a*", "x:", "~", "\\"]
)
def test_time_is_bounded_whatever_is_repeated(piece):
    began = time.perf_counter()
    parse(piece * 100_000)
    assert time.perf_counter() - began < 0.5


@pytest.mark.parametrize("digits", ["99999999", "9" * 500])
def test_all_the_digits_of_a_distance_belong_to_it(digits):
    parsed = parse(f'"a b"~{digits}')
    assert parsed.tree == Phrase(("a", "b"), 50)
    (complaint,) = parsed.complaints
    assert "is more than 50; 50 was taken" in complaint.message and len(complaint.message) < 80


def test_a_star_in_a_phrase_is_complained_of():
    parsed = parse('"domestic work*"')
    assert parsed.tree == Phrase(("domestic", "work"))
    assert "means nothing" in parsed.complaints[0].message


def test_complaints_are_in_the_readers_language():
    (complaint,) = parse("contry:x", "fr").complaints
    assert complaint.message == "il n’y a pas de champ « contry » ; vouliez-vous dire country ?"
    assert parse("a AND", "es").complaints[0].message == "AND necesita algo a ambos lados; se ha omitido"
    assert parse("a AND", "ru").complaints == parse("a AND").complaints
    (complaint,) = resolve(parse("country:Philipines").tree, language="fr").complaints
    assert complaint.message == "country : « Philipines » est inconnu ; vouliez-vous dire Philippines ?"
    assert complaint.code == "no_value_near"


def test_each_complaint_is_worded_in_each_language_with_the_same_things_put_in():
    table = tomllib.loads((Path(complaining.__file__).parent / "complaints.toml").read_text(encoding="utf-8"))
    assert set(table) == {"en", "fr", "es"}
    for code, words in table["en"].items():
        for language in ("fr", "es"):
            assert set(re.findall(r"{\w+}", table[language][code])) == set(re.findall(r"{\w+}", words)), (
                language,
                code,
            )
    assert {*table["fr"]} == {*table["es"]} == {*table["en"]}
