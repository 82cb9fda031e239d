"""Does the engine find what the definitions say, count it, and hand it out page by page?"""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search import analysis, open_engine
from search.engines.engine import IndexedParagraph, IndexedWork, Question
from search.errors import MistakenRequest
from search.fields import FACETS
from search.query import resolve
from search.query.tree import Everything, Field, Node, Not, Phrase, Word, both
from tests.conftest import place_of_its_own
from tests.search.invented import VOCABULARY, WORKS, filters, trees
from tests.search.plainly import PlainParagraph, answers, paragraphs_of


@pytest.fixture(scope="module", params=["tantivy", "elasticsearch"])
def engine(request):
    if request.param == "tantivy":
        engine = open_engine(None)
        fill(engine)
        yield engine
        return
    with place_of_its_own(request.getfixturevalue("elasticsearch_url")) as cluster:
        engine = open_engine(cluster)
        with engine.writing(engine.shape()):
            fill(engine)
        yield engine


def fill(engine):
    for start in range(0, len(WORKS), 50):  # several segments
        engine.add(WORKS[start : start + 50])
        engine.commit()


def expected(tree: Node, chosen=None, but=None) -> list[IndexedWork]:
    chosen = {name: values for name, values in (chosen or {}).items() if values and name != but}
    return [
        work
        for work in WORKS
        if answers(work, tree) and all(set(values) & set(work.values[name]) for name, values in chosen.items())
    ]


@settings(max_examples=300, deadline=None)
@given(trees)
def test_the_members_are_those_of_the_definitions(engine, tree):
    resolved = resolve(tree).tree
    assert engine.members(resolved) == tuple(work.id for work in expected(resolved))


@settings(max_examples=60, deadline=None)
@given(trees, filters, st.sampled_from(["relevance", "date", "-date"]))
def test_filters_counts_and_facets_are_those_of_the_definitions(engine, tree, chosen, sort):
    resolved = resolve(tree).tree
    answer = engine.ask(Question(resolved, chosen, ("country", "kind", "language", "year"), sort, limit=100))
    found = expected(resolved, chosen)
    assert answer.total == len(found)
    assert set(answer.works) <= {work.id for work in found}
    for facet, counts in answer.counts.items():
        own = expected(resolved, chosen, but=facet)
        assert dict(counts) == Counter(value for work in own for value in work.values[facet])


def expected_paragraphs(tree: Node, chosen=None, but=None) -> list[PlainParagraph]:
    chosen = {name: values for name, values in (chosen or {}).items() if values and name != but}
    return [
        each
        for work in WORKS
        for each in paragraphs_of(work)
        if each.answers(tree) and all(set(values) & set(each.values(name)) for name, values in chosen.items())
    ]


@settings(max_examples=300, deadline=None)
@given(trees, filters, st.sampled_from(["relevance", "date", "-date"]), st.integers(1, 40))
def test_the_paragraphs_are_those_of_the_definitions(engine, tree, chosen, sort, limit):
    resolved = resolve(tree).tree
    facets = ("country", "kind", "language", "year", "theme")
    walked: list[tuple[int, int, int]] = []
    after = None
    while True:
        answer = engine.ask_paragraphs(Question(resolved, chosen, facets, sort, limit, after))
        assert len(answer.paragraphs) <= limit
        walked += [(work, at.document_id, at.ordinal) for work, at in answer.paragraphs]
        after = answer.after
        if after is None:
            break
        assert len(answer.paragraphs) == limit
    found = expected_paragraphs(resolved, chosen)
    assert answer.total == len(found)
    assert sorted(walked) == sorted(each.address for each in found)
    for facet, counts in answer.counts.items():
        own = expected_paragraphs(resolved, chosen, but=facet)
        assert dict(counts) == Counter(value for each in own for value in dict.fromkeys(each.values(facet)))
    if sort != "relevance":
        days = {work.id: by_date(work, sort == "-date") for work in WORKS}
        assert walked == sorted(walked, key=lambda row: (days[row[0]], row))


@settings(max_examples=60, deadline=None)
@given(trees, filters, st.sampled_from(["relevance", "date", "-date"]))
def test_a_walk_goes_through_all_pages(engine, tree, chosen, sort):
    question = Question(resolve(tree).tree, chosen, (), sort, 200)
    assert tuple(engine.walk(question)) == engine.ask(question).works


