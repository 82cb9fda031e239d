"""Can a person use it? Debian's chromium, a real server, no JavaScript: search, narrow, open, read, go back."""

import os
import threading
import time
from pathlib import Path

import pytest
import uvicorn

from catalog import Catalog
from search import Searcher, index_changes, open_engine
from search.web import create_app
from tests.conftest import free_port
from tests.search.library import WORKS, Document, Work, fill, put, sha256_of
from tests.search.web.little_library import HOSTILE, LONG, PDF

CHROMIUM = Path("/usr/bin/chromium")
QUIET = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--disable-sync",
]
PHONE = {"width": 360, "height": 640}
REPORT = "Report of the Special Rapporteur on the human rights of migrants"
EXTRA = (
    Work("UN", HOSTILE, [Document("en", "A/HRC/99/1", HOSTILE, [(1, "1", HOSTILE)])], symbol="A/HRC/99/1"),
    Work(
        "UN", "A very long text", [Document("en", "A/99/1", "A very long text", [(1, "1", LONG)] * 3)], symbol="A/99/1"
    ),
    Work("WTO", "W" * 300, [Document("en", None, "W" * 300, [(1, None, "unbroken" * 60)])], name="100% <odd>/../key"),
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A real server on localhost over the library of the search tests and what is hard to show."""
    folder = tmp_path_factory.mktemp("site")
    catalog = Catalog(f"sqlite:///{folder}/catalog.sqlite")
    catalog.migrate()
    fill(catalog)
    for work in EXTRA:
        put(catalog, work)
    engine = open_engine(None)
    index_changes(catalog, engine)
    for work in WORKS:
        for document in work.documents:
            (folder / sha256_of(f"{work.key} {document.symbol} {document.language}")).write_bytes(PDF)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    notice = "These documents are a replica made for the tests."
    app = create_app(catalog, Searcher(catalog, engine), lambda sha256: folder / sha256, "s" * 20, address, notice)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert thread.is_alive() and time.monotonic() < deadline, "the server did not start"
        time.sleep(0.05)
    yield address
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def browser():
    if not CHROMIUM.exists():
        missing = f"NOT TESTED in a browser: {CHROMIUM} is missing (apt-get install chromium)"
        if os.environ.get("FORUMWATCH_CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        yield running
        running.close()


@pytest.fixture
def person(browser, site):
    """A page of a browser that runs no script; every request that leaves the site is a failure."""
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    strays = []
    page.on("request", lambda request: None if request.url.startswith(site) else strays.append(request.url))
    yield page
    context.close()
    assert not strays


def test_search_narrow_open_read_and_go_back(person):
    from playwright.sync_api import expect

    person.goto("/")
    expect(person.get_by_text("These documents are a replica")).to_be_visible()
    person.get_by_label("Search the documents").fill('"domestic workers"')
    person.keyboard.press("Enter")
    person.wait_for_url("**/search?q=*")
    works = person.get_by_role("article")
    expect(person.get_by_text("Asked for:")).to_be_visible()
    all_works = works.count()
    assert all_works > 1

    narrow = person.get_by_role("complementary", name="Narrow these results")
    narrow.get_by_role("link", name="Human Rights Council").first.click()
    chosen = person.get_by_role("list", name="Narrowed to").get_by_role("link", name="Body: Human Rights Council")
    expect(chosen).to_be_visible()
    assert 0 < works.count() < all_works

    person.get_by_role("link", name=REPORT, exact=True).click()
    expect(person.get_by_role("heading", level=1)).to_have_text(REPORT)
    expect(person.get_by_role("heading", name="What it cites")).to_be_visible()

    person.get_by_role("link", name="page 3, paragraph 45").first.click()
    paragraph = person.locator(".par.here")
    expect(paragraph).to_contain_text("domestic workers who return from abroad")
    expect(paragraph.locator("mark").first).to_have_text("domestic workers")
    expect(paragraph).to_be_in_viewport()
    assert person.url.endswith("#para-45")

    person.go_back()
    expect(person.get_by_role("heading", name="What it cites")).to_be_visible()
    person.go_back()
    chosen.click()
    expect(works).to_have_count(all_works)


def test_everything_can_be_done_by_keyboard(person):
    from playwright.sync_api import expect

    person.goto("/search?q=migrants")
    person.keyboard.press("Tab")
    focused = person.locator(":focus")
    expect(focused).to_have_text("Skip to the content")
    expect(focused).to_be_in_viewport()  # it is hidden until it has the focus
    person.keyboard.press("Enter")
    person.keyboard.press("Tab")
    expect(focused).to_have_attribute("name", "q")
    expect(focused).to_have_css("outline-width", "3px")
    for _ in range(60):
        person.keyboard.press("Tab")
        if focused.inner_text() == REPORT:
            break
    person.keyboard.press("Enter")
    expect(person.get_by_role("heading", level=1)).to_have_text(REPORT)


PATHS = [
    "/",
    "/search?q=migrants",
    "/search?q=%22domestic+workers%22&country=PHL&language=ar",
    "/search?q=zebra+contry:x",
    "/search?q=unbroken*",
    "/works/UN:A/HRC/47/30?q=passports",
    "/works/UN:A/HRC/99/1",
    "/works/UN:A/99/1",
    f"/documents/{sha256_of('UN:A/HRC/47/30 A/HRC/47/30 en')}?q=passports&at=3#para-45",
    f"/documents/{sha256_of('UN:A/HRC/47/30 A/HRC/47/30 ar')}",
    f"/documents/{sha256_of('UN:A/99/1 A/99/1 en')}",
    "/sources",
    "/quarantine",
    "/help",
    "/health",
    "/nowhere",
]


@pytest.mark.parametrize("path", PATHS)
def test_a_phone_needs_no_sideways_scrolling(browser, site, path):
    context = browser.new_context(base_url=site, viewport=PHONE, is_mobile=True, has_touch=True)
    page = context.new_page()
    page.goto(path)
    wide = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert wide <= PHONE["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", [*PATHS[:4], PATHS[5], *PATHS[8:11], "/quarantine", "/help"])
def test_nothing_stands_in_anyones_way(browser, site, path, scheme):
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(base_url=site, color_scheme=scheme, bypass_csp=True)  # axe is a script
    page = context.new_page()
    page.goto(path)
    found = Axe().run(page)
    context.close()
    grave = [
        f"{each['id']}: {node['html'][:120]} {node['failureSummary']}"
        for each in found.response["violations"]
        if each["impact"] in ("serious", "critical", "moderate")
        for node in each["nodes"]
    ]
    assert not grave, "\n".join(grave)


def test_a_hostile_title_stays_text(browser, site):
    context = browser.new_context(base_url=site)  # with JavaScript: it must not run
    page = context.new_page()
    dialogs = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    for path in ("/search?q=alert", "/works/UN:A/HRC/99/1", "/search?q=%3Cscript%3Ealert(9)%3C/script%3E"):
        page.goto(path)
        assert page.locator("main script, main img").count() == 0
    page.goto("/works/UN:A/HRC/99/1")
    assert page.get_by_role("heading", level=1).inner_text() == HOSTILE
    context.close()
    assert not dialogs


def test_a_page_prints_without_its_tools(browser, site):
    context = browser.new_context(base_url=site)
    page = context.new_page()
    page.goto("/search?q=migrants")
    page.emulate_media(media="print")
    assert not page.get_by_role("search").is_visible()
    assert not page.locator("#narrow").is_visible()
    assert page.get_by_role("article").first.is_visible()
    context.close()
