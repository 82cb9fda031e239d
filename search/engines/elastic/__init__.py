"""How does Elasticsearch answer? A cluster behind the protocol of engine.py, for what outgrows one machine."""

from search.engines.elastic.elastic import ElasticEngine

__all__ = ["ElasticEngine"]
