"""Which organ or committee speaks? Its names, its symbol series, and the treaty that a committee watches over."""

from dataclasses import dataclass
from functools import lru_cache

from lexicon.fold import fold_name
from lexicon.languages import CODES
from lexicon.symbol import Symbol
from lexicon.tables import rows, worded, words


@dataclass(frozen=True, slots=True)
class Body:
    """An organ; `series` are the symbol series that are its own, `instrument` the treaty that it watches over.

    `local_names` are what its own publisher calls it for short ("Council", "the Conference"): meant only there.
    """

    code: str
    publisher: str
    names: dict[str, str]
    aliases: tuple[tuple[str, str], ...]
    series: tuple[str, ...]
    instrument: str | None
    local_names: tuple[tuple[str, str], ...] = ()


@lru_cache(maxsize=1)
def bodies() -> tuple[Body, ...]:
    """All bodies."""
    return tuple(
        Body(
            row["code"],
            row["publisher"],
            {language: row[language] for language in CODES if row[language]},
            worded(row["aliases"]),
            words(row["series"]),
            row["instrument"] or None,
            worded(row["local"]),
        )
        for row in rows("bodies")
    )


@lru_cache(maxsize=1)
def _by_name() -> dict[str, Body]:
    known: dict[str, Body] = {}
    for each in bodies():
        for name in (each.code, *each.names.values(), *(alias for _, alias in each.aliases)):
            known.setdefault(fold_name(name), each)
    return known


@lru_cache(maxsize=1)
def _by_local_name() -> dict[tuple[str, str], Body]:
    return {(each.publisher, fold_name(name)): each for each in bodies() for _, name in each.local_names}


def find_body(name: str, publisher: str | None = None) -> Body | None:
    """The body a whole name or code means, None if unknown; "Council" is understood only with its `publisher`."""
    folded = fold_name(name[:300])
    local = _by_local_name().get((publisher, folded)) if publisher else None
    return local or _by_name().get(folded)


@lru_cache(maxsize=1)
def _by_series() -> dict[tuple[str, str], Body]:
    families = {row["code"]: row["family"] for row in rows("publishers")}
    return {(families[each.publisher], prefix): each for each in bodies() for prefix in each.series}


def body_of(symbol: Symbol) -> Body | None:
    """The body whose series the symbol belongs to: the longest decides (A/C.3 before A). None for conferences."""
    pieces = symbol.series.split("/")
    if any(piece.startswith("CONF.") for piece in pieces):
        return None
    for length in range(len(pieces), 0, -1):
        found = _by_series().get((symbol.family, "/".join(pieces[:length])))
        if found:
            return found
    return None
