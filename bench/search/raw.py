"""What could it be at best? Tantivy with its own analyzers, given the same documents with the same values, by hand.

Two limits: the same two indexes, works and passages, with all their fields, made in the straightest way there is; and
one index of works with a single text field, which is what a first example of Tantivy does and holds far less.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tantivy

from bench.search.mix import Asked
from bench.search.ours import size_of
from search.analysis import CHAINS, STEMMERS, chain_of
from search.engines import schema
from search.engines.engine import IndexedWork
from search.engines.tantivy import HEAP_ON_DISK


class _Raw:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def prepare(self, asked: Asked) -> str:
        """Its words: it has a query language of its own, without fields here."""
        words = re.sub(r"\w+:(\([^)]*\)|\S+)|[*()-]|\b(OR|NOT|AND)\b", " ", asked.text)
        return words if words.strip() else "rights"

    def bytes(self) -> int:
        return size_of(self.folder)

    def memory(self) -> int:
        return 0


class SameDocuments(_Raw):
    name = "raw Tantivy, same documents"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.indexes = [
            _made(folder / "works", schema.works_schema()),
            _made(folder / "passages", schema.passages_schema()),
        ]
        self.writers = [index.writer(HEAP_ON_DISK, 1) for index in self.indexes]

    def index(self, works: Sequence[IndexedWork]) -> None:
        of_works, of_passages = self.writers
        for work in works:
            of_works.add_document(_work(work))
            for document in _passages(work):
                of_passages.add_document(document)

    def commit(self) -> None:
        for writer in self.writers:
            writer.commit()
            writer.wait_merging_threads()
        for index in self.indexes:
            index.reload()

    def answer(self, text: str) -> int:
        """The best ten works by their English text, and nothing else."""
        index = self.indexes[0]
        query = index.parse_query(text, ["text_en"], conjunction_by_default=True)
        return int(index.searcher().search(query, 10).count)


class OneField(_Raw):
    name = "raw Tantivy, one text field"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("text", tokenizer_name="en_stem")
        folder.mkdir(parents=True)
        self.one = tantivy.Index(builder.build(), path=str(folder))
        self.writer = self.one.writer(HEAP_ON_DISK, 1)

    def index(self, works: Sequence[IndexedWork]) -> None:
        for work in works:
            self.writer.add_document(tantivy.Document(text="\n".join(each.text for each in work.paragraphs)))

    def commit(self) -> None:
        self.writer.commit()
        self.writer.wait_merging_threads()
        self.one.reload()

    def answer(self, text: str) -> int:
        query = self.one.parse_query(text, ["text"], conjunction_by_default=True)
        return int(self.one.searcher().search(query, 10).count)


def _made(folder: Path, fields: tantivy.Schema) -> tantivy.Index:
    folder.mkdir(parents=True)
    index = tantivy.Index(fields, path=str(folder))
    for chain in (*CHAINS, "forms"):
        built = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.lowercase())
        if chain in STEMMERS:
            built = built.filter(tantivy.Filter.stemmer(STEMMERS[chain]))
        index.register_tokenizer(chain, built.build())
    return index


def _work(work: IndexedWork) -> tantivy.Document:
    document = tantivy.Document()
    newest, oldest = schema.sort_numbers(work)
    _numbers(document, id=work.id, newest=newest, oldest=oldest, seal=work.seq)
    for each in work.paragraphs:
        chain = chain_of(each.language)
        document.add_text(f"text_{chain}", each.text)
        document.add_text(f"forms_{chain}", each.text)
    for language, title in work.titles:
        chain = chain_of(language)
        document.add_text(f"title_{chain}", title)
        document.add_text(f"forms_{chain}", title)
        document.add_text("title_forms", title)
    for name, values in (*work.values.items(), *work.names.items()):
        for value in values:
            document.add_text(name, value)
    return document


def _passages(work: IndexedWork) -> Any:
    newest, oldest = schema.sort_numbers(work)
    of_work = [(name, value) for name in schema.OF_WORKS for value in work.values.get(name, ())]
    for each in work.paragraphs:
        document = tantivy.Document()
        place = schema.place_of(each.document_id, each.ordinal)
        _numbers(document, work=work.id, place=place, weight=schema.TEXT_WEIGHT, newest=newest, oldest=oldest)
        chain = chain_of(each.language)
        document.add_text("chain", chain)
        document.add_text(f"text_{chain}", each.text)
        document.add_text("forms", each.text)
        if each.language:
            document.add_text("language", each.language)
        for name, value in (*of_work, *each.values):
            document.add_text(name, value)
        yield document


def _numbers(document: tantivy.Document, **numbers: int) -> None:
    for name, number in numbers.items():
        document.add_integer(name, number)
