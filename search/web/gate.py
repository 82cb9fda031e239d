"""Who may ask the API, and how often? A key's scopes and rate, or what is open to all; the pages stay free.

Each asker has a bucket that holds a minute's requests and fills evenly; an export costs ten. The buckets are in the
memory of this process and nowhere else: an address is kept, hashed with a number drawn at start, until its bucket is
full again, and never written down. Several processes behind one address each have their own, and allow so many times
as much together.
"""

import hashlib
import hmac
import logging
import math
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from ipaddress import IPv6Address, ip_address
from typing import Any

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from catalog import Catalog, CatalogError
from search.json_shapes import ErrorJson
from search.keys import SCOPES, Key, find_key, note_use
from search.web import failures
from search.web.api.routes import PREFIX
from search.web.failures import BUSY, RETRY_SECONDS

LOG = logging.getLogger("forumwatch.web")

NEEDS = {f"{PREFIX}/changes": "changes", f"{PREFIX}/export": "export"}  # all else there: read
COST = {"export": 10}
MOST_BUCKETS = 20_000
MINUTE = 60.0
TITLES = failures.TITLES | {401: "A key is needed", 403: "This key does not open that", 429: "Too many requests"}


@dataclass(frozen=True, slots=True)
class Access:
    """What is open without a key: which scopes, and how many requests a minute an address may make (None: any)."""

    open: frozenset[str] = frozenset(SCOPES)
    rate: int | None = None


def needs(path: str) -> str | None:
    """The scope that an address needs; None: it is not the API's."""
    if not f"{path}/".startswith(f"{PREFIX}/"):
        return None
    return next((scope for start, scope in NEEDS.items() if path.startswith(start)), "read")


@dataclass(frozen=True, slots=True)
class Stand:
    """How an asker stands after a request: `left` more at once, `wait` seconds until this one would be let in."""

    rate: int
    left: int
    full: int
    wait: int = 0


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


@dataclass
class Buckets:
    """One bucket an asker, at most MOST_BUCKETS: those that are longest unused go first, and they are nearly full."""

    clock: Callable[[], float] = time.monotonic
    held: OrderedDict[str, _Bucket] = field(default_factory=OrderedDict)

    def take(self, asker: str, rate: int, cost: int) -> Stand:
        now, capacity, speed = self.clock(), float(max(rate, cost)), rate / MINUTE
        bucket = self.held.pop(asker, None) or _Bucket(capacity, now)
        tokens = min(capacity, bucket.tokens + (now - bucket.at) * speed)
        wait = max(0, math.ceil((cost - tokens) / speed - 1e-9))
        tokens -= 0 if wait else cost
        self.held[asker] = _Bucket(tokens, now)
        while len(self.held) > MOST_BUCKETS:
            self.held.popitem(last=False)
        return Stand(rate, int(tokens), math.ceil((capacity - tokens) / speed), wait)


