"""Which documents are one work, and what the work says of itself, whatever the order."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.description.works import work_key, work_values
from pipeline.document import Description

TITLED = {"title": "Fair recruitment across the corridor", "date": "May 2006", "language": "en"}


def key(*symbols, publisher="UN", words=None, sha256="a" * 64, origin="masthead"):
    about = Description(symbols=symbols, described_from={"symbols": origin})
    return work_key(publisher, about, words or {}, sha256)


@pytest.mark.parametrize(
    "symbol", ["A/HRC/59/49", "A/HRC/59/49/Add.1", "A/HRC/59/49/Rev.1/Add.2", "A/HRC/59/49/Corr.1"]
)
def test_modifiers_are_of_the_same_work(symbol):
    assert key(symbol) == "UN:A/HRC/59/49"


def test_publishers_modifiers():
    assert key("GB.350/POL/3(Rev.1)", publisher="ILO") == key("GB.350/POL/3", publisher="ILO") == "ILO:GB.350/POL/3"
    assert key("C/115/1/Rev.2", publisher="IOM") == "IOM:C/115/1"
    assert key("S/31/7", publisher="IOM") != key("S/31/7", publisher="UN")


def test_a_joint_document_is_one_work_however_its_symbols_are_ordered():
    assert key("CMW/C/GC/7", "CERD/C/GC/38") == key("CERD/C/GC/38", "CMW/C/GC/7")


def test_a_contradiction_follows_the_source():
    assert key("CMW/C/PHL/CO/8", "CERD/C/GC/38", origin="source and masthead differ") == "UN:CMW/C/PHL/CO/8"


def test_without_a_symbol_the_bytes_are_the_work():
    assert key(sha256="b" * 64) == "sha256:" + "b" * 64
    assert key(words={"title": "Annual report", "date": "2006", "language": "en"}) == "sha256:" + "a" * 64


def test_language_versions_joined_by_the_sources_words():
    french = TITLED | {"language": "fr"}
    assert key(words=TITLED) == key(words=french, sha256="b" * 64)
    assert key(words=TITLED) != key(words=TITLED | {"date": "June 2006"})
    assert key(words=TITLED) != key(words=TITLED, publisher="ILO")


def row(symbol, language, title, sha256, **known):
    unknown = {"body": None, "session": None, "agenda_item": None, "date": None, "kind": None}
    return {"symbol": symbol, "language": language, "title": title, "sha256": sha256, **unknown, **known}


ROWS = [
    row("A/79/458", "fr", "Rapport", "a", kind="report"),
    row("A/79/458", "en", "Report", "b", kind="report", date=date(2024, 10, 3)),
    row("A/79/458/Corr.1", "en", "Corrigendum", "c", kind="corrigendum", date=date(2025, 1, 1), session="79"),
    row("A/79/458/Add.1", "en", "Addendum", "d", date=date(2024, 11, 1), agenda_item="71 (b)"),
    row("A/79/458/Rev.1", "en", "Report, revised", "e", date=date(2024, 12, 1), body="GA"),
]


@given(st.permutations(ROWS))
def test_a_work_is_described_in_any_order_alike(rows):
    assert work_values("UN", rows) == {
        "title": "Report",
        "body": "GA",
        "session": "79",
        "agenda_item": "71 (b)",
        "date": date(2024, 10, 3),
        "kind": "report",
    }


def test_the_least_modified_speaks_first():
    assert work_values("UN", ROWS[2:])["title"] == "Report, revised"
    assert work_values("UN", ROWS[:1])["title"] == "Rapport"
