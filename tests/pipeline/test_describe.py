"""The order of confidence: the source's words, the masthead, the text; and what is unknown stays unknown."""

from datetime import date

import pytest

from pipeline.description.describe import DIFFER, describe
from pipeline.description.kinds import kind_of_symbols, kind_of_title, kinds
from pipeline.document import Description
from tests.pipeline.made import reading

PAGE = """United Nations CMW/C/PHL/CO/9
International Convention on the Protection
of the Rights of All Migrant Workers and
Members of Their Families
Distr.: General
3 May 2026
Original: English
Committee on the Protection of the Rights of All
Migrant Workers and Members of Their Families
Forty-second session
Concluding observations on the ninth periodic report of
the Philippines*
1. The Committee considered the report.
GE.26-07777 (E)"""


def test_all_from_the_masthead():
    about = describe(reading(PAGE), {}, "UN")
    assert about.symbols == ("CMW/C/PHL/CO/9",)
    assert about.title == "Concluding observations on the ninth periodic report of the Philippines"
    assert (about.body, about.session, about.agenda_item) == ("CMW", "42", None)
    assert (about.date, about.kind, about.job_number) == (date(2026, 5, 3), "concluding-observations", "GE.26-07777")
    assert about.language == "en" and about.languages == ("en",)
    assert set(about.described_from.values()) == {"masthead"}


def test_the_source_comes_first():
    words = {
        "symbol": "CMW/C/PHL/CO/9",
        "title": "Concluding  observations: Philippines",
        "date": "4 May 2026",
        "session": "42nd session",
        "body": "Committee on Migrant Workers",
        "language": "English",
    }
    about = describe(reading(PAGE), words, "UN")
    assert about.title == "Concluding observations: Philippines"
    assert (about.date, about.session, about.body) == (date(2026, 5, 4), "42", "CMW")
    for name in ("title", "date", "session", "body", "symbols", "language"):
        assert about.described_from[name] == "source"
    assert about.described_from["job_number"] == "masthead"


def test_a_symbol_that_does_not_parse_is_not_taken():
    about = describe(reading(PAGE), {"symbol": "see annex"}, "UN")
    assert about.symbols == ("CMW/C/PHL/CO/9",)
    assert about.described_from["symbols"] == "masthead"


def test_a_masthead_that_contradicts_the_source_is_kept_behind_it():
    about = describe(reading(PAGE), {"symbol": "CMW/C/PHL/CO/8"}, "UN")
    assert about.symbols == ("CMW/C/PHL/CO/8", "CMW/C/PHL/CO/9")
    assert about.described_from["symbols"] == DIFFER


def test_a_joint_document_named_by_one_symbol_has_both():
    about = describe(reading(PAGE.replace("CMW/C/PHL/CO/9", "A/79/990-S/2025/777")), {"symbol": "S/2025/777"}, "UN")
    assert about.symbols == ("S/2025/777", "A/79/990")
    assert about.described_from["symbols"] == "source"


def test_running_heads_correct_a_misread_block():
    misread = PAGE.replace("CMW/C/PHL/CO/9", "CMW/C/PHL/CO/8")
    about = describe(reading(misread, heads=["CMW/C/PHL/CO/9", "2 GE.26-07777"]), {}, "UN")
    assert about.symbols == ("CMW/C/PHL/CO/9",)


def test_a_misread_figure_is_no_second_symbol():
    misread = PAGE.replace("CMW/C/PHL/CO/9", "A/39/36I")
    assert describe(reading(misread), {"symbol": "A/39/361"}, "UN").symbols == ("A/39/361",)


def test_a_file_taken_in_by_hand():
    words = {"title": "A_45_696_Add.1", "file": "A_45_696_Add.1.pdf"}
    about = describe(reading("", texts=("illegible",)), words, "UN")
    assert about.symbols == ("A/45/696/Add.1",)
    about = describe(reading(PAGE), {"title": "scan 3", "file": "scan 3.pdf"}, "UN")
    assert about.title.startswith("Concluding observations")
    assert about.symbols == ("CMW/C/PHL/CO/9",)


