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
UNITS = {"works": "Works", "paragraphs": "Single paragraphs"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question; `filters` are (field, value) in the order they were chosen; the rest as `Searcher.search` has it."""

    query: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    sort: str = "relevance"
    limit: int = LIMIT
    after: str | None = None
    unit: str = "works"
    widen: bool = False
    meaning: bool = False

    def pairs(self) -> list[tuple[str, str]]:
        """The query string; what is as usual is left out, so that addresses stay short."""
        return [("q", self.query), *self.filters, *self.manner()]

    def manner(self) -> list[tuple[str, str]]:
        """The part of the query string that is neither the query nor a filter."""
        pairs = []
        if self.sort != "relevance":
            pairs.append(("sort", self.sort))
        if self.unit != "works":
            pairs.append(("unit", self.unit))
        pairs += [(name, "1") for name in ("widen", "meaning") if getattr(self, name)]
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

    def asking(self, query: str) -> "Asked":
        """Other words, looked for in the same manner."""
        return replace(self, query=query, after=None)

    def of(self, unit: str) -> "Asked":
        return replace(self, unit=unit, after=None)

    def widened(self, widen: bool) -> "Asked":
        return replace(self, widen=widen, after=None)

    def by_meaning(self, meaning: bool) -> "Asked":
        return replace(self, meaning=meaning, after=None)

    def next(self, after: str) -> "Asked":
        return replace(self, after=after)


def asked(pairs: Iterable[tuple[str, str]]) -> tuple[Asked, tuple[Complaint, ...]]:
    """The question in a query string, and what had to be left out of it."""
    query, sort, limit, after, unit = "", "relevance", LIMIT, None, "works"
    wishes: dict[str, bool] = {}
    filters: dict[tuple[str, str], None] = {}
    complaints: list[Complaint] = []
    for name, value in pairs:
        if name == "q":
            query = value
        elif name in FACETS and value:
            filters[(name, value[:LONGEST_FILTER])] = None
        elif name == "sort" and value:
            sort = value
        elif name == "limit":
            limit = _limit(value, complaints)
        elif name == "after" and value:
            after = value
        elif name == "unit" and value:
            unit = value
        elif name in ("widen", "meaning"):
            wishes[name] = value not in ("", "0", "false", "no")
    if len(query) > LONGEST_QUERY:
        said = f"The query is longer than {LONGEST_QUERY} characters; what comes after them was not used."
        complaints.append(Complaint(said, LONGEST_QUERY, len(query)))
    if sort not in SORTS:
        complaints.append(Complaint(f"There is no order “{sort[:40]}”; the best match comes first.", 0, 0))
        sort = "relevance"
    if unit not in UNITS:
        complaints.append(Complaint(f"Results are works or paragraphs, not “{unit[:40]}”; these are works.", 0, 0))
        unit = "works"
    if len(filters) > MOST_FILTERS:
        complaints.append(Complaint(f"Only the first {MOST_FILTERS} filters were used.", 0, 0))
    kept = tuple(filters)[:MOST_FILTERS]
    return Asked(query[:LONGEST_QUERY], kept, sort, limit, after, unit, **wishes), tuple(complaints)


def _limit(value: str, complaints: list[Complaint]) -> int:
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 9 else 0
    if not 1 <= number <= MOST_HITS:
        complaints.append(Complaint(f"A page holds 1 to {MOST_HITS} results; this one holds {LIMIT}.", 0, 0))
        return LIMIT
    return number
