"""What does someone want to be told of? A search as it was asked on its page, a name for it, and how often."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

from catalog import Catalog
from search.alerts.errors import Refused, w
from search.alerts.members.lint import lint
from search.alerts.members.saved import identity_of, meaning
from search.citing import Citing
from search.fields import FACETS
from search.results import Complaint

CADENCES = ("at once", "daily", "weekly")
SCOPES = ("works", "paragraphs")
MOST_SEARCHES = 200  # a subscriber; far above use, low enough that one form cannot fill the matcher
LONGEST_NAME = 200
LONGEST_QUERY = 2_000  # as on the search page
MOST_FILTERS, LONGEST_FILTER = 40, 200


@dataclass(frozen=True)
class Wanted:
    """A search to be saved: `filters` are facet -> values, `scope` works or paragraphs. Without a name: its query."""

    name: str
    query: str
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    scope: str = "works"
    cadence: str = "weekly"

    @property
    def identity(self) -> str:
        return identity_of(self.query, self.filters, self.scope)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Self:
        return cls(**record)


Complaints = dict[str, tuple[Complaint, ...]]


def checked(catalog: Catalog, searches: Iterable[Wanted], language: str = "en") -> tuple[dict[str, Wanted], Complaints]:
    """By identity, as they can be kept, and by name what is odd in each. Raises Refused in words for who typed them."""
    kept: dict[str, Wanted] = {}
    complaints: Complaints = {}
    for number, each in enumerate(searches, start=1):
        if number > MOST_SEARCHES:
            raise Refused(w("at most {most} searches can be watched for one address"), most=MOST_SEARCHES)
        tidy = _tidy(each)
        linted = lint(tidy.query, tidy.filters, tidy.scope, citations=Citing(catalog), language=language)
        if linted.refusals:
            why = " ".join(verdict.message for verdict in linted.refusals[:3])
            raise Refused(w("the search “{name}” cannot be watched: {why}"), name=tidy.name, why=why.removesuffix("."))
        tidy = replace(tidy, query=linted.query)
        understood = meaning(tidy.query, Citing(catalog), filters=tidy.filters)
        kept[tidy.identity] = tidy
        if understood.complaints:
            complaints[tidy.name] = understood.complaints
    if not kept:
        raise Refused(w("a subscription needs at least one search"))
    return kept, complaints


def name_of(text: str, otherwise: str = "") -> str:
    """A name as it is kept, on one line; `otherwise` where there is none."""
    shown = "".join(each if each.isprintable() else " " for each in otherwise)  # nobody typed it as a name
    name = " ".join(text.split()) or " ".join(shown.split())[:LONGEST_NAME].strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Refused(w("the name of a search is one line of at most {most} characters"), most=LONGEST_NAME)
    return name


def cadence_of(text: str) -> str:
    if text not in CADENCES:
        raise Refused(w("mails are sent {these}, not “{this}”"), these=", ".join(CADENCES), this=text[:20])
    return text


def _tidy(wanted: Wanted) -> Wanted:
    query = wanted.query.strip()
    if len(query) > LONGEST_QUERY:
        raise Refused(w("a query has at most {most} characters"), most=LONGEST_QUERY)
    if wanted.scope not in SCOPES:
        raise Refused(w("a search is for {these}, not “{this}”"), these=", ".join(SCOPES), this=wanted.scope[:20])
    filters = _filters(wanted.filters)
    if not query and not filters:
        raise Refused(w("the search is empty"))
    otherwise = query or ", ".join(value for values in filters.values() for value in values)
    return Wanted(name_of(wanted.name, otherwise), query, filters, wanted.scope, cadence_of(wanted.cadence))


def _filters(filters: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Each value once, in one order, so that the same search is the same row however it was clicked together."""
    kept: dict[str, list[str]] = {}
    for name, values in sorted(filters.items()):
        if name not in FACETS:
            raise Refused(w("there is no filter “{this}”; there are {these}"), this=name[:40], these=", ".join(FACETS))
        each = sorted({value for value in values if value})
        if any(len(value) > LONGEST_FILTER for value in each):
            raise Refused(w("a filter has at most {most} characters"), most=LONGEST_FILTER)
        if each:
            kept[name] = each
    if sum(map(len, kept.values())) > MOST_FILTERS:
        raise Refused(w("a search has at most {most} filters"), most=MOST_FILTERS)
    return kept
