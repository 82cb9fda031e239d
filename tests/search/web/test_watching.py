"""Can any search be saved from its result page, with what is to be known before, and does it do what the page said?"""

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from catalog import Catalog
from catalog.tables import changes, outbox, saved_searches
from search import Searcher, index_changes, open_engine
from search.alerts import match_changes
from search.alerts.links import Letterhead, Links
from search.alerts.mails.notices import make_notices
from search.alerts.members.subscribers import subscribe
from search.web import create_app
from search.web.pages.watching import AN_HOUR
from tests.search.copies import copied_from
from tests.search.library import Document, Work, put
from tests.search.web.conftest import BASE, SECRET
from tests.search.web.test_pages import Page

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
LINKS = Links(BASE, SECRET)


def work(number: int) -> Work:
    publisher, language = ("IOM", "fr") if number % 2 else ("ILO", "en")
    text = "Les salaires (wages) des migrants." if number % 2 else "Wages of <b>migrants</b>, and their remittances."
    return Work(
        publisher,
        f"On wages {number}",
        [Document(language, None, f"On wages {number}", [(1, "4", text)])],
        name=f"w{number}",
    )


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    """Two works a week for half a year, and an index of them."""
    catalog = Catalog(f"sqlite:///{tmp_path_factory.mktemp('once')}/catalog.sqlite")
    catalog.migrate()
    for number in range(52):
        put(catalog, work(number))
    with catalog.write() as connection:
        for number in range(52):
            at = NOW - timedelta(days=3.5 * (51 - number) + 0.1)
            connection.execute(sa.update(changes).where(changes.c.seq == number + 1).values(at=at))
    engine = open_engine(None)
    index_changes(catalog, engine)
    return copied_from(catalog), engine


@pytest.fixture
def catalog(once, tmp_path):
    return once[0](tmp_path)


@pytest.fixture
def site(once, catalog, tmp_path):
    """The pages over it, at a clock that stands still."""
    engine = once[1]
    searcher, archive = Searcher(catalog, engine), lambda sha256: tmp_path / sha256
    head = Letterhead("watch@example.org")
    app = create_app(catalog, searcher, archive, SECRET, BASE, letterhead=head, clock=lambda: NOW)
    return TestClient(app, base_url=BASE, follow_redirects=False)


def rows(catalog):
    with catalog.read() as connection:
        return connection.execute(sa.select(saved_searches).order_by(saved_searches.c.id)).all()


def form_of(page: Page, action: str) -> list[tuple[str, str]]:
    """The hidden fields of the page's forms, as a browser sends them."""
    assert any(tag == "form" and a.get("action") == action for tag, a in page.tags)
    return [(a["name"], a["value"]) for tag, a in page.tags if tag == "input" and a.get("type") == "hidden"]


def test_the_result_page_leads_here_with_all_that_was_chosen(site):
    asked = {"q": "wages", "publisher": "IOM", "unit": "paragraphs", "widen": "1", "sort": "date", "limit": "5"}
    page = Page(site.get("/search", params=asked).text)
    (link,) = [link for link in page.links if link.startswith("/watch?")]
    assert link == "/watch?q=wages&publisher=IOM&unit=paragraphs&widen=1"
    shown = Page(site.get(link).text)
    assert "word “wages”; Publisher: International Organization for Migration; all of it in one paragraph" in shown.text
    assert "Keyword families and likeness in meaning are not watched" in shown.text
    assert not [link for link in Page(site.get("/search").text).links if link.startswith("/watch")], "nothing was asked"


def test_the_page_says_what_its_twin_says(site):
    told = site.get("/watch.json", params={"q": "wages"}).json()
    assert (told["hits"], told["here"], told["whole"], told["refused"]) == (26, 52, True, False)
    assert told["weekly"] == pytest.approx(26 / (90 / 7)) and told["sample"].startswith("Forumwatch")
    page = Page(site.get("/watch", params={"q": "wages"}).text)
    assert "Since 26 Aug 2026: 26 documents, about 2 a week" in page.text
    assert "Week by week: 2, 2, 2" in page.text
    assert "Tell me also of what is here already: 52 documents" in page.text
    (tick,) = [a for tag, a in page.tags if a.get("name") == "backfill"]
    assert "checked" not in tick


