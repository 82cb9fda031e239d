"""How does a receiver know that a message is ours, fresh, and not one it has had?

The signature is an HMAC-SHA256 over the time, a dot and the body, keyed with the webhook's own secret. That secret is
an HMAC of the webhook's name under the secret of the house: it is shown when the webhook is made and kept nowhere, so
that a stolen catalog signs nothing. The number of the change and the key are in the body too, and so are signed.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

VERSION = "v1"


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent: `key` is the same at every attempt, `sequence` the number of the change (0: a test)."""

    key: str
    sequence: int
    body: bytes


def webhook_secret(house_secret: str, name: str) -> str:
    """The secret of one webhook, as its receiver keeps it: 256 bits as letters."""
    made = hmac.digest(house_secret.encode(), f"forumwatch webhook {name}".encode(), hashlib.sha256)
    return "whsec_" + base64.urlsafe_b64encode(made).decode().rstrip("=")


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """v1=...: hexadecimal HMAC-SHA256 of `timestamp`, a dot and the body; the key is the secret as it was shown."""
    made = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256)
    return f"{VERSION}={made.hexdigest()}"


def signed(letter: Letter, secret: str, at: datetime) -> dict[str, str]:
    """The headers of an attempt made at `at`; timestamp and signature are new at each."""
    timestamp = int(at.timestamp())
    return {
        "Content-Type": "application/json",
        "User-Agent": "Forumwatch-Webhook/1",
        "Forumwatch-Timestamp": str(timestamp),
        "Forumwatch-Sequence": str(letter.sequence),
        "Forumwatch-Signature": sign(secret, timestamp, letter.body),
        "Idempotency-Key": letter.key,
    }
