"""What does a saved search mean, today and as it is kept? The one place where its text becomes a tree.

A lexicon or a field table changes over the years, and a query that was good may come to mean nothing. That is never
passed over: subscribe() refuses it, `read_again` marks the search with the reason, and its owner's next mail says so.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from catalog import Catalog
from catalog.tables import saved_searches, subscribers, watermarks
from search.alerts.wording import Wording
from search.citing import Citing
from search.facets import chosen_values
from search.fields import field_named
from search.query.complaining import Complaints
from search.query.parse import parse
from search.query.resolve import Citations, resolve
from search.query.stored import as_json, read_as
from search.query.tree import NOTHING, And, Everything, Exact, Field, Node, Not, Or, both
from search.results import Complaint

TOGETHER = 500  # searches that are read anew in one transaction

Filters = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Meaning:
    """`asked` is the tree as typed, `tree` as engines take it, filters included; `nothing`: why it can find nothing.

    `lasting`: it means the same tomorrow. Last week does not, nor what a document cites.
    """

    asked: Node
    tree: Node
    complaints: tuple[Complaint, ...]
    nothing: str
    lasting: bool = True


def identity_of(query: str, filters: Filters | None = None, scope: str = "works") -> str:
    """What makes a saved search the same as another of its owner: query, filters and scope, in one hash."""
    ordered = {name: sorted(values) for name, values in sorted((filters or {}).items()) if values}
    return hashlib.sha256(json.dumps([query, ordered, scope]).encode()).hexdigest()


def meaning(
    query: str,
    citations: Citations | None = None,
    today: date | None = None,
    filters: Filters | None = None,
    language: str | None = None,
) -> Meaning:
    """What the query means today, among what the filters leave; complaints in `language`.

    A saved search is asked again at every run, and means what it means then.
    """
    w = Wording(language or "en")
    chosen, odd = chosen_values(filters or {}, language)
    narrowed: list[Node] = [Exact(name, values) for name, values in chosen.items()]
    if not query.strip():
        if not narrowed:
            return Meaning(NOTHING, NOTHING, odd, w("it is empty"))
        return Meaning(Everything(), both(narrowed), odd, "")
    parsed = parse(query, language, today)
    resolved = resolve(parsed.tree, citations, language)
    passing = Complaints(language)
    if parsed.passing:
        passing("passing_date", (0, len(query)))
    complaints = (*parsed.complaints, *resolved.complaints, *passing.all(), *odd)
    why = ""
    if not _can_match(resolved.tree):
        why = _said(complaints) or w("there is nothing to search for in it")
    tree = both([resolved.tree, *narrowed])
    return Meaning(parsed.tree, tree, complaints, why, not (parsed.passing or _asks_the_catalog(parsed.tree)))


def read_again(catalog: Catalog) -> int:
    """Reads anew every running search whose tree was made by other rules, or by none yet; returns how many it was.

    One that can find nothing any more is broken: it is not run. One that the parser or the lexicon complains of, as
    it did not when it was saved, runs on, for too much is better than too little. Both keep the reason, in their
    owner's language, and `told` False until a mail has said so.
    """
    done = 0
    while rows := _to_be_read(catalog):
        citing = Citing(catalog)
        found = [(row.id, _read(row, citing)) for row in rows]
        with catalog.write() as connection:
            for number, values in found:
                same = (saved_searches.c.id == number) & _outdated()
                connection.execute(sa.update(saved_searches).where(same).values(values))
        done += len(rows)
    return done


def broken(why: str, language: str) -> dict[str, object]:
    """What the row of a search says that can find nothing any more; `back_to` is the change up to which it was matched.

    From there its owner goes on once it is mended (mending.py).
    """
    w = Wording(language)
    seen = sa.select(watermarks.c.seq).where(watermarks.c.reader == "match").scalar_subquery()
    mark, begun = sa.func.coalesce(seen, 0), saved_searches.c.start_seq
    stopped = sa.case((saved_searches.c.backfill, saved_searches.c.back_to), (mark > begun, mark), else_=begun)
    says = {"state": "broken", "reason": w("it can find nothing any more: {why}", why=why), "told": False}
    return says | {"back_to": stopped}


def _outdated() -> sa.ColumnElement[bool]:
    return (saved_searches.c.state == "running") & (saved_searches.c.read_as != read_as())


def _to_be_read(catalog: Catalog) -> Sequence[sa.Row[Any]]:
    query = sa.select(saved_searches, subscribers.c.language).join(subscribers).where(_outdated())
    with catalog.read() as connection:
        return connection.execute(query.order_by(saved_searches.c.id).limit(TOGETHER)).all()


def _read(row: sa.Row[Any], citations: Citations) -> dict[str, object]:
    """What is to be written to the row. One that was never read has not been complained of before."""
    understood = meaning(row.query, citations, filters=row.filters, language=row.language)
    codes = {complaint.code for complaint in understood.complaints if complaint.code}
    values: dict[str, object] = {"read_as": read_as(), "tree": None}
    if understood.nothing:
        return values | broken(understood.nothing, row.language)
    if understood.lasting:
        values["tree"] = as_json(understood.tree)
    if not row.read_as:
        return values | {"complaints": sorted({*codes, *(row.complaints or ())})}
    new = codes - set(row.complaints)
    if not new:
        return values | {"reason": ""}
    reason = _said([complaint for complaint in understood.complaints if complaint.code in new])
    return values | ({"reason": reason, "told": False} if reason != row.reason else {})


def _said(complaints: Iterable[Complaint]) -> str:
    return "; ".join([complaint.message for complaint in complaints][:3])


def _asks_the_catalog(node: Node) -> bool:
    if isinstance(node, And | Or):
        return any(_asks_the_catalog(item) for item in node.items)
    if isinstance(node, Not):
        return _asks_the_catalog(node.item)
    spec = field_named(node.field) if isinstance(node, Field) else None
    return spec is not None and spec.kind == "document"


def _can_match(node: Node) -> bool:
    """False if no work whatever could match."""
    if isinstance(node, And):
        return all(_can_match(item) for item in node.items)
    if isinstance(node, Or):
        return any(_can_match(item) for item in node.items)
    return not (isinstance(node, Not) and isinstance(node.item, Everything))
