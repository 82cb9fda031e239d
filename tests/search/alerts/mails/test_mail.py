"""Is the mail what readers, their programs and their phones can use? In three languages, light, and always the same."""

import re
import unicodedata
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.alerts.errors import AlertError
from search.alerts.links import Letterhead, Links
from search.alerts.mails.letter import Already, Flood, excerpt, plain
from search.alerts.mails.mail import LARGEST_HTML, compose, message_id
from search.alerts.members.addresses import hint
from search.alerts.members.asking import Asking
from search.alerts.members.asking import message_id as asking_id
from search.alerts.tokens import Grant, verify
from search.alerts.wording import Wording
from search.known import POOR_TEXT
from search.labels import label_of
from search.web.urls import Urls
from tests.search.alerts.letters import (
    DOMESTIC,
    ITEMS,
    LETTERHEAD,
    LINKS,
    MADE,
    SECRET,
    SOURCES,
    TRAINING,
    item,
    letter,
    passage,
)

GOOD = SOURCES[:1]


def opened(raw: bytes):
    return message_from_bytes(raw, policy=policy.default)


def text_of(raw: bytes) -> str:
    return opened(raw).get_body(("plain",)).get_content().replace("\r\n", "\n")


def html_of(raw: bytes) -> str:
    return opened(raw).get_body(("html",)).get_content()


def test_headers_that_mail_systems_act_on():
    mail = opened(compose(letter(sources=GOOD), LINKS, LETTERHEAD))
    assert mail["Subject"] == "Forumwatch: 6 new documents, 28 Sep - 4 Oct 2026"
    assert mail["From"] == "Forumwatch <digest@forumwatch.example.org>"
    assert (mail["To"], mail["Reply-To"]) == ("ana@members.example.net", "people@forumwatch.example.org")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == "Forumwatch <digest.forumwatch.example.org>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Date"].datetime == MADE
    assert mail["Message-ID"] == message_id(letter(), LINKS, LETTERHEAD)
    address = re.fullmatch(r"<https://forumwatch\.example\.org/unsubscribe/([^>]+)>", mail["List-Unsubscribe"])
    assert verify(SECRET, address[1]) == Grant(7, None)


def test_a_mailto_beside_the_link_only_where_someone_reads_it():
    with_mailto = replace(LETTERHEAD, unsubscribe_mailto="leave@forumwatch.example.org")
    raw = compose(letter(), LINKS, with_mailto)
    assert re.search(rb"List-Unsubscribe: <https://[^ >]+>,\r\n <mailto:leave@[^ >]+>\r\n", raw)
    assert b"mailto" not in compose(letter(), LINKS, LETTERHEAD)


def test_lines_are_what_smtp_takes():
    for language in ("en", "fr", "es"):
        raw = compose(letter(language), LINKS, LETTERHEAD)
        assert raw.isascii() and b"\n" not in raw.replace(b"\r\n", b"")
        body = raw.partition(b"\r\n\r\n")[2]
        assert max(map(len, body.split(b"\r\n"))) <= 76


def test_equal_letters_are_equal_bytes():
    assert compose(letter(), LINKS, LETTERHEAD) == compose(letter(), LINKS, LETTERHEAD)


def test_the_message_id_depends_on_member_kind_and_period_alone():
    same = {
        message_id(letter(language, items=items, sources=sources, made=MADE + timedelta(days=days)), LINKS, LETTERHEAD)
        for language, items, sources, days in (("en", ITEMS, SOURCES, 0), ("fr", ITEMS[:2], GOOD, 3))
    }
    assert len(same) == 1
    others = [letter(period="2026-W41"), letter(kind="daily"), letter(subscriber_id=8), letter(address="x@y.org")]
    assert len({message_id(other, LINKS, LETTERHEAD) for other in others} | same) == 5


