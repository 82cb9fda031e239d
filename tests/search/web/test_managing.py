"""Can someone sign up, confirm, change, pause, take along and delete by the pages alone, and nobody else for them?"""

import json
import re
from datetime import timedelta
from email import message_from_bytes, policy
from urllib.parse import unquote

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from catalog.tables import metadata, outbox, saved_searches, sign_ups, subscribers
from search.alerts import Links, Wanted, subscribe
from search.web import create_app
from search.web.pages import signing_up
from tests.search.alerts.letters import MADE
from tests.search.web.conftest import BASE, SECRET
from tests.search.web.test_pages import Page

ANA = "ana@example.net"
FORM = {"address": ANA, "q": "recruitment AND fees", "cadence": "daily", "mails_in": "en", "zone": "Asia/Manila"}
LINKS = Links(BASE, SECRET)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(signing_up, "AT_LEAST", 0.0)


@pytest.fixture
def clock():
    return [MADE]


@pytest.fixture
def site(catalog, canned, tmp_path, clock):
    app = create_app(catalog, canned, lambda sha256: tmp_path / sha256, SECRET, BASE, clock=lambda: clock[0])
    return TestClient(app, base_url=BASE, follow_redirects=True)


@pytest.fixture
def ana(catalog):
    searches = [Wanted("Fees <b>", "fees", {"country": ["PHL"]}, cadence="daily"), Wanted("Work", "domestic")]
    return subscribe(catalog, ANA, "en", searches).subscriber_id


def mails(catalog) -> list:
    with catalog.read() as connection:
        rows = connection.execute(sa.select(outbox.c.message).order_by(outbox.c.id)).scalars()
        return [message_from_bytes(row, policy=policy.default) for row in rows]


def link_in(mail, page) -> str:
    return re.search(rf"{BASE}(/{page}/\S+)", mail.get_content())[1]


def column(catalog, what) -> list:
    with catalog.read() as connection:
        return list(connection.execute(sa.select(what).order_by(what.table.c.id)).scalars())


def first_search(catalog) -> int:
    return column(catalog, saved_searches.c.id)[0]


def test_from_the_form_to_ones_own_page(site, catalog):
    form = site.get("/sign-up", params={"q": "fees", "country": "PHL", "language": "fr", "unit": "paragraphs"})
    assert form.status_code == 200 and form.headers["cache-control"] == "no-store"
    hidden = [attributes for tag, attributes in Page(form.text).tags if attributes.get("type") == "hidden"]
    assert {each["name"]: each["value"] for each in hidden} == {
        "country": "PHL",
        "language": "fr",
        "unit": "paragraphs",
    }
    assert "Philippines" in Page(form.text).text
    answer = site.post("/sign-up", data=FORM | {"country": "PHL", "unit": "paragraphs", "heartbeat": "yes"})
    assert answer.status_code == 200 and "look into your mailbox" in Page(answer.text).text
    [mail] = mails(catalog)
    where = link_in(mail, "confirm")
    assert "press" not in site.get(where).text and column(catalog, subscribers.c.state) == ["pending"]
    done = Page(site.post(where).text)
    assert "Your mails are confirmed" in done.text and column(catalog, subscribers.c.state) == ["active"]
    manage = next(attributes["href"] for tag, attributes in done.tags if attributes.get("class") == "button")
    page = Page(site.get(manage).text)
    assert "a…@example.net" in page.text and ANA not in page.text and "every day" in page.text
    assert manage not in site.get(where).text  # the mail that asked is no key to everything, later
    with catalog.read() as connection:
        who = connection.execute(sa.select(subscribers)).one()
        search = connection.execute(sa.select(saved_searches)).one()
    assert (who.timezone, who.heartbeat) == ("Asia/Manila", True)
    assert (search.filters, search.scope) == ({"country": ["PHL"]}, "paragraphs")


def test_the_answer_is_the_same_whoever_it_is(site, catalog, ana):
    known = site.post("/sign-up", data=FORM).text
    again = site.post("/sign-up", data=FORM).text  # too soon
    unknown = site.post("/sign-up", data=FORM | {"address": "nobody@example.net"}).text
    robot = site.post("/sign-up", data=FORM | {"address": "robot@example.net", "website": "x"}).text
    assert known == again == unknown == robot
    assert [mail["To"] for mail in mails(catalog)] == [ANA, "nobody@example.net"]
    ways = [site.post("/manage", data={"address": each}).text for each in ("ben@example.net", "eve@example.net")]
    assert ways[0] == ways[1] == site.post("/manage", data={"address": "nobody@example.net"}).text
    assert len(mails(catalog)) == 2


