"""How is one generation read? Searches with a time-out, whole or not at all, and long walks from one state.

Where an index has several shards, words are weighed by how often they stand in all of them (`dfs_query_then_fetch`);
where shards have copies, all pages of an answer come from the same ones: copies weigh a little differently.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from zlib import crc32

from elasticsearch import Elasticsearch

from search.engines.elastic.line import BUSY, ClusterAway, Line
from search.engines.elastic.mapping import Json
from search.errors import IndexUnavailable

PAGE = 10_000  # hits at once; Elasticsearch gives no more
KEPT = "5m"  # how long a walk may rest between two pages
ALL = "dfs_query_then_fetch"
WHOLE: Json = {"allow_partial_search_results": False, "search_type": ALL}
REPLACED = "the index was replaced while it was being read; ask again"


class Reader:
    """Reads one index of a generation. Errors: NotThere if it is gone, and those of line.py."""

    def __init__(self, line: Line, index: str, seconds: float) -> None:
        self._line, self.index, self._seconds = line, index, seconds

    def search(self, body: Json) -> Json:
        """One answer, of all shards."""
        whole = self._timed(body) | WHOLE | {"preference": _copies(body)}
        return _checked(self._line.ask(lambda client: dict(client.search(index=self.index, **whole))))

    def searches(self, bodies: Sequence[Json]) -> list[Json]:
        """Several answers in one call."""
        lines = [part for body in bodies for part in (WHOLE | {"preference": _copies(body)}, self._timed(body))]
        if not lines:
            return []
        found = self._line.ask(lambda client: client.msearch(index=self.index, searches=lines))
        return [_checked(each) for each in found["responses"]]

    def count(self) -> int:
        return int(self._line.ask(lambda client: client.count(index=self.index))["count"])

    def walk(self, body: Json) -> Iterator[Json]:
        """All hits, page by page, from one state of the index; `sort` must make every hit different."""
        with self._point_in_time() as point:
            after: list[Any] | None = None
            while True:
                page = self._timed(body) | {"pit": point, "size": PAGE, "track_total_hits": False}
                hits = self._page(page | ({"search_after": after} if after else {}))["hits"]["hits"]
                for hit in hits:
                    yield hit | {"sort": hit["sort"][: len(body["sort"])]}  # what follows is the point in time's own
                if len(hits) < PAGE:
                    return
                after = hits[-1]["sort"]

    def counted(self, field: str) -> Iterator[tuple[int, int]]:
        """Each number that a field has, ascending, and how many documents have it, from one state of the index."""
        with self._point_in_time() as point:
            wanted = {"size": PAGE, "sources": [{"value": {"terms": {"field": field}}}]}
            after: Json = {}
            while True:
                counting = {"composite": wanted | ({"after": after} if after else {})}
                page = self._timed({"pit": point, "size": 0, "track_total_hits": False, "aggs": {"found": counting}})
                found = self._page(page)["aggregations"]["found"]
                yield from ((int(bucket["key"]["value"]), int(bucket["doc_count"])) for bucket in found["buckets"])
                after = found.get("after_key", {})
                if not after:
                    return

    def _page(self, body: Json) -> Json:
        try:
            return _checked(self._line.ask(lambda client: dict(client.search(**body, search_type=ALL)), retry=True))
        except IndexUnavailable as error:
            if self._line.ask(lambda client: bool(client.indices.exists(index=self.index))):
                raise
            raise IndexUnavailable(REPLACED, error.detail) from error

    @contextmanager
    def _point_in_time(self) -> Iterator[Json]:
        def open_one(client: Elasticsearch) -> str:
            opened = client.open_point_in_time(index=self.index, keep_alive=KEPT, allow_partial_search_results=False)
            return str(opened["id"])

        point = self._line.ask(open_one)
        try:
            yield {"id": point, "keep_alive": KEPT}
        finally:
            with suppress(IndexUnavailable):  # it ends by itself
                self._line.ask(lambda client: client.close_point_in_time(id=point))

    def _timed(self, body: Json) -> Json:
        """With what keeps an answer small and in time: the cluster gives up before the caller does."""
        return {"timeout": f"{max(1, int(self._seconds * 900))}ms", "_source": False, **body}


def _copies(body: Json) -> str:
    """The same for all pages of an answer."""
    return str(crc32(repr(body["query"]).encode()) if "query" in body else 0)


def _checked(found: Json) -> Json:
    if found.get("timed_out"):
        raise ClusterAway(BUSY, "a search timed out")
    if "error" in found:
        raise IndexUnavailable(detail=str(found["error"])[:1000])
    return found