def test_nobody_guesses_a_message_id_who_does_not_know_the_secret():
    """A bounce is believed by it where bounces have no address of their own."""
    elsewhere = replace(LINKS, secret="another house's secret, long enough")
    assert message_id(letter(), elsewhere, LETTERHEAD) != message_id(letter(), LINKS, LETTERHEAD)
    ask = Asking(7, "ana@members.example.net", "en", "UTC", False, "2026-10-05T07:00", MADE)
    assert asking_id(ask, elsewhere.secret, LETTERHEAD) != asking_id(ask, LINKS.secret, LETTERHEAD)


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_each_language_says_everything(language):
    raw = compose(letter(language), LINKS, LETTERHEAD)
    w = Wording(language)
    for part in (text_of(raw), html_of(raw)):
        flat = " ".join(part.split())
        assert w("Your search “{name}”", name="Domestic work") in flat
        for said in (
            w("What this mail covers"),
            w("Sources looked at"),
            w("Stop all mail"),
            w("Stop one search"),
            w("late"),
            w("last try failed"),
        ):
            assert said.casefold() in flat.casefold()
        assert "28" in flat and "{" not in re.sub(r"<style.*?</style>", "", flat, flags=re.S)
        assert label_of("language", "fr", language) in flat
    assert {"en": "(incomplete)", "fr": "(incomplet)", "es": "(incompleto)"}[language] in opened(raw)["Subject"]
    assert opened(raw)["Content-Language"] == language


def test_a_work_stands_once_with_every_search_that_found_it():
    text = text_of(compose(letter(), LINKS, LETTERHEAD))
    assert text.count("Fair recruitment of migrant domestic workers") == 1
    entry = text[text.index("Fair recruitment") :].partition("Read it:")[0]
    assert "Your search “Domestic work”: documents with the phrase" in entry
    assert "Your search “Pre-departure training”: documents with" in entry
    assert "*training* before" in entry and "*domestic workers* who" in entry
    assert "A/HRC/59/12, para. 45, p. 12" in entry
    assert "A/HRC/59/12 · 29 Sep 2026 · English, French, Spanish" in entry


def test_grouped_by_publisher_and_body_in_a_fixed_order():
    text = text_of(compose(letter(items=reversed(ITEMS)), LINKS, LETTERHEAD))
    heads = re.findall(r"^([A-Z ]+) - (.+)$", text, flags=re.M)
    assert [head for head, _ in heads] == sorted(
        (head for head, _ in heads),
        key=[
            "UNITED NATIONS",
            "INTERNATIONAL LABOUR ORGANIZATION",
            "INTERNATIONAL ORGANIZATION FOR MIGRATION",
            "WORLD TRADE ORGANIZATION",
        ].index,
    )
    assert ("UNITED NATIONS", "Human Rights Council") in heads


def test_incomplete_only_when_a_source_failed_or_is_late():
    assert "incomplete" not in compose(letter(sources=GOOD), LINKS, LETTERHEAD).decode().lower()
    late, failed = replace(GOOD[0], late=True), replace(GOOD[0], state="failed")
    for trouble in (late, failed):
        raw = compose(letter(sources=(trouble,)), LINKS, LETTERHEAD)
        assert "(incomplete)" in opened(raw)["Subject"]
        assert "may be incomplete: ILO Governing Body documents" in " ".join(text_of(raw).split())


@pytest.mark.parametrize(
    ("language", "words"), [("en", "not looked at yet"), ("fr", "pas encore consultée"), ("es", "aún no consultada")]
)
def test_a_source_that_was_never_started_is_said_so_and_makes_no_mail_incomplete(language, words):
    new = replace(GOOD[0], title="New", last_started=None, last_good=None, state=None, never=True)
    raw = compose(letter(sources=(new,), language=language), LINKS, LETTERHEAD)
    assert f"New: {words}" in " ".join(text_of(raw).split())
    assert "incompl" not in opened(raw)["Subject"]
    tried = replace(new, last_started=GOOD[0].last_started, state="failed")
    raw = compose(letter(sources=(tried,), language=language), LINKS, LETTERHEAD)
    assert words not in text_of(raw) and "incompl" in opened(raw)["Subject"]


def test_the_notice_is_said_in_both_parts():
    raw = compose(
        letter(),
        LINKS,
        replace(LETTERHEAD, notice={"en": "These documents are a replica, written for a demonstration."}),
    )
    assert "replica" in text_of(raw) and "replica" in html_of(raw)


