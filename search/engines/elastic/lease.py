"""Who may write? One process at a time, by a document that it renews while it lives.

Documents are safe without it, since none ever replaces a newer one; but of two processes one could remove what the
other is building. The document is only ever changed by whoever saw its last state. Of a process that died on this
machine it is known, so that its successor goes on at once; of one elsewhere after some seconds without a sign of life.
"""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch

from search.engines.elastic.line import ClusterAway, Conflict, Line
from search.errors import IndexUnavailable

LEASE_SECONDS = 20.0
LOST = "another process has begun to write the index"

_ID = "writer"
_held_here: set[str] = set()  # owners that are of this process, and writing
_MAPPING = {
    "dynamic": "strict",
    "properties": {"owner": {"type": "keyword"}, "beat": {"type": "long"}, "free": {"type": "boolean"}},
}


class Lease:
    """The right to write, in one document of an index."""

    def __init__(self, line: Line, index: str) -> None:
        self._line, self._index = line, index
        self._owner = f"{socket.gethostname()} {os.getpid()} {_began(os.getpid())} {id(self)}"
        self._lock = threading.Lock()
        self._state: dict[str, Any] = {}
        self._beat = 0

    @contextmanager
    def held(self, wait: float) -> Iterator[None]:
        """IndexUnavailable if another process keeps it for longer than `wait` seconds, or the cluster is away."""
        _held_here.add(self._owner)
        ended = threading.Event()
        beating = threading.Thread(target=self._keep_alive, args=(ended,), daemon=True)
        try:
            self._take(wait)
            beating.start()
            yield
        finally:
            ended.set()
            if beating.ident:
                beating.join()
                self._let_go()
            _held_here.discard(self._owner)

    def check(self) -> None:
        """To be asked before what cannot be undone. IndexUnavailable if another process has taken over."""
        with self._lock:
            self._write()

    def _take(self, wait: float) -> None:
        deadline = time.monotonic() + wait
        seen: tuple[int, float] | None = None
        while True:
            found = self._line.insist(self._read, max(0.0, deadline - time.monotonic()))
            if found and (seen is None or seen[0] != found["_seq_no"]):
                seen = found["_seq_no"], time.monotonic()
            silent = seen is not None and time.monotonic() - seen[1] > LEASE_SECONDS
            if found is None or found["_source"]["free"] or silent or _is_dead(found["_source"]["owner"]):
                self._state = _condition(found)
                with suppress(IndexUnavailable):  # another one was faster, or the cluster is away again
                    self._write()
                    return
            if time.monotonic() >= deadline:
                raise IndexUnavailable(f"another process is writing the index; waited {wait:g} s", self._index)
            time.sleep(0.1)

    def _read(self, client: Elasticsearch) -> dict[str, Any] | None:
        found = client.options(ignore_status=404).get(index=self._index, id=_ID, realtime=True)
        if "error" in found:
            settings = {"number_of_shards": 1, "auto_expand_replicas": "0-1"}
            client.options(ignore_status=400).indices.create(index=self._index, mappings=_MAPPING, settings=settings)
        return dict(found) if found.get("found") else None

    def _write(self, free: bool = False) -> None:
        """A sign of life; IndexUnavailable if the document has become another's."""
        self._beat += 1
        document = {"owner": self._owner, "beat": self._beat, "free": free}

        def write(client: Elasticsearch) -> dict[str, Any]:
            return dict(client.index(index=self._index, id=_ID, document=document, **self._state))

        try:
            self._state = _condition(self._line.ask(write))
        except Conflict as error:
            found = self._line.ask(self._read)
            if found is None or found["_source"]["owner"] != self._owner:
                raise IndexUnavailable(LOST, self._index) from error
            self._state = _condition(found)  # our own answer was lost, or the cluster has restarted
            self._state = _condition(self._line.ask(write))

    def _keep_alive(self, ended: threading.Event) -> None:
        while not ended.wait(LEASE_SECONDS / 6):
            with self._lock:
                try:
                    self._write()
                except ClusterAway:
                    continue  # it is away for the others too
                except IndexUnavailable:
                    return  # whoever writes is told by `check`

    def _let_go(self) -> None:
        # if that fails, it is another's, or will be once it is found to be of a process that is gone
        with suppress(IndexUnavailable), self._lock:
            self._write(free=True)


def _condition(found: dict[str, Any] | None) -> dict[str, Any]:
    if found is None:
        return {"op_type": "create"}
    return {"if_seq_no": found["_seq_no"], "if_primary_term": found["_primary_term"]}


def _began(pid: int) -> str:
    """When a process on this machine began, in its own clock; empty where that cannot be known."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""


def _is_dead(owner: str) -> bool:
    """Whether the owner is of this machine and gone, or of this very process and at its end."""
    host, pid, began, _ = owner.split(" ")
    if host != socket.gethostname():
        return False
    if int(pid) == os.getpid() and began == _began(os.getpid()):
        return owner not in _held_here  # it could not be given back, the cluster being away
    return bool(began) and began != _began(int(pid))
