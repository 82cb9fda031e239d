"""How does a cluster behave on a bad day? A way to a real server on which requests are refused, lost or overtaken."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

PASSED = ("content-type", "accept", "authorization")


class FaultyWay:
    """Passes requests on to `url`, but for what is to go wrong first.

    `refuse` answers the next requests of a kind with a status; `lose` carries them out and never answers; while
    `cut` is set nobody answers at all. `before` is called with each request's method and path.
    """

    def __init__(self, url: str) -> None:
        self.asked: list[str] = []
        self.cut = False
        self.before: Callable[[str], None] = lambda _: None
        self._faults: list[tuple[str, int | None]] = []
        way = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self) -> None:
                self.raw_requestline = self.rfile.readline(65537)
                if not self.raw_requestline or not self.parse_request():
                    self.close_connection = True
                    return
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                what = f"{self.command} {self.path}"
                way.asked.append(what)
                if way.cut:
                    self.close_connection = True
                    return
                way.before(what)
                fault = way._next(what)
                if fault:
                    self._answer(fault, b'{"error": {"reason": "on a bad day"}, "status": %d}' % fault)
                    return
                headers = {name: self.headers[name] for name in PASSED if name in self.headers}
                answer = way._client.request(self.command, url + self.path, content=body, headers=headers)
                if fault is None:
                    self._answer(answer.status_code, answer.content, answer.headers.get("content-type"))
                else:
                    self.close_connection = True

            def _answer(self, status: int, body: bytes, kind: str | None = "application/json") -> None:
                self.send_response(status)
                self.send_header("X-Elastic-Product", "Elasticsearch")
                self.send_header("Content-Type", kind or "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._client = httpx.Client(timeout=60)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def refuse(self, kind: str, status: int, times: int = 1) -> None:
        """The next `times` requests that have `kind` in their method and path get this status."""
        self._faults += [(kind, status)] * times

    def lose(self, kind: str, times: int = 1) -> None:
        self._faults += [(kind, 0)] * times

    def _next(self, what: str) -> int | None:
        for fault in self._faults:
            if fault[0] in what:
                self._faults.remove(fault)
                return fault[1]
        return None

    def __enter__(self) -> "FaultyWay":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._client.close()
