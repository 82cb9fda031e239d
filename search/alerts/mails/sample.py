"""How would a mail of a search look? The digest of the week that is ending, with what the rehearsal found; never sent.

The same records and templates as in a mail that goes out; only its reader is nobody, and so no link in it does a thing.
"""

from datetime import datetime
from email import message_from_bytes, policy

from catalog import Catalog
from search.alerts.links import Letterhead, Links
from search.alerts.mails.making import Frame, Maker
from search.alerts.mails.periods import WEEKLY, due
from search.alerts.mails.receipt import receipt, seq_before
from search.alerts.mails.untold import Asked, Match, Member
from search.alerts.members.rehearsal import Rehearsal

WORKS = 5  # that it tells of, the newest
NOBODY = "you@example.org"


def sample_text(
    catalog: Catalog, links: Links, letterhead: Letterhead, told: Rehearsal, now: datetime, language: str
) -> str:
    """Subject and text of the mail; empty where the rehearsal found nothing."""
    if not told.sample:
        return ""
    run = due(WEEKLY, "UTC", now)
    with catalog.read() as connection:
        after, last = seq_before(connection, run.begins), catalog.last_seq(connection)
    name = told.asking.query.replace('"', "").strip() or told.said
    asked = Asked.of(told.asking.query, told.asking.filters, told.asking.scope)
    matches = tuple(
        Match(number, work, told.changed[work], "news", 0, name, asked)
        for number, work in enumerate(told.sample[:WORKS], 1)
    )
    member = Member(0, NOBODY, language, "UTC", False, False, now, matches)
    frame = Frame(WEEKLY, run.name, run.first, run.last)
    maker = Maker(catalog, links, letterhead, now, 0)
    (made,) = maker.mails([member], [frame], receipt(catalog, now, run.begins, after, last))
    mail = message_from_bytes(made.message, policy=policy.default)
    text = mail.get_body(("plain",))
    said = str(text.get_content()) if text else ""
    return f"{mail['Subject']}\n\n{said.replace(chr(13), '')}"
