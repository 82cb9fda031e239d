"""Do pages whose address is a key keep that key to themselves?"""

import logging

import pytest

from search.alerts import Links
from search.web.headers import NoQuestions
from search.web.signed import is_private, without_token
from search.web.urls import SIGNED, Urls
from tests.search.web.conftest import BASE, SECRET


@pytest.mark.parametrize("page", SIGNED)
def test_a_key_is_never_written_down(page):
    token = "WzcsMF0.aB-c_d"
    for path in (f"/{page}/{token}", f"/prefix/{page}/{token}", f"/{page}/{token}/delete"):
        record = logging.LogRecord("uvicorn.access", 20, "", 0, '%s - "%s %s HTTP/%s" %d', (), None)
        record.args = ("192.0.2.7:4711", "POST", f"{path}?q=secret", "1.1", 200)
        assert NoQuestions().filter(record)
        assert token not in record.getMessage() and "secret" not in record.getMessage()
        assert "192.0.2.7" not in record.getMessage() and page in record.getMessage()
    assert is_private(f"/{page}/{token}")


def test_other_addresses_stay_as_they_are():
    assert without_token("/works/UN:A/1") == "/works/UN:A/1"
    assert not is_private("/search") and not is_private("/") and not is_private("")
    assert is_private("/manage") and is_private("/sign-up")


def test_answers_of_keys_are_not_kept_indexed_or_referred_from(client):
    for path in (Links(BASE, SECRET).unsubscribe(99).removeprefix(BASE), "/manage/damaged", "/desk/damaged"):
        answer = client.get(path)
        assert answer.status_code in (404, 410)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-robots-tag"] == "noindex, nofollow"
        assert answer.headers["referrer-policy"] == "no-referrer"
    assert "x-robots-tag" not in client.get("/help").headers


def test_a_bad_link_is_told_in_the_language_of_who_has_it(client):
    said = {"fr": "Ce lien est abîmé", "es": "Este enlace está dañado", "de": "This link is damaged"}
    for language, words in said.items():
        assert words in client.get("/manage/damaged", headers={"accept-language": language}).text


def test_links_in_mails_lead_to_the_pages():
    links, urls = Links(f"{BASE}/x/", SECRET), Urls(f"{BASE}/x")
    token = links.manage(7).rpartition("/")[2]
    assert links.manage(7) == urls.signed("manage", token)
    assert links.ask_for_manage() == urls.ask_for_manage()
    assert links.sign_up([("q", "a b")]) == urls.sign_up([("q", "a b")])
