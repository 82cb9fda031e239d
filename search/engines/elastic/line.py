"""How is the cluster spoken to? Every call goes through one line, which says in a sentence what went wrong.

After three calls in a row to which nobody answered, the line is taken to be dead: for some seconds every call fails at
once, so that pages say so at once and do not all wait for the same time-out; then one call is let through to try.
Whoever writes may insist: a call is repeated with growing pauses while the cluster is away or too busy.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from elastic_transport import TlsError
from elasticsearch import ApiError, Elasticsearch, TransportError

from search.engines.cluster import Cluster
from search.errors import IndexUnavailable

log = logging.getLogger(__name__)

T = TypeVar("T")

AWAY = "the search cluster does not answer; try again in a minute"
BUSY = "the search cluster is too busy to answer; try again in a minute"
UNTRUSTED = "the search cluster cannot be trusted: its certificate is of an authority that is not known here"
UNKNOWN = "the search cluster does not accept the key or password that it was given"
FORBIDDEN = "the search cluster does not allow what was asked of it with this key or user"
WRONG = "the search cluster is set up wrongly: its address or cloud id cannot be read"
BROKEN = "the search cluster could not answer"

FAILURES = 3  # calls in a row, after which the line is dead
DEAD_SECONDS = 5.0
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 10.0
UNHURRIED = 4  # times as long as a person waits may a piece of writing take
TEMPORARY = frozenset((408, 429, 502, 503, 504))


class ClusterAway(IndexUnavailable):
    """Nobody answers, or the cluster has no time: what was asked may succeed a little later."""


class NotThere(IndexUnavailable):
    """An index, or a document, that does not exist (any more)."""


class Conflict(IndexUnavailable):
    """Another process was there before."""


class Breaker:
    """Whether calls are let through."""

    def __init__(self, failures: int, seconds: float) -> None:
        self._allowed, self._seconds = failures, seconds
        self._lock = threading.Lock()
        self._failed = 0
        self._until = 0.0

    def check(self) -> None:
        """ClusterAway while the line is dead; of those that come afterwards, one is let through at a time."""
        with self._lock:
            if self._failed >= self._allowed:
                if time.monotonic() < self._until:
                    raise ClusterAway(AWAY, "the line is taken to be dead")
                self._until = time.monotonic() + self._seconds  # for the others, until this one has come back

    def answered(self) -> None:
        with self._lock:
            self._failed = 0

    def failed(self) -> None:
        with self._lock:
            self._failed += 1
            self._until = time.monotonic() + self._seconds


class Line:
    """The way to one cluster."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._accepted = False
        self.breaker = Breaker(FAILURES, DEAD_SECONDS)

    def ask(self, call: Callable[[Elasticsearch], T], retry: bool = False) -> T:
        """What `call` returns. ClusterAway, NotThere, Conflict or IndexUnavailable if it fails.

        With `retry`, a request that timed out is repeated: for what is not asked by a person who waits.
        """
        self.breaker.check()
        try:
            answer = call(self._client(retry))
        except TransportError as error:
            self.breaker.failed()
            raise _away(error) from error
        except ApiError as error:
            self.breaker.answered()
            if error.status_code != 401:
                self._accepted = True
            elif self._accepted:  # a cluster that has just started does not know its keys yet
                raise ClusterAway(UNKNOWN, "401 for what was accepted before") from error
            raise refusal(error) from error
        self.breaker.answered()
        self._accepted = True
        return answer

    def insist(self, call: Callable[[Elasticsearch], T], wait: float) -> T:
        """The same, repeated for `wait` seconds while the cluster is away or too busy."""
        deadline, pause = time.monotonic() + wait, FIRST_PAUSE
        while True:
            try:
                return self.ask(call, retry=True)
            except ClusterAway as error:
                if time.monotonic() + pause > deadline:
                    raise
                log.warning("waiting for the search cluster: %s", error.detail or error)
                time.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    def _client(self, retry: bool) -> Elasticsearch:
        try:
            client = self._cluster.client
        except ValueError as error:  # its text may quote what is secret
            raise IndexUnavailable(WRONG, type(error).__name__) from None
        return client.options(
            request_timeout=self._cluster.seconds * (UNHURRIED if retry else 1),
            max_retries=2,
            retry_on_timeout=retry,
            retry_on_status=(502, 504),
        )


def _away(error: TransportError) -> IndexUnavailable:
    if isinstance(error, TlsError):
        return ClusterAway(UNTRUSTED, error.message)
    return ClusterAway(AWAY, error.message)


def refusal(error: ApiError) -> IndexUnavailable:
    """What an answer with an error means."""
    status, detail = error.status_code, f"{error.status_code} {str(error)[:1000]}"
    if status in TEMPORARY:
        return ClusterAway(BUSY, detail)
    for statuses, kind, text in (
        ((401,), IndexUnavailable, UNKNOWN),
        ((403,), IndexUnavailable, FORBIDDEN),
        ((404,), NotThere, BROKEN),
        ((409,), Conflict, BROKEN),
    ):
        if status in statuses:
            return kind(text, detail)
    return IndexUnavailable(BROKEN, detail)
