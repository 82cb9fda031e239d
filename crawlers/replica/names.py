"""How is a country, a language, a date or a number called in each of the six languages?"""

import csv
import re
import tomllib
from datetime import date
from functools import cache

from crawlers.replica.works import DATA

# The publisher's own numbers (DocTypeID) and labels for the kinds of documents, as its search form lists them.
DOCUMENT_TYPES = {
    "concluding observations": ("5", "Concluding observations"),
    "list of issues": ("18", "List of issues"),
    "issues before the report": ("20", "List of issues prior to reporting"),
    "replies": ("19", "Reply to list of issues"),
    "State report": ("29", "State party's report"),
    "general comment": ("11", "General Comments"),
    "follow-up": ("6", "Follow-up State party's report"),
    "session report": ("9", "Annual reports"),
    "UN agenda": ("9", "Annual reports"),
    "corrigendum": ("5", "Concluding observations"),
}
_LANGUAGE_NAMES = {
    "ar": ("Arabic", "العربية"),
    "zh": ("Chinese", "中文"),
    "en": ("English", "English"),
    "fr": ("French", "Français"),
    "ru": ("Russian", "Русский"),
    "es": ("Spanish", "Español"),
}


def language_name(code: str, own: bool = False) -> str:
    """English name, or the language's own; a file put in by hand is in "Other": nobody has said."""
    return _LANGUAGE_NAMES[code][own] if code in _LANGUAGE_NAMES else "Other"


@cache
def _countries() -> dict[str, dict[str, str]]:
    with (DATA / "countries.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


def country_name(code: str, language: str) -> str:
    """As it stands in a heading or a table: without an article."""
    name = _countries()[code][language]
    article = {"en": r"^the ", "fr": r"^(les? |la |l’)", "es": r"^(el|la) "}.get(language)
    return re.sub(article, "", name) if article else name


def country_forms(code: str, language: str) -> tuple[str, str, str]:
    """The country as a subject, after "of" and after "in": the Philippines, des Philippines, на Филиппинах."""
    row = _countries()[code]
    name = row[language]
    match language:
        case "en":
            return name, f"of {name}", f"in {name}"
        case "fr":
            return _french(name)
        case "es":
            return name, f"de {name}".replace("de el ", "del "), f"en {name}"
        case "ru":
            return name, row["ru_of"], row["ru_in"]
        case "zh":
            return name, f"{name}的", f"在{name}"
        case _:
            return name, name, f"في {name}"


def _french(name: str) -> tuple[str, str, str]:
    if name.startswith("les "):
        return name, f"des {name[4:]}", f"aux {name[4:]}"
    if name.startswith("le "):
        return name, f"du {name[3:]}", f"au {name[3:]}"
    if name.startswith("la "):
        return name, f"de {name}", f"en {name[3:]}"
    if name.startswith("l’"):
        return name, f"de {name}", f"en {name[2:]}"
    return name, f"de {name}", f"à {name}"


@cache
def _months() -> dict[str, list[str]]:
    return tomllib.loads((DATA / "calendar.toml").read_text(encoding="utf-8"))["months"]  # type: ignore[no-any-return]


def date_in(day: date, language: str) -> str:
    """2 October 2026, as the bodies print it."""
    month = _months()[language][day.month - 1]
    match language:
        case "fr":
            return f"{'1er' if day.day == 1 else day.day} {month} {day.year}"
        case "es":
            return f"{day.day} de {month} de {day.year}"
        case "zh":
            return f"{day.year}年{day.month}月{day.day}日"
        case _:
            return f"{day.day} {month} {day.year}"


def number_in(number: int, language: str) -> str:
    """12,400 in English; a narrow space in French, Russian and Arabic; a point in Spanish."""
    separators = {"en": ",", "zh": ",", "es": "."}
    return f"{number:,}".replace(",", separators.get(language, "\u00a0"))
