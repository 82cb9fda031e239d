"""Every version of a text can be made again, whatever came after it; and only what is news is called so."""

from dataclasses import replace
from itertools import pairwise

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog import tables
from pipeline.document import Mention
from pipeline.readers import versions as readers
from pipeline.rereading.compare import news
from pipeline.rereading.versions import (
    OldParagraph,
    carried,
    compared,
    differences,
    known_versions,
    packed,
    undone,
    unpacked,
    version,
)
from pipeline.store import store
from tests.pipeline.made import document
from tests.pipeline.test_store import ENGLISH, rows

PARAGRAPHS = st.lists(
    st.builds(
        OldParagraph,
        st.integers(1, 3),
        st.sampled_from([None, "1", "2"]),
        st.just("text"),
        st.just("en"),
        st.sampled_from(["fees", "wages 1", "The Committee met.", "a", ""]),
    ),
    max_size=10,
)


def said(text):
    return [(each.number, each.text) for each in text]


@given(st.lists(PARAGRAPHS, min_size=1, max_size=5))
@settings(deadline=None)
def test_every_version_can_be_made_from_the_last(texts):
    kept = []
    for old, new in pairwise(texts):
        kept.append(unpacked(packed(compared(old, new, news([o.line for o in old], [n.line for n in new])))))
    text = texts[-1]
    for old, blocks in reversed(list(zip(texts, kept, strict=False))):
        text = undone(text, blocks)
        assert said(text) == said(old)


@given(PARAGRAPHS, PARAGRAPHS)
@settings(deadline=None)
def test_an_ordinal_is_carried_to_where_its_paragraph_is(old, new):
    blocks = compared(old, new, news([o.line for o in old], [n.line for n in new]))
    for ordinal in range(1, len(old) + 1):
        places = carried([ordinal], blocks)
        assert all(1 <= each <= len(new) for each in places)
        inside = any(b["from"] < ordinal <= b["from"] + len(b["before"]) for b in blocks)
        if not inside:
            assert [new[each - 1].line for each in places] == [old[ordinal - 1].line]


def test_much_is_kept_pressed_together():
    old = [OldParagraph(1, None, "text", "en", f"wages {n}") for n in range(5000)]
    blocks = compared(old, [], news([each.line for each in old], []))
    assert len(str(packed(blocks))) < len(str(blocks)) / 3
    assert unpacked(packed(blocks)) == blocks


def read(catalog, *texts, reader="made", **more):
    one = document(ENGLISH, texts=texts, sha256="a" * 64)
    return store(catalog, replace(one, reading=replace(one.reading, reader=reader), **more))


def kinds(catalog):
    return [(row["kind"], row["passages"]) for row in rows(catalog, tables.changes)]


def test_what_is_read_again_with_the_same_text_leaves_only_the_version_of_its_reader(catalog, monkeypatch):
    read(catalog, "The Committee met.")
    before = rows(catalog, tables.documents)
    monkeypatch.setitem(readers.VERSIONS, "made", 7)
    assert read(catalog, "The Committee met.").change is None
    assert rows(catalog, tables.documents) == [before[0] | {"reader": "made 7"}]
    assert kinds(catalog) == [("created", None)]
    assert len(known_versions(catalog, "a" * 64)) == 1


def test_other_words_are_a_version_and_a_change_that_names_them(any_catalog, monkeypatch):
    read(any_catalog, "The Committee met.", "The wagcs of seafarers.", "It ad- journed.")
    monkeypatch.setitem(readers.VERSIONS, "made", 2)
    stored = read(any_catalog, "The Committee met.", "The wages of seafarers.", "It adjourned.")
    assert (stored.change, stored.passages, stored.changed) == ("updated", [2], 2)
    assert kinds(any_catalog) == [("created", None), ("updated", [2])]
    first, second = known_versions(any_catalog, "a" * 64)
    assert (first.version, first.reader, second.reader, second.changed, second.news) == (1, "made 1", "made 2", 2, 1)
    assert second.seq == 2
    old = version(any_catalog, "a" * 64, 1)
    assert [each.text for each in old] == ["The Committee met.", "The wagcs of seafarers.", "It ad- journed."]
    found = differences(any_catalog, "a" * 64, 2)
    assert [(each.kind, each.before, each.after, each.news) for each in found] == [
        ("changed", "The wagcs of seafarers.", "The wages of seafarers.", True),
        ("changed", "It ad- journed.", "It adjourned.", False),
    ]
    assert version(any_catalog, "a" * 64, 3) is None and differences(any_catalog, "b" * 64, 1) is None


def test_only_other_hyphens_are_noted_so_that_the_index_follows(catalog):
    read(catalog, "It ad- journed.")
    assert read(catalog, "It adjourned.").change is None
    assert kinds(catalog) == [("created", None), ("noted", None)]
    assert [each.text for each in version(catalog, "a" * 64, 1)] == ["It ad- journed."]


def test_what_is_no_longer_said_is_a_change_without_passages(catalog):
    read(catalog, "The Committee met.", "It adjourned.")
    assert read(catalog, "The Committee met.").passages == []
    assert kinds(catalog)[-1] == ("updated", [])


def test_what_is_recognised_later_is_news_of_its_paragraph(catalog):
    read(catalog, "The Committee met.", "Migrants from Mexico.")
    mention = Mention("country", "MEX", "Mexico", "lexicon", 2, 1, 14, 20)
    assert read(catalog, "The Committee met.", "Migrants from Mexico.", mentions=(mention,)).passages == [2]
    moved = replace(mention, ordinal=1)
    assert read(catalog, "The Committee met. Migrants from Mexico.", mentions=(moved,)).change is None


def test_a_better_title_is_news_of_the_description(catalog):
    one = document(ENGLISH, sha256="a" * 64)
    store(catalog, one)
    loud = replace(one, description=replace(one.description, title="REPORT ON RECRUIT-\nMENT"))
    assert store(catalog, loud).passages is None
    assert store(catalog, replace(one, description=replace(one.description, title="On fees"))).passages == [0]


@pytest.mark.parametrize("text", ["The Committee met again.", "The Committee met."])
def test_a_document_from_before_there_were_versions_has_one(catalog, text):
    """As migrated: read by a reader that had no version, and no row says so."""
    read(catalog, "The Committee met.")
    with catalog.write() as connection:
        connection.execute(sa.delete(tables.readings))
        connection.execute(sa.update(tables.documents).values(reader="pypdfium2"))
    (only,) = known_versions(catalog, "a" * 64)
    assert (only.version, only.reader) == (1, "pypdfium2")
    read(catalog, text)
    found = known_versions(catalog, "a" * 64)
    if text == "The Committee met.":
        assert [each.version for each in found] == [1]
        return
    assert [(each.version, each.reader) for each in found] == [(1, "pypdfium2"), (2, "made 1")]
    assert [each.text for each in version(catalog, "a" * 64, 1)] == ["The Committee met."]
    assert found[1].seq == 2


def test_readers_have_names_and_versions():
    assert readers.stamped("pypdfium2+tesseract") == "pypdfium2+tesseract 1"
    assert readers.names("pypdfium2+tesseract 1") == {"pypdfium2", "tesseract", "pdf"}
    assert readers.names("word") == {"word"}
    assert readers.is_older("pypdfium2") and not readers.is_older("pypdfium2 1")
