"""What does a mail that came back say? Reports of delivery, of abuse, and the free prose of older servers.

RFC 3464 (delivery status), RFC 5965 (abuse reports), RFC 3834 (automatic answers). Whatever cannot be understood is
`unknown`, with what a person needs to look at it; nothing in such a mail is believed but through a signed address or
a Message-ID of ours, see bounces.py.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import Message
from itertools import islice
from typing import Literal

from search.alerts.post.answers import Class, classify, code_in, of_status, of_words, status_in

Kind = Literal["hard", "soft", "policy", "complaint", "notice", "unknown"]
KINDS: dict[Class, Kind] = {"gone": "hard", "full": "soft", "later": "soft", "server": "soft", "refused": "policy"}
MOST_PARTS, MOST_HEADERS = 20, 100
DEEPEST = 60  # mentions of a content type in the whole mail: more is nested to harm
LONGEST_TEXT = 20_000
ADDRESSED = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To", "Cc")
ID = re.compile(r"message-id:\s*(<[^<>\s]{3,198}>)", re.IGNORECASE)
COPY = re.compile(r"^(?:---.*\b(?:copy|original|below)\b.*|(?:Return-Path|Received|Message-ID):.*)$", re.I | re.M)
FAILED = re.compile(
    r"undeliver|delivery (?:has )?fail|deliver.* fail|returned|failure notice|could not be delivered", re.I
)
DELAYED = re.compile(
    r"\bdelayed?\b|will (?:continue|keep) (?:to )?(?:be )?(?:re)?try|still (?:be )?(?:re)?tr(?:y|ied)", re.I
)
LOCAL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@(?=[\w.-])")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`detail`: in the other side's words, addresses shortened. `paths`: where our return path may stand."""

    kind: Kind
    detail: str
    paths: str = ""
    ids: tuple[str, ...] = ()


def understand(raw: bytes) -> Verdict:
    """Never raises, and takes time in proportion to the mail."""
    if raw.lower().count(b"content-type") > DEEPEST:
        return Verdict("unknown", "it is nested too deeply")
    try:
        verdict = _understand(message_from_bytes(raw), raw)
    except (ValueError, LookupError, RecursionError, TypeError, AttributeError) as error:
        # The standard parser promises not to raise, and sometimes does for what was made to harm.
        return Verdict("unknown", f"it cannot be parsed: {type(error).__name__}: {error}"[:200])
    return replace(verdict, detail=" ".join(LOCAL.sub("…@", verdict.detail).split())[:500])


def _understand(message: Message, raw: bytes) -> Verdict:
    parts = list(_parts(message))
    paths = [_headers(message, *ADDRESSED)]
    ids: list[str] = []
    for original in (part for part in map(_original, parts) if part is not None):
        paths.append(_headers(original, "Return-Path"))
        ids += ID.findall(f"Message-ID: {_header(original, 'Message-ID')}")
    kind: Kind = "unknown"
    detail = ""
    for part in parts:
        sort = part.get_content_type()
        fields = _groups(part)
        if sort == "message/feedback-report" and fields:
            paths.append(_headers(fields[0], "Original-Mail-From"))
            kind, detail = _of_feedback(fields[0])
        elif sort == "message/delivery-status":
            kind, detail = _of_status(fields)
    if not detail:
        text = _text(parts, raw)
        kind, detail = _of_prose(message, text)
        ids += ID.findall(text)
    return Verdict(kind, detail, "\n".join(paths), tuple(dict.fromkeys(ids[:10])))


def _parts(message: Message) -> Iterator[Message]:
    """The mail's own parts; not those of a mail inside it."""
    inside = message.get_payload()
    if isinstance(inside, list) and message.get_content_maintype() == "multipart":
        for part in islice(inside, MOST_PARTS):
            yield part
            deeper = part.get_payload()
            if part.get_content_maintype() == "multipart" and isinstance(deeper, list):
                yield from islice(deeper, MOST_PARTS)
    else:
        yield message


def _groups(part: Message) -> list[Message]:
    """The groups of fields in a report."""
    inside = part.get_payload()
    return [group for group in inside if isinstance(group, Message)] if isinstance(inside, list) else []


