"""Do words and meaning answer together, and does each leave the other as it was?"""

import ast
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import MistakenRequest, Searcher, index_changes, open_engine
from search.meaning import fuse as fusing
from search.meaning import meaning_changes, open_meaning
from search.meaning.asked import demands_of, without_not, words_of
from search.meaning.fuse import FLOOR, RRF, fused_ranks
from search.meaning.meaning import Meaning
from search.query import parse, resolve
from search.query.tree import And, DateRange, Everything, Exact, Not
from tests.search.library import WORKS, changed, fill, put

ROOT = Path(__file__).parents[3]
PUSHBACKS = "Pushbacks at sea put the lives of migrants at risk."  # A/HRC/47/30, para. 44, in English only
CONFISCATED = "domestic workers were not paid and their passports were taken"
SAME_SAID = {
    "en": "when boats are turned round at sea those who migrate may die",
    "fr": "Les refoulements en mer mettent en danger la vie des migrants",
    "es": "Las devoluciones en el mar ponen en peligro la vida de los migrantes",
    "ar": "عمليات الصد في البحر تعرض حياة المهاجرين للخطر",
    "zh": "在海上推回移民危及他们的生命",
    "ru": "Выталкивание в море ставит под угрозу жизнь мигрантов",
}


@pytest.fixture(scope="module")
def searcher(model, tmp_path_factory) -> Searcher:
    """A searcher over the works of library.toml that knows their meaning, for tests that change nothing."""
    from catalog import Catalog
    from search.meaning.local import LocalVectors

    folder = tmp_path_factory.mktemp("library")
    catalog = Catalog(f"sqlite:///{folder}/catalog.sqlite")
    catalog.migrate()
    fill(catalog)
    engine = open_engine(None)
    index_changes(catalog, engine)
    meaning = Meaning(LocalVectors(folder / "meaning"), model, folder / "meaning")
    meaning_changes(catalog, meaning)
    return Searcher(catalog, engine, meaning)


@pytest.mark.parametrize("language", SAME_SAID)
def test_what_says_the_same_is_found_in_whatever_language_it_is_asked(searcher, language):
    said = SAME_SAID[language]
    assert searcher.search(said).total == 0
    results = searcher.search(said, meaning=True)
    assert not results.complaints and results.total >= 1
    assert results.by_meaning == results.total == searcher.total(said, meaning=True)
    hit = results.hits[0]
    assert "A/HRC/47/30" in hit.symbols
    assert hit.passages[0].text == PUSHBACKS and hit.passages[0].citation == "A/HRC/47/30, para. 44"
    assert hit.passages[0].similarity >= FLOOR and hit.passages[0].marks == ()


def test_passages_in_the_readers_language_come_first(searcher):
    said = "les travailleuses domestiques des Philippines veulent être traitées en égales"
    hit = searcher.search(said, language="fr", meaning=True).hits[0]
    assert hit.passages[0].language == "fr" and hit.passages[0].similarity > FLOOR


def test_what_has_the_words_and_the_meaning_comes_first_and_keeps_its_marks(searcher):
    by_words = searcher.search("domestic workers")
    both = searcher.search("domestic workers", meaning=True)
    assert {hit.work for hit in by_words.hits} <= {hit.work for hit in both.hits}
    assert both.total == len(both.hits) >= by_words.total and both.facets == by_words.facets
    assert both.total - both.by_meaning == by_words.total and by_words.by_meaning == 0
    marked = [passage for hit in both.hits for passage in hit.passages if passage.marks and passage.similarity]
    assert marked and all(passage.similarity >= FLOOR for passage in marked)
    assert len({(passage.sha256, passage.ordinal) for hit in both.hits for passage in hit.passages}) == sum(
        len(hit.passages) for hit in both.hits
    )


def test_nothing_is_shown_that_is_not_alike(searcher):
    for nonsense in ("chocolate cake recipe", "quantum chromodynamics lattice", "红烧肉的做法", "как испечь хлеб"):
        assert searcher.search(nonsense, meaning=True).total == 0


def test_without_being_asked_nothing_changes(searcher):
    plain = Searcher(searcher.catalog, searcher.engine)
    for query in ("domestic workers", "", "country:PHL", SAME_SAID["en"]):
        assert searcher.search(query) == plain.search(query)
    assert all(p.similarity is None for hit in searcher.search("domestic workers").hits for p in hit.passages)


