"""Are results counted, sorted and cut into pages as the tables say, in every engine?"""

import tomllib
from pathlib import Path

import pytest

from search import analysis
from search.engines.cursor import write_cursor
from search.engines.engine import SORTS, Question
from search.errors import MistakenRequest
from search.fields import FACETS
from search.query import parse, resolve
from search.query.tree import Everything
from tests.search.contract.names import NAMES, addresses, library_works, work_ids


def _table(name):
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text(encoding="utf-8"))


COUNTS, ORDERS = _table("counts")["count"], _table("orders")["order"]


def tree(query):
    return resolve(parse(query).tree).tree


def paragraphs(answer):
    return [(work, at.document_id, at.ordinal) for work, at in answer.paragraphs]


@pytest.mark.parametrize("row", COUNTS, ids=lambda row: f"{row['works'].split(':')[0]} of {row['query']}")
@pytest.mark.parametrize("unit", ["works", "paragraphs"])
def test_it_counts(library_engine, row, unit):
    facet, _, values = row[unit].partition(":")
    expected = {value: int(number) for value, number in (each.rsplit(" ", 1) for each in values.split(",") if each)}
    question = Question(tree(row["query"]), row.get("chosen", {}), (facet,), limit=0)
    answer = library_engine.ask(question) if unit == "works" else library_engine.ask_paragraphs(question)
    assert dict(answer.counts[facet]) == {value.strip(): number for value, number in expected.items()}
    numbers = [number for _, number in answer.counts[facet]]
    assert numbers == sorted(numbers, reverse=True)


@pytest.mark.parametrize("row", ORDERS, ids=lambda row: f"{row['query']} by {row['sort']}")
def test_it_sorts(library_engine, row):
    question = Question(tree(row["query"]), sort=row["sort"], limit=100)
    if "works" in row:
        assert library_engine.ask(question).works == work_ids(row["works"])
    found = paragraphs(library_engine.ask_paragraphs(question))
    if "paragraphs" in row:
        named = addresses(row["paragraphs"])
        turns = list(dict.fromkeys(work for work, _, _ in named))
        wanted = sorted(named, key=lambda address: (turns.index(address[0]), address))
        assert found[: len(wanted)] == wanted
    else:
        first = addresses(row["first"])
        assert found[: len(first)] == first


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 7, 31])
@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("query", ["", "workers", "domestic OR country:PHL"])
def test_pages_follow_each_other(library_engine, query, sort, limit):
    for ask, read in ((library_engine.ask, lambda a: list(a.works)), (library_engine.ask_paragraphs, paragraphs)):
        whole = read(ask(Question(tree(query), sort=sort, limit=100)))
        walked, after = [], None
        while True:
            answer = ask(Question(tree(query), sort=sort, limit=limit, after=after))
            assert answer.total == len(whole)
            walked += read(answer)
            after = answer.after
            if after is None:
                break
        assert walked == whole


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("query", ["", "workers", "title:workers", "-domestic"])
def test_a_walk_is_all_pages(library_engine, query, sort):
    question = Question(tree(query), {"publisher": ("UN", "ILO")}, sort=sort, limit=100)
    assert tuple(library_engine.walk(question)) == library_engine.ask(question).works


def test_a_limit_of_none_still_counts(library_engine):
    question = Question(Everything(), facets=FACETS, limit=0)
    answer, found = library_engine.ask(question), library_engine.ask_paragraphs(question)
    assert (answer.total, answer.works, answer.after) == (len(NAMES), (), None)
    every = sum(len(work.paragraphs) for work in library_works().values())
    assert (found.total, found.paragraphs, found.after) == (every, (), None)
    assert set(answer.counts) == set(found.counts) == set(FACETS)


def test_a_cursor_is_good_for_its_own_question_only(library_engine):
    question = Question(Everything(), sort="date", limit=5)
    after = library_engine.ask(question).after
    assert library_engine.ask(Question(Everything(), sort="date", limit=7, after=after)).works
    for other in (
        Question(Everything(), sort="-date", limit=5, after=after),
        Question(Everything(), {"country": ("PHL",)}, sort="date", limit=5, after=after),
        Question(tree("worker"), sort="date", limit=5, after=after),
    ):
        with pytest.raises(MistakenRequest):
            library_engine.ask(other)
    with pytest.raises(MistakenRequest):
        library_engine.ask_paragraphs(Question(Everything(), sort="date", limit=5, after=after))


@pytest.mark.parametrize("query", ["workers", ""])
def test_a_cursor_behind_the_end_is_refused_or_finds_nothing(library_engine, query):
    question = Question(tree(query))
    try:
        assert library_engine.ask(Question(tree(query), after=write_cursor(question, 1 << 62))).works == ()
    except MistakenRequest as error:
        assert "cursor" in str(error)


@pytest.mark.parametrize("after", ["", "x", "%%%", "W10", "A" * 300, "é", "bnVsbA", "WzEsMl0", "W251bGwsICJ4Il0"])
def test_a_cursor_that_nobody_gave_out_is_refused(library_engine, after):
    for ask in (library_engine.ask, library_engine.ask_paragraphs):
        with pytest.raises(MistakenRequest):
            ask(Question(Everything(), sort="date", after=after))


@pytest.mark.parametrize(
    ("word", "works"), [("workers", 10), ("égalité", 2), ("العمال", 1), ("移", 2), ("трудящиеся", 1), ("nowhere", 0)]
)
def test_how_many_works_have_a_word_is_known_at_least(library_engine, word, works):
    (form,) = analysis.forms(word)
    number = library_engine.frequencies([form, "nothing"])[form]
    assert min(1, works) <= number <= works
