"""Which written forms shall be looked for in running text, and what does each mean?"""

import re
from collections.abc import Iterator
from functools import lru_cache

from lexicon.bodies import bodies
from lexicon.countries import country_names
from lexicon.inflection import written_forms
from lexicon.instruments import every_name, instruments
from lexicon.tables import rows
from lexicon.themes import themes

Entry = tuple[str, str, str]  # (surface form, language, code)
# A demonym names people and languages as often as a State; a list of ambiguous names is there to be refused.
_UNSAFE = frozenset({"demonym", "ambiguous"})
_BARE_NUMBER = re.compile(r"[CRP]\.?\d+")  # "C143" is a page or a room as often as a Convention


@lru_cache(maxsize=4)
def _entries(kind: str) -> tuple[Entry, ...]:
    sources = {"country": _countries, "body": _bodies, "instrument": _instruments, "theme": _themes}
    if kind not in sources:
        raise ValueError(f"The gazetteer holds {', '.join(sources)}, not {kind!r}.")
    return tuple(dict.fromkeys(entry for entry in sources[kind]() if entry[0]))


def gazetteer(kind: str) -> list[Entry]:
    """(surface form, language, code) for every name of `kind`: country, body, instrument or theme.

    Match the longest form ("Guinea-Bissau" before "Guinea") and whole words. ValueError for another kind.
    """
    return list(_entries(kind))


def _countries() -> Iterator[Entry]:
    risky = {(row["lang"], row["name"]) for row in rows("country_risky")}
    for each in country_names():
        if each.kind not in _UNSAFE and (each.language, each.name) not in risky:
            yield from ((form, each.language, each.code) for form in written_forms(each.name, each.language))


def _bodies() -> Iterator[Entry]:
    for each in bodies():
        for language, name in (*each.names.items(), *each.aliases):
            yield name, language, each.code


def _instruments() -> Iterator[Entry]:
    for each in instruments():
        for language, name in every_name(each):
            if not _BARE_NUMBER.fullmatch(name):
                yield name, language, each.code


def _themes() -> Iterator[Entry]:
    for each in themes():
        for language, keywords in each.keywords.items():
            for keyword in keywords:
                yield keyword, language, each.code
