"""Does a feed bring what the ledger has of one search, once, and nothing to whoever has no link?"""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as Tree

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from catalog.tables import holds, matches, saved_searches, subscribers
from search import Searcher, index_changes, open_engine
from search.alerts import match_changes
from search.alerts.links import Links
from search.alerts.members.subscribers import subscribe
from search.alerts.members.wanted import Wanted
from search.web import create_app
from tests.search.library import Document, Work, changed, put
from tests.search.web.conftest import BASE, SECRET

ATOM = "{http://www.w3.org/2005/Atom}"
LINKS = Links(BASE, SECRET)


def work(name: str, text: str) -> Work:
    return Work(
        "ILO",
        f"About <{name}>",
        [Document("en", f"GB.{name}/1", f"About <{name}>", [(1, "7", text)])],
        symbol=f"GB.{name}/1",
    )


@pytest.fixture
def site(catalog, tmp_path):
    """A catalog, its searcher, and the pages over them; `refresh` indexes and matches what was put in."""
    engine = open_engine(None)
    searcher = Searcher(catalog, engine)
    app = create_app(catalog, searcher, lambda sha256: tmp_path / sha256, SECRET, BASE)

    class Site:
        client = TestClient(app, base_url=BASE)

        @staticmethod
        def refresh():
            index_changes(catalog, engine)
            return match_changes(catalog)

        @staticmethod
        def feed(search=1, member=1, **headers):
            return Site.client.get(LINKS.feed(member, search).removeprefix(BASE), headers=headers)

    return Site


@pytest.fixture
def ana(catalog):
    subscribe(catalog, "ana@example.net", "fr", [Wanted("Les salaires & co", "wages OR salaires")])


def entries(answer):
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("application/atom+xml")
    return Tree.fromstring(answer.text).findall(f"{ATOM}entry")


def said(entry, tag):
    return entry.findtext(f"{ATOM}{tag}")


def test_an_entry_a_work_newest_first_with_why_and_where(catalog, site, ana):
    put(catalog, work("1", "The wages of <b>migrants</b>."))
    site.refresh()
    put(catalog, work("2", "Low wages."))
    put(catalog, work("3", "Nothing of the kind."))
    site.refresh()
    second, first = entries(site.feed())
    assert [said(each, "title") for each in (second, first)] == ["GB.2/1: About <2>", "GB.1/1: About <1>"]
    assert said(second, "updated") > said(first, "updated")
    html = said(first, "content")
    assert "The <mark>wages</mark> of &lt;b&gt;migrants&lt;/b&gt;." in html and "GB.1/1, para. 7" in html
    assert "À cause de votre recherche « Les salaires &amp; co »" in html
    assert first.find(f"{ATOM}link").get("href") == f"{BASE}/works/ILO:GB.1/1?q=wages+OR+salaires"


def test_a_work_that_changes_again_is_the_same_entry(catalog, site, ana):
    put(catalog, work("1", "Wages."))
    site.refresh()
    (before,) = entries(site.feed())
    put(catalog, changed(work("1", ""), "Wages, and more of them."))
    site.refresh()
    (after,) = entries(site.feed())
    for tag in ("id", "updated"):
        assert said(before, tag) == said(after, tag)
    assert "and more of them" in said(after, "content")


def test_a_reader_that_has_it_all_is_told_so(catalog, site, ana):
    put(catalog, work("1", "Wages."))
    site.refresh()
    tag = site.feed().headers["etag"]
    again = site.feed(**{"if-none-match": tag})
    assert (again.status_code, again.text, again.headers["etag"]) == (304, "", tag)
    assert site.feed(**{"if-none-match": f'"other", W/{tag}'}).status_code == 304
    put(catalog, work("2", "Wages."))
    site.refresh()
    assert site.feed(**{"if-none-match": tag}).status_code == 200
    tag = site.feed().headers["etag"]
    put(catalog, changed(work("1", ""), "Wages that changed."))
    site.refresh()
    assert site.feed(**{"if-none-match": tag}).status_code == 200


def test_what_a_flood_brought_waits_for_the_secretariat_here_too(catalog, site, ana):
    put(catalog, work("1", "Wages."))
    site.refresh()
    with catalog.write() as connection:
        row = {"source": "by-hand", "first_seq": 1, "last_seq": 1, "works": 1, "usual": 0.0, "state": "held"}
        hold = connection.execute(sa.insert(holds).values(row | {"since": datetime.now(UTC)}).returning(holds.c.id))
        connection.execute(sa.update(matches).values(hold_id=hold.scalar_one()))
    assert entries(site.feed()) == []
    with catalog.write() as connection:
        connection.execute(sa.update(holds).values(state="released"))
    assert len(entries(site.feed())) == 1


def test_a_match_that_was_missed_at_first_is_labelled_late(catalog, site, ana):
    put(catalog, work("1", "Wages."))
    site.refresh()
    with catalog.write() as connection:
        connection.execute(sa.update(matches).values(origin="audit"))
    assert "Trouvé tard" in said(entries(site.feed())[0], "content")


@pytest.mark.parametrize(("state", "words"), [("paused", "suspendue"), ("broken", "ne peut plus rien trouver : oui")])
def test_a_search_that_stands_still_says_so_in_its_feed(catalog, site, ana, state, words):
    put(catalog, work("1", "Wages."))
    site.refresh()
    with catalog.write() as connection:
        connection.execute(sa.update(saved_searches).values(state=state, reason="oui"))
    answer = site.feed()
    assert len(entries(answer)) == 1 and words in Tree.fromstring(answer.text).findtext(f"{ATOM}subtitle")


def test_a_search_that_was_ended_has_no_feed(catalog, site, ana):
    with catalog.write() as connection:
        connection.execute(sa.update(saved_searches).values(state="ended"))
    assert site.feed().status_code == 410


def test_a_member_at_risk_has_a_feed_that_names_nothing(catalog, site, ana):
    put(catalog, work("1", "Wages."))
    site.refresh()
    with catalog.write() as connection:
        connection.execute(sa.update(subscribers).values(safe=True))
    text = site.feed().text
    assert "salaires" not in text and "?q=" not in text and "mark" not in text
    assert Tree.fromstring(text).findtext(f"{ATOM}title") == "Forumwatch"


def test_nobody_else_reads_it(catalog, site, ana):
    subscribe(catalog, "ben@example.net", "en", [("Mine", "passports")])
    assert site.feed(search=2, member=1).status_code == 404
    assert site.feed(search=1, member=2).status_code == 404
    manage = LINKS.manage(1).rpartition("/")[2]
    assert site.client.get(f"/feed/{manage}").status_code == 404, "a token for something else"
    headers = site.feed().headers
    assert headers["x-robots-tag"].startswith("noindex") and headers["cache-control"] == "no-store"


def test_a_feed_holds_the_newest_fifty(catalog, site, ana):
    for number in range(60):
        put(catalog, work(f"{number}", "Wages."))
    site.refresh()
    with catalog.write() as connection:
        for row in connection.execute(sa.select(matches.c.id, matches.c.work_id)).all():
            at = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=row.work_id)
            connection.execute(sa.update(matches).where(matches.c.id == row.id).values(matched=at))
    found = entries(site.feed())
    assert len(found) == 50 and said(found[0], "title").startswith("GB.59/1")