def test_fields_exclusions_and_filters_hold_for_what_meaning_finds_too(searcher):
    said = SAME_SAID["en"]
    here = searcher.search(said, meaning=True).hits[0].work
    for narrowed in (f"{said} country:Indonesia publisher:UN", f"{said} body:HRC"):
        assert here in [hit.work for hit in searcher.search(narrowed, meaning=True).hits]
    for excluded in (f"{said} publisher:ILO", f"{said} -country:PHL", f"{said} since:2025", f"{said} -pushbacks"):
        assert here not in [hit.work for hit in searcher.search(excluded, meaning=True).hits]
    assert here in [hit.work for hit in searcher.search(said, filters={"body": ["HRC"]}, meaning=True).hits]
    assert searcher.search(said, filters={"publisher": ["WTO"]}, meaning=True).total == 0


def test_many_works_that_meet_the_demands_are_asked_the_other_way_round(searcher, monkeypatch):
    queries = [f"{SAME_SAID['fr']} publisher:UN", "domestic workers body:HRC", "migrants -publisher:WTO"]
    few = [searcher.search(query, meaning=True) for query in queries]
    monkeypatch.setattr(fusing, "FEW", -1)
    assert [searcher.search(query, meaning=True) for query in queries] == few


def test_paragraphs_are_fused_as_paragraphs(searcher):
    def found(query: str) -> list[str]:
        results = searcher.search(query, unit="paragraphs", meaning=True)
        assert results.unit == "paragraphs" and results.total == len(results.hits)
        assert all(len(hit.passages) == 1 for hit in results.hits)
        return [hit.passages[0].text for hit in results.hits]

    said = SAME_SAID["es"]
    assert found(said)[0] == PUSHBACKS
    first = searcher.search(said, unit="paragraphs", meaning=True).hits[0].passages[0]
    assert first.similarity >= FLOOR and first.marks == ()
    assert found(f"{said} body:HRC")[0] == PUSHBACKS  # what is said of the work holds for the paragraph
    assert found(f"{said} -country:PHL")[0] == PUSHBACKS  # another paragraph of its work speaks of the Philippines
    assert PUSHBACKS not in found(f"{said} country:PHL")
    assert "confiscated passports" in found(f"{CONFISCATED} country:PHL")[0]
    assert found(f"{CONFISCATED} country:IDN") == []
    both = searcher.search("domestic workers", unit="paragraphs", meaning=True)
    assert any(hit.passages[0].marks and hit.passages[0].similarity for hit in both.hits)


def test_on_a_cluster_the_same_is_found(searcher, model, cluster, tmp_path):
    engine = open_engine(cluster)
    index_changes(searcher.catalog, engine)
    meaning = open_meaning(cluster, tmp_path / "meaning")
    meaning_changes(searcher.catalog, meaning)
    other = Searcher(searcher.catalog, engine, meaning)
    for query in (*SAME_SAID.values(), f"{SAME_SAID['fr']} body:HRC -country:MEX", f"{CONFISCATED} country:PHL"):
        for unit in ("works", "paragraphs"):
            ours, theirs = (each.search(query, unit=unit, meaning=True) for each in (searcher, other))
            assert ours.total == theirs.total > 0 and not theirs.complaints
            found = [
                {(hit.work, p.sha256, p.ordinal): p.similarity for hit in results.hits for p in hit.passages}
                for results in (ours, theirs)
            ]
            assert found[0] == pytest.approx(found[1], abs=0.02)


def test_pages_follow_each_other_and_end(searcher):
    whole = searcher.search("migrant workers", limit=100, meaning=True)
    assert whole.after is None and len(whole.hits) == whole.total > 3
    paged, after = [], None
    while True:
        page = searcher.search("migrant workers", limit=2, after=after, meaning=True)
        assert page.total == whole.total
        paged += page.hits
        after = page.after
        if after is None:
            break
    assert paged == list(whole.hits)
    first = searcher.search("migrant workers", limit=2, meaning=True).after
    with pytest.raises(MistakenRequest, match="another search"):
        searcher.search("migrant workers", limit=2, after=first)
    with pytest.raises(MistakenRequest, match="another search"):
        searcher.search("domestic workers", limit=2, after=first, meaning=True)


def test_beyond_the_best_it_is_said_that_the_rest_is_found_by_words_alone(searcher, monkeypatch):
    everything = searcher.search("migrants", limit=100, meaning=True)
    monkeypatch.setattr(fusing, "TOP", 2)
    results = searcher.search("migrants", limit=100, meaning=True)
    assert [each.code for each in results.complaints] == ["meaning_ends"]
    words = searcher.search("migrants", limit=100)
    found = {hit.work for hit in results.hits}
    assert words.total <= results.total <= everything.total and len(found) < results.total
    assert results.total == words.total + len(found - {hit.work for hit in words.hits})