def test_the_sample_is_a_mail_as_it_would_come(site):
    sample = site.get("/watch.json", params={"q": "wages"}).json()["sample"]
    assert "On wages 51" in sample and "*wages*" in sample and "Your search “wages”" in sample
    assert "para. 4" in sample
    page = site.get("/watch", params={"q": "wages"}).text
    assert "<b>migrants" not in page
    french = site.get("/watch.json", params={"q": "wages", "hl": "fr"}).json()["sample"]
    assert "nouveaux documents" in french


def test_hints_lead_to_the_rehearsal_of_another_search(site):
    told = site.get("/watch.json", params={"q": "wages passports"}).json()
    assert told["hits"] == 0
    (hint,) = told["hints"]
    assert hint["says"] == "Without passports"
    assert site.get(hint["url"]).json()["hits"] == hint["hits"] == 26
    page = Page(site.get("/watch", params={"q": "wages passports"}).text)
    assert "/watch?q=wages" in page.links


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_what_can_never_match_has_no_form(site, language):
    answer = site.get("/watch", params={"q": "wages NOT wages", "hl": language})
    page = Page(answer.text)
    assert answer.status_code == 200 and not any(a.get("name") == "address" for _, a in page.tags)
    words = {"en": "no document can do both", "fr": "aucun document ne peut", "es": "ningún documento puede"}
    assert words[language] in page.text


def test_a_search_is_saved_by_signing_up_with_all_that_was_chosen(site, catalog):
    page = Page(site.get("/watch", params=[("q", "wages"), ("publisher", "IOM"), ("unit", "paragraphs")]).text)
    fields = [*form_of(page, "/sign-up"), ("address", "ana@example.net"), ("name", "Pay"), ("cadence", "daily")]
    fields += [("mails_in", "es"), ("zone", "America/Lima")]
    assert site.post("/sign-up", data=dict(fields)).status_code == 200
    with catalog.read() as connection:
        mail = message_from_bytes(connection.execute(sa.select(outbox.c.message)).scalar_one(), policy=policy.default)
    (confirm,) = re.findall(r"https://\S+/confirm/\S+", mail.get_content())
    assert rows(catalog) == []
    site.post(confirm.removeprefix(BASE))
    (row,) = rows(catalog)
    assert (row.query, row.filters, row.scope) == ("wages", {"publisher": ["IOM"]}, "paragraphs")
    assert (row.name, row.cadence, row.start_seq, row.back_to) == ("Pay", "daily", 52, 52)
    put(catalog, work(53))
    assert match_changes(catalog) == 1


@pytest.fixture
def ana(catalog):
    subscribe(catalog, "ana@example.net", "fr", [("Vieux", "passports")])
    return LINKS.manage(1).removeprefix(BASE) + "/watch"


def test_a_member_needs_no_address(site, catalog, ana):
    page = Page(site.get(ana, params={"q": "wages", "publisher": "ILO"}).text)
    assert "Suivre cette recherche" in page.text and not any(a.get("name") == "address" for _, a in page.tags)
    fields = dict(form_of(page, ana)) | {"name": "Paie", "cadence": "at once"}
    answer = site.post(ana, data=fields)
    assert answer.status_code == 303 and answer.headers["location"].endswith("?done=add")
    row = rows(catalog)[1]
    assert (row.name, row.query, row.filters) == ("Paie", "wages", {"publisher": ["ILO"]})
    assert (row.cadence, row.backfill) == ("at once", False)
    site.post(ana, data=fields | {"q": "remittances", "backfill": "yes"})
    assert match_changes(catalog) == 26 and rows(catalog)[2].query == "remittances"


