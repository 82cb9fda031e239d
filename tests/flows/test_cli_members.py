"""Can the secretariat add, count, let go and erase members from the command line, and see no address of theirs?"""

import json
import re
from urllib.parse import unquote

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from catalog.tables import metadata, outbox, saved_searches, subscribers
from flows.cli import app
from flows.house import House
from flows.settings import read_settings
from search.alerts.errors import Refused
from search.alerts.members.signing_up import confirm

ANA = "margarita@example.net"


@pytest.fixture
def house(tmp_path, monkeypatch) -> House:
    monkeypatch.setenv("FORUMWATCH_HOME", str(tmp_path / "home"))
    return House(read_settings())


def run(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, words)
    assert result.exit_code == code, (result.output, result.exception)
    return result.output


def rows(house, *columns) -> list[tuple]:
    with house.catalog.read() as connection:
        return [tuple(row) for row in connection.execute(sa.select(*columns))]


def test_an_address_is_asked_before_anything_is_sent_to_it(house):
    said = run("subscribe", ANA, "fees", "visa", "--language", "es", "--cadence", "daily", "--heartbeat")
    assert "asks to confirm" in said
    assert rows(house, subscribers.c.state, subscribers.c.timezone) == [("pending", "Europe/Zurich")]
    assert rows(house, saved_searches.c.id) == []
    [(message, kind)] = rows(house, outbox.c.message, outbox.c.kind)
    token = unquote(re.search(rb"/confirm/(\S+)", message.replace(b"=\r\n", b""))[1].decode())
    confirm(house.catalog, house.secret, token, house.now())
    assert kind == "confirm" and rows(house, subscribers.c.state, subscribers.c.heartbeat) == [("active", True)]
    assert rows(house, saved_searches.c.query, saved_searches.c.cadence) == [("fees", "daily"), ("visa", "daily")]
    assert json.loads(run("subscribe", ANA, "x1", "--json", code=1))["state"] == "too soon"


def test_who_agreed_on_paper_is_not_asked(house):
    wishes = ("--timezone", "Asia/Manila", "--safe", "--cadence", "at once", "--confirmed")
    assert "watching 1 new" in run("subscribe", ANA, "fees", *wishes)
    found = rows(house, subscribers.c.state, subscribers.c.timezone, subscribers.c.safe, subscribers.c.confirmed)
    assert found == [("active", "Asia/Manila", True, None)]
    assert rows(house, outbox.c.id) == []


@pytest.mark.parametrize("wrong", [("--cadence", "hourly"), ("--language", "de"), ("--timezone", "Nowhere")])
def test_what_cannot_be_kept_is_refused(house, wrong):
    for words in (("subscribe", ANA, "fees", *wrong), ("subscribe", ANA, "fees", "--confirmed", *wrong)):
        assert isinstance(CliRunner().invoke(app, words).exception, Refused)
    assert rows(house, subscribers.c.id) == []


def test_members_are_counted_and_listed_without_their_addresses(house):
    run("subscribe", ANA, "fees", "visa", "--confirmed")
    run("subscribe", "ben@example.net", "fees", "--language", "fr")
    text = run("members", "--list")
    assert "states: 1 active, 1 pending" in text and "m…@example.net" in text and "2 searches" in text
    assert "margarita" not in text and "ben@" not in text
    counts = json.loads(run("members", "--json"))
    assert (counts["languages"], counts["cadences"]) == ({"en": 1}, {"weekly": 2})
    lines = [json.loads(line) for line in run("members", "--list", "--json").splitlines()]
    assert [line["state"] for line in lines] == ["active", "pending"] and "margarita" not in str(lines)


def test_leaving_by_another_way(house):
    run("subscribe", ANA, "fees", "visa", "--confirmed")
    assert run("unsubscribe", ANA, "fees") == "ended\n" and "nothing to end" in run("unsubscribe", ANA, "fees")
    assert rows(house, saved_searches.c.state) == [("ended",), ("running",)]
    assert json.loads(run("unsubscribe", ANA, "--json")) == {"ended": True}
    assert rows(house, subscribers.c.state) == [("unsubscribed",)]


def test_what_is_kept_is_given_and_erased(house, tmp_path):
    run("subscribe", ANA, "fees", "--confirmed")
    run("member", "export", ANA, "--out", str(tmp_path / "ana.json"))
    assert json.loads((tmp_path / "ana.json").read_text()) == json.loads(run("member", "export", ANA))
    assert json.loads(run("member", "export", ANA))["member"]["address"] == ANA
    assert "nothing is deleted" in run("member", "erase", ANA, code=1)
    assert rows(house, subscribers.c.id) and "is deleted" in run("member", "erase", ANA, "--sure")
    for table in metadata.sorted_tables:
        assert not any("margarita" in str(row) for row in rows(house, table))
    assert "nobody" in str(CliRunner().invoke(app, ("member", "export", ANA)).exception)
