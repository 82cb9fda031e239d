"""Which files have come into quarantine, and is the secretariat told? On the desk, and in one mail a day at most.

It is no alarm: the rest goes on, and most such files are what their publisher put there. But somebody should look.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import Catalog, upsert
from catalog.tables import documents, failures, outbox
from search.alerts.links import Letterhead, Links

RECENT = timedelta(days=7)
SHOWN = 20  # in a mail, and on the desk
_PERIOD = "unread-"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A file that is in quarantine, and since when."""

    sha256: str
    at: datetime
    publisher: str
    title: str
    reason: str


def newcomers(connection: Connection, since: datetime, before: datetime) -> tuple[Newcomer, ...]:
    """Files in quarantine whose last attempt was in that time, the newest first."""
    last = sa.select(failures.c.sha256, sa.func.max(failures.c.at).label("at")).group_by(failures.c.sha256).subquery()
    query = (
        sa.select(documents.c.sha256, last.c.at, documents.c.publisher, documents.c.title, documents.c.reason)
        .join(last, last.c.sha256 == documents.c.sha256)
        .where(documents.c.state == "quarantined", last.c.at >= since, last.c.at < before)
        .order_by(last.c.at.desc(), documents.c.id)
    )
    return tuple(Newcomer(*row) for row in connection.execute(query))


def mail_newcomers(catalog: Catalog, now: datetime, links: Links, letterhead: Letterhead, secretariat: str) -> int:
    """Puts a mail into the outbox about what came into quarantine since the last such mail, up to midnight (UTC); one
    a day at most, none where nothing did or there is nobody to mail to. Returns how many are new (0 or 1)."""
    if not secretariat:
        return 0
    midnight = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
    period = f"{_PERIOD}{midnight:%Y-%m-%d}"
    with catalog.write() as connection:
        mine = outbox.c.subscriber_id.is_(None) & outbox.c.period.startswith(_PERIOD)
        last = connection.execute(sa.select(sa.func.max(outbox.c.period)).where(mine)).scalar()
        since = midnight - RECENT
        if last:
            since = datetime.strptime(last.removeprefix(_PERIOD), "%Y-%m-%d").replace(tzinfo=UTC)
        new = newcomers(connection, since, midnight)
        if not new:
            return 0
        name = f"<notice.{period}@{letterhead.sender.rpartition('@')[2]}>"
        message = _message(new, name, now, links, letterhead, secretariat)
        row: dict[str, Any] = {
            "subscriber_id": None,
            "kind": "notice",
            "period": period,
            "message_id": name,
            "message": message,
        }
        row |= {"state": "waiting", "attempts": 0, "created": now}
        return upsert(connection, outbox, [row], ["message_id"], update=False)


def _message(
    new: tuple[Newcomer, ...], name: str, now: datetime, links: Links, letterhead: Letterhead, secretariat: str
) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"] = f"{letterhead.sender_name} <{letterhead.sender}>"
    message["To"] = secretariat
    message["Subject"] = f"Forumwatch: {len(new)} new {'file' if len(new) == 1 else 'files'} could not be read"
    message["Date"] = now
    message["Message-ID"] = name
    message["Auto-Submitted"] = "auto-generated"
    lines = [f"{_line(each.publisher)}, {_line(each.title) or each.sha256[:16]}: {_line(each.reason)}" for each in new]
    more = f"\nand {len(new) - SHOWN} more" if len(new) > SHOWN else ""
    how = "The desk (forumwatch desk) has buttons to try again; forumwatch quarantine --retry SHA256 does the same."
    text = "\n".join(lines[:SHOWN]) + f"{more}\n\nAll of them: {links.home()}quarantine\n{how}\n"
    message.set_content(text, cte="quoted-printable")
    return message.as_bytes()


def _line(text: str) -> str:
    return " ".join(text.split())[:200]
