"""May this request leave? Per host: its terms, its robots, the approval on file, the pace, what may be fetched."""

import re
import tomllib
from dataclasses import dataclass, fields
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawlers.errors import PermissionRefused, SourceError

LEDGER = Path(__file__).parent / "hosts.toml"
SLASH = re.compile(r"/|\\|%2f|%5c", re.IGNORECASE)  # what one server or another takes for a slash
DOTS = re.compile(rf"({SLASH.pattern})\.\.?({SLASH.pattern}|$)", re.IGNORECASE)
APPROVALS = ("not-needed", "given", "needed")


@dataclass(frozen=True, slots=True)
class Host:
    """One entry of the ledger; `pace` and `patience` are seconds, see the head of hosts.toml."""

    name: str
    terms: str
    robots: str
    approval: str
    pace: float
    patience: float
    contact: str
    may_fetch: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.approval not in APPROVALS:
            raise SourceError(f"hosts.toml, {self.name}: approval is one of {', '.join(APPROVALS)}")
        if not self.terms.startswith("https://") or not self.contact:
            raise SourceError(f"hosts.toml, {self.name}: terms (an https page) and contact must be filled in")
        if self.pace < 0 or self.patience < 0:
            raise SourceError(f"hosts.toml, {self.name}: pace and patience are seconds, not below zero")


class Permissions:
    """The ledger: the entries that come with Forumwatch, and those of a further folder (`hosts.toml` in it)."""

    def __init__(self, hosts: dict[str, Host]) -> None:
        self._hosts = hosts

    @classmethod
    def load(cls, folder: Path | None = None) -> "Permissions":
        hosts = _read(LEDGER)
        if folder is not None and (folder / "hosts.toml").is_file():
            hosts |= _read(folder / "hosts.toml")
        return cls(hosts)

    def host(self, url: str) -> Host:
        """The entry for this address, or PermissionRefused."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"}:
            raise PermissionRefused(f"only http and https are asked, not {url}")
        found = self._hosts.get(parts.hostname or "")
        if found is None:
            raise PermissionRefused(f"{parts.hostname or url} has no entry in hosts.toml, so nothing is asked of it")
        return found

    def check(self, url: str) -> Host:
        """The entry that lets this very request leave, or PermissionRefused."""
        host = self.host(url)
        if host.approval == "needed":
            raise PermissionRefused(f"{host.name} may only be asked with its approval, and none is on file")
        path = _walked(urlsplit(url).path)
        if path != "/robots.txt" and not any(fnmatchcase(path, shape) for shape in host.may_fetch):
            raise PermissionRefused(f"hosts.toml does not say that {path} may be fetched from {host.name}")
        return host


def _walked(path: str) -> str:
    """The path that a server would take it for: %2e is a dot, and dot segments are walked (RFC 3986, 5.2.4)."""
    path = re.sub("%2e", ".", path, flags=re.IGNORECASE)
    walked: list[str] = []
    for segment in (SLASH.split(path) if DOTS.search(path) else path.split("/"))[1:]:
        if segment == "..":
            del walked[-1:]
        elif segment != ".":
            walked.append(segment)
    return "/" + "/".join(walked)


def _read(path: Path) -> dict[str, Host]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return {name: Host(**_checked(name, entry)) for name, entry in table.items()}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceError(f"{path} is not readable TOML: {error}") from error


def _checked(name: str, entry: object) -> dict[str, Any]:
    """The entry as arguments of Host, all there and of the right type."""
    if not isinstance(entry, dict):
        raise SourceError(f"hosts.toml, {name}: not a table")
    wanted = {field.name for field in fields(Host)} - {"name"}
    if entry.keys() != wanted:
        raise SourceError(f"hosts.toml, {name}: missing or unknown: {', '.join(sorted(entry.keys() ^ wanted))}")
    for key in ("terms", "robots", "approval", "contact"):
        if not isinstance(entry[key], str):
            raise SourceError(f"hosts.toml, {name}: {key} is text")
    for key in ("pace", "patience"):
        if not isinstance(entry[key], int | float) or isinstance(entry[key], bool):
            raise SourceError(f"hosts.toml, {name}: {key} is a number of seconds")
    paths = entry["may_fetch"]
    if not isinstance(paths, list) or not all(isinstance(p, str) and p.startswith("/") for p in paths):
        raise SourceError(f"hosts.toml, {name}: may_fetch is a list of paths that begin with /")
    return {**entry, "name": name, "may_fetch": tuple(paths)}
