"""What is a value called in the reader's language? Names from the lexicon; what it does not know is shown as it is."""

from functools import cache

import lexicon
from search.fields import OTHER, field_named

DEFAULT = "en"
_OTHER = {"en": "Other language", "fr": "Autre langue", "es": "Otro idioma"}
_OTHER |= {"ar": "لغة أخرى", "zh": "其他语文", "ru": "Другой язык"}


def label_of(field: str, value: str, language: str | None = None) -> str:
    """The name of a facet's or field's value: "Philippines" for PHL."""
    if field == "kind":
        return value[:1].upper() + value[1:].replace("-", " ").replace("_", " ")
    spec = field_named(field)
    names = (spec.choices if spec and spec.choices else _names(field)).get(value)
    if not names:
        return value
    return names.get(language or DEFAULT) or names.get(DEFAULT) or next(iter(names.values()), value)


def field_label(field: str, language: str | None = None) -> str:
    """The name of a field: "Country"."""
    spec = field_named(field)
    return (spec.label.get(language or DEFAULT) or spec.label[DEFAULT]) if spec else field


@cache
def _names(field: str) -> dict[str, dict[str, str]]:
    match field:
        case "country":
            return {each.code: each.names for each in lexicon.countries()}
        case "body":
            return {each.code: each.names for each in lexicon.bodies()}
        case "instrument":
            return {each.code: each.names for each in lexicon.instruments()}
        case "theme":
            return {each.code: each.names for each in lexicon.themes()}
        case "publisher":
            return {each.code: each.names for each in lexicon.publishers()}
        case "language":
            return {each.code: each.names for each in lexicon.languages()} | {OTHER: _OTHER}
    return {}