def test_a_word_stands_in_as_many_works_as_are_said_at_least(engine):
    for word in ("worker", "égalité", "مهاجر", "nowhere"):
        (form,) = analysis.forms(word)
        held = [{chain for chain, text in texts_of(work) if form in analysis.forms(text)} for work in WORKS]
        most = max((sum(chain in chains for chains in held) for chain in analysis.CHAINS), default=0)
        assert most <= engine.frequencies([form])[form] <= sum(map(bool, held))


def texts_of(work: IndexedWork):
    texts = [(each.language, each.text) for each in work.paragraphs] + list(work.titles)
    return [(analysis.chain_of(language), text) for language, text in texts]


def by_date(work: IndexedWork, newest: bool):
    day = work.date.toordinal() if work.date else 0
    return (work.date is None, -day if newest else day, work.id)


@settings(max_examples=30, deadline=None)
@given(trees, filters, st.sampled_from(["relevance", "date", "-date"]), st.integers(1, 40))
def test_all_pages_together_are_the_whole_without_repeats(engine, tree, chosen, sort, limit):
    resolved = resolve(tree).tree
    walked: list[int] = []
    after = None
    while True:
        answer = engine.ask(Question(resolved, chosen, (), sort, limit, after))
        assert len(answer.works) <= limit
        walked += answer.works
        after = answer.after
        if after is None:
            break
        assert len(answer.works) == limit
    found = expected(resolved, chosen)
    assert answer.total == len(found)
    assert sorted(walked) == [work.id for work in found]
    if sort != "relevance":
        assert walked == [work.id for work in sorted(found, key=lambda work: by_date(work, sort == "-date"))]


def test_a_cursor_is_good_for_its_own_question_only(engine):
    question = Question(Everything(), sort="date", limit=5)
    after = engine.ask(question).after
    assert engine.ask(Question(Everything(), sort="date", limit=7, after=after)).works
    for other in (
        Question(Everything(), sort="-date", limit=5, after=after),
        Question(Everything(), {"country": ("PHL",)}, sort="date", limit=5, after=after),
        Question(resolve(Word("worker")).tree, sort="date", limit=5, after=after),
    ):
        with pytest.raises(MistakenRequest):
            engine.ask(other)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60) | st.from_regex(r"[A-Za-z0-9_-]{1,80}", fullmatch=True))
def test_a_cursor_that_nobody_gave_out_is_refused(engine, after):
    with pytest.raises(MistakenRequest):
        engine.ask(Question(Everything(), sort="date", after=after))


def test_a_cursor_behind_the_end_is_refused(engine):
    from search.engines.cursor import write_cursor

    tree = resolve(Word("worker")).tree
    with pytest.raises(MistakenRequest):
        engine.ask(Question(tree, after=write_cursor(Question(tree), 1 << 62)))


def test_a_work_added_again_replaces_itself_and_a_removed_one_is_gone():
    engine = open_engine(None)
    engine.add(WORKS[:10])
    engine.add(WORKS[:10])
    engine.commit()
    assert engine.count() == 10
    engine.add([WORKS[0], WORKS[0]])
    engine.remove([WORKS[1].id, 12345])
    engine.commit()
    assert engine.members(Everything()) == tuple(work.id for work in WORKS[:10] if work is not WORKS[1])


def test_nothing_is_seen_before_the_commit():
    engine = open_engine(None)
    assert engine.members(Everything()) == () and engine.count() == 0
    engine.add(WORKS[:3])
    assert engine.count() == 0
    engine.commit()
    assert engine.count() == 3


def test_a_limit_of_none_still_counts(engine):
    answer = engine.ask(Question(Everything(), facets=FACETS, limit=0))
    assert (answer.total, answer.works, answer.after) == (len(WORKS), (), None)


def test_works_with_the_words_in_the_title_come_first():
    engine = open_engine(None)
    text = tuple(IndexedParagraph(1, ordinal, "en", "remittances and other matters") for ordinal in range(1, 4))
    plain = {"language": ("en",)}
    engine.add(
        [
            IndexedWork(1, "a", None, (("en", "Annual report"),), plain, {}, text),
            IndexedWork(2, "b", None, (("en", "Remittances"),), plain, {}, text),
            IndexedWork(3, "c", None, (("en", "Budget"),), plain, {}, text),
        ]
    )
    engine.commit()
    assert engine.ask(Question(resolve(Word("remittance")).tree)).works[0] == 2


