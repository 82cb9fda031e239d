"""What is done about alerts once there are matches? Plain functions, as in steps.py."""

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from flows.house import House
from flows.progress import watch
from flows.steps import StepFailed, recorded
from search.alerts import DeliveryReport, deliver, free_leases, make_digests, make_due, release_held

if TYPE_CHECKING:
    from search.alerts import BounceReport
    from search.alerts.matching.audit import AuditReport


def mail(house: House, period: str | None = None, release: bool = False, make: bool = True) -> DeliveryReport | None:
    """Makes every mail that is due (by hand: the digests of a week) and sends what is in the outbox; None: no relay.

    `release`: mails that were held for their age go too, since a person knows that they were not sent. Without `make`
    only what waits is sent, and alarms.
    Errors: StepFailed if mails wait because of something that is not theirs.
    """
    now, _ = house.now(), house.sources  # the receipt in each mail names them all
    with recorded(house, "mail") as counts:
        counts["made"] = 0
        if make and period is None:
            counts["made"] = make_due(house.catalog, now, house.links, house.letterhead)
        elif make and period is not None:
            counts["made"] = make_digests(house.catalog, period, now, house.links, house.letterhead)
        if house.smtp is None:
            counts["made"] += alarm(house)
            return None
        if release:
            counts["released"] = release_held(house.catalog, now)
        free_leases(house.catalog)  # this step runs alone: whoever held a mail is dead
        report = deliver(house.catalog, house.smtp, now, house.office)
        ringing = alarm(house)  # only now, for what has just gone is no alarm any more
        if ringing and not report.stopped:
            deliver(house.catalog, house.smtp, now, house.office)
        counts.update(asdict(report), made=counts["made"] + ringing)
        if report.stopped:
            raise StepFailed(f"{report.waiting + report.held} mails wait: {report.stopped}")
    return report


def audit(house: House, since: datetime | None = None) -> "AuditReport":
    """Runs every saved search as an ordinary query and writes what was missed; the run row has the counts."""
    from search.alerts.matching.audit import audit as hold_against

    with recorded(house, "audit") as counts, watch("audit"):
        report = hold_against(house.catalog, house.engine, house.now(), since)
        counts.update(asdict(report))
    return report


def bounces(house: House) -> "BounceReport | None":
    """Reads the mails that came back and does what follows; None where no mailbox is set. Errors: MailboxError."""
    from search.alerts import open_mailbox, read_bounces

    s = house.settings
    if not s.bounces:
        return None
    with (
        recorded(house, "bounces") as counts,
        open_mailbox(s.bounces, s.bounces_password.get_secret_value()) as mailbox,
    ):
        report = read_bounces(house.catalog, mailbox, house.office, house.now())
        counts.update(asdict(report))
    return report


def forget(house: House) -> int:
    """Erases whoever asked for mails and never confirmed, and searches that ended long ago; returns how many people."""
    from search.alerts.members.forgetting import forget_ended, forget_unconfirmed

    forget_ended(house.catalog, house.now())
    return forget_unconfirmed(house.catalog, house.now())


def alarm(house: House) -> int:
    """Mails the secretariat what is broken and what could not be read, once a day and kind; returns the new mails."""
    from search.alerts.alarms import mail_alarms
    from search.alerts.unreadable import mail_newcomers

    _ = house.sources  # also those that were never looked at
    secretariat = house.settings.secretariat
    to = (house.links, house.letterhead, secretariat)
    return mail_alarms(house.catalog, house.now(), *to) + mail_newcomers(house.catalog, house.now(), *to)


def find_corrections(house: House) -> int:
    """Finds what members were told and is no longer so; returns the rows that mails are made from."""
    from search.alerts.matching.corrections import find_corrections as follow

    with recorded(house, "corrections") as counts, watch("corrections"):
        counts["corrections"] = follow(house.catalog)  # by the real time, as changes are noted
    return int(counts["corrections"])
