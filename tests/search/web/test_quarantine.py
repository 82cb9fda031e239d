"""Can the secretariat, and only it, put a file back to be read, and is it told what came into quarantine?"""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from catalog.tables import captures, documents, failures, outbox
from pipeline.children.child import Failure
from pipeline.waiting import due, record_failure
from search import Searcher, open_engine
from search.alerts.links import Letterhead, Links
from search.alerts.unreadable import mail_newcomers
from search.web import create_app
from tests.search.web.conftest import BASE, SECRET
from tests.search.web.test_pages import Page

NOW = datetime.now(UTC)
LINKS = Links(BASE, SECRET)
HEAD = Letterhead("forumwatch@example.org", "Forumwatch")
DESK = LINKS.desk(NOW).removeprefix(BASE)
PDF, LOST = "a" * 64, "b" * 64


@pytest.fixture
def client(catalog, tmp_path):
    searcher = Searcher(catalog, open_engine(None))
    app = create_app(catalog, searcher, lambda sha256: tmp_path / sha256, SECRET, BASE, clock=lambda: NOW)
    return TestClient(app, base_url=BASE, follow_redirects=False)


@pytest.fixture
def unread(catalog):
    with catalog.write() as connection:
        for sha256 in (PDF, LOST):
            row = {"source": "un", "publisher": "UN", "url": f"https://un.example/{sha256[0]}", "sha256": sha256}
            row |= {"size": 9, "media_type": "", "words": {"title": "<b>On wages</b>"}, "captured": NOW}
            connection.execute(sa.insert(captures).values(row))
    record_failure(
        catalog, PDF, "UN", {"title": "<b>On wages</b>"}, Failure("no text <i>", False), None, "application/pdf"
    )
    record_failure(catalog, LOST, "UN", {}, Failure("of no known type", False), None, "image/gif")


def state(catalog, sha256=PDF):
    with catalog.read() as connection:
        return connection.execute(sa.select(documents).where(documents.c.sha256 == sha256)).one()


def test_without_the_link_the_page_has_no_button(client, unread):
    page = client.get("/quarantine")
    assert '<form method="post"' not in page.text
    assert f"forumwatch quarantine --retry {PDF} [--with pdf|ocr]" in page.text
    assert f"forumwatch quarantine --retry {LOST}</code>" in page.text, "nothing here can read it"
    assert "no text &lt;i&gt;" in page.text and "<i>" not in page.text and "<b>" not in page.text
    assert "What was tried" in page.text
    assert client.post("/quarantine", data={"sha256": PDF}).status_code == 405


def test_the_desk_has_buttons_for_what_can_read_the_file(client, catalog, unread):
    desk = client.get(DESK)
    assert f"{DESK}/quarantine" in Page(desk.text).links
    assert "no text &lt;i&gt;" in desk.text
    page = client.get(f"{DESK}/quarantine")
    assert page.headers["cache-control"] == "no-store"
    assert page.text.count("Try again") == 2
    assert page.text.count("Read with pdf") == page.text.count("Read with ocr") == 1
    assert state(catalog).state == "quarantined", "to look decides nothing"
    done = client.post(f"{DESK}/retry", data={"sha256": PDF, "with": "ocr", "after": "0"})
    assert (done.status_code, done.headers["location"]) == (303, f"{DESK}/quarantine")
    assert (state(catalog).state, state(catalog).read_with) == ("waiting", "ocr")
    assert due(catalog, datetime.now(UTC)) == [PDF]
    again = client.post(f"{DESK}/retry", data={"sha256": PDF, "with": ""})
    assert again.status_code == 303 and state(catalog).read_with is None
    assert "put back to be read, with ocr" in client.get(f"{DESK}/quarantine").text.replace("</span>", "")


def test_what_cannot_be_is_said(client, catalog, unread):
    refused = client.post(f"{DESK}/retry", data={"sha256": PDF, "with": "word"})
    assert refused.status_code == 409 and "Word cannot read application/pdf; pdf, ocr can" in refused.text
    assert client.post(f"{DESK}/retry", data={"sha256": "c" * 64}).status_code == 409
    assert client.post(f"{DESK}/retry", data={}).status_code == 409
    assert state(catalog).state == "quarantined"


def test_no_other_link_and_no_old_one_opens_it(client, catalog, unread):
    old = LINKS.desk(NOW - timedelta(hours=13)).removeprefix(BASE)
    for path in (f"{old}/quarantine", f"{DESK}x/quarantine", "/desk/x/quarantine"):
        assert client.get(path).status_code in (404, 410)
        retry = path.replace("/quarantine", "/retry")
        assert client.post(retry, data={"sha256": PDF}).status_code in (404, 410)
        assert client.get(retry).status_code in (404, 405, 410)
    assert state(catalog).state == "quarantined"


def test_the_secretariat_is_told_once_what_came_into_quarantine(catalog, unread):
    to = (LINKS, HEAD, "office@example.org")
    tomorrow = NOW + timedelta(days=1)
    assert mail_newcomers(catalog, NOW, *to) == 0, "the day is not over"
    assert mail_newcomers(catalog, tomorrow, LINKS, HEAD, "") == 0
    assert mail_newcomers(catalog, tomorrow, *to) == 1
    assert mail_newcomers(catalog, tomorrow, *to) == 0
    assert mail_newcomers(catalog, NOW + timedelta(days=2), *to) == 0, "nothing new"
    with catalog.write() as connection:
        (mail,) = connection.execute(sa.select(outbox)).all()
        connection.execute(sa.update(failures).where(failures.c.sha256 == PDF).values(at=NOW + timedelta(days=2)))
    message = message_from_bytes(mail.message, policy=policy.default)
    assert message["subject"] == "Forumwatch: 2 new files could not be read"
    assert "UN, <b>On wages</b>: no text <i>" in message.get_content()
    assert mail_newcomers(catalog, NOW + timedelta(days=3), *to) == 1, "what failed again is told again"
