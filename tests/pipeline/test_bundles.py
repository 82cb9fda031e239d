"""From one zip file to several documents, with real child processes: bounds, names, twins, and kill in the middle."""

import io
import zipfile
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from catalog import tables
from crawlers import Archive
from pipeline import Limits, read_waiting
from pipeline.bundles import bundles_of, members_of
from pipeline.errors import DamagedFile, EmptyFile, TooLarge, UnknownType
from pipeline.readers.bundle import opened, taken
from pipeline.waiting import due
from tests.pipeline.made import pdf
from tests.pipeline.test_process import FRENCH, capture, documents
from tests.pipeline.test_store import contents

SPANISH = pdf(
    *("Naciones Unidas A/HRC/61/48", "Distr. general", "3 de marzo de 2026", "Español", "Consejo de Derechos Humanos"),
    *("61º período de sesiones", "Gente de mar abandonada", "1. Los marinos de México se quedan en tierra."),
)
GIF = b"GIF89a nothing"


def zipped(*members, **options):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def written(tmp_path, data):
    path = tmp_path / "bundle"
    path.write_bytes(data)
    return path


def locked(data):
    """The same archive, saying that its first member has a password."""
    at = data.index(b"PK\x01\x02") + 8
    return data[:6] + b"\x01\x00" + data[8:at] + b"\x01\x00" + data[at + 2 :]


def names_in(tmp_path, data, depth=0, **limits):
    bundle = opened(written(tmp_path, data), Limits(**limits), depth)
    return [(one.name, one.refusal) for one in bundle.members] if bundle else None


def captures(catalog):
    with catalog.read() as connection:
        return connection.execute(sa.select(tables.captures).order_by(tables.captures.c.id)).all()


@pytest.fixture
def archive(tmp_path):
    return Archive(tmp_path / "archive")


def test_each_document_of_a_bundle_is_read_as_its_own_and_says_where_it_lay(catalog, archive):
    inner = zipped(("picture.gif", GIF), ("copy.pdf", FRENCH))
    data = zipped(("papers/f.pdf", FRENCH), ("s.pdf", SPANISH), ("more.zip", inner), ("__MACOSX/._s.pdf", b"x"))
    words = {"title": "All papers", "symbol": "A/HRC/61/1", "body": "Human Rights Council", "language": "English"}
    sha256 = capture(catalog, archive, data, url="https://un/all.zip", **words)
    told = []
    report = read_waiting(catalog, archive, progress=told.append, ocr=False, processes=1)
    assert (report.read, report.quarantined, report.waiting, report.opened) == (3, 1, 0, 2)
    assert len(told) == 6  # the French one twice: in the second bundle there were new words about it
    known = documents(catalog)
    assert known[sha256]["state"] == "opened"
    assert known[sha256]["reason"] == "bundle of 3 files: each is a document of its own"
    assert known[sha256]["work_id"] is None
    french, spanish, more, gif = (archive.put(one) for one in (FRENCH, SPANISH, inner, GIF))
    assert [known[one]["language"] for one in (french, spanish)] == ["fr", "es"]
    assert [known[one]["state"] for one in (more, gif)] == ["opened", "quarantined"]
    assert known[french]["symbol"] == "A/HRC/61/48"
    places = {(row.url, row.sha256) for row in captures(catalog)}
    assert {
        ("https://un/all.zip#papers/f.pdf", french),
        ("https://un/all.zip#more.zip#copy.pdf", french),
    } <= places
    (row,) = [row for row in captures(catalog) if row.sha256 == spanish]
    assert (row.source, row.publisher, row.size) == ("un", "UN", len(SPANISH))
    told_of = {"body": "Human Rights Council", "title": "s", "file": "s.pdf"}
    assert row.words == told_of | {"bundle": sha256, "member": "s.pdf", "depth": "1"}
    assert [(one.name, one.state) for one in members_of(catalog, sha256)] == [
        ("more.zip", "opened"),
        ("papers/f.pdf", "read"),
        ("s.pdf", "read"),
    ]
    assert {(one.name, one.sha256) for one in bundles_of(catalog, french)} == {
        ("papers/f.pdf", sha256),
        ("copy.pdf", more),
    }
    before, rows = contents(catalog), captures(catalog)
    assert due(catalog, datetime.now(UTC)) == []
    assert read_waiting(catalog, archive, ocr=False, processes=1).read == 0
    assert (contents(catalog), captures(catalog)) == (before, rows)


def test_what_cannot_be_taken_out_is_told_and_the_rest_is_read(catalog, archive):
    data = locked(zipped(("secret.pdf", SPANISH), ("f.pdf", FRENCH), ("twice", b"a"), ("empty.pdf", b"")))
    sha256 = capture(catalog, archive, data)
    report = read_waiting(catalog, archive, ocr=False, processes=1)
    assert (report.read, report.quarantined) == (1, 2)
    row = documents(catalog)[sha256]
    assert row["state"] == "quarantined"
    assert row["reason"] == (
        "bundle of 4 files: 2 taken out, 2 not: secret.pdf (a password is needed to open it), "
        "empty.pdf (file of zero bytes)"
    )


