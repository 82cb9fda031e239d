"""Can a member, and nobody else, read the mails that he got?"""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from catalog.tables import deliveries, outbox
from search.alerts.links import Links
from tests.search.alerts.conftest import members  # noqa: F401  a fixture
from tests.search.web.conftest import BASE, SECRET
from tests.search.web.test_pages import Page

LINKS = Links(BASE, SECRET)


@pytest.fixture
def catalog(library):
    return library


@pytest.fixture
def two(catalog, members):  # noqa: F811
    """Two members with a mail each; the first one's was sent."""
    first, _ = members("ana@example.net", "ben@example.net")
    with catalog.write() as connection:
        connection.execute(sa.update(outbox).where(outbox.c.id == first).values(state="sent"))
        row = {"outbox_id": first, "at": datetime(2026, 10, 5, 5, 1, tzinfo=UTC), "outcome": "sent", "answer": "250"}
        connection.execute(sa.insert(deliveries).values(row))
        rows = connection.execute(sa.select(outbox.c.subscriber_id, outbox.c.kind, outbox.c.period)).all()
    return [tuple(row) for row in rows]


def at(url: str) -> str:
    return url.removeprefix(BASE)


def test_the_list_leads_to_each_mail_of_this_member_only(client, two):
    page = Page(client.get(at(LINKS.archive(two[0][0]))).text)
    (link,) = [link for link in page.links if "/mails/" in link]
    assert "5 Oct 2026, 05:01 UTC, sent" in page.text and "Forumwatch" in page.text
    mail = Page(client.get(link).text)
    assert "ana@example.net" in mail.text and "ben@example.net" not in mail.text
    (laid_out,) = [link for link in mail.links if link.endswith("/html")]
    whole = client.get(laid_out)
    assert "ana@example.net" in whole.text and "<h1" in whole.text


def test_a_mail_that_was_not_sent_says_so(client, two):
    assert "waiting to be sent" in Page(client.get(at(LINKS.archive(two[1][0]))).text).text


def test_the_laid_out_mail_may_do_nothing(client, two):
    answer = client.get(at(LINKS.archive(*two[0])) + "/html")
    policy = answer.headers["content-security-policy"]
    assert "sandbox" in policy and "default-src 'none'" in policy and "script" not in policy
    for path in ("", "/html"):
        headers = client.get(at(LINKS.archive(*two[0])) + path).headers
        assert headers["cache-control"] == "no-store" and "noindex" in headers["x-robots-tag"]


def test_a_link_to_one_mail_opens_no_other(client, two):
    one = at(LINKS.archive(*two[0]))
    assert client.get(one).status_code == 200
    other = at(LINKS.archive(two[0][0], two[0][1], "2020-W01"))
    assert client.get(other).status_code == 404 == client.get(other + "/html").status_code
    assert "2020" not in client.get(other).text
    list_of_all = at(LINKS.archive(two[0][0]))
    assert client.get(list_of_all + "/html").status_code == 404
    assert client.get(at(LINKS.archive(99))).status_code == 404
    assert client.get("/mails/" + LINKS.manage(two[0][0]).rpartition("/")[2]).status_code == 404


def test_a_hostile_subject_is_shown_as_text(client, catalog, two):
    with catalog.write() as connection:
        message = b"Subject: <script>x</script>\r\nContent-Type: text/plain\r\n\r\n<b>bold</b>"
        connection.execute(sa.update(outbox).values(message=message))
    for link in (LINKS.archive(two[0][0]), LINKS.archive(*two[0])):
        page = client.get(at(link)).text
        assert "<script>x" not in page and "<b>bold" not in page
