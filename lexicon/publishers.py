"""Who publishes? The five organizations that are watched, their names, hosts and the family of their symbols."""

from dataclasses import dataclass
from functools import lru_cache

from lexicon.fold import fold_name
from lexicon.languages import CODES
from lexicon.tables import rows, worded, words


@dataclass(frozen=True, slots=True)
class Publisher:
    """`family` is the symbol grammar (un, ilo, iom, wto), None if the publisher has no symbols of its own."""

    code: str
    family: str | None
    names: dict[str, str]
    aliases: tuple[tuple[str, str], ...]
    hosts: tuple[str, ...]


@lru_cache(maxsize=1)
def publishers() -> tuple[Publisher, ...]:
    """All publishers."""
    return tuple(
        Publisher(
            row["code"],
            row["family"] or None,
            {language: row[language] for language in CODES},
            worded(row["aliases"]),
            words(row["hosts"]),
        )
        for row in rows("publishers")
    )


@lru_cache(maxsize=1)
def _known() -> dict[str, Publisher]:
    known: dict[str, Publisher] = {}
    for each in publishers():
        for name in (each.code, *each.names.values(), *(alias for _, alias in each.aliases)):
            known.setdefault(fold_name(name), each)
        known.update((host, each) for host in each.hosts)
    return known


def publisher(code: str) -> Publisher | None:
    """The publisher with this code, name or host ("ILO", "OIT" is French and Spanish for it, "www.ilo.org")."""
    known = _known()
    return known.get(code.strip().lower()) or known.get(fold_name(code[:200]))
