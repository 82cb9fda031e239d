"""How do works get into a generation? In bounded pieces, each document with the number of its change.

No document ever replaces a newer one (external versions), so that everything may be sent twice, and late. A passage
that a new version of its work no longer has is removed in the same go; both are seen at the next commit. The cluster
saying that it is too busy, or not answering, makes the writer wait; what it refuses to take is kept aside with its
reason while all else goes on, and named at the end.
"""

import logging
from collections.abc import Iterable, Iterator
from typing import Any

from elasticsearch import ApiError, Elasticsearch, helpers

from search.engines.elastic.line import BROKEN, BUSY, FORBIDDEN, TEMPORARY, ClusterAway, Line, refusal
from search.engines.elastic.mapping import Json, documents
from search.engines.engine import IndexedWork
from search.errors import IndexUnavailable

log = logging.getLogger(__name__)

CHUNK_BYTES = 8_000_000
CHUNK_DOCUMENTS = 1000
LONGEST_WORK = 30_000_000  # characters; Elasticsearch takes 100 MB at once, and hangs up on more
TRIES = 5  # of a single document that the cluster was too busy for, with growing pauses
REFUSED = frozenset((400, 413))  # never taken, however often it is sent
PAGE = 10_000  # hits at once; Elasticsearch gives no more


class Writer:
    """Writes to the two indexes of one generation; waits up to `wait` seconds for a cluster that is away."""

    def __init__(self, line: Line, works: str, passages: str, wait: float) -> None:
        self._line, self._works, self._passages, self._wait = line, works, passages, wait
        self._unseen: dict[int, dict[str, int]] = {}  # passages written since the commit, by work
        self.refused: dict[int, str] = {}

    def add(self, works: Iterable[IndexedWork]) -> None:
        """Adds or replaces; of a work given twice, the last counts."""
        wanted = {work.id: work for work in works}
        for work in wanted:
            self.refused.pop(work, None)
        if wanted:
            self._line.insist(lambda client: self._send(client, wanted), self._wait)

    def remove(self, works: Iterable[int], seq: int = 0) -> None:
        """Removes; `seq` is the change because of which, 0 where that is not known."""
        wanted = list(dict.fromkeys(works))
        if wanted:
            self._line.insist(lambda client: self._take_out(client, wanted, seq), self._wait)

    def commit(self) -> None:
        """Passages first: a work that is found has its passages."""
        self._refresh(self._passages)
        self._refresh(self._works)
        self._unseen.clear()

    def see_all(self) -> None:
        """What a writer before this one sent and never committed is to be found, so that it can be replaced."""
        self._refresh(self._passages)

    def _refresh(self, index: str) -> None:
        self._line.insist(lambda client: client.indices.refresh(index=index), self._wait)

    def _send(self, client: Elasticsearch, works: dict[int, IndexedWork]) -> None:
        versions = self._versions(client, list(works))
        works = {each: work for each, work in works.items() if versions.get(each, 0) <= work.seq}
        for each in [each for each, work in works.items() if _length(work) > LONGEST_WORK]:
            del works[each]
            self._refuse(each, f"it is longer than {LONGEST_WORK:,} characters")
        there = self._passages_there(client, list(works))
        self._bulk(client, (action for work in works.values() for action in self._actions(work, there[work.id])))

    def _actions(self, work: IndexedWork, there: dict[str, int]) -> Iterator[Json]:
        document, passages = documents(work)
        self._unseen.setdefault(work.id, {}).update(dict.fromkeys(passages, work.seq))
        for key in there.keys() - passages.keys():
            yield _action("delete", self._passages, key, work.seq)
        for key, passage in passages.items():
            yield _action("index", self._passages, key, work.seq) | {"_source": passage}
        yield _action("index", self._works, str(work.id), work.seq) | {"_source": document}

    def _take_out(self, client: Elasticsearch, works: list[int], seq: int) -> None:
        there, versions = self._passages_there(client, works), self._versions(client, works)
        actions = [_action("delete", self._works, str(work), seq or version) for work, version in versions.items()]
        actions += [
            _action("delete", self._passages, key, seq or own) for keys in there.values() for key, own in keys.items()
        ]
        self._bulk(client, actions)

    def _versions(self, client: Elasticsearch, works: list[int]) -> dict[int, int]:
        """The change that each work stands for which is there, committed or not."""
        found = client.mget(index=self._works, ids=[str(work) for work in works], source=False)["docs"]
        return {int(each["_id"]): each["_version"] for each in found if each.get("found")}

    def _passages_there(self, client: Elasticsearch, works: list[int]) -> dict[int, dict[str, int]]:
        """Per work the ids of its passages, each with the change that it stands for: those seen, and our own."""
        there = {work: dict(self._unseen.get(work, {})) for work in works}
        wanted = {"terms": {"work": works}}
        sort: list[Json] = [{"work": "asc"}, {"place": "asc"}]
        after: list[Any] | None = None
        while True:
            found = client.search(
                index=self._passages,
                query=wanted,
                size=PAGE,
                sort=sort,
                search_after=after,
                docvalue_fields=[{"field": "seq"}],
                source=False,
                track_total_hits=False,
            )
            hits = found["hits"]["hits"]
            for hit in hits:
                there[hit["sort"][0]].setdefault(hit["_id"], hit["fields"]["seq"][0])
            if len(hits) < PAGE:
                return there
            after = hits[-1]["sort"]

    def _bulk(self, client: Elasticsearch, actions: Iterable[Json]) -> None:
        sent = helpers.streaming_bulk(
            client,
            actions,
            chunk_size=CHUNK_DOCUMENTS,
            max_chunk_bytes=CHUNK_BYTES,
            raise_on_error=False,
            raise_on_exception=False,
            max_retries=TRIES,
            initial_backoff=0.5,
            max_backoff=10,
            yield_ok=False,
        )
        for _, item in sent:
            ((kind, said),) = item.items()
            self._failed(kind, said)

    def _failed(self, kind: str, said: Json) -> None:
        """What is to be done about one document that was not written: nothing, wait and try again, or keep it aside."""
        status, error = said["status"], said.get("exception")
        if status == 409 or (status == 404 and kind == "delete"):
            return  # a newer one is there, or it is gone already
        if isinstance(error, ApiError) and status not in REFUSED:
            raise refusal(error)
        if status in TEMPORARY:
            raise ClusterAway(BUSY, str(said.get("error"))[:1000])
        if status not in REFUSED:
            raise IndexUnavailable(FORBIDDEN if status in (401, 403) else BROKEN, str(said.get("error"))[:1000])
        self._refuse(int(said["_id"].partition("-")[0]), _reason(said.get("error")))

    def _refuse(self, work: int, reason: str) -> None:
        log.error("the search cluster does not take work %d: %s", work, reason)
        self.refused.setdefault(work, reason)


def _action(kind: str, index: str, key: str, version: int) -> Json:
    """`external_gte`: the same version may be written again."""
    return {"_op_type": kind, "_index": index, "_id": key, "version": version, "version_type": "external_gte"}


def _length(work: IndexedWork) -> int:
    return sum(len(each.text) for each in work.paragraphs)


def _reason(error: Any) -> str:
    """The innermost cause, which says most."""
    while isinstance(error, dict) and isinstance(error.get("caused_by"), dict):
        error = error["caused_by"]
    return str(error.get("reason") if isinstance(error, dict) else error)[:300]
