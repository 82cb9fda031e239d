"""How does a link prove that it came from us? Signed, for one purpose, without an end: a mail is kept for years."""

from typing import NamedTuple

from itsdangerous import BadData, URLSafeSerializer

from search.alerts.errors import AlertError, TokenError

PURPOSE = "forumwatch unsubscribe 1"  # another purpose signs with another salt, so its tokens are of no use here
LONGEST = 300
SHORTEST_SECRET = 16


class Grant(NamedTuple):
    """What the holder of a link may do: stop one saved search, or (None) all mail to the subscriber."""

    subscriber_id: int
    search_id: int | None


def sign(secret: str, grant: Grant) -> str:
    """The token for a link; the same grant always gives the same token, so that a mail made twice is the same mail."""
    return str(_serializer(secret).dumps([grant.subscriber_id, grant.search_id or 0]))


def verify(secret: str, token: str) -> Grant:
    """What the token grants. Raises TokenError when it is not ours, or not for this."""
    if len(token) > LONGEST:
        raise TokenError("this link is damaged: it is longer than any we make")
    try:
        subscriber_id, search_id = map(int, _serializer(secret).loads(token))
    except (BadData, TypeError, ValueError) as error:
        raise TokenError("this link is damaged, or was not made by us; the one in your newest mail works") from error
    return Grant(subscriber_id, search_id or None)


def _serializer(secret: str) -> URLSafeSerializer:
    if len(secret) < SHORTEST_SECRET:
        raise AlertError(f"the secret that signs links must have at least {SHORTEST_SECRET} characters")
    return URLSafeSerializer(secret, salt=PURPOSE)
