"""Does a document of five megabytes break any kind of query? In one paragraph, in thousands, and in Chinese."""

import pytest

from catalog import Catalog
from search import Searcher, index_changes
from search.hits import LONGEST
from tests.search.library import Document, Work, fill, put

SIZE = 5_000_000
SENTENCES = {
    "en": "The Committee considered temporary programmes for seasonal labour and their safeguards. ",
    "ar": "نظرت اللجنة في البرامج المؤقتة للعمل الموسمي والضمانات. ",
    "zh": "委员会审议了季节性劳动的临时方案及其保障措施。",
}
NEEDLES = {"en": "a needle lies here. ", "ar": "هذه إبرة. ", "zh": "缝衣针。"}


def text_of(language: str, size: int) -> str:
    """Five megabytes as they are kept, with the needle in the middle."""
    sentence = SENTENCES[language]
    half = sentence * (size // len(sentence.encode()) // 2)
    return half + NEEDLES[language] + half


BIG = [
    Work("UN", f"A big one in {language}", symbol=f"A/{number}",
         documents=[Document(language, f"A/{number}", f"A big one in {language}", [(1, "1", text_of(language, SIZE))])])
    for number, language in enumerate(SENTENCES, 90)
]  # fmt: skip
LONG = Work(
    "UN",
    "A long one",
    symbol="A/99",
    documents=[
        Document(
            "en",
            "A/99",
            "A long one",
            [(i // 20 + 1, str(i), SENTENCES["en"] * 20) for i in range(SIZE // 20 // len(SENTENCES["en"]))]
            + [(9999, "400", "At the end a thimble lies.")],
            mentions=[("country", "PHL", "seasonal")],
        )
    ],
)


@pytest.fixture(scope="module")
def heavy(each_engine, tmp_path_factory) -> Searcher:
    catalog = Catalog(f"sqlite:///{tmp_path_factory.mktemp('heavy')}/catalog.sqlite")
    catalog.migrate()
    fill(catalog)
    for work in [*BIG, LONG]:
        put(catalog, work)
    index_changes(catalog, each_engine)
    return Searcher(catalog, each_engine)


QUERIES = {
    "needle": "A/90", '"a needle lies"': "A/90", '"lies needle"~3': "A/90", "needl*": "A/90",
    "إبرة": "A/91", "缝衣针": "A/92", "thimble": "A/99",
}  # fmt: skip


@pytest.mark.parametrize("unit", ["works", "paragraphs"])
@pytest.mark.parametrize("query", QUERIES)
def test_a_word_in_the_middle_is_found_marked_and_quoted(heavy, query, unit):
    found = heavy.search(query, unit=unit)
    (hit,) = found.hits
    assert hit.symbols == (QUERIES[query],)
    (passage,) = hit.passages
    assert len(passage.text) <= LONGEST
    assert passage.marks, "the passage is cut around the word"


@pytest.mark.parametrize("unit", ["works", "paragraphs"])
@pytest.mark.parametrize(
    "query",
    ["seasonal labour", "safeguards OR Committee", "safe* AND (seas* OR lab*)", '"safeguards the"~9', "*", "委员会",
     "country:PHL", "publisher:UN NOT needle", "title:big", "title:long safeguards", "NOT safeguards"],
)  # fmt: skip
def test_every_kind_of_query_is_answered(heavy, query, unit):
    found = heavy.search(query, unit=unit, limit=20)
    assert found.total >= len(found.hits) > 0
    assert all(len(passage.text) <= LONGEST for hit in found.hits for passage in hit.passages)


@pytest.mark.parametrize("unit", ["works", "paragraphs"])
def test_a_whole_result_is_walked(heavy, unit):
    query = "safe* OR 委员会 OR اللجنة"
    assert sum(1 for _ in heavy.every(query, unit=unit)) == heavy.search(query, unit=unit).total


def test_it_is_like_others_and_others_like_it(heavy):
    assert heavy.similar("UN:A/90")[0].work == "UN:A/99"
    assert heavy.similar("UN:A/99")[0].work == "UN:A/90"
    assert heavy.similar("UN:A/92") is not None


def test_did_you_mean_and_widening_know_its_words(heavy):
    assert heavy.search("nedle").suggestion.query == "needle"
    assert heavy.search("thimbel", unit="paragraphs").suggestion.query == "thimble"
    assert heavy.search("needle remittances", widen=True).total == 0


def test_its_passages_can_be_asked_for(heavy):
    (hit,) = heavy.search("symbol:A/90").hits
    (passage,) = heavy.passages("needle", hit.work_id, "fr")
    assert passage.citation == "A/90, para. 1" and passage.marks
