"""Does a keyword family put beside a query what it should, and nothing else?"""

import pytest
from hypothesis import given, settings

import lexicon
from search.analysis import analyse
from search.engines import open_engine
from search.engines.engine import IndexedParagraph, IndexedWork
from search.fields import LANGUAGES
from search.query import parse, resolve, widen
from search.query.tree import NOTHING, And, Field, Match, Not, Or, Phrase, Word
from search.query.widen import MAX_FAMILIES
from tests.search.test_parse import trees


def widened(text):
    return widen(parse(text).tree)


@pytest.mark.parametrize(
    "text",
    [
        "remittance", "Remittances", "remesas", '"envois de fonds"', "汇款", '"денежным переводам"', "التحويلات",
        '"money transfers"', "money transfer",
    ],
)  # fmt: skip
def test_a_keyword_in_any_language_and_inflection_finds_its_family(text):
    (family,) = widened(text).families
    assert family.theme == "remittances" and family.text == text.strip('"')
    assert {variant.language for variant in family.variants} >= {"en", "fr", "es", "ar", "zh"}
    asked = {(language, *analyse(family.text, language)) for language in LANGUAGES}
    assert not asked & {(each.language, *analyse(each.text, each.language)) for each in family.variants}


def test_words_side_by_side_are_a_keyword_and_the_rest_stays():
    found = widened("domestic workers country:PHL rights")
    (family,) = found.families
    assert family.asked == And((Word("domestic"), Word("workers"))) and family.theme == "domestic-work"
    alternatives, *rest = found.tree.items
    assert alternatives == Or((family.asked, *(variant.node for variant in family.variants)))
    assert rest == [Field("country", "PHL"), Word("rights")]
    variant = next(each for each in family.variants if each.text == "travail domestique")
    assert variant.node == Phrase(("travail", "domestique"), language="fr")
    assert found.with_only(family, variant) == And((variant.node, *rest))


def test_the_name_of_a_theme_is_asked_for_but_is_no_variant():
    (family,) = widened("education").families
    assert family.theme == "education"
    assert "Education" not in [variant.text for variant in family.variants]


@pytest.mark.parametrize(
    "text", ["title:remittances", "theme:remittances", "NOT remittances", "a -remittances", "remit*", "quorum", "*", ""]
)
def test_what_is_not_asked_for_in_the_text_is_not_widened(text):
    found = widened(text)
    assert found.families == () and found.tree == parse(text).tree
    assert [each.message for each in found.complaints] == [
        "no word of this query belongs to a family of keywords; it was not widened"
    ]


def test_so_many_families_and_no_more():
    words = ["remittances", "expulsion", "kafala", "readmission", "diaspora", "seafarers"]
    found = widened(" OR ".join(words))
    assert [family.text for family in found.families] == words[:MAX_FAMILIES]
    assert [(each.start, each.end) for each in found.complaints] == [(53, 61), (65, 74)]
    assert Word("diaspora") in found.tree.items and Word("expulsion") in found.tree.items


def test_a_variant_is_looked_for_in_its_language_only():
    (family,) = widened("remittances").families
    variant = next(each for each in family.variants if each.text == "remesas" or each.text == "remesa")
    match = resolve(variant.node).tree
    assert isinstance(match, Match) and [chain for chain, _ in match.alternatives] == ["es", "other"]
    limited = resolve(widened("remittances language:fr").tree).tree.items[0]
    chains = {chain for item in limited.items if isinstance(item, Match) for chain, _ in item.alternatives}
    assert chains == {"fr"}
    assert NOTHING not in limited.items


def test_every_theme_widens_and_stays_small():
    for theme in lexicon.themes():
        for language in LANGUAGES:
            (family,) = widened(f'"{theme.keywords[language][0]}"').families
            assert family.theme == theme.code
            assert 10 < len(family.variants) <= 60


@settings(max_examples=300, deadline=None)
@given(trees)
def test_any_tree_can_be_widened(tree):
    found = widen(tree)
    resolve(found.tree)
    for family in found.families:
        for variant in family.variants:
            resolve(found.with_only(family, variant))


def test_a_widened_query_finds_what_it_found_and_more():
    engine = open_engine(None)
    texts = {
        1: ("en", "The domestic workers of Manila."),
        2: ("fr", "Le travail domestique est un travail."),
        3: ("es", "Las trabajadoras del hogar."),
        4: ("en", "Domestic law and other workers."),
        5: ("ru", "Права домашних работников."),
        6: ("en", "El trabajo doméstico"),
    }
    for key, (language, text) in texts.items():
        paragraph = IndexedParagraph(key, 1, language, text)
        engine.add([IndexedWork(key, str(key), None, (), {}, {}, (paragraph,))])
    engine.commit()
    found = widened('"domestic workers"')
    assert engine.members(resolve(found.asked).tree) == (1,)
    assert engine.members(resolve(found.tree).tree) == (1, 2, 3, 5)
    (family,) = found.families
    brought = {each.text: engine.members(resolve(found.with_only(family, each)).tree) for each in family.variants}
    assert brought["travail domestique"] == (2,)
    assert {work for works in brought.values() for work in works} == {2, 3, 5}


def test_what_stands_under_a_not_stays_as_it_is():
    found = widened("remittances -(expulsion OR kafala)")
    assert [family.theme for family in found.families] == ["remittances"]
    assert found.tree.items[1] == Not(Or((Word("expulsion"), Word("kafala"))))
