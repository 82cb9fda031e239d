"""Do the vectors follow the catalog, whatever happens in between?"""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from catalog import tables
from search.errors import IndexUnavailable
from search.meaning import meaning_changes, model_version, pieces
from search.meaning.cache import Cache
from search.meaning.clustered import ClusterVectors
from search.meaning.local import LocalVectors
from search.meaning.meaning import NOT_YET, OUTDATED, Meaning
from search.meaning.model import Model
from tests.search.library import WORKS, changed, put, withdraw

ROOT = Path(__file__).parents[3]
ASKED = "passports of domestic workers are taken away and their wages are not paid"


def where(found) -> list[tuple[int, int]]:
    """Not by document: the tests' library gives a work that is put again new ones."""
    return [(near.work, near.at.ordinal) for near in found]


def watermarks(catalog) -> dict[str, int]:
    with catalog.read() as connection:
        return dict(connection.execute(sa.select(tables.watermarks)).tuples().all())


def test_the_passages_of_a_library_are_found_by_what_they_say(library, any_meaning):
    meaning = any_meaning
    assert meaning.trouble() == NOT_YET and meaning.nearest(ASKED, 5) == []
    assert meaning_changes(library, meaning) == len(WORKS)
    assert meaning_changes(library, meaning) == 0
    assert meaning.trouble() == ""
    first = meaning.nearest(ASKED, 5)[0]
    assert first.work == 1 and first.at.ordinal == 3 and first.similarity > 0.5
    (name,) = watermarks(library)
    assert name.startswith("meaning:")


def test_only_the_works_that_are_named_are_looked_at(library, any_meaning):
    meaning = any_meaning
    meaning_changes(library, meaning)
    found = meaning.nearest(ASKED, 50, works=[2, 3])
    assert found and {near.work for near in found} <= {2, 3}
    everywhere = {(near.work, near.at): near.similarity for near in meaning.nearest(ASKED, 1000)}
    for near in found:
        assert near.similarity == pytest.approx(everywhere[near.work, near.at], abs=0.02)
    assert meaning.nearest(ASKED, 50, works=[]) == [] == meaning.nearest(ASKED, 0)


def test_both_sides_find_the_same(library, meaning, model, cluster, tmp_path):
    other = Meaning(ClusterVectors(cluster), model, tmp_path / "other")
    meaning_changes(library, meaning)
    meaning_changes(library, other)
    assert other.vectors.count() == meaning.vectors.count()
    for asked, works in ((ASKED, None), ("droits des travailleurs migrants", None), ("العمال المهاجرون", [1, 2, 4])):
        ours, theirs = (
            {(near.work, near.at): near.similarity for near in each.nearest(asked, 100, works)}
            for each in (meaning, other)
        )
        assert ours and ours == pytest.approx(theirs, abs=0.02)


def test_a_cluster_is_begun_again_beside_while_the_old_one_answers(library, model, cluster, tmp_path, monkeypatch):
    reader = Meaning(ClusterVectors(cluster), model, tmp_path / "meaning")
    meaning_changes(library, reader)
    seen: list[int] = []
    embed = Cache.embed

    def watched(cache, texts):
        seen.append(len(reader.nearest(ASKED, 5)))
        return embed(cache, texts)

    monkeypatch.setattr(Cache, "embed", watched)
    monkeypatch.setattr(pieces, "VERSION", "another")
    writer = Meaning(ClusterVectors(cluster), model, tmp_path / "meaning")
    assert meaning_changes(library, writer) == len(WORKS)
    assert seen == [5] * len(WORKS)
    assert len(cluster.client.indices.get(index=cluster.named("meaning", "*"))) == 1
    assert reader.trouble() == "" and len(reader.nearest(ASKED, 5)) == 5
    assert len(watermarks(library)) == 1


def test_through_the_graph_the_same_works_are_named(library, meaning, monkeypatch):
    meaning_changes(library, meaning)
    compared = where(meaning.nearest(ASKED, 3, works=[2, 3, 5]))
    monkeypatch.setattr("search.meaning.local.EXACT", 0)
    assert where(meaning.nearest(ASKED, 3, works=[2, 3, 5])) == compared


def test_what_changes_and_goes_is_followed(library, any_meaning):
    meaning = any_meaning
    meaning_changes(library, meaning)
    before = meaning.vectors.count()
    put(library, changed(WORKS[0], "Fishing crews were abandoned in a foreign port without food or water."))
    withdraw(library, WORKS[1].key)
    assert meaning_changes(library, meaning) == 2
    assert meaning.vectors.count() < before
    assert where(meaning.nearest("seamen left behind in a harbour with nothing to eat", 1))[0][0] == 1
    assert 2 not in {near.work for near in meaning.nearest(ASKED, 1000)}
    put(library, WORKS[0])
    put(library, WORKS[1])
    assert meaning_changes(library, meaning) == 2
    assert meaning.vectors.count() == before


