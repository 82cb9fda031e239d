"""Is what is like a work found, the most alike first, in whatever language, and without the work itself?"""

import datetime

import pytest

from catalog import Catalog
from search import MistakenRequest, Searcher, index_changes
from tests.search.library import Document, Work, changed, fill, put

WEATHER = "The harbour master measured rainfall and wind at the lighthouse every morning."
SEA = [
    Work("IOM", f"Rescue of fishermen at sea {i}", symbol=f"MC/{3000 + i}", date=datetime.date(2012, 1, i + 1),
         documents=[Document("en", f"MC/{3000 + i}", f"Rescue of fishermen at sea {i}",
                             [(1, "1", f"Trawlers rescued stranded fishermen near the lighthouse, case {i}."),
                              (2, "2", "Coastguards towed the trawlers to harbour.")])])
    for i in range(3)
]  # fmt: skip
FRENCH = Work(
    "IOM",
    "Sauvetage",
    symbol="MC/3100",
    documents=[
        Document("fr", "MC/3100", "Chalutiers", [(1, "1", "Les chalutiers remorqués par les garde-côtes.")]),
        Document("en", "MC/3100", "Statistics", [(1, "1", "Figures are given below.")]),
    ],
)
FRENCH_TOO = Work(
    "ILO",
    "Remorquage",
    symbol="GB.400/1",
    documents=[Document("fr", "GB.400/1", "Remorquage", [(1, "1", "Des chalutiers furent remorqués au port.")])],
)
CHINESE = [
    Work(
        "UN", f"渔民救援{i}", symbol=f"A/70/{i}", documents=[Document("zh", f"A/70/{i}", "渔民救援", [(1, "1", text)])]
    )
    for i, text in enumerate(["海岸警卫队把拖网渔船拖回港口。", "拖网渔船上的渔民获救。"], 1)
]


@pytest.fixture(scope="module")
def sea(each_engine, tmp_path_factory) -> Searcher:
    catalog = Catalog(f"sqlite:///{tmp_path_factory.mktemp('sea')}/catalog.sqlite")
    catalog.migrate()
    fill(catalog)
    for work in [*SEA, FRENCH, FRENCH_TOO, *CHINESE]:
        put(catalog, work)
    index_changes(catalog, each_engine)
    return Searcher(catalog, each_engine)


def keys(hits):
    return [hit.work for hit in hits]


def test_works_of_the_same_matter_come_first_and_the_work_itself_never(sea):
    for own in SEA:
        found = keys(sea.similar(own.key))
        others = {each.key for each in SEA if each is not own}
        assert set(found[:2]) == others and own.key not in found


def test_every_language_of_a_work_counts(sea):
    assert keys(sea.similar(FRENCH.key))[0] == FRENCH_TOO.key
    assert keys(sea.similar(CHINESE[0].key))[0] == CHINESE[1].key


def test_the_passages_show_why_in_the_reader_s_language(sea):
    first = sea.similar(SEA[0].key, "en", limit=1)
    assert len(first) == 1
    words = {p.text[a:b].lower() for p in first[0].passages for a, b in p.marks}
    assert {"trawlers", "fishermen"} & words
    (one,) = sea.similar("UN:CMW/C/GC/1", "zh", limit=1)
    assert one.title == "家政工人权利须知"
    assert {passage.language for passage in one.passages} == {"zh"}


def test_limits_and_mistakes(sea):
    assert sea.similar(SEA[0].key, limit=0) == ()
    assert len(sea.similar(SEA[0].key, limit=1)) == 1
    with pytest.raises(MistakenRequest, match="no work"):
        sea.similar("UN:NO/SUCH")


def test_a_work_without_telling_words_is_like_nothing(library):
    from search import open_engine

    put(library, changed(SEA[0], "2004 2005 % 17"))
    catalog, engine = library, open_engine(None)
    index_changes(catalog, engine)
    assert Searcher(catalog, engine).similar(SEA[0].key, limit=3) is not None
    empty = Work("UN", "", name="empty", documents=[Document(None, None, "", [(1, None, "17 %")])])
    put(catalog, empty)
    index_changes(catalog, engine)
    assert Searcher(catalog, engine).similar(empty.key) == ()
