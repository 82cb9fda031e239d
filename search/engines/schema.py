"""How does Tantivy store a work, and a passage? The two schemas, and the documents that go into them.

Works: text_L, title_L and forms_L (unstemmed, for prefixes) for each chain L; the values of fields.py as they
are; newest and oldest as numbers that sort (undated works last, then by id); the seal of it all.
Passages: one document a paragraph: its text in the field of its language, its forms, the values that stem from it,
those of its work, and its place in the work as a number.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

import tantivy

from search import analysis
from search.engines.engine import IndexedWork, PassageAddress
from search.fields import FACETS, NAME_FIELDS, OTHER, VALUE_FIELDS, level_of
from search.seal import seal

VERSION = "5"  # raise it with every change here: indexes then rebuild

OF_WORKS = tuple(name for name in VALUE_FIELDS if level_of(name) == "work")

# Tantivy multiplies a score by log2(2 + weight): a paragraph of text counts three times as much as a heading, which
# is no quotation, though so short that each of its words weighs much.
TEXT_WEIGHT = 6

_ID_BITS = 40
_ORDINAL_BITS = 23
_LAST_DAY = date.max.toordinal() + 1


def works_schema() -> tantivy.Schema:
    builder = _numbers("id", "newest", "oldest", "seal")
    for chain in analysis.CHAINS:
        builder.add_text_field(f"text_{chain}", tokenizer_name=chain)
        builder.add_text_field(f"title_{chain}", tokenizer_name=chain)
        builder.add_text_field(f"forms_{chain}", tokenizer_name="forms", index_option="basic")
    builder.add_text_field("title_forms", tokenizer_name="forms", index_option="basic")
    for name in NAME_FIELDS:
        builder.add_text_field(name, tokenizer_name=OTHER)
    for name in VALUE_FIELDS:
        builder.add_text_field(name, fast=name in FACETS, tokenizer_name="raw", index_option="basic")
    return builder.build()


def passages_schema() -> tantivy.Schema:
    builder = _numbers("work", "newest", "oldest", "place", "weight")
    for chain in analysis.CHAINS:
        builder.add_text_field(f"text_{chain}", tokenizer_name=chain)
    builder.add_text_field("forms", tokenizer_name="forms", index_option="basic")
    for name in NAME_FIELDS:
        builder.add_text_field(name, tokenizer_name=OTHER)
    for name in ("chain", *VALUE_FIELDS):
        builder.add_text_field(name, fast=name in FACETS, tokenizer_name="raw", index_option="basic")
    return builder.build()


def _numbers(own: str, *others: str) -> tantivy.SchemaBuilder:
    """Columns of numbers; the first is looked up by its value, in the others ranges are."""
    builder = tantivy.SchemaBuilder().add_integer_field(own, indexed=True, fast=True)
    for name in others:
        builder.add_integer_field(name, fast=True)
    return builder


def register_chains(index: tantivy.Index) -> None:
    """To be done after every opening: an index forgets its tokenizers."""
    for chain in (*analysis.CHAINS, "forms"):
        index.register_tokenizer(chain, analysis.analyzer(chain))


class Prepared(NamedTuple):
    """A text as its chain takes it, and its runs between spaces, each once: enough for a field without positions."""

    chain: str
    text: str
    runs: dict[str, None]


def prepared(language: str | None, text: str) -> Prepared:
    ready = analysis.prepare(text)
    return Prepared(analysis.chain_of(language), ready, dict.fromkeys(ready.split()))


def work_document(work: IndexedWork, texts: Sequence[Prepared]) -> tantivy.Document:
    """`texts` are the paragraphs."""
    document = tantivy.Document()
    document.add_integer("id", work.id)
    document.add_integer("seal", seal(work))
    newest, oldest = sort_numbers(work)
    document.add_integer("newest", newest)
    document.add_integer("oldest", oldest)
    titles = [prepared(language, title) for language, title in work.titles]
    for chain, text, _ in texts:
        document.add_text(f"text_{chain}", text)
    for chain, text, runs in titles:
        document.add_text(f"title_{chain}", text)
        document.add_text("title_forms", " ".join(runs))
    forms: dict[str, dict[str, None]] = {}
    for chain, _, runs in (*texts, *titles):
        forms.setdefault(chain, {}).update(runs)
    for chain, runs in forms.items():
        document.add_text(f"forms_{chain}", " ".join(runs))
    for name, values in work.values.items():
        for value in dict.fromkeys(values):
            document.add_text(name, value)
    for name, names in work.names.items():
        for each in dict.fromkeys(names):
            document.add_text(name, analysis.prepare(each))
    return document


def passage_documents(work: IndexedWork, texts: Sequence[Prepared]) -> Iterator[tantivy.Document]:
    """Its paragraphs, each with the values of the work."""
    newest, oldest = sort_numbers(work)
    of_work = [(name, value) for name in OF_WORKS for value in dict.fromkeys(work.values.get(name, ()))]
    for paragraph, (chain, text, runs) in zip(work.paragraphs, texts, strict=True):
        document = tantivy.Document()
        document.add_integer("work", work.id)
        document.add_integer("place", place_of(paragraph.document_id, paragraph.ordinal))
        document.add_integer("weight", TEXT_WEIGHT if paragraph.kind == "text" else 0)
        document.add_integer("newest", newest)
        document.add_integer("oldest", oldest)
        document.add_text("chain", chain)
        document.add_text(f"text_{chain}", text)
        document.add_text("forms", " ".join(runs))
        if paragraph.language:
            document.add_text("language", paragraph.language)
        for name, value in of_work:
            document.add_text(name, value)
        for name, value in dict.fromkeys(paragraph.values):
            document.add_text(name, analysis.prepare(value) if name in NAME_FIELDS else value)
        yield document


def place_of(document_id: int, ordinal: int) -> int:
    """One number for where a paragraph stands; in order, by document and then within it."""
    return document_id << _ORDINAL_BITS | ordinal


def address_of(place: int) -> PassageAddress:
    return PassageAddress(place >> _ORDINAL_BITS, place & (1 << _ORDINAL_BITS) - 1)


def sort_numbers(work: IndexedWork) -> tuple[int, int]:
    """Two numbers that, ascending, put the newest and the oldest first, undated works last, and ties by id."""
    day = work.date.toordinal() if work.date else None
    newest = _LAST_DAY if day is None else _LAST_DAY - 1 - day
    oldest = _LAST_DAY if day is None else day
    return newest << _ID_BITS | work.id, oldest << _ID_BITS | work.id


def work_of(sort_number: int) -> int:
    return sort_number & (1 << _ID_BITS) - 1


def days(first: date | None, last: date | None) -> tuple[int, int]:
    """The least and the greatest that the number `oldest` can be for these days, both included."""
    low = first.toordinal() << _ID_BITS if first else 0
    return low, ((last.toordinal() + 1 if last else _LAST_DAY) << _ID_BITS) - 1


def text_fields(where: str, chain: str) -> tuple[tuple[str, float], ...]:
    """The fields of a chain that a Match looks into, each with its weight."""
    if where == "text":
        return (f"text_{chain}", 1.0), (f"title_{chain}", 3.0)
    return ((f"title_{chain}" if where == "title" else where, 1.0),)


def forms_field(where: str, chain: str) -> str:
    return {"text": f"forms_{chain}", "title": "title_forms"}.get(where, where)
