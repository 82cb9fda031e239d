"""Is drift between index and catalog found, whatever its kind, mended, and told from what is only on its way?"""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from catalog import Catalog, tables
from pipeline.store import store
from search import Searcher, analysis, checking, index_changes, load_works, open_engine
from search.checking import CheckReport, check
from search.engines.elastic import writer
from search.errors import IndexUnavailable
from tests.pipeline.made import document, same_text_other_bytes
from tests.search import drift
from tests.search.library import WORKS, changed, fill, put, withdraw
from tests.search.many import SOURCES, fill_many
from tests.search.test_indexing import content, from_scratch

ROOT = Path(__file__).parents[2]
NONE = dict.fromkeys(checking.DRIFTS, 0)


def drifted(report: CheckReport) -> dict[str, dict[str, int]]:
    """Per source what differed, of the kinds and sources where something did."""
    found = {each.source: {kind: number for kind, number in each.drift.items() if number} for each in report.sources}
    return {source: kinds for source, kinds in found.items() if kinds}


@pytest.fixture(params=["tantivy", "elasticsearch"])
def place(request, tmp_path):
    """Where an index can be, on disk or in a cluster; empty."""
    return tmp_path / "index" if request.param == "tantivy" else request.getfixturevalue("cluster")


@pytest.fixture
def engine(library, place):
    engine = open_engine(place)
    index_changes(library, engine)
    return engine


def test_an_index_in_step_is_sound_and_left_alone(library, engine):
    report = check(library, engine)
    assert (report.works, report.held, report.waiting, report.drift, report.mended) == (len(WORKS), len(WORKS), 0, 0, 0)
    assert report.sound
    assert all(
        each.works == each.held and each.seal == each.held_seal and each.drift == NONE for each in report.sources
    )
    assert {each.source for each in report.sources} == {d.source for work in WORKS for d in work.documents}
    assert check(library, engine, repair=False) == report


def test_every_kind_of_drift_is_found_and_mended(library, engine):
    ids = [put(library, work) for work in WORKS]
    index_changes(library, engine)
    drift.rewrite(library, ids[:2])
    drift.forget(library, ids[2:3])
    drift.lose(engine, ids[3:5])
    drift.lose_passages(library, engine, ids[5:8])
    drift.invent(engine, [90_001, 90_002])
    found = check(library, engine, repair=False)
    assert (found.drift, found.mended, found.sound) == (10, 0, False)
    kinds = {kind: sum(each.drift[kind] for each in found.sources) for kind in checking.DRIFTS}
    assert kinds["surplus"] == 3 and kinds["missing"] >= 2 and kinds["stale"] >= 2 and kinds["incomplete"] >= 3
    assert content(engine) != from_scratch(library)
    again = check(library, engine)
    assert (again.drift, again.mended, again.sound) == (10, 10, True)
    assert content(engine) == from_scratch(library)
    assert check(library, engine).drift == 0


def test_each_source_has_its_own_line_and_checksums(catalog, place):
    works = [replace_source(work, source) for work, source in zip(WORKS, ["one", "Two", "two"] * 4, strict=True)]
    ids = fill(catalog, works)
    engine = open_engine(place)
    index_changes(catalog, engine)
    drift.lose(engine, [ids[works[0].key], ids[works[1].key]])
    report = check(catalog, engine, repair=False)
    assert drifted(report) == {"one": {"missing": 1}, "Two": {"missing": 1}, "two": {"missing": 1}}
    one, *twos = sorted(report.sources, key=lambda each: each.source == "one", reverse=True)
    assert (one.works, one.held) == (4, 3) and one.seal != one.held_seal
    assert {each.source for each in twos} == {"Two", "two"}


def replace_source(work, source):
    return replace(work, documents=tuple(replace(document, source=source) for document in work.documents))


def test_half_a_percent_of_many_works_is_found_and_mended(catalog, place):
    many = fill_many(catalog, 2000)
    engine = open_engine(place)
    index_changes(catalog, engine)
    drift.lose(engine, many[100:104])
    drift.rewrite(catalog, many[700:703])
    drift.lose_passages(catalog, engine, many[1500:1502])
    drift.invent(engine, [many[-1] + 7])
    assert check(catalog, engine, repair=False).drift == 10
    report = check(catalog, engine)
    assert (report.works, report.held, report.drift, report.mended) == (2000, 1997, 10, 10)
    assert {each.source for each in report.sources} == {"", *SOURCES}
    assert check(catalog, engine).drift == 0
    assert Searcher(catalog, engine).search('"rewritten by hand"').total == 3


def test_what_changed_since_the_index_looked_is_waiting_and_no_drift(library, engine):
    put(library, changed(WORKS[0], "newer"))
    withdraw(library, WORKS[1].key)
    report = check(library, engine, repair=False)
    assert (report.works, report.held, report.waiting, report.drift) == (len(WORKS) - 2, len(WORKS) - 2, 2, 0)
    assert all(each.seal == each.held_seal for each in report.sources)
    report = check(library, engine)  # which indexes them first
    assert (report.works, report.waiting, report.drift) == (len(WORKS) - 1, 0, 0)


