"""What first pages say. The pages are written for these tests, in the look of the publishers' own."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.description.frame import agenda_number, job_number, session_number
from pipeline.description.masthead import read_masthead

COUNCIL = """United Nations A/HRC/61/47
General Assembly Distr.: General
3 March 2026
Original: English
Human Rights Council
Sixty-first session
23 February–2 April 2026
Agenda item 3
Promotion and protection of all human rights, civil,
political, economic, social and cultural rights,
including the right to development
Domestic workers and the price of recruitment
Report of the Special Rapporteur on the human rights of migrants*
Summary
The present report looks at recruitment fees.
GE.26-01234 (E)
"""

BLOCK_BEHIND = """GE.26-01234 (E)
Human Rights Council
Sixty-first session
23 February–2 April 2026
Agenda item 6
Universal periodic review
Report of the Working Group on the Universal Periodic
Review*
Philippines
* The annex is circulated in the language of submission only.
United Nations A/HRC/61/12
General Assembly Distr.: General
4 March 2026
Original: English
"""

TYPESCRIPT = """UNITED
NATIONS A
General Assembly
Distr.
GENERAL
A/48/977
14 October 1993
ENGLISH
ORIGINAL: SPANISH
Forty-eighth session
Agenda item 114 (c)
HUMAN RIGHTS QUESTIONS: HUMAN RIGHTS SITUATIONS AND REPORTS
OF SPECIAL RAPPORTEURS AND REPRESENTATIVES
Note by the Secretary-General
1. The Assembly has before it a note.
93-12345
"""

JOINT = """United Nations A/79/990-S/2025/777
General Assembly
Security Council
Distr.: General
17 April 2025
English
Original: Arabic
25-08499 (E) 040625
*2508499*
General Assembly
Seventy-ninth session
Agenda item 34
The situation in the harbours
Security Council
Eightieth year
Identical letters dated 10 April 2025 from the Permanent
Representative of Atlantis to the United Nations addressed to the
Secretary-General
On instructions from my Government, I transmit a letter.
"""

RESOLUTION = """United Nations A/RES/79/399
General Assembly Distr.: General
18 December 2024
24-99999 (E)
Seventy-ninth session
Agenda item 72 (b)
Resolution adopted by the General Assembly
on 17 December 2024
[on the report of the Third Committee (A/79/458/Add.2)]
79/399. Protection of seafarers
left ashore
The General Assembly,
Recalling nothing,
"""

DRAFT = """United Nations A/C.3/79/L.99
General Assembly Distr.: Limited
1 November 2024
Original: English
Seventy-ninth session
Third Committee
Agenda item 71 (b)
Promotion and protection of human rights
Atlantis, Philippines* and Ruritania: draft resolution
Violence against women migrant workers
The General Assembly,
"""

FRENCH = """Nations Unies A/HRC/61/47
Assemblée générale Distr. générale
3 mars 2026
Français
Original : anglais
Conseil des droits de l’homme
Soixante et unième session
23 février-2 avril 2026
Point 3 de l’ordre du jour
Promotion et protection de tous les droits de l’homme
Le prix du recrutement des travailleuses domestiques
Rapport du Rapporteur spécial sur les droits de l’homme des migrants
Résumé
"""

SPANISH = """Naciones Unidas A/79/458
Asamblea General Distr. general
3 de octubre de 2024
Español
Original: inglés
Septuagésimo noveno período de sesiones
Tema 71 b) de la agenda
Promoción y protección de los derechos humanos
Situación de los trabajadores migratorios
Informe del Secretario General
Resumen
24-17777 (S)
"""

RUSSIAN = """Организация Объединенных Наций CMW/C/PHL/CO/9
Международная конвенция о защите прав
всех трудящихся-мигрантов и членов их семей
Distr.: General
20 мая 2025
Russian
Original: English
25-03160 (R)
Заключительные замечания по третьему
периодическому докладу Атлантиды*
1. Комитет рассмотрел доклад.
"""

RUSSIAN_ASSEMBLY = """Организация Объединенных Наций A/79/458
Генеральная Ассамблея Distr.: General
3 октября 2024 года
Семьдесят девятая сессия
Пункт 71 b) повестки дня
Поощрение и защита прав человека
Положение трудящихся-мигрантов
Доклад Генерального секретаря
"""

ARABIC = """الأمم المتحدة A/79/458
الجمعية العامة Distr.: General
3 تشرين الأول/أكتوبر 2024
الدورة التاسعة والسبعون
البند 71 (ب) من جدول الأعمال
تعزيز حقوق الإنسان وحمايتها
حالة العمال المهاجرين
"""

CHINESE = """联合国 A/79/458
大会 Distr.: General
2024年10月3日
第七十九届会议
议程项目71(b)
促进和保护人权
移民工人的处境
1. 大会第七十八届会议请秘书长提出报告。
"""

ILO = """Governing Body
361st Session, Geneva, November 2027
Institutional Section INS
GB.361/INS/3
Date: 10 October 2027
Original: English
Third item on the agenda
Fair recruitment: what the offices found
Purpose of the document
The Governing Body is invited to note.
"""

IOM = """C/125/5
Original: English
Geneva, 8 October 2034
COUNCIL
ONE HUNDRED AND TWENTY-FIFTH SESSION
REPORT ON RETURNS BY SEA
1. The Administration reports.
"""

WTO = """S/C/W/901
15 September 2029
(29-4302)
Page: 1/38
Council for Trade in Services
Original: English
PRESENCE OF NATURAL PERSONS (MODE 4)
Background Note by the Secretariat
1 INTRODUCTION
"""


def read(page, publisher="UN"):
    return read_masthead(page.split("\n"), publisher)


@pytest.mark.parametrize(
    ("page", "publisher", "symbols", "day", "sessions", "item"),
    [
        (COUNCIL, "UN", ("A/HRC/61/47",), date(2026, 3, 3), ("61",), "3"),
        (BLOCK_BEHIND, "UN", ("A/HRC/61/12",), date(2026, 3, 4), ("61",), "6"),
        (TYPESCRIPT, "UN", ("A/48/977",), date(1993, 10, 14), ("48",), "114 (c)"),
        (JOINT, "UN", ("A/79/990", "S/2025/777"), date(2025, 4, 17), ("79",), "34"),
        (RESOLUTION, "UN", ("A/RES/79/399",), date(2024, 12, 18), ("79",), "72 (b)"),
        (DRAFT, "UN", ("A/C.3/79/L.99",), date(2024, 11, 1), ("79",), "71 (b)"),
        (FRENCH, "UN", ("A/HRC/61/47",), date(2026, 3, 3), ("61",), "3"),
        (SPANISH, "UN", ("A/79/458",), date(2024, 10, 3), ("79",), "71 (b)"),
        (RUSSIAN, "UN", ("CMW/C/PHL/CO/9",), date(2025, 5, 20), (), None),
        (RUSSIAN_ASSEMBLY, "UN", ("A/79/458",), date(2024, 10, 3), ("79",), "71 (b)"),
        (ARABIC, "UN", ("A/79/458",), date(2024, 10, 3), ("79",), "71 (b)"),
        (CHINESE, "UN", ("A/79/458",), date(2024, 10, 3), ("79",), "71 (b)"),
        (ILO, "ILO", ("GB.361/INS/3",), date(2027, 10, 10), ("361",), "3"),
        (IOM, "IOM", ("C/125/5",), date(2034, 10, 8), ("125",), None),
        (WTO, "WTO", ("S/C/W/901",), date(2029, 9, 15), (), None),
    ],
)
def test_the_frame(page, publisher, symbols, day, sessions, item):
    found = read(page, publisher)
    assert found.symbols == symbols
    assert found.dates[0] == day
    assert found.sessions == sessions
    assert found.agenda_item == item


@pytest.mark.parametrize(
    ("page", "publisher", "title"),
    [
        (
            COUNCIL,
            "UN",
            "Domestic workers and the price of recruitment: Report of the Special Rapporteur on the human rights of "
            "migrants",
        ),
        (BLOCK_BEHIND, "UN", "Report of the Working Group on the Universal Periodic Review: Philippines"),
        (
            TYPESCRIPT,
            "UN",
            "HUMAN RIGHTS QUESTIONS: HUMAN RIGHTS SITUATIONS AND REPORTS OF SPECIAL RAPPORTEURS AND REPRESENTATIVES: "
            "Note by the Secretary-General",
        ),
        (
            JOINT,
            "UN",
            "Identical letters dated 10 April 2025 from the Permanent Representative of Atlantis to the United Nations "
            "addressed to the Secretary-General",
        ),
        (RESOLUTION, "UN", "Protection of seafarers left ashore"),
        (DRAFT, "UN", "Violence against women migrant workers"),
        (
            FRENCH,
            "UN",
            "Le prix du recrutement des travailleuses domestiques: Rapport du Rapporteur spécial sur les droits de "
            "l’homme des migrants",
        ),
        (SPANISH, "UN", "Situación de los trabajadores migratorios: Informe del Secretario General"),
        (RUSSIAN, "UN", "Заключительные замечания по третьему периодическому докладу Атлантиды"),
        (RUSSIAN_ASSEMBLY, "UN", "Положение трудящихся-мигрантов: Доклад Генерального секретаря"),
        (ARABIC, "UN", "حالة العمال المهاجرين"),
        (CHINESE, "UN", "移民工人的处境"),
        (ILO, "ILO", "Fair recruitment: what the offices found"),
        (IOM, "IOM", "REPORT ON RETURNS BY SEA"),
        (WTO, "WTO", "PRESENCE OF NATURAL PERSONS (MODE 4): Background Note by the Secretariat"),
    ],
)
def test_the_title(page, publisher, title):
    assert read(page, publisher).title == title


@pytest.mark.parametrize(
    ("page", "number", "language"),
    [
        (COUNCIL, "GE.26-01234", "en"),
        (JOINT, "25-08499", "en"),
        (SPANISH, "24-17777", "es"),
        (RUSSIAN, "25-03160", "ru"),
    ],
)
def test_job_number_and_its_language(page, number, language):
    found = read(page)
    assert (found.job_number, found.language) == (number, language)


def test_original_language_is_not_the_language():
    assert read(FRENCH).language == "fr"
    assert read(TYPESCRIPT).language == "en"


def test_a_page_without_a_frame_says_only_its_first_line():
    found = read("How to find decent work\nA leaflet for those who leave\nAsk for a contract.\n")
    assert not found.framed
    assert found.title == "How to find decent work"
    assert found.dates == () and found.symbols == () and found.sessions == ()


def test_a_footnote_is_not_the_symbol():
    page = COUNCIL.replace("Summary\n", "* Previously issued under document symbol A/HRC/60/L.14.\n* E/CN.5/2025/1.\n")
    assert read(page).symbols == ("A/HRC/61/47",)


def test_a_symbol_in_the_text_is_not_the_documents():
    cover = "\n".join(["A study of ports"] * 20) + "\nA/HRC/60/14\n"
    assert read(cover).symbols == ()


def test_a_session_in_the_title_is_not_the_session():
    lines = [
        "A/80/15",
        "Report of the Trade Board on its",
        "thirty-fourth special session",
        "Geneva, 15 and 16 April 2025",
    ]
    found = read("\n".join(lines))
    assert found.sessions == ()
    assert found.title == "Report of the Trade Board on its thirty-fourth special session"


def test_records_of_meetings_are_named_by_the_meeting():
    lines = ["United Nations A/79/PV.64", "General Assembly", "Seventy-ninth session", "64th plenary meeting"]
    assert read("\n".join(lines)).title == "General Assembly, Seventy-ninth session, 64th plenary meeting"


@pytest.mark.parametrize(
    ("words", "number"),
    [("72(b)", "72 (b)"), ("71b", "71 (b)"), ("Agenda item 3 (b) (ii)", "3 (b) (ii)"), ("117 and 18", "117, 18")],
)
def test_agenda_items_of_sources(words, number):
    assert agenda_number(words) == number


@pytest.mark.parametrize(
    ("words", "number"),
    [("59", "59"), ("59th session", "59"), ("351st Session (June 2024)", "351"), ("2025", "2025"), ("later", None)],
)
def test_sessions_of_sources(words, number):
    assert session_number(words) == number


def test_job_numbers_are_not_symbols():
    assert job_number("A/HRC/25-12345") is None
    assert job_number("(09-4302)") == ("09-4302", None)


@given(st.lists(st.text(max_size=120), max_size=30), st.sampled_from(["UN", "ILO", "IOM", "WTO", "GCIM"]))
def test_no_page_makes_it_raise(lines, publisher):
    read_masthead(lines, publisher)


@given(st.lists(st.sampled_from(COUNCIL.split("\n") + JOINT.split("\n") + ILO.split("\n")), max_size=30))
def test_no_order_of_lines_makes_it_raise(lines):
    found = read_masthead(lines, "UN")
    assert len(found.title) <= 400
