"""Which organ or committee speaks? Its names, its symbol series, and the treaty that a committee watches over."""

from dataclasses import dataclass
from functools import lru_cache

from lexicon.fold import fold_name
from lexicon.languages import CODES
from lexicon.symbol import Symbol
from lexicon.tables import rows, worded, words


@dataclass(frozen=True, slots=True)
class Body:
    """An organ; `series` are the symbol series that are its own, `instrument` the treaty that it watches over."""

    code: str
    publisher: str
    names: dict[str, str]
    aliases: tuple[tuple[str, str], ...]
    series: tuple[str, ...]
    instrument: str | None


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
        )
        for row in rows("bodies")
    )


@lru_cache(maxsize=1)
def _by_name() -> dict[str, list[Body]]:
    known: dict[str, list[Body]] = {}
    for each in bodies():
        for name in dict.fromkeys(
            map(fold_name, (each.code, *each.names.values(), *(alias for _, alias in each.aliases)))
        ):
            known.setdefault(name, []).append(each)
    return known


def find_body(name: str, publisher: str | None = None) -> Body | None:
    """The body a whole name or code means; "Council" alone needs the `publisher`. None if unknown or ambiguous."""
    found = _by_name().get(fold_name(name[:300]), [])
    if publisher:
        found = [each for each in found if each.publisher == publisher] or found
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=1)
def _by_series() -> dict[tuple[str, str], Body]:
    families = {row["code"]: row["family"] for row in rows("publishers")}
    return {(families[each.publisher], prefix): each for each in bodies() for prefix in each.series}


def body_of(symbol: Symbol) -> Body | None:
    """The body whose series the symbol belongs to; the longest series decides (A/C.3 before A)."""
    pieces = symbol.series.split("/")
    for length in range(len(pieces), 0, -1):
        found = _by_series().get((symbol.family, "/".join(pieces[:length])))
        if found:
            return found
    return None
