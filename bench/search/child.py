"""What are one candidate's figures on one corpus? Taken in a process of its own, so that its memory is its own.

python -m bench.search.child CANDIDATE CORPUS PLACE     prints one line of JSON
"""

import json
import resource
import sys
import time
from pathlib import Path

from bench.measure import percentile
from bench.search.candidate import Candidate
from bench.search.corpus import Corpus
from bench.search.fts5 import Fts5
from bench.search.mix import MIX
from bench.search.ours import Clustered, Embedded
from bench.search.raw import OneField, SameDocuments

ROUNDS = 5  # of the mix, after one that warms up


def candidate(name: str, place: str, corpus: Corpus) -> Candidate:
    """`place` is a folder, or the address of a cluster."""
    match name:
        case "tantivy":
            return Embedded(Path(place), corpus.texts())
        case "elasticsearch":
            return Clustered(place, corpus.texts())
        case "raw":
            return SameDocuments(Path(place))
        case "one":
            return OneField(Path(place))
        case "fts5":
            return Fts5(Path(place) / "fts5.sqlite")
    raise ValueError(name)


def measure(name: str, folder: Path, place: str) -> dict[str, object]:
    corpus = Corpus(folder)
    tested = candidate(name, place, corpus)
    figures: dict[str, object] = {"name": tested.name, "works": corpus.size[0], **_indexing(tested, corpus)}
    figures |= _asking(tested, "")
    if isinstance(tested, Embedded | Clustered):
        tested.unit = "paragraphs"
        figures |= _asking(tested, "paragraphs_")
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    figures |= {"bytes": tested.bytes(), "memory": own, "server": tested.memory()}
    if isinstance(tested, Clustered):
        tested.forget()
    return figures


def _indexing(tested: Candidate, corpus: Corpus) -> dict[str, float]:
    """All of it: analysis, adding, commit, merges; not the loading of works from disk."""
    spent = busy = 0.0
    for works in corpus.batches():
        begun, began = time.perf_counter(), time.process_time()
        tested.index(works)
        spent, busy = spent + time.perf_counter() - begun, busy + time.process_time() - began
    begun, began = time.perf_counter(), time.process_time()
    tested.commit()
    spent, busy = spent + time.perf_counter() - begun, busy + time.process_time() - began
    return {"seconds": spent, "cpu": busy}


def _asking(tested: Candidate, prefix: str) -> dict[str, object]:
    taken: list[float] = []
    slowest, works = ("", 0.0), 0
    for turn in range(ROUNDS + 1):
        for asked in MIX:
            begun = time.perf_counter()
            works += tested.answer(tested.prepare(asked))
            took = (time.perf_counter() - begun) * 1000
            if turn:
                taken.append(took)
                slowest = max(slowest, (asked.text, took), key=lambda pair: pair[1])
    found = {f"{prefix}p{share}": percentile(taken, share / 100) for share in (50, 95, 99)}
    return {**found, f"{prefix}slowest": slowest[0], f"{prefix}found": works // (ROUNDS + 1)}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(sys.argv[1], Path(sys.argv[2]), sys.argv[3])) + "\n")
