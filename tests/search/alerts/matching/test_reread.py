"""Who is told when a document is only read again? Those to whom a passage is news: so say matcher, audit and trace."""

import os
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog import Catalog
from catalog.tables import changes, matches, saved_searches
from pipeline.document import Mention
from pipeline.store import store
from search.alerts.matching.audit import audit
from search.alerts.matching.fresh import read_fresh
from search.alerts.matching.matching import match_changes
from search.alerts.matching.settling import Doubt, told
from search.alerts.matching.trace import find_search, trace
from search.alerts.members.saved import meaning
from search.alerts.members.subscribers import subscribe
from search.alerts.members.wanted import Wanted
from search.citing import Citing
from search.engines import open_engine
from tests.pipeline.made import document

EXAMPLES = int(os.environ.get("REREAD_EXAMPLES", "6"))  # each is a catalog and an index of its own
ANA = "ana@example.net"
NOW = datetime(2026, 12, 1, 7, 30, tzinfo=UTC)
WORDS = {"symbol": "A/81/1", "title": "On seafarers", "language": "en"}


def read(catalog, *texts, at=1, **more):
    one = document(WORDS | {"symbol": f"A/81/{at}"}, texts=texts, sha256=f"{at:064}")
    return store(catalog, replace(one, **more))


def watch(catalog, query, **more):
    subscribe(catalog, ANA, "en", [Wanted(query, query, **more)])


def found(catalog):
    query = sa.select(saved_searches.c.name, matches.c.seq).join_from(matches, saved_searches).order_by(matches.c.id)
    with catalog.read() as connection:
        return [tuple(row) for row in connection.execute(query)]


def sound(catalog, tmp_path):
    """The audit, which asks the search index, finds nothing that the matcher did not."""
    report = audit(catalog, open_engine(tmp_path / "index"), NOW)
    return report.missed == report.late == 0


OLD = ("The Committee met in Geneva.", "The wages of domestic workers are low.", "The wagcs of seafarers are low.")
NEW = (*OLD[:2], "The wages of seafarers are low.")


@pytest.mark.parametrize(
    ("query", "scope", "hears"),
    [
        ("Geneva", "works", False),  # it said so before: the search came later
        ('"domestic workers"', "works", False),
        ('"wages of seafarers"', "works", True),  # only the better reading says so
        ("wages AND Geneva", "works", True),  # one of what it asks for stands in the news
        ("Geneva AND Committee", "works", False),
        ("Geneva AND NOT wagcs", "works", True),  # it did not answer before
        ("Geneva AND NOT fishermen", "works", False),
        ("publisher:UN", "works", False),
        ("wages AND seafarers", "paragraphs", True),
        ("wages AND domestic", "paragraphs", False),
        ("title:seafarers", "works", False),
    ],
)
def test_a_search_that_came_in_between_hears_of_what_is_news_alone(catalog, tmp_path, query, scope, hears):
    read(catalog, *OLD)
    match_changes(catalog)
    watch(catalog, query, scope=scope)
    assert read(catalog, *NEW).passages == [3]
    assert match_changes(catalog) == hears
    assert sound(catalog, tmp_path)
    if not hears:
        station = trace(catalog, find_search(catalog, query, ANA), "A/81/1", NOW).stations[-1]
        assert station.state == "read again"


def test_other_hyphens_and_marks_are_told_to_nobody(catalog, tmp_path):
    read(catalog, "The wages of sea- farers3 are low.")
    watch(catalog, "wages")
    read(catalog, "The wages of seafarers are low.")
    assert match_changes(catalog) == 0
    assert sound(catalog, tmp_path)


def test_whoever_was_told_hears_nothing_again(catalog, tmp_path):
    watch(catalog, "wages")
    read(catalog, *OLD)
    assert match_changes(catalog) == 1
    read(catalog, *NEW)
    assert match_changes(catalog) == 0
    assert sound(catalog, tmp_path)


