"""How is one mail handed to an SMTP server, and what does its answer mean for the mail and for those after it?"""

import smtplib
import socket
import ssl
import threading
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, NamedTuple, Self

from search.alerts.post.answers import classify

LONGEST_ANSWER = 500


@dataclass(frozen=True, slots=True)
class Smtp:
    """Where mail goes out. `timeout` bounds each step with the server, `deadline` one mail altogether (seconds)."""

    host: str
    port: int = 25
    tls: Literal["none", "starttls", "tls"] = "none"
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 30.0
    deadline: float = 120.0
    envelope_from: str = ""  # where bounces go; the From address when empty
    tls_context: ssl.SSLContext | None = None  # None: the system's authorities


class Outcome(Enum):
    """What one attempt came to."""

    SENT = "sent"  # accepted: the server has taken responsibility
    GONE = "bounced"  # there is no such mailbox
    FULL = "full"  # its mailbox takes nothing now
    REFUSED = "refused"  # this mail will never be taken
    LATER = "failed"  # not now: try again after a pause
    NO_SERVER = "no server"  # not now, and nothing after it either: the trouble is not this mail's


MEANT = {
    "gone": Outcome.GONE,
    "full": Outcome.FULL,
    "refused": Outcome.REFUSED,
    "later": Outcome.LATER,
    "server": Outcome.NO_SERVER,
}


class Attempt(NamedTuple):
    outcome: Outcome
    answer: str  # in the server's words where it said something


class Line:
    """A connection to the server, opened when first needed, kept from mail to mail, replaced after trouble."""

    def __init__(self, smtp: Smtp) -> None:
        self.smtp = smtp
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._hang_up()

    def hand_over(self, sender: str, recipient: str, message: bytes) -> Attempt:
        """One attempt at one mail to one recipient; never raises for what a server or a network may do."""
        # A server that answers a byte at a time never runs into the time-out of a step: this ends it all the same.
        watch = threading.Timer(self.smtp.deadline, self._cut)
        watch.daemon = True
        watch.start()
        try:
            return self._converse(*self._begin(sender), recipient, message)
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            return Attempt(Outcome.NO_SERVER, _words(error))
        finally:
            watch.cancel()

    def _begin(self, sender: str) -> tuple[smtplib.SMTP, int, bytes]:
        """The connection, and what was said to MAIL FROM; a new one where the old takes no more mails."""
        if self._connection is not None:
            try:
                code, answer = self._connection.mail(sender)
                if code == 250:
                    return self._connection, code, answer
            except (smtplib.SMTPException, OSError):
                self._connection.close()  # it hung up between two mails, which is its right
            self._hang_up()
        connection = self._open()
        return connection, *connection.mail(sender)

    def _converse(self, connection: smtplib.SMTP, code: int, answer: bytes, recipient: str, message: bytes) -> Attempt:
        if code != 250:  # it does not like the sender: our trouble, not this mail's
            return self._after(connection, code, answer, ours=True)
        try:
            code, answer = connection.rcpt(recipient)
            if code not in (250, 251):
                return self._after(connection, code, answer)
            code, answer = connection.data(message)
            if code != 250:
                return self._after(connection, code, answer)
            return Attempt(Outcome.SENT, _said(code, answer))
        except smtplib.SMTPDataError as error:  # it would not even begin with the text
            return self._after(connection, error.smtp_code, _octets(error.smtp_error))
        except (smtplib.SMTPException, OSError) as error:
            # Dropped in mid-conversation. After the text this may hide an acceptance: the one window that cannot be
            # closed, covered by the Message-ID that stays the same.
            self._hang_up()
            return Attempt(Outcome.LATER, _words(error))

    def _after(self, connection: smtplib.SMTP, code: int, answer: bytes, ours: bool = False) -> Attempt:
        """Says what a refusal means, and makes the connection ready for the next mail."""
        try:
            connection.rset()
        except (smtplib.SMTPException, OSError):
            self._hang_up()
        said = _said(code, answer)
        if code == 421:  # it is closing down
            self._hang_up()
        if code == 421 or (ours and 500 <= code < 600):
            return Attempt(Outcome.NO_SERVER, said)
        return Attempt(MEANT[classify(code, answer.decode("utf-8", "replace"))], said)

    def _open(self) -> smtplib.SMTP:
        if self._connection is not None:
            return self._connection
        smtp = self.smtp
        context = smtp.tls_context or ssl.create_default_context()
        if smtp.tls == "tls":
            self._connection = smtplib.SMTP_SSL(smtp.host, smtp.port, timeout=smtp.timeout, context=context)
        else:
            self._connection = smtplib.SMTP(smtp.host, smtp.port, timeout=smtp.timeout)
        if smtp.tls == "starttls":
            self._connection.starttls(context=context)
        self._connection.ehlo_or_helo_if_needed()
        if smtp.user:
            self._connection.login(smtp.user, smtp.password)
        return self._connection

    def _cut(self) -> None:
        sock = self._connection.sock if self._connection is not None else None
        if sock is None:
            return
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:  # it has been closed meanwhile, which is what we wanted
            return

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.quit()
        except (smtplib.SMTPException, OSError):
            connection.close()


def _octets(answer: bytes | str) -> bytes:
    return answer.encode() if isinstance(answer, str) else answer


def _said(code: int, answer: bytes) -> str:
    return f"{code} {answer.decode('utf-8', 'replace')}"[:LONGEST_ANSWER]


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:LONGEST_ANSWER]
