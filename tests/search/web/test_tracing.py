"""Can a member, by the link of a search and nothing else, ask where an alert is?"""

import json

import pytest
import sqlalchemy as sa

from catalog.tables import saved_searches, subscribers, works
from search.alerts.links import Links
from search.alerts.matching.matching import match_changes
from search.alerts.members.subscribers import subscribe
from tests.search.alerts.matching.test_matching import work
from tests.search.library import put
from tests.search.web.conftest import BASE, SECRET
from tests.search.web.test_pages import Page

LINKS = Links(BASE, SECRET)


@pytest.fixture
def link(library):
    """The link of Ana's search, which matched A/81/1; her mails are in French."""
    subscribe(library, "ana@example.net", "fr", [("Salaires <b>", "wages")])
    put(library, work("1", "wages are due"))
    put(library, work("2", "fees are due"))
    match_changes(library)
    with library.read() as connection:
        who, search = connection.execute(sa.select(subscribers.c.id, saved_searches.c.id).join(saved_searches)).one()
    return LINKS.trace(who, search).removeprefix(BASE)


def test_the_page_asks_and_answers_in_the_members_language(client, link):
    assert "Où est mon alerte" in Page(client.get(link).text).text
    page = Page(client.get(link, params={"document": "A/81/1"}).text)
    assert "Il attend le courriel du" in page.text and "Salaires <b>" in page.text
    assert any(address.endswith("/works/UN:A/81/1") for address in page.links)
    page = Page(client.get(link, params={"document": "A/81/2"}).text)
    assert "Il ne répond pas à la recherche. Elle demande : Documents" in page.text
    assert "Rien ici ne porte ce nom" in Page(client.get(link, params={"document": "<script>"}).text).text


def test_the_same_as_json(client, link):
    told = client.get(f"{link}/json", params={"document": "A/81/1"}).json()
    assert (told["work"], told["state"]) == ("UN:A/81/1", "waiting")
    assert [each["stage"] for each in told["stations"]] == ["seen", "read", "matched", "mailed"]
    assert client.get(f"{link}/json").json()["stations"] == []
    json.dumps(told)


def test_the_page_of_a_member_leads_there(client, library, link):
    with library.read() as connection:
        who = connection.execute(sa.select(subscribers.c.id)).scalar_one()
    assert link in Page(client.get(LINKS.manage(who).removeprefix(BASE)).text).links


def test_no_other_link_opens_it_and_no_cache_keeps_it(client, library, link):
    with library.read() as connection:
        who, search = connection.execute(sa.select(subscribers.c.id, saved_searches.c.id).join(saved_searches)).one()
    assert client.get(link).headers["cache-control"] == "no-store"
    feed = LINKS.feed(who, search).removeprefix(BASE).replace("/feed/", "/trace/")
    assert client.get(feed).status_code == client.get(f"{link}x").status_code == 404
    assert client.get(LINKS.trace(who + 1, search).removeprefix(BASE)).status_code == 410
    with library.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(works)).scalar_one() > 2
