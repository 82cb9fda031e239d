"""Who wants to hear of what? Subscribing, saved searches, and leaving again; every step may be done twice."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import Catalog, upsert
from catalog.catalog import SEQUENCE_LOCK
from catalog.tables import matches, saved_searches, subscribers
from search.alerts.errors import Gone, Refused
from search.alerts.members.addresses import clean_address, hint
from search.alerts.members.saved import identity_of, meaning
from search.alerts.tokens import verify
from search.citing import Citing
from search.results import Complaint

LANGUAGES = ("en", "fr", "es")
CADENCES = ("weekly",)
MOST_SEARCHES = 200  # a subscriber; far above use, low enough that one form cannot fill the matcher
LONGEST_NAME = 200
UNSUBSCRIBED = "unsubscribed"  # subscribers.state
ENDED = "ended"  # saved_searches.state, when its owner ended it


@dataclass(frozen=True, slots=True)
class Subscription:
    """What subscribe() did: the searches (by name) that are new or back, those that went on, what was odd in each."""

    subscriber_id: int
    address: str
    new: tuple[str, ...]
    kept: tuple[str, ...]
    complaints: dict[str, tuple[Complaint, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unsubscribed:
    """Whom a link is about and what it ends: one search by name, or (None) all mail. `done`: it had ended before."""

    address_hint: str
    what: str | None
    language: str
    done: bool


def subscribe(
    catalog: Catalog,
    address: str,
    language: str,
    queries: Sequence[tuple[str, str]],
    cadence: str = "weekly",
    backfill: bool = False,
) -> Subscription:
    """Saves (name, query) pairs for an address, from the current change on; Refused: nothing was written.

    A search that is already watched goes on undisturbed; one that had ended begins anew. With `backfill` what is in
    the catalog now may match too.
    """
    kept_as = clean_address(address)
    if language not in LANGUAGES:
        raise Refused(f"mails are written in {', '.join(LANGUAGES)}, not in {language[:20]!r}")
    if cadence not in CADENCES:
        raise Refused(f"mails are sent {', '.join(CADENCES)}, not {cadence[:20]!r}")
    wanted, complaints = _checked(catalog, queries)
    with catalog.write() as connection:
        row = {"address": kept_as, "since": datetime.now(UTC), "state": "active"}
        row |= {"language": language}
        upsert(connection, subscribers, [row], key=["address"], update=False)
        where = subscribers.c.address == kept_as
        subscriber_id = int(connection.execute(sa.select(subscribers.c.id).where(where)).scalar_one())
        change = {"language": language, "state": "active"}
        connection.execute(sa.update(subscribers).where(where).values(change))
        new, old = _save(catalog, connection, subscriber_id, wanted, cadence, backfill)
    return Subscription(subscriber_id, kept_as, new, old, complaints)


def unsubscribe(catalog: Catalog, address: str, query: str | None = None) -> bool:
    """Ends one saved search, or all mail; True if there was something to end."""
    with catalog.write() as connection:
        found = connection.execute(
            sa.select(subscribers.c.id).where(subscribers.c.address == clean_address(address))
        ).scalar()
        if found is None:
            return False
        if query is None:
            return _end(connection, int(found), None)
        search = connection.execute(
            sa.select(saved_searches.c.id).where(
                saved_searches.c.subscriber_id == found, saved_searches.c.query == query.strip()
            )
        ).scalar()
        return search is not None and _end(connection, int(found), int(search))


def resubscribe(catalog: Catalog, address: str) -> tuple[str, ...]:
    """Brings back every search that its owner had ended, from the current change on; returns their names."""
    with catalog.write() as connection:
        where = subscribers.c.address == clean_address(address)
        subscriber_id = connection.execute(sa.select(subscribers.c.id).where(where)).scalar()
        if subscriber_id is None:
            raise Refused("nobody is subscribed under this address")
        connection.execute(sa.update(subscribers).where(where).values(state="active"))
        ended = (saved_searches.c.subscriber_id == subscriber_id) & (saved_searches.c.state == ENDED)
        names = connection.execute(sa.select(saved_searches.c.name).where(ended).order_by(saved_searches.c.id))
        back = tuple(names.scalars())
        again = {"state": "running", "reason": "", "start_seq": catalog.last_seq(connection), "backfill": False}
        connection.execute(sa.update(saved_searches).where(ended).values(again))
    return back


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
        _end(connection, grant.subscriber_id, grant.about)
    return about


def _checked(
    catalog: Catalog, queries: Sequence[tuple[str, str]]
) -> tuple[dict[str, str], dict[str, tuple[Complaint, ...]]]:
    if not queries:
        raise Refused("a subscription needs at least one search")
    if len(queries) > MOST_SEARCHES:
        raise Refused(f"at most {MOST_SEARCHES} searches can be watched for one address")
    wanted: dict[str, str] = {}
    complaints: dict[str, tuple[Complaint, ...]] = {}
    for name, query in queries:
        name = " ".join(name.split()) or " ".join(query.split())[:LONGEST_NAME]
        if len(name) > LONGEST_NAME or not name.isprintable():
            raise Refused(f"the name of a search is one line of at most {LONGEST_NAME} characters")
        understood = meaning(query, Citing(catalog))
        if understood.nothing:
            raise Refused(f"the search {name!r} cannot be watched: {understood.nothing}")
        wanted[query.strip()] = name
        if understood.complaints:
            complaints[name] = understood.complaints
    return wanted, complaints


def _save(
    catalog: Catalog, connection: Connection, subscriber_id: int, wanted: dict[str, str], cadence: str, backfill: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    rows = connection.execute(sa.select(saved_searches).where(saved_searches.c.subscriber_id == subscriber_id)).all()
    if connection.dialect.name == "postgresql":
        # No change may take a number between our reading the last one and our commit, or a matcher could pass it by.
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(SEQUENCE_LOCK)))
    seq = catalog.last_seq(connection)
    there = {row.query: row for row in rows}
    running = sum(row.state == "running" for row in rows)
    new: list[str] = []
    old: list[str] = []
    for query, name in wanted.items():
        begin = {"name": name, "state": "running", "reason": "", "start_seq": seq, "backfill": backfill}
        row = there.get(query)
        if row is None:
            begin |= {"subscriber_id": subscriber_id, "query": query}
            begin |= {"identity": identity_of(query), "cadence": cadence}
            connection.execute(sa.insert(saved_searches).values(begin))
        elif row.state == "running":
            begin = {"name": name, "backfill": backfill or row.backfill}  # goes on where it is
            connection.execute(sa.update(saved_searches).where(saved_searches.c.id == row.id).values(begin))
        else:
            connection.execute(sa.update(saved_searches).where(saved_searches.c.id == row.id).values(begin))
        (old if row is not None and row.state == "running" else new).append(name)
    if running + len(new) > MOST_SEARCHES:
        raise Refused(f"at most {MOST_SEARCHES} searches can be watched for one address")
    return tuple(new), tuple(old)


def _about(connection: Connection, subscriber_id: int, search_id: int | None) -> Unsubscribed:
    who = connection.execute(sa.select(subscribers).where(subscribers.c.id == subscriber_id)).one_or_none()
    if who is None:
        raise Gone("whoever this link was made for is no longer known here: everything about them was deleted")
    if search_id is None:
        return Unsubscribed(hint(who.address), None, who.language, who.state != "active")
    mine = (saved_searches.c.id == search_id) & (saved_searches.c.subscriber_id == subscriber_id)
    search = connection.execute(sa.select(saved_searches).where(mine)).one_or_none()
    if search is None:
        raise Gone("the saved search that this link was made for is no longer here: it was deleted")
    return Unsubscribed(hint(who.address), search.name, who.language, search.state == ENDED)


def _end(connection: Connection, subscriber_id: int, search_id: int | None) -> bool:
    """Ends a search (or all) and forgets what it matched but never told, so that coming back is a fresh start."""
    mine = saved_searches.c.subscriber_id == subscriber_id
    if search_id is not None:
        mine = mine & (saved_searches.c.id == search_id)
    untold = matches.c.search_id.in_(sa.select(saved_searches.c.id).where(mine)) & matches.c.outbox_id.is_(None)
    connection.execute(sa.delete(matches).where(untold))
    running = mine & (saved_searches.c.state != ENDED)
    end = {"state": ENDED, "reason": "", "backfill": False}
    ended = connection.execute(sa.update(saved_searches).where(running).values(end)).rowcount
    if search_id is None:
        who = (subscribers.c.id == subscriber_id) & (subscribers.c.state == "active")
        ended += connection.execute(sa.update(subscribers).where(who).values(state=UNSUBSCRIBED)).rowcount
    return ended > 0
