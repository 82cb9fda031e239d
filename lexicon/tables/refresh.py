"""How are the country tables made anew? `python -m lexicon.tables.refresh`, with Babel and pycountry (extra: dev).

countries.csv holds one row per ISO 3166-1 entry with its CLDR name in the six languages; country_names.csv the other
names ISO gives it. What the United Nations writes differently stands in country_usage.csv, which is kept by hand.
"""

import csv
import gettext
import re
from pathlib import Path

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
        for country in countries:
            names = (_plain(cldr[language][country.alpha_2]) for language in _LANGUAGES)
            table.writerow((country.alpha_3, country.alpha_2, *names))
    with (_FOLDER / "country_names.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("code", "lang", "kind", "name"))
        for language, locale in _LANGUAGES.items():
            translate = _translator(locale)
            for country in countries:
                for kind, name in _iso_names(country, translate, language):
                    table.writerow((country.alpha_3, language, kind, name))


def _plain(name: str) -> str:
    """A CLDR name without what it adds in brackets: "Myanmar (Burma)"."""
    return re.sub(r"\s*[(（].*?[)）]", "", name).replace("’", "'").strip()


def _translator(locale: str) -> gettext.NullTranslations:
    if not locale:
        return gettext.NullTranslations()
    return gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[locale])


def _iso_names(country: object, translate: gettext.NullTranslations, language: str) -> list[tuple[str, str]]:
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
