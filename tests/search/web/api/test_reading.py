"""Does the API say what the catalog holds and the searcher finds, and refuse in words what cannot be?"""

import pytest

from search.fields import FACETS
from tests.search.library import WORKS
from tests.search.web.api.conftest import whole

KEY = "UN:A/HRC/47/30"


def test_search_says_what_the_twin_of_the_page_says(api):
    for query in ("domestic workers", '"domestic workers" AND country:PHL', "", "contry:x ("):
        answer = api.get("/api/v1/search", params={"q": query}).json()
        twin = api.get("/search.json", params={"q": query}).json()
        assert {**answer, "url": None, "next_url": None} == {**twin, "url": None, "next_url": None}
        assert answer["url"].startswith("http://localhost:8700/api/v1/search?q=")


def test_pages_of_a_search_follow_each_other_to_the_end(api):
    seen, url = [], "http://localhost:8700/api/v1/search?limit=5&sort=-date"
    while url:
        page = whole(api, url).json()
        seen += [hit["work"] for hit in page["hits"]]
        url = page["next_url"]
    assert sorted(seen) == sorted(work.key for work in WORKS)


@pytest.mark.parametrize("facet", FACETS)
def test_every_facet_narrows(api, facet):
    data = api.get("/api/v1/search").json()
    values = next(each["values"] for each in data["facets"] if each["field"] == facet)
    assert values
    for value in values:
        assert api.get("/api/v1/search", params={facet: value["value"]}).json()["total"] == value["count"]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("search?limit=0", "limit"),
        ("search?limit=many", "limit"),
        ("search?limit=101", "limit"),
        ("search?sort=best", "sort"),
        ("search?countrry=PHL", "countrry"),
        ("search?widen=perhaps", "widen"),
        ("search?unit=pages", "unit"),
        ("search?reader=xx", "reader"),
        ("search?q=" + "x" * 2001, "q"),
        ("search?q=a%00b", "q"),
        ("search?after=nonsense", "cursor"),
        ("works?after=x", "after"),
        ("works?limit=501", "limit"),
        ("documents/xyz", "sha256"),
        ("documents/" + "A" * 64, "sha256"),
    ],
)
def test_a_parameter_that_cannot_be_is_refused_in_a_sentence(api, path, said):
    answer = api.get(f"/api/v1/{path}")
    assert answer.status_code == 400
    assert set(answer.json()) == {"status", "title", "message"}
    assert said in answer.json()["message"]


@pytest.mark.parametrize(
    "path", ["works/UN:A/NOWHERE/1", "works/%00", "documents/" + "0" * 64, "documents/" + "0" * 64 + "/original", "x"]
)
def test_what_is_not_here_is_said_so(api, path):
    answer = api.get(f"/api/v1/{path}")
    assert answer.status_code == 404
    assert answer.json()["message"]


def test_works_are_listed_newest_first_each_once(api):
    seen, url = [], "http://localhost:8700/api/v1/works?limit=3"
    while url:
        page = whole(api, url).json()
        assert len(page["works"]) <= 3
        seen += page["works"]
        url = page["next_url"]
    assert [entry["work"] for entry in seen] == [work.key for work in reversed(WORKS)]
    report = next(entry for entry in seen if entry["work"] == KEY)
    assert (report["date"], report["body"], report["languages"]) == ("2021-05-12", "HRC", ["en", "fr", "ar"])


def test_a_work_is_named_by_key_symbol_or_file(api):
    by_key = api.get(f"/api/v1/works/{KEY}").json()
    assert by_key["work"] == KEY
    assert api.get("/api/v1/works/A/HRC/47/30").json() == by_key
    assert api.get(f"/api/v1/works/{by_key['documents'][0]['sha256']}").json() == by_key
    assert api.get(f"/works/{KEY}.json").json() == by_key
    answering = api.get(f"/api/v1/works/{KEY}", params={"q": "passports"}).json()
    assert answering["passages"][0]["citation"] == "A/HRC/47/30, para. 45"


def test_a_document_with_its_text_pages_and_bytes(api):
    documents = api.get(f"/api/v1/works/{KEY}").json()["documents"]
    known = next(each for each in documents if each["language"] == "en" and each["symbols"] == ["A/HRC/47/30"])
    at = f"/api/v1/documents/{known['sha256']}"
    record = api.get(at).json()
    assert {name: record[name] for name in known} == known
    assert record["work"] == KEY and record["captures"][0]["sha256"] == known["sha256"]
    pages = whole(api, record["pages_url"]).json()["pages"]
    assert [page["page"] for page in pages] == [1, 2, 3]
    for page in pages:
        assert api.get(f"{at}/pages/{page['page']}").json() == page
    assert api.get(f"{at}/pages/4").status_code == 404
    text = whole(api, record["text_url"])
    assert text.headers["content-type"] == "text/plain; charset=utf-8"
    assert text.text.split("\f") == [page["text"] for page in pages]
    original = api.get(f"{at}/original")
    assert original.content == b"%PDF-1.4 " + known["sha256"].encode()
    assert original.headers["content-type"] == "application/pdf"
    assert original.headers["content-disposition"].startswith("attachment; filename=")
    assert original.headers["x-content-type-options"] == "nosniff"
    assert original.headers["etag"] == f'"{known["sha256"]}"'


@pytest.mark.parametrize("path", ["search?q=migrants", "works", f"works/{KEY}"])
def test_what_is_known_already_is_not_sent_again(api, path):
    first = api.get(f"/api/v1/{path}")
    tag = first.headers["etag"]
    assert first.status_code == 200 and first.headers["cache-control"] == "private, no-cache"
    again = api.get(f"/api/v1/{path}", headers={"if-none-match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert api.get(f"/api/v1/{path}", headers={"if-none-match": '"other"'}).content == first.content
    assert api.get("/api/v1/search?q=seafarers").headers["etag"] != tag


def test_answers_are_compressed_for_who_takes_it(api):
    plain = api.get("/api/v1/search", headers={"accept-encoding": "identity"})
    packed = api.get("/api/v1/search", headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in plain.headers and packed.headers["content-encoding"] == "gzip"
    assert plain.json() == packed.json() and plain.headers["etag"] == packed.headers["etag"]
    assert int(packed.headers["content-length"]) < len(plain.content) / 2


def test_other_methods_are_refused_with_those_that_go(api):
    answer = api.post("/api/v1/search")
    assert answer.status_code == 405 and "GET" in answer.headers["allow"]
    assert api.head("/api/v1/search").status_code == 200
