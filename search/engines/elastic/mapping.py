"""How does Elasticsearch store a work, and a passage? The two mappings, and the documents that go into them.

They mirror schema.py. Elasticsearch analyses nothing: it receives the tokens that search/analysis.py made, joined by
spaces, in fields that are cut at spaces. Between two texts of one field one position stays empty, as in Tantivy, so
that phrases mean the same in both. What is only searched is not kept in `_source`; the readable text is in the
catalog. A field that is not in the mapping is refused, not guessed at.
"""

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from math import log2
from typing import Any, TypeAlias

from search import analysis
from search.engines.engine import IndexedParagraph, IndexedWork
from search.engines.schema import OF_WORKS, TEXT_WEIGHT, place_of, sort_numbers
from search.fields import FACETS, NAME_FIELDS, OTHER, VALUE_FIELDS
from search.seal import seal

Json: TypeAlias = dict[str, Any]

VERSION = "1"  # raise it when documents are made otherwise; a change of the mappings counts by itself

TEXT_FACTOR = log2(2 + TEXT_WEIGHT)  # what Tantivy makes of the weight: a paragraph counts more than a heading
LONGEST_VALUE = 8000  # characters; Lucene takes 32,766 bytes, and refuses the whole document that has more

_TOKENS = {"type": "text", "analyzer": "whitespace", "position_increment_gap": 1}
_FORMS = {"type": "text", "analyzer": "whitespace", "index_options": "docs", "norms": False}
_NUMBER = {"type": "long"}


def works_mapping() -> Json:
    fields: Json = dict.fromkeys(("id", "seq", "seal", "passages", "day", "newest", "oldest"), _NUMBER)
    for chain in analysis.CHAINS:
        fields |= {f"text_{chain}": _TOKENS, f"title_{chain}": _TOKENS, f"forms_{chain}": _FORMS}
    fields["title_forms"] = _FORMS
    return _strict(fields)


def passages_mapping() -> Json:
    fields: Json = dict.fromkeys(("work", "seq", "place", "rank", "day", "newest", "oldest"), _NUMBER)
    for chain in analysis.CHAINS:
        fields |= {f"text_{chain}": _TOKENS, f"forms_{chain}": _FORMS}
    fields["chain"] = {"type": "keyword", "doc_values": False}
    fields["factor"] = {"type": "float", "index": False}
    return _strict(fields)


def _strict(fields: Json) -> Json:
    values = {name: {"type": "keyword", "doc_values": name in FACETS} for name in VALUE_FIELDS}
    names = dict.fromkeys(NAME_FIELDS, _TOKENS)
    searched = [name for name, each in (fields | names).items() if each["type"] == "text"]
    return {"dynamic": "strict", "_source": {"excludes": searched}, "properties": {**fields, **values, **names}}


@cache
def schema_version() -> str:
    """Changes with the mappings, so that no index is read or written by a program that expects another one."""
    written = json.dumps([works_mapping(), passages_mapping()], sort_keys=True)
    return f"{VERSION}-{hashlib.sha256(written.encode()).hexdigest()[:8]}"


def documents(work: IndexedWork) -> tuple[Json, dict[str, Json]]:
    """The document of the work, and those of its passages by their ids."""
    texts = [_Text(each.language, each.text) for each in work.paragraphs]
    dated = _dates(work)
    of_work = dated | {name: _values(work.values.get(name, ())) for name in OF_WORKS}
    passages = {
        passage_id(work.id, each): of_work | _passage(work, each, text, rank)
        for rank, (each, text) in enumerate(zip(work.paragraphs, texts, strict=True))
    }
    return _work(work, texts) | dated, passages


def passage_id(work: int, paragraph: IndexedParagraph) -> str:
    return f"{work}-{paragraph.document_id}-{paragraph.ordinal}"


class _Text:
    """A text in the tokens and forms of its language."""

    def __init__(self, language: str | None, text: str) -> None:
        self.chain = analysis.chain_of(language)
        prepared = analysis.prepare(text)
        self.tokens = " ".join(analysis.analyzer(self.chain).analyze(prepared))
        stems = self.chain in analysis.STEMMERS
        self.forms = set(analysis.analyzer("forms").analyze(prepared) if stems else self.tokens.split())


def _work(work: IndexedWork, texts: list[_Text]) -> Json:
    titles = [_Text(language, title) for language, title in work.titles]
    document: Json = {"id": work.id, "seq": work.seq, "seal": seal(work), "passages": len(texts)}
    for chain in {each.chain for each in (*texts, *titles)}:
        document[f"text_{chain}"] = [each.tokens for each in texts if each.chain == chain]
        document[f"title_{chain}"] = [each.tokens for each in titles if each.chain == chain]
        document[f"forms_{chain}"] = _joined(each for each in (*texts, *titles) if each.chain == chain)
    document["title_forms"] = _joined(titles)
    document |= {name: _values(values) for name, values in work.values.items()}
    document |= {name: _names(names) for name, names in work.names.items()}
    return document


def _passage(work: IndexedWork, paragraph: IndexedParagraph, text: _Text, rank: int) -> Json:
    document: Json = {
        "work": work.id,
        "seq": work.seq,
        "place": place_of(paragraph.document_id, paragraph.ordinal),
        "rank": rank,
        "chain": text.chain,
        "factor": TEXT_FACTOR if paragraph.kind == "text" else 1.0,
        f"text_{text.chain}": text.tokens,
        f"forms_{text.chain}": _joined([text]),
    }
    spoken: dict[str, list[str]] = {"language": [paragraph.language]} if paragraph.language else {}
    for field, value in paragraph.values:
        spoken.setdefault(field, []).append(value)
    return document | {
        name: _names(values) if name in NAME_FIELDS else _values(values) for name, values in spoken.items()
    }


def _dates(work: IndexedWork) -> Json:
    newest, oldest = sort_numbers(work)
    return {"newest": newest, "oldest": oldest} | ({"day": work.date.toordinal()} if work.date else {})


def _joined(texts: Iterable[_Text]) -> str:
    return " ".join(sorted(set().union(*(each.forms for each in texts))))


def _values(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(value[:LONGEST_VALUE] for value in values))


def _names(names: Iterable[str]) -> list[str]:
    return [_Text(OTHER, name).tokens for name in dict.fromkeys(names)]
