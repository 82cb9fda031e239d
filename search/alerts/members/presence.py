"""Is a member still there when a row about them is written? Who writes such rows holds the door, who erases waits.

On SQLite there is one writer at a time, and whoever looks inside the transaction sees who is there. On PostgreSQL a
member could disappear between the look and the row; so writers share one advisory lock, and erasing takes it alone.
"""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog.tables import subscribers

DOOR = 0x464F5255_00000001  # the advisory lock, beside those of the catalog


def hold_the_door(connection: Connection) -> None:
    """To be called in a transaction before it looks at who is there: until it ends nobody is erased."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock_shared(DOOR)))


def close_the_door(connection: Connection) -> None:
    """Waits for all who hold it, and keeps others waiting until the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(DOOR)))


def still_here(connection: Connection, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of the rows whose `subscriber_id` is of somebody who is (still) known; the door is held from here on."""
    hold_the_door(connection)
    wanted = list(rows)
    ids = {row["subscriber_id"] for row in wanted}
    here = set(connection.execute(sa.select(subscribers.c.id).where(subscribers.c.id.in_(ids))).scalars())
    return [row for row in wanted if row["subscriber_id"] in here]
