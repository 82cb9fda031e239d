"""Which mails did a member get, and what stood in them? The outbox, read as an archive; it changes nothing.

Mails are kept as they were made: the archive shows no more than what was sent, and nobody else's. A mail that was
withheld, held or refused is there too, with its state: whoever waits for one must see what became of it.
"""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import sqlalchemy as sa

from catalog import Catalog
from catalog.tables import deliveries, outbox, subscribers
from search.alerts.errors import TokenError, w
from search.alerts.tokens import Grant

MOST = 200  # in the list, the newest


@dataclass(frozen=True, slots=True)
class Kept:
    """A mail as the list shows it; `sent` is when it was handed over, None if it was not."""

    kind: str
    period: str
    subject: str
    created: datetime
    state: str
    sent: datetime | None


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to be read."""

    kept: Kept
    language: str
    timezone: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Archive:
    """All mails of a member, the newest first; `more` were there before those."""

    language: str
    timezone: str
    mails: tuple[Kept, ...]
    more: int


def archive(catalog: Catalog, grant: Grant) -> Archive:
    """The list that a link leads to. Raises TokenError where there is no such member, or the link is for one mail."""
    if grant.mail:
        raise TokenError(w("this link leads to one mail"))
    mine = (outbox.c.subscriber_id == grant.subscriber_id) & (outbox.c.kind != "skipped")  # no mail: skip_all
    with catalog.read() as connection:
        who = connection.execute(sa.select(subscribers).where(subscribers.c.id == grant.subscriber_id)).one_or_none()
        if who is None:
            raise TokenError(w("this link is about nobody we know"))
        rows = connection.execute(_mails().where(mine).order_by(outbox.c.id.desc()).limit(MOST)).all()
        total = connection.execute(sa.select(sa.func.count()).select_from(outbox).where(mine)).scalar_one()
    return Archive(who.language, who.timezone, tuple(_kept(row, _read(row.message)) for row in rows), total - len(rows))


def mail(catalog: Catalog, grant: Grant) -> Mail:
    """The one mail that a link leads to. Raises TokenError where it is not there (any more)."""
    kind, _, period = grant.mail.rpartition(" ")
    one = (outbox.c.subscriber_id == grant.subscriber_id) & (outbox.c.kind == kind) & (outbox.c.period == period)
    with catalog.read() as connection:
        row = connection.execute(_mails().where(one)).one_or_none()
        zone = sa.select(subscribers.c.timezone).where(subscribers.c.id == grant.subscriber_id)
        timezone = connection.execute(zone).scalar() or "UTC"
    if row is None:
        raise TokenError(w("this mail is not kept here (any more)"))
    message = _read(row.message)
    return Mail(
        _kept(row, message),
        str(message.get("Content-Language", "")),
        timezone,
        _part(message, "plain"),
        _part(message, "html"),
    )


def _mails() -> sa.Select[Any]:
    sent = (
        sa.select(sa.func.max(deliveries.c.at))
        .where(deliveries.c.outbox_id == outbox.c.id, deliveries.c.outcome == "sent")
        .scalar_subquery()
    )
    columns = [outbox.c[name] for name in ("kind", "period", "message", "created", "state")]
    return sa.select(*columns, sent.label("sent"))


def _read(message: bytes) -> EmailMessage:
    return message_from_bytes(message, policy=policy.default)


def _kept(row: Any, message: EmailMessage) -> Kept:
    return Kept(row.kind, row.period, str(message.get("Subject", "")), row.created, row.state, row.sent)


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""
