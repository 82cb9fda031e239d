"""How does a letter become a mail? Text first, a light HTML beside it, headers that other mail systems can act on.

Equal letters give equal bytes: a digest that is made again after a crash is the same mail, under the same Message-ID.
"""

import hashlib
import re
import textwrap
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import EmailPolicy
from functools import cache
from typing import Any, NamedTuple

import jinja2

from search.alerts.errors import AlertError
from search.alerts.links import Letterhead, Links
from search.alerts.mails.footing import one_click
from search.alerts.mails.letter import Item, Letter
from search.alerts.mails.setting import BRIEF, FULL, bare, in_order, lay_out, subject
from search.alerts.wording import Wording

WIDTH = 72
LARGEST_HTML = 100_000  # bytes: some readers cut a mail off at 102 kB


class Verbatim(UnstructuredHeader):
    """A header of addresses in angle brackets: folded only between them, where the standard fold would encode them."""

    def fold(self, *, policy: Any) -> str:
        return f"{self.name}: {str(self).replace(', <', f',{policy.linesep} <')}{policy.linesep}"  # type: ignore[attr-defined]


class Mail(NamedTuple):
    """A mail, and the items of which it quotes a passage."""

    message_id: str
    message: bytes
    quoted: tuple[Item, ...]


def compose(letter: Letter, links: Links, letterhead: Letterhead) -> bytes:
    """The whole mail, ready to be kept in the outbox and sent as it is."""
    return compose_letter(letter, links, letterhead).message


def compose_letter(letter: Letter, links: Links, letterhead: Letterhead) -> Mail:
    """The mail, ready to be kept in the outbox and sent as it is, and what it quotes."""
    text, html, full = _parts(letter, links, letterhead)
    message = EmailMessage(policy=_policy())
    for name, value in _headers(letter, links, letterhead).items():
        message[name] = value
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = letter.language
    message.set_boundary(f"=_{_name(letter)}")
    whole = sorted(letter.items, key=in_order)[:full]
    quoted = tuple(item for item in whole if item.passage is not None)
    return Mail(message_id(letter, letterhead), message.as_bytes(), quoted)


def message_id(letter: Letter, letterhead: Letterhead) -> str:
    """From (subscriber, kind, period) alone, so that however often the mail is made and sent, readers see one."""
    kind = letter.kind.replace(" ", "-")
    return f"<{kind}.{letter.period.lower()}.{_name(letter)}@{_address(letterhead.sender).domain}>"


def _name(letter: Letter) -> str:
    who = f"{letter.subscriber_id}\n{letter.address}\n{letter.kind}\n{letter.period}"
    return hashlib.sha256(who.encode()).hexdigest()[:24]


def _headers(letter: Letter, links: Links, letterhead: Letterhead) -> dict[str, object]:
    w, sender = Wording(letter.language), _address(letterhead.sender)
    one_stop = one_click(letter, links)
    stop = [f"<{one_stop}>"]
    if letterhead.unsubscribe_mailto:
        token = one_stop.rpartition("/")[2]
        stop.append(f"<mailto:{_address(letterhead.unsubscribe_mailto).addr_spec}?subject=unsubscribe%20{token}>")
    headers: dict[str, object] = {
        "From": Address(w("Summary") if letter.safe else letterhead.sender_name, addr_spec=sender.addr_spec),
        "To": _address(letter.address),
        "Subject": subject(letter),
        "Date": letter.made,
        "Message-ID": message_id(letter, letterhead),
        "List-Id": f"<mails.{sender.domain}>" if letter.safe else f"Forumwatch <digest.{sender.domain}>",
        "List-Unsubscribe": ", ".join(stop),
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }
    if letterhead.reply_to:
        headers["Reply-To"] = _address(letterhead.reply_to)
    return headers


def _address(text: str) -> Address:
    try:
        return Address(addr_spec=text)
    except (ValueError, IndexError) as error:
        raise AlertError(f"not an address that mail can carry: {text[:80]!r}") from error


def _parts(letter: Letter, links: Links, letterhead: Letterhead) -> tuple[str, str, int]:
    """Text, HTML and the number of whole items in them: with fewer, and then without passages, until it is light."""
    text, html = templates("digest")
    full, brief = FULL, BRIEF
    while True:
        context = lay_out(letter, links, letterhead, full, brief)
        page = re.sub(r"\n\s*", "\n", html.render(context))
        if len(page.encode()) <= LARGEST_HTML or not (full or brief):
            quoted = full if any(item.passage for item in letter.items) else 0
            return _tidy(text.render(context)), page, quoted
        if full > 10:
            full = full * 3 // 4
        elif brief > 10:
            brief = brief // 2
        else:
            letter, full, brief = bare(letter), full // 2, brief // 2


def _tidy(text: str) -> str:
    """At most two blank lines together, none at the ends of lines."""
    return re.sub(r"\n{4,}", "\n\n\n", re.sub(r"[ \t]+\n", "\n", text)).strip() + "\n"


def _wrapped(text: str, indent: int, first: bool = False) -> str:
    """The text in lines of WIDTH, those after the first (or all) indented; links are never broken."""
    room = WIDTH - indent
    lines = textwrap.wrap(str(text), room, break_long_words=False, break_on_hyphens=False) or [""]
    pad = " " * indent
    return (pad if first else "") + f"\n{pad}".join(lines)


@cache
def templates(name: str) -> tuple[jinja2.Template, jinja2.Template]:
    loader = jinja2.PackageLoader("search.alerts.mails", "templates")
    options: dict[str, Any] = {"loader": loader, "undefined": jinja2.StrictUndefined}
    options |= {"trim_blocks": True, "lstrip_blocks": True, "keep_trailing_newline": True}
    of_text = jinja2.Environment(**options, autoescape=False)  # plain text: nothing to escape
    of_text.filters["wrapped"] = _wrapped
    of_html = jinja2.Environment(**options, autoescape=True)
    source, _, _ = loader.get_source(of_html, f"{name}.mjml")
    return of_text.get_template(f"{name}.txt"), of_html.from_string(_laid_out(source))


def _laid_out(source: str) -> str:
    """MJML as HTML, with the Jinja in it untouched; no fonts are fetched from anywhere."""
    import mrml

    page = mrml.to_html(source, render_options=mrml.RenderOptions(fonts={}))
    return re.sub(r"\n\s*", "\n", str(page.content))


@cache
def _policy() -> "EmailPolicy[EmailMessage]":
    registry = HeaderRegistry()
    for name in ("list-unsubscribe", "list-id", "message-id"):
        registry.map_to_type(name, Verbatim)  # type: ignore[arg-type]  # the stub asks for what it makes itself
    return EmailPolicy(linesep="\r\n", max_line_length=76, header_factory=registry)  # 76: RFC 2045, 6.7
