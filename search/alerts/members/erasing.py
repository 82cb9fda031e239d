"""How does a member disappear? Every row about them, in one transaction; what is left says that a mail bounced.

What stays: of an address that bounced or complained a keyed hash (suppression.py), so that it is not written to
again; of each mail that came back its own hash, so that it is not read again, without what it said or was about.
"""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import Catalog
from catalog.tables import (
    bounces,
    corrections,
    deliveries,
    matches,
    outbox,
    saved_searches,
    sign_ups,
    subscribers,
    webhook_deliveries,
    webhooks,
)
from search.alerts.errors import Gone, w
from search.alerts.members.addresses import clean_address
from search.alerts.members.presence import close_the_door


def erase(catalog: Catalog, subscriber_id: int) -> None:
    """Deletes everything about a member. Safe beside a sender and a matcher; Gone if there is nobody (any more)."""
    with catalog.write() as connection:
        if not erase_rows(connection, subscriber_id):
            raise Gone(w("nobody is here any more: everything about them was deleted"))


def number_of(catalog: Catalog, address: str) -> int | None:
    """The subscriber of that address; None if there is none."""
    with catalog.read() as connection:
        query = sa.select(subscribers.c.id).where(subscribers.c.address == clean_address(address))
        return connection.execute(query).scalar()


def delete_search(catalog: Catalog, subscriber_id: int, search_id: int) -> bool:
    """Deletes one saved search and what it matched; the mails that were sent stay. True if it was there."""
    mine = (saved_searches.c.id == search_id) & (saved_searches.c.subscriber_id == subscriber_id)
    with catalog.write() as connection:
        close_the_door(connection)
        return delete_searches(connection, mine) > 0


def erase_rows(connection: Connection, subscriber_id: int) -> bool:
    """The same within a transaction; True if there was someone.

    Whoever is about to write a row about a member is waited for, or waits and then finds nobody there (presence.py).
    """
    close_the_door(connection)
    me = subscribers.c.id == subscriber_id
    if connection.execute(sa.select(subscribers.c.id).where(me).with_for_update()).scalar() is None:
        return False
    delete_searches(connection, saved_searches.c.subscriber_id == subscriber_id)
    mails = sa.select(outbox.c.id).where(outbox.c.subscriber_id == subscriber_id)
    connection.execute(sa.select(outbox.c.id).where(outbox.c.subscriber_id == subscriber_id).with_for_update())
    connection.execute(sa.delete(deliveries).where(deliveries.c.outbox_id.in_(mails)))
    about = bounces.c.outbox_id.in_(mails)
    connection.execute(sa.update(bounces).where(about).values(outbox_id=None, detail=""))
    connection.execute(sa.delete(corrections).where(corrections.c.subscriber_id == subscriber_id))
    connection.execute(sa.delete(sign_ups).where(sign_ups.c.subscriber_id == subscriber_id))
    connection.execute(sa.delete(outbox).where(outbox.c.subscriber_id == subscriber_id))
    connection.execute(sa.delete(subscribers).where(me))
    return True


def delete_searches(connection: Connection, which: sa.ColumnElement[bool]) -> int:
    """Within a transaction that has closed the door; returns how many."""
    query = sa.select(saved_searches.c.id).where(which).with_for_update()
    ids = connection.execute(query).scalars().all()
    hooks = sa.select(webhooks.c.id).where(webhooks.c.search_id.in_(ids))
    connection.execute(sa.delete(webhook_deliveries).where(webhook_deliveries.c.webhook_id.in_(hooks)))
    connection.execute(sa.delete(webhooks).where(webhooks.c.search_id.in_(ids)))
    connection.execute(sa.delete(matches).where(matches.c.search_id.in_(ids)))
    return connection.execute(sa.delete(saved_searches).where(saved_searches.c.id.in_(ids))).rowcount
