"""Can a person hand out keys and webhooks, and do the schedule's step and the doctor know of them?"""

import json
import re
from datetime import UTC, datetime

import pytest

from flows import doctor, steps
from flows.house import House
from flows.settings import Settings
from search.webhooks import add_webhook, resume_webhook, webhook_secret, webhooks
from tests.conftest import ROOT
from tests.search.library import WORKS, fill
from tests.search.webhooks.conftest import to_this_machine
from tests.search.webhooks.receiver import Receiver


def lines(ran):
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_a_key_from_the_first_to_the_last(forumwatch):
    made = forumwatch("key", "add", "Nightly copy", "--scope", "changes,read", "--rate", "30")
    assert made.returncode == 0 and re.fullmatch(r"fw_[0-9a-f]{12}_[\w-]{43}\n", made.stdout)
    (known,) = lines(forumwatch("key", "list", "--json"))
    assert known["scopes"] == ["read", "changes"] and known["rate"] == 30 and known["last_used"] is None
    assert made.stdout.strip() not in forumwatch("key", "list").stdout + json.dumps(known)
    assert lines(forumwatch("key", "revoke", known["prefix"], "--json"))[0]["revoked"]
    for wrong in (["revoke", "nobody"], ["add", "x", "--scope", "all"], ["add", "x", "--rate", "0"], ["add", " "]):
        ran = forumwatch("key", *wrong)
        assert ran.returncode == 2 and ran.stderr.startswith("forumwatch: "), wrong


def test_a_webhook_from_the_first_to_the_last(forumwatch):
    (made,) = lines(forumwatch("webhook", "add", "https://nowhere.invalid/x", "--query", "country:PHL", "--json"))
    assert made["secret"].startswith("whsec_") and "no address now" in made["trouble"] and made["seq"] == 0
    (known,) = lines(forumwatch("webhook", "list", "--json"))
    assert known["name"] == made["name"] and known["state"] == "active" and "secret" not in known
    tried = forumwatch("webhook", "test", made["name"])
    assert tried.returncode == 1 and "no answer" in tried.stdout
    assert lines(forumwatch("webhook", "deliveries", made["name"], "--json")) == []
    assert made["name"] in forumwatch("webhook", "list").stdout
    assert forumwatch("webhook", "remove", made["name"]).returncode == 0
    assert lines(forumwatch("webhook", "list", "--json")) == []
    assert len(lines(forumwatch("webhook", "list", "--removed", "--json"))) == 1


@pytest.mark.parametrize(
    "arguments",
    [["add", "http://hooks.example.org/"], ["add", "https://127.0.0.1/"], ["add", "https://[::1]/"],
     ["add", "nonsense"],
     ["add", "https://nowhere.invalid/", "--after", "7"],
     ["add", "https://nowhere.invalid/", "--query", "body:no-such"],
     ["remove", "wh_nobody"], ["test", "wh_nobody"], ["resume", "wh_nobody"], ["deliveries", "wh_nobody"]],
)  # fmt: skip
def test_what_can_be_no_webhook_is_misuse(forumwatch, arguments):
    ran = forumwatch("webhook", *arguments)
    assert ran.returncode == 2 and ran.stderr.startswith("forumwatch: ")


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A furnished house whose webhooks may reach this machine."""
    monkeypatch.setattr("search.webhooks.posting.Poster", to_this_machine)
    return House(Settings(home=tmp_path / "home", base_url="https://watch.example.org"))


def runs(house):
    from catalog.tables import runs

    with house.catalog.read() as connection:
        return [(row.step, row.state, row.counts) for row in connection.execute(runs.select())]


def test_the_step_tells_and_says_what_it_did(house):
    assert steps.webhooks(house).delivered == 0 and runs(house) == []
    with Receiver() as receiver:
        made = add_webhook(house.catalog, receiver.url, "", datetime.now(UTC))
        receiver.secret = webhook_secret(house.secret, made.name)
        fill(house.catalog, WORKS[:3])
        assert steps.webhooks(house).delivered == 3
    assert receiver.order == [1, 2, 3] and not receiver.refused
    urls = [said["change"]["url"] for said in receiver.state.values()]
    assert urls[0] == f"https://watch.example.org/works/{WORKS[0].key}"
    assert runs(house) == [("webhooks", "done", {"delivered": 3, "later": 0, "failed": 0, "removed": 0})]


def test_the_doctor_and_the_health_page_know_of_a_webhook_that_was_given_up(house):
    from starlette.testclient import TestClient

    from catalog import tables

    made = add_webhook(house.catalog, "https://hooks.example.org/", "", datetime.now(UTC))
    assert [check.ok for check in doctor.examine(house) if check.name == "webhooks"] == [True]
    assert [check.found for check in doctor.examine(house) if check.name == "pages for OCR"] == ["no page waits"]
    with house.catalog.write() as connection:
        connection.execute(tables.webhooks.update().values(state="failed", reason="given up"))
    (check,) = [check for check in doctor.examine(house) if check.name == "webhooks"]
    assert not check.ok and made.name in check.found and "resume" in check.remedy
    client = TestClient(house.app())
    assert client.get("/health.json").json()["webhooks_given_up"] == 1
    page = client.get("/health").text
    assert "Webhooks given up" in page and "hooks.example.org" not in page and made.name not in page
    resume_webhook(house.catalog, made.name)
    assert client.get("/health.json").json()["webhooks_given_up"] == 0 and webhooks(house.catalog)[0].state == "active"


def test_what_is_open_is_set_and_a_scope_that_is_none_is_refused(tmp_path, forumwatch):
    from starlette.testclient import TestClient

    def status(path, **settings):
        return TestClient(House(Settings(home=tmp_path / "home", **settings)).app()).get(path).status_code

    assert status("/api/v1/changes") == 200
    assert status("/api/v1/changes", api_open="read, export") == 401
    assert status("/api/v1/changes", api_open="") == 401
    assert status("/sources", api_open="") == 200
    client = TestClient(House(Settings(home=tmp_path / "home", api_rate=2)).app())
    assert [client.get("/api/v1/changes").status_code for _ in range(3)] == [200, 200, 429]
    ran = forumwatch("doctor", env={"FORUMWATCH_API_OPEN": "everything"})
    assert ran.returncode == 1 and "FORUMWATCH_API_OPEN" in ran.stderr


def test_the_receiver_of_the_handbook_receives(house):
    """The Python of docs/operations.md, run on a message as it is sent."""
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    program = re.search(r"```python\n(import hashlib.*?)```", text, re.S)[1]
    names = {}
    exec(compile(program, "operations.md", "exec"), names)
    change_in, seen = names["change_in"], set()
    with Receiver() as receiver:
        made = add_webhook(house.catalog, receiver.url, "", datetime.now(UTC))
        secret = webhook_secret(house.secret, made.name)
        fill(house.catalog, WORKS[:1])
        steps.webhooks(house)
    (headers,), ((body,),) = receiver.headers, receiver.bodies.values()
    message = change_in(headers, body, secret, seen)
    assert message["change"]["work"] == WORKS[0].key and message["key"] == headers["Idempotency-Key"]
    assert change_in(headers, body, secret, seen) is None
    for wrong in ((headers, body + b" ", secret), (headers, body, secret + "x"),
                  (headers | {"Forumwatch-Timestamp": str(int(headers["Forumwatch-Timestamp"]) + 1)}, body, secret),
                  (headers | {"Forumwatch-Timestamp": "1"}, body, secret)):  # fmt: skip
        with pytest.raises(ValueError, match=r"signed|old"):
            change_in(*wrong, set())
