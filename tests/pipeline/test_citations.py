"""Which documents and articles are cited, in texts written for these tests."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import Description
from pipeline.findings.citations import find_citations
from pipeline.findings.mentions import find_mentions
from tests.pipeline.made import paragraphs

CMW = Description(symbols=("CMW/C/PHL/CO/9",), body="CMW")
GA = Description(symbols=("A/79/458",), body="GA", session="79")
NONE = Description()


def targets(*texts, about=NONE, publisher="UN"):
    given_paragraphs = paragraphs(*texts, language=None)
    mentions, _ = find_mentions(given_paragraphs, publisher)
    return [one.target for one in find_citations(given_paragraphs, mentions, about, publisher)]


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("article 25 of the ICRMW", ["ICRMW art. 25"]),
        ("arts. 16 and 17 of the ICRMW", ["ICRMW art. 16", "ICRMW art. 17"]),
        ("article 7 (1) of the International Covenant on Civil and Political Rights", ["ICCPR art. 7"]),
        ("articles 8, 11–13 of the Convention on the Rights of the Child", [f"CRC art. {n}" for n in (11, 12, 13, 8)]),
        ("article 16, paragraph 3, of the Convention on the Rights of the Child", ["CRC art. 16"]),
        ("l'article 7 du Pacte international relatif aux droits civils et politiques", ["ICCPR art. 7"]),
        ("el artículo 7 del Pacto Internacional de Derechos Civiles y Políticos", ["ICCPR art. 7"]),
        ("article 5 of the Constitution of the country", []),
        ("article 25 of the Convention", []),
    ],
)
def test_articles_of_named_treaties(text, cited):
    assert targets(text) == cited


@pytest.mark.parametrize(
    "text",
    [
        "Article 25 of the Convention applies.",
        "l'article 25 de la Convention",
        "el artículo 25 de la Convención",
        "в соответствии со статьей 25 Конвенции",
        "المادة 25 من الاتفاقية",
        "《公约》第二十五条",
        "Remuneration (art. 25)",
    ],
)
def test_the_convention_of_a_committee_is_its_own(text):
    assert targets(text, about=CMW) == ["ICRMW art. 25"]
    assert targets(text) == []


def test_the_convention_last_named_if_there_is_only_one():
    first = "The Convention on the Rights of the Child was ratified."
    assert targets(first, "Article 22 of the Convention applies.") == ["CRC art. 22"]
    other = "So was the Convention on the Rights of Persons with Disabilities."
    assert targets(first, other, "Article 22 of the Convention applies.") == []


def test_symbols_but_not_its_own():
    assert targets("See CMW/C/PHL/CO/9 and A/HRC/59/49, para. 3.", about=CMW) == ["A/HRC/59/49"]


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("General Assembly resolution 45/158", ["A/RES/45/158"]),
        ("Human Rights Council resolutions 34/21 and 5/1", ["A/HRC/RES/34/21", "A/HRC/RES/5/1"]),
        ("Security Council resolutions 2216 (2015), 2722 (2024)", ["S/RES/2216(2015)", "S/RES/2722(2024)"]),
        ("Economic and Social Council resolution 1996/31", ["E/RES/1996/31"]),
        ("la résolution 45/158 de l'Assemblée générale", ["A/RES/45/158"]),
        ("resolución 34/21 del Consejo de Derechos Humanos", ["A/HRC/RES/34/21"]),
        (
            "General Assembly resolution 45/158 and Human Rights Council resolution 5/1",
            ["A/RES/45/158", "A/HRC/RES/5/1"],
        ),
        ("resolution 45/158", []),
        ("in its resolution 45/158", []),
    ],
)
def test_resolutions_in_words(text, cited):
    assert targets(text) == cited


def test_its_resolution_is_the_organs_own():
    assert targets("In its resolution 46/169, the Assembly asked.", about=GA) == ["A/RES/46/169"]
    assert targets("In its resolution 99/169, the Assembly asked.", about=GA) == []


def test_labour_standards():
    assert targets("C189 and ILO Convention No. 97 should be ratified") == ["C189", "C097"]


@given(st.lists(st.text(alphabet="article rs25 (1)and,of the Convention公约第条", max_size=120), max_size=4))
def test_offsets_are_those_of_the_text(texts):
    given_paragraphs = paragraphs(*texts, language=None)
    mentions, _ = find_mentions(given_paragraphs)
    for one in find_citations(given_paragraphs, mentions, CMW, "UN"):
        assert given_paragraphs[one.ordinal - 1].text[one.start : one.end][:300] == one.text


def test_hostile_text_costs_little():
    began = time.monotonic()
    texts = ("articles " + "7 (1) (a), " * 20_000, "resolutions " + "45/158, " * 20_000, "art. 7 " * 20_000)
    targets(*texts, about=CMW)
    assert time.monotonic() - began < 5
