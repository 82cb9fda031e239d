"""Where does the mail of the demo and of the tests arrive? In a small SMTP server that keeps a maildir.

What arrives twice under one Message-ID is kept once. That is no trick of the demo: when a sender dies after the
server said yes and before the sender could write it down, it must send again (the one window that no system can
close), and a mailbox or a reader that knows the Message-ID shows one mail. `doubles` counts how often it happened.
A maildir is a folder that mail programs open: `mutt -f FOLDER`, or Python's mailbox.Maildir.
"""

import asyncio
import hashlib
import os
import socket
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

LARGEST = 1_000_000  # bytes of one mail


class Maildir:
    """A maildir that keeps each Message-ID once; safe against a kill at any moment."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.doubles = 0
        for name in ("tmp", "new", "cur"):
            (path / name).mkdir(parents=True, exist_ok=True)

    def keep(self, message: bytes) -> bool:
        """Stores the mail unless one with its Message-ID is there; True if it was new."""
        name = self._name(message)
        if (self.path / "new" / name).exists() or any((self.path / "cur").glob(f"{name}*")):
            self.doubles += 1
            return False
        passing = self.path / "tmp" / f"{name}.{os.getpid()}"
        with passing.open("wb") as file:
            file.write(message)
            file.flush()
            os.fsync(file.fileno())
        passing.replace(self.path / "new" / name)
        _sync(self.path / "new")
        return True

    def messages(self) -> list[bytes]:
        """Every mail, read and unread, by name."""
        files = [*(self.path / "new").iterdir(), *(self.path / "cur").iterdir()]
        return [file.read_bytes() for file in sorted(files, key=lambda file: file.name)]

    def _name(self, message: bytes) -> str:
        message_id = str(message_from_bytes(message, policy=policy.default)["Message-ID"] or "").strip()
        return hashlib.sha256(message_id.encode() or message).hexdigest()[:40]


class LocalMailbox(Controller):
    """An SMTP server on localhost, in a thread of its own, that keeps what it is given. Use it in a `with`.

    `port` 0 takes a free one, then found in `.port`.
    """

    def __init__(self, path: Path, port: int = 0) -> None:
        self.mailbox = Maildir(path)
        self._socket = socket.create_server(("127.0.0.1", port))
        super().__init__(
            self,  # it is its own handler: see handle_DATA
            hostname="127.0.0.1",
            port=self._socket.getsockname()[1],
            data_size_limit=LARGEST,
            ident="Forumwatch local mailbox",
        )

    def _create_server(self) -> Any:
        # The socket is bound before, so that no other process can take the port in between.
        return self.loop.create_server(self._factory_invoker, sock=self._socket)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        message = envelope.original_content or b""
        new = await asyncio.get_running_loop().run_in_executor(None, self.mailbox.keep, message)
        return "250 kept" if new else "250 kept before, under the same Message-ID"

    def __enter__(self) -> "LocalMailbox":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
