"""What was asked of the search page? Between the query string of its address and the searcher's parameters.

Nothing in an address is an error: what cannot be taken as written becomes a complaint beside the results.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from search.fields import FACETS
from search.results import Complaint

LONGEST_QUERY = 2_000
MOST_FILTERS = 40
LONGEST_FILTER = 200
LIMIT = 10
MOST_HITS = 100
SORTS = {"relevance": "Best match", "-date": "Newest first", "date": "Oldest first"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question; `filters` are (field, value) in the order they were chosen."""

    query: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    sort: str = "relevance"
    limit: int = LIMIT
    after: str | None = None
    unit: str = "works"  # or paragraphs
    widen: bool = False

    def pairs(self) -> list[tuple[str, str]]:
        """The query string; what is as usual is left out, so that addresses stay short."""
        pairs = [("q", self.query), *self.filters]
        if self.unit != "works":
            pairs.append(("unit", self.unit))
        if self.widen:
            pairs.append(("widen", "1"))
        if self.sort != "relevance":
            pairs.append(("sort", self.sort))
        if self.limit != LIMIT:
            pairs.append(("limit", str(self.limit)))
        if self.after:
            pairs.append(("after", self.after))
        return pairs

    def by_field(self) -> dict[str, list[str]]:
        grouped: dict[str, list[str]] = {}
        for name, value in self.filters:
            grouped.setdefault(name, []).append(value)
        return grouped

    def language(self) -> str | None:
        """The reader's language, when exactly one was chosen: its texts are shown first."""
        chosen = self.by_field().get("language", [])
        return chosen[0] if len(chosen) == 1 else None

    def toggled(self, name: str, value: str) -> "Asked":
        """The same with this value added or, if it was there, removed; from the first page."""
        one = (name, value)
        without = tuple(pair for pair in self.filters if pair != one)
        return replace(self, filters=without if one in self.filters else (*self.filters, one), after=None)

    def unfiltered(self) -> "Asked":
        return replace(self, filters=(), after=None)

    def sorted_by(self, sort: str) -> "Asked":
        return replace(self, sort=sort, after=None)

    def next(self, after: str) -> "Asked":
        return replace(self, after=after)


def asked(pairs: Iterable[tuple[str, str]]) -> tuple[Asked, tuple[Complaint, ...]]:
    """The question in a query string, and what had to be left out of it."""
    query, sort, limit, after, unit, widen = "", "relevance", LIMIT, None, "works", False
    filters: dict[tuple[str, str], None] = {}
    complaints: list[Complaint] = []
    for name, value in pairs:
        if name == "q":
            query = value
        elif name in FACETS and value:
            filters[(name, value[:LONGEST_FILTER])] = None
        elif name == "sort" and value:
            sort = value
        elif name == "unit" and value:
            unit = _unit(value, complaints)
        elif name == "widen":
            widen = value not in ("", "0")
        elif name == "limit":
            limit = _limit(value, complaints)
        elif name == "after" and value:
            after = value
    if len(query) > LONGEST_QUERY:
        said = f"The query is longer than {LONGEST_QUERY} characters; what comes after them was not used."
        complaints.append(Complaint(said, LONGEST_QUERY, len(query)))
    if sort not in SORTS:
        complaints.append(Complaint(f"There is no order “{sort[:40]}”; the best match comes first.", 0, 0))
        sort = "relevance"
    if len(filters) > MOST_FILTERS:
        complaints.append(Complaint(f"Only the first {MOST_FILTERS} filters were used.", 0, 0))
    kept = tuple(filters)[:MOST_FILTERS]
    return Asked(query[:LONGEST_QUERY], kept, sort, limit, after, unit, widen), tuple(complaints)


def _unit(value: str, complaints: list[Complaint]) -> str:
    if value not in ("works", "paragraphs"):
        complaints.append(
            Complaint(f"What is found is works or paragraphs, not “{value[:40]}”; these are works.", 0, 0)
        )
        return "works"
    return value


def _limit(value: str, complaints: list[Complaint]) -> int:
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 9 else 0
    if not 1 <= number <= MOST_HITS:
        complaints.append(Complaint(f"A page holds 1 to {MOST_HITS} works; this one holds {LIMIT}.", 0, 0))
        return LIMIT
    return number
