"""Are documents read again by hand, and their versions shown?"""

import json

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from catalog import tables
from flows.cli import app
from flows.house import House
from flows.settings import read_settings
from pipeline.waiting import due
from tests.search.alerts.matching.test_reread import NOW, read

run = CliRunner().invoke


@pytest.fixture
def house(tmp_path, monkeypatch):
    monkeypatch.setenv("FORUMWATCH_HOME", str(tmp_path / "home"))
    made = House(read_settings())
    read(made.catalog, "The Committee met.", "The wagcs of seafarers.")
    read(made.catalog, "The Committee met.", "The wages of seafarers.")
    with made.catalog.write() as connection:  # where it came from; its bytes have got lost
        sha256 = connection.execute(sa.select(tables.documents.c.sha256)).scalar_one()
        about = {"source": "un_treaty_bodies", "publisher": "UN", "url": "https://example.org/1", "words": {}}
        row = {"sha256": sha256, "size": 1, "media_type": "application/pdf", "captured": NOW, **about}
        connection.execute(sa.insert(tables.captures).values(row))
    return made


def test_versions_one_of_them_and_what_it_changed(house):
    first, second = run(app, ["text", "A/81/1", "--versions"]).output.splitlines()
    assert first.startswith("1  ") and second.endswith("made 1  1 paragraphs changed, 1 say something else")
    assert "wagcs" in run(app, ["text", "A/81/1", "--version", "1"]).output
    assert "wagcs" not in run(app, ["text", "A/81/1", "--version", "2"]).output
    diff = run(app, ["text", "A/81/1", "--diff", "2"]).output.splitlines()
    assert diff == ["changed (p. 1)", "- The wagcs of seafarers.", "+ The wages of seafarers."]
    (line,) = run(app, ["text", "A/81/1", "--diff", "2", "--json"]).output.splitlines()
    assert json.loads(line)["news"] is True
    assert run(app, ["text", "A/81/1", "--version", "3"]).exit_code == 1
    assert run(app, ["text", "A/81/2", "--versions"]).exit_code == 1


def test_a_dry_run_writes_nothing_and_what_is_asked_is_done_with_the_rest(house):
    told = json.loads(run(app, ["read", "--again", "all", "--dry-run", "--json"]).output)
    assert (told["due"], told["documents"]) == (1, 0)
    assert run(app, ["read", "--again", "A/1/1"]).exit_code == 1
    assert run(app, ["read", "--dry-run"]).exit_code == 2
    done = json.loads(run(app, ["read", "--again", "all", "--only", "text", "--json"]).output)
    assert (done["again"], done["changed"]) == (1, 0)
    assert due(house.catalog, NOW) == []
