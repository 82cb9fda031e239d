"""Is the index what the catalog is, whatever happens in between?"""

import contextlib
import json
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from catalog import Catalog, tables
from search import Searcher, analysis, index_changes, indexing, load_works, open_engine
from search.engines import schema
from search.engines.engine import Engine, Question
from search.engines.folder import Folder
from search.errors import REBUILD, IndexUnavailable
from search.fields import FACETS
from search.query import parse, resolve
from search.standing import IndexStanding
from tests.search.library import WORKS, changed, fill, put, withdraw

ROOT = Path(__file__).parents[2]
QUERIES = [
    "",
    "workers",
    "migrants",
    '"domestic workers"',
    "number 3",
    "country:PHL",
    "recru*",
    "NOT migrants",
    "العمال",
    "移徙",
]


def content(engine: Engine) -> list[object]:
    """What an engine says about everything that we can think of."""
    said: list[object] = [engine.count()]
    for text in QUERIES:
        tree = resolve(parse(text).tree).tree
        members = engine.members(tree)
        passages = {work: sorted(map(repr, at)) for work, at in engine.passages(tree, members, None, 50).items()}
        counts = {name: sorted(values) for name, values in engine.ask(Question(tree, facets=FACETS)).counts.items()}
        said.append((text, members, passages, counts))
    return said


def from_scratch(catalog: Catalog) -> list[object]:
    engine = open_engine(None)
    index_changes(catalog, engine)
    return content(engine)


def watermarks(catalog: Catalog) -> dict[str, int]:
    with catalog.read() as connection:
        return dict(connection.execute(sa.select(tables.watermarks)).tuples().all())


def test_indexing_twice_does_nothing_the_second_time(library, tmp_path):
    engine = open_engine(tmp_path / "index")
    assert index_changes(library, engine) == len(WORKS)
    assert index_changes(library, engine) == 0
    assert content(engine) == from_scratch(library)
    (name,) = watermarks(library)
    assert name == "index:" + (Folder(tmp_path / "index").current() or "")


def test_either_database_fills_the_index_and_dresses_the_hits(any_catalog, tmp_path):
    fill(any_catalog)
    engine = open_engine(tmp_path / "index")
    assert index_changes(any_catalog, engine) == len(WORKS)
    withdraw(any_catalog, WORKS[1].key)
    assert index_changes(any_catalog, engine) == 1
    assert content(engine) == from_scratch(any_catalog)
    (hit,) = Searcher(any_catalog, engine).search('"domestic workers" country:PHL').hits
    assert hit.passages[0].citation == "A/HRC/47/30, para. 45"


def test_changes_are_followed_and_a_work_changed_often_is_indexed_once(library, tmp_path):
    engine = open_engine(tmp_path / "index")
    index_changes(library, engine)
    for number in range(5):
        put(library, changed(WORKS[0], f"version {number}"))
    withdraw(library, WORKS[1].key)
    assert index_changes(library, engine) == 2
    searcher = Searcher(library, engine)
    assert searcher.search("version 4").total == 1
    assert searcher.search('"version 3"').total == 0
    assert engine.count() == len(WORKS) - 1
    put(library, WORKS[1])
    assert index_changes(library, engine) == 1
    assert content(engine) == from_scratch(library)


def test_an_index_of_another_shape_is_rebuilt_beside_while_the_old_one_answers(library, tmp_path, monkeypatch):
    engine, reader = open_engine(tmp_path / "index"), open_engine(tmp_path / "index")
    index_changes(library, engine)
    folder = Folder(tmp_path / "index")
    old = folder.current()
    shape = json.loads((folder.path / old / "shape.json").read_text())
    assert set(shape) == {"analysis", "catalog", "lexicon", "schema", "engine"}
    monkeypatch.setattr(analysis, "VERSION", "another")
    seen: list[int] = []
    load = load_works

    def watched(catalog, ids):
        seen.append(reader.count())
        assert folder.current() == old
        return load(catalog, ids)

    monkeypatch.setattr(indexing, "load_works", watched)
    monkeypatch.setattr(indexing, "BATCH", 5)
    assert index_changes(library, engine) == len(WORKS)
    assert seen == [len(WORKS)] * 3
    assert folder.current() != old and not (folder.path / old).exists()
    assert reader.count() == len(WORKS)
    assert list(watermarks(library)) == [f"index:{folder.current()}"]
    assert index_changes(library, engine) == 0


