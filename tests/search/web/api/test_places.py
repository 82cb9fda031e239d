"""Are mentions, citations, facets, years, vocabularies and suggestions what the catalog and the lexicon hold?"""

import pytest
import sqlalchemy as sa

from catalog import tables
from search.fields import FACETS, FIELDS
from tests.search.library import WORKS
from tests.search.web.api.conftest import whole

KEY = "UN:A/HRC/47/30"


def every(api, path, what):
    """All of a list, by its cursor, three at a time."""
    found, url = [], f"http://localhost:8700/api/v1/{path}{'&' if '?' in path else '?'}limit=3"
    while url:
        page = whole(api, url).json()
        assert len(page[what]) <= 3
        found += page[what]
        url = page["next_url"]
    return found


@pytest.mark.parametrize(("what", "table"), [("mentions", tables.mentions), ("citations", tables.citations)])
def test_all_places_come_once_in_the_order_they_came(api, searcher, what, table):
    with searcher.catalog.read() as connection:
        ids = connection.execute(sa.select(table.c.id).order_by(table.c.id)).scalars().all()
    assert [each["id"] for each in every(api, what, what)] == ids


def test_mentions_of_one_thing_are_where_they_say(api, searcher):
    found = every(api, "mentions?kind=country&value=PHL", "mentions")
    assert {each["work"] for each in found} == {
        work.key for work in WORKS for each in work.documents for kind, value, _ in each.mentions if value == "PHL"
    }
    pages = {}
    for each in found:
        assert (each["label"], each["origin"]) == ("Philippines", "lexicon")
        document = pages.setdefault(
            each["sha256"], api.get(f"/api/v1/documents/{each['sha256']}/pages").json()["pages"]
        )
        (paragraph,) = (p for page in document for p in page["paragraphs"] if p["ordinal"] == each["ordinal"])
        assert paragraph["text"][each["start"] : each["end"]] == each["text"]


def test_a_work_has_its_own_places(api):
    own = every(api, f"works/{KEY}/mentions", "mentions")
    assert own == [each for each in every(api, "mentions", "mentions") if each["work"] == KEY] != []
    cites = every(api, f"works/{KEY}/citations", "citations")
    assert {each["target"] for each in cites} == {"A/RES/45/158", "ICRMW art. 25"}
    assert every(api, "works/A/HRC/47/30/citations", "citations") == cites


def test_who_cites_is_found_however_the_symbol_is_written(api):
    found = every(api, "citations?target=A/RES/45/158", "citations")
    assert KEY in {each["work"] for each in found}
    assert every(api, "citations?target=a/res/45/158", "citations") == found
    (article, *more) = every(api, "citations?target=ICRMW art. 25", "citations")
    assert article["kind"] == "article"
    for written in ("ICRMW/25", "article 25 of the ICRMW"):  # as queries and facets have it
        assert every(api, f"citations?target={written}", "citations") == [article, *more]
    assert every(api, "citations?target=A/NOWHERE", "citations") == []


def test_half_of_what_is_mentioned_is_refused(api):
    answer = api.get("/api/v1/mentions?kind=country")
    assert answer.status_code == 400 and "value" in answer.json()["message"]


def test_a_kind_that_is_mistyped_is_refused_and_not_just_found_nowhere(api):
    answer = api.get("/api/v1/mentions?kind=countries&value=PHL")
    assert answer.status_code == 400 and "'country'" in answer.json()["message"]


def test_facets_are_those_of_the_search(api):
    for query in ("migrants", ""):
        facets = api.get("/api/v1/facets", params={"q": query, "publisher": "UN"}).json()
        search = api.get("/api/v1/search", params={"q": query, "publisher": "UN"}).json()
        assert [each["field"] for each in facets["facets"]] == list(FACETS)
        assert (facets["facets"], facets["total"]) == (search["facets"], search["total"])


def test_the_timeline_has_every_year_between(api):
    data = api.get("/api/v1/timeline").json()
    years = [work.date.year for work in WORKS if work.date]
    assert [each["year"] for each in data["years"]] == list(range(min(years), max(years) + 1))
    assert {each["year"]: each["count"] for each in data["years"] if each["count"]} == {
        year: years.count(year) for year in years
    }
    assert data["undated"] == len(WORKS) - len(years) and data["total"] == len(WORKS)
    chosen = api.get("/api/v1/timeline?year=2021").json()
    assert chosen["undated"] is None and [y["year"] for y in chosen["years"] if y["selected"]] == [2021]


def test_names_in_facets_are_the_readers(api):
    facets = api.get("/api/v1/facets", params={"q": "", "reader": "fr"}).json()["facets"]
    labels = {
        value["value"]: value["label"] for each in facets if each["field"] == "country" for value in each["values"]
    }
    assert labels["PHL"] == "Philippines" and labels["IDN"] == "Indonésie"


def test_vocabularies_are_whole(api):
    listed = api.get("/api/v1/vocabularies").json()["vocabularies"]
    assert [each["name"] for each in listed] == [
        *("countries", "bodies", "instruments", "themes", "languages", "publishers", "kinds", "fields"),
    ]
    for each in listed:
        terms = whole(api, each["url"]).json()["terms"]
        assert len(terms) == each["terms"] > 0
        assert len({term["code"] for term in terms}) == len(terms)
        assert all(term["names"] for term in terms)
    fields = whole(api, listed[-1]["url"]).json()["terms"]
    assert [(field["code"], field["examples"]) for field in fields] == [(f.name, [f.example]) for f in FIELDS]
    assert api.get("/api/v1/vocabularies/colours").status_code == 400


@pytest.mark.parametrize(
    ("begun", "query"),
    [
        ("philip", "country:PHL"),
        ("Филипп", "country:PHL"),
        ("菲律", "country:PHL"),
        ("الفلب", "country:PHL"),
        ("domestic wor", "theme:domestic-work"),
        ("convention on the protection of the rights of all mig", "instrument:ICRMW"),
        ("committee on migrant w", "body:CMW"),
        ("ILO", "publisher:ILO"),
        ("a/hrc/47", "symbol:A/HRC/47/30"),
    ],
)
def test_a_name_goes_on_as_it_was_begun(api, begun, query):
    data = api.get("/api/v1/suggestions", params={"q": begun}).json()
    assert query in [each["query"] for each in data["names"]]
    for each in data["names"]:
        assert api.get("/api/v1/facets", params={"q": each["query"]}).json()["complaints"] == []


@pytest.mark.parametrize("begun", ["", "a", "(", "\u0000x"[1:] * 1000, "zzzzzz"])
def test_what_nothing_begins_with_suggests_nothing(api, begun):
    assert api.get("/api/v1/suggestions", params={"q": begun}).json()["names"] == []


def test_similar_works_do_not_have_the_work_itself(api):
    data = api.get(f"/api/v1/works/{KEY}/similar", params={"limit": 3}).json()
    assert 0 < len(data["hits"]) <= 3
    assert KEY not in [hit["work"] for hit in data["hits"]]
