"""Which fields can be asked for? One table, read by the parser, the engines, the API and the help page."""

from dataclasses import dataclass
from functools import cache

# Languages that have a text field and a chain of their own; text in any other is searched unstemmed in "other".
LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh")
OTHER = "other"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field. `kind`: code (looked up in the lexicon), value (as written), symbol, text, name or date.

    `level` says what a value is said of: a whole work, or the paragraph that it was found in.
    """

    name: str
    kind: str
    aliases: tuple[str, ...]
    label: dict[str, str]
    example: str
    facet: bool = False
    level: str = "work"  # or paragraph


FIELDS = (
    FieldSpec(
        "symbol", "symbol", ("cote", "signatura"), {"en": "Symbol", "fr": "Cote", "es": "Signatura"}, "symbol:A/HRC/*"
    ),
    FieldSpec(
        "title", "text", ("titre", "titulo"), {"en": "Title", "fr": "Titre", "es": "Título"}, 'title:"labour migration"'
    ),
    FieldSpec(
        "publisher",
        "code",
        ("editeur", "editor"),
        {"en": "Publisher", "fr": "Éditeur", "es": "Editor"},
        "publisher:ILO",
        True,
    ),
    FieldSpec("body", "code", ("organe", "organo"), {"en": "Body", "fr": "Organe", "es": "Órgano"}, "body:CMW", True),
    FieldSpec(
        "country",
        "code",
        ("pays", "pais"),
        {"en": "Country", "fr": "Pays", "es": "País"},
        "country:Philippines",
        True,
        level="paragraph",
    ),
    FieldSpec("year", "date", ("annee", "ano"), {"en": "Year", "fr": "Année", "es": "Año"}, "year:2004..2006", True),
    FieldSpec(
        "language",
        "code",
        ("langue", "idioma"),
        {"en": "Language", "fr": "Langue", "es": "Idioma"},
        "language:fr",
        True,
        level="paragraph",
    ),
    FieldSpec("kind", "value", ("type", "tipo"), {"en": "Kind", "fr": "Genre", "es": "Tipo"}, "kind:report", True),
    FieldSpec(
        "theme",
        "code",
        ("tema",),
        {"en": "Theme", "fr": "Thème", "es": "Tema"},
        'theme:"domestic work"',
        True,
        level="paragraph",
    ),
    FieldSpec(
        "instrument",
        "code",
        ("instrumento",),
        {"en": "Instrument", "fr": "Instrument", "es": "Instrumento"},
        "instrument:ICRMW",
        level="paragraph",
    ),
    FieldSpec(
        "session", "value", ("sesion",), {"en": "Session", "fr": "Session", "es": "Período de sesiones"}, "session:59"
    ),
    FieldSpec(
        "agenda",
        "value",
        ("ordre-du-jour", "programa"),
        {"en": "Agenda item", "fr": "Point de l’ordre du jour", "es": "Tema del programa"},
        "agenda:3",
    ),
    FieldSpec("date", "date", ("fecha",), {"en": "Date", "fr": "Date", "es": "Fecha"}, "date:2024-01..2024-06"),
    FieldSpec(
        "since", "date", ("from", "depuis", "desde"), {"en": "Since", "fr": "Depuis", "es": "Desde"}, "since:2026-01-01"
    ),
    FieldSpec("until", "date", ("jusque", "hasta"), {"en": "Until", "fr": "Jusqu’à", "es": "Hasta"}, "until:2025"),
    FieldSpec("source", "value", ("fuente",), {"en": "Source", "fr": "Source", "es": "Fuente"}, "source:by-hand"),
    FieldSpec(
        "cites",
        "symbol",
        ("cite", "cita"),
        {"en": "Cites", "fr": "Cite", "es": "Cita"},
        "cites:A/RES/45/158",
        level="paragraph",
    ),
    FieldSpec(
        "person",
        "name",
        ("personne", "persona"),
        {"en": "Person", "fr": "Personne", "es": "Persona"},
        'person:"Somavia"',
        level="paragraph",
    ),
    FieldSpec(
        "organisation",
        "name",
        ("organization", "organizacion"),
        {"en": "Organisation", "fr": "Organisation", "es": "Organización"},
        'organisation:"Migrant Forum in Asia"',
        level="paragraph",
    ),
)

FACETS = tuple(spec.name for spec in FIELDS if spec.facet)


@cache
def _by_name() -> dict[str, FieldSpec]:
    return {name: spec for spec in FIELDS for name in (spec.name, *spec.aliases)}


def field_named(name: str) -> FieldSpec | None:
    """The field of that name or alias, whatever the case and accents; None if there is none."""
    from search.analysis import plain

    return _by_name().get(plain(name))


def field_names() -> tuple[str, ...]:
    """Every name and alias a query may use."""
    return tuple(_by_name())
