"""Which documents are one work, and what is said of the work?

Language versions, Rev., Add. and Corr. of one symbol are one work. What a work says of itself is computed from all its
documents, whatever the order in which they came, so that two catalogs with the same documents are equal.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

import lexicon
from pipeline.document import Description
from pipeline.fold import fold

FIELDS = ("title", "body", "session", "agenda_item", "date", "kind")  # of works, taken from its documents
_PREFERRED = {code: rank for rank, code in enumerate(("en", "fr", "es", "ru", "zh", "ar"))}
_MODIFIERS = (("Rev", 1), ("Add", 2), ("Suppl", 2), ("Amend", 3), ("Summary", 4), ("Corr", 5))
_TELLING_WORDS = 4  # a title of fewer words ("Annual report") does not tell one document from another


def work_key(publisher: str, description: Description, words: Mapping[str, str], sha256: str) -> str:
    """The key under which documents meet: publisher and base symbol; else what the source says; else the bytes."""
    base = base_symbol(publisher, description)
    if base:
        return f"{publisher}:{base}"
    title, when = fold(words.get("title", "")).strip(), words.get("date", "").strip()
    if when and words.get("language") and len(title.split()) >= _TELLING_WORDS:
        digest = hashlib.sha256(f"{title}\n{when}".encode()).hexdigest()
        return f"{publisher}:title:{digest[:32]}"
    return f"sha256:{sha256}"


def base_symbol(publisher: str, description: Description) -> str | None:
    """The symbol of the work. Of a joint document's several symbols the first in the alphabet, from whatever source."""
    bases = [base for text in description.symbols if (base := _base(publisher, text))]
    if not bases:
        return None
    joint = description.described_from.get("symbols") != "source and masthead differ"
    return min(bases) if joint else bases[0]


def work_values(publisher: str, documents: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The columns of a work from the rows of its documents: each field from the first that knows it.

    The order: no modifier before Rev., Add. and Corr.; English, French, Spanish, ...; then the bytes' hash.
    """
    ranked = sorted(documents, key=lambda row: _rank(publisher, row))
    values = {name: next((row[name] for row in ranked if row[name]), None) for name in FIELDS}
    values["title"] = values["title"] or ""
    return values


def _rank(publisher: str, row: Mapping[str, Any]) -> tuple[Any, ...]:
    modifiers = modifiers_of(publisher, row["symbol"]) if row["symbol"] else ()
    weights = [_weight(modifier) for modifier in modifiers]
    return (weights, _PREFERRED.get(row["language"] or "", len(_PREFERRED)), row["sha256"])


def modifiers_of(publisher: str, text: str) -> tuple[str, ...]:
    """("Rev.1", "Add.2") of a symbol; nothing for what is no symbol."""
    symbol = lexicon.parse_symbol(text, publisher)
    return symbol.modifiers if symbol else ()


def _weight(modifier: str) -> tuple[int, int]:
    kind = next((weight for name, weight in _MODIFIERS if modifier.startswith(name)), len(_MODIFIERS))
    number = re.search(r"\d{1,6}", modifier)
    return kind, int(number[0]) if number else 0


def _base(publisher: str, text: str) -> str | None:
    symbol = lexicon.parse_symbol(text, publisher)
    return str(symbol.base) if symbol else None
