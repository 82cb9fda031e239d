"""Do both engines answer alike, whatever the documents and whatever is asked? Both are made up, and awkward."""

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search import open_engine
from search.engines.engine import Engine, IndexedParagraph, IndexedWork, Question
from search.marks import marks
from search.query import parse, resolve
from search.query.tree import DateRange, Everything, Field, Node, Not, Phrase, Prefix, Word, both, either
from tests.conftest import place_of_its_own

TYPED = """
    worker Workers WORKING migrant migration migrate international internal a of l'égalité égal EGALITE aceleración
    aceleracion niñas Straße STRASSE naïve e\u0301gal co-operation A/HRC/47/30 C.189 2004 1,234.5 don't _under_score_
    ½ ﬁnance ｆｕｌｌ №5 العُمّال والعمال عامل العاملات مهاجر ٣٤ أإآا труд трудящиеся ёлка елка İstanbul 工人 移徙工人
    权利 工 ひらがな カタカナ 한국어 ไทย हिन्दी 😀 x\u200dy soft\u00adhyphen \u00ad \u0301 \x00 … 𝕞𝕒𝕥𝕙 Ⅷ ŉ ǆ
"""
PIECES = (*TYPED.split(), "ab" * 100)
GLUE = (" ", " ", " ", "", " - ", ", ", "\n", "\u00a0", "/", "\u3000")
LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh", "de", None)
COUNTRIES, KINDS = ("PHL", "IDN", "MEX"), ("report", "draft resolution")
SYMBOLS = ("a/hrc/47/30", "a/hrc/47", "c.189", "a+b*c?", "[a-z]", "ünï/1")
PEOPLE = ("Ana María Ruiz", "Ruiz", "Li Wei", "李伟", "O'Brien-Smith", "")

piece = st.sampled_from(PIECES)


@st.composite
def texts(draw: st.DrawFn) -> str:
    pieces = draw(st.lists(piece, max_size=9))
    return "".join(each + draw(st.sampled_from(GLUE)) for each in pieces)


some = st.lists(st.sampled_from(COUNTRIES), max_size=2, unique=True).map(tuple)
people = st.lists(st.sampled_from(PEOPLE), max_size=2, unique=True).map(tuple)


@st.composite
def works(draw: st.DrawFn, number: int) -> IndexedWork:
    paragraphs = []
    for ordinal in range(draw(st.integers(0, 4))):
        values = [("country", each) for each in draw(some)] + [("person", each) for each in draw(people)]
        language, kind = draw(st.sampled_from(LANGUAGES)), draw(st.sampled_from(("text", "heading")))
        paragraphs.append(
            IndexedParagraph(number * 2 + ordinal % 2, ordinal, language, draw(texts()), tuple(values), kind)
        )
    day = draw(st.none() | st.dates(date(2004, 1, 1), date(2004, 3, 1)))
    values = {
        "language": tuple({each.language for each in paragraphs if each.language}),
        "country": tuple(dict.fromkeys(v for each in paragraphs for f, v in each.values if f == "country")),
        "kind": (draw(st.sampled_from(KINDS)),),
        "symbol": tuple(draw(st.lists(st.sampled_from(SYMBOLS), max_size=2, unique=True))),
        "year": (str(day.year),) if day else (),
    }
    names = {"person": tuple(dict.fromkeys(v for each in paragraphs for f, v in each.values if f == "person"))}
    titles = draw(st.lists(st.tuples(st.sampled_from(LANGUAGES), texts()), max_size=2))
    return IndexedWork(number, f"UN:{number}", day, tuple(titles), values, names, tuple(paragraphs))


collections = st.integers(1, 8).flatmap(lambda many: st.tuples(*(works(number) for number in range(1, many + 1))))

