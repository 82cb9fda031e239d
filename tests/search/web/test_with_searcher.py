"""Do the pages say what the real searcher finds, and the twins and the command line the same?"""

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from catalog import tables
from search.as_json import results_json
from search.query.parse import parse
from search.query.resolve import resolve
from search.web import create_app
from search.web.asked import Asked
from search.web.help_text import EXAMPLES
from search.web.urls import Urls, search_urls
from tests.search.library import NOW, WORKS
from tests.search.web.test_pages import Page, twin_of


@pytest.fixture(scope="module")
def real(searcher, tmp_path_factory):
    folder = tmp_path_factory.mktemp("archive")
    app = create_app(searcher.catalog, searcher, lambda sha256: folder / sha256, "s" * 20, "http://localhost:8700")
    return TestClient(app)


QUERIES = [
    "domestic workers",
    '"domestic workers" AND country:PHL',
    "travailleuses",
    "العمال",
    "A/HRC/47/30",
    "",
    "contry:x (",
    "移徙",
]


@pytest.mark.parametrize("query", QUERIES)
def test_page_twin_and_searcher_agree(real, searcher, query):
    page = Page(real.get("/search", params={"q": query}).text)
    data = real.get("/search.json", params={"q": query}).json()
    urls = Urls("http://localhost:8700")
    found = results_json(searcher.search(query), urls, data["url"], data["next_url"])
    assert data == found
    for hit in data["hits"]:
        assert " ".join(hit["title"].split()) in page.text
        for passage in hit["passages"]:
            assert passage["citation"] in page.text
            assert passage["url"].removeprefix(urls.base) in page.links
    assert [complaint["message"] in page.text for complaint in data["complaints"]].count(False) == 0


def test_every_work_and_document_can_be_opened_from_the_results(real):
    seen, url = [], "/search?q=&limit=5"
    while url:
        page = Page(real.get(url).text)
        twin = real.get(twin_of(page)).json()
        for hit in twin["hits"]:
            seen.append(hit["work"])
            work = real.get(hit["url"] + ".json").json()
            assert work["work"] == hit["work"]
            for document in work["documents"]:
                text = real.get(document["url"].replace("http://localhost:8700", "") + ".json").json()
                assert text["pages"] and text["work"] == hit["work"]
        url = twin["next_url"] and twin["next_url"].removeprefix("http://localhost:8700").replace(".json", "", 1)
    assert sorted(seen) == sorted(work.key for work in WORKS)


@pytest.mark.parametrize("sort", ["relevance", "date", "-date"])
def test_the_next_address_goes_on_where_the_answer_ended(real, searcher, sort):
    question = Asked("workers", sort=sort, limit=2)
    first = searcher.search(question.query, sort=sort, limit=2)
    url, next_url = search_urls(Urls("http://localhost:8700"), question, first.after)
    assert [hit["work"] for hit in real.get(url).json()["hits"]] == [hit.work for hit in first.hits]
    second = searcher.search(question.query, sort=sort, limit=2, after=first.after)
    assert [hit["work"] for hit in real.get(next_url).json()["hits"]] == [hit.work for hit in second.hits] != []
    assert search_urls(Urls(""), Asked("x", limit=1000), None) == ("/search.json?q=x&limit=100", None)


def test_narrowing_is_what_the_facet_said(real):
    data = real.get("/search.json", params={"q": "migrants"}).json()
    assert data["total"] > 1
    for facet in data["facets"]:
        for value in facet["values"]:
            narrowed = real.get("/search.json", params={"q": "migrants", facet["field"]: value["value"]}).json()
            assert narrowed["total"] == value["count"], (facet["field"], value)
            again = next(each for each in narrowed["facets"] if each["field"] == facet["field"])
            assert [each["value"] for each in again["values"] if each["selected"]] == [value["value"]]


def test_one_language_chosen_leaves_the_page_in_english(real):
    page = Page(real.get("/search", params={"q": "travailleuses", "language": "fr"}).text)
    assert "Publisher" in page.text and "Éditeur" not in page.text
    assert "Language: French" in page.text
    assert "Rapport du Rapporteur spécial" in page.text


def test_a_family_stays_in_english_and_leads_to_what_a_word_brings(real):
    manner = {"q": "remittances country:MEX", "widen": "1", "language": "es"}
    page = Page(real.get("/search", params=manner).text)
    assert "Also looked for the words of Remittances" in page.text and "Remesas" not in page.text
    (brings,) = [link for link in page.links if "remesa%22" in link]
    assert real.get(brings.replace("/search?", "/search.json?")).json()["total"] == 1