def test_no_images_no_scripts_no_foreign_addresses():
    html = html_of(compose(letter(), LINKS, LETTERHEAD))
    assert not re.search(r"<img|<script|<link|<iframe|url\(|@import|@font-face", html)
    addresses = re.findall(r'(?:href|src)="([^"]+)"', html)
    assert addresses and all(address.startswith("https://forumwatch.example.org/") for address in addresses)


def test_what_comes_from_documents_cannot_write_into_the_page():
    hostile = item(
        '"><script>alert(1)</script>',
        "<b>bold</b>\r\nBcc: all@example.org\x00\u202e",
        passage=passage("</blockquote><script>x</script> workers \u202egnorw", "workers", citation="<i>A/1</i>"),
        reasons=(replace(TRAINING, name="<u>mine</u>", said="a & b"),),
    )
    raw = compose(letter(items=[hostile]), LINKS, LETTERHEAD)
    html = html_of(raw)
    assert not re.search(r"<(b|i|u|script)>", html) and "\u202e" not in html + text_of(raw)
    assert opened(raw)["Bcc"] is None and "\x00" not in text_of(raw)


@pytest.mark.parametrize("field", ["sender", "sender_name", "reply_to", "unsubscribe_mailto"])
def test_settings_cannot_add_headers(field):
    bad = Letterhead(**({"sender": "f@example.org"} | {field: "f@example.org\r\nBcc: all@example.org"}))
    with pytest.raises((AlertError, ValueError)):
        compose(letter(), LINKS, bad)


def test_an_address_cannot_add_headers():
    with pytest.raises((AlertError, ValueError)):
        compose(letter(address="ana@example.net\r\nBcc: all@example.org"), LINKS, LETTERHEAD)


def test_arabic_keeps_its_direction():
    raw = compose(letter(), LINKS, LETTERHEAD)
    text = text_of(raw)
    assert re.search("\u2067تلاحظ[^\u2069]+\u2069", text) and re.search("\u2068التقرير[^\u2069]+\u2069", text)
    assert text.count("\u2067") + text.count("\u2068") == text.count("\u2069")
    assert re.search(r'<blockquote class="quote" lang="ar" dir="rtl"', html_of(raw))


def test_a_thousand_documents_stay_a_light_mail():
    long = "The Committee is concerned that domestic workers lack protection of any kind whatever. " * 8
    many = [
        item(
            f"A/81/{number}",
            "A long title about the protection of migrants " * 5,
            passage=passage(long, "domestic workers"),
        )
        for number in range(1000)
    ]
    raw = compose(letter(items=many), LINKS, LETTERHEAD)
    html = html_of(raw)
    assert len(html.encode()) <= LARGEST_HTML
    more = int(re.search(r"and (\d+) more", html)[1])
    shown = len(set(re.findall(r"/works/A/81/(\d+)", html)))
    assert more + shown == 1000 and shown >= 40
    assert f"and {more} more" in text_of(raw) and LINKS.search('"domestic workers"') in text_of(raw)
    assert "1000 new documents" in opened(raw)["Subject"]


@given(st.text(max_size=900), st.lists(st.tuples(st.integers(-5, 900), st.integers(-5, 900)), max_size=8))
@settings(max_examples=300, deadline=None)
def test_excerpts_are_bounded_and_quote_nothing_else(text, marks):
    pieces = excerpt(passage("x")) if not text else excerpt(replace(passage("x"), text=text, marks=tuple(marks)))
    quoted = "".join(piece.text for piece in pieces)
    assert len(quoted) <= 400
    assert plain(quoted.removeprefix("… ").removesuffix(" …")) in plain(text) or not plain(text)


def test_an_excerpt_shows_the_first_marked_words():
    text = "word " * 300 + "the remedy for wage theft is slow " + "word " * 300
    start = text.index("wage theft")
    pieces = excerpt(replace(passage("x"), text=text, marks=((start, start + 10),)))
    assert [piece.text for piece in pieces if piece.marked] == ["wage theft"]
    assert pieces[0].text.startswith("… ") and pieces[-1].text.endswith(" …")


