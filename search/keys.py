"""Who holds a key to the API, and what does it open? Keys are made, looked up and revoked here; only hashes are kept.

A key is fw_PREFIX_RANDOM: the prefix finds the row and may be shown, the rest is 32 random bytes. A plain SHA-256 of
the whole is enough, where a password would need a slow hash: what is random cannot be guessed from a list, and 2^256
tries are too many however quick each is. So a stolen catalog opens nothing, and a look-up costs microseconds.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import RowMapping

from catalog import Catalog
from catalog.tables import api_keys as table
from search.errors import MistakenRequest

SCOPES = {
    "read": "searches, works, documents, vocabularies",
    "export": "whole results as files",
    "changes": "the change feed",
}
RATE, HIGHEST_RATE = 120, 100_000  # requests a minute
LONGEST_NAME = 200

_KEY = re.compile(r"fw_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_NOBODY = "0" * 64


@dataclass(frozen=True, slots=True)
class Key:
    """What may be known of a key: all but the key."""

    prefix: str
    name: str
    scopes: tuple[str, ...]
    rate: int
    created: datetime
    last_used: date | None
    revoked: datetime | None


def add_key(catalog: Catalog, name: str, scopes: Sequence[str], now: datetime, rate: int = RATE) -> tuple[Key, str]:
    """Makes a key; returns what is known of it and the key itself, which nobody can show again.

    Errors: MistakenRequest for a scope that does not exist, no name, or a rate that cannot be.
    """
    name, wanted = name.strip(), tuple(scope for scope in SCOPES if scope in scopes)
    if unknown := sorted(set(scopes) - set(SCOPES)):
        raise MistakenRequest(f"there is no scope {', '.join(unknown)}; there are {', '.join(SCOPES)}")
    if not wanted or not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise MistakenRequest(f"a key has a scope and a name of at most {LONGEST_NAME} characters")
    if not 1 <= rate <= HIGHEST_RATE:
        raise MistakenRequest(f"a key may ask 1 to {HIGHEST_RATE} times a minute, not {rate}")
    prefix, rest = secrets.token_hex(6), secrets.token_urlsafe(32)
    key = f"fw_{prefix}_{rest}"
    row: dict[str, Any] = {"name": name, "prefix": prefix, "hash": _hash(key), "scopes": list(wanted), "rate": rate}
    with catalog.write() as connection:
        connection.execute(sa.insert(table).values(**row, created=now))
    return Key(prefix, name, wanted, rate, now, None, None), key


def keys(catalog: Catalog) -> list[Key]:
    """All keys in the order they were made, also those that were revoked."""
    with catalog.read() as connection:
        return [_known(row) for row in connection.execute(sa.select(table).order_by(table.c.id)).mappings()]


def revoke_key(catalog: Catalog, prefix: str, now: datetime) -> Key:
    """The key opens nothing from the next request on. Errors: MistakenRequest if none has that prefix."""
    prefix = prefix.removeprefix("fw_").partition("_")[0]
    with catalog.write() as connection:
        mine = table.c.prefix == prefix
        connection.execute(sa.update(table).where(mine, table.c.revoked.is_(None)).values(revoked=now))
        row = connection.execute(sa.select(table).where(mine)).mappings().first()
    if row is None:
        raise MistakenRequest("there is no key of that prefix: `forumwatch key list` has them all")
    return _known(row)


def find_key(catalog: Catalog, key: str) -> Key | None:
    """The key, if it is one and was not revoked. As much is done for a prefix that is not there as for one that is."""
    parts = _KEY.fullmatch(key)
    if parts is None:
        return None
    with catalog.read() as connection:
        row = connection.execute(sa.select(table).where(table.c.prefix == parts[1])).mappings().first()
    same = hmac.compare_digest(_hash(key), row["hash"] if row else _NOBODY)
    return _known(row) if row and same and row["revoked"] is None else None


def note_use(catalog: Catalog, prefix: str, day: date) -> None:
    """Keeps the day on which a key was last used, no finer: it tells a forgotten key from one in use."""
    newer = table.c.last_used.is_(None) | (table.c.last_used < day)
    with catalog.write() as connection:
        connection.execute(sa.update(table).where(table.c.prefix == prefix, newer).values(last_used=day))


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _known(row: RowMapping) -> Key:
    same = ("prefix", "name", "rate", "created", "last_used", "revoked")
    return Key(scopes=tuple(row["scopes"]), **{name: row[name] for name in same})