leaves = st.one_of(
    piece.map(Word),
    st.builds(lambda text, length: Prefix(text[:length]), piece, st.integers(1, 9)),
    st.builds(Phrase, st.lists(piece, min_size=1, max_size=3).map(tuple), st.sampled_from([0, 0, 1, 2, 5])),
    st.builds(Field, st.just("title"), piece),
    st.builds(Field, st.just("title"), piece.map(lambda text: text[:3] + "*")),
    st.builds(Field, st.just("person"), st.sampled_from([*PEOPLE, "ana*", "ruiz ana", "李*"])),
    st.builds(Field, st.just("country"), st.sampled_from(COUNTRIES)),
    st.builds(Field, st.just("symbol"), st.sampled_from([*SYMBOLS, "a/*", "a+*", "[*", "ü*"])),
    st.builds(Field, st.just("kind"), st.sampled_from(KINDS)),
    st.builds(Field, st.just("language"), st.sampled_from(["fr", "en"])),
    st.builds(DateRange, st.none() | st.dates(date(2004, 1, 1), date(2004, 3, 1)), st.just(date(2004, 2, 1))),
    st.just(Everything()),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(both),
        st.lists(inner, min_size=2, max_size=3).map(either),
        inner.map(Not),
    ),
    max_leaves=6,
)
typed = st.lists(
    piece | st.sampled_from(["AND", "OR", "NOT", "(", ")", '"', "*", "-", "~3", "title:"]), max_size=8
).map(lambda words: parse(" ".join(words)).tree)
filters = st.dictionaries(
    st.sampled_from(["country", "kind", "year"]),
    st.lists(st.sampled_from([*COUNTRIES, "report", "2004"]), max_size=2),
    max_size=2,
)


@pytest.fixture(scope="module")
def cluster_engine(elasticsearch_url):
    with place_of_its_own(elasticsearch_url) as cluster:
        engine = open_engine(cluster)
        with engine.writing(engine.shape()):
            yield engine


def hold(engine: Engine, works: Sequence[IndexedWork]) -> None:
    """These works and no others."""
    engine.remove(engine.members(Everything()))
    engine.add(works)
    engine.commit()


def answers(engine: Engine, tree: Node, chosen: dict[str, list[str]], held: tuple[IndexedWork, ...]) -> list[object]:
    """All that an engine says to a question, but for the order by relevance."""
    text = {(each.document_id, each.ordinal): each for work in held for each in work.paragraphs}
    found: list[object] = [("members", engine.members(tree))]
    question = Question(tree, chosen, ("country", "kind", "language", "year"), limit=100)
    for sort in ("date", "-date", "relevance"):
        answer = engine.ask(Question(question.tree, chosen, question.facets, sort, 100))
        order = answer.works if sort != "relevance" else sorted(answer.works)
        found.append((sort, answer.total, order, {facet: dict(counts) for facet, counts in answer.counts.items()}))
        paragraphs = engine.ask_paragraphs(Question(question.tree, chosen, question.facets, sort, 100))
        order = paragraphs.paragraphs if sort != "relevance" else sorted(map(repr, paragraphs.paragraphs))
        counts = {facet: dict(counts) for facet, counts in paragraphs.counts.items()}
        found.append(("paragraphs", sort, paragraphs.total, order, counts))
    for language in (None, "fr"):
        quoted = engine.passages(tree, [work.id for work in held], language, 50)
        at = {work: sorted((each.document_id, each.ordinal) for each in places) for work, places in quoted.items()}
        marked = [marks(tree, text[each].text, text[each].language) for places in at.values() for each in places]
        found.append(("passages", language, at, marked))
    return found


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(collections, st.lists(st.tuples(trees | typed, filters), min_size=1, max_size=6))
def test_both_engines_answer_alike(cluster_engine, held, asked):
    memory = open_engine(None)
    for engine in (memory, cluster_engine):
        hold(engine, held)
    assert list(memory.holdings()) == list(cluster_engine.holdings())
    for tree, chosen in asked:
        resolved = resolve(tree).tree
        here, there = (answers(engine, resolved, chosen, held) for engine in (memory, cluster_engine))
        for one, other in zip(here, there, strict=True):
            assert one == other


def test_a_passage_is_quoted_for_a_beginning_that_it_holds_and_not_for_a_stem(cluster_engine):
    texts = ("the migration", "they migrate", "a migrant", "migrations")
    paragraphs = tuple(IndexedParagraph(1, ordinal, "en", text) for ordinal, text in enumerate(texts))
    held = (IndexedWork(1, "UN:1", None, (), {}, {}, paragraphs),)
    tree = resolve(parse("migrati*").tree).tree
    for engine in (open_engine(None), cluster_engine):
        hold(engine, held)
        assert {each.ordinal for each in engine.passages(tree, [1], "en", 9)[1]} == {0, 3}