@pytest.mark.parametrize(
    "key", ["A/HRC/47/30", "UN:A/HRC/47/30", "x/../y", "a//b", "é ü?&#", "a.json", "sha256:" + "0" * 64]
)
def test_links_lead_where_the_pages_are(key):
    base = "https://forumwatch.example.org/here"
    links, urls = Links(base + "/", SECRET), Urls(base)
    assert links.work(key, "a b") == urls.work(key, "a b") and links.work(key) == urls.work(key)
    token = links.unsubscribe(7, 3).rpartition("/")[2]
    assert links.unsubscribe(7, 3) == urls.unsubscribe(token) and verify(SECRET, token) == Grant(7, 3)
    assert links.search("a b").startswith(urls.search() + "?q=a+b")
    assert (links.home(), links.sources()) == (urls.home(), urls.page("sources"))


@pytest.mark.parametrize("bad", ["ftp://x.org", "forumwatch.example.org", "https://", "https://x.org/?a=b"])
def test_a_site_address_that_leads_nowhere_is_refused(bad):
    with pytest.raises(AlertError):
        Links(bad, SECRET)


def test_addresses_are_shown_by_a_hint():
    assert hint("maria.lopez@example.org") == "m…@example.org"


ALREADY = (Already("UN:A/1", "Wages in the Gulf", MADE - timedelta(days=3)),)
FLOOD = Flood("IOM Council documents", 812, 31, MADE)
SAID = re.compile(r"(?i)forumwatch(?!\.example)|domestic|pre-departure|training|sri lanka|CMW|ILO|philippines")


def heads(raw: bytes) -> str:
    mail = opened(raw)
    return "\n".join(f"{name}: {value}" for name, value in mail.items() if name != "List-Unsubscribe")


@pytest.mark.parametrize("language", ["en", "fr", "es"])
@pytest.mark.parametrize("kind", ["weekly", "daily", "at once"])
def test_a_mail_in_safe_mode_names_nothing_where_it_is_seen_unopened(language, kind):
    """Headers, and the first lines of both parts, which programs show as a preview; no search and no quotation."""
    raw = compose(letter(language, safe=True, kind=kind, already=ALREADY), LINKS, LETTERHEAD)
    seen = re.sub(r"<style.*?</style>|<!--.*?-->|<[^>]+>", " ", html_of(raw).partition("<body")[2], flags=re.S)
    title = re.search(r"<title>(.*?)</title>", html_of(raw))[1]
    for shown in (heads(raw), title, text_of(raw)[:200], " ".join(seen.split())[:200]):
        assert not SAID.search(shown), shown
    whole = " ".join((text_of(raw) + html_of(raw)).split())
    for private in ("Domestic work", "Pre-departure training", "domestic workers”", "Committee notes", "?q=", "<mark"):
        assert private not in whole, private
    assert "Fair recruitment of migrant domestic workers" in whole  # what came in is told, further down


def test_a_mail_in_safe_mode_says_that_it_is_incomplete_without_saying_what_of():
    raw = compose(letter(safe=True), LINKS, LETTERHEAD)
    assert opened(raw)["Subject"] == "Your summary (incomplete), 28 Sep - 4 Oct 2026"
    assert opened(raw)["From"] == "Summary <digest@forumwatch.example.org>"


def test_nothing_in_a_mail_tells_that_it_was_opened():
    """Links lead to the house itself and to the work, the same for every reader; what is signed only acts for them."""
    hers, his = (html_of(compose(letter(subscriber_id=each), LINKS, LETTERHEAD)) for each in (7, 8))
    links = [set(re.findall(r'href="([^"]+)"', page)) for page in (hers, his)]
    assert all(re.search("/(manage|mails|unsubscribe)/", link) for link in links[0] ^ links[1])


