"""A mail relay in a process of its own, that refuses, delays, drops and answers at random, and keeps a journal.

python -m tests.chaos.relay JOURNAL SEED: prints its port, serves until it is killed. While a file JOURNAL.calm is
there, it takes everything. Each mail that it takes is a line of the journal before the answer is given: its
Message-ID, its reader, its hash, the works it names, and whether the answer was kept back (`lost`).
"""

import asyncio
import hashlib
import json
import random
import re
import socket
import sys
from email import message_from_bytes, policy
from pathlib import Path

from aiosmtpd.controller import Controller

NAMED = re.compile(r"A/90/(\d+)")
NOBODY = "nobody@example.net"  # a mailbox that is not there
MOODS = {
    "accept": 70,
    "slow": 4,
    "lose": 5,  # takes it, and drops the line without an answer
    "drop": 4,  # drops the line before the text
    "busy": 5,
    "later": 4,
    "closing": 2,
    "sender": 1,
    "policy": 2,  # will not have this one, for good
    "garbled": 1,
    "silent": 1,
}


class Relay(Controller):
    def __init__(self, journal: Path, seed: int) -> None:
        self.journal, self.chance = journal.open("a", encoding="utf-8"), random.Random(seed)
        self.calm = journal.with_name(f"{journal.name}.calm")
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port_taken = self.socket.getsockname()[1]
        super().__init__(self, hostname="127.0.0.1", port=self.port_taken)

    def _create_server(self):
        return self.loop.create_server(self._factory_invoker, sock=self.socket)

    async def handle_MAIL(self, server, session, envelope, address, options):
        session.mood = "accept" if self.calm.exists() else self.chance.choices([*MOODS], [*MOODS.values()])[0]
        if session.mood == "sender":
            return "550 5.7.1 I do not know you"
        if session.mood == "closing":
            return "421 4.3.2 closing"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address == NOBODY:
            return "550 5.1.1 no such mailbox"
        answers = {"busy": "451 4.7.1 try again later", "policy": "550 5.7.1 not wanted here"}
        if session.mood in answers:
            return answers[session.mood]
        if session.mood == "drop":
            server.transport.abort()
        if session.mood == "silent":
            await asyncio.sleep(0.8)  # longer than the sender waits
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if session.mood == "later":
            return "452 4.3.0 out of room"
        if session.mood == "slow":
            await asyncio.sleep(0.02)
        message = message_from_bytes(envelope.original_content, policy=policy.default)
        text = message.get_body(("plain",)).get_content()
        lost = session.mood in ("lose", "garbled")
        line = {"id": str(message["Message-ID"]), "to": envelope.rcpt_tos[0], "lost": lost}
        line |= {"sha256": hashlib.sha256(envelope.original_content).hexdigest()}
        line |= {"works": sorted({int(number) for number in NAMED.findall(text)})}
        self.journal.write(json.dumps(line) + "\n")
        self.journal.flush()
        if session.mood == "lose":
            server.transport.abort()
        return "what?" if session.mood == "garbled" else "250 taken"


if __name__ == "__main__":
    relay = Relay(Path(sys.argv[1]), int(sys.argv[2]))
    relay.start()
    sys.stdout.write(f"{relay.port_taken}\n")
    sys.stdout.flush()
    sys.stdin.read()  # until whoever started it ends
    relay.stop()
