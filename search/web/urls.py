"""Where is each page? Every address of the web pages and of their JSON twins is made here.

`Urls("https://host/prefix")` makes absolute addresses (JSON, mails); `Urls("/prefix")` or `Urls("")` makes
those that pages link with, so that a page works under whatever name the machine was reached by.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode, urlsplit

from catalog import ForumwatchError
from search.fields import FACETS
from search.web.asked import MOST_HITS, Asked

OF_A_RESULT = frozenset({"q", "sort", "unit", "widen", "reader", *FACETS})
# Their addresses hold a token, which is all the authority there is: not to be logged, kept, indexed or referred from.
SIGNED = ("unsubscribe", "manage", "confirm", "feed", "mails", "trace", "desk")
_SLUG = re.compile(r"[^\w.-]+")


class AddressError(ForumwatchError):
    """Raised at start when the base address of the site is not an http(s) address."""


@dataclass(frozen=True, slots=True)
class Urls:
    """All addresses under `base`, which has no slash at its end."""

    base: str

    @property
    def host(self) -> str:
        """The name of the machine, or of the site; empty for addresses without one."""
        return str(urlsplit(self.base).hostname or "")

    def home(self) -> str:
        return f"{self.base}/"

    def page(self, name: str, json: bool = False) -> str:
        """sources, quarantine, help, health."""
        return f"{self.base}/{name}{'.json' if json else ''}"

    def search(self, pairs: Iterable[tuple[str, str]] = (), json: bool = False) -> str:
        """The search page; `pairs` as Asked.pairs() gives them."""
        return _with_query(self.page("search", json), pairs)

    def work(self, key: str, query: str = "", json: bool = False) -> str:
        """A work by its key, slashes and all; a key that a browser would rewrite goes into the query string."""
        pairs = [("q", query)] if query else []
        if _survives_in_a_path(key):
            return _with_query(f"{self.base}/works/{quote(key, safe='/:(),')}{'.json' if json else ''}", pairs)
        return _with_query(f"{self.base}/works{'.json' if json else ''}", [("key", key), *pairs])

    def document(
        self,
        sha256: str,
        at: int | None = None,
        number: str | None = None,
        page: int | None = None,
        query: str = "",
        part: int | None = None,
        json: bool = False,
    ) -> str:
        """The text of a document; `at` is a paragraph's ordinal and `number` its printed number, for the anchor."""
        pairs = [("q", query)] if query else []
        anchor = ""
        if at is not None:
            pairs.append(("at", str(at)))
            anchor = f"#{paragraph_anchor(number, at)}"
        elif page is not None:
            pairs.append(("page", str(page)))
            anchor = f"#page-{page}"
        elif part is not None:
            pairs.append(("part", str(part)))
        return _with_query(f"{self.base}/documents/{sha256}{'.json' if json else ''}", pairs) + anchor

    def versions(self, sha256: str, version: int | None = None, json: bool = False) -> str:
        """What a document said before it was read again, and what that version changed."""
        pairs = [("version", str(version))] if version else []
        return _with_query(f"{self.base}/documents/{sha256}/versions{'.json' if json else ''}", pairs)

    def original(self, sha256: str) -> str:
        return f"{self.base}/documents/{sha256}/original"

    def grid(self, sha256: str, number: int) -> str:
        return f"{self.base}/documents/{sha256}/table/{number}.csv"

    def quarantine(self, after: int | None = None, json: bool = False) -> str:
        return _with_query(self.page("quarantine", json), [("after", str(after))] if after else [])

    def desk_quarantine(self, token: str, after: int | None = None) -> str:
        """The same list for the secretariat, with buttons."""
        return _with_query(self.signed("desk", token, "quarantine"), [("after", str(after))] if after else [])

    def unsubscribe(self, token: str) -> str:
        return self.signed("unsubscribe", token)

    def signed(self, page: str, token: str, deed: str = "") -> str:
        """A page of SIGNED, or what its forms do: manage, confirm, feed, mails, trace, desk."""
        return f"{self.base}/{page}/{quote(token, safe='')}" + (f"/{deed}" if deed else "")

    def sign_up(self, pairs: Iterable[tuple[str, str]] = ()) -> str:
        return _with_query(f"{self.base}/sign-up", pairs)

    def watch(self, pairs: Iterable[tuple[str, str]] = (), json: bool = False) -> str:
        """The page that rehearses a search, and has the form that saves it."""
        return _with_query(self.page("watch", json), pairs)

    def manage_watch(self, token: str, pairs: Iterable[tuple[str, str]] = ()) -> str:
        """The same for a member."""
        return _with_query(self.signed("manage", token, "watch"), pairs)

    def ask_for_manage(self) -> str:
        return f"{self.base}/manage"

    def api(self, path: str, pairs: Iterable[tuple[str, str]] = ()) -> str:
        """An address of the API; `path` is what comes behind /api/v1/, as it is written."""
        return _with_query(f"{self.base}/api/v1/{quote(path, safe='/:(),')}", pairs)

    def export(self, form: str, pairs: Iterable[tuple[str, str]] = ()) -> str:
        """The whole result of a search as csv, jsonl, bib, ris or atom; what is of one page only is left out."""
        return self.api(f"export.{form}", [(name, value) for name, value in pairs if name in OF_A_RESULT and value])

    def openapi(self) -> str:
        return f"{self.base}/openapi.json"

    def static(self, name: str, version: str) -> str:
        return f"{self.base}/static/{name}?v={version}"


def paragraph_anchor(number: str | None, ordinal: int) -> str:
    """`para-45` for the paragraph printed as 45; `at-112` for the 112th of the document when no number is printed."""
    slug = _SLUG.sub("-", number).strip("-") if number else ""
    return f"para-{slug}" if slug else f"at-{ordinal}"


def search_urls(urls: Urls, question: Asked, after: str | None) -> tuple[str, str | None]:
    """(url, next_url) of an answer as JSON, for `results_json`; `after` is the answer's own cursor."""
    question = replace(question, limit=max(1, min(question.limit, MOST_HITS)))
    more = urls.search(question.next(after).pairs(), json=True) if after else None
    return urls.search(question.pairs(), json=True), more


def site_urls(base_url: str) -> tuple[Urls, Urls]:
    """(absolute, for links in pages) from the address of the site as people reach it."""
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise AddressError(f"the site's address must look like https://host or https://host/path, not {base_url!r}")
    path = parts.path.rstrip("/")
    return Urls(f"{parts.scheme}://{parts.netloc}{path}"), Urls(path)


def _survives_in_a_path(key: str) -> bool:
    """No empty or dot segments (browsers resolve them, even when percent-encoded), nothing taken for a twin."""
    return (
        key.isprintable() and not key.endswith(".json") and not any(part in ("", ".", "..") for part in key.split("/"))
    )


def _with_query(path: str, pairs: Iterable[tuple[str, str]]) -> str:
    query = urlencode(list(pairs))
    return f"{path}?{query}" if query else path
