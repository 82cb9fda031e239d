"""What may a reader be about to name? Names of the lexicon, and symbols that are here, that go on as he began."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa

import lexicon
from catalog import Catalog
from catalog.tables import documents
from search.labels import label_of
from search.query.tree import Field
from search.query.write import write

SHORTEST = 2  # letters; with fewer, too much begins so (in Chinese, one is a word)
LONGEST = 200
HIGHEST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Completion:
    """A name that begins so, what it names, and the query that asks for it."""

    text: str
    field: str
    value: str
    label: str
    query: str


def complete(catalog: Catalog, begun: str, language: str | None = None, limit: int = 10) -> tuple[Completion, ...]:
    """Symbols that are here first; then names that begin so, the shortest first; then names with such a word."""
    begun = begun.strip()[:LONGEST]
    folded = lexicon.fold(begun)
    if not folded or (len(folded) < SHORTEST and folded.isascii()):
        return ()
    found = [*_symbols(catalog, begun, limit), *_names(folded, language)]
    return tuple({(each.field, each.value): each for each in reversed(found)}.values())[::-1][:limit]


def _symbols(catalog: Catalog, begun: str, limit: int) -> Iterator[Completion]:
    """By a range of the index, in capitals, as symbols are; characters compare as such in every database."""
    if "\x00" in begun:
        return
    start, symbol = begun.upper(), documents.c.symbol
    with catalog.read() as connection:
        at = symbol.collate("C") if connection.dialect.name == "postgresql" else symbol
        query = sa.select(at.label("symbol")).where(at >= start, at < start + HIGHEST).distinct().limit(limit)
        query = query.order_by(sa.text("symbol"))
        for found in connection.execute(query).scalars():
            yield Completion(found, "symbol", found, found, write(Field("symbol", found)))


def _names(folded: str, language: str | None) -> list[Completion]:
    ranked: list[tuple[int, int, int]] = []
    for number, (name, _, _, _) in enumerate(_known()):
        if name.startswith(folded):
            ranked.append((0, len(name), number))
        elif f" {folded}" in name:
            ranked.append((1, len(name), number))
    made = []
    for _, _, number in sorted(ranked):
        _, text, field, value = _known()[number]
        made.append(Completion(text, field, value, label_of(field, value, language), write(Field(field, value))))
    return made


@lru_cache(maxsize=1)
def _known() -> tuple[tuple[str, str, str, str], ...]:
    """(folded, as written, field, code) of every name in every language."""
    return tuple(
        (lexicon.fold(text), text, field, code)
        for field, code, texts in _named()
        for text in dict.fromkeys(texts)
        if text
    )


def _named() -> Iterator[tuple[str, str, Iterable[str]]]:
    for theme in lexicon.themes():
        yield "theme", theme.code, theme.names.values()
    entries = [
        *(("country", each.code, each.names, each.aliases) for each in lexicon.countries()),
        *(("body", each.code, each.names, each.aliases) for each in lexicon.bodies()),
        *(("instrument", each.code, each.names, each.aliases) for each in lexicon.instruments()),
        *(("publisher", each.code, each.names, each.aliases) for each in lexicon.publishers()),
    ]
    for field, code, names, aliases in entries:
        yield field, code, (code, *names.values(), *(name for _, name in aliases))
