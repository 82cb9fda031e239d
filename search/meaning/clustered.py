"""How are vectors kept in an Elasticsearch cluster? An index of its own, with a graph that the cluster keeps.

PREFIX-meaning-GENERATION    a document a piece: its vector, and which passage it is of; `_meta` says how it was made
                             (shape) and how far it is (seq)
PREFIX-meaning               the alias of the current one
PREFIX-writer-meaning        who may write

The cluster walks its graph by vectors of a bit a number and compares those that it finds there in whole (`bbq_hnsw`):
of what was tried on 19,000 pieces that found most and takes the least memory, if not always the least time. What is
sent twice is the same document.
"""

import secrets
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from search.engines.cluster import Cluster
from search.engines.elastic.lease import Lease
from search.engines.elastic.line import BROKEN, BUSY, TEMPORARY, ClusterAway, Line, NotThere
from search.engines.engine import PassageAddress, Target
from search.errors import IndexUnavailable
from search.meaning.model import DIMENSIONS
from search.meaning.vectors import SAME, Near, Piece

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

    from search.meaning.model import Matrix, Vector

Json: TypeAlias = dict[str, Any]
T = TypeVar("T")

MOST = 10_000  # pieces that one search takes or gives, and works in one filter
CHUNK_BYTES = 8_000_000
CHUNK_DOCUMENTS = 500

MAPPING: Json = {
    "dynamic": "strict",
    "properties": {
        "work": {"type": "keyword"},
        "document": {"type": "keyword", "index": False},
        "ordinal": {"type": "integer", "index": False},
        "text": {"type": "keyword", "index": False},
        "vector": {
            "type": "dense_vector",
            "dims": DIMENSIONS,
            "similarity": "dot_product",
            "index_options": {"type": "bbq_hnsw"},
        },
    },
}


@dataclass(frozen=True, slots=True)
class _InCluster:
    vectors: "ClusterVectors"
    name: str
    lease: Lease | None = None  # of whoever writes

    def shape(self) -> Mapping[str, str] | None:
        shape: Mapping[str, str] = self.vectors.meta(self.name).get("shape", {})
        return shape

    def noted(self) -> int:
        return int(self.vectors.meta(self.name).get("seq", 0))

    def note(self, seq: int) -> None:
        self.vectors.note(self.name, seq)

    def publish(self) -> None:
        if self.lease:
            self.lease.check()  # what another process is building must not be taken away
        self.vectors.publish(self.name)


