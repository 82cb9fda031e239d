"""Are results what they are said to be: paragraphs by themselves, a whole result streamed, years without gaps?"""

import pytest

from search import IndexUnavailable, MistakenRequest, Searcher, open_engine
from search.results import Facet, FacetValue, Results
from search.searcher import BATCH
from search.timeline import Timeline, YearCount, timeline
from tests.search.library import WORKS

HRC = "UN:A/HRC/47/30"


def walked(searcher, query, limit=3, **how):
    """All hits, page by page."""
    hits, after = [], None
    while True:
        page = searcher.search(query, limit=limit, after=after, **how)
        hits += page.hits
        after = page.after
        if after is None:
            return hits, page.total


def places(hits):
    return [(hit.work, hit.passages[0].sha256, hit.passages[0].ordinal) for hit in hits]


def test_in_paragraphs_all_terms_meet_in_one(each_searcher):
    works = each_searcher.search("pushbacks passports")
    assert [hit.work for hit in works.hits] == [HRC] and works.unit == "works"
    assert each_searcher.search("pushbacks passports", unit="paragraphs").total == 0
    found = each_searcher.search('"domestic workers" passports country:PHL', unit="paragraphs")
    assert found.unit == "paragraphs" and found.total == 1
    (hit,) = found.hits
    (passage,) = hit.passages
    assert (hit.work, passage.citation, passage.page) == (HRC, "A/HRC/47/30, para. 45", 3)
    assert {passage.text[a:b] for a, b in passage.marks} == {"Philippines", "domestic workers", "passports"}


def test_several_paragraphs_of_one_work_are_hits_of_their_own(each_searcher):
    found = each_searcher.search("symbol:A/HRC/47/30 language:en", unit="paragraphs", limit=50)
    assert {hit.work for hit in found.hits} == {HRC}
    assert found.total == len(found.hits) == len(set(places(found.hits))) > 3
    counts = {facet.field: {value.value: value.count for value in facet.values} for facet in found.facets}
    assert counts["publisher"] == {"UN": found.total}, "facets count paragraphs"
    assert counts["language"]["en"] == found.total


def test_what_is_denied_is_denied_of_the_paragraph(each_searcher):
    found = each_searcher.search("pushbacks NOT Philippines", unit="paragraphs", limit=50)
    assert HRC in {hit.work for hit in found.hits}
    assert all("Philippines" not in hit.passages[0].text for hit in found.hits)


def test_a_title_is_asked_of_the_work_of_a_paragraph(each_searcher):
    found = each_searcher.search("title:rapporteur ratify", unit="paragraphs")
    assert [hit.passages[0].paragraph for hit in found.hits] == ["46"]


@pytest.mark.parametrize("unit", ["works", "paragraphs"])
@pytest.mark.parametrize("sort", ["relevance", "date", "-date"])
def test_pages_follow_each_other_without_a_gap_the_same_each_time(each_searcher, unit, sort):
    query = "workers OR migrants OR migration"
    hits, total = walked(each_searcher, query, unit=unit, sort=sort)
    again, _ = walked(each_searcher, query, limit=2, unit=unit, sort=sort)
    keys = places(hits) if unit == "paragraphs" else [hit.work for hit in hits]
    assert len(keys) == len(set(keys)) == total > 8
    assert keys == (places(again) if unit == "paragraphs" else [hit.work for hit in again])
    dates = [hit.date for hit in hits if hit.date]
    if sort != "relevance":
        assert dates == sorted(dates, reverse=sort == "-date")


@pytest.mark.parametrize("unit", ["works", "paragraphs"])
def test_the_order_is_the_same_for_every_reader_and_so_is_the_cursor(each_searcher, unit):
    pages = {}
    for reader in ("en", "fr", None):
        first = each_searcher.search("migrants OR workers", reader, limit=4, unit=unit)
        second = each_searcher.search("migrants OR workers", "es", limit=4, unit=unit, after=first.after)
        pages[reader] = [hit.work for hit in (*first.hits, *second.hits)]
    assert pages["en"] == pages["fr"] == pages[None] and len(pages["en"]) == 8


@pytest.mark.parametrize("unit", ["works", "paragraphs"])
@pytest.mark.parametrize("sort", ["relevance", "date", "-date"])
def test_a_whole_result_is_what_its_pages_are(each_searcher, monkeypatch, unit, sort):
    monkeypatch.setattr("search.searcher.BATCH", 2)
    monkeypatch.setattr("search.searcher.PAGE", 3)
    query = "workers OR migrants OR migration"
    hits, _ = walked(each_searcher, query, limit=4, unit=unit, sort=sort, filters={"publisher": ["UN", "ILO"]})
    every = list(each_searcher.every(query, None, sort, {"publisher": ["UN", "ILO"]}, unit=unit))
    assert every == hits and len(every) > 6
    wide = list(each_searcher.every("remittances", unit=unit, widen=True))
    assert len(wide) > len(list(each_searcher.every("remittances", unit=unit)))


