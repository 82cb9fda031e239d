"""Which small web site do the crawler's tests crawl? One on localhost, that writes down what it was asked."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOST = "site.example"
PDF = b"%PDF-1.4\n% a small file\n"

SOURCE = '''
"""Papers of a small site."""

from parsel import Selector
from scrapy.http import TextResponse

from crawlers.bases.listing import ListingSource
from crawlers.bases.source import Reading
from crawlers.found import Expect, Found
from crawlers.words import only_said, text_of


class Papers(ListingSource):
    name = "papers"
    publisher = "UN"
    title = "Papers"
    terms = "https://site.example/terms"
    cadence = "weekly"
    expect = Expect(at_least=1, at_most=500)
    start_urls = ["https://site.example/list?page=0"]
    rows = "li.doc"

    def read_row(self, row: Selector, response: TextResponse) -> Reading:
        for link in row.css("a"):
            yield Found(response.urljoin(link.attrib["href"]), only_said(title=text_of(link)), format="pdf")
'''
HOST_ENTRY = """
["{name}"]
terms = "https://site.example/terms"
robots = "not seen"
approval = "{approval}"
pace = {pace}
patience = {patience}
contact = "webmaster@site.example"
may_fetch = ["/list*", "/files/*", "/private/*"]
"""


def host_entry(name="site.example", approval="not-needed", pace=0.0, patience=5.0) -> str:
    return HOST_ENTRY.format(name=name, approval=approval, pace=pace, patience=patience)


@dataclass
class Answer:
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0


@dataclass
class Asked:
    """A request as it arrived; times are time.monotonic()."""

    method: str
    host: str
    path: str
    headers: dict[str, str]
    began: float
    ended: float = 0.0


class Site:
    """Answers by (host, path); a path that is not there answers 404. `robots` is served to every host."""

    def __init__(self) -> None:
        self.pages: dict[tuple[str, str], Answer | Callable[[Asked], Answer]] = {}
        self.robots: Answer = Answer(b"User-agent: *\nDisallow: /private/\n", headers={"Content-Type": "text/plain"})
        self.asked: list[Asked] = []
        self.on_request: Callable[[int], None] = lambda number: None
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # head and body leave together, else each answer waits 40 ms for an acknowledgement

            def do_GET(self) -> None:
                site._answer(self)

            do_POST = do_GET

            def handle(self) -> None:
                try:
                    super().handle()
                except ConnectionResetError:
                    self.close_connection = True  # the crawler went away, or had enough of a large file

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def put(self, path: str, answer: Answer | bytes | Callable[[Asked], Answer], host: str = HOST) -> None:
        if isinstance(answer, bytes):
            kind = "application/pdf" if answer.startswith(b"%PDF") else "text/html; charset=utf-8"
            answer = Answer(answer, headers={"Content-Type": kind})
        self.pages[host, path] = answer

    def count(self, host: str = HOST) -> Counter[str]:
        return Counter(asked.path for asked in self.asked if asked.host == host and asked.path != "/robots.txt")

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        host = handler.headers.get("Host", "")
        asked = Asked(handler.command, host, handler.path, dict(handler.headers), time.monotonic())
        self.asked.append(asked)
        answer: Answer | Callable[[Asked], Answer]
        if handler.path == "/robots.txt":
            answer = self.robots
        else:
            answer = self.pages.get((host, handler.path), Answer(b"<html>nothing here</html>", 404))
            self.on_request(len(self.asked))
        if callable(answer):
            answer = answer(asked)
        time.sleep(answer.seconds)
        asked.ended = time.monotonic()
        try:
            handler.send_response(answer.status)
            for name, value in answer.headers.items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", str(len(answer.body)))
            handler.end_headers()
            handler.wfile.write(answer.body)
        except (BrokenPipeError, ConnectionResetError):
            handler.close_connection = True  # the crawler was killed while it was being answered


def listing(site: Site, pages: int, files: int, host: str = HOST) -> None:
    """A listing of that many pages, with that many files each."""
    for page in range(pages):
        rows = "".join(
            f'<li class="doc"><a href="/files/{page}-{n}.pdf">Paper {page}-{n}</a></li>' for n in range(files)
        )
        following = f'<a rel="next" href="/list?page={page + 1}">next</a>' if page + 1 < pages else ""
        site.put(f"/list?page={page}", f"<html><body><ul>{rows}</ul>{following}</body></html>".encode(), host)
        for n in range(files):
            site.put(f"/files/{page}-{n}.pdf", PDF + f"{page}-{n}".encode(), host)
