"""Who sends from this catalog, and how does a person decide it anew after a restored backup or a move?"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from catalog import Catalog
from catalog.tables import senders
from search.alerts.post.claim import Claim
from search.alerts.post.outbox import skip_all


@dataclass(frozen=True, slots=True)
class SenderReport:
    """`trouble`: why nothing may be sent from here, "" if it may; the rest: what the catalog knows."""

    trouble: str
    instance: str = ""
    generation: int = 0
    claimed: datetime | None = None
    seen: datetime | None = None


def sender_report(catalog: Catalog, path: Path, now: datetime) -> SenderReport:
    """How it stands, claiming nothing where no mail was ever sent."""
    with catalog.read() as connection:
        row = connection.execute(sa.select(senders).order_by(senders.c.claimed.desc()).limit(1)).one_or_none()
    if row is None and not path.exists():
        return SenderReport("")
    trouble = Claim(path).trouble(catalog, now)
    return SenderReport(trouble, *row) if row else SenderReport(trouble)


def claim_sender(catalog: Catalog, path: Path, now: datetime, skip: bool = False) -> int:
    """This installation sends from now on. `skip`: everything up to now counts as told; returns the mails skipped.

    Without it held mails stay held, until a person lets them go (release_held).
    """
    with catalog.write() as connection:
        Claim(path).take(connection, now)
        return skip_all(connection, now) if skip else 0
