"""Are saved searches read anew when the rules change, and are those that break told of once?"""

import pytest
import sqlalchemy as sa

from catalog.tables import saved_searches
from search.alerts.matching.matching import match_changes
from search.alerts.matching.running import Running
from search.alerts.members import saved
from search.alerts.members.saved import meaning, read_again
from search.alerts.members.subscribers import subscribe
from search.alerts.members.wanted import Wanted
from search.query.stored import as_json, read_as
from search.query.tree import And, Everything, Exact
from tests.search.alerts.matching.test_matching import ANA, work
from tests.search.library import put


def rows(catalog):
    with catalog.read() as connection:
        return {row.name: row for row in connection.execute(sa.select(saved_searches))}


def watch(catalog, *queries, language="en", **more):
    subscribe(catalog, ANA, language, [Wanted(query, query, **more) for query in queries])


def outdate(catalog, **values):
    with catalog.write() as connection:
        connection.execute(sa.update(saved_searches).values(read_as="an older lexicon", tree=None, **values))


@pytest.fixture
def counted(monkeypatch):
    """How often a text was made a tree."""
    asked = []
    monkeypatch.setattr(
        saved, "meaning", lambda query, *rest, **more: asked.append(query) or meaning(query, *rest, **more)
    )
    return asked


def test_a_search_is_read_once_and_then_kept_with_its_tree(any_catalog, counted):
    watch(any_catalog, "wages", '"domestic workers"', filters={"publisher": ["UN"]})
    counted.clear()
    assert read_again(any_catalog) == 2 and read_again(any_catalog) == 0
    assert sorted(counted) == ['"domestic workers"', "wages"]
    row = rows(any_catalog)["wages"]
    assert row.read_as == read_as() and row.tree == as_json(meaning("wages", filters={"publisher": ["UN"]}).tree)
    counted.clear()
    put(any_catalog, work("1", "wages of domestic workers"))
    assert match_changes(any_catalog) == 2 and counted == []


def test_what_does_not_last_is_not_kept_as_a_tree(catalog):
    watch(catalog, "since:'last week'", "wages")
    assert read_again(catalog) == 2
    assert rows(catalog)["since:'last week'"].tree is None and rows(catalog)["wages"].tree is not None
    assert read_again(catalog) == 0


def test_other_rules_make_another_tree(catalog):
    watch(catalog, "wages")
    read_again(catalog)
    with catalog.write() as connection:
        connection.execute(sa.update(saved_searches).values(read_as="older", tree=["has", "text", 0, 0, ["en", "wag"]]))
    put(catalog, work("1", "wages"))
    assert match_changes(catalog) == 1
    assert rows(catalog)["wages"].tree == as_json(meaning("wages").tree)


@pytest.mark.parametrize(
    ("language", "said"), [("en", "it can find nothing any more"), ("fr", "elle ne peut plus rien trouver")]
)
def test_one_that_can_find_nothing_any_more_is_broken_and_its_owner_told_in_their_language(catalog, language, said):
    watch(catalog, "country:PHL", "wages", language=language)
    read_again(catalog)
    with catalog.write() as connection:
        gone = sa.update(saved_searches).where(saved_searches.c.name == "country:PHL")
        connection.execute(gone.values(query="country:Atlantis", read_as="an older lexicon", told=True))
    put(catalog, work("1", "wages"))
    assert match_changes(catalog) == 1
    row = rows(catalog)["country:PHL"]
    assert (row.state, row.told) == ("broken", False)
    assert row.reason.startswith(said) and "Atlantis" in row.reason
    assert rows(catalog)["wages"].state == "running"
    assert read_again(catalog) == 0


def test_a_complaint_that_is_new_is_told_once_and_the_search_runs_on(catalog):
    watch(catalog, "wages OR country:PHL")
    read_again(catalog)
    assert rows(catalog)["wages OR country:PHL"].complaints == []
    outdate(catalog, query="wages OR country:Atlantis", told=True)
    put(catalog, work("1", "wages"))
    assert match_changes(catalog) == 1
    row = rows(catalog)["wages OR country:PHL"]
    assert (row.state, row.told) == ("running", False) and "Atlantis" in row.reason
    outdate(catalog, told=True)  # its owner was told, and the rules change once more
    read_again(catalog)
    assert rows(catalog)["wages OR country:PHL"].told is True
    outdate(catalog, query="wages OR country:PHL")
    read_again(catalog)
    assert rows(catalog)["wages OR country:PHL"].reason == ""


def test_what_was_odd_when_it_was_saved_is_no_news(catalog):
    watch(catalog, "wages OR country:Atlantis")
    read_again(catalog)
    (code,) = rows(catalog)["wages OR country:Atlantis"].complaints
    assert code.startswith("no_value")
    outdate(catalog)
    read_again(catalog)
    assert rows(catalog)["wages OR country:Atlantis"].reason == ""


def test_many_are_read_in_parts_and_only_those_that_run(catalog, monkeypatch):
    monkeypatch.setattr(saved, "TOGETHER", 3)
    watch(catalog, *(f"word{number}" for number in range(10)))
    with catalog.write() as connection:
        connection.execute(
            sa.update(saved_searches).where(saved_searches.c.query.in_(["word1", "word2"])).values(state="paused")
        )
    assert read_again(catalog) == 8
    with catalog.read() as connection:
        assert len(Running(catalog).read(connection)) == 8


def test_filters_narrow_and_alone_they_are_a_search():
    both = meaning("wages", filters={"country": ["PHL", "IDN"], "year": [], "language": ["fr"]})
    assert isinstance(both.tree, And) and both.tree.items[1:] == (
        Exact("country", ("PHL", "IDN")),
        Exact("language", ("fr",)),
    )
    alone = meaning(" ", filters={"country": ["PHL"]})
    assert (alone.asked, alone.tree, alone.nothing) == (Everything(), Exact("country", ("PHL",)), "")
    assert meaning("", filters={"country": []}).nothing == "it is empty"
    odd = meaning("wages", filters={"colour": ["red"]})
    assert [complaint.code for complaint in odd.complaints] == ["no_facet"]
