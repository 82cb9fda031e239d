"""Do pages that need OCR wait in a queue of their own, in fair turns, and is none lost: kill, crash, no Tesseract?"""

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog import Catalog, tables
from crawlers import Archive
from pipeline import Bounds, Limits, ocr_queue, pictures_wait, read_pictures, read_waiting, retry, see_again
from pipeline.readers import scan
from pipeline.readers.sheet import Line, Seen
from tests.pipeline.pictures_made import CRASH, HANG, MUTE, put_program, scan_of, with_pictures
from tests.pipeline.test_process import FRENCH, capture, documents
from tests.pipeline.test_store import contents

ROOT = Path(__file__).parents[2]
P = tables.ocr_pages
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
QUICK = Limits(ocr_seconds=5)
SEEN = Seen((Line("Les gens de mer", 1.0, 2.0, 30.0, 14.0, 12.0),), "fr", 0.9)


@pytest.fixture
def archive(tmp_path):
    return Archive(tmp_path / "archive")


@pytest.fixture
def looks(tmp_path, monkeypatch):
    yield put_program(tmp_path, monkeypatch)
    scan.installed.cache_clear()
    scan.recipe.cache_clear()


def pages(catalog, sha256=None):
    query = sa.select(P).order_by(P.c.sha256, P.c.page)
    with catalog.read() as connection:
        return connection.execute(query.where(P.c.sha256 == sha256) if sha256 else query).all()


def stored(catalog, sha256):
    """(page, text, note, whether it waits) as they are in the catalog."""
    query = sa.select(tables.pages).join(tables.documents).where(tables.documents.c.sha256 == sha256)
    with catalog.read() as connection:
        rows = connection.execute(query.order_by(tables.pages.c.page)).all()
    return [(row.page, row.text, row.note, row.awaits_ocr) for row in rows]


def changes(catalog):
    with catalog.read() as connection:
        return [change.kind for change in catalog.changes_after(connection, 0)]


def test_what_can_be_read_is_read_at_once_and_the_pictures_later(catalog, archive, looks):
    data = with_pictures(FRENCH, 310, 320)
    mixed = capture(catalog, archive, data, url="mixed")
    whole = capture(catalog, archive, scan_of(330, 340), url="whole", title="A scan", language="fr")
    report = read_waiting(catalog, archive, ocr=False, processes=1)
    assert (report.read, report.waiting) == (1, 1)
    assert documents(catalog)[whole]["reason"] == "needs OCR: none of its 2 pages has text"
    assert documents(catalog)[whole]["title"] == "A scan"
    assert [page for page, *_ in stored(catalog, whole)] == [1, 2]
    assert stored(catalog, mixed)[1:] == [(n, "", "waits for OCR: the page is a picture", True) for n in (2, 3)]
    assert changes(catalog) == ["created"]
    assert looks.read_text() == ""
    before = contents(catalog)
    assert read_waiting(catalog, archive, ocr=False, processes=1).read == 0
    assert contents(catalog) == before
    done = read_pictures(catalog, archive, processes=1)
    assert (done.seen, done.failed, done.files, done.waiting, done.problem) == (4, 0, 2, 0, "")
    assert documents(catalog)[whole]["state"] == "read"
    assert ["navire 330" in text for _, text, _, _ in stored(catalog, whole)] == [True, False]
    assert [(note, waits) for _, _, note, waits in stored(catalog, mixed)] == [("", False)] * 3
    assert changes(catalog)[0] == "created" and sorted(changes(catalog)[1:]) == ["created", "updated"]
    assert all(page.state == "done" and page.taken and page.language == "fr" for page in pages(catalog))
    looked = looks.read_text()
    again = read_pictures(catalog, archive, processes=1)
    assert (again.seen, again.files) == (0, 0)
    later = datetime.now(UTC) + timedelta(seconds=5)
    capture(catalog, archive, data, url="elsewhere", captured=later)
    assert read_waiting(catalog, archive, processes=1).read == 1  # what was seen is kept: nothing is looked at again
    assert looks.read_text() == looked
    assert "navire 310" in stored(catalog, mixed)[1][1]
    # What was read before there was a queue has text from OCR, and nothing is kept of what was seen: it stays.
    before = contents(catalog)
    with catalog.write() as connection:
        connection.execute(sa.delete(P))
    capture(catalog, archive, data, url="new", captured=datetime.now(UTC) + timedelta(seconds=10))
    read_waiting(catalog, archive, ocr=False, processes=1)
    assert contents(catalog) == before
    assert [page.page for page in pages(catalog, mixed)] == [2, 3]
    assert read_pictures(catalog, archive, processes=1).files == 1
    assert contents(catalog) == before


