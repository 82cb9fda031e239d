"""Where does a mail lead, and under whose name does it go out?

The addresses are those of search/web/urls.py, which mails may not import (a test holds the two together): a mail
outlives the pages, and the room that sends must start without them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode, urlsplit

from search.alerts.errors import AlertError
from search.alerts.tokens import Grant, sign


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses under `base_url`, and links to unsubscribe signed with `secret`."""

    base_url: str
    secret: str

    def __post_init__(self) -> None:
        parts = urlsplit(self.base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise AlertError(
                f"the address of the site must look like https://host or https://host/path: {self.base_url!r}"
            )
        sign(self.secret, Grant(0, None))  # a secret that is too short shall be refused before a mail is written

    @property
    def host(self) -> str:
        return str(urlsplit(self.base_url).hostname)

    def home(self) -> str:
        return f"{self._base}/"

    def work(self, key: str, query: str = "") -> str:
        """The work's page, with the words of `query` marked on it."""
        pairs = [("q", query)] if query else []
        if not key.endswith(".json") and not any(part in ("", ".", "..") for part in key.split("/")):
            path = f"{self._base}/works/{quote(key, safe='/:(),')}"
        else:
            path, pairs = f"{self._base}/works", [("key", key), *pairs]
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def search(self, query: str) -> str:
        """The search as a page, newest first."""
        return f"{self._base}/search?{urlencode([('q', query), ('sort', '-date')])}"

    def sources(self) -> str:
        return f"{self._base}/sources"

    def unsubscribe(self, subscriber_id: int, search_id: int | None = None) -> str:
        """Ends one saved search, or all mail: asks when opened, acts on POST."""
        return f"{self._base}/unsubscribe/{quote(sign(self.secret, Grant(subscriber_id, search_id)), safe='')}"

    @property
    def _base(self) -> str:
        return self.base_url.rstrip("/")


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Under whose name mails go out. `notice`, per language, is said at the top and the bottom (a demonstration)."""

    sender: str = "forumwatch@localhost"
    sender_name: str = "Forumwatch"
    reply_to: str = ""
    unsubscribe_mailto: str = ""  # an address that someone (or something) reads and acts on; none if empty
    notice: Mapping[str, str] = field(default_factory=dict)
