"""Is search by meaning wired in: a step of its own, the doctor's word on it, and a search from the command line?"""

import json

import pytest
from typer.testing import CliRunner

import search.meaning
from flows import doctor, steps
from flows.cli import app
from flows.house import House
from flows.settings import Settings
from search.meaning import available
from tests.search.library import WORKS, fill


@pytest.fixture
def house(tmp_path, monkeypatch) -> House:
    monkeypatch.setenv("FORUMWATCH_HOME", str(tmp_path / "home"))
    house = House(Settings())
    fill(house.catalog)
    return house


def checked(house: House) -> doctor.Check:
    return next(check for check in doctor.examine(house) if check.name == "search by meaning")


@pytest.mark.skipif(not available(), reason="search by meaning: NOT TESTED (pip install 'forumwatch[semantic]')")
def test_indexing_by_hand_gives_passages_their_meaning_and_a_search_finds_them(house):
    assert checked(house).ok
    run = CliRunner()
    done = run.invoke(app, ["index", "--json"])
    assert json.loads(done.stdout) == {"works": len(WORKS), "meaning": len(WORKS)}
    said = "Les refoulements en mer mettent en danger la vie des migrants"
    words = json.loads(run.invoke(app, ["search", said, "--json"]).stdout)
    assert words["total"] == 0
    found = json.loads(run.invoke(app, ["search", said, "--meaning", "--json"]).stdout)
    assert found["hits"][0]["passages"][0]["similarity"] > 0.6
    assert found["hits"][0]["passages"][0]["plain"] == "Pushbacks at sea put the lives of migrants at risk."
    assert "alike)" in run.invoke(app, ["search", said, "--meaning"]).stdout


def test_without_the_extra_nothing_fails(house, monkeypatch):
    monkeypatch.setattr(search.meaning, "available", lambda: False)
    monkeypatch.setattr(search.meaning.meaning, "available", lambda: False)
    check = checked(house)
    assert not check.ok and not check.needed and "forumwatch[semantic]" in check.remedy
    assert steps.index(house) == len(WORKS) and steps.meaning(house) is None
    results = house.searcher.search("domestic workers", meaning=True)
    assert results.hits and [each.code for each in results.complaints] == ["meaning_missing"]
