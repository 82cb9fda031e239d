"""What was tried with a file, and why did it fail? Kept for good, also when the file has been read since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import Catalog
from catalog.tables import failures
from pipeline.children.child import Failure

BY_HAND = "by hand"
_MOST = 2000  # that are looked at, the newest


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt to read a file that failed, or ("by hand") someone who put it back to be read.

    `read_with`: the reader that was asked for by hand, None: by the bytes.
    """

    at: datetime
    kind: str
    reason: str
    read_with: str | None


def note(connection: Connection, sha256: str, failure: Failure, read_with: str | None, now: datetime) -> None:
    """Writes an attempt down, in the transaction that decides what becomes of the file."""
    what = {"kind": failure.kind[:32], "reason": failure.reason, "detail": failure.detail}
    row = {"sha256": sha256, "at": now, "read_with": read_with, **what}
    connection.execute(sa.insert(failures).values(row))


def attempts(catalog: Catalog, hashes: Sequence[str]) -> dict[str, tuple[Attempt, ...]]:
    """Of each of these files, the newest last."""
    found: dict[str, list[Attempt]] = {sha256: [] for sha256 in hashes}
    query = sa.select(failures).where(failures.c.sha256.in_(found)).order_by(failures.c.id.desc()).limit(_MOST)
    with catalog.read() as connection:
        for row in reversed(connection.execute(query).all()):
            found[row.sha256].append(Attempt(row.at, row.kind, row.reason, row.read_with))
    return {sha256: tuple(each) for sha256, each in found.items()}