def _original(part: Message) -> Message | None:
    """The mail that came back, or its headers."""
    inside = part.get_payload()
    if part.get_content_type() in ("message/rfc822", "message/global") and isinstance(inside, list) and inside:
        return inside[0] if isinstance(inside[0], Message) else None
    if part.get_content_type() in ("text/rfc822-headers", "message/global-headers"):
        payload = part.get_payload(decode=True)
        return message_from_bytes(payload) if isinstance(payload, bytes) else None
    return None


def _of_feedback(report: Message) -> tuple[Kind, str]:
    sort = _header(report, "Feedback-Type").strip().lower()
    said = f"feedback report: {sort or 'of no type'}, by {_header(report, 'User-Agent') or 'an unnamed program'}"
    if sort in ("not-spam", "auth-failure", "dmarc"):
        return "notice", said
    return "complaint", said


def _of_status(groups: list[Message]) -> tuple[Kind, str]:
    """The worst that is said of a recipient; we write to one at a time."""
    found: list[tuple[Kind, str]] = []
    for group in islice(groups, MOST_PARTS):
        action, status = _header(group, "Action").strip().lower(), status_in(_header(group, "Status"))
        if not action and not status:
            continue  # about the mail as a whole
        said = _header(group, "Diagnostic-Code").partition(";")[2].strip()
        detail = f"{action or 'no action'} {status} {said}".strip()
        if action in ("delayed", "delivered", "relayed", "expanded"):
            found.append(("notice", detail))
        else:
            found.append((KINDS[_class(status, said)], detail))
    order = ("hard", "soft", "policy", "notice")
    return min(found, key=lambda each: order.index(each[0]), default=("unknown", ""))


def _class(status: str, said: str) -> Class:
    """A status that says no more than "failed" gives way to what the server said."""
    closer = status_in(said)
    if closer and (not status or status.endswith(".0.0")):
        status = closer
    if status and not status.endswith(".0.0"):
        return of_status(status)
    code = code_in(said) or (100 * int(status[0]) if status else 500)
    return classify(code, said) if said else of_status(status or "5")


def _of_prose(message: Message, text: str) -> tuple[Kind, str]:
    """Servers older than the standards, and people and programs that answer."""
    subject, sender = _header(message, "Subject"), _header(message, "From")
    daemon = re.search(r"mailer-daemon|postmaster|mail delivery|microsoftexchange", sender, re.I) is not None
    about = COPY.split(text, maxsplit=1)[0]
    what = f"{subject} (from {sender})"
    if not (daemon or message["X-Failed-Recipients"] or FAILED.search(subject)):
        automatic = _header(message, "Auto-Submitted").strip().lower() not in ("", "no")
        automatic = automatic or message["X-Autoreply"] is not None or message["X-Auto-Response-Suppress"] is not None
        return ("notice", f"an automatic answer: {what}") if automatic else ("unknown", f"no bounce: {what}")
    if DELAYED.search(subject) or (DELAYED.search(about) and not FAILED.search(f"{subject} {about}")):
        return "notice", f"delayed: {what}"
    status, code = status_in(about), code_in(about)
    line = next((line for line in about.splitlines() if (status or str(code)) in line), subject).strip()
    if status:
        return KINDS[of_status(status)], line
    if code:
        return KINDS[classify(code, about)], line
    meant = of_words(about)
    return (
        (KINDS[meant], f"{subject}: it means {meant}") if meant else ("unknown", f"a bounce without a reason: {what}")
    )


def _text(parts: list[Message], raw: bytes) -> str:
    for part in parts:
        if part.get_content_maintype() == "text":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                return payload[:LONGEST_TEXT].decode("utf-8", "replace")
    return raw[:LONGEST_TEXT].decode("utf-8", "replace")


def _headers(message: Message, *names: str) -> str:
    values = (str(value)[:1000] for name in names for value in message.get_all(name, []))
    return "\n".join(islice(values, MOST_HEADERS))


def _header(message: Message, name: str) -> str:
    return " ".join(str(message.get(name, ""))[:1000].split())
