"""Who is told, on whose word? Members whom the secretariat adds by hand; whoever signs up alone is in signing_up.py."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import sqlalchemy as sa

from catalog import Catalog, upsert
from catalog.tables import subscribers
from search.alerts.members.addresses import clean_address
from search.alerts.members.keeping import ENDED, current_seq, keep
from search.alerts.members.settings import LANGUAGES, MailSettings
from search.alerts.members.wanted import CADENCES, MOST_SEARCHES, Wanted, checked
from search.results import Complaint

PENDING, ACTIVE, UNSUBSCRIBED = "pending", "active", "unsubscribed"  # subscribers.state

__all__ = ["ACTIVE", "CADENCES", "ENDED", "LANGUAGES", "MOST_SEARCHES", "PENDING", "UNSUBSCRIBED", "subscribe"]


@dataclass(frozen=True, slots=True)
class Subscription:
    """What subscribe() did: the searches (by name) that are new or back, those that went on, what was odd in each."""

    subscriber_id: int
    address: str
    new: tuple[str, ...]
    kept: tuple[str, ...]
    complaints: dict[str, tuple[Complaint, ...]] = field(default_factory=dict)


def subscribe(
    catalog: Catalog,
    address: str,
    language: str,
    queries: Sequence[tuple[str, str] | Wanted],
    cadence: str = "weekly",
    backfill: bool = False,
    settings: MailSettings | None = None,
) -> Subscription:
    """Saves searches for an address whose owner has agreed otherwise, from the current change on.

    A search is Wanted, or (name, query) at `cadence`. One that is already watched goes on undisturbed; one that had
    ended begins anew. With `backfill` what is in the catalog now may match too. `settings` has more of them than the
    language; without it those of a member who is there stay. Refused: nothing was written.
    """
    kept_as = clean_address(address)
    row = replace(settings or MailSettings(), language=language).row()
    wanted = [each if isinstance(each, Wanted) else Wanted(*each, cadence=cadence) for each in queries]
    searches, complaints = checked(catalog, wanted)
    with catalog.write() as connection:
        new = {"address": kept_as, "since": datetime.now(UTC), "state": ACTIVE, **row}
        upsert(connection, subscribers, [new], key=["address"], update=False)
        where = subscribers.c.address == kept_as
        change = {"state": ACTIVE, **(row if settings else {"language": language})}
        connection.execute(sa.update(subscribers).where(where).values(change))
        subscriber_id = int(connection.execute(sa.select(subscribers.c.id).where(where)).scalar_one())
        back_to = 0 if backfill else None
        done = keep(connection, subscriber_id, searches, current_seq(catalog, connection), back_to)
    return Subscription(subscriber_id, kept_as, done.new, done.went_on, complaints)
