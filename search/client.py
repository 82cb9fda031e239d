"""How does an analyst's program ask a Forumwatch? A thin client of its API, in one file that can be copied by itself.

    with Forumwatch("https://watch.example.org", key="fw_…") as watch:
        for hit in watch.every('"domestic workers"', country="PHL"):
            print(hit["date"], hit["title"])
        table = watch.frame("recruitment fees", unit="paragraphs", year=["2024", "2025"])

Answers are the API's own JSON, typed. Where a server asks for patience (429, 503) the client waits as long as it is
told and asks again. A whole result comes as a stream: what is cut short raises `Broken`, never ends early in silence.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

import httpx

if TYPE_CHECKING:
    import pandas  # type: ignore[import-untyped]

    from search.api_shapes import MentionedJson, QuotedJson, VocabularyJson
    from search.export.lines import LineJson
    from search.json_shapes import (
        ChangeJson,
        ChangesJson,
        DocumentRecordJson,
        PageJson,
        PagesJson,
        SearchJson,
        WorkEntryJson,
        WorkJson,
    )

Value = str | int | bool | None | Sequence[str]
PATIENT = (429, 503)
LONGEST_WAIT = 300.0  # seconds: a server that asks for more is not waited for
COLUMNS = (
    *("work", "symbol", "title", "date", "publisher", "body", "session", "agenda_item", "kind", "languages", "url"),
    *("citation", "page", "paragraph", "passage", "passage_language", "quality", "poor"),
    "passage_url",
)


class ForumwatchError(Exception):
    """Anything that goes wrong here."""


class Refused(ForumwatchError):
    """Raised when the server answers with an error; `message` is its own sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status
        self.message = message


class Broken(ForumwatchError):
    """Raised when a stream ends before its end; `came` is how many results had come."""

    def __init__(self, came: int) -> None:
        super().__init__(f"the result was cut short after {came}: ask again")
        self.came = came