def test_a_work_that_came_and_was_read_again_between_two_runs_is_told_by_when_the_search_began(catalog, tmp_path):
    watch(catalog, "Geneva")
    read(catalog, *OLD)
    watch(catalog, "Committee")
    read(catalog, *NEW)
    assert match_changes(catalog) == 1
    assert found(catalog) == [("Geneva", 2)]
    assert sound(catalog, tmp_path)


def test_what_is_read_again_twice_is_followed_to_where_it_stands(catalog, tmp_path):
    """The passage that was news has another place after the second reading, and that is not one of its news."""
    read(catalog, *OLD)
    match_changes(catalog)
    watch(catalog, "seafarers AND wages", scope="paragraphs")
    read(catalog, *NEW)
    assert read(catalog, "A heading that was missed.", *NEW).passages == [1]
    assert match_changes(catalog) == 1
    assert sound(catalog, tmp_path)


def test_a_country_that_is_recognised_later_is_news(catalog, tmp_path):
    read(catalog, "Seafarers of Mexico.", "They are paid.")
    match_changes(catalog)
    watch(catalog, "country:MEX")
    watch(catalog, "paid")
    read(catalog, "Seafarers of Mexico.", "They are paid.", mentions=(_mexico(),))
    assert match_changes(catalog) == 1
    assert found(catalog) == [("country:MEX", 2)]
    assert sound(catalog, tmp_path)


def test_another_language_of_the_work_is_news_as_always(catalog, tmp_path):
    read(catalog, *OLD)
    match_changes(catalog)
    watch(catalog, "Ginebra")
    words = WORDS | {"language": "es", "title": "Sobre la gente de mar"}
    store(catalog, document(words, texts=("El Comité se reunió en Ginebra.",), language="es"))
    read(catalog, *NEW)
    assert match_changes(catalog) == 1
    assert sound(catalog, tmp_path)


def _mexico():
    return Mention("country", "MEX", "Mexico", "lexicon", 1, 1, 13, 19)


VOCABULARY = ("wages", "fees", "Geneva", "seafarers")
PARAGRAPH = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=3).map(" ".join)
QUERIES = ("wages", "fees AND Geneva", "wages NOT fees", '"fees Geneva"', "seafarers OR fees", "NOT Geneva")
STEP = st.one_of(
    st.tuples(st.just("read"), st.integers(1, 2), st.lists(PARAGRAPH, min_size=1, max_size=3)),
    st.tuples(st.just("watch"), st.sampled_from(QUERIES), st.sampled_from(["works", "paragraphs"])),
    st.tuples(st.just("match"), st.none(), st.none()),
)


@given(st.lists(STEP, max_size=9))
@settings(deadline=None, max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_audit_misses_nothing_whatever_is_read_again(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("again")
    catalog = Catalog(f"sqlite:///{folder}/catalog.sqlite")
    catalog.migrate()
    for kind, one, other in (*steps, ("match", None, None)):
        if kind == "read":
            read(catalog, *other, at=one)
        elif kind == "watch":
            watch(catalog, one, scope=other)
        else:
            match_changes(catalog)
    report = audit(catalog, open_engine(None), NOW)
    assert report.missed == report.late == 0
    _told_were_due(catalog)


def _told_were_due(catalog):
    """By the search engine's way, each match for a work that was only read again since was one by the rule."""
    query = sa.select(matches.c.work_id, matches.c.seq, saved_searches).join_from(matches, saved_searches)
    with catalog.read() as connection:
        rows = connection.execute(query).all()
        newest = sa.select(changes.c.work_id, sa.func.max(changes.c.seq)).group_by(changes.c.work_id)
        last = dict(connection.execute(newest).tuples().all())
        for row in rows:
            fresh = read_fresh(connection, row.start_seq, work=row.work_id)
            if row.work_id in fresh and not fresh[row.work_id].is_whole(row.start_seq):
                tree = meaning(row.query, Citing(catalog)).tree
                doubt = Doubt(row.id, row.start_seq, tree, row.scope, row.work_id)
                if last[row.work_id] == row.seq:
                    assert told(catalog, [doubt], fresh) == [doubt]
