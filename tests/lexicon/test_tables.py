"""Do the tables of the lexicon keep their word? Codes unique, no empty names, every name finds its own entry."""

import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import lexicon
from lexicon import (
    bodies,
    body_of,
    countries,
    country,
    find_body,
    find_country,
    find_instrument,
    fold,
    gazetteer,
    instruments,
    language_code,
    languages,
    parse_symbol,
    publisher,
    publishers,
    themes,
)
from lexicon.countries import country_names

SIX = {"ar", "zh", "en", "fr", "ru", "es"}


@pytest.mark.parametrize("entries", [countries, bodies, instruments, themes, languages, publishers])
def test_codes_are_unique_and_names_not_empty(entries):
    found = entries()
    assert max(Counter(each.code for each in found).values()) == 1
    for each in found:
        assert each.names["en"]
        assert set(each.names) <= SIX
        assert all(name == name.strip() and name for name in each.names.values())
        assert all(language in SIX and name for language, name in getattr(each, "aliases", ()))


@pytest.mark.parametrize("entries", [countries, themes, languages, publishers])
def test_names_in_all_six_languages(entries):
    assert all(set(each.names) == SIX for each in entries())


def test_treaty_bodies_and_core_treaties_have_names_in_all_six_languages():
    watching = [body for body in bodies() if body.instrument]
    assert len(watching) >= 10
    treaties = {each.code: each for each in instruments()}
    for body in watching:
        assert set(body.names) == SIX
        assert set(treaties[body.instrument].names) == SIX


def test_every_country_name_resolves_to_its_own_code_or_is_ambiguous():
    for each in country_names():
        found = find_country(each.name)
        if each.kind == "ambiguous":
            assert found is None, each
        else:
            assert found is not None, each
            assert found.code == each.code, each


def test_every_body_and_instrument_name_resolves_to_its_own_code():
    for body in bodies():
        for _, name in (*body.names.items(), *body.aliases):
            assert find_body(name).code == body.code, name
        for _, name in body.local_names:
            assert find_body(name, body.publisher).code == body.code, name
    for instrument in instruments():
        for _, name in (*instrument.names.items(), *instrument.aliases):
            assert find_instrument(name).code == instrument.code, name
        assert find_instrument(instrument.code) == instrument


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("the Philippines", "PHL"),
        ("Côte d'Ivoire", "CIV"),
        ("COTE D’IVOIRE", "CIV"),
        ("Ivory Coast", "CIV"),
        ("Bolivia", "BOL"),
        ("Bolivia (Plurinational State of)", "BOL"),
        ("Bolivia (Estado Plurinacional de)", "BOL"),
        ("Iran (Islamic Republic of)", "IRN"),
        ("la República Islámica del Irán", "IRN"),
        ("Swaziland", "SWZ"),
        ("Turkey", "TUR"),
        ("Türkiye", "TUR"),
        ("Burma", "MMR"),
        ("Zaire", "COD"),
        ("Yugoslavia", "YUG"),
        ("Checoslovaquia", "CSK"),
        ("СССР", "SUN"),
        ("Republic of Korea", "KOR"),
        ("Democratic People's Republic of Korea", "PRK"),
        ("State of Palestine", "PSE"),
        ("Congo", "COG"),
        ("Democratic Republic of the Congo", "COD"),
        ("Niger", "NER"),
        ("Nigeria", "NGA"),
        ("Guinea", "GIN"),
        ("Guinea-Bissau", "GNB"),
        ("Equatorial Guinea", "GNQ"),
        ("Papua New Guinea", "PNG"),
        ("Dominica", "DMA"),
        ("Dominican Republic", "DOM"),
        ("多米尼克", "DMA"),
        ("多米尼加", "DOM"),
        ("索马里", "SOM"),
        ("马里", "MLI"),
        ("الفلبين", "PHL"),
        ("l'Afghanistan", "AFG"),
        ("Afghanistan (l’)", "AFG"),
        ("the former Yugoslav Republic of Macedonia", "MKD"),
        ("Filipino", "PHL"),
    ],
)
def test_country_names(name, code):
    assert find_country(name).code == code


def test_countries_by_code():
    assert country("phl") == country("PH") == country("PHL")
    assert country("ZZZ") is None
    assert find_country("Korea") is None
    assert find_country("") is None
    assert len(countries()) >= 249


@pytest.mark.parametrize(
    ("symbol", "organization", "code"),
    [
        ("A/60/357", "UN", "GA"),
        ("A/C.3/78/L.49", "UN", "GA-C3"),
        ("A/HRC/59/49", "UN", "HRC"),
        ("A/HRC/RES/34/21", "UN", "HRC"),
        ("A/HRC/WG.6/21/BOL/1", "UN", "UPR-WG"),
        ("A/AC.96/1234", "UN", "UNHCR-EXCOM"),
        ("E/CN.4/2004/76", "UN", "CHR"),
        ("E/CN.4/Sub.2/2001/13", "UN", "SUBCOM"),
        ("E/C.12/GC/23", "UN", "CESCR"),
        ("CMW/C/TJK/CO/2", "UN", "CMW"),
        ("CAT/OP/MEX/1", "UN", "SPT"),
        ("S/RES/2772(2025)", "UN", "SC"),
        ("GB.349/INS/3", "ILO", "ILO-GB-INS"),
        ("GB.289/3", "ILO", "ILO-GB"),
        ("ILC.92/VI", "ILO", "ILO-ILC"),
        ("C/115/RES/1412", "IOM", "IOM-COUNCIL"),
        ("MC/EX/700", "IOM", "IOM-EXCOM"),
        ("S/31/7", "IOM", "IOM-SCPF"),
        ("S/C/W/301", "WTO", "WTO-CTS"),
        ("TN/S/O/PHL", "WTO", "WTO-CTS-SS"),
        ("WT/MIN(05)/4", "WTO", "WTO-MC"),
    ],
)
def test_body_of_symbol(symbol, organization, code):
    assert body_of(parse_symbol(symbol, organization)).code == code


