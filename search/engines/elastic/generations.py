"""Which indexes make an index? Generations beside each other, one of them behind the aliases that readers use.

PREFIX-works-GENERATION, PREFIX-passages-GENERATION    a generation; the works index says in its `_meta` how it was
                                                       made (shape) and how far it is (seq)
PREFIX-works, PREFIX-passages                          aliases of the current one, moved together in one call
PREFIX-writer                                          one document: who may write (lease.py)

A key for Forumwatch needs `manage`, `read` and `write` on PREFIX-*. With the cluster privilege
`manage_index_templates` the templates of both indexes are kept too: indexes are made with all that they need anyway,
but the templates keep one strict that somebody makes by hand, or from a backup.
"""

import logging
import secrets
import time
from collections.abc import Mapping
from typing import Any

from elasticsearch import Elasticsearch

from search.engines.cluster import Cluster
from search.engines.elastic.line import FORBIDDEN, Line, NotThere
from search.engines.elastic.mapping import Json, passages_mapping, works_mapping
from search.errors import IndexUnavailable

log = logging.getLogger(__name__)

PARTS = ("works", "passages")


class Generations:
    """The generations of one place in a cluster. Errors: those of line.py."""

    def __init__(self, line: Line, cluster: Cluster) -> None:
        self._line, self._cluster = line, cluster

    def part(self, name: str, part: str) -> str:
        return self._cluster.named(part, name)

    def current(self) -> str | None:
        """The generation to read; None before the first."""
        read = self.read()
        return read[0] if read else None

    def read(self) -> tuple[str, Json] | None:
        """The generation to read, and what it says of itself."""
        alias = self._cluster.named("works")
        try:
            found = self._line.ask(lambda client: client.indices.get_mapping(index=alias)).body
        except NotThere:
            return None
        ((index, said),) = found.items()
        return self._name(index), said["mappings"].get("_meta", {})

    def all(self) -> dict[str, Json]:
        """Every generation that was finished being made, with what its works index says of it."""
        pattern = self._cluster.named("works", "*")
        found = self._line.ask(lambda client: client.indices.get_mapping(index=pattern))
        notes = {self._name(index): each["mappings"].get("_meta", {}) for index, each in found.body.items()}
        return {name: notes[name] for name in sorted(notes)}

    def meta(self, name: str) -> Json:
        """What a generation says of itself; NotThere if there is none of that name."""
        index = self.part(name, "works")
        found = self._line.ask(lambda client: client.indices.get_mapping(index=index))
        meta: Json = found.body[index]["mappings"].get("_meta", {})
        return meta

    def note(self, name: str, seq: int, wait: float) -> None:
        meta, index = self.meta(name) | {"seq": seq}, self.part(name, "works")
        self._line.insist(lambda client: client.indices.put_mapping(index=index, meta=meta), wait)

    def new(self, shape: Mapping[str, str]) -> str:
        """The name of a new generation. It counts once its works index is there, which is made last."""
        self._put_templates()
        name = f"{time.strftime('%Y%m%dt%H%M%S', time.gmtime())}-{secrets.token_hex(4)}"
        for part in reversed(PARTS):
            mapping = _mapping(part) | ({"_meta": {"shape": dict(shape), "seq": 0}} if part == "works" else {})
            self._make(self.part(name, part), mapping)
        return name

    def publish(self, name: str) -> None:
        """Both aliases in one call: no reader sees the works of one generation with the passages of another."""
        actions = [
            action
            for part in PARTS
            for action in (
                {
                    "remove": {
                        "index": self._cluster.named(part, "*"),
                        "alias": self._cluster.named(part),
                        "must_exist": False,
                    }
                },
                {"add": {"index": self.part(name, part), "alias": self._cluster.named(part)}},
            )
        ]
        self._line.ask(lambda client: client.indices.update_aliases(actions=actions))

    def clean(self, *keep: str | None) -> None:
        """Removes all other generations, and what was left of one that was never finished."""
        kept = {self.part(name, part) for name in keep if name for part in PARTS}
        pattern = ",".join(self._cluster.named(part, "*") for part in PARTS)
        found = self._line.ask(lambda client: client.indices.get_alias(index=pattern))
        for index in sorted(set(found.body) - kept, reverse=True):  # works first: without them it does not count
            self._remove(index)

    def furnish(self, name: str) -> None:
        """As many replicas as the settings say now."""
        index = ",".join(self.part(name, part) for part in PARTS)
        settings = {"index": {"number_of_replicas": self._cluster.replicas}}
        self._line.ask(lambda client: client.indices.put_settings(index=index, settings=settings))

    def _name(self, index: str) -> str:
        return index.removeprefix(self._cluster.named("works", ""))

    def _remove(self, index: str) -> None:
        self._line.ask(lambda client: client.indices.delete(index=index, ignore_unavailable=True))

    def _make(self, index: str, mapping: Json) -> None:
        def make(client: Elasticsearch) -> Any:
            return client.indices.create(index=index, mappings=mapping, settings=self._settings())

        self._line.ask(make)

    def _settings(self) -> Json:
        """Nothing is refreshed by the clock: readers see whole commits."""
        return {
            "number_of_shards": self._cluster.shards,
            "number_of_replicas": self._cluster.replicas,
            "refresh_interval": "-1",
        }

    def _put_templates(self) -> None:
        for part in PARTS:
            pattern, template = (
                self._cluster.named(part, "*"),
                {"settings": self._settings(), "mappings": _mapping(part)},
            )

            def put(client: Elasticsearch, pattern: str = pattern, template: Json = template, part: str = part) -> Any:
                return client.indices.put_index_template(
                    name=self._cluster.named(part), index_patterns=[pattern], template=template, priority=300
                )

            try:
                self._line.ask(put)
            except IndexUnavailable as error:
                if str(error) != FORBIDDEN:
                    raise
                log.info("no index template was put: the key lacks the privilege manage_index_templates")


def _mapping(part: str) -> Json:
    return works_mapping() if part == "works" else passages_mapping()
