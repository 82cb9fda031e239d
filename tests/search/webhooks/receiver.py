"""A receiver of webhooks that checks every signature, keeps each key once, and can be in many a bad mood."""

import hmac
import json
import random
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from search.webhooks import sign

MOODS = ("500", "404", "redirect", "close", "close-after", "half", "mute", "drip", "garbage", "long")


class Receiver:
    """`mood` is asked at each request: "ok" or one of MOODS; what is taken although the answer fails is kept too."""

    def __init__(self, secret: str = "", mood: Callable[[], str] = lambda: "ok", context: ssl.SSLContext | None = None):
        self.secret, self.mood = secret, mood
        self.state: dict[str, Any] = {}  # by key: what a receiver that drops doubles ends with
        self.order: list[int] = []
        self.attempts: Counter[str] = Counter()
        self.bodies: dict[str, set[bytes]] = {}
        self.refused: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.after: Callable[[], None] = lambda: None
        self.released = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                outer.take(self)

            def do_GET(self):
                outer.refused.append("a redirect was followed")
                self.send_error(500)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # that we hang up on a bad mood is no news
        self.server.daemon_threads = True
        if context is not None:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/hook?from=forumwatch"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.released.set()
        self.server.shutdown()
        self.server.server_close()

    def take(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["Content-Length"]))
        mood, key = self.mood(), request.headers["Idempotency-Key"]
        self.headers.append(dict(request.headers))
        self.attempts[key] += 1
        self.bodies.setdefault(key, set()).add(body)
        good = sign(self.secret, int(request.headers["Forumwatch-Timestamp"]), body)
        if self.secret and not hmac.compare_digest(good, request.headers["Forumwatch-Signature"]):
            self.refused.append(key)
            request.send_error(401)
            return
        lost_on_the_way = mood in ("500", "404", "redirect", "close") and random.random() < 0.5
        if mood != "410" and not lost_on_the_way and key not in self.state:
            self.state[key] = json.loads(body)
            self.order.append(int(request.headers["Forumwatch-Sequence"]))
        self.after()
        self.answer(request, mood)

    def answer(self, request: BaseHTTPRequestHandler, mood: str) -> None:
        wire = request.wfile
        if mood == "ok":
            request.send_response(204)
            request.end_headers()
        elif mood.isdigit():
            request.send_error(int(mood), "no\x1b[31m good")
        elif mood == "redirect":
            request.send_response(302)
            request.send_header("Location", self.url)
            request.end_headers()
        elif mood == "close-after":
            wire.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbegun")
        elif mood == "half":
            wire.write(b"HTTP/1.1 20")
        elif mood == "mute":
            self.released.wait(20)
        elif mood == "drip":
            self._drip(wire)
        elif mood == "garbage":
            wire.write(bytes(range(256)) * 20)
        elif mood == "long":
            self._flood(wire)
        request.close_connection = True

    def _drip(self, wire: Any) -> None:
        """A byte now and then: each in time, the whole never."""
        try:
            wire.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not self.released.wait(0.1):
                wire.write(b".")
                wire.flush()
        except OSError:
            pass

    def _flood(self, wire: Any) -> None:
        """An answer without an end; 200, so that it counts."""
        try:
            wire.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
            end = time.monotonic() + 20
            while time.monotonic() < end and not self.released.is_set():
                wire.write(b"blah " * 2000)
        except OSError:
            pass
