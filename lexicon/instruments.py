"""Which treaty, declaration or labour standard is meant? Names, dates, how many articles."""

import re
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


def every_name(instrument: Instrument) -> tuple[tuple[str, str], ...]:
    """(language, name) for all names and aliases; of a labour standard also those made of its number and year."""
    given = (*instrument.names.items(), *instrument.aliases)
    numbered = re.fullmatch(r"([CRP])(\d{3})", instrument.code)
    if not numbered:
        return given
    letter, number = numbered[1], str(int(numbered[2]))
    by_number = [
        (row["lang"], row["pattern"].replace("{n}", number))
        for row in rows("instrument_numbering")
        if row["letter"] == letter
    ]
    # "Domestic Workers Convention, 2011" is also cited without its year, and with its number behind it.
    undated = [(language, re.sub(r",? (?:19|20)\d\d$", "", name)) for language, name in instrument.names.items()]
    full = [("en", f"{instrument.names['en']} (No. {number})")] if letter != "P" else []
    return tuple(dict.fromkeys((*given, *undated, *full, *by_number)))


@lru_cache(maxsize=1)
def _by_name() -> dict[str, Instrument]:
    known: dict[str, Instrument] = {}
    for each in instruments():
        for name in (each.code, *(name for _, name in every_name(each))):
            known.setdefault(fold_name(name), each)
    return known


def find_instrument(name: str) -> Instrument | None:
    """The instrument a whole name, short name or code means, None if unknown."""
    return _by_name().get(fold_name(name[:400]))
