"""What is sent to the cluster for a question, and what is read from what comes back?"""

import struct
from collections.abc import Sequence
from dataclasses import replace
from math import inf
from typing import Any

from search.analysis import CHAINS
from search.engines.compile import scores
from search.engines.cursor import read_cursor, write_cursor
from search.engines.elastic.dsl import (
    PARAGRAPHS,
    WORKS,
    Unit,
    all_of,
    any_of,
    by_kind,
    filters_of,
    passage_words,
    passages_of,
    query_of,
)
from search.engines.elastic.mapping import Json
from search.engines.engine import Answer, ParagraphAnswer, PassageAddress, Question
from search.engines.schema import address_of
from search.errors import MistakenRequest
from search.query.tree import Node

MAX_BUCKETS = 500
LONGEST_PAGE = 9_999  # hits, whatever was asked for; Elasticsearch gives 10,000 at once
BEHIND = "this cursor stands behind the end of the results"
LEAST_SCORE = 1e-30  # of words; what has none scores 0
_ID_BITS, _PLACE_BITS = 40, 63
_DAYS = {"date": "oldest", "-date": "newest"}


def ask_body(question: Question, unit: Unit, looked_up: Node | None = None) -> Json:
    """One search: a page, the total and the facets, each counted under the choices in the others.

    `looked_up` is asked in the place of the question's tree; cursors are of the question.
    MistakenRequest for a cursor of another question.
    """
    tree = looked_up or question.tree
    size = min(question.limit, LONGEST_PAGE) + 1 if question.limit else 0
    body = _sorted(replace(question, tree=tree), unit) | {"size": size, "track_total_hits": True}
    after = _read(question, unit, tree)
    if after and question.limit:
        body["search_after"] = after
    if filters := filters_of(question.filters):
        body["post_filter"] = all_of(filters)
    return body | {"aggs": {facet: _counted(facet, question) for facet in question.facets}}


def walk_body(question: Question, unit: Unit) -> Json:
    """All that answers, in order."""
    filters = filters_of(question.filters)
    body = _sorted(question, unit)
    return body | {"query": {"bool": {"must": [body["query"]], "filter": filters}}} if filters else body


def members_body(tree: Node, unit: Unit = WORKS) -> Json:
    return {"query": all_of([query_of(tree, unit)]), "sort": [unit.work]}


def answer_of(question: Question, found: Json) -> Answer:
    hits, after = _page(question, found, WORKS, question.tree)
    return Answer(_total(found), tuple(work_of(hit) for hit in hits), _counts(question, found), after)


def paragraphs_of(question: Question, found: Json, looked_up: Node) -> ParagraphAnswer:
    hits, after = _page(question, found, PARAGRAPHS, looked_up)
    return ParagraphAnswer(_total(found), tuple(map(paragraph_of, hits)), _counts(question, found), after)


def work_of(hit: Json) -> int:
    """The work of a hit, from the number that it was sorted by last."""
    return int(hit["sort"][-1]) & (1 << _ID_BITS) - 1


def paragraph_of(hit: Json) -> tuple[int, PassageAddress]:
    *_, work, place = hit["sort"]
    return int(work) & (1 << _ID_BITS) - 1, address_of(place)


def passage_bodies(tree: Node, works: Sequence[int], chains: Sequence[str], limit: int) -> list[Json]:
    """For each work, its passages that answer best; nothing if a passage can hold nothing of what was asked."""
    words = passage_words(tree, chains)
    page = {
        "size": min(limit, LONGEST_PAGE),
        "sort": [{"_score": "desc"}, {"rank": "asc"}, {"place": "asc"}],
        "track_total_hits": False,
    }
    return [page | {"query": passages_of(work, words, chains)} for work in works if words]


def passages_found(found: Json) -> tuple[PassageAddress, ...]:
    return tuple(address_of(hit["sort"][-1]) for hit in found["hits"]["hits"])