def test_a_rebuild_that_was_broken_off_goes_on_where_it_was(library, tmp_path, monkeypatch):
    engine = open_engine(tmp_path / "index")
    index_changes(library, engine)
    monkeypatch.setattr(analysis, "VERSION", "another")
    monkeypatch.setattr(indexing, "BATCH", 5)
    monkeypatch.setattr(indexing, "COMMIT_EVERY", 1)
    calls: list[int] = []

    def failing(catalog, ids):
        calls.append(len(ids))
        if len(calls) == 3:
            raise OSError("the disk is full")
        return load_works(catalog, ids)

    monkeypatch.setattr(indexing, "load_works", failing)
    with pytest.raises(OSError, match="disk is full"):
        index_changes(library, engine)
    assert engine.count() == len(WORKS)  # the old one answers
    assert index_changes(library, engine) == len(WORKS) - 10
    assert content(engine) == from_scratch(library)


def test_an_index_that_was_lost_or_damaged_is_made_again(library, tmp_path):
    engine = open_engine(tmp_path / "index")
    index_changes(library, engine)
    folder = Folder(tmp_path / "index")
    (folder.part(folder.current(), "works") / "meta.json").write_text("not JSON")
    with pytest.raises(IndexUnavailable):
        open_engine(tmp_path / "index").count()
    assert index_changes(library, open_engine(tmp_path / "index")) == len(WORKS)
    for path in sorted((tmp_path / "index").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    again = open_engine(tmp_path / "index")
    assert again.count() == 0
    with pytest.raises(IndexUnavailable, match="the index must be rebuilt: run `forumwatch index`"):
        Searcher(library, again).search("workers")
    assert index_changes(library, again) == len(WORKS)
    assert content(again) == from_scratch(library)


def test_an_index_that_lost_a_file_which_it_opens_without_is_made_again(library, tmp_path):
    index_changes(library, open_engine(tmp_path / "index"))
    for path in (tmp_path / "index").rglob("*.pos"):
        path.unlink()
    assert index_changes(library, open_engine(tmp_path / "index")) == len(WORKS)
    assert content(open_engine(tmp_path / "index")) == from_scratch(library)


def test_what_a_killed_commit_left_behind_is_not_in_the_way_of_the_next(library, tmp_path):
    index_changes(library, open_engine(tmp_path / "index"))
    put(library, changed(WORKS[0], "newer"))
    shutil.copytree(tmp_path / "index", tmp_path / "unharmed")
    ((name, seq),) = watermarks(library).items()
    index_changes(library, open_engine(tmp_path / "unharmed"))
    with library.write() as connection:
        library.move_watermark(connection, name, seq)  # both copies go by the same one
    deletions = [path.relative_to(tmp_path / "unharmed") for path in (tmp_path / "unharmed").rglob("*.del")]
    assert deletions
    for path in (tmp_path / "index" / each for each in deletions):  # as a kill leaves them: known, and half written
        path.write_bytes(b"half")
        managed = path.with_name(".managed.json")
        managed.write_text(json.dumps([*json.loads(managed.read_text()), path.name]))
    assert index_changes(library, open_engine(tmp_path / "index")) == 1
    assert content(open_engine(tmp_path / "index")) == from_scratch(library)


def test_nothing_is_found_where_there_is_nothing_to_find(catalog, tmp_path):
    assert Searcher(catalog, open_engine(tmp_path / "index")).search("workers").total == 0


@pytest.mark.parametrize("harm", ["another schema", "not JSON", "no generation"])
def test_an_index_that_cannot_be_used_says_what_to_do_and_no_path(library, tmp_path, monkeypatch, harm):
    index_changes(library, open_engine(tmp_path / "index"))
    folder = Folder(tmp_path / "index")
    if harm == "another schema":
        monkeypatch.setattr(schema, "VERSION", "another")
    elif harm == "not JSON":
        (folder.part(folder.current(), "passages") / "meta.json").write_text("not JSON")
    else:
        folder.publish("g-gone")
    with pytest.raises(IndexUnavailable) as caught:
        Searcher(library, open_engine(tmp_path / "index")).search("workers")
    assert str(caught.value) == "the index must be rebuilt: run `forumwatch index`"
    assert str(tmp_path) in caught.value.detail
    index_changes(library, open_engine(tmp_path / "index"))
    assert Searcher(library, open_engine(tmp_path / "index")).search("workers").total


def test_the_standing_is_that_of_the_index_which_answers(library, tmp_path, monkeypatch):
    def standing():
        return Searcher(library, open_engine(tmp_path / "index")).standing()

    assert standing() == IndexStanding(len(WORKS), usable=False, trouble=REBUILD)
    index_changes(library, open_engine(tmp_path / "index"))
    assert standing() == IndexStanding(0)
    put(library, changed(WORKS[0], "newer"))
    assert standing() == IndexStanding(1)
    with library.write() as connection:  # a rebuild that is further, and that nobody reads yet
        library.move_watermark(connection, "index:g-another", len(WORKS) + 1)
    assert standing() == IndexStanding(1)
    with monkeypatch.context() as patched:
        patched.setattr(analysis, "VERSION", "another")
        assert standing() == IndexStanding(len(WORKS) + 1, trouble=indexing.OUTDATED)
    with monkeypatch.context() as patched:
        patched.setattr(schema, "VERSION", "another")
        assert standing() == IndexStanding(len(WORKS) + 1, usable=False, trouble=REBUILD)


def test_the_standing_in_memory(library):
    engine = open_engine(None)
    assert Searcher(library, engine).standing() == IndexStanding(len(WORKS))
    index_changes(library, engine)
    assert Searcher(library, engine).standing() == IndexStanding(0)


def test_a_catalog_that_went_back_or_is_another_one_gets_a_new_index(library, tmp_path):
    engine = open_engine(tmp_path / "index")
    index_changes(library, engine)
    backup = tmp_path / "backup.sqlite"
    with contextlib.closing(sqlite3.connect(tmp_path / "catalog.sqlite")) as connection:
        connection.execute(f"VACUUM INTO '{backup}'")
    put(library, changed(WORKS[0], "of the future"))
    index_changes(library, engine)
    assert Searcher(library, engine).search("future").total == 1
    restored = Catalog(f"sqlite:///{backup}")
    index_changes(restored, engine)
    assert Searcher(restored, engine).search("future").total == 0
    assert content(engine) == from_scratch(restored)
    other = Catalog(f"sqlite:///{tmp_path}/other.sqlite")
    other.migrate()
    for work in WORKS[:3]:
        put(other, work)
    index_changes(other, engine)
    assert content(engine) == from_scratch(other)


def test_one_process_writes_and_the_others_wait_or_are_told(library, tmp_path):
    one, other = open_engine(tmp_path / "index"), open_engine(tmp_path / "index")
    with one.writing({}), pytest.raises(IndexUnavailable, match="another process is writing"):
        index_changes(library, other, wait=0.2)
    with one.writing({}):
        waiting = threading.Thread(target=index_changes, args=(library, other))
        waiting.start()
        time.sleep(0.2)
        assert waiting.is_alive()
    waiting.join(20)
    assert other.count() == len(WORKS)


def test_writing_on_disk_asks_for_the_right_to_write(tmp_path):
    engine = open_engine(tmp_path / "index")
    with pytest.raises(IndexUnavailable):
        engine.add([])
    with pytest.raises(IndexUnavailable):
        engine.commit()


def test_a_passage_that_was_read_anew_since_is_left_out(library, tmp_path):
    engine = open_engine(tmp_path / "index")
    index_changes(library, engine)
    put(library, changed(WORKS[3], "entirely other words"))
    (hit,) = Searcher(library, engine).search('"recruitment agencies"').hits
    assert hit.work == WORKS[3].key and hit.passages == ()


def _killed(url: str, index: Path, seed: int, after: float) -> None:
    command = [sys.executable, "-m", "tests.search.busy_indexer", url, str(index), str(seed)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout and child.stderr
        assert child.stdout.readline() == "begun\n", child.stderr.read()
        time.sleep(after)
        assert child.poll() is None, child.stderr.read()
        child.kill()


def test_killed_at_any_moment_and_run_again_the_index_is_the_catalog(catalog, tmp_path):
    fill(catalog)
    chance = random.Random(7)
    for seed in range(6):
        _killed(catalog.url, tmp_path / "index", seed, chance.uniform(0.0, 0.8))
        reader = open_engine(tmp_path / "index")
        assert all(isinstance(part, int | tuple) for part in content(reader))  # what is there can be read
        if seed % 2:
            index_changes(catalog, reader)
            assert content(reader) == from_scratch(catalog), f"after kill {seed}"
    index_changes(catalog, open_engine(tmp_path / "index"))
    assert content(open_engine(tmp_path / "index")) == from_scratch(catalog)


def test_readers_elsewhere_see_whole_commits_only(library, tmp_path):
    engine, reader = open_engine(tmp_path / "index"), open_engine(tmp_path / "index")
    index_changes(library, engine)
    tree = resolve(parse("number").tree).tree
    stop, seen, wrong = threading.Event(), set(), []

    def read() -> None:
        while not stop.is_set():
            seen.add(reader.count())
            if len(reader.members(tree)) not in (0, len(WORKS)):
                wrong.append(len(reader.members(tree)))

    reading = threading.Thread(target=read)
    reading.start()
    for number in range(4):
        for work in WORKS:
            put(library, changed(work, f"number {number}"))
        index_changes(library, engine)
    stop.set()
    reading.join(20)
    assert seen == {len(WORKS)} and not wrong
    assert reader.members(tree) and Searcher(library, reader).search('"number 3"').total == len(WORKS)
