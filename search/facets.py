"""How does a facet stand beside the results? What was chosen of it, and its values with their counts and names."""

from collections.abc import Mapping, Sequence

from search.fields import FACETS
from search.labels import field_label, label_of
from search.query.complaining import Complaints
from search.query.leaves import LONGEST_SHOWN
from search.query.lex import whole_characters
from search.results import Complaint, Facet, FacetValue


def chosen_values(
    filters: Mapping[str, Sequence[str]], language: str | None = None
) -> tuple[dict[str, tuple[str, ...]], tuple[Complaint, ...]]:
    """The filters that are facets, each value once; the others are complained of in the reader's language."""
    complain = Complaints(language)
    for name in filters:
        if name not in FACETS:
            complain("no_facet", name=whole_characters(name[:LONGEST_SHOWN]))
    chosen = {
        name: tuple(dict.fromkeys(map(whole_characters, values)))
        for name, values in filters.items()
        if name in FACETS and values
    }
    return chosen, complain.all()


def shown_facet(name: str, counts: Sequence[tuple[str, int]], selected: Sequence[str], language: str | None) -> Facet:
    """Values by count, years from the newest; what was selected is there even if nothing has it."""
    found = dict(counts) | {value: 0 for value in selected if value not in dict(counts)}
    values = [FacetValue(each, label_of(name, each, language), n, each in selected) for each, n in found.items()]
    if name == "year":
        values.sort(key=lambda value: value.value, reverse=True)
    else:
        values.sort(key=lambda value: (-value.count, value.label))
    return Facet(name, field_label(name, language), tuple(values))