def test_no_text_is_given_a_vector_twice(library, meaning, monkeypatch):
    meaning_changes(library, meaning)
    made: list[int] = []

    class Counting(Model):
        def embed(self, texts):
            made.append(len(texts))
            return meaning.model.embed(texts)

    again = Meaning(LocalVectors(meaning.folder), Counting(), meaning.folder)
    monkeypatch.setattr(pieces, "VERSION", "another")
    assert again.trouble() == OUTDATED
    before = where(again.nearest(ASKED, 20))
    made.clear()
    assert meaning_changes(library, again) == len(WORKS)  # all is cut anew, but says the same
    assert made == [] and where(meaning.nearest(ASKED, 20)) == before
    assert len(list(meaning.folder.glob("g-*"))) == 1
    put(library, changed(WORKS[0], "Something that nobody has said before in this library."))
    meaning_changes(library, again)
    assert made == [1]


def test_texts_that_are_the_same_share_a_vector(library, meaning):
    words = "The meeting was called to order at ten in the morning and adjourned."
    for work in WORKS:
        put(library, changed(work, words))
    meaning_changes(library, meaning)
    found = meaning.nearest(words, 100)
    assert {near.work for near in found if near.similarity > 0.95} == set(range(1, len(WORKS) + 1))
    with sqlite3.connect(next(meaning.folder.glob("g-*/passages.sqlite"))) as connection:
        assert connection.execute("SELECT count(*) FROM texts").fetchone()[0] < meaning.vectors.count()


@pytest.mark.parametrize("harm", ["graph", "passages", "cache", "everything"])
def test_what_is_lost_or_damaged_is_made_again(library, meaning, harm):
    meaning_changes(library, meaning)
    before = where(meaning.nearest(ASKED, 20))
    if harm == "everything":
        for path in sorted(meaning.folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
    else:
        pattern = {"graph": "g-*/near-*", "passages": "g-*/passages.sqlite", "cache": "cache-*.sqlite"}[harm]
        (path,) = meaning.folder.glob(pattern)
        path.write_bytes(b"not what it was" * 10)
        put(library, changed(WORKS[0], "Something new, so that there is something to do for the one who follows."))
        put(library, WORKS[0])
    fresh = Meaning(LocalVectors(meaning.folder), meaning.model, meaning.folder)
    if harm in ("graph", "passages"):
        with pytest.raises(IndexUnavailable):
            fresh.nearest(ASKED, 20)
    meaning_changes(library, fresh)
    assert where(fresh.nearest(ASKED, 20)) == before


def test_a_catalog_put_back_from_a_backup_is_followed_from_its_first_change(library, meaning):
    meaning_changes(library, meaning)
    with library.write() as connection:
        library.move_watermark(connection, next(iter(watermarks(library))), 1)
    assert meaning_changes(library, meaning) == len(WORKS)


KILLED = """
import os, sys
from pathlib import Path
from catalog import Catalog
from search.meaning import meaning, meaning_changes, open_meaning
from search.meaning.local import LocalVectors
where = sys.argv[3]
found = open_meaning(Path(sys.argv[2]), Path(sys.argv[2]))
calls = []
def dying(owner, name):
    real = getattr(owner, name)
    def call(*given, **named):
        calls.append(name)
        if len(calls) == 2:
            os.kill(os.getpid(), 9)
        return real(*given, **named)
    setattr(owner, name, call)
meaning.BATCH, meaning.COMMIT_EVERY = 3, 1
import search.meaning.local as local, search.indexing as indexing
{"embed": lambda: dying(meaning.Cache, "_some"), "add": lambda: dying(local._Writer, "add"),
 "graph": lambda: dying(local, "_write_graph"), "move": lambda: dying(indexing, "_move")}[where]()
meaning_changes(Catalog(sys.argv[1]), found)
"""


@pytest.mark.parametrize("moment", ["embed", "add", "graph", "move"])
def test_killed_at_any_moment_it_goes_on_and_nothing_is_lost(library, meaning, tmp_path, moment):
    program = [sys.executable, "-c", KILLED, library.url, str(meaning.folder), moment]
    killed = subprocess.run(program, cwd=ROOT, timeout=60, check=False)
    assert killed.returncode == -9
    reader = Meaning(LocalVectors(meaning.folder), meaning.model, meaning.folder)
    half = reader.vectors.count()
    meaning_changes(library, meaning)
    from_scratch = Meaning(LocalVectors(tmp_path / "other"), meaning.model, tmp_path / "other")
    meaning_changes(library, from_scratch)
    assert half < meaning.vectors.count() == from_scratch.vectors.count() == reader.vectors.count()
    assert where(reader.nearest(ASKED, 40)) == where(from_scratch.nearest(ASKED, 40))


def test_the_cache_of_another_model_is_thrown_away(meaning):
    meaning.folder.mkdir()
    old = meaning.folder / "cache-another-model-1.0.sqlite"
    old.touch()
    Cache(meaning.folder, meaning.model).embed(["Something to remember for a later day."])
    assert not old.exists()
    assert [path.name for path in meaning.folder.glob("cache-*.sqlite")] == [
        f"cache-{model_version().replace(' ', '-')}.sqlite"
    ]