def test_what_is_refused_at_saving_is_said_on_the_page(site, catalog, ana):
    answer = site.post(ana, data={"q": "wages", "name": "x" * 300, "cadence": "weekly"})
    assert answer.status_code == 400 and "200 caractères au plus" in Page(answer.text).text
    assert len(rows(catalog)) == 1


def test_a_broken_search_is_shown_with_its_reason_and_mended(site, catalog, ana):
    with catalog.write() as connection:
        broken = {"state": "broken", "reason": "<le thème> n’existe plus", "back_to": 50, "query": "wages theme:old"}
        connection.execute(sa.update(saved_searches).values(broken))
    manage = Page(site.get(ana.removesuffix("/watch")).text)
    (link,) = [link for link in manage.links if "/watch?" in link and "search=1" in link]
    page = Page(site.get(link).text)
    assert "<le thème> n’existe plus" in page.text and "Réparer cette recherche" in page.text
    assert any(a.get("name") == "q" and a.get("value") == "wages theme:old" for _, a in page.tags)
    tried = Page(site.get(ana, params={"q": "wages", "search": "1"}).text)
    fields = dict(form_of(tried, ana)) | {"name": "Paie", "cadence": "weekly"}
    assert fields["search"] == "1" and fields["q"] == "wages"
    assert site.post(ana, data=fields).headers["location"].endswith("?done=mend")
    (row,) = rows(catalog)
    assert (row.state, row.query, row.name) == ("running", "wages", "Paie")
    assert match_changes(catalog) == 2, "what came since it broke"


def test_the_mail_that_tells_of_it_leads_to_where_it_is_mended(site, catalog, ana):
    with catalog.write() as connection:
        broken = {"state": "broken", "reason": "weg", "read_as": "x", "query": "wages theme:old"}
        connection.execute(sa.update(saved_searches).values(broken))
    assert make_notices(catalog, NOW, LINKS, Letterhead("watch@example.org")) == 1
    with catalog.read() as connection:
        mail = message_from_bytes(connection.execute(sa.select(outbox.c.message)).scalar_one(), policy=policy.default)
    (link,) = re.findall(r"https://\S+/watch\?search=1", mail.get_body(("plain",)).get_content())
    page = Page(site.get(link.removeprefix(BASE)).text)
    assert "Réparer cette recherche" in page.text and "weg" in page.text


def test_nobody_mends_what_is_not_theirs(site, catalog, ana):
    with catalog.write() as connection:
        connection.execute(sa.update(saved_searches).values(state="broken", reason="secret reason"))
    subscribe(catalog, "ben@example.net", "en", [("Mine", "remittances")])
    ben = LINKS.manage(2).removeprefix(BASE) + "/watch"
    assert "secret reason" not in site.get(ben, params={"search": "1"}).text
    site.post(ben, data={"search": "1", "q": "wages", "cadence": "weekly"})
    assert [row.state for row in rows(catalog)] == ["broken", "running", "running"]
    assert site.get("/manage/nonsense/watch").status_code == 404


def test_hostile_words_stay_words(site):
    for name in ("q", "publisher", "hl", "unit"):
        page = site.get("/watch", params={"q": "wages", name: '"><script>alert(1)</script>'}).text
        assert "<script" not in page
    assert site.get("/watch", params={"q": "x" * 5000}).status_code == 200
    assert site.get("/watch").status_code == 200


def test_one_network_rehearses_no_more_than_its_share(site):
    for _ in range(AN_HOUR):
        assert site.get("/watch.json", params={"q": "the NOT the"}).status_code == 200
    answer = site.get("/watch.json", params={"q": "the NOT the"})
    assert answer.status_code == 429 and int(answer.headers["retry-after"]) > 0
    assert site.get("/search", params={"q": "wages"}).status_code == 200
