"""When was the ledger of matches last held against the index, and was anything missed? As the run of `audit` has it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog.tables import runs

STEP = "audit"


@dataclass(frozen=True, slots=True)
class LastAudit:
    """Of `pairs` of a saved search and a work that should be in the ledger, `missed` were not, and were told of late.

    `failure` says why nothing was compared, else empty.
    """

    at: datetime
    searches: int
    pairs: int
    missed: int
    failure: str = ""

    @property
    def rate(self) -> float:
        """The miss rate; anything above 0 is an alarm."""
        return self.missed / self.pairs if self.pairs else 0.0

    @property
    def sound(self) -> bool:
        return not self.missed and not self.failure

    @property
    def said(self) -> str:
        """What came of it, in words."""
        if self.failure:
            return f"failed: {self.failure}"
        if not self.missed:
            return f"nothing missed in {self.pairs} matches"
        return f"{self.missed} of {self.pairs} matches were missed ({self.rate:.2%}) and are told late"


def last_audit(connection: Connection) -> LastAudit | None:
    """The last that ended; None if there was none."""
    ended = (runs.c.step == STEP) & runs.c.state.in_(("done", "failed"))
    row = connection.execute(sa.select(runs).where(ended).order_by(runs.c.id.desc()).limit(1)).mappings().first()
    if row is None:
        return None
    counts = {name: int(row["counts"].get(name, 0)) for name in ("searches", "pairs", "missed")}
    compared = "missed" in row["counts"]
    return LastAudit(row["finished"] or row["started"], **counts, failure="" if compared else row["reason"])
