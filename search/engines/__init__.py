"""Which engine answers? For now the embedded one, on disk or in memory."""

from pathlib import Path

from search.engines.engine import Engine


def open_engine(path: Path | None) -> Engine:
    """The index in the folder `path` (made when first written), or an empty one in memory."""
    from search.engines.tantivy import TantivyEngine

    return TantivyEngine(path)


__all__ = ["Engine", "open_engine"]
