"""Does a search find what it should, and show it as it should?"""

import json

import pytest

from search import MistakenRequest
from search.as_json import results_json
from search.fields import FACETS
from search.hits import LONGEST, cite
from search.text import ReadParagraph
from search.web.urls import Urls
from tests.search.library import WORKS, changed, put

HRC, GC, CONVENTION, ILO_RECRUITMENT = "UN:A/HRC/47/30", "UN:CMW/C/GC/1", "UN:A/RES/45/158", "ILO:GB.309/PFA/5"


def keys(results):
    return {hit.work for hit in results.hits}


def words(passage):
    return [passage.text[start:end] for start, end in passage.marks]


def test_a_phrase_and_a_country_meet_in_one_work(searcher):
    results = searcher.search('"domestic workers" AND country:PHL')
    assert keys(results) == {HRC}
    assert results.total == 1 and not results.complaints and results.after is None
    (hit,) = results.hits
    assert hit.symbols == ("A/HRC/47/30", "A/HRC/47/30/Add.1") and hit.languages == ("ar", "en", "fr")
    passage = hit.passages[0]
    assert (passage.citation, passage.page, passage.paragraph) == ("A/HRC/47/30, para. 45", 3, "45")
    assert words(passage) == ["Philippines", "domestic workers"]
    assert results.said == "Documents with the phrase “domestic workers” and speaking of Philippines"


def test_a_field_whose_data_comes_later_costs_no_result(searcher):
    results = searcher.search("country:PHL role:PHL/author", language="fr")
    assert keys(results) == {HRC, ILO_RECRUITMENT}
    (complaint,) = results.complaints
    assert complaint.message.startswith("role : aucun document ne dit encore") and complaint.code == "later"


def test_what_an_article_is_cited_with_is_marked(searcher):
    (hit,) = searcher.search("article:ICRMW/25").hits
    assert hit.passages[0].marks


def test_a_page_that_is_asked_to_be_too_long_is_complained_of(searcher):
    results = searcher.search("workers", limit=101)
    (complaint,) = results.complaints
    assert (complaint.message, complaint.code) == (
        "at most 100 results a page; the cursor leads to more",
        "page_too_long",
    )
    assert searcher.search("workers", limit=100).complaints == ()


def test_what_is_no_facet_is_complained_of_in_the_readers_language(searcher):
    results = searcher.search("workers", language="fr", filters={"colour": ["red"]})
    assert [(each.message, each.code) for each in results.complaints] == [
        ("les résultats ne peuvent être restreints par « colour »", "no_facet")
    ]
    assert results.total == searcher.search("workers").total


def test_what_is_said_of_a_result_may_be_in_another_language_than_its_texts(searcher):
    manner = {"widen": True, "meaning": True, "filters": {"language": ["fr"], "colour": ["red"]}, "limit": 101}
    plain = searcher.search("contry:travailleuses", **manner)
    found = searcher.search("contry:travailleuses", language="fr", said_in="en", **manner)
    assert found.complaints == plain.complaints and len(found.complaints) == 5
    assert (found.said, found.facets) == (plain.said, plain.facets)
    assert found.hits[0].title == searcher.search("contry:travailleuses", language="fr", **manner).hits[0].title
    assert found.hits[0].title != plain.hits[0].title


@pytest.mark.parametrize("query", ["workers \udcff", "symbol:\ud800*", '"a\udfffb" ~', "\ud800"])
def test_half_a_character_breaks_no_answer(each_searcher, query):
    for unit in ("works", "paragraphs"):
        manner = {"unit": unit, "filters": {"body": ["\udcff"], "\udc00": ["x"]}, "widen": True}
        found = each_searcher.search(query, **manner)
        json.dumps(results_json(found, Urls(""), "", None), ensure_ascii=False).encode()
        assert found.total == each_searcher.total(query, manner.pop("filters"), **manner) == 0
        assert not [*each_searcher.every(query, filters={"body": ["\udcff"]}, unit=unit)]


