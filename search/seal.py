"""Is what an index holds of a work still what the catalog says? One number stands for all of it that is indexed.

Two works have the same seal if engines would index them alike: it covers the id and key, date, titles, values,
names, and each paragraph with its address, language, kind and values. The order in which a database happened to
give values, or documents, does not count; neither does `seq`, since a change that changed nothing is no drift.
Ids of documents do count: passages refer to them, and a file that was read anew has another one.
"""

import json
from collections.abc import Iterable
from hashlib import blake2b
from operator import attrgetter
from typing import Any

from search.engines.engine import IndexedParagraph, IndexedWork

BITS = 63  # what fits a signed number of every engine

_ADDRESS = attrgetter("document_id", "ordinal")


def seal(work: IndexedWork) -> int:
    """A number from 0 to 2**63 - 1."""
    content = [
        work.id,
        work.key,
        work.date.isoformat() if work.date else None,
        sorted(work.titles, key=lambda title: (title[0] or "", title[1])),
        [[name, *sorted({*work.values[name]})] for name in sorted(work.values)],
        [[name, *sorted({*work.names[name]})] for name in sorted(work.names)],
        [_paragraph(each) for each in sorted(work.paragraphs, key=_ADDRESS)],
    ]
    written = json.dumps(content, ensure_ascii=False, check_circular=False).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(written, digest_size=8).digest()) >> 64 - BITS


def seal_of_all(seals: Iterable[int]) -> int:
    """One seal for many works, in whatever order they come."""
    return sum(seals) % (1 << BITS)


def _paragraph(paragraph: IndexedParagraph) -> list[Any]:
    values = sorted({*paragraph.values}) if paragraph.values else ()
    return [paragraph.document_id, paragraph.ordinal, paragraph.language, paragraph.kind, paragraph.text, values]
