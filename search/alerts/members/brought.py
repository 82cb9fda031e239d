"""What has a saved search brought? Its matches as the ledger has them, the newest first, for a feed of its own.

A flood that is held is left out until it is released, as in mails. A search that was ended has no feed any more; one
that is paused or broken keeps what it brought, and says that nothing comes at present.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from catalog import Catalog
from catalog.tables import changes, matches, saved_searches, subscribers
from search.alerts.errors import Gone, TokenError, w
from search.alerts.matching.floods import may_be_told
from search.alerts.members.sought import Asking
from search.alerts.tokens import Grant

MOST = 50  # of a feed, the newest


@dataclass(frozen=True, slots=True)
class Match:
    """A work that matched; `changed` is the number of its newest change, `late` if matching had missed it at first."""

    work_id: int
    matched: datetime
    changed: int
    late: bool


@dataclass(frozen=True, slots=True)
class Brought:
    """A saved search and its newest matches. `safe`: its owner wants nothing named that is searched for."""

    search_id: int
    name: str
    asking: Asking
    state: str
    reason: str
    language: str
    safe: bool
    created: datetime
    matches: tuple[Match, ...]

    @property
    def updated(self) -> datetime:
        return max((match.matched for match in self.matches), default=self.created)


def brought(catalog: Catalog, grant: Grant) -> Brought:
    """Raises TokenError where there is no such search of this member, Gone where it was ended."""
    mine = (saved_searches.c.id == (grant.about or 0)) & (saved_searches.c.subscriber_id == grant.subscriber_id)
    query = sa.select(saved_searches, subscribers.c.language, subscribers.c.safe).join(subscribers).where(mine)
    newest = sa.select(sa.func.max(changes.c.seq)).where(changes.c.work_id == matches.c.work_id).scalar_subquery()
    with catalog.read() as connection:
        row = connection.execute(query).one_or_none()
        if row is None:
            raise TokenError(w("this link is about a search we do not know"))
        if row.state == "ended":
            raise Gone(w("this search was ended: its feed brings nothing any more"))
        found = connection.execute(
            sa.select(matches.c.work_id, matches.c.matched, newest.label("changed"), matches.c.origin)
            .where(matches.c.search_id == row.id, may_be_told())
            .order_by(matches.c.matched.desc(), matches.c.id.desc())
            .limit(MOST)
        ).all()
    return Brought(
        row.id,
        row.name,
        Asking.of_row(row),
        row.state,
        row.reason,
        row.language,
        row.safe,
        row.created,
        tuple(Match(each.work_id, each.matched, each.changed or 0, each.origin == "audit") for each in found),
    )
