"""Do the secretariat's commands say how searches stand, and nobody's name?"""

import json

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from catalog.tables import saved_searches
from flows.cli import app
from flows.house import House
from flows.settings import read_settings
from search.alerts.members.subscribers import subscribe

run = CliRunner().invoke


@pytest.fixture
def house(tmp_path, monkeypatch):
    monkeypatch.setenv("FORUMWATCH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("FORUMWATCH_SECRET", "a secret of the tests, long enough")
    made = House(read_settings())
    subscribe(made.catalog, "ana@example.net", "en", [("Mine", "wages"), ("Other", "passports")])
    return made


def test_searches_are_listed_by_number_and_broken_ones_alone(house):
    listed = run(app, ["searches"])
    assert listed.output.splitlines() == ["1  running  weekly  wages", "2  running  weekly  passports"]
    assert run(app, ["searches", "--broken"]).output.strip() == "no search is broken"
    with house.catalog.write() as connection:
        mine = saved_searches.c.id == 2
        connection.execute(sa.update(saved_searches).where(mine).values(state="broken", reason="a field has gone"))
    broken = run(app, ["searches", "--broken"])
    assert broken.output.strip() == "2  broken  weekly  passports: a field has gone (not told yet)"
    (line,) = run(app, ["searches", "--broken", "--json"]).output.splitlines()
    assert json.loads(line)["reason"] == "a field has gone" and "ana@" not in line and "Other" not in line


def test_the_link_to_the_desk_is_printed(house):
    assert run(app, ["desk"]).output.startswith("http://127.0.0.1:8700/desk/")
    told = json.loads(run(app, ["desk", "--json"]).output)
    assert told["members"] == {"active": 1} and "ana@" not in json.dumps(told)


def test_a_search_is_rehearsed_by_hand(house):
    told = run(app, ["rehearse", "wages"])
    assert told.exit_code == 0 and "0 works since" in told.output
    refused = run(app, ["rehearse", "wages NOT wages"])
    assert refused.exit_code == 1 and "excludes it at once" in refused.output
    assert json.loads(run(app, ["rehearse", "wages", "--json"]).output)["refused"] is False
