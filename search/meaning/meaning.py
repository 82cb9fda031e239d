"""Which parts make search by meaning? The model, the vectors it made, and how these follow the catalog.

It follows on its own, behind the index of words: making vectors takes longer than all else that indexing does, and
a search by words never waits for it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from catalog import Catalog
from search.engines.cluster import Cluster
from search.engines.engine import IndexedWork, Target
from search.indexing import Stride, catalog_begun, follow
from search.meaning import pieces
from search.meaning.cache import Cache, digest
from search.meaning.model import Encoder, Model, available, model_version
from search.meaning.vectors import Near, Piece, Vectors

BATCH = 20  # works read from the catalog at once
COMMIT_EVERY = 50  # batches
COMMIT_CHARACTERS = 6_000_000  # about a minute of the model's time

PREFIX = "meaning:"
OUTDATED = "meaning_outdated"
NOT_YET = "meaning_not_yet"


class Meaning:
    """Finds the passages that say something like a text."""

    def __init__(self, vectors: Vectors, model: Encoder, folder: Path) -> None:
        self.vectors = vectors
        self.model = model
        self.folder = folder  # of the cache

    def trouble(self) -> str:
        """Why nothing can be found, as complaints.toml names it; empty if all is well."""
        target = self.vectors.reading()
        if target is None:
            return NOT_YET
        shape = target.shape()
        return OUTDATED if shape is None or not _shape().items() <= shape.items() else ""

    def nearest(self, text: str, limit: int, works: Collection[int] | None = None) -> list[Near]:
        """The passages that say most nearly what the text says, the nearest first; of these works, if any are named."""
        return self.vectors.nearest(self.model.embed([text])[0], limit, works)


def open_meaning(place: Path | Cluster, folder: Path) -> Meaning | None:
    """Search by meaning beside an index in a folder, or in a cluster; `folder` is for what it keeps on this machine.

    None where the extra is not installed. It loads nothing yet.
    """
    if not available():
        return None
    if isinstance(place, Cluster):
        from search.meaning.clustered import ClusterVectors

        return Meaning(ClusterVectors(place), Model(), folder)
    from search.meaning.local import LocalVectors

    return Meaning(LocalVectors(folder), Model(), folder)


def meaning_changes(
    catalog: Catalog, meaning: Meaning, wait: float = 30.0, progress: Callable[[int, int], None] | None = None
) -> int:
    """Gives the passages of all works that have changed their vectors; returns how many works were looked at.

    Killed at any moment it goes on where it was: vectors that were made are not made again.
    """
    stride = Stride(PREFIX, BATCH, COMMIT_EVERY, COMMIT_CHARACTERS)
    if progress:
        stride = Stride(PREFIX, BATCH, COMMIT_EVERY, COMMIT_CHARACTERS, progress)
    shape = _shape() | {"catalog": catalog_begun(catalog)}
    return follow(catalog, _Embedding(meaning.vectors, Cache(meaning.folder, meaning.model)), shape, stride, wait)


def _shape() -> dict[str, str]:
    """What the vectors depend on."""
    return {"model": model_version(), "pieces": pieces.VERSION}


class _Embedding:
    """A follower of the changes that gives passages their vectors."""

    def __init__(self, vectors: Vectors, cache: Cache) -> None:
        self._vectors, self._cache = vectors, cache

    @contextmanager
    def writing(self, shape: Mapping[str, str], wait: float = 30.0, afresh: bool = False) -> Iterator[Target]:
        with self._vectors.writing(shape, wait, afresh) as target:
            yield target

    def add(self, works: Iterable[IndexedWork]) -> None:
        for work in works:
            found = list(pieces.pieces_of(work))
            vectors = self._cache.embed([text for _, text in found])
            self._vectors.remove([work.id])
            self._vectors.add([Piece(work.id, at, digest(text)) for at, text in found], vectors)

    def remove(self, works: Iterable[int], seq: int = 0) -> None:
        self._vectors.remove(list(works))

    def commit(self) -> None:
        self._vectors.commit()
