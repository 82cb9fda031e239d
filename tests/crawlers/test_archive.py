"""Does the archive keep bytes once, whole, and under their own name?"""

import hashlib
import io
import os
import time
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.tables import captures, documents
from crawlers import Archive, add_file, by_hand
from crawlers import archive as archive_module
from crawlers.errors import ArchiveError, FileRefused
from pipeline.waiting import captured, due


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=2000))
def test_what_is_put_is_read_and_putting_it_again_writes_nothing(tmp_path, data):
    archive = Archive(tmp_path)
    sha256 = archive.put(data)
    assert sha256 == hashlib.sha256(data).hexdigest() and archive.has(sha256)
    assert archive.read(sha256) == data
    before = archive.path(sha256).stat().st_mtime_ns
    assert archive.put(data) == sha256 and archive.path(sha256).stat().st_mtime_ns == before


def test_nothing_half_written_is_ever_seen(tmp_path, monkeypatch):
    archive = Archive(tmp_path)

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        archive.put(b"bytes")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    monkeypatch.undo()
    assert archive.has(archive.put(b"bytes"))


def test_what_a_killed_process_left_is_swept_after_a_day(tmp_path):
    archive = Archive(tmp_path)
    archive.put(b"good")
    for name, age in (("old", 90_000), ("new", 10)):
        path = tmp_path / "incoming" / name
        path.write_bytes(b"half")
        os.utime(path, (time.time() - age, time.time() - age))
    assert archive.sweep() == 1
    assert [path.name for path in (tmp_path / "incoming").iterdir()] == ["new"]


def test_missing_and_spoilt_bytes_are_said_to_be(tmp_path):
    archive = Archive(tmp_path)
    sha256 = archive.put(b"good")
    archive.path(sha256).write_bytes(b"evil")
    with pytest.raises(ArchiveError, match="other bytes than its name says"):
        archive.read(sha256)
    with pytest.raises(ArchiveError, match="does not hold"):
        archive.read("0" * 64)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "0" * 63, "A" * 64, "0" * 64 + "\n"])
def test_only_a_hash_is_a_name(tmp_path, name):
    with pytest.raises(ArchiveError, match="not a SHA-256"):
        Archive(tmp_path).path(name)


def test_a_file_taken_in_by_hand_is_a_capture_once_and_does_not_tell_where_it_lay(catalog, tmp_path):
    archive = Archive(tmp_path / "archive")
    path = tmp_path / "private" / "A_HRC_1_é.pdf"
    path.parent.mkdir()
    path.write_bytes(b"any bytes")
    sha256 = add_file(catalog, archive, path, "UN")
    assert add_file(catalog, archive, path, "UN") == sha256 and archive.read(sha256) == b"any bytes"
    with catalog.read() as connection:
        (row,) = connection.execute(captures.select()).all()
    assert row.words == {"title": "A_HRC_1_é", "file": "A_HRC_1_é.pdf"}
    assert (row.source, row.publisher, row.size) == ("by-hand", "UN", 9) and "private" not in row.url


def added(catalog):
    with catalog.read() as connection:
        return connection.execute(captures.select().order_by(captures.c.id)).all()


def test_what_is_no_file_is_refused_at_once(catalog, tmp_path):
    pipe = tmp_path / "pipe.pdf"
    os.mkfifo(pipe)
    link = tmp_path / "link.pdf"
    link.symlink_to("/dev/zero")
    for path in (tmp_path, tmp_path / "nowhere.pdf", pipe, link, tmp_path / "\ud800", tmp_path / "\0"):
        with pytest.raises(FileRefused, match="is not a file"):
            add_file(catalog, Archive(tmp_path / "archive"), path, "UN")
    with pytest.raises(FileRefused, match="File name too long"):
        add_file(catalog, Archive(tmp_path / "archive"), tmp_path / ("x" * 300), "UN")
    assert not added(catalog)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(catalog, tmp_path, monkeypatch):
    path = tmp_path / "large.pdf"
    with path.open("wb") as file:
        file.truncate(by_hand.MOST_BYTES + 1)
    archive = Archive(tmp_path / "archive")
    monkeypatch.setattr(archive, "take", lambda file, at_most: pytest.fail("was read"))
    with pytest.raises(FileRefused, match=r"large.pdf has 536,870,913 bytes, and 536,870,912 is the most"):
        add_file(catalog, archive, path, "UN")


