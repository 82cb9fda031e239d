"""Who and what is found in texts written for these tests."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.findings import names
from pipeline.findings.mentions import find_mentions
from pipeline.fold import fold, fold_with_offsets
from tests.pipeline.made import paragraphs


def found(kind, *texts, language="en", publisher="UN"):
    mentions, _ = find_mentions(paragraphs(*texts, language=language), publisher)
    return [mention.value for mention in mentions if mention.kind == kind]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Migrants from the Philippines, Côte d’Ivoire and Viet Nam", ["PHL", "CIV", "VNM"]),
        ("Guinea-Bissau, Equatorial Guinea, Papua New Guinea and Guinea", ["GNB", "GNQ", "PNG", "GIN"]),
        ("the Niger and Nigeria", ["NER", "NGA"]),
        ("South Sudan and the Sudan", ["SSD", "SDN"]),
        ("the Democratic People's Republic of Korea", ["PRK"]),
        ("Mexico's ratification", ["MEX"]),
        ("a turkey, a china cup and a jersey", []),
        ("around Lake Chad and the Gulf of Guinea", []),
        ("Mr. Jordan, Ms. India Adams and Mr. de Chad spoke", []),
        ("Mr. Kamara (Sierra Leone) spoke", ["SLE"]),
        ("Мигранты в Мексике, на Кубе и из Ирана", ["MEX", "CUB", "IRN"]),
        ("المهاجرون في المكسيك وللمغرب والفلبين", ["MEX", "MAR", "PHL"]),
        ("菲律宾和墨西哥的移民工人", ["PHL", "MEX"]),
        ("les Philippines et le Mexique", ["PHL", "MEX"]),
    ],
)
def test_countries(text, codes):
    assert found("country", text, language=None) == codes


def test_bodies_with_general_names_are_those_of_the_publisher():
    assert found("body", "The Council took note.", publisher="UN") == []
    assert found("body", "The Human Rights Council took note.", publisher="ILO") == ["HRC"]


def test_symbols_are_no_bodies():
    assert found("body", "See CMW/C/PHL/CO/2 and A/HRC/59/49.") == []


def test_labour_standards_by_number():
    text = "ratify C189, Conventions Nos. 97 and 143 and Recommendation No. 86"
    assert found("instrument", text) == ["C189", "C097", "C143", "R086"]
    assert found("instrument", "in room C143, general recommendation No. 86") == []


def test_themes_in_plural_and_any_case():
    assert set(found("theme", "Domestic Workers and domestic work")) == {"domestic-work"}


def test_persons_and_organisations_beside_the_lexicon():
    text = "The Special Rapporteur, Gehad Madi, met Ms. Clara Fernández of Amnesty International in Kuala Lumpur."
    people = found("person", text)
    assert "Gehad Madi" in people or "Clara Fernández" in people
    assert "Amnesty International" in found("organisation", text)


def test_headings_and_general_words_are_no_names():
    text = "THE STATE PARTY AND THE WORKING GROUP"
    assert found("organisation", text) + found("person", text) == []
    assert found("organisation", "The State party informed the Working Group and the Committee.") == []


def test_names_are_looked_for_in_english_only():
    assert found("person", "Mme Clara Fernández a rencontré M. Jean Dupont à Paris.", language="fr") == []


def test_what_was_left_out_is_said(monkeypatch):
    monkeypatch.setattr(names, "WORDS", 20)
    _, notes = find_mentions(paragraphs("Clara Fernández spoke first.", "word " * 30))
    assert notes == {"names": "text, first 20 words"}
    assert find_mentions(paragraphs("short"))[1] == {}


@given(st.lists(st.text(max_size=200), max_size=4))
def test_offsets_are_those_of_the_text(texts):
    given_paragraphs = paragraphs(*texts, language=None)
    for mention in find_mentions(given_paragraphs)[0]:
        text = given_paragraphs[mention.ordinal - 1].text
        assert text[mention.start : mention.end][:300] == mention.text


@given(st.text(max_size=100))
def test_folding_keeps_places(text):
    folded, places = fold_with_offsets(text)
    assert folded == fold(text)
    assert len(folded) <= len(text)
    if places is not None:
        assert len(places) == len(folded)
        assert places == sorted(places)


def test_offsets_behind_dropped_characters():
    text = "العُمّال في المَكسيك"
    mentions, _ = find_mentions(paragraphs(text, language="ar"))
    assert [(m.value, m.text) for m in mentions if m.kind == "country"] == [("MEX", "المَكسيك")]


def test_hostile_text_costs_little():
    began = time.monotonic()
    find_mentions(paragraphs("Guinea-" * 50_000, "No. " * 50_000, "Conventions Nos. " + "97, " * 50_000, language=None))
    assert time.monotonic() - began < 5
