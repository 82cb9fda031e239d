"""Which languages are documents issued in, and which one does a code, letter or name mean?"""

from dataclasses import dataclass
from functools import lru_cache

from lexicon.fold import fold
from lexicon.tables import rows, words

CODES = ("ar", "zh", "en", "fr", "ru", "es")


@dataclass(frozen=True, slots=True)
class Language:
    """One of the six; `letter` marks it in UN documents, `iso639_2` in library records, `suffix` in file names."""

    code: str
    letter: str
    iso639_2: str
    suffix: str
    names: dict[str, str]


@lru_cache(maxsize=1)
def languages() -> tuple[Language, ...]:
    """The six languages, in the order in which the United Nations lists them."""
    return tuple(
        Language(row["code"], row["letter"], row["iso639_2"], row["suffix"], {code: row[code] for code in CODES})
        for row in rows("languages")
    )


@lru_cache(maxsize=1)
def _spellings() -> dict[str, str]:
    known: dict[str, str] = {}
    for row in rows("languages"):
        given = [row["code"], row["letter"], row["iso639_2"], row["locale"], *(row[code] for code in CODES)]
        known.update((fold(spelling), row["code"]) for spelling in (*given, *words(row["spellings"])))
    return known


def language_code(text: str) -> str | None:
    """The code of one of the six languages, however it is written: "E", "(E)", "eng", "-FR", "Français", "es-MX"."""
    written = fold(text[:60])
    known = _spellings()
    return known.get(written) or known.get(written.partition(" ")[0])
