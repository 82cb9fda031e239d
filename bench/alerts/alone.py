"""How long do searches take with new works, before any ledger? Ours, and what it is to be beaten by, one at a time.

Each candidate is given the works as they come from the catalog and the trees as they are kept; it indexes the works,
asks every search, and names the works that each one finds. What is done once, for all batches to come, is timed apart.
"""

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Protocol

from search import analysis, open_engine
from search.alerts.matching.newcomers import Newcomers, ones
from search.alerts.matching.questions import Questions
from search.engines.engine import IndexedWork
from search.query.tree import And, Match, Node, Or

NAIVE_SEARCHES, NAIVE_WORKS = 60, 50  # all pairs of these are tried, the rest is reckoned
PERCOLATED = 500  # works in one request

Figures = dict[str, float | str]


class Candidate(Protocol):
    """`prepare` is done once; `match` returns how many pairs it found."""

    name: str

    def prepare(self, searches: Sequence[tuple[str, Node]]) -> None: ...
    def match(self, works: Sequence[IndexedWork]) -> int: ...


class Ours:
    name = "Forumwatch"

    def prepare(self, searches: Sequence[tuple[str, Node]]) -> None:
        self.questions = Questions()
        self.asking: dict[int, int] = {}
        for _, tree in searches:
            place = self.questions.add(tree)
            self.asking[place] = self.asking.get(place, 0) + 1

    def match(self, works: Sequence[IndexedWork]) -> int:
        newcomers = Newcomers(self.questions, works)
        found = {place: [works[at].id for at in ones(bits)] for place, bits in newcomers.answers()}
        return sum(len(ids) * self.asking[place] for place, ids in found.items())


class Engine:
    name = "our search engine in memory, search by search"

    def prepare(self, searches: Sequence[tuple[str, Node]]) -> None:
        self.trees = [tree for _, tree in searches]

    def match(self, works: Sequence[IndexedWork]) -> int:
        engine = open_engine(None)
        engine.add(works)
        engine.commit()
        return sum(len(engine.members(tree)) for tree in self.trees)


class Raw:
    name = "raw Tantivy in memory, one field, unstemmed, search by search"

    def prepare(self, searches: Sequence[tuple[str, Node]]) -> None:
        self.texts = [text if " OR " in text or text[0] == '"' else text.replace(" ", " AND ") for text, _ in searches]

    def match(self, works: Sequence[IndexedWork]) -> int:
        import tantivy

        schema = tantivy.SchemaBuilder().add_integer_field("id", fast=True).add_text_field("text").build()
        index = tantivy.Index(schema)
        writer = index.writer(50_000_000, 1)
        for work in works:
            document = tantivy.Document()
            document.add_integer("id", work.id)
            for paragraph in work.paragraphs:
                document.add_text("text", paragraph.text)
            writer.add_document(document)
        writer.commit()
        index.reload()
        searcher = index.searcher()
        asked = (index.parse_query(text, ["text"]) for text in self.texts)
        return sum(len(searcher.search(query, len(works), count=False).hits) for query in asked)


