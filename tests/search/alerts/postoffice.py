"""Where do the tests' mails go? To a real SMTP server on localhost that behaves as it is told."""

import asyncio
import socket
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller

NOW = datetime(2026, 10, 5, 5, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class PostOffice(Controller):
    """A server that does what `script` says, one word a mail, and then `after` for all that follow.

    accept, wait (then accept), refuse (550 to RCPT), policy (550 5.7.1), full (552 5.2.2), busy (451 to RCPT),
    too-big (552 to DATA), later (452 to DATA), drop (closes the line before the text), lose (takes the text, keeps
    it, closes the line without an answer),
    sender (550 to MAIL), closing (421 to MAIL).
    """

    def __init__(self, *script: str, after: str = "accept", **options) -> None:
        self.script, self.after, self.taken = list(script), after, []
        self.asked: Counter[str] = Counter()
        self.lock = threading.Lock()
        self._socket = socket.create_server(("127.0.0.1", 0))
        super().__init__(self, hostname="127.0.0.1", port=self._socket.getsockname()[1], **options)

    def _create_server(self):
        return self.loop.create_server(self._factory_invoker, sock=self._socket, ssl=self.ssl_context)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    async def handle_MAIL(self, server, session, envelope, address, options):
        with self.lock:
            session.mood = self.script.pop(0) if self.script else self.after
        if session.mood == "sender":
            return "550 I do not know you"
        if session.mood == "closing":
            return "421 closing"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.asked[address] += 1
        if session.mood == "refuse":
            return "550 no such mailbox"
        if session.mood == "policy":
            return "550 5.7.1 not wanted here"
        if session.mood == "full":
            return "552 5.2.2 mailbox full"
        if session.mood == "busy":
            return "451 try again later"
        if session.mood == "drop":
            server.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if session.mood == "too-big":
            return "552 too big"
        if session.mood == "later":
            return "452 out of room"
        if session.mood == "wait":
            await asyncio.sleep(0.05)
        self.taken.append(envelope.original_content)
        if session.mood == "lose":
            server.transport.abort()
        return "250 taken"

    def message_ids(self) -> list[str]:
        return [str(message_from_bytes(message, policy=policy.default)["Message-ID"]) for message in self.taken]
