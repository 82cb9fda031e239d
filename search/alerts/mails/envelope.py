"""What stands on a mail, and how are its parts put together? Headers that other mail systems can act on.

There is no Precedence header: Auto-Submitted (RFC 3834) and List-Id say the same, and some filters hold "bulk"
against a mail. Nor a DKIM signature: the relay that sends in the domain's name signs.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import EmailPolicy
from functools import cache
from typing import Any

from search.alerts.errors import AlertError
from search.alerts.links import Letterhead
from search.alerts.wording import Wording


@dataclass(frozen=True, slots=True)
class Envelope:
    """To whom, about what, and what the button of a mail program stops (None: no such button)."""

    subscriber_id: int | None
    address: str
    language: str
    kind: str
    period: str
    made: datetime
    subject: str
    safe: bool
    one_click: str | None
    secret: str = field(repr=False)  # of the house

    @property
    def name(self) -> str:
        """From (subscriber, kind, period) alone, so that however often the mail is made and sent, readers see one."""
        return name_of_mail(self.secret, self.subscriber_id, self.address, self.kind, self.period)

    def message_id(self, letterhead: Letterhead) -> str:
        kind = self.kind.replace(" ", "-")
        return f"<{kind}.{self.period.lower()}.{self.name}@{address_of(letterhead.sender).domain}>"


def assemble(envelope: Envelope, text: str, html: str, letterhead: Letterhead) -> bytes:
    """The whole mail, ready to be kept in the outbox and sent as it is; equal arguments give equal bytes."""
    message = EmailMessage(policy=_policy())
    for name, value in _headers(envelope, letterhead).items():
        message[name] = value
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = envelope.language
    message.set_boundary(f"=_{envelope.name}")
    return message.as_bytes()


def name_of_mail(secret: str, subscriber_id: int | None, address: str, kind: str, period: str) -> str:
    """Nobody can guess it who only knows an address: where bounces have no address of their own, they are believed
    because they name a Message-ID (post/bounces.py)."""
    who = f"message id\n{subscriber_id}\n{address}\n{kind}\n{period}"
    return hmac.new(secret.encode(), who.encode(), hashlib.sha256).hexdigest()[:24]


def address_of(text: str) -> Address:
    """Errors: AlertError where no mail can carry it."""
    try:
        return Address(addr_spec=text)
    except (ValueError, IndexError) as error:
        raise AlertError(f"not an address that mail can carry: {text[:80]!r}") from error


class Verbatim(UnstructuredHeader):
    """A header of addresses in angle brackets: folded only between them, where the standard fold would encode them."""

    def fold(self, *, policy: Any) -> str:
        return f"{self.name}: {str(self).replace(', <', f',{policy.linesep} <')}{policy.linesep}"  # type: ignore[attr-defined]


def _headers(envelope: Envelope, letterhead: Letterhead) -> dict[str, object]:
    sender = address_of(letterhead.sender)
    name = Wording(envelope.language)("Summary") if envelope.safe else letterhead.sender_name
    headers: dict[str, object] = {
        "From": Address(name, addr_spec=sender.addr_spec),
        "To": address_of(envelope.address),
        "Subject": envelope.subject,
        "Date": envelope.made,
        "Message-ID": envelope.message_id(letterhead),
        "Auto-Submitted": "auto-generated",
    }
    if envelope.one_click is not None:
        stop = [f"<{envelope.one_click}>"]
        if letterhead.unsubscribe_mailto:
            token = envelope.one_click.rpartition("/")[2]
            stop.append(f"<mailto:{address_of(letterhead.unsubscribe_mailto).addr_spec}?subject=unsubscribe%20{token}>")
        headers["List-Id"] = f"<mails.{sender.domain}>" if envelope.safe else f"Forumwatch <digest.{sender.domain}>"
        headers["List-Unsubscribe"] = ", ".join(stop)
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if letterhead.reply_to:
        headers["Reply-To"] = address_of(letterhead.reply_to)
    return headers


@cache
def _policy() -> "EmailPolicy[EmailMessage]":
    registry = HeaderRegistry()
    for name in ("list-unsubscribe", "list-id", "message-id"):
        registry.map_to_type(name, Verbatim)  # type: ignore[arg-type]  # the stub asks for what it makes itself
    return EmailPolicy(linesep="\r\n", max_line_length=76, header_factory=registry)  # 76: RFC 2045, 6.7
