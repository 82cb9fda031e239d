"""How does Tantivy store a work, and a passage? The two schemas, and the documents that go into them.

Works: text_L, title_L and forms_L (unstemmed, for prefixes) for each chain L; the values of fields.py as they
are; day, newest and oldest as numbers that sort (undated works last, then by id); the seal of it all.
Passages: one document a paragraph, its text in the field of its language, the values that stem from it in one field.
"""

from datetime import date
from typing import Any

import tantivy

from search import analysis
from search.engines.engine import IndexedParagraph, IndexedWork
from search.fields import FACETS, NAME_FIELDS, OTHER, VALUE_FIELDS
from search.seal import seal

VERSION = "4"  # raise it with every change here: indexes then rebuild

# Tantivy multiplies a score by log2(2 + weight): a paragraph of text counts three times as much as a heading, which
# is no quotation, though so short that each of its words weighs much.
TEXT_WEIGHT = 6

_ID_BITS = 40
_LAST_DAY = date.max.toordinal() + 1


def works_schema() -> tantivy.Schema:
    builder = _numbers(tantivy.SchemaBuilder(), "id", "day", "newest", "oldest")
    builder.add_integer_field("seal", fast=True)
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
    builder = _numbers(tantivy.SchemaBuilder(), "work", "document", "ordinal", "weight")
    for chain in analysis.CHAINS:
        builder.add_text_field(f"text_{chain}", tokenizer_name=chain)
    for name in NAME_FIELDS:
        builder.add_text_field(name, tokenizer_name=OTHER)
    for name in ("value", "chain"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    return builder.build()


def _numbers(builder: tantivy.SchemaBuilder, *names: str) -> tantivy.SchemaBuilder:
    for name in names:
        builder.add_integer_field(name, indexed=True, fast=True)
    return builder


def register_chains(index: tantivy.Index) -> None:
    """To be done after every opening: an index forgets its tokenizers."""
    for chain in (*analysis.CHAINS, "forms"):
        index.register_tokenizer(chain, analysis.analyzer(chain))


def work_document(work: IndexedWork, texts: list[tuple[str, str]]) -> tantivy.Document:
    """`texts` are the prepared paragraphs, each with its chain."""
    document = tantivy.Document()
    document.add_integer("id", work.id)
    document.add_integer("seal", seal(work))
    if work.date:
        document.add_integer("day", work.date.toordinal())
    newest, oldest = sort_numbers(work)
    document.add_integer("newest", newest)
    document.add_integer("oldest", oldest)
    for chain, text in texts:
        document.add_text(f"text_{chain}", text)
        document.add_text(f"forms_{chain}", text)
    for language, title in work.titles:
        chain, text = analysis.chain_of(language), analysis.prepare(title)
        document.add_text(f"title_{chain}", text)
        document.add_text(f"forms_{chain}", text)
        document.add_text("title_forms", text)
    for name, values in [*work.values.items(), *work.names.items()]:
        for value in dict.fromkeys(values):
            document.add_text(name, value if name in VALUE_FIELDS else analysis.prepare(value))
    return document


def passage_document(work: int, paragraph: IndexedParagraph, chain: str, text: str) -> tantivy.Document:
    document = tantivy.Document()
    document.add_integer("work", work)
    document.add_integer("document", paragraph.document_id)
    document.add_integer("ordinal", paragraph.ordinal)
    document.add_integer("weight", TEXT_WEIGHT if paragraph.kind == "text" else 0)
    document.add_text("chain", chain)
    document.add_text(f"text_{chain}", text)
    for field, value in paragraph.values:
        if field in NAME_FIELDS:
            document.add_text(field, analysis.prepare(value))
        else:
            document.add_text("value", passage_value(field, value))
    return document


def passage_value(field: str, value: str) -> str:
    """All fields of values share one field of a passage."""
    return f"{field}:{value}"


def sort_numbers(work: IndexedWork) -> tuple[int, int]:
    """Two numbers that, ascending, put the newest and the oldest first, undated works last, and ties by id."""
    day = work.date.toordinal() if work.date else None
    newest = _LAST_DAY if day is None else _LAST_DAY - 1 - day
    oldest = _LAST_DAY if day is None else day
    return newest << _ID_BITS | work.id, oldest << _ID_BITS | work.id


def text_fields(where: str, chain: str) -> tuple[tuple[str, float], ...]:
    """The fields of a chain that a Match looks into, each with its weight."""
    if where == "text":
        return (f"text_{chain}", 1.0), (f"title_{chain}", 3.0)
    return ((f"title_{chain}" if where == "title" else where, 1.0),)


def forms_field(where: str, chain: str) -> str:
    return {"text": f"forms_{chain}", "title": "title_forms"}.get(where, where)


def facet_value(bucket: dict[str, Any]) -> tuple[str, int]:
    return str(bucket["key"]), int(bucket["doc_count"])
