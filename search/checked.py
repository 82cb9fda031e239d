"""When was the index last held against the catalog, and what came of it? As the run of the step `check` has it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog.tables import runs

STEP = "check"


@dataclass(frozen=True, slots=True)
class LastCheck:
    """`drift` works differed, of which `mended` do no longer; `failure` says why nothing was compared, else empty."""

    at: datetime
    works: int
    drift: int
    mended: int
    failure: str = ""

    @property
    def sound(self) -> bool:
        return self.drift == self.mended and not self.failure

    @property
    def said(self) -> str:
        """What came of it, in words."""
        if self.failure:
            return f"failed: {self.failure}"
        if not self.drift:
            return "no work differed"
        differed = "1 work differed" if self.drift == 1 else f"{self.drift} works differed"
        if self.sound:
            return f"{differed}, mended"
        return f"{differed}, {self.mended} mended: run `forumwatch check`"


def last_check(connection: Connection) -> LastCheck | None:
    """The last that ended; None if there was none."""
    ended = (runs.c.step == STEP) & runs.c.state.in_(("done", "failed"))
    row = connection.execute(sa.select(runs).where(ended).order_by(runs.c.id.desc()).limit(1)).mappings().first()
    if row is None:
        return None
    counts = {name: int(row["counts"].get(name, 0)) for name in ("works", "drift", "mended")}
    compared = "drift" in row["counts"]
    return LastCheck(row["finished"] or row["started"], **counts, failure="" if compared else row["reason"])
