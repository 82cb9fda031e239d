"""What does the receiver answer? One POST: to a judged address, over TLS, bounded in time and bytes, no redirects.

This is one level below httpx (its own httpcore), because that is where the address of a connection is chosen: the
name in the certificate and in the Host header stays the webhook's, the connection goes to the address that was judged.
Neither proxies nor cookies nor credentials of the environment are used.
"""

import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpcore
import httpx

from search.errors import MistakenRequest
from search.webhooks.reach import Address, Refused, Resolve, is_public, judged, resolve

SECONDS = 15.0
MOST_BYTES = 2_000
MOST_SHOWN = 300
LONGEST_URL = 2_000
LONGEST_WAIT = timedelta(days=1)

_FAILURES = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, httpcore.UnsupportedProtocol)


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is None where there was none; `text` is the beginning of what was said, or what went wrong.

    `wait`: how long the receiver asked us to (Retry-After), if it did.
    """

    status: int | None
    text: str
    wait: timedelta | None = None


@dataclass(frozen=True)
class Poster:
    """How to reach receivers. Tests reach their own machine by saying so; no setting of an installation can."""

    allowed: Callable[[Address], bool] = is_public
    schemes: tuple[str, ...] = ("https",)
    resolve: Resolve = resolve
    seconds: float = SECONDS
    trust: ssl.SSLContext = field(default_factory=httpx.create_ssl_context)

    def checked(self, url: str) -> httpx.URL:
        """The address in parts. Errors: MistakenRequest where it can be no webhook's."""
        try:
            parts = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise MistakenRequest(f"{url[:200]!r} is no address: {error}") from error
        if parts.scheme not in self.schemes:
            raise MistakenRequest(f"a webhook's address begins with {' or '.join(f'{s}://' for s in self.schemes)}")
        if not parts.host or not 0 < (parts.port or 443) < 65536:
            raise MistakenRequest("a webhook's address has a host, and a port below 65536 if any")
        if parts.userinfo or parts.fragment or len(url) > LONGEST_URL:
            raise MistakenRequest("a webhook's address has no password and no fragment, and is not very long")
        return parts

    def knock(self, url: str) -> str:
        """What stands in the way of this address now, or "". Errors: MistakenRequest if it may not be reached."""
        parts = self.checked(url)
        try:
            judged(parts.host, self.resolve(_host(parts), parts.port or 443), self.allowed)
        except Refused as error:
            raise MistakenRequest(str(error)) from error
        except OSError as error:
            return f"{parts.host} has no address now: {error}"
        return ""

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """One attempt; whatever goes wrong is an answer, not an error."""
        try:
            parts = self.checked(url)
            target = httpcore.URL(
                scheme=parts.raw_scheme, host=parts.raw_host, port=parts.port, target=parts.raw_path or b"/"
            )
            backend = _Judging(self, time.monotonic() + self.seconds)
            with httpcore.ConnectionPool(ssl_context=self.trust, network_backend=backend) as pool:
                return self._ask(pool, target, body, headers)
        except (Refused, MistakenRequest) as error:
            return Answer(None, str(error))
        except (*_FAILURES, OSError) as error:
            return Answer(None, _shown(f"no answer: {_cause(error)}"))

    def _ask(
        self, pool: httpcore.ConnectionPool, target: httpcore.URL, body: bytes, headers: Mapping[str, str]
    ) -> Answer:
        waits = dict.fromkeys(("connect", "read", "write", "pool"), self.seconds)
        with pool.stream(
            "POST", target, headers=[*headers.items()], content=body, extensions={"timeout": waits}
        ) as response:
            said = b""
            try:
                for part in response.iter_stream():
                    said += part[:MOST_BYTES]
                    if len(said) >= MOST_BYTES:
                        break
            except _FAILURES as error:  # the status has been said, and that is what counts
                said += f" ({_cause(error)})".encode()
            names = {name.lower(): value for name, value in response.headers}
            text = _shown(said.decode("utf-8", "replace"))
            if 300 <= response.status < 400:
                text = "a redirect, and those are not followed"
            return Answer(response.status, text, _wait(names.get(b"retry-after")))


class _Judging(httpcore.NetworkBackend):
    """Connects only to addresses that were judged, and lets nothing take longer than until `deadline`."""

    def __init__(self, poster: Poster, deadline: float) -> None:
        self.poster, self.deadline = poster, deadline
        self.plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = judged(host, self.poster.resolve(host.strip("[]"), port), self.poster.allowed)
        for address in addresses[:-1]:
            try:
                return self._connect(address, port)
            except (httpcore.NetworkError, httpcore.TimeoutException):
                continue
        return self._connect(addresses[-1], port)

    def _connect(self, address: Address, port: int) -> httpcore.NetworkStream:
        left = _left(self.deadline, httpcore.ConnectTimeout)
        return _Bounded(self.plain.connect_tcp(str(address), port, timeout=left), self.deadline)

    def sleep(self, seconds: float) -> None:
        raise AssertionError("nothing here is tried again by the pool itself")


class _Bounded(httpcore.NetworkStream):
    """A connection with one deadline for all it does: a receiver that sends a byte a second is cut off like a mute."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self.stream, self.deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, _left(self.deadline, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, _left(self.deadline, httpcore.WriteTimeout))

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(self.deadline, httpcore.ConnectTimeout)
        return _Bounded(self.stream.start_tls(ssl_context, server_hostname, left), self.deadline)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)


def _left(deadline: float, late: type[httpcore.TimeoutException]) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise late("it took too long")
    return left


def _host(parts: httpx.URL) -> str:
    return parts.raw_host.decode("ascii")


def _cause(error: Exception) -> str:
    return str(error) or type(error).__name__


def _shown(text: str) -> str:
    """One line that can be stored and shown at a terminal, whatever a receiver sends."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:MOST_SHOWN]


def _wait(value: bytes | None) -> timedelta | None:
    """Retry-After in seconds; as a date it is not worth the trouble."""
    if value is None or not value.isdigit() or len(value) > 9:
        return None
    return min(timedelta(seconds=int(value)), LONGEST_WAIT)