def frequencies_body(words: Sequence[str]) -> Json:
    """In how many works each word stands, counted together."""
    counted = {
        str(at): any_of([{"term": {f"forms_{chain}": word}} for chain in CHAINS]) for at, word in enumerate(words)
    }
    return {"size": 0, "track_total_hits": False, "aggs": {"words": {"filters": {"filters": counted}}}}


def frequencies_of(words: Sequence[str], found: Json) -> dict[str, int]:
    buckets = found["aggregations"]["words"]["buckets"]
    return {word: int(buckets[str(at)]["doc_count"]) for at, word in enumerate(words)}


def _sorted(question: Question, unit: Unit) -> Json:
    """The query, and an order in which no two hits are equal."""
    if _by_relevance(question, question.tree):
        sort: list[Json] = [{"_score": {"order": "desc"}}, {unit.work: {"order": "asc"}}]
    else:
        sort = [{_DAYS.get(question.sort, "newest"): {"order": "asc"}}]
    query = query_of(question.tree, unit)
    if unit is PARAGRAPHS:
        sort.append({"place": {"order": "asc"}})
        query = by_kind(query)
    return {"query": query, "sort": sort}


def _by_relevance(question: Question, tree: Node) -> bool:
    return question.sort == "relevance" and scores(tree)


def _counted(facet: str, question: Question) -> Json:
    terms = {"terms": {"field": facet, "size": MAX_BUCKETS, "shard_size": 4 * MAX_BUCKETS}}
    others = filters_of(question.filters, but=facet)
    return {"filter": all_of(others), "aggs": {"values": terms}} if others else terms


def _counts(question: Question, found: Json) -> dict[str, tuple[tuple[str, int], ...]]:
    counts: dict[str, tuple[tuple[str, int], ...]] = {}
    for facet in question.facets:
        counted = found["aggregations"][facet]
        buckets = counted.get("values", counted)["buckets"]
        counts[facet] = tuple((str(bucket["key"]), int(bucket["doc_count"])) for bucket in buckets)
    return counts


def _total(found: Json) -> int:
    return int(found["hits"]["total"]["value"])


def _page(question: Question, found: Json, unit: Unit, tree: Node) -> tuple[list[Json], str | None]:
    hits: list[Json] = found["hits"]["hits"]
    limit = min(question.limit, LONGEST_PAGE)
    page = hits[:limit]
    return page, _write(question, unit, tree, page[-1]["sort"]) if len(hits) > limit > 0 else None


def _write(question: Question, unit: Unit, tree: Node, sort: list[Any]) -> str:
    """The place of the last hit as one number, made of those that it was sorted by."""
    numbers = [_bits_of(each) if isinstance(each, float) else int(each) for each in sort]
    position = 0
    for number, bits in zip(numbers, _widths(question, unit, tree), strict=True):
        position = position << bits | number
    return write_cursor(question, position, unit.name)


def _read(question: Question, unit: Unit, tree: Node) -> list[Any] | None:
    position = read_cursor(question, unit.name)
    if position is None:
        return None
    widths = _widths(question, unit, tree)
    if position >> sum(widths):
        raise MistakenRequest(BEHIND)
    numbers: list[Any] = []
    for bits in reversed(widths):
        numbers.insert(0, position & (1 << bits) - 1)
        position >>= bits
    if _by_relevance(question, tree):
        numbers[0] = _score_of(numbers[0])
    return numbers


def _widths(question: Question, unit: Unit, tree: Node) -> list[int]:
    first = [31, _ID_BITS] if _by_relevance(question, tree) else [63]
    return [*first, _PLACE_BITS] if unit is PARAGRAPHS else first


def _score_of(bits: int) -> float:
    score: float = struct.unpack(">f", struct.pack(">I", bits))[0]
    if score and not LEAST_SCORE < score < inf:
        raise MistakenRequest(BEHIND)
    return score


def _bits_of(score: float) -> int:
    """The bits of a score, which is a 32-bit float and not negative."""
    return int(struct.unpack(">I", struct.pack(">f", score))[0])