class Gate:
    """ASGI middleware: lets through what is not the API, and of the API what the asker may."""

    def __init__(self, app: ASGIApp, catalog: Catalog, access: Access, buckets: Buckets | None = None) -> None:
        self.app, self.catalog, self.access = app, catalog, access
        self.buckets = buckets or Buckets()
        self.salt = secrets.token_bytes(16)
        self.noted: dict[str, date] = {}  # key -> the day it was last noted as used

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = str(scope.get("path", "")).removeprefix(str(scope.get("root_path", "")))
        needed = needs(path)
        if scope["type"] != "http" or needed is None:
            await self.app(scope, receive, send)
            return
        said = Headers(scope=scope).get("authorization", "")
        try:
            key = await run_in_threadpool(find_key, self.catalog, said[7:].strip()) if _is_bearer(said) else None
        except (CatalogError, DBAPIError) as error:  # nothing behind this gate sees it
            LOG.error("unavailable: %s", error)
            await _failure(503, BUSY, {"retry-after": RETRY_SECONDS})(scope, receive, send)
            return
        stand = self._stand(scope, key, needed)
        refused = self._refused(said, key, needed, stand)
        headers = _about(stand, key)
        if refused is not None:
            refused.headers.update(headers)
            await refused(scope, receive, send)
            return
        if key is not None:
            self._note(key)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(headers)
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def _stand(self, scope: Scope, key: Key | None, needed: str) -> Stand | None:
        """Charges the asker; a key that is none is charged to the address that tried it."""
        if key is not None:
            return self.buckets.take(f"key {key.prefix}", key.rate, COST.get(needed, 1))
        if self.access.rate is None:
            return None
        return self.buckets.take(network_of(scope, self.salt), self.access.rate, COST.get(needed, 1))

    def _refused(self, said: str, key: Key | None, needed: str, stand: Stand | None) -> JSONResponse | None:
        if stand is not None and stand.wait:
            whose = "this key" if key else "one address without a key"
            much = f"{stand.rate} requests a minute are what {whose} may make; ask again in {stand.wait} s."
            return _failure(429, much, {"retry-after": str(stand.wait)})
        if _is_bearer(said) and key is None:
            words = "This key is not one of ours, or was revoked; it goes into the header Authorization: Bearer fw_…"
            return _failure(401, words, {"www-authenticate": 'Bearer realm="forumwatch", error="invalid_token"'})
        if needed in self.access.open or (key is not None and needed in key.scopes):
            return None
        if key is None:
            words = f"This needs a key with the scope “{needed}”, in the header Authorization: Bearer fw_…"
            return _failure(401, words, {"www-authenticate": 'Bearer realm="forumwatch"'})
        words = f"This key opens {', '.join(key.scopes)}; this needs “{needed}” ({SCOPES[needed]})."
        challenge = f'Bearer realm="forumwatch", error="insufficient_scope", scope="{needed}"'
        return _failure(403, words, {"www-authenticate": challenge})

    def _note(self, key: Key) -> None:
        """Once a day and key; never waited for, since the catalog may have a long writer."""
        today = datetime.now(UTC).date()
        if self.noted.get(key.prefix) == today or (key.last_used is not None and key.last_used >= today):
            return
        self.noted[key.prefix] = today
        threading.Thread(target=self._write_note, args=(key.prefix, today), daemon=True).start()

    def _write_note(self, prefix: str, today: date) -> None:
        try:
            note_use(self.catalog, prefix, today)
        except (CatalogError, DBAPIError) as error:
            LOG.warning("the use of a key was not noted: %s", error)


def network_of(scope: Scope, salt: bytes) -> str:
    """The asker's address, or its network of 64 bits (one household, one machine), as a hash of this process's."""
    host = str((scope.get("client") or ("",))[0]).partition("%")[0]
    try:
        address = ip_address(host)
        if isinstance(address, IPv6Address):
            host = str(address.ipv4_mapped or int(address) >> 64)
    except ValueError:
        pass  # a socket's name, as of a proxy on this machine
    return hmac.new(salt, host.encode(), hashlib.sha256).hexdigest()


def mount(app: FastAPI, catalog: Catalog, access: Access) -> None:
    """Puts the gate before the API, and says so in OpenAPI."""
    app.add_middleware(Gate, catalog=catalog, access=access)
    made = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            _describe(made(), access)
        return made()

    app.openapi = described  # type: ignore[method-assign]


def _describe(schema: dict[str, Any], access: Access) -> None:
    about = {"type": "http", "scheme": "bearer", "description": "A key, as `forumwatch key add` makes them: fw_…"}
    schema.setdefault("components", {}).setdefault("securitySchemes", {})["key"] = about
    for path, methods in schema["paths"].items():
        if path.startswith(f"{PREFIX}/"):
            needed = needs(path)
            for each in methods.values():
                each["security"] = [{"key": []}, *([{}] if needed in access.open else [])]


def _is_bearer(said: str) -> bool:
    return said[:7].lower() == "bearer "


def _about(stand: Stand | None, key: Key | None) -> Mapping[str, str]:
    """The fields of the RateLimit draft (draft-ietf-httpapi-ratelimit-headers-10)."""
    if stand is None:
        return {}
    name = "key" if key else "open"
    return {"ratelimit-policy": f'"{name}";q={stand.rate};w=60', "ratelimit": f'"{name}";r={stand.left};t={stand.full}'}


def _failure(status: int, message: str, headers: Mapping[str, str]) -> JSONResponse:
    body: ErrorJson = {"status": status, "title": TITLES[status], "message": message}
    return JSONResponse(body, status, headers=dict(headers))
