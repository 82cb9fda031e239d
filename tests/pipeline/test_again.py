"""Reading again, from the archive and without a crawl: who is chosen, what is told before, and what a kill leaves."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from catalog import tables
from crawlers import Archive
from pipeline import ask_again, attempts, could_not_be_read_again, read_waiting, rehearse, understand
from pipeline.limits import Limits
from pipeline.process import files
from pipeline.rereading.again import UnknownDocuments, chosen
from pipeline.rereading.versions import known_versions, version
from pipeline.store import store
from pipeline.waiting import due
from tests.pipeline.test_process import FRENCH, capture, page
from tests.pipeline.test_store import rows

WAGES = page("A/HRC/61/47", "Domestic workers in Mexico", "The wages of domestic workers are low.")


@pytest.fixture
def archive(tmp_path):
    return Archive(tmp_path / "archive")


@pytest.fixture
def worse(catalog, archive):
    """Two documents: one was read by a reader that took e for c, the other well, and by the reader of today."""
    hashes = [
        capture(catalog, archive, data, f"https://docs.example.org/{n}") for n, data in enumerate((WAGES, FRENCH))
    ]
    for item in files(catalog, archive, hashes, Limits()):
        document = understand(item)
        if item.sha256 == hashes[0]:
            texts = [replace(p, text=p.text.replace("wages", "wagcs")) for p in document.reading.paragraphs]
            document = replace(document, reading=replace(document.reading, paragraphs=tuple(texts)))
        store(catalog, document, item.seen)
    with catalog.write() as connection:
        of_first = tables.documents.c.sha256 == hashes[0]
        connection.execute(sa.update(tables.documents).where(of_first).values(reader="pypdfium2"))
    return hashes


@pytest.mark.parametrize(
    ("which", "places"),
    [
        (["A/HRC/61/47"], [0]),
        (["older"], [0]),
        (["poor"], []),
        (["all"], [0, 1]),
        (["UN"], [0, 1]),
        (["un"], [0, 1]),
        (["reader:pypdfium2"], [0, 1]),
        (["application/pdf"], [0, 1]),
        (["older", "A/HRC/61/48"], [0, 1]),
    ],
)
def test_which(catalog, worse, which, places):
    assert chosen(catalog, which) == [worse[at] for at in places]


def test_the_beginning_of_a_hash_and_what_is_nothing(catalog, worse):
    assert chosen(catalog, [worse[1][:12].upper()]) == [worse[1]]
    for name in ("A/HRC/1/1", "reader:none", "abcdef0123456789", "%", "reader:"):
        with pytest.raises(UnknownDocuments):
            chosen(catalog, ["all", name])


def test_it_is_told_before_and_then_done_without_a_crawl(catalog, archive, worse):
    before = [rows(catalog, table) for table in (tables.documents, tables.paragraphs, tables.changes, tables.readings)]
    told = rehearse(catalog, archive, ["all"], processes=1)
    assert (told.due, told.read, told.documents, told.paragraphs, told.news, told.failed) == (2, 2, 1, 1, 1, 0)
    assert told.described == 0
    after = [rows(catalog, table) for table in (tables.documents, tables.paragraphs, tables.changes, tables.readings)]
    assert before == after
    assert due(catalog, datetime.now(UTC)) == []

    assert ask_again(catalog, ["all"]) == 2
    assert due(catalog, datetime.now(UTC)) == worse  # asked, and then killed: any round of reading goes on
    report = read_waiting(catalog, archive, ocr=False, processes=1)
    assert (report.read, report.changed) == (2, 1)
    assert due(catalog, datetime.now(UTC)) == []
    assert [each.version for each in known_versions(catalog, worse[0])] == [1, 2]
    assert any("wagcs" in each.text for each in version(catalog, worse[0], 1))
    assert [each.version for each in known_versions(catalog, worse[1])] == [1]
    (change,) = rows(catalog, tables.changes)[2:]
    assert change["kind"] == "updated" and len(change["passages"]) == 1
    assert chosen(catalog, ["older"]) == []

    with catalog.write() as connection:
        connection.execute(sa.update(tables.documents).values(date=None))
    told = rehearse(catalog, archive, ["all"], processes=1)
    assert (told.documents, told.described) == (0, 2)


def test_what_cannot_be_read_any_more_stays_as_it_is(catalog, archive, worse):
    archive.path(worse[0]).unlink()
    before = rows(catalog, tables.paragraphs)
    assert ask_again(catalog, ["older"]) == 1
    report = read_waiting(catalog, archive, ocr=False, processes=1)
    assert (report.read, report.kept, report.changed) == (0, 1, 0)
    assert [(each.state, each.reason) for each in report.outcomes] == [("kept", "the bytes are not in the archive")]
    assert rows(catalog, tables.paragraphs) == before
    assert due(catalog, datetime.now(UTC)) == []
    assert attempts(catalog, worse)[worse[0]][-1].reason == "the bytes are not in the archive"
    assert (could_not_be_read_again(catalog), chosen(catalog, ["failed"])) == (1, [worse[0]])
    archive.put(WAGES)
    ask_again(catalog, ["failed"])
    assert read_waiting(catalog, archive, ocr=False, processes=1).changed == 1
    assert (could_not_be_read_again(catalog), chosen(catalog, ["failed"])) == (0, [])


def test_a_document_without_captures_is_never_marked_nor_stays_so(catalog, archive, worse):
    with catalog.write() as connection:
        connection.execute(sa.delete(tables.captures).where(tables.captures.c.sha256 == worse[0]))
        connection.execute(sa.update(tables.documents).values(again=True))
    assert chosen(catalog, ["all"]) == ask_again_and_see(catalog, ["all"]) == [worse[1]]


def ask_again_and_see(catalog, which):
    ask_again(catalog, which)
    return [row["sha256"] for row in rows(catalog, tables.documents) if row["again"]]