def test_a_whole_result_is_read_batch_by_batch(each_searcher, monkeypatch):
    dressed = []

    def dress(catalog, engine, tree, ids, language):
        dressed.append(len(ids))
        return tuple(ids)

    monkeypatch.setattr("search.searcher.dress", dress)
    monkeypatch.setattr(type(each_searcher.engine), "walk", lambda self, question: iter(range(10 * BATCH + 1)))
    hits = each_searcher.every("")
    assert next(hits) == 0 and dressed == [BATCH], "no more than one batch is read ahead"
    assert sum(1 for _ in hits) == 10 * BATCH
    assert dressed == [BATCH] * 10 + [1]


def test_mistakes_are_said_before_the_first_hit(each_searcher, catalog):
    for wrong in ({"sort": "size"}, {"unit": "pages"}):
        with pytest.raises(MistakenRequest):
            each_searcher.every("workers", **wrong)
    with pytest.raises(MistakenRequest, match="works or paragraphs"):
        each_searcher.search("workers", unit="pages")
    page = each_searcher.search("workers", limit=1)
    with pytest.raises(MistakenRequest, match="cursor"):
        each_searcher.search("workers", limit=1, after=page.after, unit="paragraphs")


def test_an_index_that_is_not_there_is_said_of_every_way_to_ask(library, tmp_path):
    searcher = Searcher(library, open_engine(tmp_path / "nothing"))
    for ask in (
        lambda: searcher.search("workers"),
        lambda: searcher.search("workers", unit="paragraphs"),
        lambda: searcher.every("workers"),
        lambda: searcher.every("workers", unit="paragraphs"),
        lambda: searcher.similar(HRC),
    ):
        with pytest.raises(IndexUnavailable) as caught:
            ask()
        assert len(str(caught.value).splitlines()) == 1


def test_what_widening_brings_is_counted(each_searcher):
    plain = each_searcher.search("remittances country:MEX")
    assert plain.widened == () and plain.total == 0
    found = each_searcher.search("remittances country:MEX", widen=True, language="es")
    assert [hit.work for hit in found.hits] == ["IOM:C/108/42"]
    (widening,) = found.widened
    assert (widening.asked, widening.theme, widening.label) == ("remittances", "remittances", "Remesas")
    counts = {variant.text: (variant.total, variant.added) for variant in widening.variants}
    assert counts["remesa"] == (1, 1) and counts["汇款"] == (0, 0)
    for variant in widening.variants:
        assert each_searcher.search(variant.query).total == variant.total, "what it brings can be looked at"
    assert found.said == "Documentos con la palabra «remittances» y que hablan del país México", "what was asked"
    cited = each_searcher.search("household worker cited-by:A/59/328", widen=True).widened[0].variants
    assert {variant.text for variant in cited if variant.added} >= {"travailleuse domestique"}
    (widening,) = each_searcher.search("domestic worker", widen=True).widened
    counts = {variant.text: (variant.total, variant.added) for variant in widening.variants}
    assert counts["household worker"] == (1, 1) and counts["家政工人"] == (2, 0)


def test_not_more_than_a_number_of_variants_is_counted_and_that_is_said(each_searcher, monkeypatch):
    monkeypatch.setattr("search.widening.MAX_COUNTED", 3)
    found = each_searcher.search("remittances", widen=True, language="es")
    (widening,) = found.widened
    counted = {variant.language for variant in widening.variants if variant.total is not None}
    assert counted == {"es", "en"}, "those in the reader's language first"
    left = sum(variant.total is None for variant in widening.variants)
    (complaint,) = found.complaints
    assert complaint.message == f"no se ha contado lo que aportan {left} de las palabras añadidas"
    assert complaint.code == "not_counted"
    first = each_searcher.search("migrants OR remittances", widen=True, limit=1)
    later = each_searcher.search("migrants OR remittances", widen=True, limit=1, after=first.after)
    assert {variant.total for widening in later.widened for variant in widening.variants} == {None}
    assert not later.complaints


def test_a_query_that_is_in_no_family_says_that_it_was_not_widened(each_searcher):
    found = each_searcher.search("lighthouse", widen=True)
    assert found.widened == () and "it was not widened" in found.complaints[0].message


def test_a_timeline_has_every_year_from_the_first_to_the_last(each_searcher):
    line = timeline(each_searcher.search(""))
    assert [each.year for each in line.years] == list(range(1990, 2022))
    counts = {each.year: each.count for each in line.years}
    assert (counts[1990], counts[1991], counts[2004], counts[2021]) == (1, 0, 3, 1)
    assert line.undated == 1 and line.most == 3
    assert sum(counts.values()) + line.undated == len(WORKS)
    chosen = timeline(each_searcher.search("", filters={"year": ["2004"]}))
    assert chosen.undated is None
    assert [each.year for each in chosen.years if each.selected] == [2004]
    assert chosen.years[-1] == YearCount(2021, 1), "what can be chosen too"
    paragraphs = timeline(each_searcher.search("symbol:A/HRC/47/30", unit="paragraphs"))
    assert paragraphs.years == (YearCount(2021, paragraphs.most),) and paragraphs.most > 4


def test_a_timeline_of_nothing_is_empty(each_searcher):
    assert timeline(each_searcher.search("xyzzyx")) == Timeline((), 0, 0)
    odd = Facet("year", "Year", (FacetValue("", "", 2), FacetValue("20-04", "", 1), FacetValue("٢٠٠٤", "", 1)))
    assert timeline(Results("", "", 4, (), (odd,))).years == ()
