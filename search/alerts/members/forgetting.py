"""What is nobody's business any more? Sign-ups that nobody confirmed, and searches that their owners have long ended.

A step deletes both, each day. Mails and what became of them stay as long as their member does: the ledger of deliveries
is to answer for years; mails to members at risk quote no search.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from catalog import Catalog
from catalog.tables import saved_searches, sign_ups, subscribers
from search.alerts.members.erasing import delete_searches, erase_rows
from search.alerts.members.keeping import ENDED
from search.alerts.members.presence import close_the_door
from search.alerts.members.subscribers import PENDING

UNCONFIRMED = timedelta(days=14)  # a sign-up, and then whoever is known only by it
ENDED_FOR = timedelta(days=365)  # a search that its owner ended, and may begin anew until then
ENDED_FOR_SAFE = timedelta(days=30)  # ... of members at risk


def forget_unconfirmed(catalog: Catalog, now: datetime) -> int:
    """Deletes sign-ups of more than 14 days ago, and whoever is known by nothing else. Returns how many people."""
    with catalog.write() as connection:
        close_the_door(connection)
        connection.execute(sa.delete(sign_ups).where(sign_ups.c.asked < now - UNCONFIRMED))
        waiting = sa.select(sign_ups.c.id).where(sign_ups.c.subscriber_id == subscribers.c.id).exists()
        nobody = (subscribers.c.state == PENDING) & ~waiting & (subscribers.c.since < now - UNCONFIRMED)
        ids = connection.execute(sa.select(subscribers.c.id).where(nobody).with_for_update()).scalars().all()
        for subscriber_id in ids:
            erase_rows(connection, subscriber_id)
    return len(ids)


def forget_ended(catalog: Catalog, now: datetime) -> int:
    """Deletes searches that were ended a year ago, of members at risk a month ago. Returns how many."""
    at_risk = saved_searches.c.subscriber_id.in_(sa.select(subscribers.c.id).where(subscribers.c.safe))
    long_ago = saved_searches.c.ended < now - ENDED_FOR
    old = long_ago | (at_risk & (saved_searches.c.ended < now - ENDED_FOR_SAFE))
    with catalog.write() as connection:
        close_the_door(connection)
        return delete_searches(connection, (saved_searches.c.state == ENDED) & old)
