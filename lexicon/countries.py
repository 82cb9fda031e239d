"""Which country does a name mean, in any of the six languages and at any time since 1945?"""

from dataclasses import dataclass
from functools import lru_cache

from lexicon.fold import fold_name
from lexicon.languages import CODES
from lexicon.tables import rows, words

# Kinds of names, from the most to the least binding; where two countries claim a name, the earlier kind has it.
KINDS = ("short", "formal", "variant", "former", "demonym", "ambiguous")


@dataclass(frozen=True, slots=True)
class CountryName:
    """A name of a country: its everyday one (short), its formal one, a former one, a demonym, ..."""

    code: str
    language: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Country:
    """A State or area; `code` is ISO 3166 alpha-3, of a State that is no more the withdrawn one."""

    code: str
    alpha2: str
    names: dict[str, str]
    aliases: tuple[tuple[str, str], ...]


@lru_cache(maxsize=1)
def country_names() -> tuple[CountryName, ...]:
    """Every name of every country with its kind: the hand-kept table of UN usage first, then CLDR, then ISO."""
    found = [
        CountryName(row["code"], row["lang"], row["kind"], name)
        for row in rows("country_usage")
        for name in words(row["names"])
    ]
    for row in rows("countries"):
        found += [CountryName(row["code"], language, "short", row[language]) for language in CODES]
    found += [CountryName(row["code"], row["lang"], row["kind"], row["name"]) for row in rows("country_names")]
    return tuple(found)


@lru_cache(maxsize=1)
def countries() -> tuple[Country, ...]:
    """All countries: ISO 3166-1, and States and areas of the hand-kept table that ISO does not (or no longer) list."""
    alpha2 = {row["code"]: row["alpha2"] for row in rows("countries")}
    alpha2 |= {row["code"]: row["alpha2"] for row in rows("countries_beyond_iso")}
    names: dict[str, dict[str, str]] = {code: {} for code in alpha2}
    aliases: dict[str, dict[tuple[str, str], None]] = {code: {} for code in alpha2}
    for each in country_names():
        if each.kind == "short":
            names[each.code].setdefault(each.language, each.name)
        if each.kind != "ambiguous" and names[each.code].get(each.language) != each.name:
            aliases[each.code][(each.language, each.name)] = None
    return tuple(Country(code, alpha2[code], names[code], tuple(aliases[code])) for code in sorted(alpha2))


@lru_cache(maxsize=1)
def _by_code() -> dict[str, Country]:
    return {each.code: each for each in countries()} | {each.alpha2: each for each in countries() if each.alpha2}


def country(code: str) -> Country | None:
    """The country with this ISO code, of three or two letters, in capitals or not."""
    return _by_code().get(code.strip().upper())


@lru_cache(maxsize=1)
def _by_name() -> dict[str, str]:
    known: dict[str, str] = {}
    for each in sorted(country_names(), key=lambda name: KINDS.index(name.kind)):
        if each.kind != "ambiguous":
            known.setdefault(fold_name(each.name), each.code)
    for each in country_names():
        if each.kind == "ambiguous":
            known.pop(fold_name(each.name), None)
    return known


def find_country(name: str) -> Country | None:
    """The country a whole name means, whatever its case, accents and articles; None if unknown or ambiguous."""
    code = _by_name().get(fold_name(name[:200]))
    return _by_code()[code] if code else None
