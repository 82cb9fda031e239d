"""Which hits stand on a page, and where does the next one begin? By relevance, or by date with ties in a fixed order.

By relevance a page begins so many hits further on; by date behind a number that no other hit has.
"""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeAlias

import tantivy
from tantivy import FieldType, Occur, Order, Query

from search.engines.compile import all_of
from search.engines.cursor import read_cursor, write_cursor
from search.engines.engine import PassageAddress, Question
from search.engines.schema import address_of, work_of
from search.errors import MistakenRequest

AT_ONCE = 20_000  # hits held while all are walked
_SORT_FIELDS = {"date": "oldest", "-date": "newest"}
_PLACE_BITS = 63

Paragraphs: TypeAlias = "list[tuple[int, PassageAddress]]"


def numbers(searcher: Any, field: str, hits: list[tuple[Any, Any]]) -> list[int]:
    """A number of each hit, from its column; every document has it."""
    return [int(value) for value in searcher.fast_field_values(field, [address for _, address in hits])]


def works_by_relevance(searcher: Any, query: Query, question: Question) -> tuple[int, tuple[int, ...], str | None]:
    offset = _offset(searcher, question, "works")
    result = searcher.search(query, question.limit + 1, offset=offset)
    ids = numbers(searcher, "id", result.hits)
    after = write_cursor(question, offset + question.limit) if len(ids) > question.limit > 0 else None
    return result.count, tuple(ids[: question.limit]), after


def works_by_date(
    schema: tantivy.Schema, searcher: Any, query: Query, question: Question
) -> tuple[int, tuple[int, ...], str | None]:
    position = read_cursor(question, largest=1 << 63)
    field = sort_field(question)
    page = query if position is None else _beyond(schema, query, field, position)
    result = searcher.search(page, question.limit + 1, order_by_field=field, order=Order.Asc)
    total = result.count if position is None else searcher.search(query, 1).count
    ids = numbers(searcher, "id", result.hits)
    more = len(ids) > question.limit > 0
    after = write_cursor(question, result.hits[question.limit - 1][0]) if more else None
    return total, tuple(ids[: question.limit]), after


def every_work(searcher: Any, query: Query, field: str | None) -> Iterator[int]:
    """All ids, by the number in a field, or by relevance."""
    order = {"order_by_field": field, "order": Order.Asc} if field else {}
    offset = 0
    while hits := searcher.search(query, AT_ONCE, count=False, offset=offset, **order).hits:
        yield from numbers(searcher, "id", hits)
        offset += len(hits)


def paragraphs_by_relevance(searcher: Any, query: Query, question: Question) -> tuple[int, Paragraphs, str | None]:
    offset = _offset(searcher, question, "paragraphs")
    result = searcher.search(query, question.limit + 1, offset=offset, weight_by_field="weight")
    hits = result.hits[: question.limit]
    places = map(address_of, numbers(searcher, "place", hits))
    found = list(zip(numbers(searcher, "work", hits), places, strict=True))
    more = len(result.hits) > question.limit > 0
    after = write_cursor(question, offset + question.limit, "paragraphs") if more else None
    return result.count, found, after


def paragraphs_by_date(
    schema: tantivy.Schema, searcher: Any, query: Query, question: Question
) -> tuple[int, Paragraphs, str | None]:
    """The paragraphs of a work have its date; they follow each other as they stand in it."""
    position = read_cursor(question, "paragraphs")
    field, wanted = sort_field(question), question.limit + 1
    rows: list[tuple[int, int]] = []  # the number of the work's date, and the place
    page = query
    if position is not None:
        number, place = divmod(position, 1 << _PLACE_BITS)
        rest = _beyond(schema, _of_work(schema, query, work_of(number)), "place", place)
        rows = [(number, place) for place in _places(searcher, rest, wanted)]
        page = _beyond(schema, query, field, number)
    if len(rows) < wanted:
        hits = searcher.search(page, wanted - len(rows), count=False, order_by_field=field, order=Order.Asc).hits
        found = zip([number for number, _ in hits], numbers(searcher, "place", hits), strict=True)
        rows += _in_order(schema, searcher, query, sorted(found))
    after = None
    if len(rows) > question.limit > 0:
        number, place = rows[question.limit - 1]
        after = write_cursor(question, number << _PLACE_BITS | place, "paragraphs")
    total = searcher.search(query, 1).count
    return total, [(work_of(number), address_of(place)) for number, place in rows[: question.limit]], after


def _in_order(
    schema: tantivy.Schema, searcher: Any, query: Query, rows: list[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """The rows, with the first paragraphs of the last work in the place of those that happened to be found of it."""
    for number, group in groupby(rows, itemgetter(0)):
        own = list(group)
        if number == rows[-1][0]:
            of_last = _of_work(schema, query, work_of(number))
            own = [(number, place) for place in _places(searcher, of_last, len(own))]
        yield from own


def _places(searcher: Any, query: Query, limit: int) -> list[int]:
    hits = searcher.search(query, limit, count=False, order_by_field="place", order=Order.Asc).hits
    return [place for place, _ in hits]


def sort_field(question: Question) -> str:
    return _SORT_FIELDS.get(question.sort, "newest")


def _offset(searcher: Any, question: Question, unit: str) -> int:
    offset = read_cursor(question, unit) or 0
    if offset > searcher.num_docs:
        raise MistakenRequest("this cursor stands behind the end of the results")
    return offset


def _of_work(schema: tantivy.Schema, query: Query, work: int) -> Query:
    return all_of([query, Query.term_query(schema, "work", work)])


def _beyond(schema: tantivy.Schema, query: Query, field: str, number: int) -> Query:
    beyond = Query.range_query(schema, field, FieldType.Integer, number, None, include_lower=False)
    return Query.boolean_query([(Occur.Must, query), (Occur.Must, beyond)])
