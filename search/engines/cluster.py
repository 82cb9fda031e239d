"""Which Elasticsearch cluster, and how is it spoken to? Its settings, and the one way to a client."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch


@dataclass(frozen=True)
class Cluster:
    """A cluster by `url` (or `cloud_id`); `prefix` begins the names of all that Forumwatch keeps there.

    Log in with an API key, or with user and password; `ca` is the file of the authority that signed the cluster's
    certificate, where the system does not know it. `seconds` is how long one request may take.
    """

    url: str = ""
    cloud_id: str = ""
    api_key: str = field(default="", repr=False)
    user: str = ""
    password: str = field(default="", repr=False)
    ca: Path | None = None
    prefix: str = "forumwatch"
    shards: int = 1
    replicas: int = 0
    seconds: float = 30.0

    @property
    def place(self) -> str:
        """Where it is, as people are told."""
        return self.url or f"the cluster {self.cloud_id.partition(':')[0]}"

    def named(self, *parts: str) -> str:
        """The name of an index or alias: the prefix, then the parts."""
        return "-".join((self.prefix, *parts))

    @cached_property
    def client(self) -> "Elasticsearch":
        """Made at the first call; it asks nothing of the cluster by itself."""
        from elasticsearch import Elasticsearch

        where: dict[str, Any] = {"cloud_id": self.cloud_id} if self.cloud_id else {"hosts": self.url.split(",")}
        if self.api_key:
            where["api_key"] = self.api_key
        elif self.user:
            where["basic_auth"] = (self.user, self.password)
        if self.ca:
            where["ca_certs"] = str(self.ca)
        return Elasticsearch(**where, request_timeout=self.seconds, retry_on_timeout=True, max_retries=3)