def test_unknown_bodies_are_not_guessed():
    assert body_of(parse_symbol("A/CONF.231/3", "UN")) is None
    assert find_body("Council") is None
    assert find_body("Council", "IOM").code == "IOM-COUNCIL"


def test_instruments_know_their_dates_and_articles():
    convention = find_instrument(
        "International Convention on the Protection of the Rights of All Migrant Workers and Members of Their Families"
    )
    assert (convention.code, convention.adopted, convention.in_force, convention.articles) == (
        "ICRMW",
        date(1990, 12, 18),
        date(2003, 7, 1),
        93,
    )
    assert find_instrument("C097") == find_instrument("Convention No. 97") == find_instrument("convention (n° 97)")
    assert find_instrument("Convenio núm. 189").code == find_instrument("第189号公约").code == "C189"
    asked = "C029 P029 C087 C097 C098 C100 C105 C111 C138 C143 C155 C181 C182 C187 C188 C189 C190 R086 R151 R201"
    assert {*asked.split(), "GATS", "REFUGEE-1951", "REFUGEE-1967", "GCM", "GCR", "UDHR", "VCCR"} <= {
        each.code for each in instruments()
    }
    for each in instruments():
        assert each.in_force is None or each.adopted < each.in_force


def test_themes_have_keywords_in_all_six_languages():
    assert len(themes()) >= 30
    for theme in themes():
        for language in SIX:
            assert len(theme.keywords[language]) >= 3, (theme.code, language)


def test_no_keyword_betrays_two_themes():
    meanings: dict[tuple[str, str], set[str]] = {}
    for keyword, language, code in gazetteer("theme"):
        meanings.setdefault((language, fold(keyword)), set()).add(code)
    assert {key: codes for key, codes in meanings.items() if len(codes) > 1} == {}


@pytest.mark.parametrize("kind", ["country", "body", "instrument", "theme"])
def test_gazetteer(kind):
    known = {
        "country": {each.code for each in countries()},
        "body": {each.code for each in bodies()},
        "instrument": {each.code for each in instruments()},
        "theme": {each.code for each in themes()},
    }[kind]
    entries = gazetteer(kind)
    assert len(entries) == len(set(entries))
    assert {code for _, _, code in entries} == known
    assert all(form.strip() == form and form and language in SIX for form, language, _ in entries)
    meanings: dict[tuple[str, str], set[str]] = {}
    for form, language, code in entries:
        meanings.setdefault((language, form), set()).add(code)
    assert {key: codes for key, codes in meanings.items() if len(codes) > 1} == {}


def test_gazetteer_leaves_out_what_would_mislead():
    forms = {(form, language) for form, language, _ in gazetteer("country")}
    assert not {("Filipino", "en"), ("Korea", "en"), ("Того", "ru"), ("مالي", "ar")} & forms
    assert {("Филиппинах", "ru"), ("Российской Федерации", "ru"), ("والفلبين", "ar")} <= forms
    assert ("C143", "en") not in {(form, language) for form, language, _ in gazetteer("instrument")}
    with pytest.raises(ValueError, match="gazetteer holds"):
        gazetteer("planet")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("E", "en"),
        ("(E)", "en"),
        ("eng", "en"),
        ("english", "en"),
        ("-FR", "fr"),
        ("Français", "fr"),
        ("fre", "fr"),
        ("S", "es"),
        ("es-MX", "es"),
        ("castellano", "es"),
        ("C", "zh"),
        ("中文", "zh"),
        ("zh-CN", "zh"),
        ("R", "ru"),
        ("русский", "ru"),
        ("العربية", "ar"),
        ("ara", "ar"),
        ("klingon", None),
        ("", None),
        ("O", None),
    ],
)
def test_language_codes(text, code):
    assert language_code(text) == code


def test_publishers():
    assert [each.code for each in publishers()] == ["UN", "ILO", "IOM", "GCIM", "WTO"]
    assert publisher("www.ilo.org") == publisher("ILO") == publisher("Organisation internationale du Travail")
    assert publisher("GCIM").family is None
    assert publisher("nobody") is None


@given(st.text(max_size=200))
def test_no_name_raises(text):
    for ask in (find_country, country, find_body, find_instrument, language_code, publisher, fold):
        ask(text)
    assert fold(fold(text)) == fold(text)


def test_the_door_is_light_and_has_a_version():
    assert len(lexicon.VERSION) == 16
    code = "import sys, lexicon; print(','.join(sorted({name.split('.')[0] for name in sys.modules})))"
    loaded = subprocess.run(
        [sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    foreign = set(loaded.stdout.strip().split(",")) - set(sys.stdlib_module_names) - {"lexicon", "__main__"}
    assert foreign <= {"sitecustomize"}
