"""What do migrants' associations care for? Themes, each with the words that betray it in six languages."""

from dataclasses import dataclass
from functools import lru_cache

from lexicon.languages import CODES
from lexicon.tables import rows


@dataclass(frozen=True, slots=True)
class Theme:
    """`keywords` are words and phrases per language, to be matched whole and without regard to case."""

    code: str
    names: dict[str, str]
    keywords: dict[str, tuple[str, ...]]


@lru_cache(maxsize=1)
def themes() -> tuple[Theme, ...]:
    """All themes."""
    keywords: dict[tuple[str, str], list[str]] = {}
    for row in rows("theme_keywords"):
        keywords.setdefault((row["theme"], row["lang"]), []).extend(
            keyword.strip() for keyword in row["keywords"].split("|") if keyword.strip()
        )
    return tuple(
        Theme(
            row["code"],
            {language: row[language] for language in CODES},
            {language: tuple(keywords.get((row["code"], language), ())) for language in CODES},
        )
        for row in rows("themes")
    )