class Naive:
    name = "each search over each work (reckoned from a sample)"

    def prepare(self, searches: Sequence[tuple[str, Node]]) -> None:
        step = max(1, len(searches) // NAIVE_SEARCHES)
        self.trees = [tree for _, tree in searches[::step]][:NAIVE_SEARCHES]
        self.share = len(searches) / len(self.trees)

    def match(self, works: Sequence[IndexedWork]) -> int:
        some = works[:NAIVE_WORKS]
        return round(
            sum(_holds(work, tree) for tree in self.trees for work in some) * self.share * len(works) / len(some)
        )

    def reckoned(self, seconds: float, works: int) -> float:
        return seconds * self.share * works / NAIVE_WORKS


class Percolator:
    """Elasticsearch's own way, in its best batches; it compares words as they are written, unstemmed.

    The server that the tests run is a distribution without that module: this needs a whole one.
    """

    name = f"Elasticsearch's percolator, {PERCOLATED} works a request"

    def __init__(self, url: str) -> None:
        from elasticsearch import Elasticsearch

        self.client = Elasticsearch(url, request_timeout=600)

    def prepare(self, searches: Sequence[tuple[str, Node]]) -> None:
        properties = {"query": {"type": "percolator"}, "text": {"type": "text"}}
        self.client.options(ignore_status=404).indices.delete(index="bench-percolator")
        settings = {"number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": "-1"}
        self.client.indices.create(index="bench-percolator", settings=settings, mappings={"properties": properties})
        for start in range(0, len(searches), 5000):
            operations: list[Mapping[str, object]] = []
            for number, (text, _) in enumerate(searches[start : start + 5000], start):
                operations += [{"index": {"_id": str(number)}}, {"query": _in_elasticsearch(text)}]
            self.client.bulk(index="bench-percolator", operations=operations)
        self.client.indices.refresh(index="bench-percolator")
        self.client.indices.forcemerge(index="bench-percolator", max_num_segments=1)

    def match(self, works: Sequence[IndexedWork]) -> int:
        found = 0
        for start in range(0, len(works), PERCOLATED):
            documents = [
                {"text": [each.text for each in work.paragraphs]} for work in works[start : start + PERCOLATED]
            ]
            after: list[object] | None = None
            while True:
                answer = self.client.search(
                    index="bench-percolator",
                    query={"constant_score": {"filter": {"percolate": {"field": "query", "documents": documents}}}},
                    size=10_000,
                    source=False,
                    sort=["_doc"],
                    search_after=after,
                    track_total_hits=False,
                )
                hits = answer["hits"]["hits"]
                found += sum(len(hit["fields"]["_percolator_document_slot"]) for hit in hits)
                if len(hits) < 10_000:
                    break
                after = hits[-1]["sort"]
        return found


def measured(candidate: Candidate, searches: Sequence[tuple[str, Node]], works: Sequence[IndexedWork]) -> Figures:
    """The quickest of three turns, as what disturbs only ever makes slower."""
    prepared = _seconds(lambda: candidate.prepare(searches))
    found, best, cpu = 0, float("inf"), float("inf")
    for _ in range(1 if isinstance(candidate, Percolator | Naive) else 3):
        if isinstance(candidate, Ours):
            candidate.prepare(searches)  # so that no text is known beforehand
        gc.collect()
        begun, busy = time.perf_counter(), time.process_time()
        found = candidate.match(works)
        best, cpu = min(best, time.perf_counter() - begun), min(cpu, time.process_time() - busy)
    if isinstance(candidate, Naive):
        best, cpu = candidate.reckoned(best, len(works)), candidate.reckoned(cpu, len(works))
    return {"name": candidate.name, "prepared": prepared, "seconds": best, "cpu": cpu, "pairs": found}


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _holds(work: IndexedWork, tree: Node) -> bool:
    match tree:
        case And(items):
            return all(_holds(work, item) for item in items)
        case Or(items):
            return any(_holds(work, item) for item in items)
        case Match():
            texts = {
                analysis.chain_of(each.language): " ".join(one.text for one in work.paragraphs)
                for each in work.paragraphs[:1]
            }
            return any(
                _stands(tokens, analysis.analyse(texts[chain], chain))
                for chain, tokens in tree.alternatives
                if chain in texts
            )
    raise TypeError(tree)


def _stands(tokens: tuple[str, ...], text: list[str]) -> bool:
    return tokens in pairwise(text) if len(tokens) == 2 else tokens[0] in text


def _in_elasticsearch(text: str) -> Mapping[str, object]:
    if text.startswith('"'):
        return {"match_phrase": {"text": text.strip('"')}}
    words = text.split(" OR ")
    if len(words) > 1:
        return {"bool": {"should": [{"match": {"text": word}} for word in words]}}
    return {"bool": {"must": [{"match": {"text": word}} for word in text.split()]}}
