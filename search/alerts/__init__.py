"""Who is told of what? Subscribing, matching, digests and delivery: the door of alerts."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from search.alerts.errors import AlertError, Gone, Refused, TokenError
    from search.alerts.links import Letterhead, Links
    from search.alerts.mails.digests import make_digests
    from search.alerts.mails.due import make_due
    from search.alerts.mails.periods import period_of
    from search.alerts.matching.matching import match_changes
    from search.alerts.members.keeping import Added, add_search
    from search.alerts.members.leaving import (
        Unsubscribed,
        read_token,
        resubscribe,
        resubscribe_by_token,
        unsubscribe,
        unsubscribe_by_token,
    )
    from search.alerts.members.settings import MailSettings
    from search.alerts.members.subscribers import Subscription, subscribe
    from search.alerts.members.wanted import Wanted
    from search.alerts.post.bounces import BounceReport, read_bounces
    from search.alerts.post.delivery import DeliveryReport, Office, deliver, free_leases, release_held
    from search.alerts.post.mailboxes import MailboxError, open_mailbox
    from search.alerts.post.maildir import LocalMailbox, Maildir
    from search.alerts.post.sender import SenderReport, claim_sender, sender_report
    from search.alerts.post.smtp import Smtp
    from search.alerts.post.standing import OutboxReport, outbox_report
    from search.alerts.post.suppression import is_suppressed, lift, suppress

_WHERE = {
    "post.bounces": ("BounceReport", "read_bounces"),
    "post.mailboxes": ("MailboxError", "open_mailbox"),
    "post.delivery": ("DeliveryReport", "Office", "deliver", "free_leases", "release_held"),
    "mails.digests": ("make_digests",),
    "mails.due": ("make_due",),
    "mails.periods": ("period_of",),
    "errors": ("AlertError", "Gone", "Refused", "TokenError"),
    "links": ("Letterhead", "Links"),
    "post.maildir": ("LocalMailbox", "Maildir"),
    "matching.matching": ("match_changes",),
    "post.sender": ("SenderReport", "claim_sender", "sender_report"),
    "post.smtp": ("Smtp",),
    "post.standing": ("OutboxReport", "outbox_report"),
    "post.suppression": ("is_suppressed", "lift", "suppress"),
    "members.keeping": ("Added", "add_search"),
    "members.leaving": (
        "Unsubscribed",
        "read_token",
        "resubscribe",
        "resubscribe_by_token",
        "unsubscribe",
        "unsubscribe_by_token",
    ),
    "members.settings": ("MailSettings",),
    "members.subscribers": ("Subscription", "subscribe"),
    "members.wanted": ("Wanted",),
}

__all__ = [
    "Added",
    "AlertError",
    "BounceReport",
    "DeliveryReport",
    "Gone",
    "Letterhead",
    "Links",
    "LocalMailbox",
    "MailSettings",
    "MailboxError",
    "Maildir",
    "Office",
    "OutboxReport",
    "Refused",
    "SenderReport",
    "Smtp",
    "Subscription",
    "TokenError",
    "Unsubscribed",
    "Wanted",
    "add_search",
    "claim_sender",
    "deliver",
    "free_leases",
    "is_suppressed",
    "lift",
    "make_digests",
    "make_due",
    "match_changes",
    "open_mailbox",
    "outbox_report",
    "period_of",
    "read_bounces",
    "read_token",
    "release_held",
    "resubscribe",
    "resubscribe_by_token",
    "sender_report",
    "subscribe",
    "suppress",
    "unsubscribe",
    "unsubscribe_by_token",
]


def __getattr__(name: str) -> Any:
    """The rooms behind the door open when they are first asked for: templates, mail and the query parser stay out."""
    from importlib import import_module

    for module, names in _WHERE.items():
        if name in names:
            return getattr(import_module(f"search.alerts.{module}"), name)
    raise AttributeError(f"search.alerts has no {name!r}")
