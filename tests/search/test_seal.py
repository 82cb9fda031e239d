"""Does the seal of a work change with whatever is indexed of it, and with nothing else?"""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import load_works
from search.engines.engine import IndexedParagraph, IndexedWork
from search.seal import BITS, seal, seal_of_all
from tests.search.library import WORKS, fill, put

FIRST = IndexedParagraph(11, 1, "en", "Domestic workers", (("country", "PHL"), ("theme", "labour")))
SECOND = IndexedParagraph(11, 2, None, "العمال المنزليون", kind="note")
WORK = IndexedWork(
    7,
    "UN:A/HRC/47/30",
    date(2021, 5, 1),
    (("en", "A title"), (None, "Another")),
    {"country": ("PHL", "ESP"), "source": ("un",)},
    {"person": ("Ana Pérez",), "organisation": ()},
    (FIRST, SECOND),
    seq=3,
)
OTHERS = {
    "id": replace(WORK, id=8),
    "key": replace(WORK, key="UN:A/HRC/47/31"),
    "date": replace(WORK, date=date(2021, 5, 2)),
    "no date": replace(WORK, date=None),
    "a title": replace(WORK, titles=WORK.titles[:1]),
    "language of a title": replace(WORK, titles=(("fr", "A title"), WORK.titles[1])),
    "a value": replace(WORK, values={**WORK.values, "country": ("PHL",)}),
    "a value's field": replace(WORK, values={"country": ("PHL", "ESP"), "theme": ("un",)}),
    "a name": replace(WORK, names={**WORK.names, "person": ("Ana Perez",)}),
    "names for values": replace(WORK, values={**WORK.values, **WORK.names}, names={}),
    "a paragraph's document": replace(WORK, paragraphs=(replace(FIRST, document_id=12), SECOND)),
    "a paragraph's ordinal": replace(WORK, paragraphs=(FIRST, replace(SECOND, ordinal=3))),
    "a paragraph's language": replace(WORK, paragraphs=(FIRST, replace(SECOND, language="ar"))),
    "a paragraph's text": replace(WORK, paragraphs=(replace(FIRST, text="domestic workers"), SECOND)),
    "a paragraph's kind": replace(WORK, paragraphs=(FIRST, replace(SECOND, kind="text"))),
    "a paragraph's values": replace(WORK, paragraphs=(replace(FIRST, values=FIRST.values[:1]), SECOND)),
    "a paragraph less": replace(WORK, paragraphs=(FIRST,)),
    "two paragraphs run together": replace(WORK, paragraphs=(replace(FIRST, text=FIRST.text + SECOND.text),)),
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_whatever_is_indexed_is_sealed(other):
    assert seal(other) != seal(WORK)


def test_no_two_of_them_are_sealed_alike():
    assert len({seal(other) for other in OTHERS.values()}) == len(OTHERS)


def test_order_and_the_number_of_the_change_are_not_sealed():
    turned = replace(
        WORK,
        titles=WORK.titles[::-1],
        values={"source": ("un", "un"), "country": ("ESP", "PHL")},
        names={"organisation": (), "person": ("Ana Pérez",)},
        paragraphs=(SECOND, replace(FIRST, values=FIRST.values[::-1])),
        seq=99,
    )
    assert seal(turned) == seal(WORK)


@given(st.text(), st.text())
def test_any_text_can_be_sealed_and_only_the_same_text_alike(one, other):
    seals = [seal(replace(WORK, paragraphs=(replace(FIRST, text=text),))) for text in (one, other)]
    assert (seals[0] == seals[1]) == (one == other)
    assert all(0 <= each < 2**BITS for each in seals)


@given(st.lists(st.integers(0, 2**BITS - 1)), st.randoms())
def test_many_are_sealed_in_any_order(seals, chance):
    mixed = chance.sample(seals, len(seals))
    assert seal_of_all(mixed) == seal_of_all(seals) < 2**BITS


def test_a_work_that_is_read_anew_to_other_ids_is_sealed_anew(catalog):
    ids = fill(catalog)
    before = {work.id: seal(work) for work in load_works(catalog, [*ids.values()])}
    assert before == {work.id: seal(work) for work in load_works(catalog, [*ids.values()])}
    put(catalog, WORKS[0])  # at the newest id already: whatever stood last gets it again
    put(catalog, WORKS[1])
    after = {work.id: seal(work) for work in load_works(catalog, [*ids.values()])}
    assert {key for key, work in ids.items() if before[work] != after[work]} == {WORKS[0].key, WORKS[1].key}