def test_the_next_page_of_a_widened_search_and_a_new_question_asked_from_there(real):
    first = real.get("/search.json", params={"q": "migrants OR remittances", "widen": "1", "limit": "1"}).json()
    answer = real.get(first["next_url"].replace("/search.json", "/search"))
    assert answer.status_code == 200
    page = Page(answer.text)
    assert "not counted" in page.text and "none of the others" not in page.text
    asked = [(a["name"], a["value"]) for tag, a in page.tags if tag == "input" and a["type"] == "hidden"]
    assert sorted(asked) == [("limit", "1"), ("widen", "1")], "but not the cursor of another question"
    assert real.get("/search", params=[("q", "workers"), *asked]).status_code == 200


def test_the_form_and_the_description_name_no_parameter_twice(real):
    described = real.get("/openapi.json").json()["paths"]["/search.json"]["get"]["parameters"]
    names = [each["name"] for each in described]
    assert len(names) == len(set(names)) and {"unit", "widen", "meaning"} <= set(names)


def test_a_work_opened_from_a_search_shows_where_it_answers(real):
    page = Page(real.get("/works/UN:A/HRC/47/30", params={"q": "passports"}).text)
    assert "Where it answers passports" in page.text
    assert "A/HRC/47/30, para. 45" in page.text
    twin = real.get("/works/UN:A/HRC/47/30.json", params={"q": "passports"}).json()
    assert twin["passages"][0]["text"].count("<mark>passports</mark>") == 1
    assert real.get("/works/UN:A/HRC/47/30.json").json()["passages"] == []


def test_the_document_marks_what_the_passage_marks(real):
    data = real.get("/search.json", params={"q": "country:PHL passports"}).json()
    passage = data["hits"][0]["passages"][0]
    assert "<mark>Philippines</mark>" in passage["text"]
    path = passage["url"].removeprefix("http://localhost:8700").partition("#")[0]
    assert passage["text"] in real.get(path).text


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.query for example in EXAMPLES])
def test_the_examples_of_the_help_page_are_understood(real, example):
    parsed = parse(example.query)
    assert not parsed.complaints
    assert not resolve(parsed.tree).complaints
    assert real.get("/search.json", params={"q": example.query}).json()["complaints"] == []


def test_the_examples_of_the_fields_are_understood(real):
    said = {"role": {"later", "nothing_to_find"}, "cited-by": {"no_document"}}  # this library has no such document
    for field in real.get("/help.json").json()["fields"]:
        for example in field["examples"]:
            data = real.get("/search.json", params={"q": example}).json()
            codes = {complaint["code"] for complaint in data["complaints"]}
            assert codes == said.get(field["field"], set()), example


def test_a_cursor_that_is_not_ours_is_refused_in_words(real):
    answer = real.get("/search.json", params={"q": "migrants", "after": "nonsense"})
    assert answer.status_code == 400
    assert answer.json()["message"]


def test_health_says_when_the_index_was_held_against_the_catalog_and_what_came_of_it(real, searcher):
    said = []
    for state, counts, reason in (
        (None, {}, ""),
        ("done", {"works": 12, "held": 11, "waiting": 0, "drift": 1, "mended": 1}, ""),
        ("failed", {"works": 12, "held": 11, "waiting": 0, "drift": 4, "mended": 1}, "3 of 12 works differ"),
        ("failed", {}, "the search cluster does not answer"),
    ):
        if state:
            run = {"step": "check", "started": NOW, "finished": NOW, "state": state, "counts": counts, "reason": reason}
            with searcher.catalog.write() as connection:
                connection.execute(sa.insert(tables.runs).values(run))
        page, twin = real.get("/health"), real.get("/health.json").json()
        said.append((twin["checked"], Page(page.text).text))
        assert page.status_code == 200
    assert said[0][0] is None and "never yet" in said[0][1]
    assert said[1][0] == {"at": NOW.isoformat(), "works": 12, "drift": 1, "mended": 1, "failure": ""}
    assert "24 November 2026, 08:00 UTC: 1 work differed, mended" in said[1][1]
    assert "4 works differed, 1 mended: run `forumwatch check`" in said[2][1]
    assert "failed: the search cluster does not answer" in said[3][1]
    with searcher.catalog.write() as connection:
        connection.execute(sa.delete(tables.runs))


def test_help_says_that_kinds_are_not_checked(real):
    (kind,) = (field for field in real.get("/help.json").json()["fields"] if field["field"] == "kind")
    assert "not checked" in kind["says"] and "not checked" in real.get("/help").text