def test_a_change_that_was_committed_to_the_index_before_its_watermark_moved_is_no_drift(library, engine, monkeypatch):
    put(library, changed(WORKS[0], "newer"))
    withdraw(library, WORKS[1].key)
    with monkeypatch.context() as killed:
        killed.setattr(Catalog, "move_watermark", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            index_changes(library, engine)
    assert Searcher(library, engine).search("newer").total == 1
    assert check(library, engine, repair=False).drift == 0


def test_an_index_that_is_missing_or_of_another_shape_is_made_anew_or_said_to_be(library, place, monkeypatch):
    engine = open_engine(place)
    with pytest.raises(IndexUnavailable, match="forumwatch index"):
        check(library, engine, repair=False)
    assert check(library, engine).works == len(WORKS)
    monkeypatch.setattr(analysis, "VERSION", "another")
    with pytest.raises(IndexUnavailable, match="other tables or rules"):
        check(library, engine, repair=False)
    assert check(library, engine).sound
    assert check(library, engine, repair=False).works == len(WORKS)


def test_what_is_stored_without_being_news_reaches_the_index(catalog, place):
    engine = open_engine(place)
    words = {"symbol": "A/HRC/59/49", "title": "Report on recruitment"}
    store(catalog, document(words))
    index_changes(catalog, engine)
    again = same_text_other_bytes(document(words))
    assert store(catalog, again).change is None  # other bytes with the same words
    later = datetime.now(UTC) + timedelta(days=1)
    capture = {"source": "another", "publisher": "UN", "url": "https://example.org/1", "sha256": again.sha256}
    with catalog.write() as connection:
        connection.execute(sa.insert(tables.captures).values(**capture, size=1, words={}, captured=later))
    assert store(catalog, again, seen=later).change is None  # the same bytes, seen elsewhere
    poor = replace(again.reading.pages[0], quality=0.2)
    assert store(catalog, replace(again, reading=replace(again.reading, pages=(poor,)))).change is None
    assert index_changes(catalog, engine) == 1
    assert check(catalog, engine).drift == 0
    assert Searcher(catalog, engine).search("source:another quality:poor").total == 1


def test_what_a_cluster_never_takes_is_named_and_all_else_is_mended(library, cluster, monkeypatch):
    engine = open_engine(cluster)
    ids = [put(library, work) for work in WORKS]
    index_changes(library, engine)
    long = put(library, changed(WORKS[0], "long " * 5000))
    drift.lose(engine, ids[3:6])
    monkeypatch.setattr(writer, "LONGEST_WORK", 20_000)
    report = check(library, engine)
    assert f"work {long}" in report.refusal
    assert (report.drift, report.mended, report.sound) == (4, 3, False)


def test_nothing_here_is_sound(catalog, place):
    assert check(catalog, open_engine(place), repair=False) == CheckReport(0, 0, 0, 0, 0, ())


def test_mending_waits_for_the_right_to_write(library, engine, place):
    other = open_engine(place)
    with other.writing(drift.engine_shape(other)), pytest.raises(IndexUnavailable, match="another process is writing"):
        check(library, engine, wait=0.1)
    assert check(library, engine, wait=0.1).sound


def test_what_cannot_be_mended_is_said(library, engine, monkeypatch):
    ids = [put(library, work) for work in WORKS[:2]]
    index_changes(library, engine)
    drift.lose(engine, ids)
    monkeypatch.setattr(checking, "_mend", lambda *_: drift_mended_half(library, engine, ids[:1]))
    report = check(library, engine)
    assert (report.drift, report.mended, report.sound) == (2, 1, False)


def drift_mended_half(catalog, engine, ids):
    with engine.writing(drift.engine_shape(engine)):
        engine.add(load_works(catalog, ids))
        engine.commit()


@pytest.mark.parametrize("width", [1, 7])
def test_however_few_works_are_looked_at_together(library, engine, monkeypatch, width):
    monkeypatch.setattr(checking, "BATCH", width)
    monkeypatch.setattr(checking, "COMMIT_EVERY", width)
    ids = [put(library, work) for work in WORKS]
    index_changes(library, engine)
    drift.lose(engine, ids[::2])
    drift.forget(library, ids[1:4:2])
    report = check(library, engine)
    assert (report.drift, report.mended) == (8, 8)
    assert content(engine) == from_scratch(library)


def test_an_index_in_memory_is_checked_too(library):
    engine = open_engine(None)
    assert check(library, engine).works == len(WORKS)
    with library.write() as connection:
        connection.execute(sa.update(tables.paragraphs).values(text="rewritten by hand"))
    report = check(library, engine)
    assert (report.drift, report.mended) == (len(WORKS), len(WORKS))


def test_no_false_alarm_while_another_process_changes_and_indexes(any_catalog, place):
    ids = fill_many(any_catalog, 300)
    fill(any_catalog)
    engine = open_engine(place)
    index_changes(any_catalog, engine)
    where = str(place) if isinstance(place, Path) else f"{place.url}#{place.prefix}"
    command = [sys.executable, "-m", "tests.search.busy_indexer", any_catalog.url, where, "5", "one"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout and child.stderr
            assert child.stdout.readline() == "begun\n", child.stderr.read()
            waiting = 0
            for number in range(12):
                report = check(any_catalog, engine, repair=number % 2 == 1)
                assert report.drift == 0, report
                waiting += report.waiting
                assert child.poll() is None, child.stderr.read()
            drift.rewrite(any_catalog, ids[:5])
            assert check(any_catalog, engine, repair=False).drift == 5
            report = check(any_catalog, engine)
            assert (report.drift, report.mended) == (5, 5)
        finally:
            child.kill()
    assert waiting  # or nothing was on its way, and this test has tested nothing