def test_one_click_stops_the_search_of_a_mail_at_once_about_one_search_and_else_all_mail():
    def stopped(**other) -> Grant:
        mail = opened(compose(letter(**other), LINKS, LETTERHEAD))
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        return verify(SECRET, mail["List-Unsubscribe"].strip("<>").rpartition("/")[2])

    one = [item("A/1", "One", reasons=(DOMESTIC,)), item("A/2", "Two", reasons=(DOMESTIC,))]
    assert stopped(kind="at once", items=one) == Grant(7, DOMESTIC.search_id)
    assert stopped(kind="at once") == stopped(kind="weekly", items=one) == Grant(7, None)


def test_new_works_come_first_then_new_versions_then_what_was_there_before():
    items = [
        item("A/1", "Old", standing="earlier"),
        item("A/2", "Revised", standing="revised"),
        item("A/3", "Fresh", publisher="WTO"),
    ]
    text = text_of(compose(letter(items=items, already=ALREADY, held=(FLOOD,)), LINKS, LETTERHEAD))
    order = ("New documents", "Fresh", "New versions of", "Revised", "Earlier documents", "Old", "Already sent")
    places = [text.index(said) for said in (*order, "Held back", "What this mail covers")]
    assert places == sorted(places)
    assert "IOM Council documents brought 812 documents at once; 31 of them match" in " ".join(text.split())


def test_what_was_there_before_is_not_called_new():
    items = [item("A/1", "Old", standing="earlier"), item("A/2", "Older", standing="earlier")]
    raw = compose(letter(items=items), LINKS, LETTERHEAD)
    assert "2 documents" in text_of(raw) and "came in" not in text_of(raw) and "2 new documents" not in text_of(raw)
    both = text_of(compose(letter(items=[*items, item("A/3", "Fresh")]), LINKS, LETTERHEAD))
    assert "3 documents" in both and "One document came in" in both


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_the_text_fits_a_terminal(language):
    text = text_of(compose(letter(language, already=ALREADY, held=(FLOOD,)), LINKS, LETTERHEAD))
    assert all(len(line) <= 72 for line in text.splitlines() if "https://" not in line)


def test_an_empty_section_is_not_printed():
    text = text_of(compose(letter(items=ITEMS[:1]), LINKS, LETTERHEAD))
    for title in ("New versions", "Earlier documents", "Already sent", "Held back", "Also new"):
        assert title not in text


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"method": "tesseract"}, "para. 45, p. 12 · English · read by OCR"),
        ({"method": "pypdfium2"}, "para. 45, p. 12 · English"),
        ({"part": "annex"}, "English · in an annex"),
        ({"part": "row", "method": "tesseract"}, "English · in a table · read by OCR"),
        ({"late": True}, "This comes late: it was missed at first"),
    ],
)
def test_it_is_said_where_the_passage_stands_and_how_it_was_read(other, said):
    one = item("A/1", "One", passage=passage("some workers here", "workers"), **other)
    raw = compose(letter(items=[one]), LINKS, LETTERHEAD)
    assert said in text_of(raw) and said in html_of(raw)
    assert ("OCR" in text_of(raw)) == (other.get("method") == "tesseract")


def test_a_poor_scan_is_said_to_be_one():
    poor = item("A/1", "One", passage=passage("some workers", "workers", quality=0.3), method="tesseract")
    flat = " ".join(text_of(compose(letter(items=[poor]), LINKS, LETTERHEAD)).split())
    assert f"read by OCR · {POOR_TEXT}" in flat
    flat = " ".join(text_of(compose(letter(items=[replace(poor, method="html")]), LINKS, LETTERHEAD)).split())
    assert POOR_TEXT in flat and "OCR" not in flat


def test_the_receipt_counts_by_source_in_the_readers_time_zone():
    flat = " ".join(text_of(compose(letter(zone="Asia/Kolkata"), LINKS, LETTERHEAD)).split())
    assert "from 28 Sep 2026, 10:30 to 5 Oct 2026, 10:30 (Asia/Kolkata). 214 documents were new" in flat
    assert "ILO Governing Body documents: last good look 5 Oct 2026, 07:30; 12 new documents" in flat
    assert "! WTO documents on GATS Mode 4: late;" in flat


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_the_receipt_says_that_pages_wait_for_ocr(language):
    one = letter(language, items=())
    for number, there in ((0, False), (1, True), (1200, True)):
        mail = replace(one, receipt=replace(one.receipt, pictures=number))
        raw = compose(mail, LINKS, LETTERHEAD)
        said = {
            "en": "still to be read: what",
            "fr": "à lire : ce qu’elle" if number == 1 else "à lire : ce qu’elles",
            "es": "leer 1 página que" if number == 1 else "páginas que son imágenes",
        }[language]
        for text in (text_of(raw), html_of(raw)):
            assert (said in " ".join(text.replace("\xa0", " ").replace("\u202f", " ").split())) == there


