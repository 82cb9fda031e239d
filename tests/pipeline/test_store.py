"""What storing writes, and what it does not write twice; on SQLite and on PostgreSQL."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from catalog import tables
from pipeline.document import Citation, Mention
from pipeline.store import store
from tests.pipeline.made import document, same_text_other_bytes

ENGLISH = {"symbol": "A/HRC/59/49", "title": "Report on recruitment", "language": "en", "date": "2025-05-23"}
FRENCH = {"symbol": "A/HRC/59/49", "title": "Rapport sur le recrutement", "language": "fr", "date": "2025-05-24"}
ADDENDUM = {"symbol": "A/HRC/59/49/Add.1", "title": "Mission to Atlantis", "language": "en", "date": "2025-06-01"}


def rows(catalog, table):
    with catalog.read() as connection:
        return [dict(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key)).mappings()]


def changes(catalog):
    return [(row["kind"], row["work_id"]) for row in rows(catalog, tables.changes)]


def contents(catalog):
    """All that the pipeline wrote, without ids and times, in an order of its own."""
    works = {row["id"]: row["key"] for row in rows(catalog, tables.works)}
    documents = {row["id"]: row["sha256"] for row in rows(catalog, tables.documents)}
    found = [("work", {k: v for k, v in row.items() if k != "id"}) for row in rows(catalog, tables.works)]
    for row in rows(catalog, tables.documents):
        kept = {k: v for k, v in row.items() if k not in ("id", "read_at")}
        found.append(("document", kept | {"work_id": works.get(row["work_id"])}))
    for table in (tables.pages, tables.paragraphs, tables.mentions, tables.citations):
        for row in rows(catalog, table):
            kept = {k: v for k, v in row.items() if k != "id"}
            found.append((table.name, kept | {"document_id": documents[row["document_id"]]}))
    return sorted(found, key=repr)


def full(words, texts=("Migrants from Mexico.",)):
    one = document(words, texts=texts, language=words["language"])
    mention = Mention("country", "MEX", "Mexico", "lexicon", 1, 1, 14, 20)
    citation = Citation("symbol", "A/RES/45/158", "A/RES/45/158", 1, 1, 0, 12)
    return replace(one, mentions=(mention,), citations=(citation,))


def test_a_document_is_stored_whole(any_catalog):
    stored = store(any_catalog, full(ENGLISH))
    assert stored.change == "created"
    (kept,) = rows(any_catalog, tables.documents)
    assert (kept["state"], kept["symbol"], kept["symbols"]) == ("read", "A/HRC/59/49", ["A/HRC/59/49"])
    assert (kept["body"], kept["session"], kept["language"]) == ("HRC", "59", "en")
    assert kept["work_id"] == stored.work_id
    (work,) = rows(any_catalog, tables.works)
    assert (work["key"], work["symbol"], work["title"]) == ("UN:A/HRC/59/49", "A/HRC/59/49", "Report on recruitment")
    assert [
        len(rows(any_catalog, t)) for t in (tables.pages, tables.paragraphs, tables.mentions, tables.citations)
    ] == [
        1,
        1,
        1,
        1,
    ]
    assert changes(any_catalog) == [("created", work["id"])]


def test_the_same_document_again_writes_nothing(any_catalog):
    store(any_catalog, full(ENGLISH))
    before = contents(any_catalog), rows(any_catalog, tables.documents), rows(any_catalog, tables.mentions)
    assert store(any_catalog, full(ENGLISH)).change is None
    assert (contents(any_catalog), rows(any_catalog, tables.documents), rows(any_catalog, tables.mentions)) == before
    assert len(changes(any_catalog)) == 1


def test_other_bytes_with_the_same_text_are_no_news(any_catalog):
    store(any_catalog, full(ENGLISH))
    assert store(any_catalog, same_text_other_bytes(full(ENGLISH))).change is None
    assert len(rows(any_catalog, tables.documents)) == 2
    assert [kind for kind, _ in changes(any_catalog)] == ["created", "noted"]


@pytest.mark.parametrize("changed", ["text", "title", "mention"])
def test_what_is_read_anew_is_an_update(any_catalog, changed):
    one = full(ENGLISH)
    store(any_catalog, one)
    new = {
        "text": replace(full(ENGLISH, ("Other text of Mexico.",)), sha256=one.sha256),
        "title": replace(one, description=replace(one.description, title="Report on recruitment fees")),
        "mention": replace(one, mentions=()),
    }[changed]
    stored = store(any_catalog, new)
    assert stored.change == "updated"
    assert [kind for kind, _ in changes(any_catalog)] == ["created", "updated"]
    assert len(rows(any_catalog, tables.documents)) == 1


def test_a_better_reading_of_the_same_text_is_no_news(any_catalog):
    one = full(ENGLISH)
    store(any_catalog, one)
    page = replace(one.reading.pages[0], quality=0.5)
    assert store(any_catalog, replace(one, reading=replace(one.reading, pages=(page,)))).change is None
    assert rows(any_catalog, tables.pages)[0]["quality"] == 0.5
    assert [kind for kind, _ in changes(any_catalog)] == ["created", "noted"]


def test_language_versions_and_addenda_are_one_work(any_catalog):
    stored = [store(any_catalog, full(words)) for words in (FRENCH, ADDENDUM, ENGLISH)]
    assert len({one.work_id for one in stored}) == 1
    assert [one.change for one in stored] == ["created", "updated", "updated"]
    (work,) = rows(any_catalog, tables.works)
    assert work["title"] == "Report on recruitment"
    assert work["date"].isoformat() == "2025-05-23"


def test_any_order_gives_the_same_catalog(tmp_path):
    from catalog import Catalog

    seen = []
    for number, order in enumerate(itertools.permutations((ENGLISH, FRENCH, ADDENDUM))):
        catalog = Catalog(f"sqlite:///{tmp_path}/{number}.sqlite")
        tables.metadata.create_all(catalog.engine)
        for words in order:
            store(catalog, full(words))
        seen.append(contents(catalog))
        catalog.engine.dispose()
    assert all(one == seen[0] for one in seen)


def test_a_document_that_changes_its_work_leaves_the_other(any_catalog):
    one = full({**ENGLISH, "symbol": ""})
    first = store(any_catalog, one)
    second = store(any_catalog, replace(full(ENGLISH), sha256=one.sha256))
    assert second.work_id != first.work_id
    assert changes(any_catalog) == [
        ("created", first.work_id),
        ("withdrawn", first.work_id),
        ("created", second.work_id),
    ]


def test_newer_captures_are_taken_note_of_and_are_no_news(any_catalog):
    store(any_catalog, full(ENGLISH))
    later = datetime.now(UTC) + timedelta(days=1)
    assert store(any_catalog, full(ENGLISH), seen=later).change is None
    assert rows(any_catalog, tables.documents)[0]["read_at"] == later
    assert [kind for kind, _ in changes(any_catalog)] == ["created", "noted"]


def test_what_databases_refuse_is_written_as_something_else(any_catalog):
    store(any_catalog, full(ENGLISH, ("A\x00B \ud800 C",)))
    assert rows(any_catalog, tables.paragraphs)[0]["text"] == "A B ? C"
    assert store(any_catalog, full(ENGLISH, ("A\x00B \ud800 C",))).change is None


def test_nothing_is_kept_of_a_transaction_that_fails(any_catalog):
    class Broken(type(any_catalog)):
        def record_change(self, *_arguments):
            raise RuntimeError("the disk is full")

    broken = Broken(any_catalog.url)
    with pytest.raises(RuntimeError):
        store(broken, full(ENGLISH))
    assert contents(any_catalog) == []
