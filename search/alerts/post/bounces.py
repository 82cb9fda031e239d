"""What follows from the mails that came back? Each is read once, and nobody is suppressed on a stranger's word.

A bounce is believed when it came to the signed return path of a mail of ours (returning.py), or quotes it; a
complaint also when it names the Message-ID, since complaints come by other ways. Where bounces have no address of
their own, the Message-ID has to do for both. What is not understood stays in the mailbox and is listed as unknown.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from catalog import Catalog, upsert
from catalog.tables import bounces, deliveries, outbox, subscribers
from search.alerts.members.leaving import end
from search.alerts.post.delivery import Office
from search.alerts.post.mailboxes import Mailbox
from search.alerts.post.patience import forgive, soft_bounce
from search.alerts.post.returning import read_return_path
from search.alerts.post.suppression import COMPLAINT, HARD, suppress
from search.alerts.post.verdicts import Verdict, understand

MOST = 5000  # mails in one round


@dataclass(frozen=True, slots=True)
class BounceReport:
    """What came back, in mails; `again` had been read before a reader died; `forgiven` readers count from 0 anew."""

    hard: int = 0
    soft: int = 0
    complaint: int = 0
    policy: int = 0  # refused for what we are or wrote: nobody's mailbox is to blame
    notice: int = 0  # nothing follows from it: delays, receipts, automatic answers
    unknown: int = 0  # for the secretariat to look at
    again: int = 0
    forgiven: int = 0


def read_bounces(catalog: Catalog, mailbox: Mailbox, office: Office, now: datetime) -> BounceReport:
    """Reads what is unread, and does what follows. Errors: MailboxError; what was read until then is kept."""
    counts = dict.fromkeys(BounceReport.__dataclass_fields__, 0)
    for number, (name, raw) in enumerate(mailbox.unread()):
        if number >= MOST:
            break
        counts[_keep(catalog, raw, office, now)] += 1
        mailbox.mark(name)
    with catalog.write() as connection:
        counts["forgiven"] = forgive(connection, now)
    return BounceReport(**counts)


def _keep(catalog: Catalog, raw: bytes, office: Office, now: datetime) -> str:
    """Writes one down and does what follows, in one transaction; returns what it was."""
    verdict = understand(raw)
    digest = hashlib.sha256(raw).hexdigest()
    with catalog.write() as connection:
        kind, detail, mail = _judge(connection, verdict, office)
        row = {"digest": digest, "at": now, "kind": kind, "detail": detail, "outbox_id": mail.id if mail else None}
        if not upsert(connection, bounces, [row], key=["digest"], update=False):
            return "again"
        if mail is not None:
            _follow(connection, kind, detail, mail, office, now)
    return kind


def _judge(connection: Connection, verdict: Verdict, office: Office) -> tuple[str, str, Row[Any] | None]:
    """The kind, the detail and the mail it is about; a bounce that is about no mail of ours is unknown."""
    key, forged = None, False
    if office.bounces:
        key, forged = read_return_path(office.secret, office.bounces, verdict.paths)
    which = outbox.c.id == key if key is not None else None
    if forged and key is None:
        return "unknown", f"forged: its return path was not signed here; {verdict.detail}", None
    if which is None and verdict.ids and (not office.bounces or verdict.kind == "complaint"):
        which = outbox.c.message_id.in_(verdict.ids)
    if which is None:
        return _stray(verdict), verdict.detail, None
    query = sa.select(outbox, subscribers.c.address).outerjoin(subscribers).where(which).limit(1)
    mail = connection.execute(query).one_or_none()
    if mail is None:
        gone = key is not None  # signed, but deleted since, with its reader
        return ("notice" if gone else _stray(verdict)), f"about no mail that is known; {verdict.detail}", None
    return verdict.kind, verdict.detail, mail


def _stray(verdict: Verdict) -> str:
    return "notice" if verdict.kind == "notice" else "unknown"


def _follow(connection: Connection, kind: str, detail: str, mail: Row[Any], office: Office, now: datetime) -> None:
    outcome = {"hard": "bounced", "soft": "bounced", "policy": "bounced", "complaint": "complained"}.get(kind)
    if outcome is None:
        return
    entry = {"outbox_id": mail.id, "at": now, "outcome": outcome, "answer": detail}
    connection.execute(sa.insert(deliveries).values(entry))
    if outcome == "bounced":
        back = (outbox.c.id == mail.id) & (outbox.c.state == "sent")
        connection.execute(sa.update(outbox).where(back).values(state="bounced"))
    if mail.address is None:
        return  # the secretariat's own mail
    if kind == "soft":
        soft_bounce(connection, office.secret, mail.subscriber_id, detail, now=now)
    elif kind == "hard":
        suppress(connection, office.secret, mail.address, HARD, detail, now=now)
    elif kind == "complaint":
        suppress(connection, office.secret, mail.address, COMPLAINT, detail, now=now)
        end(connection, mail.subscriber_id, None)
