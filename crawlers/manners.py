"""How does Forumwatch behave towards the publishers: under which name, how slowly, how long?"""

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from crawlers.errors import CrawlError

MAIL = re.compile(r"[^\s@<>():;,]+@([^\s@<>():;,/]+\.[^\s@<>():;,/]+)")
PAGE = re.compile(r"https?://[^\s<>();,]+", re.IGNORECASE)
NOWHERE = {"localhost", "local", "internal", "lan", "home", "test", "invalid", "arpa"}  # last parts of private names


@dataclass(frozen=True, slots=True)
class Manners:
    """`user_agent` must hold a contact: a mail address or a page; in a live crawl one that others can reach.

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
        hosts = _contacts(self.user_agent)
        if not hosts:
            raise CrawlError(f"the User-Agent must name a contact, a mail address or a page: {self.user_agent!r}")
        if self.replica is None and not any(map(_is_public, hosts)):
            raise CrawlError(
                f"the User-Agent must name a contact that can be reached from outside: {self.user_agent!r}"
            )
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


def _contacts(user_agent: str) -> list[str]:
    """The hosts of all mail addresses and pages in it."""
    pages = PAGE.findall(user_agent)
    mails = MAIL.findall(PAGE.sub(" ", user_agent))  # the @ of http://someone@host is no mail
    return [host for host in [*map(_host_of, pages), *mails] if host]


def _host_of(page: str) -> str:
    try:
        return urlsplit(page).hostname or ""
    except ValueError:  # a bracket that is no IPv6 address
        return ""


def _is_public(host: str) -> bool:
    """Whether the name may mean the same to the publisher as to us."""
    host = host.lower().strip("[].")
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        parts = host.split(".")
        return len(parts) > 1 and all(parts) and parts[-1] not in NOWHERE and not parts[-1].isdigit()
