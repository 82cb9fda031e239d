"""How does Forumwatch behave towards the publishers: under which name, how slowly, how long?"""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from crawlers.errors import CrawlError

CONTACT = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+|https?://\S+")


@dataclass(frozen=True, slots=True)
class Manners:
    """`user_agent` must hold a contact (a mail address or a web page).

    `replica`, when set, is where every request goes instead of the publisher ("http://127.0.0.1:PORT");
    `pace` multiplies all delays of our own (1 for the live web, 0 for the replica); `timeout` bounds a
    whole crawl, in seconds; `folder` holds further sources (NAME.py) and their hosts.toml; a file of more
    than `most_bytes` is not taken.
    """

    user_agent: str
    replica: str | None = None
    pace: float = 1.0
    timeout: float = 3600.0
    folder: Path | None = None
    most_bytes: int = 100 * 1024 * 1024

    def __post_init__(self) -> None:
        if not CONTACT.search(self.user_agent):
            raise CrawlError(f"the User-Agent must name a contact, a mail address or a page: {self.user_agent!r}")
        if any(ord(letter) < 32 or ord(letter) > 126 for letter in self.user_agent):
            raise CrawlError("the User-Agent must be plain ASCII on one line")
        if self.pace < 0 or self.timeout <= 0 or self.most_bytes <= 0:
            raise CrawlError("pace may not be negative, and timeout and most_bytes must be above zero")
        if self.replica is not None and urlsplit(self.replica).hostname not in {"127.0.0.1", "localhost", "::1"}:
            raise CrawlError(f"the replica lives on this machine, so its address cannot be {self.replica}")

    @property
    def product(self) -> str:
        """The name that robots.txt is read under."""
        return self.user_agent.split("/")[0].split()[0]
