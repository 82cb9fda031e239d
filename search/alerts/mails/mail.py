"""How does a letter become a mail? Text first, and a light HTML beside it.

Equal letters give equal bytes: a digest that is made again after a crash is the same mail, under the same Message-ID.
"""

import re
from typing import NamedTuple

from search.alerts.links import Letterhead, Links
from search.alerts.mails.envelope import Envelope, assemble
from search.alerts.mails.footing import one_click
from search.alerts.mails.letter import Item, Letter
from search.alerts.mails.setting import BRIEF, FULL, bare, in_order, lay_out, subject
from search.alerts.mails.typeset import templates, tidy

LARGEST_HTML = 100_000  # bytes: some readers cut a mail off at 102 kB


class Mail(NamedTuple):
    """A mail, and the items of which it quotes a passage."""

    message_id: str
    message: bytes
    quoted: tuple[Item, ...]


def compose(letter: Letter, links: Links, letterhead: Letterhead) -> bytes:
    """The whole mail, ready to be kept in the outbox and sent as it is."""
    return compose_letter(letter, links, letterhead).message


def compose_letter(letter: Letter, links: Links, letterhead: Letterhead) -> Mail:
    """The mail, and what it quotes."""
    text, html, whole = _parts(letter, links, letterhead)
    envelope = _envelope(letter, links, one_click(letter, links))
    shown = () if letter.safe else sorted(letter.items, key=in_order)[:whole]
    quoted = tuple(item for item in shown if item.passage is not None)
    return Mail(envelope.message_id(letterhead), assemble(envelope, text, html, letterhead), quoted)


def message_id(letter: Letter, links: Links, letterhead: Letterhead) -> str:
    """The same for every mail to this member of this kind and period."""
    return _envelope(letter, links, None).message_id(letterhead)


def _envelope(letter: Letter, links: Links, stop: str | None) -> Envelope:
    return Envelope(
        subscriber_id=letter.subscriber_id,
        address=letter.address,
        language=letter.language,
        kind=letter.kind,
        period=letter.period,
        made=letter.made,
        subject=subject(letter),
        safe=letter.safe,
        one_click=stop,
        secret=links.secret,
    )


def _parts(letter: Letter, links: Links, letterhead: Letterhead) -> tuple[str, str, int]:
    """Text, HTML and the number of whole items in them: with fewer, and then without passages, until it is light."""
    text, html = templates("digest")
    full, brief = FULL, BRIEF
    while True:
        context = lay_out(letter, links, letterhead, full, brief)
        page = re.sub(r"\n\s*", "\n", html.render(context))
        if len(page.encode()) <= LARGEST_HTML or not (full or brief):
            quoted = full if any(item.passage for item in letter.items) else 0
            return tidy(text.render(context)), page, quoted
        if full > 10:
            full = full * 3 // 4
        elif brief > 10:
            brief = brief // 2
        else:
            letter, full, brief = bare(letter), full // 2, brief // 2
