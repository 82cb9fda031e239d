"""How does someone stop the mails, one search or all, and come back? At once, by a link, as often as they like."""

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import Catalog
from catalog.tables import saved_searches, subscribers
from search.alerts.errors import Gone, Refused, w
from search.alerts.members.addresses import clean_address, hint
from search.alerts.members.keeping import ENDED, begin_again, current_seq, forget_untold
from search.alerts.members.subscribers import ACTIVE, UNSUBSCRIBED
from search.alerts.tokens import verify


@dataclass(frozen=True, slots=True)
class Unsubscribed:
    """Whom a link is about and what it ends: one search by name, or (None) all mail. `done`: it had ended before."""

    address_hint: str
    what: str | None
    language: str
    done: bool


def unsubscribe(catalog: Catalog, address: str, query: str | None = None) -> bool:
    """Ends the saved searches of that query, or all mail; True if there was something to end."""
    with catalog.write() as connection:
        where = subscribers.c.address == clean_address(address)
        found = connection.execute(sa.select(subscribers.c.id).where(where)).scalar()
        if found is None:
            return False
        if query is None:
            return end(connection, int(found), None)
        same = (saved_searches.c.subscriber_id == found) & (saved_searches.c.query == query.strip())
        ids = connection.execute(sa.select(saved_searches.c.id).where(same)).scalars().all()
        return sum(end(connection, int(found), int(search)) for search in ids) > 0


def resubscribe(catalog: Catalog, address: str) -> tuple[str, ...]:
    """Brings back every search that its owner had ended, from the current change on; returns their names."""
    with catalog.write() as connection:
        where = subscribers.c.address == clean_address(address)
        subscriber_id = connection.execute(sa.select(subscribers.c.id).where(where)).scalar()
        if subscriber_id is None:
            raise Refused("nobody is subscribed under this address")
        return _back(catalog, connection, subscriber_id, None)


def read_token(catalog: Catalog, secret: str, token: str) -> Unsubscribed:
    """Whom and what an unsubscribe link is about; changes nothing (mail scanners open links). Raises TokenError."""
    grant = verify(secret, token)
    with catalog.read() as connection:
        return _about(connection, grant.subscriber_id, grant.about)


def unsubscribe_by_token(catalog: Catalog, secret: str, token: str) -> Unsubscribed:
    """Does what the link says, at once and without questions (RFC 8058); a second time changes nothing."""
    grant = verify(secret, token)
    with catalog.write() as connection:
        about = _about(connection, grant.subscriber_id, grant.about)
        end(connection, grant.subscriber_id, grant.about)
    return about


def resubscribe_by_token(catalog: Catalog, secret: str, token: str) -> tuple[str, ...]:
    """Takes back what the same link ended: its search, or all; from the current change on. Returns their names.

    The link to stop is also the one to go on: who holds it could have had either. Only who was active before can be
    brought back; who never confirmed cannot. What had been ended before, by itself, stays so.
    """
    grant = verify(secret, token)
    with catalog.write() as connection:
        if _about(connection, grant.subscriber_id, grant.about).done:
            mine = saved_searches.c.subscriber_id == grant.subscriber_id
            last = sa.select(sa.func.max(saved_searches.c.ended)).where(mine).scalar_subquery()
            together = saved_searches.c.ended == last if grant.about is None else sa.true()
            return _back(catalog, connection, grant.subscriber_id, grant.about, together)
        return ()


def end(connection: Connection, subscriber_id: int, search_id: int | None) -> bool:
    """Ends a search (or all) and forgets what it matched but never told, so that coming back is a fresh start."""
    mine = saved_searches.c.subscriber_id == subscriber_id
    if search_id is not None:
        mine = mine & (saved_searches.c.id == search_id)
    forget_untold(connection, mine)
    stop = {"state": ENDED, "reason": "", "backfill": False, "ended": datetime.now(UTC)}
    ended = connection.execute(sa.update(saved_searches).where(mine & (saved_searches.c.state != ENDED)).values(stop))
    if search_id is not None:
        return ended.rowcount > 0
    who = (subscribers.c.id == subscriber_id) & (subscribers.c.state == ACTIVE)
    left = connection.execute(sa.update(subscribers).where(who).values(state=UNSUBSCRIBED))
    return ended.rowcount + left.rowcount > 0


def _back(
    catalog: Catalog,
    connection: Connection,
    subscriber_id: int,
    search_id: int | None,
    which: sa.ColumnElement[bool] | None = None,
) -> tuple[str, ...]:
    was = (subscribers.c.id == subscriber_id) & (subscribers.c.state == UNSUBSCRIBED)
    connection.execute(sa.update(subscribers).where(was).values(state=ACTIVE))
    ended = (saved_searches.c.subscriber_id == subscriber_id) & (saved_searches.c.state == ENDED)
    if search_id is not None:
        ended = ended & (saved_searches.c.id == search_id)
    if which is not None:
        ended = ended & which
    names = connection.execute(sa.select(saved_searches.c.name).where(ended).order_by(saved_searches.c.id))
    back = tuple(names.scalars())
    begin_again(connection, ended, current_seq(catalog, connection))
    return back


def _about(connection: Connection, subscriber_id: int, search_id: int | None) -> Unsubscribed:
    who = connection.execute(sa.select(subscribers).where(subscribers.c.id == subscriber_id)).one_or_none()
    if who is None:
        raise Gone(w("whoever this link was made for is no longer known here: everything about them was deleted"))
    if search_id is None:
        return Unsubscribed(hint(who.address), None, who.language, who.state != ACTIVE)
    mine = (saved_searches.c.id == search_id) & (saved_searches.c.subscriber_id == subscriber_id)
    search = connection.execute(sa.select(saved_searches).where(mine)).one_or_none()
    if search is None:
        raise Gone(w("the saved search that this link was made for is no longer here: it was deleted"))
    return Unsubscribed(hint(who.address), search.name, who.language, search.state == ENDED)
