"""Is something broken that a person must see to? Three alarms, no more: each says what it is and what to do.

A source is late; a digest was not sent; a match was missed. Whatever mends itself, or cannot be mended, is none: a mail
that one server puts off, a bounce, a webhook that rests. An alarm ends when what it says is no longer so. It is on
/health and the desk, `forumwatch doctor` says it, and the secretariat is mailed once a day while it lasts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import Catalog, upsert
from catalog.tables import deliveries, digest_runs, outbox, subscribers
from search.alerts.links import Letterhead, Links
from search.alerts.mails.periods import DIGESTS, due
from search.alerts.mails.untold import zones
from search.audited import last_audit
from search.standing import SourceStanding, source_standings

GRACE = timedelta(hours=6)  # that a digest may come late, or a mail wait for its first try
SHOWN = 5  # names in a sentence
RUNBOOK = "docs/operations.md"


@dataclass(frozen=True, slots=True)
class Alarm:
    """`kind`: source, digest or missed; `says` what is broken, `remedy` what to do; `anchor` into the runbook."""

    kind: str
    says: str
    remedy: str
    anchor: str


def alarms(catalog: Catalog, now: datetime) -> tuple[Alarm, ...]:
    """Those that ring at `now`, at most one a kind."""
    standings = source_standings(catalog, now)
    with catalog.read() as connection:
        found = (_source_late(standings), _digest_not_sent(connection, now), _missed(connection))
    return tuple(alarm for alarm in found if alarm)


def mail_alarms(catalog: Catalog, now: datetime, links: Links, letterhead: Letterhead, secretariat: str) -> int:
    """Puts a mail for each alarm into the outbox, one a kind and day (of UTC), however often it is called.

    None where there is no secretariat to mail to; returns how many were new.
    """
    if not secretariat:
        return 0
    rows = []
    for alarm in alarms(catalog, now):
        period = f"alarm-{alarm.kind}-{now:%Y-%m-%d}"
        name = f"<notice.{period}@{letterhead.sender.rpartition('@')[2]}>"
        message = _message(alarm, name, now, links, letterhead, secretariat)
        row = {"subscriber_id": None, "kind": "notice", "period": period, "message_id": name, "message": message}
        rows.append(row | {"state": "waiting", "attempts": 0, "created": now})
    with catalog.write() as connection:
        return upsert(connection, outbox, rows, ["message_id"], update=False)


def _source_late(standings: Iterable[SourceStanding]) -> Alarm | None:
    """Late, or looked at and never once well."""
    late = [each for each in standings if each.late or (each.never and each.state == "failed")]
    if not late:
        return None
    names = _listed([f"{each.title} ({_last(each)})" for each in late])
    says = f"{'A source is' if len(late) == 1 else f'{len(late)} sources are'} late: {names}"
    return Alarm("source", says, "forumwatch sources, and what its reason says", "a-source-is-late")


def _digest_not_sent(connection: Connection, now: datetime) -> Alarm | None:
    troubles = [trouble for trouble in (_not_made(connection, now), *_not_gone(connection, now)) if trouble]
    if not troubles:
        return None
    remedy = "forumwatch digest makes and sends what is due; forumwatch doctor says what is in the way"
    return Alarm("digest", "; ".join(troubles), remedy, "a-digest-was-not-sent")


def _missed(connection: Connection) -> Alarm | None:
    audit = last_audit(connection)
    if audit is None or not audit.missed:
        return None
    says = f"By the audit of {audit.at:%Y-%m-%d %H:%M} UTC {audit.said}"
    return Alarm(
        "missed",
        says,
        "the members are told late; report it to whoever maintains the matcher, with forumwatch audit --json",
        "matches-were-missed",
    )


def _not_made(connection: Connection, now: datetime) -> str:
    """Digests that are overdue: neither the newest whose morning was more than GRACE ago nor a later one is made."""
    missing = []
    for zone, first in zones(connection).items():
        for cadence in DIGESTS:
            run = due(cadence, zone, now - GRACE)
            made = (
                (digest_runs.c.cadence == cadence) & (digest_runs.c.zone == zone) & (digest_runs.c.period >= run.name)
            )
            if first <= run.ends and connection.execute(sa.select(digest_runs.c.period).where(made)).first() is None:
                missing.append(f"{cadence} {run.name} in {zone}")
    if not missing:
        return ""
    return f"{_counted(len(missing), 'digest was', 'digests were')} not made: {_listed(missing)}"


def _not_gone(connection: Connection, now: datetime) -> Iterable[str]:
    """Mails that nobody sends: held, never tried, or put off while no server took any mail at all."""
    mine = outbox.c.subscriber_id.is_not(None) & (outbox.c.created < now - GRACE)
    held = _number(connection, mine & (outbox.c.state == "held"))
    if held:
        yield f"{_counted(held, 'mail is', 'mails are')} held until a person decides (the desk)"
    waiting = mine & outbox.c.state.in_(("waiting", "leased")) & ~_rests(now)
    untried = _number(connection, waiting & (outbox.c.attempts == 0))
    if untried:
        yield f"{_counted(untried, 'mail waits', 'mails wait')} and nobody has tried to send"
    put_off = _number(connection, waiting & (outbox.c.attempts > 0))
    gone = (deliveries.c.outcome == "sent") & (deliveries.c.at > now - GRACE)
    if put_off and connection.execute(sa.select(deliveries.c.id).where(gone).limit(1)).first() is None:
        yield f"no mail was taken for {GRACE.total_seconds() / 3600:.0f} hours, and {put_off} wait"


def _rests(now: datetime) -> sa.ColumnElement[bool]:
    """Mail to a reader whose mailbox sent something back waits for days, and goes by itself."""
    later = subscribers.c.mail_after > now - GRACE
    return sa.exists().where(subscribers.c.id == outbox.c.subscriber_id, later).correlate(outbox)


def _number(connection: Connection, which: sa.ColumnElement[bool]) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(outbox).where(which)).scalar_one()


def _last(source: SourceStanding) -> str:
    return f"last good {source.last_good:%Y-%m-%d}" if source.last_good else f"never good: {source.reason[:200]}"


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _message(alarm: Alarm, name: str, now: datetime, links: Links, letterhead: Letterhead, secretariat: str) -> bytes:
    """A mail in plain text; the same alarm of the same day is the same mail."""
    message = EmailMessage(policy=SMTP)
    message["From"] = f"{letterhead.sender_name} <{letterhead.sender}>"
    message["To"] = secretariat
    message["Subject"] = {
        "source": "Forumwatch: a source is late",
        "digest": "Forumwatch: a digest was not sent",
        "missed": "Forumwatch: matches were missed",
    }[alarm.kind]
    message["Date"] = now
    message["Message-ID"] = name
    message["Auto-Submitted"] = "auto-generated"
    health = f"{links.home()}health"
    text = f"{alarm.says}.\n\nWhat to do: {alarm.remedy} ({RUNBOOK}#{alarm.anchor}).\n\nHow it stands now: {health}\n"
    message.set_content(text, cte="quoted-printable")
    return message.as_bytes()