FINDS = {
    "égalité": {HRC, "ILO:ILC.92/VI"},
    "egalite": {HRC, "ILO:ILC.92/VI"},
    "العمال": {HRC},
    "عمال": {HRC},
    "移徙工人": {GC},
    "domestic worker": {HRC, GC, "UN:A/59/328", WORKS[10].key},
    '"domestic worker"': {HRC, GC, WORKS[10].key},
    '"workers domestic"~1': {"UN:A/59/328"},
    "Hausangestellte": {WORKS[10].key},
    "recru*": {GC, ILO_RECRUITMENT, "ILO:ILC.92/VI"},
    "country:Philippines": {HRC, ILO_RECRUITMENT},
    "country:filipinas -publisher:ILO": {HRC},
    "symbol:A/HRC/*": {HRC},
    "symbol:A/HRC": {HRC},
    "symbol:A/HRC/47/30": {HRC},
    "symbol:A/HRC/47/30/Add.1": {HRC},
    "symbol:A/C.3/59/L.12": {"UN:A/C.3/59/L.12"},
    "symbol:a_hrc_47_30": {HRC},
    "A/HRC/47/30": {HRC, "UN:A/59/328"},
    "cites:A/HRC/47/30": {"UN:A/59/328"},
    "cited-by:A/59/328": {HRC},
    "cited-by:A/59/328 migrants": {HRC},
    "cited-by:a_59_328": {HRC},
    "cited-by:A/HRC/47/30/Add.1": {CONVENTION},
    "article:ICRMW/25": {HRC},
    "article:'art. 11 ICRMW'": {GC},
    "article:ICRMW": {HRC, GC},
    "article:ICRMW/12": set(),
    "quality:poor": {CONVENTION},
    "cites:E/CN.4/*": {"UN:A/C.3/59/L.12"},
    'cites:"ICRMW art. 25"': {HRC},
    "instrument:ICRMW body:CMW": {GC},
    "body:'Governing Body'": {ILO_RECRUITMENT},
    "theme:'travail domestique'": {HRC, GC, WORKS[10].key},
    "kind:'draft resolution'": {"UN:A/C.3/59/L.12"},
    "session:59 agenda:98": {"UN:A/C.3/59/L.12"},
    "source:gcim": {WORKS[6].key},
    "person:'gonzalez morales'": {HRC},
    "organisation:'forum in asia'": {HRC},
    "title:leaflet": {WORKS[10].key},
    "language:zh": {GC, WORKS[10].key},
    "year:2004..2005": {"UN:A/59/328", "ILO:ILC.92/VI", "UN:A/C.3/59/L.12", WORKS[6].key},
    "date:2004-09": {"UN:A/59/328"},
    "since:2021": {HRC},
    "cooperation": set(),
    "co-operation": {"UN:A/C.3/59/L.12"},
}


@pytest.mark.parametrize("query", FINDS)
def test_it_is_found(searcher, query):
    results = searcher.search(query, limit=50)
    assert keys(results) == FINDS[query]
    assert not results.complaints


def test_an_empty_query_is_everything_newest_first(searcher):
    results = searcher.search("", limit=50)
    dates = [hit.date for hit in results.hits]
    assert results.total == len(WORKS) == len(dates)
    assert dates[:-1] == sorted(dates[:-1], reverse=True) and dates[-1] is None


def test_facets_count_the_whole_result_and_several_values_are_any_of_them(searcher):
    every = searcher.search("", limit=1)
    assert tuple(facet.field for facet in every.facets) == FACETS
    counts = {facet.field: {value.value: value.count for value in facet.values} for facet in every.facets}
    assert counts["publisher"] == {"UN": 6, "ILO": 2, "IOM": 2, "GCIM": 1, "WTO": 1}
    assert counts["country"] == {"PHL": 2, "MEX": 2, "IDN": 1}
    assert list(counts["year"])[:2] == ["2021", "2017"]
    two = searcher.search("", filters={"publisher": ["ILO", "IOM"], "country": ["MEX"]})
    assert keys(two) == {ILO_RECRUITMENT, "IOM:C/108/42"}
    publisher = next(facet for facet in two.facets if facet.field == "publisher")
    assert {value.value: (value.count, value.selected) for value in publisher.values} == {
        "ILO": (1, True),
        "IOM": (1, True),
    }
    country = next(facet for facet in two.facets if facet.field == "country")
    assert {value.value: value.count for value in country.values} == {"MEX": 2, "PHL": 1}


def test_a_selected_value_that_nothing_has_stays_to_be_taken_back(searcher):
    results = searcher.search("remittances", filters={"country": ["PHL"]})
    assert results.total == 0
    country = next(facet for facet in results.facets if facet.field == "country")
    assert [(value.value, value.count, value.selected) for value in country.values] == [("PHL", 0, True)]