def test_who_lost_the_link_gets_it_by_mail(site, catalog, ana):
    page = site.post("/manage", data={"address": " ANA@example.net "})
    assert page.status_code == 200 and ANA not in page.text
    [mail] = mails(catalog)
    assert "Your searches" in Page(site.get(link_in(mail, "manage")).text).text


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"address": "ana"}, "looks like"),
        ({"q": "AND ("}, "nothing to search for"),
        ({"q": ""}, "empty"),
        ({"zone": "Mars"}, "time zone"),
        ({"cadence": "hourly"}, "weekly"),
        ({"mails_in": "de"}, "en, fr, es"),
        ({"unit": "volumes"}, "paragraphs"),
        ({"name": "x" * 300}, "name"),
    ],
)
def test_a_mistake_in_the_form_is_said_and_what_was_typed_stays(site, catalog, change, says):
    answer = site.post("/sign-up", data=FORM | {"name": "Kept"} | change)
    assert answer.status_code == 400 and says in Page(answer.text).text
    assert 'role="alert"' in answer.text and ("Kept" in answer.text or "name" in change)
    assert column(catalog, subscribers.c.id) == []


def test_forms_are_bounded(site, catalog):
    assert site.post("/sign-up", content=b"q=" + b"x" * 40_000).status_code == 413
    assert site.post("/sign-up", content="&".join(f"a{n}=1" for n in range(300))).status_code == 400
    assert site.post("/sign-up", json={"address": ANA}).status_code == 400
    assert site.post("/sign-up", content=b"\xff\xfe").status_code == 400
    assert site.post("/sign-up", files={"address": b"x"}).status_code == 400
    assert column(catalog, subscribers.c.id) == []


def test_one_network_cannot_send_forms_without_end(site, catalog):
    answers = [site.post("/manage", data={"address": f"a{n}@example.net"}).status_code for n in range(32)]
    assert answers == [200] * signing_up.AN_HOUR + [429] * 2
    late = site.post("/sign-up", data=FORM)
    assert late.status_code == 429 and int(late.headers["retry-after"]) > 0
    assert column(catalog, subscribers.c.id) == []


def test_no_address_of_the_network_is_kept(site, catalog):
    site.post("/sign-up", data=FORM)
    with catalog.read() as connection:
        kept = [str(tuple(row)) for table in metadata.sorted_tables for row in connection.execute(sa.select(table))]
    assert kept and not any("testclient" in row for row in kept)


def test_everything_on_the_page_does_what_it_says(site, catalog, ana):
    page, search = LINKS.manage(ana).removeprefix(BASE), {"search": first_search(catalog)}
    text = Page(site.get(page).text).text
    assert "Fees <b>" in text and "Philippines" in text

    def does(deed: str, **fields) -> str:
        answer = site.post(f"{page}/{deed}", data=fields or {"x": ""})
        assert answer.status_code == 200, deed
        return Page(answer.text).text

    settings = {"mails_in": "en", "zone": "Asia/Tokyo", "safe": "yes"}
    assert "settings are saved" in does("settings", **settings)
    assert column(catalog, subscribers.c.timezone) == ["Asia/Tokyo"] and column(catalog, subscribers.c.safe) == [True]
    assert "changed" in does("change", **search, name="New name", cadence="at once")
    assert column(catalog, saved_searches.c.name)[0] == "New name"
    for _ in range(2):
        assert "is paused" in does("pause", **search)
        assert column(catalog, saved_searches.c.state) == ["paused", "running"]
    assert "what came meanwhile" in does("catch-up", **search)
    assert column(catalog, saved_searches.c.backfill) == [True, False]
    does("pause-all")
    assert column(catalog, saved_searches.c.state) == ["paused", "paused"]
    does("resume-all")
    assert column(catalog, saved_searches.c.state) == ["running", "running"]
    does("stop", **search)
    assert column(catalog, saved_searches.c.state) == ["ended", "running"]
    does("resume", **search)
    assert column(catalog, saved_searches.c.state) == ["running", "running"]
    does("stop", **search)
    assert "is deleted" in does("remove", **search)
    assert column(catalog, saved_searches.c.name) == ["Work"]
    assert "is saved" in does("add", q="visa", name="", cadence="weekly")
    assert column(catalog, saved_searches.c.name) == ["Work", "visa"]
    odd = site.post(f"{page}/add", data={"q": "the of", "name": "All", "cadence": "daily"}, follow_redirects=True)
    assert "nearly every text" in odd.text and 'value="All"' in odd.text  # said before it is saved
    assert column(catalog, saved_searches.c.name) == ["Work", "visa"]
    wrong = site.post(f"{page}/add", data={"q": "AND (", "cadence": "weekly"})
    assert wrong.status_code == 400 and "nothing to search for" in Page(wrong.text).text
    assert site.post(f"{page}/dance", data={"x": ""}).status_code == 404
    assert site.post(f"{page}/pause", data=search).status_code == 410  # it is deleted


def test_nobody_changes_what_is_anothers(site, catalog, ana):
    ben = subscribe(catalog, "ben@example.net", "en", [Wanted("Ben's", "visa")]).subscriber_id
    page = LINKS.manage(ben).removeprefix(BASE)
    for deed in ("pause", "stop", "resume", "catch-up", "change"):
        fields = {"search": first_search(catalog), "name": "mine", "cadence": "weekly"}
        assert site.post(f"{page}/{deed}", data=fields).status_code == 410
    site.post(f"{page}/remove", data={"search": first_search(catalog)})
    assert column(catalog, saved_searches.c.state) == ["running"] * 3
    assert "Fees" not in site.get(page).text and "a…@" not in site.get(page).text