def test_the_text_decides_against_a_declared_language_that_is_not_there():
    french = ("Le Comité a examiné le rapport de l'État partie à sa séance publique. " * 10,)
    about = describe(reading("", french, language="fr"), {"language": "en"}, "UN")
    assert (about.language, about.described_from["language"]) == ("fr", "text")


def test_nothing_is_guessed():
    about = describe(reading("\n", texts=("",), language=None), {}, "UN")
    assert about == Description(described_from={})


def test_an_html_title_names_a_page_without_masthead():
    about = describe(reading("Menu\nHome", ("Menu", "Home"), title="Fair recruitment in five steps"), {}, "ILO")
    assert about.title == "Fair recruitment in five steps"
    assert about.described_from["title"] == "text"
    assert "Word" not in describe(reading("Fair work\n", title="Microsoft Word - x.doc"), {}, "ILO").title


@pytest.mark.parametrize(
    ("symbol", "kind"),
    [
        ("CMW/C/PHL/CO/2", "concluding-observations"),
        ("CMW/C/PHL/Q/2", "list-of-issues"),
        ("CMW/C/MEX/QPR/4", "list-of-issues"),
        ("CMW/C/PHL/Q/2/Add.1", "replies"),
        ("CMW/C/PHL/2", "state-report"),
        ("CMW/C/GC/6", "general-comment"),
        ("CMW/C/SR.30", "summary-record"),
        ("A/79/PV.64", "verbatim-record"),
        ("A/RES/45/158", "resolution"),
        ("A/C.3/78/L.49/Rev.1", "draft"),
        ("E/2025/68/Corr.1", "corrigendum"),
        ("E/CN.5/2025/NGO/12", "statement"),
        ("A/HRC/WG.6/20/SVN/1", "national-report"),
        ("GB.344/INS/13(Rev.1)/Decision", "decision"),
        ("C/115/RES/1412", "resolution"),
        ("A/HRC/59/49", None),
    ],
)
def test_kinds_told_by_the_symbol(symbol, kind):
    assert kind_of_symbols([symbol]) == kind


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Report of the Special Rapporteur on the human rights of migrants", "report"),
        ("Rapport du Secrétaire général", "report"),
        ("Informe del Secretario General", "report"),
        ("Доклад Генерального секретаря", "report"),
        ("Note by the Secretariat", "note"),
        ("Provisional agenda and annotations", "agenda"),
        ("Identical letters dated 10 April 2025 from a Representative", "letter"),
        ("Carta de fecha 12 de septiembre de 2023 dirigida a la Presidencia", "letter"),
        ("PRESENCE OF NATURAL PERSONS: Background Note by the Secretariat", "background-note"),
        ("Draft minutes of the 350th Session", "minutes"),
        ("Observations finales concernant le rapport", "concluding-observations"),
        ("Seafarers left ashore", None),
    ],
)
def test_kinds_told_by_the_title(title, kind):
    assert kind_of_title(title) == kind


def test_every_kind_has_one_spelling():
    assert all(kind == kind.lower() and " " not in kind for kind in kinds())


@pytest.mark.parametrize(
    ("told", "title"),
    [
        ("Update on the road map (GB.350/POL/3(Rev.1))", "Update on the road map"),
        ("Provisional agenda [C/115/1/Rev.2]", "Provisional agenda"),
        ("Labour migration (2026–30)", "Labour migration (2026–30)"),
    ],
)
def test_a_title_is_told_without_its_symbol(told, title):
    assert describe(reading("Text\n", ("Text",)), {"title": told}, "ILO").title == title


def test_a_file_name_is_no_title():
    about = describe(reading("Fair work\n", title="Fair recruitment in five steps"), {"title": "A_1_2.pdf"}, "ILO")
    assert about.title == "Fair recruitment in five steps"
