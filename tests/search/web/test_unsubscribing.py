"""Does the link in a mail stop the mails: by hand after a question, by a mail program at once, twice without harm?"""

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from catalog.tables import saved_searches, subscribers
from search.alerts import Links, subscribe
from search.web import create_app
from tests.search.web.test_pages import Page

SECRET = "a secret of the tests, long enough"
BASE = "https://watch.example.org"


@pytest.fixture
def site(catalog, searcher, tmp_path):
    return TestClient(create_app(catalog, searcher, lambda sha256: tmp_path / sha256, SECRET, BASE), base_url=BASE)


@pytest.fixture
def someone(catalog):
    return subscribe(
        catalog, "someone@example.org", "fr", [("Travail", "travail"), ("Santé <b>", "santé")]
    ).subscriber_id


def active(catalog):
    with catalog.read() as connection:
        searches = connection.execute(sa.select(saved_searches.c.state).order_by(saved_searches.c.id)).scalars()
        state = connection.execute(sa.select(subscribers.c.state)).scalar_one()
        return state, [each == "running" for each in searches]


def test_opening_the_link_only_asks(site, catalog, someone):
    answer = site.get(Links(BASE, SECRET).unsubscribe(someone))
    page = Page(answer.text)
    assert answer.status_code == 200
    assert "Ne plus recevoir ces messages" in page.text
    assert "someone@example.org" not in page.text  # whoever finds the link learns no address
    assert ("div", {"lang": "fr", "class": "person"}) in page.tags
    assert active(catalog) == ("active", [True, True])


def test_the_button_stops_all_mail_and_again_does_no_harm(site, catalog, someone):
    link = Links(BASE, SECRET).unsubscribe(someone)
    form = next(attributes for tag, attributes in Page(site.get(link).text).tags if tag == "form")
    assert form == {"method": "post", "action": link.removeprefix(BASE)}
    for _ in range(2):
        answer = site.post(form["action"])
        assert answer.status_code == 200
        assert "C’est arrêté" in answer.text
        assert active(catalog) == ("unsubscribed", [False, False])
    assert "C’est arrêté" in site.get(link).text


def test_a_mail_program_stops_one_search(site, catalog, someone):
    with catalog.read() as connection:
        search = connection.execute(sa.select(saved_searches.c.id).order_by(saved_searches.c.id)).scalars().all()[1]
    link = Links(BASE, SECRET).unsubscribe(someone, search)
    assert "Santé <b>" in Page(site.get(link).text).text
    answer = site.post(link, data={"List-Unsubscribe": "One-Click"})  # RFC 8058
    assert answer.status_code == 200
    assert active(catalog) == ("active", [True, False])


@pytest.mark.parametrize("token", ["x", "a.b.c", "%00", "é" * 400, "<script>"])
def test_a_damaged_link_is_answered_in_words(site, catalog, someone, token):
    for answer in (site.get(f"/unsubscribe/{token}"), site.post(f"/unsubscribe/{token}")):
        assert answer.status_code == 404
        assert "This link is" in Page(answer.text).text
    assert active(catalog) == ("active", [True, True])


def test_a_link_signed_by_another_is_refused(site, catalog, someone):
    link = Links(BASE, "another secret, also long enough").unsubscribe(someone)
    assert site.post(link).status_code == 404
    assert active(catalog) == ("active", [True, True])