@pytest.mark.parametrize("path", ["", "/everything.json", "/delete", "/pause", "/settings"])
def test_a_link_that_is_none_opens_nothing(site, catalog, ana, path):
    others = [LINKS.unsubscribe(ana), LINKS.confirm(ana, 1, MADE), LINKS.trace(ana, 1), LINKS.archive(ana)]
    for token in ("damaged", *(link.rpartition("/")[2] for link in others)):
        assert site.get(f"/manage/{token}").status_code == 404
        answer = site.post(f"/manage/{token}{path or '/pause'}", data={"sure": "yes"})
        assert answer.status_code in (404, 405)
    gone = LINKS.manage(ana + 5).removeprefix(BASE)
    assert site.get(gone).status_code == 410
    assert column(catalog, subscribers.c.id) == [ana]


def test_a_confirmation_that_has_expired_says_so(site, catalog, clock):
    site.post("/sign-up", data=FORM)
    where = link_in(mails(catalog)[0], "confirm")
    clock[0] = MADE + timedelta(days=8)
    for answer in (site.get(where), site.post(where)):
        assert answer.status_code == 410 and "expired" in Page(answer.text).text
    assert column(catalog, sign_ups.c.confirmed) == [None]


def test_all_of_it_can_be_taken_along(site, catalog, ana):
    site.post("/manage", data={"address": ANA})
    answer = site.get(f"{LINKS.manage(ana).removeprefix(BASE)}/everything.json")
    assert answer.headers["content-disposition"].startswith("attachment")
    kept = json.loads(answer.text)
    assert kept["member"]["address"] == ANA
    assert [each["name"] for each in kept["searches"]] == ["Fees <b>", "Work"]
    assert kept["mails"][0]["kind"] == "confirm" and "ana@example.net" in kept["mails"][0]["message"]


def test_deleting_is_asked_twice_and_then_done(site, catalog, ana):
    page = f"{LINKS.manage(ana).removeprefix(BASE)}/delete"
    for answer in (site.get(page), site.post(page, data={"x": ""}), site.post(page, data={"sure": "no"})):
        assert "Delete everything?" in Page(answer.text).text
    assert column(catalog, subscribers.c.id) == [ana]
    assert "We know nothing about you" in Page(site.post(page, data={"sure": "yes"}).text).text
    assert site.post(page, data={"sure": "yes"}).status_code == 410
    with catalog.read() as connection:
        rows = [str(tuple(row)) for table in metadata.sorted_tables for row in connection.execute(sa.select(table))]
    assert not any("ana@" in row or "Fees" in row for row in rows)


def test_a_page_speaks_the_members_language(site, catalog):
    ana = subscribe(catalog, ANA, "es", [Wanted("a", "fees")]).subscriber_id
    assert "Sus búsquedas" in site.get(LINKS.manage(ana).removeprefix(BASE)).text
    english, french = (
        site.get("/sign-up", headers={"accept-language": each}).text for each in ("de, en;q=.5", "fr-CH")
    )
    assert "Your mail address" in english and "Votre adresse électronique" in french
    assert "<option selected>Europe/Zurich</option>" in french and "<option selected>UTC</option>" in english
    assert "Su dirección" in site.get("/sign-up?hl=es").text


def test_stopping_can_be_taken_back(site, catalog, ana):
    link = LINKS.unsubscribe(ana).removeprefix(BASE)
    stopped = site.post(link, data={"List-Unsubscribe": "One-Click"})
    assert f'action="{link}/undo"' in stopped.text
    assert column(catalog, subscribers.c.state) == ["unsubscribed"]
    assert "stopped them" in Page(site.get(LINKS.manage(ana).removeprefix(BASE)).text).text
    for _ in range(2):
        assert "The mails go on" in site.post(f"{link}/undo").text
        assert column(catalog, subscribers.c.state) == ["active"]
        assert column(catalog, saved_searches.c.state) == ["running", "running"]
    one = LINKS.unsubscribe(ana, first_search(catalog)).removeprefix(BASE)
    site.post(one)
    assert column(catalog, saved_searches.c.state) == ["ended", "running"]
    site.post(f"{one}/undo")
    assert column(catalog, saved_searches.c.state) == ["running", "running"]
    assert unquote(link) != unquote(one)


def test_a_mistake_is_said_in_the_language_of_the_page(site, catalog):
    wrong = Page(site.post("/sign-up", data=FORM | {"address": "ana", "mails_in": "fr"}).text).text
    assert "Une adresse ressemble à nom@example.org." in wrong
    ana = subscribe(catalog, ANA, "es", [Wanted("a", "fees")]).subscriber_id
    page = LINKS.manage(ana).removeprefix(BASE)
    wrong = Page(site.post(f"{page}/add", data={"q": "country:Atlantis", "name": "Isla {x}"}).text).text
    assert "La búsqueda «Isla {x}» no se puede seguir" in wrong