def test_labels_are_in_the_reader_s_language(searcher):
    results = searcher.search("country:PHL", language="es")
    country = next(facet for facet in results.facets if facet.field == "country")
    assert country.label == "País" and country.values[0].label == "Filipinas"
    assert results.said == "Documentos que hablan del país Filipinas"


def test_titles_and_passages_are_in_the_reader_s_language_where_there_are_any(searcher):
    hit = next(hit for hit in searcher.search("migrants", language="fr").hits if hit.work == HRC)
    assert hit.title.startswith("Rapport du Rapporteur")
    (hit,) = searcher.search("'Philippines' symbol:A/HRC/47/30", language="fr").hits
    assert {passage.language for passage in hit.passages} == {"fr"}
    (hit,) = searcher.search("pushbacks symbol:A/HRC/47/30", language="fr").hits
    assert {passage.language for passage in hit.passages} == {"en"}


def test_a_passage_without_a_printed_number_is_cited_by_its_page_and_tells_its_quality(searcher):
    (hit,) = searcher.search("seasonal").hits
    assert hit.passages[0].citation == "Migration in an interconnected world: new directions for action, p. 12"
    (hit,) = searcher.search("expulsion").hits
    assert hit.passages[0].quality == 0.4


def test_the_passages_of_one_work_can_be_asked_for(searcher):
    (hit,) = searcher.search("symbol:A/HRC/47/30").hits
    found = searcher.passages("migrants OR workers", hit.work_id, "en")
    assert {passage.paragraph for passage in found} == {"44", "45", "46"}
    assert searcher.passages("remittances", hit.work_id) == ()
    assert searcher.passages("migrants", 99_999) == ()


def test_a_footnote_is_cited_as_one_and_a_heading_by_its_page():
    def cited(number=None, kind="text", mark=None, last_page=2):
        return cite("A/1", ReadParagraph(1, number, "en", "", False, kind, 2, last_page, mark))

    assert cited(mark="4", kind="note") == "A/1, footnote 4"
    assert cited(mark="*", kind="note") == "A/1, p. 2"
    assert cited("II", "heading") == "A/1, p. 2"
    assert cited("12 bis") == "A/1, para. 12 bis"
    assert cited(last_page=3) == "A/1, pp. 2–3"


def test_the_pages_of_a_result_are_walked_by_cursor(searcher):
    for sort in ("relevance", "date", "-date"):
        walked, after = [], None
        while True:
            results = searcher.search("workers OR migrants", sort=sort, limit=3, after=after)
            walked += [hit.work for hit in results.hits]
            after = results.after
            if after is None:
                break
        assert len(walked) == len(set(walked)) == results.total > 6


def test_what_the_caller_gets_wrong_is_said(searcher):
    with pytest.raises(MistakenRequest, match="sorted by"):
        searcher.search("a", sort="size")
    with pytest.raises(MistakenRequest, match="cursor"):
        searcher.search("a", after="anything")
    assert "narrowed" in searcher.search("a", filters={"colour": ["red"]}).complaints[0].message
    assert len(searcher.search("", limit=10_000).hits) == len(WORKS)
    assert searcher.search("", limit=-1).hits == ()


def test_complaints_stand_beside_results(searcher):
    results = searcher.search("migrants contry:rights (country:Philipines OR workers")
    assert results.total > 0
    assert [each.message for each in results.complaints] == [
        "no field 'contry'; did you mean country?",
        "this parenthesis is never closed",
        "no country 'Philipines'; did you mean Philippines?",
    ]


def test_of_a_very_long_paragraph_the_part_with_the_words_is_shown(library, tmp_path):
    from search import Searcher, index_changes, open_engine

    put(library, changed(WORKS[7], "lorem ipsum " * 5000 + "a needle here " + "dolor sit " * 5000))
    engine = open_engine(None)
    index_changes(library, engine)
    (hit,) = Searcher(library, engine).search("needles").hits
    (passage,) = hit.passages
    assert words(passage) == ["needle"] and len(passage.text) <= LONGEST


def test_importing_the_door_loads_no_engine_and_no_framework():
    import subprocess
    import sys

    code = "import sys, search; print({'tantivy', 'fastapi', 'spacy', 'scrapy', 'prefect'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
