"""A process that changes the catalog and indexes it, for ever, in small steps: to be killed at any moment.

    python -m tests.search.busy_indexer CATALOG_URL INDEX SEED [one]

INDEX is a folder, or URL#PREFIX.

It prints a line once it has begun. Now and then it wants another shape, so that rebuilds are killed as well; not if
it is told to keep to one.
"""

import random
import sys
from pathlib import Path

from catalog import Catalog
from search import analysis, index_changes, indexing, open_engine
from search.engines import Cluster
from tests.search.library import WORKS, changed, put, withdraw


def place_of(written: str) -> Path | Cluster:
    """A folder, or a place in a cluster as URL#PREFIX."""
    url, _, prefix = written.partition("#")
    return Cluster(url, prefix=prefix) if prefix else Path(written)


def main(url: str, path: str, seed: str, shapes: str = "") -> None:
    chance = random.Random(int(seed))
    catalog, engine = Catalog(url), open_engine(place_of(path))
    indexing.BATCH, indexing.COMMIT_EVERY = 3, 1
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    while True:
        for work in chance.sample(WORKS, 4):
            if chance.random() < 0.2:
                put(catalog, work)
                withdraw(catalog, work.key)
            else:
                put(catalog, changed(work, f"migrants number {chance.randint(0, 9)}", "domestic workers"))
        if shapes != "one":
            analysis.VERSION = chance.choice(["1", "1", "other"])
        index_changes(catalog, engine)


if __name__ == "__main__":
    main(*sys.argv[1:])
