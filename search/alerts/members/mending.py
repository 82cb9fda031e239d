"""How does a broken search go on? Its owner asks anew, and what came since it broke is looked back on.

A search breaks when the lexicon or the fields change so that it can find nothing any more. What it was is kept with the
reason. The mended one is the same row: its feed, its webhooks and what it brought stay, and nothing is told twice.
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from catalog import Catalog
from catalog.tables import matches, saved_searches, subscribers
from search.alerts.errors import Gone, Refused, w
from search.alerts.members.keeping import BROKEN, ENDED, RUNNING, current_seq
from search.alerts.members.sought import Asking
from search.alerts.members.wanted import Wanted, checked


@dataclass(frozen=True, slots=True)
class SearchStanding:
    """How a saved search stands. Whose it is, is not said; `safe`: its owner wants nothing shown of what is searched.

    `told`: the owner was told of the reason; `stopped_at`: the change up to which it was matched, where it is broken.
    """

    search_id: int
    name: str
    asking: Asking
    cadence: str
    state: str
    reason: str
    told: bool
    safe: bool
    stopped_at: int


def standing_searches(catalog: Catalog) -> tuple[SearchStanding, ...]:
    """All of active members that were not ended, for the secretariat."""
    return _standing(catalog, saved_searches.c.state != ENDED)


def broken_searches(catalog: Catalog) -> tuple[SearchStanding, ...]:
    """Those that can find nothing any more."""
    return _standing(catalog, saved_searches.c.state == BROKEN)


def broken_search(catalog: Catalog, subscriber_id: int, search_id: int) -> SearchStanding | None:
    """One of a member's; None where it is not there, or not broken (any more)."""
    mine = (saved_searches.c.id == search_id) & (saved_searches.c.subscriber_id == subscriber_id)
    return next(iter(_standing(catalog, mine & (saved_searches.c.state == BROKEN))), None)


def mend(catalog: Catalog, subscriber_id: int, search_id: int, wanted: Wanted) -> None:
    """Puts `wanted` in the place of what a broken search asked. Errors: Refused, in words; Gone if it is not there."""
    searches, _ = checked(catalog, [wanted])
    ((identity, each),) = searches.items()
    with catalog.write() as connection:
        row = connection.execute(_mine(subscriber_id, search_id).with_for_update()).one_or_none()
        if row is None:
            raise Gone(w("this saved search is no longer here: it was deleted"))
        if row.state != BROKEN:
            raise Refused(w("this search is not broken: nothing was changed"))
        same = (saved_searches.c.subscriber_id == subscriber_id) & (saved_searches.c.identity == identity)
        other = sa.select(saved_searches.c.name).where(same, saved_searches.c.id != search_id)
        if (name := connection.execute(other).scalar()) is not None:
            raise Refused(w("you have this search already, as “{name}”"), name=name)
        change: dict[str, object] = {
            "name": each.name,
            "query": each.query,
            "filters": dict(each.filters),
            "scope": each.scope,
        }
        change |= {"identity": identity, "cadence": each.cadence, "state": RUNNING, "reason": "", "told": False}
        change |= {"tree": None, "read_as": "", "start_seq": current_seq(catalog, connection)}
        change |= {"backfill": True, "back_to": _stopped_at(connection, row)}
        connection.execute(sa.update(saved_searches).where(saved_searches.c.id == search_id).values(change))


def _mine(subscriber_id: int, search_id: int) -> sa.Select[Any]:
    mine = (saved_searches.c.id == search_id) & (saved_searches.c.subscriber_id == subscriber_id)
    return sa.select(saved_searches).where(mine)


def _standing(catalog: Catalog, which: sa.ColumnElement[bool]) -> tuple[SearchStanding, ...]:
    active = subscribers.c.state == "active"
    query = sa.select(saved_searches, subscribers.c.safe).join(subscribers).where(active, which)
    with catalog.read() as connection:
        return tuple(
            SearchStanding(
                row.id,
                row.name,
                Asking.of_row(row),
                row.cadence,
                row.state,
                row.reason,
                row.told,
                row.safe,
                _stopped_at(connection, row),
            )
            for row in connection.execute(query.order_by(saved_searches.c.id))
        )


def _stopped_at(connection: Connection, row: Row[Any]) -> int:
    """The change up to which it was matched, as it was noted when it broke; else when it began or last matched."""
    if row.backfill or row.back_to:
        return int(row.back_to)
    last = connection.execute(sa.select(sa.func.max(matches.c.seq)).where(matches.c.search_id == row.id)).scalar()
    return max(int(row.start_seq), int(last or 0))
