"""Where do mails that came back lie, and how is one marked as read? A maildir folder, or a mailbox over IMAP.

A mail is marked only after what it says has been written down, and none is ever deleted: a reader that is killed in
between reads it again, and the ledger knows it. Of each mail only the beginning is fetched; a bounce says what it has
to say there, and nobody fills our memory.
"""

import imaplib
import os
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from search.alerts.errors import AlertError

LARGEST = 256_000  # bytes of a mail that are read
SECONDS = 60.0  # that an IMAP server may take for one answer


class MailboxError(AlertError):
    """Raised when the mailbox of bounces cannot be opened or read; says why."""


class Mailbox(Protocol):
    """Unread mails, each with the name by which it is marked as read."""

    def unread(self) -> Iterator[tuple[str, bytes]]: ...

    def mark(self, name: str) -> None: ...


class Folder:
    """A maildir: mails in new/ (and those in cur/ without the flag S) are unread; read ones lie in cur/ with it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def unread(self) -> Iterator[tuple[str, bytes]]:
        try:
            names = [
                *(f"new/{entry.name}" for entry in os.scandir(self.path / "new") if entry.is_file()),
                *(f"cur/{entry.name}" for entry in os.scandir(self.path / "cur") if entry.is_file()),
            ]
        except OSError as error:
            raise MailboxError(f"{self.path} is no maildir that can be read: {error.strerror}") from error
        for name in sorted(names):
            if name.startswith("cur/") and "S" in name.rpartition(":2,")[2]:
                continue
            try:
                with (self.path / name).open("rb") as file:
                    yield name, file.read(LARGEST)
            except FileNotFoundError:
                continue  # another reader was quicker
            except OSError as error:
                raise MailboxError(f"{self.path / name} cannot be read: {error.strerror}") from error

    def mark(self, name: str) -> None:
        plain, _, flags = name.partition("/")[2].partition(":2,")
        seen = "".join(sorted({*flags, "S"}))
        with suppress(FileNotFoundError):  # marked by another reader
            (self.path / name).rename(self.path / "cur" / f"{plain}:2,{seen}")


class Imap:
    """A mailbox on an IMAP server, open for as long as open_mailbox() says."""

    def __init__(self, connection: imaplib.IMAP4) -> None:
        self.connection = connection

    def unread(self) -> Iterator[tuple[str, bytes]]:
        found = self._ask("SEARCH", "UNSEEN")[0]
        for uid in found.split() if isinstance(found, bytes) else ():
            name = uid.decode("ascii")
            # PEEK: looking at it does not mark it.
            for part in self._ask("FETCH", name, f"(BODY.PEEK[]<0.{LARGEST}>)"):
                if isinstance(part, tuple):
                    yield name, bytes(part[1])[:LARGEST]

    def mark(self, name: str) -> None:
        self._ask("STORE", name, "+FLAGS.SILENT", r"(\Seen)")

    def _ask(self, command: str, *arguments: str) -> list[bytes | tuple[bytes, bytes] | None]:
        state, answer = self.connection.uid(command, *arguments)
        if state != "OK":
            raise MailboxError(f"the server of bounces refused {command}: {answer!r}"[:300])
        return answer


@contextmanager
def open_mailbox(where: str, password: str = "", context: ssl.SSLContext | None = None) -> Iterator[Mailbox]:
    """`where`: a maildir folder, or imaps://user@host:port/INBOX. Errors: MailboxError, also while it is being read."""
    if "://" not in where:
        yield Folder(Path(where).expanduser())
        return
    parts = urlsplit(where)
    host, name = parts.hostname or "", unquote(parts.path.strip("/")) or "INBOX"
    try:
        if parts.scheme == "imaps":
            secure = context or ssl.create_default_context()
            connection: imaplib.IMAP4 = imaplib.IMAP4_SSL(host, parts.port or 993, ssl_context=secure, timeout=SECONDS)
        else:
            connection = imaplib.IMAP4(host, parts.port or 143, timeout=SECONDS)
        try:
            connection.login(unquote(parts.username or ""), password)
            state, answer = connection.select(_quoted(name))
            if state != "OK":
                raise MailboxError(f"there is no mailbox {name!r} on {host}: {answer!r}"[:300])
            yield Imap(connection)
        finally:
            with suppress(imaplib.IMAP4.error, OSError):
                connection.logout()
    except (imaplib.IMAP4.error, OSError) as error:
        raise MailboxError(f"the mailbox of bounces on {host} cannot be read: {_brief(error)}") from error


def _quoted(name: str) -> str:
    return '"' + re.sub(r"[\r\n]", "", name).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _brief(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]
