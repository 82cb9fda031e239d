"""How does a notice become a mail? What is told beside news: a change, a search that broke."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from search.alerts.links import Letterhead, Links
from search.alerts.mails.comparing import compared
from search.alerts.mails.envelope import Envelope, assemble
from search.alerts.mails.letter import Piece, plain
from search.alerts.mails.spool import Made
from search.alerts.mails.typeset import templates, tidy
from search.alerts.wording import Wording, isolated

LONGEST = 1200  # characters of a passage that stands alone
APART = "\n\n"  # between the passages of one correction


class Compared(NamedTuple):
    """A passage before and after; a text has its marks as brackets and stars."""

    before: tuple[Piece, ...]
    after: tuple[Piece, ...]

    @property
    def before_text(self) -> str:
        return isolated("".join(f"[{piece.text}]" if piece.marked else piece.text for piece in self.before))

    @property
    def after_text(self) -> str:
        return isolated("".join(f"*{piece.text}*" if piece.marked else piece.text for piece in self.after))


@dataclass(frozen=True, slots=True)
class Change:
    """A work that was told of, what has become of it, and its passages before and after."""

    title: str
    link: str
    said: str
    citation: str
    passages: tuple[Compared, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail of paragraphs, lines and changes."""

    subscriber_id: int
    address: str
    language: str
    kind: str
    period: str
    made: datetime
    subject: str
    paragraphs: tuple[str, ...]
    lines: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    ways: tuple[tuple[str, str], ...] = ()  # a label and where it leads
    safe: bool = False


def compose_notice(notice: Notice, links: Links, letterhead: Letterhead) -> Made:
    """The whole mail; equal notices give equal bytes."""
    w, stop = Wording(notice.language), links.unsubscribe(notice.subscriber_id)
    title = plain(notice.subject)
    context = {
        "w": w,
        "subject": title,
        "title": title,
        "ruler": min(len(title), 72),
        "notice": plain(letterhead.notice.get(notice.language, "")),
        "paragraphs": notice.paragraphs,
        "lines": [plain(line) for line in notice.lines],
        "changes": notice.changes,
        "ways": notice.ways,
        "because": w("You get this mail because {address} asked for mails.", address=notice.address),
        "manage": links.manage(notice.subscriber_id),
        "stop_all": stop,
        "home": links.home(),
        "safe": notice.safe,
    }
    envelope = Envelope(
        subscriber_id=notice.subscriber_id,
        address=notice.address,
        language=notice.language,
        kind=notice.kind,
        period=notice.period,
        made=notice.made,
        subject=title,
        safe=notice.safe,
        one_click=stop,
        secret=links.secret,
    )
    text, html = templates("notice")
    page = re.sub(r"\n\s*", "\n", html.render(context))
    message = assemble(envelope, tidy(text.render(context)), page, letterhead)
    return Made(envelope.message_id(letterhead), message, {})


def passages_of(before: str, after: str, marked: bool = True) -> tuple[Compared, ...]:
    """The passages of a correction: side by side where there are as many after as before, else as one.

    What a corrigendum says is no later form of the passage: there nothing is `marked`.
    """
    befores, afters = before.split(APART), after.split(APART)
    if len(befores) != len(afters):
        befores, afters = [before], [after]
    return tuple(Compared(*_compared(old, new, marked)) for old, new in zip(befores, afters, strict=True))


def _compared(before: str, after: str, marked: bool) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    if marked and before.strip() and after.strip():
        return compared(before, after)
    return _unmarked(before), _unmarked(after)


def _unmarked(text: str) -> tuple[Piece, ...]:
    return (Piece(plain(text)[:LONGEST], False),) if text.strip() else ()