def test_a_page_that_hangs_or_crashes_costs_that_page(catalog, archive, looks):
    sha256 = capture(catalog, archive, scan_of(310, HANG, CRASH, MUTE), url="some", language="fr")
    lone = capture(catalog, archive, scan_of(CRASH), url="none")
    read_waiting(catalog, archive, ocr=False, processes=1)
    report = read_pictures(catalog, archive, QUICK, processes=1)
    assert (report.seen, report.failed, report.put_off) == (2, 0, 3)
    assert documents(catalog)[sha256]["state"] == "read"  # with what could be seen
    assert read_pictures(catalog, archive, QUICK, processes=1).seen == 0
    with catalog.write() as connection:  # the time for the third try has come
        third = {"try_again": datetime.now(UTC), "attempts": 2}
        connection.execute(sa.update(P).where(P.c.state == "waiting").values(third))
    read_pictures(catalog, archive, QUICK, processes=1)
    assert [page.state for page in pages(catalog, sha256)] == ["done", "failed", "failed", "done"]
    assert [note for _, _, note, _ in stored(catalog, sha256)] == [
        "",
        "OCR failed: OCR took more than 5 seconds",
        "OCR failed: Tesseract crashed (SIGSEGV)",
        "no text in the picture",
    ]
    row = documents(catalog)[lone]
    assert (row["state"], row["reason"]) == (
        "quarantined",
        "no text on 1 page; OCR failed: Tesseract crashed (SIGSEGV)",
    )
    retry(catalog, lone)
    read_waiting(catalog, archive, ocr=False, processes=1)
    assert (documents(catalog)[lone]["state"], pages(catalog, lone)[0].state) == ("waiting", "waiting")


def test_without_tesseract_all_waits_with_that_reason_and_passes_when_it_comes(catalog, archive, tmp_path, monkeypatch):
    sha256 = capture(catalog, archive, scan_of(310))
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    scan.installed.cache_clear()
    read_waiting(catalog, archive, ocr=False, processes=1)
    report = read_pictures(catalog, archive, processes=1)
    assert (report.seen, report.waiting, report.problem) == (0, 1, "Tesseract is not installed")
    assert pages(catalog)[0].reason == "Tesseract is not installed"
    monkeypatch.setenv("PATH", os.defpath)
    put_program(tmp_path, monkeypatch)
    monkeypatch.setenv("OCR_LANGUAGES", "osd")
    report = read_pictures(catalog, archive, processes=1)
    assert (report.seen, report.problem) == (0, "Tesseract's language eng is not installed")
    assert (pages(catalog)[0].attempts, pages(catalog)[0].reason) == (0, report.problem)
    monkeypatch.setenv("OCR_LANGUAGES", "eng\nfra")
    scan.installed.cache_clear()
    assert read_pictures(catalog, archive, processes=1).seen == 1
    assert (documents(catalog)[sha256]["state"], pages(catalog)[0].reason) == ("read", "")
    scan.installed.cache_clear()


def test_a_run_is_bounded_and_the_next_goes_on(catalog, archive, looks):
    sha256 = capture(catalog, archive, scan_of(*range(300, 326)))
    read_waiting(catalog, archive, ocr=False, processes=1)
    report = read_pictures(catalog, archive, bounds=Bounds(pages=21), processes=1)
    assert (report.seen, report.waiting, report.files) == (21, 5, 1)  # long as it is, it is read with what was seen
    assert [waits for *_, waits in stored(catalog, sha256)] == [False] * 21 + [True] * 5
    assert not any(page.lease for page in pages(catalog))
    assert read_pictures(catalog, archive, bounds=Bounds(seconds=0), processes=1).seen == 0
    assert read_pictures(catalog, archive, processes=1).seen == 5
    assert not any(waits for *_, waits in stored(catalog, sha256))