class ClusterVectors:
    """The vectors in a cluster. IndexUnavailable, in a sentence, while the cluster cannot be used."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster, self._line = cluster, Line(cluster)
        self._alias = cluster.named("meaning")
        self._index = ""  # that is being written
        self._wait = 0.0
        self._unseen: set[int] = set()  # works written since the last refresh

    @contextmanager
    def writing(self, shape: Mapping[str, str], wait: float = 30.0, afresh: bool = False) -> Iterator[Target]:
        lease = Lease(self._line, self._cluster.named("writer", "meaning"))
        with lease.held(wait):
            name = self._line.insist(lambda _: self._to_write(shape, afresh), wait)
            self._index, self._wait = self._named(name), wait
            try:
                self.commit()  # what a writer before this one sent is to be found, so that it can be replaced
                yield _InCluster(self, name, lease)
            finally:
                self._index = ""

    def reading(self) -> Target | None:
        name = self._current()
        return _InCluster(self, name) if name else None

    def add(self, pieces: Sequence[Piece], vectors: "Matrix") -> None:
        self._unseen |= {piece.work for piece in pieces}
        self._send(_action(self._index, piece, vector.tolist()) for piece, vector in zip(pieces, vectors, strict=True))

    def remove(self, works: Collection[int]) -> None:
        if self._unseen & set(works):
            self.commit()
        query = {"terms": {"work": [str(work) for work in works]}}
        if works:
            self._insist(
                lambda client: client.delete_by_query(
                    index=self._index, query=query, conflicts="proceed", refresh=False
                )
            )

    def commit(self) -> None:
        self._insist(lambda client: client.indices.refresh(index=self._index))
        self._unseen.clear()

    def nearest(self, vector: "Vector", limit: int, works: Collection[int] | None = None) -> list[Near]:
        filtered = works is not None and len(works) <= MOST
        if limit < 1 or (works is not None and not works):
            return []
        wanted = min(limit + limit // 2, MOST)  # several pieces may be of one passage
        while True:
            hits = self._search(vector, wanted, works if filtered else None)
            near = _passages(hits, None if filtered else works)
            if len(near) >= limit or len(hits) < wanted or wanted == MOST:
                return near[:limit]
            wanted = min(4 * wanted, MOST)

    def count(self) -> int:
        """Pieces are counted by the passages that they are of."""
        source = "doc['document'].value + ' ' + doc['ordinal'].value"
        asked = {"passages": {"cardinality": {"script": source, "precision_threshold": 40_000}}}
        try:
            found = self._line.ask(lambda client: client.search(index=self._alias, size=0, aggregations=asked))
        except NotThere:
            return 0
        return int(found["aggregations"]["passages"]["value"])

    def meta(self, name: str) -> Json:
        index = self._named(name)
        found = self._line.ask(lambda client: client.indices.get_mapping(index=index))
        meta: Json = found[index]["mappings"].get("_meta", {})
        return meta

    def note(self, name: str, seq: int) -> None:
        meta = self.meta(name) | {"seq": seq}
        self._insist(lambda client: client.indices.put_mapping(index=self._named(name), meta=meta))

    def publish(self, name: str) -> None:
        """Readers see this one, in one call; all others are removed."""
        own = self._named(name)
        if self._current() != name:
            actions: list[Json] = [
                {"remove": {"index": self._named("*"), "alias": self._alias, "must_exist": False}},
                {"add": {"index": own, "alias": self._alias}},
            ]
            self._line.ask(lambda client: client.indices.update_aliases(actions=actions))
        self._clean(own)

    def _search(self, vector: "Vector", wanted: int, works: Collection[int] | None) -> list[Json]:
        knn: Json = {"field": "vector", "query_vector": vector.tolist(), "k": wanted}
        knn["num_candidates"] = min(2 * wanted, MOST)
        if works is not None:
            knn["filter"] = {"terms": {"work": [str(work) for work in works]}}
        fields: list[Json] = [{"field": name} for name in ("work", "document", "ordinal", "text")]
        try:
            found = self._line.ask(
                lambda client: client.search(
                    index=self._alias,
                    knn=knn,
                    size=wanted,
                    source=False,
                    docvalue_fields=fields,
                    track_total_hits=False,
                )
            )
        except NotThere:
            return []
        hits: list[Json] = found["hits"]["hits"]
        return hits

    def _insist(self, call: "Callable[[Elasticsearch], T]") -> T:
        if not self._index:
            raise IndexUnavailable("vectors in a cluster are written inside `with vectors.writing(...)`")
        return self._line.insist(call, self._wait)

    def _send(self, actions: Iterable[Json]) -> None:
        from elasticsearch import helpers

        wanted = list(actions)

        def send(client: "Elasticsearch") -> None:
            sent = helpers.streaming_bulk(
                client, wanted, CHUNK_DOCUMENTS, CHUNK_BYTES, raise_on_error=False, max_retries=5, yield_ok=False
            )
            for _, item in sent:
                ((_, said),) = item.items()
                kind = ClusterAway if said["status"] in TEMPORARY else IndexUnavailable
                raise kind(BUSY if kind is ClusterAway else BROKEN, str(said.get("error"))[:1000])

        self._insist(send)

    def _current(self) -> str | None:
        try:
            found = self._line.ask(lambda client: client.indices.get_alias(name=self._alias))
        except NotThere:
            return None
        return str(next(iter(found.body))).removeprefix(self._named(""))

    def _to_write(self, shape: Mapping[str, str], afresh: bool) -> str:
        """The current generation if it has the right shape; else a new one, begun before or now."""
        current = self._current()
        found = self._line.ask(lambda client: client.indices.get_mapping(index=self._named("*")))
        metas = {
            index.removeprefix(self._named("")): each["mappings"].get("_meta", {}) for index, each in found.items()
        }
        fitting = [
            name for name in sorted(metas, key=lambda name: name != current) if metas[name].get("shape") == shape
        ]
        if fitting and not afresh:
            return str(fitting[0])
        self._clean(self._named(current) if current else "")
        name = f"{time.strftime('%Y%m%dt%H%M%S', time.gmtime())}-{secrets.token_hex(4)}"
        settings = {
            "number_of_shards": self._cluster.shards,
            "number_of_replicas": self._cluster.replicas,
            "refresh_interval": "-1",
        }
        mapping = MAPPING | {"_meta": {"shape": dict(shape), "seq": 0}}
        aliases: Json = {} if current else {self._alias: {}}
        self._line.ask(
            lambda client: client.indices.create(
                index=self._named(name), mappings=mapping, settings=settings, aliases=aliases
            )
        )
        return name

    def _clean(self, keep: str) -> None:
        found = self._line.ask(lambda client: client.indices.get_alias(index=self._named("*")))
        for index in sorted(set(found.body) - {keep}):
            self._delete(index)

    def _delete(self, index: str) -> None:
        self._line.ask(lambda client: client.indices.delete(index=index, ignore_unavailable=True))

    def _named(self, generation: str) -> str:
        return self._cluster.named("meaning", generation)


def _action(index: str, piece: Piece, vector: list[float]) -> Json:
    key = f"{piece.work}-{piece.at.document_id}-{piece.at.ordinal}-{piece.text.hex()[:32]}"
    source = {
        "work": str(piece.work),
        "document": str(piece.at.document_id),
        "ordinal": piece.at.ordinal,
        "text": piece.text.hex(),
        "vector": vector,
    }
    return {"_op_type": "index", "_index": index, "_id": key, "_source": source}


def _passages(hits: Sequence[Json], works: Collection[int] | None) -> list[Near]:
    """Each passage once, by its best piece; of one text no more than SAME places."""
    allowed = None if works is None else set(works)
    found: dict[tuple[int, int, int], float] = {}
    places: dict[str, int] = {}
    for hit in hits:
        fields = {name: values[0] for name, values in hit["fields"].items()}
        key = (int(fields["work"]), int(fields["document"]), int(fields["ordinal"]))
        if key in found or (allowed is not None and key[0] not in allowed):
            continue
        places[fields["text"]] = places.get(fields["text"], 0) + 1
        if places[fields["text"]] <= SAME:
            found[key] = 2 * hit["_score"] - 1  # the cluster's score is (1 + cosine) / 2
    order = sorted(found.items(), key=lambda each: (-each[1], each[0]))
    return [Near(work, PassageAddress(document, ordinal), value) for (work, document, ordinal), value in order]
