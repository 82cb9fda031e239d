"""What has a member saved, and how do they change it? By their own hand, which is whoever holds the manage link.

Nothing here asks who it is: the page has read the link (tokens.py) and hands on the number in it. Everything may be
done twice. Gone says that the member, or the search, is no longer here.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from catalog import Catalog
from catalog.tables import matches, saved_searches, subscribers, watermarks
from search.alerts.errors import Gone, w
from search.alerts.members.addresses import hint
from search.alerts.members.keeping import (
    BROKEN,
    ENDED,
    PAUSED,
    RUNNING,
    begin_again,
    current_seq,
    forget_untold,
    to_be_told,
)
from search.alerts.members.leaving import end
from search.alerts.members.settings import MailSettings
from search.alerts.members.subscribers import PENDING
from search.alerts.members.wanted import cadence_of, name_of
from search.alerts.post.outbox import write_anew


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved search as its owner sees it; `told`: of how many works they were written to because of it."""

    search_id: int
    name: str
    query: str
    filters: dict[str, list[str]]
    scope: str
    cadence: str
    state: str
    reason: str
    created: datetime
    told: int


@dataclass(frozen=True, slots=True)
class Member:
    """Everything that the manage page shows."""

    subscriber_id: int
    address_hint: str
    state: str
    settings: MailSettings
    since: datetime
    searches: tuple[Saved, ...]


def read_member(catalog: Catalog, subscriber_id: int) -> Member:
    with catalog.read() as connection:
        who = _who(connection, subscriber_id)
        told = (
            sa.select(matches.c.search_id, sa.func.count().label("works"))
            .where(matches.c.outbox_id.is_not(None))
            .group_by(matches.c.search_id)
            .subquery()
        )
        query = (
            sa.select(saved_searches, sa.func.coalesce(told.c.works, 0).label("works"))
            .join_from(saved_searches, told, told.c.search_id == saved_searches.c.id, isouter=True)
            .where(saved_searches.c.subscriber_id == subscriber_id)
            .order_by(saved_searches.c.id)
        )
        searches = tuple(map(_saved, connection.execute(query)))
    settings = MailSettings(who.language, who.timezone, who.heartbeat, who.safe)
    return Member(who.id, hint(who.address), who.state, settings, who.since, searches)


def change_settings(catalog: Catalog, subscriber_id: int, settings: MailSettings) -> None:
    """Errors: Refused. Who asks for careful mails gets what still waits as such, with the next mails."""
    row = settings.row()
    with catalog.write() as connection:
        who = _who(connection, subscriber_id)
        if settings.safe and not who.safe:
            write_anew(connection, subscriber_id, "careful mails were asked for: to be written anew", datetime.now(UTC))
        connection.execute(sa.update(subscribers).where(subscribers.c.id == subscriber_id).values(row))


def change_search(catalog: Catalog, subscriber_id: int, search_id: int, name: str, cadence: str) -> None:
    """Another name, another rhythm. Errors: Refused."""
    with catalog.write() as connection:
        query = _search(connection, subscriber_id, search_id).query
        change = {"name": name_of(name, query), "cadence": cadence_of(cadence)}
        connection.execute(sa.update(saved_searches).where(saved_searches.c.id == search_id).values(change))


def pause(catalog: Catalog, subscriber_id: int, search_id: int | None = None) -> int:
    """One search, or all that run, rest until resume(); returns how many.

    Each notes since when: the oldest change of which its owner has not been told.
    """
    with catalog.write() as connection:
        which = _which(connection, subscriber_id, search_id) & (saved_searches.c.state == RUNNING)
        rows = connection.execute(sa.select(saved_searches).where(which).with_for_update()).all()
        seen = sa.select(watermarks.c.seq).where(watermarks.c.reader == "match")
        mark = int(connection.execute(seen).scalar() or 0)
        for row in rows:
            rest = {"state": PAUSED, "backfill": False, "back_to": _told_up_to(connection, row, mark)}
            mine = saved_searches.c.id == row.id
            forget_untold(connection, mine)
            connection.execute(sa.update(saved_searches).where(mine).values(rest))
    return len(rows)


def resume(catalog: Catalog, subscriber_id: int, search_id: int | None = None, catch_up: bool = False) -> int:
    """One search, or all that are paused, run again from now on, or (`catch_up`) from where they were paused.

    One that its owner had ended, when it is named, begins anew.
    """
    with catalog.write() as connection:
        mine = _which(connection, subscriber_id, search_id)
        done = begin_again(
            connection, mine & (saved_searches.c.state == PAUSED), current_seq(catalog, connection), catch_up
        )
        if search_id is not None:
            ended = mine & (saved_searches.c.state == ENDED)
            done += begin_again(connection, ended, current_seq(catalog, connection))
    return done


def stop(catalog: Catalog, subscriber_id: int, search_id: int | None = None) -> bool:
    """Ends one search, or all mail."""
    with catalog.write() as connection:
        _which(connection, subscriber_id, search_id)
        return end(connection, subscriber_id, search_id)


def _told_up_to(connection: Connection, row: Row[Any], mark: int) -> int:
    untold = (matches.c.search_id == row.id) & to_be_told()
    first = connection.execute(sa.select(sa.func.min(matches.c.seq)).where(untold)).scalar()
    oldest = max(mark, int(row.start_seq)) if first is None else int(first) - 1
    return min(oldest, int(row.back_to)) if row.backfill else oldest


def _which(connection: Connection, subscriber_id: int, search_id: int | None) -> sa.ColumnElement[bool]:
    if search_id is None:
        _who(connection, subscriber_id)
        return saved_searches.c.subscriber_id == subscriber_id
    return saved_searches.c.id == int(_search(connection, subscriber_id, search_id).id)


def _who(connection: Connection, subscriber_id: int) -> Row[Any]:
    who = connection.execute(sa.select(subscribers).where(subscribers.c.id == subscriber_id)).one_or_none()
    if who is None or who.state == PENDING:
        raise Gone(w("whoever this link was made for is no longer known here: everything about them was deleted"))
    return who


def _search(connection: Connection, subscriber_id: int, search_id: int) -> Row[Any]:
    _who(connection, subscriber_id)
    mine = (saved_searches.c.id == search_id) & (saved_searches.c.subscriber_id == subscriber_id)
    row = connection.execute(sa.select(saved_searches).where(mine)).one_or_none()
    if row is None:
        raise Gone(w("this saved search is no longer here: it was deleted"))
    return row


def _saved(row: Row[Any]) -> Saved:
    reason = row.reason if row.state == BROKEN else ""
    what = (row.name, row.query, row.filters, row.scope, row.cadence)
    return Saved(row.id, *what, row.state, reason, row.created, row.works)