class Forumwatch:
    """A Forumwatch by its address. Use it in `with`, or close it."""

    def __init__(
        self,
        base_url: str,
        key: str | None = None,
        *,
        tries: int = 6,
        sleep: Callable[[float], None] = time.sleep,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        headers = {"user-agent": "forumwatch-client/1", **({"authorization": f"Bearer {key}"} if key else {})}
        self._http = httpx.Client(
            base_url=base_url.rstrip("/") + "/api/v1/", headers=headers, timeout=120.0, transport=transport
        )
        self._tries = tries
        self._sleep = sleep

    def __enter__(self) -> Forumwatch:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def search(self, q: str = "", **narrow: Value) -> SearchJson:
        """One page. `narrow`: sort, limit, after, unit, widen, meaning, reader, and facets (country="PHL", ...)."""
        return cast("SearchJson", self._get("search", {"q": q, **narrow}))

    def every(self, q: str = "", **narrow: Value) -> Iterator[LineJson]:
        """The whole result, hit by hit as it comes. `narrow`: sort, unit, widen, reader, limit, and facets."""
        came = 0
        with self._stream("export.jsonl", {"q": q, **narrow}) as answer:
            try:
                for text in answer.iter_lines():
                    line = json.loads(text)
                    if "end" in line:
                        if line["end"] != came:
                            raise Broken(came)
                        return
                    came += 1
                    yield line
            except (httpx.TransportError, ValueError) as error:
                raise Broken(came) from error
        raise Broken(came)

    def save(self, path: str | Path, q: str = "", **narrow: Value) -> int:
        """The whole result into a file: .csv, .jsonl, .bib, .ris or .atom, by its name. Returns the number of results.

        The file has its name only once it is whole.
        """
        wanted = Path(path)
        part = wanted.with_name(wanted.name + ".part")
        with self._stream(f"export{wanted.suffix}", {"q": q, **narrow}) as answer, part.open("wb") as file:
            try:
                for piece in answer.iter_bytes():
                    file.write(piece)
            except httpx.TransportError as error:
                raise Broken(0) from error
        part.replace(wanted)
        return int(answer.headers["x-total-count"])

    def frame(self, q: str = "", **narrow: Value) -> pandas.DataFrame:
        """The whole result as a table, a row a work with its best passage, or a row a paragraph. Needs pandas."""
        import pandas

        table = pandas.DataFrame.from_records([_row(hit) for hit in self.every(q, **narrow)], columns=list(COLUMNS))
        return table.assign(date=pandas.to_datetime(table["date"]))

    def work(self, key: str, q: str = "") -> WorkJson:
        """All about a work, by its key, a symbol or the SHA-256 of a file; with `q`, the passages that answer it."""
        return cast("WorkJson", self._get(f"works/{quote(key, safe='/:')}", {"q": q}))

    def works(self) -> Iterator[WorkEntryJson]:
        """Every work, those that came last first."""
        yield from self._pages("works", "works", {"limit": 500})

    def document(self, sha256: str) -> DocumentRecordJson:
        return cast("DocumentRecordJson", self._get(f"documents/{sha256}", {}))

    def pages(self, sha256: str) -> list[PageJson]:
        """A document's pages with their paragraphs."""
        return cast("PagesJson", self._get(f"documents/{sha256}/pages", {}))["pages"]

    def text(self, sha256: str) -> str:
        """A document's text; a form feed between pages."""
        return self._ask(f"documents/{sha256}/text", {}).text

    def original(self, sha256: str) -> bytes:
        """A document's bytes as the publisher gave them."""
        return self._ask(f"documents/{sha256}/original", {}).content

    def mentions(self, kind: str, value: str) -> Iterator[MentionedJson]:
        """Everywhere that something is spoken of."""
        yield from self._pages("mentions", "mentions", {"kind": kind, "value": value, "limit": 500})

    def citations(self, target: str) -> Iterator[QuotedJson]:
        """Everywhere that a symbol or a treaty's article is cited."""
        yield from self._pages("citations", "citations", {"target": target, "limit": 500})

    def vocabulary(self, name: str) -> VocabularyJson:
        """countries, bodies, instruments, themes, languages, publishers, kinds or fields."""
        return cast("VocabularyJson", self._get(f"vocabularies/{name}", {}))

    def changes(self, after: int = 0, mark: str = "") -> Iterator[ChangeJson]:
        """Everything that changed after a number, to the newest; keep the last `seq` for the next time.

        `mark`: that of the number, where it was kept. Refused (409) if the catalog's history is another one by now.
        """
        while True:
            page = cast("ChangesJson", self._get("changes", {"after": after, "limit": 500, "mark": mark}))
            yield from page["changes"]
            after, mark = page["next"], page["mark"]
            if not page["more"]:
                return

    def _pages(self, path: str, what: str, params: Mapping[str, Value]) -> Iterator[Any]:
        after: Value = None
        while True:
            page = self._get(path, {**params, "after": after})
            yield from page[what]
            after = page["after"]
            if after is None:
                return

    def _get(self, path: str, params: Mapping[str, Value]) -> Any:
        return self._ask(path, params).json()

    def _ask(self, path: str, params: Mapping[str, Value]) -> httpx.Response:
        with self._stream(path, params) as answer:
            try:
                answer.read()
            except httpx.TransportError as error:
                raise Broken(0) from error
            return answer

    @contextmanager
    def _stream(self, path: str, params: Mapping[str, Value]) -> Iterator[httpx.Response]:
        """An answer that is good; asks again as long as the server asks for patience, or cannot be reached."""
        for left in reversed(range(self._tries)):
            request = self._http.build_request("GET", path, params=httpx.QueryParams(tuple(_params(params))))
            try:
                answer = self._http.send(request, stream=True)
            except httpx.TransportError as error:
                if not left:
                    raise ForumwatchError(f"{request.url.host} cannot be reached: {error}") from error
                self._sleep(self._pause(None, left))
                continue
            try:
                if answer.is_success:
                    yield answer
                    return
                answer.read()
                pause = self._pause(answer.headers.get("retry-after"), left)
                if answer.status_code not in PATIENT or not left or pause > LONGEST_WAIT:
                    raise Refused(answer.status_code, _message(answer))
            finally:
                answer.close()
            self._sleep(pause)

    def _pause(self, said: str | None, left: int) -> float:
        """Seconds until the next try: as the server said, else longer each time and never all at once."""
        told = _seconds(said)
        return told if told is not None else random.uniform(0.5, 1.0) * 2 ** (self._tries - left - 1)


def _params(params: Mapping[str, Value]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in params.items():
        if isinstance(value, bool):
            found.append((name, "true" if value else "false"))
        elif isinstance(value, str | int):
            found.append((name, str(value)))
        elif value is not None:
            found += [(name, each) for each in value]
    return found


def _message(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["message"])
    except (ValueError, KeyError, TypeError):
        return answer.reason_phrase


def _seconds(said: str | None) -> float | None:
    """Retry-After: a number of seconds, or a moment."""
    if not said:
        return None
    if said.strip().isdigit():
        return float(said)
    try:
        return max(0.0, (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _row(hit: LineJson) -> tuple[object, ...]:
    best = hit["passages"][0] if hit["passages"] else None
    passage: tuple[object, ...] = (None,) * 8
    if best is not None:
        names = ("citation", "page", "paragraph", "plain", "language", "quality", "poor", "url")
        passage = tuple(best[name] for name in names)  # type: ignore[literal-required]
    return (
        *(hit["work"], hit["symbol"], hit["title"], hit["date"], hit["publisher"], hit["body"]),
        *(hit["session"], hit["agenda_item"], hit["kind"], hit["languages"], hit["url"], *passage),
    )
