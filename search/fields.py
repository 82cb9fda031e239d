"""Which fields can be asked for? One table, search/fields.toml, read by the parser, engines, API and help page."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

# Languages that have a text field and a chain of their own; text in any other is searched unstemmed in "other".
LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh")
OTHER = "other"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field, as the head of search/fields.toml says; texts for the reader are by language."""

    name: str
    kind: str
    aliases: tuple[str, ...]
    label: dict[str, str]
    example: str
    facet: bool = False
    level: str = "work"  # or paragraph
    holds: str = ""
    later: dict[str, str] = field(default_factory=dict)
    choices: dict[str, dict[str, str]] = field(default_factory=dict)


def _read() -> tuple[FieldSpec, ...]:
    rows = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["field"]
    return tuple(FieldSpec(**row | {"aliases": tuple(row["aliases"])}) for row in rows)


FIELDS = _read()

FACETS = tuple(spec.name for spec in FIELDS if spec.facet)

# What an index keeps: values that are compared whole, and names that are words.
VALUE_FIELDS = tuple(
    spec.name
    for spec in FIELDS
    if (spec.kind in ("code", "choice", "value", "symbol", "article") or spec.name == "year") and not spec.later
)
NAME_FIELDS = tuple(spec.name for spec in FIELDS if spec.kind == "name")


def field_named(name: str) -> FieldSpec | None:
    """The field of that name or alias, whatever the case and accents; None if there is none."""
    from search.analysis import plain

    return _by_name().get(plain(name))


def level_of(name: str) -> str:
    """Whether a value of that field is said of a whole work or of a paragraph."""
    return _by_name()[name].level


def field_names() -> tuple[str, ...]:
    """Every name and alias a query may use."""
    return tuple(_by_name())


@cache
def _by_name() -> dict[str, FieldSpec]:
    return {name: spec for spec in FIELDS for name in (spec.name, *spec.aliases)}
