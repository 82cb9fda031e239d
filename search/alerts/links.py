"""Where does a mail lead, and under whose name does it go out?

The addresses are those of search/web/urls.py, which mails may not import (a test holds the two together): a mail
outlives the pages, and the room that sends must start without them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote, urlencode, urlsplit

from search.alerts.errors import AlertError
from search.alerts.tokens import Grant, Purpose, sign


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses under `base_url`, and those that are signed with `secret`: whoever has one may do what it says."""

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

    def search(self, query: str, narrowed: Iterable[tuple[str, str]] = ()) -> str:
        """The search as a page, newest first; `narrowed` is what the page is asked beside the query (facets, unit)."""
        return f"{self._base}/search?{urlencode([('q', query), *narrowed, ('sort', '-date')])}"

    def sources(self) -> str:
        return f"{self._base}/sources"

    def unsubscribe(self, subscriber_id: int, search_id: int | None = None) -> str:
        """Ends one saved search, or all mail: asks when opened, acts on POST."""
        return self._signed("unsubscribe", Purpose.UNSUBSCRIBE, Grant(subscriber_id, search_id))

    def manage(self, subscriber_id: int) -> str:
        """The member's own page: settings, searches, pause, export, delete."""
        return self._signed("manage", Purpose.MANAGE, Grant(subscriber_id))

    def mend(self, subscriber_id: int, search_id: int) -> str:
        """The part of that page where a broken search is asked anew."""
        return f"{self.manage(subscriber_id)}/watch?{urlencode([('search', search_id)])}"

    def ask_for_manage(self) -> str:
        """Where someone who has lost the mails asks for that link."""
        return f"{self._base}/manage"

    def sign_up(self, pairs: Iterable[tuple[str, str]] = ()) -> str:
        """The form; `pairs` are a search as its page has them (q, unit, facets)."""
        query = urlencode(list(pairs))
        return f"{self._base}/sign-up" + (f"?{query}" if query else "")

    def confirm(self, subscriber_id: int, sign_up_id: int, now: datetime) -> str:
        """Confirms what was asked for; asks when opened, acts on POST; ends some days after `now`."""
        return self._signed("confirm", Purpose.CONFIRM, Grant(subscriber_id, sign_up_id), now)

    def feed(self, subscriber_id: int, search_id: int) -> str:
        """The Atom feed of a saved search."""
        return self._signed("feed", Purpose.FEED, Grant(subscriber_id, search_id))

    def archive(self, subscriber_id: int, kind: str = "", period: str = "") -> str:
        """One mail of a member on the web, by what is unique about it; without: the list of all of them."""
        mail = f"{kind} {period}" if kind else ""
        return self._signed("mails", Purpose.ARCHIVE, Grant(subscriber_id, None, mail))

    def trace(self, subscriber_id: int, search_id: int) -> str:
        """Why did a document come, or not come, for this saved search?"""
        return self._signed("trace", Purpose.TRACE, Grant(subscriber_id, search_id))

    def desk(self, now: datetime) -> str:
        """The secretariat's page; ends some hours after `now`."""
        return self._signed("desk", Purpose.DESK, Grant(0), now)

    def _signed(self, page: str, purpose: Purpose, grant: Grant, now: datetime | None = None) -> str:
        return f"{self._base}/{page}/{quote(sign(self.secret, grant, purpose, now), safe='')}"

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