def test_seen_anew_by_another_recipe_only_when_that_is_asked_for(catalog, archive, looks, monkeypatch):
    sha256 = capture(catalog, archive, scan_of(310))
    read_waiting(catalog, archive, processes=1)
    before, old = contents(catalog), pages(catalog)[0].recipe
    assert ocr_queue.see_again(catalog, [sha256], scan.recipe()) == 0
    monkeypatch.setenv("OCR_VERSION", "6.0.0")
    scan.recipe.cache_clear()
    assert scan.recipe() != old
    assert not pictures_wait(catalog)  # not by itself
    assert see_again(catalog, ["all"]) == 1
    with catalog.read() as connection:  # a reading meanwhile goes by what was seen before
        assert "navire 310" in ocr_queue.seen_pages(connection, [sha256])[sha256][1].lines[0].text
    assert read_pictures(catalog, archive, processes=1).seen == 1
    assert pages(catalog)[0].recipe == scan.recipe()
    assert contents(catalog) == before and changes(catalog) == ["created"]


def test_three_tries_with_growing_pauses(any_catalog):
    queue(any_catalog, "a", 1, NOW)
    now, waits = NOW, []
    for _ in range(3):
        (turn,) = ocr_queue.lease(any_catalog, "r", 1, now)
        state = ocr_queue.record_failure(any_catalog, "r", turn, "it crashed", True, now)
        again = pages(any_catalog)[0].try_again
        waits.append((state, again and round((again - now).total_seconds() / 3600)))
        assert ocr_queue.lease(any_catalog, "r", 1, now) == []
        now = again or now
    assert waits == [("waiting", 1), ("waiting", 6), ("failed", None)]
    assert ocr_queue.see_again(any_catalog, ["a"]) == 1
    (turn,) = ocr_queue.lease(any_catalog, "r", 1, now)
    assert ocr_queue.record_failure(any_catalog, "r", turn, "it cannot be drawn", False, now) == "failed"


def queue(catalog, name, number, since):
    ocr_queue.want(catalog, name, [(page, "image") for page in range(1, number + 1)], since)


def test_a_scan_of_300_pages_delays_nobody_and_is_not_forgotten(any_catalog):
    queue(any_catalog, "long", 300, NOW)
    for _ in range(3):
        serve(any_catalog, 16)
    queue(any_catalog, "short", 3, NOW + timedelta(hours=1))
    queue(any_catalog, "middle", 10, NOW + timedelta(hours=1))
    assert served(any_catalog) == {"long": 48}
    serve(any_catalog, 16)
    assert served(any_catalog) == {"long": 53, "short": 3, "middle": 8}
    for hour in range(2, 20):  # and ever more short ones
        for each in range(5):
            queue(any_catalog, f"{hour}-{each}", 4, NOW + timedelta(hours=hour))
        serve(any_catalog, 16)
    assert served(any_catalog)["long"] >= 52 + 17 * 4


def serve(catalog, number, runner="host:1:x", now=NOW):
    turns = ocr_queue.lease(catalog, runner, number, now)
    for turn in turns:
        ocr_queue.record(catalog, runner, turn, SEEN, "recipe", 1.0)
    return turns


def served(catalog):
    query = sa.select(P.c.sha256, sa.func.count()).where(P.c.state == "done").group_by(P.c.sha256)
    with catalog.read() as connection:
        return dict(connection.execute(query).tuples().all())


@settings(max_examples=6)
@given(lengths=st.lists(st.integers(1, 25), min_size=1, max_size=6), at_once=st.integers(1, 20))
def test_every_page_has_its_turn_once(tmp_path_factory, lengths, at_once):
    catalog = Catalog(f"sqlite:///{tmp_path_factory.mktemp('turns') / 'catalog.sqlite'}")
    tables.metadata.create_all(catalog.engine)
    for at, number in enumerate(lengths):
        queue(catalog, f"{at}", number, NOW + timedelta(minutes=at))
    had = []
    while turns := serve(catalog, at_once):
        assert len(turns) <= at_once
        had += [(turn.sha256, turn.page) for turn in turns]
    assert len(had) == len(set(had)) == sum(lengths)