def test_a_document_asked_for_by_its_symbol_comes_before_those_that_cite_it():
    engine = open_engine(None)
    cites = tuple(IndexedParagraph(1, ordinal, "en", "A/HRC/47/30") for ordinal in range(1, 40))
    engine.add([IndexedWork(1, "citing", None, (("en", "A/HRC/47/30"),), {}, {}, cites)])
    engine.add([IndexedWork(2, "itself", None, (), {"symbol": ("a/hrc/47/30",)}, {}, ())])
    engine.commit()
    assert engine.ask(Question(resolve(Word("A/HRC/47/30")).tree)).works == (2, 1)


def test_passages_in_the_reader_s_language_come_first_and_alone():
    engine = open_engine(None)
    texts = (
        IndexedParagraph(1, 1, "en", "about migration"),
        IndexedParagraph(1, 2, "en", "about something else"),
        IndexedParagraph(2, 1, "fr", "la migration"),
        IndexedParagraph(3, 1, "ru", "миграция"),
    )
    engine.add([IndexedWork(1, "a", None, (), {}, {}, texts), IndexedWork(2, "b", None, (), {}, {}, texts)])
    engine.commit()
    tree = resolve(Word("migration")).tree
    assert [(at.document_id, at.ordinal) for at in engine.passages(tree, [1], "fr", 3)[1]] == [(2, 1)]
    assert {(at.document_id, at.ordinal) for at in engine.passages(tree, [1, 2], "es", 3)[1]} == {(1, 1), (2, 1)}
    assert engine.passages(resolve(Not(Word("migration"))).tree, [1], "en", 3) == {1: ()}


def test_a_paragraph_with_both_words_is_quoted_before_one_with_the_same_word_often():
    engine = open_engine(None)
    filler = " and other matters that were discussed at length in the course of the session"
    texts = (
        IndexedParagraph(1, 1, "en", "domestic violence, domestic law, domestic courts, domestic work" + filler),
        IndexedParagraph(1, 2, "en", "the workers of domestic enterprises" + filler * 3),
    )
    engine.add([IndexedWork(1, "a", None, (), {}, {}, texts)])
    engine.commit()
    found = engine.passages(resolve(both([Word("domestic"), Word("workers")])).tree, [1], "en", 2)[1]
    assert [at.ordinal for at in found] == [2, 1]


def test_a_paragraph_of_text_is_quoted_before_a_heading():
    engine = open_engine(None)
    texts = (
        IndexedParagraph(1, 1, "en", "Domestic workers", kind="heading"),
        IndexedParagraph(1, 2, "en", "The rights of domestic workers are protected in all States that have ratified."),
    )
    engine.add([IndexedWork(1, "a", None, (), {}, {}, texts)])
    engine.commit()
    found = engine.passages(resolve(Phrase(("domestic", "workers"))).tree, [1], "en", 2)[1]
    assert [at.ordinal for at in found] == [2, 1]


def test_a_document_of_five_megabytes_is_no_danger():
    engine = open_engine(None)
    long = IndexedParagraph(1, 1, "en", "worker " * 700_000 + "needle")
    many = tuple(IndexedParagraph(2, ordinal, "en", "another worker here") for ordinal in range(1, 20_000))
    engine.add([IndexedWork(1, "long", None, (), {}, {}, (long,)), IndexedWork(2, "many", None, (), {}, {}, many)])
    engine.commit()
    assert engine.members(resolve(Word("needles")).tree) == (1,)
    assert len(engine.passages(resolve(Word("worker")).tree, [1, 2], "en", 3)[2]) == 3


def test_all_chains_take_part():
    assert {analysis.chain_of(language) for language in VOCABULARY} == set(analysis.CHAINS)  # de: other


def test_what_a_field_asked_for_is_quoted_in_the_reader_s_language_too():
    engine = open_engine(None)
    spoken = (("country", "PHL"),)
    texts = tuple(
        IndexedParagraph(number, 1, language, "Filipinas, Philippines", spoken)
        for number, language in enumerate(("en", "fr", "es"), 1)
    )
    engine.add([IndexedWork(1, "a", None, (), {"country": ("PHL",)}, {}, texts)])
    engine.commit()
    tree = resolve(Field("country", "PHL")).tree
    assert [at.document_id for at in engine.passages(tree, [1], "es", 3)[1]] == [3]
    assert [at.document_id for at in engine.passages(tree, [1], None, 3)[1]] == [1, 2, 3]
    assert [at.document_id for at in engine.passages(tree, [1], "ru", 3)[1]] == [1, 2, 3]