def test_an_empty_week_says_how_much_was_looked_at():
    raw = compose(letter(items=(), sources=GOOD), LINKS, LETTERHEAD)
    assert opened(raw)["Subject"] == "Forumwatch: 0 matches in 214 new documents, 28 Sep - 4 Oct 2026"
    assert "Nothing came in that your searches look for" in text_of(raw)


@pytest.fixture(scope="module")
def browser():
    if not Path("/usr/bin/chromium").exists():
        pytest.skip("chromium: NOT TESTED (apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-background-networking", "--disable-gpu"]
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=options)
        yield chromium
        chromium.close()


@pytest.mark.parametrize("language", ["en", "fr", "es"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_must_be_scrolled_sideways_and_everything_can_be_read(browser, language, scheme):
    unbroken = item("X" * 190, "Supercalifragilistic" * 14, passage=passage("workers " + "y" * 300, "workers"))
    html = html_of(compose(letter(language, items=(*ITEMS, unbroken)), LINKS, LETTERHEAD))
    page = browser.new_page(viewport={"width": 320, "height": 740}, color_scheme=scheme)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(html)
    for width in (700, 320):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not [url for url in asked if not url.startswith("about:")]
    contrasts = page.evaluate(CONTRASTS)
    assert contrasts and min(contrast for contrast, _ in contrasts) >= 4.5, min(contrasts)
    page.close()


def test_a_screen_reader_finds_headings_in_order_and_no_fault(browser):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe: NOT TESTED (not installed)")
    page = browser.new_page()
    raw = compose(letter(already=ALREADY, held=(FLOOD,)), LINKS, LETTERHEAD)
    page.set_content(html_of(raw))
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
    assert page.evaluate("[document.documentElement.lang, document.title]") == ["en", opened(raw)["Subject"]]
    assert levels[0] == 1 and levels.count(1) == 1 and all(b - a <= 1 for a, b in pairwise(levels))
    found = axe.Axe().run(page).response["violations"]
    pages_only = {"region", "landmark-one-main"}  # rules about landmarks of web sites, which mails have not
    assert [each["id"] for each in found if each["id"] not in pages_only] == []
    page.close()


# The contrast (WCAG 2) of every text with the nearest background under it.
CONTRASTS = """() => {
  const light = c => { const v = c.map(x => { x /= 255; return x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4 });
    return .2126 * v[0] + .7152 * v[1] + .0722 * v[2] };
  const rgb = s => s.match(/[\\d.]+/g).map(Number);
  const out = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    if (!walk.currentNode.data.trim()) continue;
    const element = walk.currentNode.parentElement;
    let under = element;
    while (under && (rgb(getComputedStyle(under).backgroundColor)[3] ?? 1) === 0) under = under.parentElement;
    const colours = [getComputedStyle(element).color, getComputedStyle(under).backgroundColor];
    const [a, b] = colours.map(colour => light(rgb(colour).slice(0, 3)));
    out.push([(Math.max(a, b) + .05) / (Math.min(a, b) + .05), walk.currentNode.data.trim().slice(0, 40)]);
  }
  return out;
}"""


def test_no_control_character_passes():
    """Every character that Unicode calls a control or half a character becomes a space."""
    bad = [chr(number) for number in range(0x110000) if unicodedata.category(chr(number)) in ("Cc", "Cs")]
    assert plain("a" + "".join(bad) + "b") == "a b" and len(bad) == 65 + 2048
    assert plain("a\u202eb\u2067c") == "abc"
