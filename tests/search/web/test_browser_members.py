"""Can a person come, change their mind and go, in a browser without scripts, on a phone, with a screen reader?"""

import json
import re
import threading
import time
from email import message_from_bytes, policy

import pytest
import uvicorn

from catalog import Catalog
from search.alerts import Links, Smtp, Wanted, deliver, subscribe
from search.web import create_app
from tests.conftest import free_port
from tests.search.alerts.letters import MADE
from tests.search.alerts.postoffice import PostOffice
from tests.search.web import test_browser
from tests.search.web.conftest import SECRET, Canned

browser = test_browser.browser


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """(catalog, address of a real server whose clock stands still)."""
    folder = tmp_path_factory.mktemp("members")
    catalog = Catalog(f"sqlite:///{folder}/catalog.sqlite")
    catalog.migrate()
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    app = create_app(catalog, Canned(), lambda sha256: folder / sha256, SECRET, address, clock=lambda: MADE)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert thread.is_alive() and time.monotonic() < deadline, "the server did not start"
        time.sleep(0.05)
    yield catalog, address
    server.should_exit = True
    thread.join(10)


def test_a_person_comes_changes_and_goes(browser, place, tmp_path):
    from playwright.sync_api import expect

    catalog, address = place
    context = browser.new_context(base_url=address, java_script_enabled=False, locale="en-PH", accept_downloads=True)
    context.set_default_timeout(8_000)
    person = context.new_page()
    strays = []
    person.on("request", lambda request: None if request.url.startswith(address) else strays.append(request.url))

    person.goto("/sign-up?q=%22domestic+workers%22")
    expect(person.get_by_label("Your time zone")).to_have_value("Asia/Manila")
    person.get_by_label("Your mail address").fill("joy@members.example")
    person.get_by_label("A name for it").fill("Domestic work")
    person.get_by_label("How often?").select_option(label="every day")
    person.get_by_role("button", name="Send me the mail").click()
    expect(person.get_by_role("heading", level=1)).to_have_text("Please look into your mailbox")

    with PostOffice() as server:
        assert deliver(catalog, Smtp("127.0.0.1", server.port, timeout=5.0), MADE).sent == 1
    text = message_from_bytes(server.taken[0], policy=policy.default).get_body(("plain",)).get_content()
    person.goto(re.search(rf"{address}/confirm/\S+", text)[0])
    expect(person.get_by_text("Documents with the phrase “domestic workers”")).to_be_visible()
    person.get_by_role("button", name="Yes, send me these mails").click()
    person.get_by_role("link", name="Your page").click()

    expect(person.get_by_text("j…@members.example")).to_be_visible()
    person.get_by_role("button", name="Pause Domestic work").click()
    expect(person.get_by_role("status")).to_have_text("The search is paused.")
    person.get_by_role("button", name="Go on, and tell me what came meanwhile Domestic work").click()
    person.get_by_text("Change Domestic work").click()
    person.get_by_label("Name", exact=True).fill("Work in homes")
    person.get_by_role("article").get_by_role("button", name="Save").click()
    expect(person.get_by_role("heading", level=3)).to_have_text("Work in homes")
    person.get_by_label("Language of the mails").select_option(label="Español")
    person.get_by_label("Careful mails").check()
    person.locator("section", has_text="Your settings").get_by_role("button", name="Save").click()
    expect(person.get_by_role("status")).to_have_text("Sus ajustes están guardados.")

    with person.expect_download() as download:
        person.get_by_role("link", name="Todo lo que guardamos").click()
    download.value.save_as(tmp_path / "mine.json")
    assert json.loads((tmp_path / "mine.json").read_text())["member"]["safe"] is True
    person.get_by_role("link", name="Borrarlo todo").click()
    person.get_by_role("button", name="Borrarlo todo").click()  # not ticked: the browser asks for it
    expect(person.get_by_role("heading", level=1)).to_have_text("¿Borrarlo todo?")
    person.get_by_label("Sí, quiero que se borre todo").check()
    person.get_by_role("button", name="Borrarlo todo").click()
    expect(person.get_by_role("heading", level=1)).to_have_text("Todo está borrado")
    person.goto(re.search(rf"{address}/confirm/\S+", text)[0])
    expect(person.get_by_role("heading", level=1)).to_have_text("That is gone")
    context.close()
    assert not strays


def pages_of(place) -> list[str]:
    """Each page about a person, with what is hard to show on it."""
    catalog, address = place
    links = Links(address, SECRET)
    wide = Wanted("W" * 200, "unbroken" * 60, {"country": ["PHL"]}, "paragraphs")
    searches = [wide, Wanted("<script>alert(1)</script>", "fees"), Wanted("باحث", "visa", cadence="at once")]
    who = subscribe(catalog, "eva@members.example", "en", searches).subscriber_id
    token = links.manage(who)
    return ["/sign-up?q=" + "unbroken" * 60, "/manage", token, f"{token}/delete", links.unsubscribe(who)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_anyones_way(browser, place, scheme):
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(
        base_url=place[1], color_scheme=scheme, bypass_csp=True, viewport=test_browser.PHONE, is_mobile=True
    )
    page = context.new_page()
    found = []
    for path in pages_of(place):
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        assert page.evaluate("document.documentElement.scrollWidth") <= test_browser.PHONE["width"], path
        found += [
            f"{path[:30]} {each['id']}: {node['html'][:120]} {node['failureSummary']}"
            for each in Axe().run(page).response["violations"]
            if each["impact"] in ("serious", "critical", "moderate")
            for node in each["nodes"]
        ]
    context.close()
    assert not found, "\n".join(found)