def test_a_bundle_that_was_being_opened_when_the_process_was_killed_is_opened_once_more(catalog, archive, monkeypatch):
    """Killed after any of its deeds: the archive has bytes, or the catalog rows, that the next round finds."""
    data = zipped(("a.gif", GIF), ("b.gif", GIF + b"b"), ("b.gif", GIF + b"c"))
    sha256 = capture(catalog, archive, data)
    put, deeds = archive.put, []

    def dying(data):
        deeds.append(put(data))
        if len(deeds) == 2:
            raise KeyboardInterrupt
        return deeds[-1]

    monkeypatch.setattr(archive, "put", dying)
    with pytest.raises(KeyboardInterrupt):
        read_waiting(catalog, archive, ocr=False, processes=1)
    assert sha256 not in documents(catalog)
    monkeypatch.undo()
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.waiting.record_opened", lambda *told: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            read_waiting(catalog, archive, ocr=False, processes=1)
    rows = captures(catalog)
    assert len(rows) == 4
    assert sha256 not in documents(catalog)
    read_waiting(catalog, archive, ocr=False, processes=1)
    assert captures(catalog) == rows
    assert [row["state"] for row in documents(catalog).values()].count("quarantined") == 3


def test_another_publisher_is_taken_over_by_the_members(catalog, archive):
    sha256 = capture(catalog, archive, zipped(("a.gif", GIF), ("b.gif", GIF + b"b")), source="by-hand")
    read_waiting(catalog, archive, ocr=False, processes=1)
    now = datetime.now(UTC)
    mine = tables.captures.c.sha256 == sha256
    with catalog.write() as connection:
        connection.execute(sa.update(tables.captures).where(mine).values(publisher="ILO", captured=now))
    read_waiting(catalog, archive, ocr=False, processes=1)
    assert {row.publisher for row in captures(catalog)} == {"ILO"}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("C:\\papers\\a.pdf", "C:/papers/a.pdf"),
        ("a\x01\u202eb\n.pdf", "a b .pdf"),
        ("..", "without a name"),
        ("é" * 300, "é" * 200),
    ],
)
def test_names_are_shown_and_never_used(tmp_path, name, shown):
    assert names_in(tmp_path, zipped((name, GIF), ("b", GIF)))[0] == (shown, "")


def test_names_of_old_systems(tmp_path):
    data = zipped(("aaaa.pdf", GIF), ("b", GIF))
    for name, shown in (("é".encode() * 2, "éé.pdf"), (b"\x82\x82\x82\x82", "éééé.pdf")):
        assert names_in(tmp_path, data.replace(b"aaaa", name))[0] == (shown, "")


def test_names_that_are_no_text_break_one_archive_with_a_reason(tmp_path):
    data = zipped(("éé.pdf", GIF), ("b", GIF)).replace("éé".encode(), b"\xff\xfe\xfd\xfc")
    with pytest.raises(DamagedFile, match="cannot be unpacked"):
        opened(written(tmp_path, data), Limits())


def test_two_members_of_one_name_are_two(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate"):
        data = zipped(("a", GIF), ("a", FRENCH))
    path = written(tmp_path, data)
    bundle = opened(path, Limits())
    assert [taken(path, one.index, Limits()) for one in bundle.members] == [GIF, FRENCH]


def test_one_document_is_no_bundle_and_one_zip_is(tmp_path):
    office = zipped(("word/document.xml", b"<x/>"), ("b", b"b"))
    assert names_in(tmp_path, zipped(("a.pdf", FRENCH))) is None
    assert names_in(tmp_path, zipped(("a.docx", office))) is None
    assert names_in(tmp_path, office) is None
    assert names_in(tmp_path, b"no zip") is None
    inner = zipped(("a.zip", zipped(("b", GIF), ("c", GIF))))
    assert names_in(tmp_path, inner) == names_in(tmp_path, inner, depth=1) == [("a.zip", "")]
    with pytest.raises(UnknownType, match="not opened any deeper"):
        names_in(tmp_path, inner, depth=2)


def test_bounds_are_kept(tmp_path):
    with pytest.raises(EmptyFile, match="without any file"):
        names_in(tmp_path, zipped())
    many = zipped(*((f"{n}.gif", GIF) for n in range(60)))
    with pytest.raises(TooLarge, match="60 files, more than 59"):
        names_in(tmp_path, many, bundle_files=59)
    with pytest.raises(TooLarge, match="60 files, more than 50"):
        names_in(tmp_path, many, depth=1)
    with pytest.raises(TooLarge, match="unpacks to 24"):
        names_in(tmp_path, zipped(*((str(n), bytes(8_000_000)) for n in range(3))))
    bomb = names_in(tmp_path, zipped(("bomb", bytes(8_000_000)), ("b", GIF)))
    assert bomb[0] == ("bomb", "unpacks to 8.0 MB, 300 times what it has")
    assert names_in(tmp_path, zipped(("a", GIF * 200_000), ("b", GIF)), output_mb=6)[0][1].startswith("file of 3 MB")


def test_a_member_that_lies_about_itself_costs_itself(tmp_path):
    data = zipped(("aa.pdf", FRENCH), ("b", GIF))
    for broken in (data.replace(b"aa.pdf", b"bb.pdf", 1), data[:60] + b"\xff" * 40 + data[100:]):
        path = written(tmp_path, broken)
        with pytest.raises(DamagedFile):
            taken(path, 0, Limits())
        assert taken(path, 1, Limits()) == GIF
