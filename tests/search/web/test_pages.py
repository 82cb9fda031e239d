"""Do the pages say what is known, do their twins say the same, and does nothing hostile come through?"""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
import sqlalchemy as sa
from pydantic import TypeAdapter

from catalog import CatalogError, tables
from search import json_shapes
from search.alerts.mails.receipt import receipt
from search.as_json import marked
from search.errors import IndexUnavailable, MistakenRequest
from search.standing import IndexStanding
from search.web.pages import examples
from search.web.urls import Urls
from tests.search.web.little_library import BYTES, HOSTILE, HOSTILE_KEY, KEY, TEXT, results, sha

PAGES = {
    "/": "SourcesJson",
    "/search?q=domestic+workers": "SearchJson",
    f"/works/{KEY}": "WorkJson",
    Urls("").work(HOSTILE_KEY): "WorkJson",
    f"/documents/{sha('english')}": "DocumentJson",
    f"/documents/{sha('hostile')}": "DocumentJson",
    "/sources": "SourcesJson",
    "/quarantine": "UnreadListJson",
    "/help": "HelpJson",
    "/health": "HealthJson",
}
VOID = {"meta", "link", "input", "br", "hr", "img", "source", "wbr"}


class Page(HTMLParser):
    """A page taken apart; also checks that its tags close."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags, self.links, self.ids, self.words, self.open = [], [], [], [], []
        self.feed(html)
        assert not self.open, f"left open: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        self.links += [value for name, value in attrs if name == "href"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


def twin_of(page: Page) -> str:
    return next(a["href"] for tag, a in page.tags if tag == "link" and a.get("type") == "application/json")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_sound_and_has_its_twin(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert len(answer.content) < 60_000
    page = Page(answer.text)
    assert len(page.ids) == len(set(page.ids))
    assert {"header", "main", "footer", "nav", "h1"} <= {tag for tag, _ in page.tags}
    assert page.tags[0] == ("html", {"lang": "en"})
    assert not {"script", "iframe", "img", "object", "style"} & {tag for tag, _ in page.tags}
    assert not any(name.startswith("on") or name == "style" for _, attributes in page.tags for name in attributes)
    twin = client.get(twin_of(page))
    assert twin.headers["content-type"] == "application/json"
    TypeAdapter(getattr(json_shapes, PAGES[path])).validate_python(twin.json(), strict=True)


@pytest.mark.parametrize("path", PAGES)
def test_every_link_within_the_site_leads_somewhere(client, path):
    for link in dict.fromkeys(Page(client.get(path).text).links):
        if link.startswith("/") and not link.startswith("/search"):
            assert client.get(link).status_code == 200, link


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_fetched_from_elsewhere(client, path):
    for tag, attributes in Page(client.get(path).text).tags:
        if tag in ("link", "form"):
            where = attributes.get("href") or attributes.get("action")
            assert where.startswith("/") and not where.startswith("//")


@pytest.mark.parametrize(
    "path", [*PAGES, "/nowhere", "/search.json?q=x", f"/documents/{sha('english')}/original", "/openapi.json"]
)
def test_headers_let_a_browser_do_little(client, path):
    headers = client.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "script" not in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"] or path.endswith("/original")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in headers


def test_the_search_page_shows_what_its_twin_has(client):
    page, data = Page(client.get("/search?q=domestic").text), client.get("/search.json?q=domestic").json()
    assert set(data) == {
        *("query", "said", "unit", "total", "by_meaning", "suggestion", "widened"),
        *("complaints", "facets", "hits", "after", "url", "next_url"),
    }
    assert f"{data['total']} works" in page.text
    assert data["said"] in page.text
    for hit in data["hits"]:
        assert hit["title"] in page.text
        assert all(symbol in page.text for symbol in hit["symbols"])
        for passage in hit["passages"]:
            assert passage["plain"] in page.text
            assert passage["citation"] in page.text
            assert passage["text"].count("<mark>") == 1
            assert passage["url"].removeprefix("https://watch.example.org") in page.links
    for complaint in data["complaints"]:
        assert complaint["message"] in page.text
    for facet in data["facets"]:
        assert all(value["label"] in page.text for value in facet["values"])
    first = data["hits"][0]
    assert list(first) == ["work", "symbols", "title", "date", "publisher", "body", "languages", "passages", "url"]
    assert (first["date"], first["body"], first["languages"]) == ("2025-06-12", "HRC", ["en", "ar"])
    assert first["passages"][0]["text"].startswith("<mark>Domestic workers</mark> in the")


def test_passages_have_their_language_and_direction(client):
    quotes = [a for tag, a in Page(client.get("/search?q=x").text).tags if tag == "blockquote"]
    assert quotes == [{"lang": "en", "dir": "ltr"}, {"lang": "ar", "dir": "rtl"}, {"dir": "auto"}]


def test_poor_text_is_said_where_it_is(client):
    assert client.get("/search?q=x").text.count('"flag poor"') == 1
    assert "poor text: searches may miss (on some page)" in client.get(f"/works/{KEY}").text
    assert "poor text" in client.get(f"/documents/{sha('arabic')}").text
    assert "poor text" not in client.get(f"/documents/{sha('english')}").text


def test_facets_are_chosen_and_taken_away_by_links(client, canned):
    page = Page(client.get("/search?q=a&publisher=WTO&year=2025&sort=date").text)
    assert "/search?q=a&publisher=WTO&year=2025&publisher=UN&sort=date" in page.links
    assert "/search?q=a&year=2025&sort=date" in page.links  # the chip, and the chosen value
    assert "/search?q=a&sort=date" in page.links  # remove all
    assert "/search?q=a&publisher=WTO&year=2025&sort=date&after=the%3Acursor%26%2Fnext" in page.links
    client.get("/search?q=a&publisher=WTO&year=2025&publisher=UN&language=fr&after=c&limit=3&unit=paragraphs&widen=1")
    assert canned.asked[-1] == {
        "query": "a",
        "language": "fr",
        "sort": "relevance",
        "limit": 3,
        "after": "c",
        "filters": {"publisher": ["WTO", "UN"], "year": ["2025"], "language": ["fr"]},
        "unit": "paragraphs",
        "widen": True,
        "meaning": False,
        "said_in": "en",
    }
    client.get("/search?q=a&unit=paragraphs&widen=1")
    assert (canned.asked[-1]["unit"], canned.asked[-1]["widen"]) == ("paragraphs", True)


def test_the_form_keeps_what_was_chosen(client):
    page = Page(client.get('/search?q="a<b"&publisher=UN&sort=-date').text)
    fields = [(a["name"], a["value"]) for tag, a in page.tags if tag == "input"]
    assert fields == [("q", '"a<b"'), ("publisher", "UN"), ("sort", "-date")]


def test_a_long_query_is_answered_and_complained_of(client, canned):
    answer = client.get("/search.json", params={"q": "x" * 9000})
    assert answer.status_code == 200
    assert "longer than 2000" in str(answer.json()["complaints"])
    assert len(canned.asked[-1]["query"]) == 2000


@pytest.mark.parametrize("path", ["/search", "/search.json"])
def test_no_parameter_breaks_the_search(client, path):
    for query in (
        "limit=abc",
        "limit=-1",
        "sort=%00",
        "after=",
        "year=",
        "q=%ff%fe",
        "q=%00",
        "x=1&x=2",
        "publisher=" + "a" * 5000,
    ):
        assert client.get(f"{path}?{query}").status_code == 200, query


@pytest.mark.parametrize(
    "path", [*PAGES, "/search?q=" + HOSTILE, f"/works/{HOSTILE}", f"/documents/{HOSTILE}", f"/{HOSTILE}"]
)
def test_nothing_hostile_comes_through(client, path):
    html = client.get(path).text
    Page(html)
    assert "<script" not in html.lower()
    assert "<img" not in html
    assert "49" not in re.findall(r"\b49\b(?=</h2>)", html)  # {{7*7}} stays as it is


def test_marked_text_escapes_all_but_the_marks():
    assert marked("<i>&'", [(0, 1), (3, 9)]) == "<mark>&lt;</mark>i&gt;<mark>&amp;&#x27;</mark>"
    assert marked("a<b", [(1, 2)]) == "a<mark>&lt;</mark>b"
    assert marked("abc", [(2, 9), (0, 1), (-4, 1), (1, 1)]) == "<mark>a</mark>b<mark>c</mark>"
    assert marked("abcd", [(0, 2), (1, 3)]) == "<mark>abc</mark>d"


def test_a_work_tells_all_that_is_known(client):
    page, data = Page(client.get(f"/works/{KEY}").text), client.get(f"/works/{KEY}.json").json()
    for words in ("A/HRC/59/49", "12 June 2025", "Human Rights Council", "Philippines", "Mexico", "English", "Arabic"):
        assert words in page.text
    assert f"/documents/{sha('english')}" in page.links
    assert f"/documents/{sha('english')}/original" in page.links
    assert "https://files.example/english" in page.links
    assert [(group["kind"], group["total"]) for group in data["mentions"]] == [("country", 2), ("person", 1)]
    assert [(v["value"], v["count"]) for v in data["mentions"][0]["values"]] == [("PHL", 2), ("MEX", 1)]
    assert data["citations"][0]["work"] == "UN:A/RES/45/158"
    assert "/works/UN:A/RES/45/158" in page.links
    assert [each["language"] for each in data["documents"]] == ["ar", "en"]
    assert len(data["captures"]) == 2


def test_a_cited_work_knows_who_cites_it(client):
    assert client.get("/works/UN:A/RES/45/158.json").json()["cited_by"][0]["work"] == KEY


@pytest.mark.parametrize("name", ["A/HRC/59/49", "a/hrc/59/49", sha("english")])
@pytest.mark.parametrize("suffix", ["", ".json"])
def test_a_work_is_found_by_its_symbol_or_a_file(client, name, suffix):
    answer = client.get(f"/works/{name}{suffix}", follow_redirects=False)
    assert answer.status_code == 307
    assert answer.headers["location"] == f"/works/{KEY}{suffix}"


def test_a_citation_leads_to_its_paragraph(client):
    answer = client.get("/cite", params={"of": f"{sha('english')}, para. 2"}, follow_redirects=False)
    assert answer.status_code == 307
    assert answer.headers["location"] == f"/documents/{sha('english')}?at=3#para-2"
    assert client.get("/cite", params={"of": f"{sha('english')}, para. 200"}).status_code == 404


def test_a_page_that_was_read_badly_says_that_searches_may_miss(client):
    assert "poor text: searches may miss" in client.get(f"/documents/{sha('arabic')}").text
    assert "poor text: searches may miss" not in client.get(f"/documents/{sha('english')}").text


def test_a_hostile_key_is_reached_by_its_address(client):
    for url in (Urls("").work(HOSTILE_KEY), Urls("").work(HOSTILE_KEY, json=True)):
        assert client.get(url).status_code == 200
    assert client.get("/works", params={"key": HOSTILE_KEY}).status_code == 200


def test_a_document_is_read_by_page_and_paragraph(client):
    page = Page(client.get(f"/documents/{sha('english')}").text)
    assert {"page-1", "page-2", "page-3", "page-4", "para-1", "para-2", "para-3", "at-1", "at-5"} <= set(page.ids)
    assert "No text was found on this page." in page.text
    data = client.get(f"/documents/{sha('english')}.json").json()
    assert [each["page"] for each in data["pages"]] == [1, 2, 3, 4]
    numbers = [(p["number"], p["text"]) for each in data["pages"] for p in each["paragraphs"]]
    assert numbers == [(number, text) for _, number, text in TEXT["english"]]


def test_an_anchor_leads_to_the_paragraph_that_was_asked_for(client):
    def paragraph_1(query):
        html = client.get(f"/documents/{sha('english')}{query}").text
        return re.search(r'id="at-(\d)">\s*<span id="para-1">', html).group(1)

    assert paragraph_1("") == "2"
    assert paragraph_1("?at=5") == "5"  # the annex begins anew at 1


def test_the_words_of_the_query_are_marked_in_the_document(client):
    html = client.get(f"/documents/{sha('english')}?q=worker").text
    assert html.count("<mark>workers</mark>") == 2
    assert "<mark>" not in client.get(f"/documents/{sha('english')}").text


def test_a_long_document_comes_in_parts(client):
    first = client.get(f"/documents/{sha('long')}")
    assert len(first.content) < 60_000
    page = Page(first.text)
    assert "page-1" in page.ids and "page-2" not in page.ids
    assert "longer than fits" in page.text
    assert f"/documents/{sha('long')}?part=3" in page.links
    for query in ("at=3", "page=3", "part=3"):
        assert "page-3" in Page(client.get(f"/documents/{sha('long')}?{query}").text).ids
    for query in ("at=999", "page=x", "part=0", "part=99", "at=-1"):
        assert client.get(f"/documents/{sha('long')}?{query}").status_code == 200
    assert len(client.get(f"/documents/{sha('long')}.json").json()["pages"]) == 5


def test_original_bytes_are_handed_out_safely(client):
    pdf, html = client.get(f"/documents/{sha('english')}/original"), client.get(f"/documents/{sha('page')}/original")
    assert pdf.content == BYTES["english"]
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.headers["content-disposition"] == 'inline; filename="A-HRC-59-49-en.pdf"'
    assert html.content == BYTES["page"]
    assert html.headers["content-type"] == "application/octet-stream"
    assert html.headers["content-disposition"] == 'attachment; filename="A-RES-45-158-en.html"'
    assert "sandbox" in html.headers["content-security-policy"]


@pytest.mark.parametrize("name", ["../../etc/passwd", "%2e%2e%2fcatalog.sqlite", "A" * 64, "0" * 64, "catalog.sqlite"])
def test_no_other_bytes_are_handed_out(client, name):
    assert client.get(f"/documents/{name}/original").status_code == 404


def test_quarantine_says_why_and_from_where(client):
    page, data = Page(client.get("/quarantine").text), client.get("/quarantine.json").json()
    for words in ("the file ends in the middle of a page", "needs OCR: none of its 12 pages", "41 kB", "About broken"):
        assert words in page.text
    assert "https://files.example/broken" in page.links
    counts = {name: data[name] for name in ("quarantined", "waiting", "needs_ocr", "not_tried")}
    assert counts == {"quarantined": 1, "waiting": 0, "needs_ocr": 1, "not_tried": 1}
    assert [(each["state"], each["needs_ocr"]) for each in data["documents"]] == [
        ("quarantined", False),
        ("waiting", True),
    ]
    assert client.get("/quarantine?after=junk").status_code == 200


def test_silence_is_never_ambiguous(client):
    page, data = Page(client.get("/").text), client.get("/index.json").json()
    assert "2 sources have not brought what is new" in page.text
    by_name = {each["source"]: each for each in data["sources"]}
    assert by_name["ilo-gb"]["late"] and not by_name["ilo-gb"]["never"]
    assert by_name["wto-m4"]["never"]
    assert not by_name["un-tb"]["late"]
    assert re.search(r"late</strong>\s*<span class=\"what\">Governing Body", client.get("/").text)
    held = {each["publisher"]: each for each in data["publishers"]}
    assert held["UN"] == {"publisher": "UN", "works": 2, "documents": 5, "waiting": 0, "quarantined": 0, "not_tried": 1}
    assert client.get("/health.json").json()["late"] == ["ilo-gb", "wto-m4"]


def test_a_source_that_was_never_started_is_said_aloud(client, library):
    row = {"name": "iom-new", "publisher": "IOM", "title": "A new source of the IOM", "cadence": "weekly"}
    with library.write() as connection:
        connection.execute(sa.insert(tables.sources).values(row))
    for path in ("/", "/sources"):
        assert re.search(
            r"A new source of the IOM.{0,80}never looked at|never looked at.{0,80}A new source of the IOM",
            Page(client.get(path).text).text,
            re.DOTALL,
        ), path
    assert "no good visit yet" not in client.get("/sources").text
    (told,) = (each for each in client.get("/sources.json").json()["sources"] if each["source"] == "iom-new")
    assert told["never"] and told["last_started"] is None and told["state"] is None and told["counts"] == {}
    health = client.get("/health.json").json()
    assert "iom-new" in health["late"] and "iom-new" in health["never"] and health["status"] == "trouble"
    with library.write() as connection:
        begun = {"last_started": datetime(2026, 11, 24, tzinfo=UTC), "last_state": "failed"}
        connection.execute(sa.update(tables.sources).where(tables.sources.c.name == "iom-new").values(begun))
    assert "no good visit yet" in client.get("/sources").text


def test_health_says_when_nothing_can_be_searched(client, canned):
    canned.stands = IndexStanding(7, usable=False, trouble="the index must be rebuilt: run `forumwatch index`")
    page, twin = client.get("/health"), client.get("/health.json")
    assert page.status_code == twin.status_code == 503
    assert twin.json()["status"] == "unavailable" and twin.json()["behind"] == 7
    assert twin.json()["index"] in Page(page.text).text
    assert "Nothing can be searched" in page.text


def test_health_tells_of_pages_that_wait_for_ocr(client, library):
    assert "no page waits" in Page(client.get("/health").text).text
    row = {"sha256": "e" * 64, "recipe": "", "why": "image", "since": datetime(2026, 11, 3, tzinfo=UTC)}
    rows = [row | {"page": page, "state": "failed" if page == 9 else "waiting"} for page in range(1, 10)]
    with library.write() as connection:
        connection.execute(sa.insert(tables.ocr_pages), rows)
    assert client.get("/health.json").json()["ocr"] == {
        "waiting": 8,
        "files": 1,
        "oldest": "2026-11-03T00:00:00+00:00",
        "problem": "",
        "failed": 1,
    }
    text = Page(client.get("/health").text).text
    assert "8 pages of 1 file wait, the oldest since 2026-11-03 00:00 UTC; 1 could not be read" in text
    with library.write() as connection:
        connection.execute(sa.update(tables.ocr_pages).values(reason="Tesseract is not installed"))
    assert "UTC: Tesseract is not installed; 1" in Page(client.get("/health").text).text
    with library.read() as connection:
        assert receipt(library, datetime(2026, 11, 24, tzinfo=UTC), row["since"], 0, 0).pictures == 8


def test_nothing_found_helps(client, canned, monkeypatch):
    from dataclasses import replace

    empty = replace(results("x"), total=0, hits=(), after=None)
    monkeypatch.setattr(canned, "search", lambda *args, **kwargs: empty)
    page = Page(client.get("/search?q=x&year=1999").text)
    assert "Nothing found" in page.text
    assert "/search?q=x" in page.links  # without the filter
    assert "/quarantine" in page.links


FAILURES = [
    (MistakenRequest("this cursor is of another search"), 400, "this cursor is of another search"),
    (IndexUnavailable("the index is being rebuilt"), 503, "the index is being rebuilt"),
    (IndexUnavailable(detail="/srv/secret/index"), 503, "the index must be rebuilt: run `forumwatch index`"),
    (CatalogError("locked"), 503, "Nothing is lost"),
    (RuntimeError("a secret detail"), 500, "It was written down as"),
]


@pytest.mark.parametrize(("error", "status", "words"), FAILURES)
def test_failures_are_said_in_words(client, canned, error, status, words):
    canned.fails = error
    page, twin = client.get("/search?q=x"), client.get("/search.json?q=x")
    assert page.status_code == twin.status_code == status
    assert words in Page(page.text).text
    assert words in twin.json()["message"]
    assert set(twin.json()) == {"status", "title", "message"}
    assert "secret" not in page.text + twin.text
    assert ("retry-after" in page.headers) == (status == 503)
    assert page.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("path", ["/nowhere", "/works/UN:nothing", f"/documents/{'0' * 64}", "/static/none.css"])
def test_what_is_not_here_is_said_in_words(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "Nothing is here" in Page(answer.text).text
    assert client.get(path, headers={"accept": "application/json"}).json()["status"] == 404
    assert client.post("/search").status_code == 405


def test_the_notice_is_on_every_page(library, canned, tmp_path):
    from starlette.testclient import TestClient

    from search.web import create_app

    said = "These documents are a replica <made> for a demonstration."
    app = create_app(library, canned, lambda sha256: tmp_path / sha256, "s" * 20, "http://localhost:8700", said)
    for path in [*PAGES, "/nowhere"]:
        assert said in Page(TestClient(app).get(path).text).text


def test_a_site_under_a_path_links_within_it(library, canned, tmp_path):
    from starlette.testclient import TestClient

    from search.web import create_app

    app = create_app(library, canned, lambda sha256: tmp_path / sha256, "s" * 20, "https://example.org/fw", None)
    for prefix in ("", "/fw"):  # a proxy may strip the path or leave it
        answer = TestClient(app).get(f"{prefix}/search?q=x")
        assert answer.status_code == 200
        assert all(link.startswith(("/fw/", "#")) for link in Page(answer.text).links)
        style = next(link for link in Page(answer.text).links if ".css" in link)
        assert TestClient(app).get(prefix + style.removeprefix("/fw")).status_code == 200


def test_openapi_describes_every_twin_with_an_example(client):
    described = client.get("/openapi.json").json()
    twins = {path: each for path, each in described["paths"].items() if not path.startswith("/api/v1/")}
    wanted = {
        "/search",
        "/works/{key}",
        "/works",
        "/documents/{sha256}",
        "/documents/{sha256}/versions",
        "/sources",
        "/quarantine",
        "/help",
        "/health",
        "/index",
        "/watch",
    }
    assert set(twins) == {f"{path}.json" for path in wanted}
    ids = [each["get"]["operationId"] for each in described["paths"].values()]
    assert len(ids) == len(set(ids))
    for path in twins.values():
        good = path["get"]["responses"]["200"]["content"]["application/json"]
        assert good["example"] and good["schema"]["$ref"]
    names = [each["name"] for each in described["paths"]["/search.json"]["get"]["parameters"]]
    assert {"q", "sort", "limit", "after", "country", "year"} <= set(names)
    assert client.get("/docs").status_code == 404


@pytest.mark.parametrize(
    ("example", "shape"),
    [
        (examples.SEARCH, "SearchJson"),
        (examples.WORK, "WorkJson"),
        (examples.DOCUMENT, "DocumentJson"),
        (examples.SOURCES, "SourcesJson"),
        (examples.UNREAD, "UnreadListJson"),
        (examples.HELP, "HelpJson"),
        (examples.HEALTH, "HealthJson"),
    ],
)
def test_examples_have_the_declared_shape(example, shape):
    TypeAdapter(getattr(json_shapes, shape)).validate_python(example, strict=True)


def test_the_style_is_small_and_kept(client):
    style = next(a["href"] for tag, a in Page(client.get("/").text).tags if a.get("rel") == "stylesheet")
    answer = client.get(style)
    assert answer.headers["content-type"].startswith("text/css")
    assert len(answer.content) < 15_500
    assert "immutable" in answer.headers["cache-control"]
    assert "url(" not in answer.text and "@import" not in answer.text


def test_head_is_answered(client):
    assert client.head("/search?q=x").status_code == 200
    assert client.head("/search.json?q=x").status_code == 200


def test_the_log_forgets_who_asked_what(client):
    import logging

    from search.web.headers import NoQuestions

    record = logging.LogRecord("uvicorn.access", 20, "", 0, '%s - "%s %s HTTP/%s" %d', None, None)
    record.args = ("203.0.113.9:5050", "GET", "/search?q=asylum", "1.1", 200)
    assert NoQuestions().filter(record)
    assert record.getMessage() == '- - "GET /search HTTP/1.1" 200'