def test_two_runners_never_have_the_same_page(any_catalog):
    queue(any_catalog, "a", 20, NOW)
    mine, yours = (ocr_queue.lease(any_catalog, name, 12, NOW) for name in ("here:1:x", "there:1:y"))
    assert len(mine) == 12 and len(yours) == 8
    assert not {turn.page for turn in mine} & {turn.page for turn in yours}
    late = NOW + timedelta(hours=1)  # one was away for longer than its lease
    again = ocr_queue.lease(any_catalog, "there:1:y", 20, late)
    assert len(again) == 20
    ocr_queue.record(any_catalog, "here:1:x", mine[0], SEEN, "recipe", 1.0)
    assert served(any_catalog) == {}
    ocr_queue.record(any_catalog, "there:1:y", again[0], SEEN, "recipe", 1.0)
    assert served(any_catalog) == {"a": 1}


def test_what_a_dead_runner_held_is_free_at_once(any_catalog):
    queue(any_catalog, "a", 4, NOW)
    alive = ocr_queue.new_runner()
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    host = alive.split(":")[0]
    for runner in (alive, f"{host}:{dead.pid}:x", f"elsewhere:{dead.pid}:x"):
        assert len(ocr_queue.lease(any_catalog, runner, 1, NOW)) == 1
    ocr_queue.give_back(any_catalog, ocr_queue.new_runner())
    assert [bool(page.lease) for page in pages(any_catalog)] == [True, False, True, False]


def test_the_language_of_the_neighbours_is_the_hint(any_catalog):
    queue(any_catalog, "a", 9, NOW)
    first = ocr_queue.lease(any_catalog, "r", 2, NOW)
    assert [turn.hint for turn in first] == [None, None]
    ocr_queue.record(any_catalog, "r", first[0], replace(SEEN, language="es"), "recipe", 1.0)
    ocr_queue.record(any_catalog, "r", first[1], replace(SEEN, quality=0.2), "recipe", 1.0)
    assert {turn.hint for turn in ocr_queue.lease(any_catalog, "r", 2, NOW)} == {"es"}


SCRIPT = """
import sys
from pathlib import Path
from catalog import Catalog
from crawlers import Archive
from pipeline import read_waiting
if __name__ == "__main__":
    read_waiting(Catalog(sys.argv[1]), Archive(Path(sys.argv[2])), processes=1)
"""


def test_killed_at_any_moment_and_run_again_nothing_is_lost_or_done_twice(tmp_path, archive, looks, monkeypatch):
    """With 2 kills; `FORUMWATCH_TEST_KILLS` asks for more."""
    monkeypatch.setenv("OCR_SLEEP", "0.05")
    files = [with_pictures(FRENCH.replace(b"/48", b"/%d" % at), *range(300 + at, 306 + at)) for at in range(2)]
    files += [scan_of(*range(400 + at, 404 + at)) for at in range(3)]
    program = tmp_path / "read.py"
    program.write_text(SCRIPT)
    whole = _filled(tmp_path / "whole.sqlite", archive, files)
    read_waiting(whole, archive, processes=1)
    looks.write_text("")
    harmed = _filled(tmp_path / "harmed.sqlite", archive, files)
    chance, kills, processes = random.Random(5), int(os.environ.get("FORUMWATCH_TEST_KILLS", 2)), 1
    for at in range(kills):
        command = [sys.executable, str(program), harmed.url, str(archive.root)]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
        until = time.monotonic() + 20
        while (
            len(looks.read_text().split()) < 24 * (at + 1) // (kills + 2)
            and process.poll() is None
            and time.monotonic() < until
        ):
            time.sleep(0.05)
        time.sleep(chance.random())
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    read_waiting(harmed, archive, processes=1)
    assert contents(harmed) == contents(whole)
    assert all(page.state == "done" and page.taken and not page.lease for page in pages(harmed))
    assert 24 <= len(looks.read_text().split()) <= 24 + kills * processes  # but what was under way when it was killed


def _filled(path, archive, files):
    catalog = Catalog(f"sqlite:///{path}")
    catalog.migrate()
    for number, data in enumerate(files):
        capture(catalog, archive, data, url=f"https://un/{number}", language="fr")  # so that it takes one look
    return catalog
