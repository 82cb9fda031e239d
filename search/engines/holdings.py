"""What does a generation of a Tantivy index hold? Read from its columns, some ids at a time, whatever its size."""

from collections.abc import Iterator
from typing import Any

from tantivy import FieldType, Order, Query

from search.engines.engine import UNSEALED, Holding
from search.engines.generation import Generation

WIDTH = 20_000  # ids at once; Tantivy counts at most 65,000 values in one go


def held_by(generation: Generation) -> Iterator[Holding]:
    """Works, and passages without their work, ascending by id, each index as it was at the first call."""
    works = _Column(generation.works.searcher(), generation.works_schema, "id")
    passages = _Column(generation.passages.searcher(), generation.passages_schema, "work")
    last = -1
    while found := [first for first in (works.after(last), passages.after(last)) if first is not None]:
        first, last = min(found), min(found) + WIDTH - 1
        sealed, counts = works.sealed(first, last), passages.counts(first, last)
        orphans = [(work, UNSEALED) for work in counts.keys() - {work for work, _ in sealed}]
        for work, seal in sorted([*sealed, *orphans]):
            yield Holding(work, seal, counts.get(work, 0))


class _Column:
    """The ids of works in one of the two indexes."""

    def __init__(self, searcher: Any, schema: Any, field: str) -> None:
        self._searcher, self._schema, self._field = searcher, schema, field

    def after(self, last: int) -> int | None:
        beyond = Query.range_query(self._schema, self._field, FieldType.Integer, last, None, include_lower=False)
        hits = self._searcher.search(beyond, 1, count=False, order_by_field=self._field, order=Order.Asc).hits
        return int(hits[0][0]) if hits else None

    def sealed(self, first: int, last: int) -> list[tuple[int, int]]:
        """Id and seal of each; of a work that is there twice, both."""
        limit = max(1, self._searcher.num_docs)
        hits = self._searcher.search(self._between(first, last), min(limit, 2 * WIDTH), count=False).hits
        addresses = [address for _, address in hits]
        ids, seals = (self._searcher.fast_field_values(name, addresses) for name in (self._field, "seal"))
        return [(int(work), int(seal)) for work, seal in zip(ids, seals, strict=True)]

    def counts(self, first: int, last: int) -> dict[int, int]:
        wanted = {"held": {"terms": {"field": self._field, "size": WIDTH}}}
        buckets = self._searcher.aggregate(self._between(first, last), wanted)["held"]["buckets"]
        return {int(bucket["key"]): int(bucket["doc_count"]) for bucket in buckets}

    def _between(self, first: int, last: int) -> Query:
        return Query.range_query(self._schema, self._field, FieldType.Integer, first, last)
