"""Where may nothing be sent, whoever asks? Addresses that bounced for good or complained, kept as keyed hashes alone.

The address itself is not kept: who was deleted stays suppressed, and the table tells nobody who was ever here. Each
function works inside the caller's transaction, so that it stands or falls with what it belongs to.
"""

import hashlib
import hmac
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import upsert
from catalog.tables import suppressions

HARD, COMPLAINT = "hard bounce", "complaint"  # suppressions.reason
LONGEST_DETAIL = 500


def address_hash(secret: str, address: str) -> str:
    """HMAC-SHA256 of the address as it is kept, see clean_address(); case is folded here too."""
    return hmac.new(secret.encode(), b"suppression\n" + address.strip().lower().encode(), hashlib.sha256).hexdigest()


def suppress(connection: Connection, secret: str, address: str, reason: str, detail: str, *, now: datetime) -> None:
    """Nothing goes to the address from now on. A complaint outweighs a bounce; otherwise the first reason stays."""
    own = address_hash(secret, address)
    row = {"address_hash": own, "reason": reason, "since": now, "detail": _without(address, detail)}
    upsert(connection, suppressions, [row], key=["address_hash"], update=reason == COMPLAINT)


def is_suppressed(connection: Connection, secret: str, address: str) -> bool:
    return bool(why_suppressed(connection, secret, address))


def why_suppressed(connection: Connection, secret: str, address: str) -> str:
    """The reason, "hard bounce" or "complaint"; "" if mail may go there."""
    own = suppressions.c.address_hash == address_hash(secret, address)
    return connection.execute(sa.select(suppressions.c.reason).where(own)).scalar() or ""


def lift(connection: Connection, secret: str, address: str) -> bool:
    """For the owner alone, who has just shown that mail arrives and is wanted; True if it was suppressed."""
    own = suppressions.c.address_hash == address_hash(secret, address)
    return connection.execute(sa.delete(suppressions).where(own)).rowcount > 0


def count_suppressed(connection: Connection) -> dict[str, int]:
    """How many addresses, by reason."""
    query = sa.select(suppressions.c.reason, sa.func.count()).group_by(suppressions.c.reason)
    return dict(connection.execute(query).tuples().all())


def _without(address: str, detail: str) -> str:
    """What the other side said, without the address: servers love to repeat it."""
    local = address.partition("@")[0]
    for word in (address, f"<{local}>"):
        at = detail.lower().find(word.lower())
        while at >= 0:
            detail = f"{detail[:at]}…{detail[at + len(word) :]}"
            at = detail.lower().find(word.lower())
    return detail[:LONGEST_DETAIL]