@pytest.mark.parametrize(
    ("query", "asked", "code"),
    [
        ("country:PHL", {}, "meaning_of_nothing"),
        ("NOT migrants", {}, "meaning_of_nothing"),
        ("", {}, "meaning_of_nothing"),
        ("domestic workers", {"sort": "-date"}, "meaning_sorted"),
    ],
)
def test_where_meaning_can_say_nothing_words_answer_and_it_is_said(searcher, query, asked, code):
    plain, results = searcher.search(query, **asked), searcher.search(query, **asked, meaning=True)
    assert [each.code for each in results.complaints] == [code]
    assert replace(results, complaints=()) == replace(plain, complaints=())


def test_without_the_extra_it_is_said_how_to_get_it(searcher):
    plain = Searcher(searcher.catalog, searcher.engine)
    results = plain.search("domestic workers", meaning=True)
    (complaint,) = results.complaints
    assert complaint.message.endswith("is not installed: pip install 'forumwatch[semantic]'")
    assert results.hits == plain.search("domestic workers").hits
    spanish = plain.search("domestic workers", language="es", meaning=True).complaints
    assert spanish[0].message.startswith("la búsqueda por el sentido no está instalada")


def test_before_and_after_trouble_words_answer(library, meaning):
    engine = open_engine(None)
    index_changes(library, engine)
    searcher = Searcher(library, engine, meaning)

    def codes() -> list[str]:
        results = searcher.search("domestic workers", meaning=True)
        assert results.hits
        return [each.code for each in results.complaints]

    assert codes() == ["meaning_not_yet"]
    meaning_changes(library, meaning)
    assert codes() == []
    next(meaning.folder.glob("g-*/near-*")).unlink()
    assert codes() == []  # the graph that was open stays open
    searcher.meaning = Meaning(type(meaning.vectors)(meaning.folder), meaning.model, meaning.folder)
    assert codes() == ["meaning_away"]
    (path,) = meaning.folder.glob("g-*/shape.json")
    path.write_text('{"model": "another", "pieces": "1"}')
    assert codes() == ["meaning_outdated"]


def test_a_passage_that_the_catalog_has_no_more_is_not_shown(library, meaning):
    engine = open_engine(None)
    index_changes(library, engine)
    meaning_changes(library, meaning)
    put(library, changed(WORKS[0], "Quite another text, of which neither index has been told yet."))
    searcher = Searcher(library, engine, meaning)
    for unit in ("works", "paragraphs"):
        hits = searcher.search(SAME_SAID["fr"], meaning=True, unit=unit).hits
        assert hits and all(passage.text != PUSHBACKS for hit in hits for passage in hit.passages)


def test_words_are_taken_as_typed_and_demands_are_what_is_left():
    tree = parse('migrants "domestic workers"~3 recru* country:PHL title:report -seafarers since:2020').tree
    assert words_of(tree) == "migrants domestic workers recru"
    demands = demands_of(resolve(tree).tree, {"body": ["HRC", "CMW"]})
    assert isinstance(demands, And)
    assert Exact("country", ("PHL",)) in demands.items and Exact("body", ("HRC", "CMW")) in demands.items
    assert [type(item) for item in demands.items if isinstance(item, Not | DateRange)] == [Not, DateRange]
    assert len(demands.items) == 5  # and what the title must have
    assert not any(isinstance(item, Not) for item in without_not(demands).items)
    assert isinstance(demands_of(resolve(parse("migrants OR country:PHL").tree).tree, {}), Everything)
    assert isinstance(demands_of(resolve(parse("A/HRC/47/30").tree).tree, {}), Everything)


RANKING = st.lists(st.integers(0, 30), unique=True, max_size=20)


@given(RANKING, RANKING)
def test_ranks_are_fused_by_their_reciprocals(first, second):
    fused = fused_ranks(first, second)
    assert sorted(fused) == sorted({*first, *second})

    def score(key: int) -> float:
        return sum(1 / (RRF + 1 + ranking.index(key)) for ranking in (first, second) if key in ranking)

    scores = [score(key) for key in fused]
    assert all(a >= b or a == pytest.approx(b) for a, b in pairwise(scores))
    assert fused_ranks(first, []) == first and fused_ranks([], second) == second == fused_ranks(second, second)


def test_alerts_know_nothing_of_meaning(searcher, monkeypatch):
    """They are exact: what matched can be said in words."""
    for path in (ROOT / "search" / "alerts").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            assert not any(name.startswith("search.meaning") for name in names), path


def test_matching_finds_what_words_find_and_no_more(library, model, monkeypatch):
    from search.alerts import match_changes, subscribe

    def never(*_given, **_named):
        raise AssertionError("alerts must not ask what words mean")

    monkeypatch.setattr(type(model), "embed", never)
    subscribe(
        library, "a@example.org", "en", [(query, query) for query in (SAME_SAID["en"], "passports")], backfill=True
    )
    assert match_changes(library) == Searcher(library, indexed(library)).search("passports").total


def indexed(catalog):
    engine = open_engine(None)
    index_changes(catalog, engine)
    return engine
