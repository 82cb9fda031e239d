"""How are the country tables made anew? `python -m lexicon.tables.refresh`, with Babel and pycountry (extra: dev).

countries.csv holds one row per ISO 3166-1 entry with its CLDR name in the six languages; country_names.csv the other
names ISO gives it. What the United Nations writes differently stands in country_usage.csv, which is kept by hand.
"""

import csv
import gettext
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pycountry
from babel import Locale

_FOLDER = Path(__file__).parent
_LANGUAGES = {"en": "", "fr": "fr", "es": "es", "ar": "ar", "zh": "zh_CN", "ru": "ru"}
_FIELDS = (("name", "variant"), ("official_name", "formal"), ("common_name", "variant"))


def main() -> None:
    """Write both tables into this folder."""
    countries = sorted(pycountry.countries, key=lambda country: country.alpha_3)
    cldr = {language: Locale.parse(language).territories for language in _LANGUAGES}
    with (_FOLDER / "countries.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("code", "alpha2", *_LANGUAGES))
        plain = {language: _plain_names(cldr[language], countries) for language in _LANGUAGES}
        for country in countries:
            names = (plain[language][country.alpha_2] for language in _LANGUAGES)
            table.writerow((country.alpha_3, country.alpha_2, *names))
    with (_FOLDER / "country_names.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("code", "lang", "kind", "name"))
        for language, locale in _LANGUAGES.items():
            translate = _translator(locale)
            for country in countries:
                bracketed = cldr[language][country.alpha_2].replace("’", "'")
                named = _iso_names(country, translate, language)
                if bracketed != plain[language][country.alpha_2]:
                    named.append(("variant", bracketed))
                for kind, name in dict.fromkeys(named):
                    table.writerow((country.alpha_3, language, kind, name))


def _plain_names(cldr: Mapping[str, str], countries: list[Any]) -> dict[str, str]:
    """CLDR names without what they add in brackets ("Myanmar (Burma)"), where the rest still names one country only."""
    plain = {each.alpha_2: re.sub(r"\s*[(（].*?[)）]", "", cldr[each.alpha_2]).strip() for each in countries}
    shared = Counter(plain.values())
    kept = {code: name if shared[name] == 1 else cldr[code] for code, name in plain.items()}
    return {code: name.replace("’", "'") for code, name in kept.items()}


def _translator(locale: str) -> gettext.NullTranslations:
    if not locale:
        return gettext.NullTranslations()
    return gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[locale])


def _iso_names(country: Any, translate: gettext.NullTranslations, language: str) -> list[tuple[str, str]]:
    """(kind, name) for the names of ISO 3166-1; a name that has no translation is left out."""
    found = []
    for field, kind in _FIELDS:
        original = getattr(country, field, None)
        name = translate.gettext(original) if original else ""
        if name and (language == "en" or name != original):
            found.append((kind, name.replace("’", "'").strip()))
    return list(dict.fromkeys(found))


if __name__ == "__main__":
    main()
