"""Can a person watch a search, from its result page to the feed of what it brought? Debian's chromium, no script."""

import re
import threading
import time
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from types import SimpleNamespace
from xml.etree import ElementTree as Tree

import pytest
import sqlalchemy as sa
import uvicorn

from catalog import Catalog
from catalog.tables import changes, outbox
from search import Searcher, index_changes, open_engine
from search.alerts import match_changes
from search.alerts.links import Letterhead, Links
from search.web import create_app
from tests.conftest import free_port
from tests.search.library import WORKS, Document, Work, fill, put
from tests.search.web.test_browser import PHONE, browser  # noqa: F401  a fixture

SECRET = "a secret of the tests, long enough"
ATOM = "{http://www.w3.org/2005/Atom}"
LIGHT = 60_000  # bytes that a page may weigh, without its style, before it is compressed


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A real server on localhost over the library of the search tests."""
    folder = tmp_path_factory.mktemp("watching")
    catalog = Catalog(f"sqlite:///{folder}/catalog.sqlite")
    catalog.migrate()
    fill(catalog)
    with catalog.write() as connection:
        for seq in range(1, len(WORKS) + 1):
            at = datetime.now(UTC) - timedelta(days=120 - 9 * seq)
            connection.execute(sa.update(changes).where(changes.c.seq == seq).values(at=at))
    engine = open_engine(None)
    index_changes(catalog, engine)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    head = Letterhead("watch@example.org")
    app = create_app(
        catalog, Searcher(catalog, engine), lambda sha256: folder / sha256, SECRET, address, letterhead=head
    )
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert thread.is_alive() and time.monotonic() < deadline, "the server did not start"
        time.sleep(0.05)
    yield SimpleNamespace(address=address, catalog=catalog, engine=engine, links=Links(address, SECRET))
    server.should_exit = True
    thread.join(10)


def mail_of(catalog) -> str:
    """The text of the newest mail in the outbox."""
    with catalog.read() as connection:
        message = connection.execute(sa.select(outbox.c.message).order_by(outbox.c.id.desc()).limit(1)).scalar_one()
    return message_from_bytes(message, policy=policy.default).get_body(("plain",)).get_content()


def barred(page) -> list[str]:
    """What stands in the way of those who see or hear pages otherwise."""
    from axe_playwright_python.sync_playwright import Axe

    return [
        f"{page.url}: {each['id']}: {node['html'][:120]} {node['failureSummary']}"
        for each in Axe().run(page).response["violations"]
        if each["impact"] in ("serious", "critical", "moderate")
        for node in each["nodes"]
    ]


def test_from_a_result_to_the_feed_of_what_it_brought(browser, place):  # noqa: F811
    from playwright.sync_api import expect

    context = browser.new_context(base_url=place.address, java_script_enabled=False)
    person = context.new_page()
    person.goto('/search?q="domestic workers"&publisher=UN')
    person.get_by_role("link", name="Watch this search").click()
    expect(person.get_by_role("heading", level=1)).to_have_text("Watch this search")
    expect(person.locator("p.lead")).to_contain_text("Publisher: United Nations")
    expect(person.get_by_text(re.compile(r"Since .*: \d+ document"))).to_be_visible()
    person.get_by_text("A mail, as it would come").click()
    expect(person.locator("pre.sample")).to_contain_text("*Domestic workers*")
    expect(person.get_by_label("Tell me also of what is here already")).not_to_be_checked()
    person.get_by_label("Your mail address").fill("ana@example.net")
    person.get_by_label("A name for it").fill("Domestic work")
    person.get_by_role("button", name="Send me the mail to confirm").click()
    person.wait_for_load_state()
    (confirm,) = re.findall(r"http://\S+/confirm/\S+", mail_of(place.catalog))
    person.goto(confirm)
    expect(person.get_by_text("Domestic work").first).to_be_visible()
    person.get_by_role("button").click()
    person.get_by_role("link", name="Your page").click()
    put(
        place.catalog,
        Work("UN", "New!", [Document("en", "A/99/7", "New!", [(2, "9", "All domestic workers.")])], symbol="A/99/7"),
    )
    index_changes(place.catalog, place.engine)
    assert match_changes(place.catalog) == 1
    person.reload()
    feed = person.get_by_role("link", name="Feed").get_attribute("href")
    answer = context.request.get(feed)
    (entry,) = Tree.fromstring(answer.text()).findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "A/99/7: New!"
    assert "All <mark>domestic workers</mark>." in entry.findtext(f"{ATOM}content")
    person.get_by_role("link", name="The mails you got").click()
    expect(person.get_by_role("heading", level=1)).to_have_text("Your mails")
    assert person.get_by_role("main").get_by_role("link").count() == 1, "the one that asked to confirm"
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_light_narrow_and_open_to_all(browser, place, scheme):  # noqa: F811
    from search.alerts.members.subscribers import subscribe

    links = place.links
    subscribe(place.catalog, f"{scheme}@example.net", "fr", [("Un", "migrants"), ("Deux", "travailleuses")])
    member = int(place.catalog.engine.connect().execute(sa.text("select max(id) from subscribers")).scalar_one())
    context = browser.new_context(
        base_url=place.address, viewport=PHONE, is_mobile=True, has_touch=True, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    found: list[str] = []
    for url in (
        '/watch?q="domestic workers"&publisher=UN',
        "/watch?q=remittances&hl=fr",
        "/watch?q=zebra+passports&unit=paragraphs",
        "/watch?q=wages+NOT+wages&hl=es",
        f"{links.manage(member)}/watch?q=migrants",
        links.archive(member),
        links.desk(datetime.now(UTC)),
        "/health",
    ):
        answer = page.goto(url)
        assert answer.status in (200, 503) and len(answer.body()) < LIGHT, (url, len(answer.body()))
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], url
        found += barred(page)
    context.close()
    assert not found, "\n".join(found)