def test_a_file_that_grows_while_it_is_taken_is_bounded_and_leaves_nothing(catalog, tmp_path, monkeypatch):
    path = tmp_path / "growing.pdf"
    path.write_bytes(b"more than ten bytes")
    monkeypatch.setattr(by_hand.os, "fstat", lambda number: path.with_name("small.pdf").stat())
    monkeypatch.setattr(by_hand, "MOST_BYTES", 10)
    path.with_name("small.pdf").write_bytes(b"few")
    with pytest.raises(FileRefused, match=r"growing.pdf has more than 10 bytes"):
        add_file(catalog, Archive(tmp_path / "archive"), path, "UN")
    assert not added(catalog) and not list((tmp_path / "archive" / "incoming").iterdir())


def test_taking_a_file_keeps_what_putting_its_bytes_keeps(tmp_path, monkeypatch):
    monkeypatch.setattr(archive_module, "PIECE", 3)
    archive = Archive(tmp_path)
    assert archive.take(io.BytesIO(b"ten bytes!"), 10) == (archive.put(b"ten bytes!"), 10)
    before = archive.path(archive.put(b"ten bytes!")).stat().st_mtime_ns
    sha256, _ = archive.take(io.BytesIO(b"ten bytes!"), 10)
    assert archive.read(sha256) == b"ten bytes!" and archive.path(sha256).stat().st_mtime_ns == before
    assert not list((tmp_path / "incoming").iterdir())


@pytest.mark.parametrize(
    ("name", "title", "url"),
    [
        (b"caf\xe9.pdf", "caf\ufffd", "file:caf%E9.pdf"),
        (b"two\nlines\x1b[31m.pdf", "two lines [31m", "file:two%0Alines%1B%5B31m.pdf"),
        ("a\u202efdp.exe.pdf".encode(), "a fdp.exe", "file:a%E2%80%AEfdp.exe.pdf"),
        ("می\u200cخواهم.pdf".encode(), "می\u200cخواهم", None),
    ],
)
def test_any_name_that_a_file_can_have_is_kept_as_text(any_catalog, tmp_path, name, title, url):
    path = tmp_path / os.fsdecode(name)
    path.write_bytes(b"bytes")
    add_file(any_catalog, Archive(tmp_path / "archive"), path, "UN")
    (row,) = added(any_catalog)
    assert row.words == {"title": title, "file": f"{title}.pdf"} and row.url == (url or row.url)
    path.unlink()
    with pytest.raises(FileRefused) as refused:
        add_file(any_catalog, Archive(tmp_path / "archive"), path, "UN")
    assert str(refused.value).isprintable() or "\u200c" in title
    str(refused.value).encode()


def test_the_same_bytes_for_another_publisher_correct_it_and_are_read_anew(any_catalog, tmp_path):
    archive = Archive(tmp_path / "archive")
    first, second = tmp_path / "a.pdf", tmp_path / "GB.1.pdf"
    first.write_bytes(b"bytes")
    second.write_bytes(b"bytes")
    sha256 = add_file(any_catalog, archive, first, "UN")
    read = {"sha256": sha256, "publisher": "UN", "state": "read", "read_at": datetime.now(UTC)}
    with any_catalog.write() as connection:
        connection.execute(documents.insert().values(read))
    (before,) = added(any_catalog)
    add_file(any_catalog, archive, first, "UN")
    assert added(any_catalog) == [before] and due(any_catalog, datetime.now(UTC)) == []
    add_file(any_catalog, archive, second, "ILO")
    assert due(any_catalog, datetime.now(UTC)) == [sha256]
    (as_one,) = captured(any_catalog, [sha256])
    assert as_one.publisher == "ILO" and as_one.words["title"] == "GB.1"
    assert [row.publisher for row in added(any_catalog)] == ["ILO", "ILO"]


def test_what_a_source_says_of_the_same_bytes_is_not_corrected_by_hand(catalog, tmp_path):
    archive = Archive(tmp_path / "archive")
    (tmp_path / "a.pdf").write_bytes(b"bytes")
    sha256 = add_file(catalog, archive, tmp_path / "a.pdf", "UN")
    with catalog.write() as connection:
        connection.execute(captures.update().values(source="un_treaty_bodies"))
    add_file(catalog, archive, tmp_path / "a.pdf", "ILO")
    assert [(row.publisher, row.sha256) for row in added(catalog)] == [("UN", sha256), ("ILO", sha256)]
