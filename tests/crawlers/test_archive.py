"""Does the archive keep bytes once, whole, and under their own name?"""

import hashlib
import os
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.tables import captures
from crawlers import Archive, CrawlError, add_file
from crawlers.errors import ArchiveError


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


def test_what_is_no_file_is_refused(catalog, tmp_path):
    for path in (tmp_path, tmp_path / "nowhere.pdf"):
        with pytest.raises(CrawlError, match="is not a file"):
            add_file(catalog, Archive(tmp_path / "archive"), path, "UN")
