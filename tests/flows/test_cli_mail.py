"""Can a person look after the mail from the command line, and see no address in full?"""

import json
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from catalog.tables import outbox, saved_searches, subscribers
from flows.cli import app
from flows.house import House
from flows.settings import SettingsError, read_settings
from search.alerts.post.returning import return_path
from tests.search.alerts.postoffice import PostOffice
from tests.search.alerts.returned import POSTFIX, returned


@pytest.fixture
def house(tmp_path, monkeypatch) -> House:
    back = tmp_path / "back"
    for name in ("new", "cur", "tmp"):
        (back / name).mkdir(parents=True)
    settings = {"HOME": tmp_path / "home", "BOUNCES": back, "BOUNCE_ADDRESS": "bounces@example.org"}
    settings |= {"SMTP_SECURITY": "none", "SECRETARIAT": "desk@example.org", "SMTP_HOST": "127.0.0.1"}
    for name, value in settings.items():
        monkeypatch.setenv(f"FORUMWATCH_{name}", str(value))
    return House(read_settings())


@pytest.fixture
def mail(house):
    now = datetime.now(UTC)
    with house.catalog.write() as connection:
        who = {"address": "margarita@example.net", "language": "en", "state": "active", "since": now}
        key = connection.execute(sa.insert(subscribers).values(who)).inserted_primary_key[0]
        search = {"subscriber_id": key, "name": "x", "query": "x", "start_seq": 0, "identity": "x"}
        connection.execute(sa.insert(saved_searches).values(search))
        raw = b"From: f@example.org\r\nMessage-ID: <1@example.org>\r\n\r\nHello.\r\n"
        row = {"subscriber_id": key, "kind": "weekly", "period": "2026-W40", "message_id": "<1@example.org>"}
        row |= {"message": raw, "state": "waiting", "created": now}
        return connection.execute(sa.insert(outbox).values(row)).inserted_primary_key[0]


def run(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, words)
    assert result.exit_code == code, (result.output, result.exception)
    assert "margarita" not in result.output
    return result.output


def test_a_mail_from_the_outbox_to_its_bounce(house, mail, tmp_path, monkeypatch):
    assert "waiting: 1 weekly" in run("outbox") and "m…@example.net" in run("outbox")
    assert "first round claims it" in run("sender")
    with PostOffice() as server:
        monkeypatch.setenv("FORUMWATCH_SMTP_PORT", str(server.port))
        assert "1 sent" in run("digest")
    assert "sent: 1 weekly" in run("outbox") and "may be sent from here" in run("sender")
    path = return_path(house.secret, "bounces@example.org", mail)
    (tmp_path / "back" / "new" / "1").write_bytes(returned(POSTFIX, path=path, status="5.1.1", said="550 5.1.1 gone"))
    assert json.loads(run("bounces", "--json"))["hard"] == 1
    assert json.loads(run("outbox", "--json"))["counts"] == {"bounced": {"weekly": 1}}


def test_a_person_decides_who_sends(house, mail, monkeypatch):
    with PostOffice() as server:
        monkeypatch.setenv("FORUMWATCH_SMTP_PORT", str(server.port))
        run("digest")
        with house.catalog.write() as connection:
            connection.execute(sa.update(outbox).values(state="waiting"))
        (house.home / "sender").unlink()
        assert "is missing" in str(CliRunner().invoke(app, ["digest"]).exception)
        assert "--claim" in run("sender", code=1)
        assert "1 held" in run("outbox")
        run("sender", "--skip", code=2)
        assert json.loads(run("sender", "--claim", "--json"))["trouble"] == ""
        assert "1 held" in run("outbox")
        run("digest", "--release-held")
    assert len(server.taken) == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOUNCES", "imap://bounces@mail.example.org/INBOX"),
        ("BOUNCES", "imaps://mail.example.org/INBOX"),
        ("BOUNCES", "imaps://bounces:secret@mail.example.org/INBOX"),
        ("BOUNCES", "pop3://bounces@mail.example.org"),
        ("BOUNCE_ADDRESS", "bounces"),
        ("BOUNCE_ADDRESS", f"{'b' * 31}@example.org"),
        ("SECRETARIAT", "nobody"),
        ("MAIL_RATE", "-1"),
    ],
)
def test_settings_that_cannot_be_meant(monkeypatch, name, value):
    monkeypatch.setenv(f"FORUMWATCH_{name}", value)
    with pytest.raises(SettingsError, match=f"FORUMWATCH_{name}"):
        read_settings()


def test_no_mailbox_no_bounces(house, monkeypatch):
    monkeypatch.setenv("FORUMWATCH_BOUNCES", "")
    assert "no mailbox of bounces is set" in run("bounces")
    monkeypatch.setenv("FORUMWATCH_BOUNCES", "/nowhere/at/all")
    assert "no maildir" in str(CliRunner().invoke(app, ["bounces"]).exception)
