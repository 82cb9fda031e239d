"""What do we write to someone who may not have asked? Two short mails: please confirm, and the link to manage.

Whoever fills in the form chooses what the first of them says to whom; so it quotes little, and nothing that looks
like an address on the web: it must be of no use for sending advertisements to strangers.
"""

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from search.alerts.links import Letterhead, Links
from search.alerts.mails.envelope import name_of_mail
from search.alerts.members.wanted import Wanted
from search.alerts.tokens import LASTS, Purpose
from search.alerts.wording import Wording

KIND = "confirm"  # outbox.kind: sent to who is not (or no longer) a member, too
LONGEST_QUOTE = 100
WIDTH = 72
LINK = re.compile(r"(?i)://|\bwww\.|@|[a-z0-9-]\.[a-z]{2,}\b|[\x00-\x1f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Asking:
    """One such mail: to whom, made when, and what makes it the same mail if it is made again."""

    subscriber_id: int
    address: str
    language: str
    timezone: str
    safe: bool
    period: str
    now: datetime


def confirmation(ask: Asking, sign_up_id: int, searches: Sequence[Wanted], links: Links, head: Letterhead) -> bytes:
    """The mail that asks to confirm; it names the searches, unless it is for someone whose mails name nothing."""
    w = Wording(ask.language)
    named = [f"- {_quoted(each.name, w)} ({cadence_in_words(each.cadence, w)})" for each in searches]
    until = w.moment(ask.now + LASTS[Purpose.CONFIRM], ask.timezone)
    about = [
        w("Somebody, probably you, asked for mails from Forumwatch to this address."),
        w("They would tell of new documents of the UN, the ILO, the IOM, the GCIM and the WTO that concern migrants:"),
        "\n".join(named),
    ]
    if ask.safe:
        about = [w("Somebody, probably you, asked for mails to this address. The page says which they are.")]
    paragraphs = [
        *about,
        w("If this was you, open this page and press the button. It works until {until}.", until=until),
        links.confirm(ask.subscriber_id, sign_up_id, ask.now),
        w("If it was not you, do nothing: no mail will come, and what was asked for is deleted in 14 days."),
    ]
    subject = w("Please confirm") if ask.safe else w("Please confirm your mails from Forumwatch")
    return _mail(ask, subject, paragraphs, links.secret, head)


def way_back(ask: Asking, links: Links, head: Letterhead) -> bytes:
    """The mail with the link to one's own page, for who has lost it."""
    w = Wording(ask.language)
    asked = w(
        "Somebody, probably you, asked for the link to your page at Forumwatch. There you can change, pause, take "
        "with you and delete everything."
    )
    if ask.safe:
        asked = w(
            "Somebody, probably you, asked for the link to your page. There you can change, pause, take with you "
            "and delete everything."
        )
    paragraphs = [
        asked,
        links.manage(ask.subscriber_id),
        w("Whoever has this link can do all that: please do not pass it on. If it was not you who asked, nothing has "
          "changed, and you need do nothing."),
    ]  # fmt: skip
    subject = w("Your page") if ask.safe else w("Your page at Forumwatch")
    return _mail(ask, subject, paragraphs, links.secret, head)


def message_id(ask: Asking, secret: str, head: Letterhead) -> str:
    name = name_of_mail(secret, ask.subscriber_id, ask.address, KIND, ask.period)
    return f"<{KIND}.{name}@{Address(addr_spec=head.sender).domain}>"


def cadence_in_words(cadence: str, w: Wording) -> str:
    return {"at once": w("at once"), "daily": w("every day"), "weekly": w("every week")}[cadence]


def _quoted(name: str, w: Wording) -> str:
    if LINK.search(name):
        return w("a search whose name is not repeated here")
    return f"“{name if len(name) <= LONGEST_QUOTE else name[: LONGEST_QUOTE - 2] + ' …'}”"


def _mail(ask: Asking, subject: str, paragraphs: Sequence[str], secret: str, head: Letterhead) -> bytes:
    message = EmailMessage(policy=SMTP)
    name = Wording(ask.language)("Summary") if ask.safe else head.sender_name
    message["From"] = Address(name, addr_spec=head.sender)
    message["To"] = Address(addr_spec=ask.address)
    message["Subject"] = subject
    message["Date"] = ask.now
    message["Message-ID"] = message_id(ask, secret, head)
    message["Auto-Submitted"] = "auto-generated"
    if head.reply_to:
        message["Reply-To"] = Address(addr_spec=head.reply_to)
    notice = head.notice.get(ask.language, "")
    parts = (*paragraphs, notice) if ask.safe else (notice, *paragraphs, "-- \nForumwatch")
    lines = [_wrapped(each) for each in parts if each]
    message.set_content("\n\n".join(lines) + "\n", cte="quoted-printable")
    message["Content-Language"] = ask.language
    return message.as_bytes()


def _wrapped(paragraph: str) -> str:
    """A link stays on its line, whole."""
    return "\n".join(
        textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False) for line in paragraph.split("\n")
    )
