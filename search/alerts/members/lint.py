"""Is there something wrong with a search that someone is about to save? Verdicts in words: it refuses, or it warns.

What search itself puts up with becomes a wrong promise when it is saved: a search that can never match would be silent
for ever, one that matches everything would be read by nobody. What the parser complains of is said here too.
"""

import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache

import lexicon
from search.alerts.members.impossible import always, impossible
from search.alerts.members.sought import Filters, narrowed
from search.alerts.members.verdicts import Verdict, of_complaint, scripts, verdict
from search.analysis import plain
from search.fields import FACETS
from search.labels import field_label, label_of
from search.query.lex import straightened
from search.query.parse import MAX_LENGTH, parse
from search.query.resolve import Citations, resolve
from search.query.tree import (
    And,
    DateRange,
    Everything,
    Exact,
    Field,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Word,
    matches_nothing,
    positive_leaves,
)
from search.query.values import LOOKUPS, codes_of

SCOPES = ("works", "paragraphs")
CITING = ("no_document", "cites_nothing")  # complaints that need the catalog
SHOWN = 60  # characters of what was typed, in a sentence


@dataclass(frozen=True, slots=True)
class Lint:
    """`query` is what is to be saved: the query with straight quotation marks."""

    query: str
    verdicts: tuple[Verdict, ...]

    @property
    def refusals(self) -> tuple[Verdict, ...]:
        return tuple(each for each in self.verdicts if each.refuses)


def lint(
    query: str,
    filters: Filters | None = None,
    scope: str = "works",
    language: str = "en",
    citations: Citations | None = None,
    today: date | None = None,
) -> Lint:
    """All that is to be said of it, refusals first. `citations` as for search.query.resolve; without, `cited-by:`
    is not looked at."""
    filters, today = filters or {}, today or datetime.now(UTC).date()
    straight = straightened(query).strip()
    found: list[Verdict] = []
    if len(straight) > MAX_LENGTH:
        found.append(verdict("too_long", language, limit=MAX_LENGTH, count=len(straight)))
    if scope not in SCOPES:
        found.append(verdict("unknown_scope", language, name=scope[:SHOWN]))
    if not straight and not any(filters.values()):
        return Lint(straight, (*found, verdict("empty", language)))
    if straight != query.strip():
        found.append(verdict("straightened", language, query=straight))
    found += _of_filters(filters, language)
    if not found or not found[0].refuses:
        found += _of_query(straight, filters, scope, language, citations, today)
    return Lint(straight, tuple(sorted(dict.fromkeys(found), key=lambda each: not each.refuses)))


def _of_filters(filters: Filters, language: str) -> list[Verdict]:
    found = []
    for name, values in filters.items():
        if name not in FACETS:
            found.append(verdict("no_facet", language, name=name[:SHOWN]))
        elif name in LOOKUPS:
            strange = [value for value in values if value not in codes_of(name, value)]
            label = field_label(name, language)
            found += [verdict("no_such_value", language, value=value[:SHOWN], field=label) for value in strange]
    return found


def _of_query(
    query: str, filters: Filters, scope: str, language: str, citations: Citations | None, today: date
) -> list[Verdict]:
    parsed = parse(query, language, today)
    resolved = resolve(parsed.tree, citations, language)
    unasked = citations is None and _cites(parsed.tree)
    complaints = [each for each in resolved.complaints if not (unasked and each.code in CITING)]
    fatal = matches_nothing(resolved.tree) and not unasked
    found = [of_complaint(each, fatal) for each in (*parsed.complaints, *complaints)]
    if parsed.passing:
        found.append(_passing(language))
    if fatal:
        return found if any(each.refuses for each in found) else [*found, verdict("nothing", language)]
    whole = narrowed(resolved.tree, filters)
    if why := impossible(whole, scope, language):
        return [*found, verdict(why.code, language, **why.what)]
    if not any(filters.values()):
        found += _of_breadth(parsed.tree, resolved.tree, language)
    past = [] if parsed.passing else _of_past(whole, today, language)
    return [*found, *_of_scripts(parsed.tree, filters, language), *past]


def _passing(language: str) -> Verdict:
    from search.query.complaining import Complaints

    passing = Complaints(language)
    passing("passing_date")
    return of_complaint(passing.all()[0], fatal=False)


def _of_breadth(asked: Node, resolved: Node, language: str) -> list[Verdict]:
    leaves = positive_leaves(asked)
    if isinstance(asked, Everything):
        return [verdict("everything", language)]
    if always(resolved):
        return [verdict("always", language)]
    if not leaves or (isinstance(asked, Or) and any(not positive_leaves(item) for item in asked.items)):
        return [verdict("only_excludes", language)]
    words = [_words(leaf) for leaf in leaves]
    if all(words) and all(plain(word) in _stop_words() for leaf in words for word in leaf):
        return [verdict("stop_words", language, words=" ".join(word for leaf in words for word in leaf)[:SHOWN])]
    return []


def _of_scripts(asked: Node, filters: Filters, language: str) -> list[Verdict]:
    """Words in a script that no text in the chosen languages is written in."""
    parts = asked.items if isinstance(asked, And) else (asked,)
    chosen = [code for part in parts for code in _languages(part)] or list(filters.get("language", ()))
    known = {script for code in chosen for script in scripts().get(code, ())}
    if not known or not all(code in scripts() for code in chosen):
        return []
    names = ", ".join(label_of("language", code, language) for code in chosen)
    strange = [" ".join(words) for part in parts if (words := _words(part)) and not _any_in(" ".join(words), known)]
    return [verdict("script", language, words=words[:SHOWN], language=names) for words in strange]


def _of_past(whole: Node, today: date, language: str) -> list[Verdict]:
    """A span of days that must hold and has gone by."""
    parts = whole.items if isinstance(whole, And) else (whole,)
    spans = [part for part in parts if isinstance(part, DateRange)]
    years = [part for part in parts if isinstance(part, Exact) and part.field == "year"]
    ends = [span.last for span in spans if span.last]
    ends += [date(int(max(part.values)), 12, 31) for part in years if all(map(_is_year, part.values))]
    last = min(ends, default=today)
    return [verdict("past", language, last=last)] if last < today else []


def _is_year(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) == 4 and value != "0000"


def _cites(node: Node) -> bool:
    if isinstance(node, And | Or):
        return any(map(_cites, node.items))
    return _cites(node.item) if isinstance(node, Not) else isinstance(node, Field) and node.field == "cited-by"


def _languages(node: Node) -> list[str]:
    """The languages that a clause of the conjunction asks for, if it asks for nothing else."""
    items = node.items if isinstance(node, Or) else (node,)
    found = [
        lexicon.language_code(each.value) for each in items if isinstance(each, Field) and each.field == "language"
    ]
    return [code for code in found if code] if len(found) == len(items) else []


def _words(node: Node) -> tuple[str, ...]:
    if isinstance(node, Phrase):
        return node.words
    return (node.text,) if isinstance(node, Word | Prefix) else ()


def _any_in(text: str, known: set[str]) -> bool:
    """Whether a letter of the text is of one of these scripts; true where there is no letter at all."""
    letters = [unicodedata.name(letter, "") for letter in text if letter.isalpha()]
    return not letters or any(name.startswith(script) for name in letters for script in known)


@cache
def _stop_words() -> frozenset[str]:
    import csv
    from importlib.resources import files

    text = files("search.alerts.members").joinpath("stopwords.csv").read_text(encoding="utf-8")
    return frozenset(plain(word) for row in csv.DictReader(text.splitlines()) for word in row["words"].split())
