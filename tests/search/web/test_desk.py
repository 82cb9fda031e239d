"""Does the desk show what waits for the secretariat, nobody's address, and do its buttons decide once?"""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from catalog.tables import bounces, holds, matches, outbox, runs, saved_searches, sources, subscribers
from search import Searcher, open_engine
from search.alerts import match_changes
from search.alerts.links import Links
from search.alerts.members.subscribers import subscribe
from search.web import create_app
from tests.search.library import Document, Work, put
from tests.search.web.conftest import BASE, SECRET
from tests.search.web.test_pages import Page

NOW = datetime(2026, 11, 24, 14, tzinfo=UTC)
LINKS = Links(BASE, SECRET)
DESK = LINKS.desk(NOW).removeprefix(BASE)


@pytest.fixture
def clock():
    return [NOW]


@pytest.fixture
def client(catalog, clock, tmp_path):
    searcher = Searcher(catalog, open_engine(None))
    app = create_app(catalog, searcher, lambda sha256: tmp_path / sha256, SECRET, BASE, clock=lambda: clock[0])
    return TestClient(app, base_url=BASE, follow_redirects=False)


@pytest.fixture
def troubles(catalog):
    """Something of everything that the desk shows."""
    subscribe(catalog, "ana@example.net", "en", [("Ana’s own", "wages"), ("Two", "passports theme:detention")])
    subscribe(catalog, "ben@example.net", "en", [("Careful", "hidden thing")])
    put(catalog, Work("ILO", "On wages", [Document("en", None, "On wages", [(1, "1", "Wages.")])], name="w"))
    match_changes(catalog)
    with catalog.write() as connection:
        connection.execute(sa.update(subscribers).where(subscribers.c.id == 2).values(safe=True))
        which = saved_searches.c.id > 1
        broken = {"state": "broken", "reason": "theme <detention> is gone"}
        connection.execute(sa.update(saved_searches).where(which).values(broken))
        hold = {"source": "un-library", "first_seq": 1, "last_seq": 1, "works": 900, "usual": 3.0, "since": NOW}
        connection.execute(sa.insert(holds).values(hold | {"state": "held"}))
        connection.execute(sa.update(matches).values(hold_id=1))
        row = {"step": "audit", "subject": "", "started": NOW, "finished": NOW, "state": "done", "reason": ""}
        counts = {"searches": 3, "pairs": 400, "missed": 2}
        connection.execute(sa.insert(runs).values(row | {"counts": counts}))
        mail = {"subscriber_id": 1, "kind": "weekly", "period": "2026-W47", "message_id": "<a@b>", "message": b"x"}
        mail |= {"state": "held", "attempts": 0, "created": NOW - timedelta(days=5)}
        connection.execute(sa.insert(outbox).values(mail))
        back = {"digest": "0" * 64, "at": NOW, "outbox_id": None, "kind": "unknown", "detail": "<i>what is this?</i>"}
        connection.execute(sa.insert(bounces).values(back))
        late = {"name": "un", "publisher": "UN", "title": "UN Library", "cadence": "daily", "terms": ""}
        late |= {"last_good": NOW - timedelta(days=9), "last_state": "failed", "last_reason": "403", "last_counts": {}}
        connection.execute(sa.insert(sources).values(late))


def test_all_is_there_and_nobody_is_named(client, troubles):
    text = Page(client.get(DESK).text).text
    for said in (
        "A source is late: UN Library (last good 2026-11-15)",
        "un-library : 900 works where 3 a week are usual",
        "1 match of 1 member wait",
        "passports theme:detention",
        "theme <detention> is gone",
        "its owner will be told",
        "0.50 %",
        "1 weekly",
        "not understood: <i>what is this?</i>",
        "1 mail is held",
    ):
        assert said.replace(" :", ":") in text.replace(" :", ":"), said
    for hidden in ("ana@", "ben@", "example.net", "Ana’s own", "hidden thing", "Careful"):
        assert hidden not in text, hidden


def test_the_link_ends_and_no_other_opens_the_desk(client, clock, troubles):
    assert client.get(DESK).headers["cache-control"] == "no-store"
    assert client.get("/desk/" + LINKS.manage(1).rpartition("/")[2]).status_code == 404
    clock[0] = NOW + timedelta(hours=12)
    assert client.get(DESK).status_code == 410
    assert client.post(f"{DESK}/release", data={"hold": "1"}).status_code == 410


def test_a_flood_is_released_or_dropped_once(client, catalog, troubles):
    answer = client.post(f"{DESK}/release", data={"hold": "1"})
    assert (answer.status_code, answer.headers["location"]) == (303, DESK)
    with catalog.read() as connection:
        assert connection.execute(sa.select(holds.c.state)).scalar_one() == "released"
    again = client.post(f"{DESK}/drop", data={"hold": "1"})
    assert again.status_code == 409 and "was released already" in Page(again.text).text
    assert client.post(f"{DESK}/drop", data={"hold": "77"}).status_code == 409
    assert client.post(f"{DESK}/burn", data={"hold": "1"}).status_code == 404


def test_held_mails_are_let_go(client, catalog, troubles):
    client.post(f"{DESK}/release-mails", data={})
    with catalog.read() as connection:
        assert connection.execute(sa.select(outbox.c.state)).scalars().all() == ["waiting"]


def test_opening_the_page_decides_nothing(client, catalog, troubles):
    for deed in ("release", "drop", "release-mails"):
        assert client.get(f"{DESK}/{deed}").status_code in (404, 405)
    with catalog.read() as connection:
        assert connection.execute(sa.select(holds.c.state)).scalar_one() == "held"


def test_an_empty_desk(client):
    text = Page(client.get(DESK).text).text
    assert "No alarm rings" in text and "No audit has run yet" in text


def test_alarms_are_on_the_page_of_health_and_in_its_twin(client, troubles):
    told = client.get("/health.json").json()
    assert [each["kind"] for each in told["alarms"]] == ["source", "digest", "missed"] and told["status"] != "ok"
    page = Page(client.get("/health").text)
    for each in told["alarms"]:
        assert each["says"] in page.text and each["remedy"] in page.text
