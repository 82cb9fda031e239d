"""Does every key come back from its address, however odd it is, and do mails and pages agree on addresses?"""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.routing import Match, Route

from search.alerts.links import Links
from search.web.urls import AddressError, Urls, paragraph_anchor, site_urls

KEYS = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=60)
ODD = st.lists(st.sampled_from(["a", "/", "..", ".", "//", "%2e", "?", "#", ".json", "&", " ", "é"]), min_size=1).map(
    "".join
)
NAMED = [Route("/works/{key:path}", lambda request: None), Route("/works", lambda request: None)]


def as_a_browser(url: str) -> str | None:
    """Resolves the address as the URL standard has it (dot segments go), routes it, returns the key that arrives."""
    from urllib.parse import unquote

    parts = urlsplit(url)
    segments = []
    for segment in parts.path.split("/")[1:]:
        plain = segment.lower().replace("%2e", ".")
        if plain == "..":
            segments = segments[:-1]
        elif plain != ".":
            segments.append(segment)
    path = unquote("/" + "/".join(segments))
    scope = {"type": "http", "method": "GET", "path": path, "query_string": parts.query.encode(), "headers": []}
    for route in NAMED:
        match, extra = route.matches(scope)
        if match is Match.FULL:
            return extra["path_params"].get("key") or Request(scope).query_params.get("key")
    return None


@given(KEYS | ODD, st.booleans())
def test_a_key_comes_back_from_its_address(key, json):
    url = Urls("").work(key, json=json)
    arrived = as_a_browser(url.replace("/works.json?", "/works?"))
    assert arrived is not None
    assert arrived == key or (json and arrived == f"{key}.json")


@given(KEYS)
def test_no_key_reaches_out_of_its_address(key):
    url = Urls("https://watch.example.org").work(key)
    assert url.startswith("https://watch.example.org/works")
    assert not any(char in url for char in " \"'<>\\\n")


@given(KEYS.filter(str.isprintable), st.text(st.characters(blacklist_categories=["Cs"]), max_size=20))
def test_mails_lead_to_the_pages(key, query):
    links, urls = (
        Links("https://watch.example.org/x/", "a secret that is long enough"),
        Urls("https://watch.example.org/x"),
    )
    assert links.work(key, query) == urls.work(key, query)
    assert links.home() == urls.home()
    assert links.sources() == urls.page("sources")
    assert links.unsubscribe(7).startswith(urls.unsubscribe(""))


@pytest.mark.parametrize(
    "base", ["", "watch.example.org", "ftp://x", "https://x/?a=1", "https://", "javascript:alert(1)"]
)
def test_a_site_has_a_whole_address(base):
    with pytest.raises(AddressError):
        site_urls(base)


def test_a_site_may_live_under_a_path():
    whole, local = site_urls("https://example.org/forumwatch/")
    assert whole.work("UN:A/1") == "https://example.org/forumwatch/works/UN:A/1"
    assert local.search([("q", "a b")]) == "/forumwatch/search?q=a+b"


@pytest.mark.parametrize(
    ("number", "anchor"),
    [
        ("45", "para-45"),
        ("12 bis", "para-12-bis"),
        ("45 (c)", "para-45-c"),
        (None, "at-7"),
        ("", "at-7"),
        ("<>", "at-7"),
    ],
)
def test_a_paragraph_is_found_by_its_printed_number(number, anchor):
    assert paragraph_anchor(number, 7) == anchor
    assert Urls("").document("f" * 64, at=7, number=number) == f"/documents/{'f' * 64}?at=7#{anchor}"
