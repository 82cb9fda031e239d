"""How do pages whose address is a key behave? They keep it out of caches and logs, and say what is wrong with it.

The pages of SIGNED have no cookie and no password: the token in the address is the authority, and so no other site
can have a member's browser act in their name. What must not happen is that the address gets about.
"""

from collections.abc import Callable
from typing import TypeVar

from fastapi import HTTPException

from search.web.urls import SIGNED

PRIVATE = {"cache-control": "no-store", "x-robots-tag": "noindex, nofollow"}
_FORMS = ("manage", "sign-up")  # these hold no token, and what is typed in them is nobody else's business either

Found = TypeVar("Found")


class BadLink(HTTPException):
    """A link that leads nowhere (any more); `text` is as the catalogs have it, so that it can be said to anyone."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(status, sentence(text))
        self.text = text


def sentence(text: str) -> str:
    """As a sentence of its own."""
    return f"{text[:1].upper()}{text[1:]}."


def is_private(path: str) -> bool:
    """True for an address, below the site's own, that holds a token or is a form about a person."""
    return path.removeprefix("/").partition("/")[0] in (*SIGNED, *_FORMS)


def without_token(path: str) -> str:
    """The path as it may be written down: /manage/… for /manage/WzcsMF0.abc."""
    parts = path.split("/")
    for at, part in enumerate(parts[:-1]):
        if part in SIGNED:
            return "/".join([*parts[: at + 1], "…", *parts[at + 2 :]])
    return path


def found(look: Callable[[], Found]) -> Found:
    """What `look` finds by a token; a bad link is answered in words, 404, or 410 where it was good once."""
    from search.alerts import Gone, TokenError

    try:
        return look()
    except TokenError as error:
        raise BadLink(410 if isinstance(error, Gone) else 404, str(error)) from error
