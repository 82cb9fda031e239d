"""Which treaty, declaration or labour standard is meant? Names, dates, how many articles."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from lexicon.fold import fold_name
from lexicon.languages import CODES
from lexicon.tables import rows, worded


@dataclass(frozen=True, slots=True)
class Instrument:
    """`in_force` is None for what does not enter into force (declarations, Recommendations) or has not yet."""

    code: str
    publisher: str
    names: dict[str, str]
    aliases: tuple[tuple[str, str], ...]
    adopted: date
    in_force: date | None
    articles: int | None


@lru_cache(maxsize=1)
def instruments() -> tuple[Instrument, ...]:
    """All instruments."""
    return tuple(
        Instrument(
            row["code"],
            row["publisher"],
            {language: row[language] for language in CODES if row[language]},
            worded(row["aliases"]),
            date.fromisoformat(row["adopted"]),
            date.fromisoformat(row["in_force"]) if row["in_force"] else None,
            int(row["articles"]) if row["articles"] else None,
        )
        for row in rows("instruments")
    )


@lru_cache(maxsize=1)
def _by_name() -> dict[str, Instrument]:
    known: dict[str, Instrument] = {}
    for each in instruments():
        for name in (each.code, *each.names.values(), *(alias for _, alias in each.aliases)):
            known.setdefault(fold_name(name), each)
    return known


def find_instrument(name: str) -> Instrument | None:
    """The instrument a whole name, short name or code means, None if unknown."""
    return _by_name().get(fold_name(name[:400]))
