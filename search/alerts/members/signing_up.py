"""How does someone become a member alone? They ask under an address, and its owner confirms: a double opt-in.

Until then nothing is matched and nothing mailed but the one mail that asks; for who is a member already nothing
changes. The answer to whoever asks is the same for every address. Searches begin where they were asked for: what
comes between that moment and the confirmation is looked back on (keeping.py), so that no hour is lost, and nothing
older comes, so that nobody is flooded.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from catalog import Catalog, upsert
from catalog.tables import outbox, sign_ups, subscribers
from search.alerts.errors import Gone, Refused, w
from search.alerts.links import Letterhead, Links
from search.alerts.members.addresses import clean_address, hint
from search.alerts.members.asking import KIND, Asking, confirmation, message_id, way_back
from search.alerts.members.keeping import current_seq, keep
from search.alerts.members.settings import MailSettings
from search.alerts.members.subscribers import ACTIVE, PENDING
from search.alerts.members.wanted import Wanted, checked
from search.alerts.post.suppression import is_suppressed, lift
from search.alerts.tokens import Grant, Purpose, verify

MOST_AT_ONCE = 20  # searches in one form
PAUSE = timedelta(minutes=10)  # between two mails to an address that has not asked, as far as we know
SUPPRESSED_PAUSE = timedelta(days=1)  # ... where mail bounced, or was complained of
MOST_A_DAY = 3
DAY = timedelta(days=1)
FULL_AT = 1_000  # sign-ups a day that nobody has confirmed: then someone is playing with the form

ASKED, TOO_SOON, FULL, UNKNOWN = "asked", "too soon", "full", "unknown"


@dataclass(frozen=True, slots=True)
class SignUp:
    """What was asked for. `settings` are taken for who is not a member yet; a member's own stay as they are."""

    address: str
    searches: Sequence[Wanted]
    settings: MailSettings = field(default_factory=MailSettings)
    backfill: bool = False


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a link confirms, for whom; `done`: it was confirmed before."""

    subscriber_id: int
    address_hint: str
    language: str
    searches: tuple[Wanted, ...]
    backfill: bool
    done: bool


def sign_up(catalog: Catalog, asked: SignUp, links: Links, letterhead: Letterhead, now: datetime) -> str:
    """Writes down what was asked for and puts the mail that asks to confirm into the outbox, both or neither.

    ASKED; or TOO_SOON or FULL, and nothing was written. Only the command line may tell these apart. Errors: Refused,
    about what was typed and never about whom we know.
    """
    address, settings = clean_address(asked.address), asked.settings.row()
    searches, _ = checked(catalog, asked.searches, asked.settings.language)
    if len(searches) > MOST_AT_ONCE:
        raise Refused(
            w("at most {most} searches can be asked for at once; more can be added afterwards"), most=MOST_AT_ONCE
        )
    with catalog.write() as connection:
        if _unconfirmed(connection, now) >= FULL_AT:
            return FULL
        new = {"address": address, "state": PENDING, "since": now, **settings}
        upsert(connection, subscribers, [new], key=["address"], update=False)
        who = _locked(connection, address)
        if who is None or _too_soon(connection, who, links.secret, now):
            return TOO_SOON
        known = who.state == ACTIVE
        wanted: dict[str, Any] = {"searches": [each.as_json() for each in searches.values()]}
        wanted |= {"backfill": asked.backfill} | ({} if known else {"settings": settings})
        row = {"subscriber_id": who.id, "asked": now, "wanted": wanted, "seq": current_seq(catalog, connection)}
        sign_up_id = connection.execute(sa.insert(sign_ups).values(row).returning(sign_ups.c.id)).scalar_one()
        ask = _asking(who, settings if not known else who._mapping, now)
        mail = confirmation(ask, sign_up_id, tuple(searches.values()), links, letterhead)
        return _post(connection, ask, mail, links.secret, letterhead)


def ask_for_link(catalog: Catalog, address: str, links: Links, letterhead: Letterhead, now: datetime) -> str:
    """Mails the owner of an address the link to their page: ASKED; or UNKNOWN or TOO_SOON, told to nobody."""
    kept_as = clean_address(address)
    with catalog.write() as connection:
        who = _locked(connection, kept_as)
        if who is None or who.state == PENDING or is_suppressed(connection, links.secret, kept_as):
            return UNKNOWN
        if _too_soon(connection, who, links.secret, now):
            return TOO_SOON
        ask = _asking(who, who._mapping, now)
        return _post(connection, ask, way_back(ask, links, letterhead), links.secret, letterhead)


def read_confirmation(catalog: Catalog, secret: str, token: str, now: datetime) -> Confirmation:
    """What a link would confirm; changes nothing, since mail scanners open links. Raises TokenError, Gone."""
    grant = verify(secret, token, Purpose.CONFIRM, now)
    with catalog.read() as connection:
        return _about(*_asked_for(connection, grant))


def confirm(catalog: Catalog, secret: str, token: str, now: datetime) -> Confirmation:
    """Does what was asked for; a second time changes nothing. Raises TokenError, Gone, Refused."""
    grant = verify(secret, token, Purpose.CONFIRM, now)
    with catalog.write() as connection:
        asked, who = _asked_for(connection, grant, lock=True)
        about = _about(asked, who)
        if about.done:
            return about
        change = {"state": ACTIVE, "confirmed": now, "soft_bounces": 0, "mail_after": None}
        if who.state != ACTIVE:
            change |= asked.wanted.get("settings", {})
        connection.execute(sa.update(subscribers).where(subscribers.c.id == who.id).values(change))
        connection.execute(sa.update(sign_ups).where(sign_ups.c.id == asked.id).values(confirmed=now))
        searches = {each.identity: each for each in about.searches}
        keep(connection, who.id, searches, current_seq(catalog, connection), 0 if about.backfill else asked.seq)
        lift(connection, secret, who.address)
    return about


def _locked(connection: Connection, address: str) -> Row[Any] | None:
    query = sa.select(subscribers).where(subscribers.c.address == address).with_for_update()
    return connection.execute(query).one_or_none()


def _too_soon(connection: Connection, who: Row[Any], secret: str, now: datetime) -> bool:
    pause = SUPPRESSED_PAUSE if is_suppressed(connection, secret, who.address) else PAUSE
    if who.asked is not None and timedelta(0) <= now - who.asked < pause:
        return True
    mine = (outbox.c.subscriber_id == who.id) & (outbox.c.kind == KIND)
    today = sa.select(sa.func.count()).where(mine, outbox.c.created > now - DAY)
    slot = sa.select(sa.func.count()).where(mine, outbox.c.period == _slot(now))  # the clock may have been set back
    return connection.execute(today).scalar_one() >= MOST_A_DAY or connection.execute(slot).scalar_one() > 0


def _unconfirmed(connection: Connection, now: datetime) -> int:
    today = (sign_ups.c.asked > now - DAY) & sign_ups.c.confirmed.is_(None)
    return connection.execute(sa.select(sa.func.count()).where(today)).scalar_one()


def _asking(who: Row[Any], settings: Any, now: datetime) -> Asking:
    wishes = (str(settings["language"]), str(settings["timezone"]), bool(settings["safe"]))
    return Asking(who.id, who.address, *wishes, _slot(now), now)


def _slot(now: datetime) -> str:
    """The ten minutes of which there is one mail at most to an address: the unique key of outbox sees to it."""
    return f"{now - timedelta(minutes=now.minute % 10):%Y-%m-%dT%H:%M}"


def _post(connection: Connection, ask: Asking, mail: bytes, secret: str, letterhead: Letterhead) -> str:
    row = {"subscriber_id": ask.subscriber_id, "kind": KIND, "period": ask.period, "state": "waiting", "attempts": 0}
    row |= {"message_id": message_id(ask, secret, letterhead), "message": mail, "created": ask.now}
    connection.execute(sa.insert(outbox).values(row))
    connection.execute(sa.update(subscribers).where(subscribers.c.id == ask.subscriber_id).values(asked=ask.now))
    return ASKED


def _asked_for(connection: Connection, grant: Grant, lock: bool = False) -> tuple[Row[Any], Row[Any]]:
    mine = (sign_ups.c.id == grant.about) & (sign_ups.c.subscriber_id == grant.subscriber_id)
    query = sa.select(sign_ups).where(mine)
    asked = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if asked is None:
        raise Gone(w("what this link was to confirm is no longer here: it was deleted"))
    who = sa.select(subscribers).where(subscribers.c.id == grant.subscriber_id)
    return asked, connection.execute(who).one()


def _about(asked: Row[Any], who: Row[Any]) -> Confirmation:
    searches = tuple(map(Wanted.from_json, asked.wanted["searches"]))
    language = asked.wanted.get("settings", {}).get("language", who.language)
    done = asked.confirmed is not None
    return Confirmation(who.id, hint(who.address), language, searches, bool(asked.wanted["backfill"]), done)
