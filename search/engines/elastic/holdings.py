"""What does a generation hold? Works with their seals, passages as they are counted, ascending by id of the work."""

from collections.abc import Iterator

from search.engines.elastic.reader import Reader
from search.engines.engine import UNSEALED, Holding


def held_by(works: Reader, passages: Reader) -> Iterator[Holding]:
    """Works, and passages without their work, each index as it was at the first call."""
    counts = passages.counted("work")
    work, count = next(counts, (None, 0))
    for hit in works.walk({"query": {"match_all": {}}, "sort": ["id"], "docvalue_fields": ["seal"]}):
        held = int(hit["sort"][0])
        while work is not None and work < held:
            yield Holding(work, UNSEALED, count)
            work, count = next(counts, (None, 0))
        own = count if work == held else 0
        yield Holding(held, int(hit["fields"]["seal"][0]), own)
        if work == held:
            work, count = next(counts, (None, 0))
    while work is not None:
        yield Holding(work, UNSEALED, count)
        work, count = next(counts, (None, 0))
