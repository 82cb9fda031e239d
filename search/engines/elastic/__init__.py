"""How does Elasticsearch answer? A cluster behind the protocol of engine.py, for what outgrows one machine."""

from search.engines.elastic.elastic import ElasticEngine
from search.engines.elastic.writer import WorksRefused

__all__ = ["ElasticEngine", "WorksRefused"]
