"""Which code does a value name? What the lexicon, and the table of fields, know of the values of a field."""

import difflib
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import cache, lru_cache

import lexicon
from search.fields import OTHER, FieldSpec, field_named

COMPARED = 30  # names of a field with one that is not known


def codes_of(field: str, value: str) -> tuple[str, ...]:
    """The codes that a value names, where a field has codes; empty if it has none, or not that one."""
    spec = field_named(field)
    if spec and spec.kind == "choice":
        return tuple(filter(None, [choice_of(spec, value)]))
    return LOOKUPS[field](value) if field in LOOKUPS else ()


def choice_of(spec: FieldSpec, value: str) -> str:
    """The value that is named, in whatever language; "" if none is."""
    wanted = lexicon.fold(value[:100])
    named = {lexicon.fold(name): code for code, names in spec.choices.items() for name in (code, *names.values())}
    return named.get(wanted, "")


def _country(value: str) -> tuple[str, ...]:
    found = lexicon.country(value) or lexicon.find_country(value)
    return (found.code,) if found else ()


def _publisher(value: str) -> tuple[str, ...]:
    found = lexicon.publisher(value)
    return (found.code,) if found else ()


def _body(value: str) -> tuple[str, ...]:
    """A name that several publishers have a body of means all of them."""
    found = [lexicon.find_body(value), *(lexicon.find_body(value, each.code) for each in lexicon.publishers())]
    return tuple(sorted({body.code for body in found if body}))


def _instrument(value: str) -> tuple[str, ...]:
    found = lexicon.find_instrument(value)
    return (found.code,) if found else ()


def _theme(value: str) -> tuple[str, ...]:
    return _themes().get(lexicon.fold(value[:200]), ())


def _language(value: str) -> tuple[str, ...]:
    code = lexicon.language_code(value) or (OTHER if lexicon.fold(value[:200]) == OTHER else None)
    return (code,) if code else ()


LOOKUPS: dict[str, Callable[[str], tuple[str, ...]]] = {
    "country": _country,
    "publisher": _publisher,
    "body": _body,
    "instrument": _instrument,
    "theme": _theme,
    "language": _language,
}


@cache
def _themes() -> dict[str, tuple[str, ...]]:
    known: dict[str, tuple[str, ...]] = {}
    for theme in lexicon.themes():
        for name in (theme.code, *theme.names.values()):
            known.setdefault(lexicon.fold(name), (theme.code,))
    for form, _, code in lexicon.gazetteer("theme"):
        known.setdefault(lexicon.fold(form), (code,))
    return known


@lru_cache(maxsize=4096)
def nearest(field: str, value: str) -> str:
    """The name of a value of the field that is written most like this one; "" if none is near."""
    folded = lexicon.fold(value)
    shared = Counter(name for three in _threes(folded) for name in _by_threes(field).get(three, ()))
    likely = [name for name, _ in shared.most_common(COMPARED)]  # to compare all names takes milliseconds
    close = difflib.get_close_matches(folded, likely, n=1, cutoff=0.7)
    return known_names(field)[close[0]] if close else ""


@cache
def _by_threes(field: str) -> dict[str, list[str]]:
    """Three letters in a row -> the folded names that have them."""
    named: dict[str, list[str]] = defaultdict(list)
    for name in known_names(field):
        for three in _threes(name):
            named[three].append(name)
    return dict(named)


def _threes(text: str) -> set[str]:
    text = f" {text} "
    return {text[at : at + 3] for at in range(len(text) - 2)}


@cache
def known_names(field: str) -> dict[str, str]:
    """Folded names of a field's values, each with the name to suggest."""
    named: list[str] = []
    if field in ("country", "body", "instrument", "theme"):
        named = [form for form, _, _ in lexicon.gazetteer(field)]
    if field == "theme":
        named += [name for theme in lexicon.themes() for name in theme.names.values()]
    if field == "publisher":
        named = [name for each in lexicon.publishers() for name in (each.code, *each.names.values())]
    if field == "language":
        named = [name for each in lexicon.languages() for name in each.names.values()]
    return {lexicon.fold(name): name for name in reversed(named) if name}
