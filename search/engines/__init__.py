"""Which engine answers? The embedded one, on disk or in memory, or an Elasticsearch cluster."""

from pathlib import Path

from search.engines.cluster import Cluster
from search.engines.engine import Engine


def open_engine(place: Path | Cluster | None) -> Engine:
    """The index in a folder (made when first written) or in a cluster, or an empty one in memory."""
    from search.engines.tantivy import TantivyEngine

    if isinstance(place, Cluster):
        from search.engines.elastic import ElasticEngine

        return ElasticEngine(place)
    return TantivyEngine(place)


__all__ = ["Cluster", "Engine", "open_engine"]
