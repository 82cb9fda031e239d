"""What does a reference say that a hit does not? Hits with the rest of their works' description, batch by batch."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

import sqlalchemy as sa

from catalog import Catalog
from catalog.tables import changes, works
from search.as_json import Addresses
from search.results import Complaint, Hit

BATCH = 100
_KEPT = "\n\t"


@dataclass(frozen=True, slots=True)
class Citable:
    """A hit with what its work is called by; `changed` is when the catalog last heard of it."""

    hit: Hit
    symbol: str | None
    session: str | None
    agenda_item: str | None
    kind: str | None
    changed: datetime | None


@dataclass(frozen=True, slots=True)
class About:
    """What a whole result is of. `url` is its page for people, `own_url` where the file itself is; `changed` is when
    the catalog last heard of anything."""

    query: str
    said: str
    unit: str
    total: int
    complaints: tuple[Complaint, ...]
    url: str
    own_url: str
    changed: datetime
    urls: Addresses


def citable(catalog: Catalog, hits: Iterable[Hit]) -> Iterator[Citable]:
    """The hits in their order; a few of them are in memory at a time."""
    walked = iter(hits)
    while batch := list(islice(walked, BATCH)):
        yield from _described(catalog, batch)


def _described(catalog: Catalog, batch: Sequence[Hit]) -> list[Citable]:
    ids = list({hit.work_id for hit in batch})
    last = sa.select(changes.c.work_id, sa.func.max(changes.c.at).label("changed")).where(changes.c.work_id.in_(ids))
    names = ("id", "symbol", "session", "agenda_item", "kind")
    wanted = sa.select(*(works.c[name] for name in names)).where(works.c.id.in_(ids))
    with catalog.read() as connection:
        rows = {row.id: row for row in connection.execute(wanted)}
        changed = {row.work_id: row.changed for row in connection.execute(last.group_by(changes.c.work_id))}
    return [
        Citable(hit, row.symbol, row.session, row.agenda_item, row.kind, changed.get(hit.work_id))
        for hit in batch
        if (row := rows.get(hit.work_id)) is not None
    ]


def printable(text: str) -> str:
    """Without control characters and what is no character, which neither XML nor a table can hold."""
    return text if text.isprintable() else "".join(" " if _unfit(each) else each for each in text)


def _unfit(character: str) -> bool:
    if character in _KEPT:
        return False
    return unicodedata.category(character) in ("Cc", "Cs") or character in "\ufffe\uffff"


def one_line(text: str) -> str:
    return " ".join(printable(text).split())
