"""How does a link prove that it came from us? Signed, for one purpose, and no one else's business.

A mail is kept for years, and so the links in it have no end; only what asks to confirm ends after days, and the
secretariat's desk after hours. The end stands in the token, so that a mail made twice is the same mail. Whoever holds
a link holds what it grants: there is no password and no cookie beside it.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from itsdangerous import BadData, URLSafeSerializer

from search.alerts.errors import AlertError, Gone, TokenError, w

LONGEST = 300
SHORTEST_SECRET = 16


class Purpose(StrEnum):
    """What a token is for. Each signs with a salt of its own, so that a token for one is of no use for another."""

    UNSUBSCRIBE = "unsubscribe"
    CONFIRM = "confirm"
    MANAGE = "manage"
    FEED = "feed"
    ARCHIVE = "archive"
    TRACE = "trace"
    DESK = "desk"


LASTS = {Purpose.CONFIRM: timedelta(days=7), Purpose.DESK: timedelta(hours=12)}  # all others: without end


class Grant(NamedTuple):
    """What the holder of a link may do, for whom, and with what.

    `about` is a saved search (unsubscribe, feed, trace) or a sign-up (confirm), None where it is all that the member
    has; `mail` is "kind period" of a mail of theirs (archive). The desk belongs to no member: subscriber 0.
    """

    subscriber_id: int
    about: int | None = None
    mail: str = ""


def sign(secret: str, grant: Grant, purpose: Purpose = Purpose.UNSUBSCRIBE, now: datetime | None = None) -> str:
    """The token for a link; equal arguments give equal tokens. `now` must be given for purposes that end."""
    load: list[int | str] = [grant.subscriber_id, grant.about or 0]
    if purpose is Purpose.ARCHIVE:
        load.append(grant.mail)
    if purpose in LASTS:
        if now is None:
            raise AlertError(f"a link to {purpose} ends some time after it was made: it needs that time")
        load.append(int((now + LASTS[purpose]).timestamp()))
    return str(_serializer(secret, purpose).dumps(load))


def verify(secret: str, token: str, purpose: Purpose = Purpose.UNSUBSCRIBE, now: datetime | None = None) -> Grant:
    """What the token grants. Raises TokenError when it is not ours, or not for this; Gone when it has ended."""
    if len(token) > LONGEST:
        raise TokenError(w("this link is damaged: it is longer than any we make"))
    try:
        load = list(_serializer(secret, purpose).loads(token))
        until = _whole(load.pop()) if purpose in LASTS else None
        mail = str(load.pop()) if purpose is Purpose.ARCHIVE else ""
        subscriber_id, about = map(_whole, load)
    except (BadData, TypeError, ValueError, IndexError) as error:
        raise TokenError(w("this link is damaged, or was not made by us; the one in your newest mail works")) from error
    if until is not None and (now or datetime.now(UTC)).timestamp() >= until:
        raise Gone(w("this link has expired; please ask for a new one"))
    return Grant(subscriber_id, about or None, mail)


def _whole(number: object) -> int:
    """We sign whole numbers only: nothing else is made into one (infinity cannot be)."""
    if not isinstance(number, int):
        raise TypeError(f"{number!r} is not a whole number")
    return number


def _serializer(secret: str, purpose: Purpose) -> URLSafeSerializer:
    if len(secret) < SHORTEST_SECRET:
        raise AlertError(f"the secret that signs links must have at least {SHORTEST_SECRET} characters")
    return URLSafeSerializer(secret, salt=f"forumwatch {purpose} 1")
