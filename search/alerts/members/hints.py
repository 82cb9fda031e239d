"""How would a search bring fewer, or any at all? Sentences that lead to another search, each tried beforehand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from search.alerts.members.sought import Asking
from search.alerts.wording import Wording
from search.labels import field_label, label_of
from search.query.parse import MAX_LENGTH, parse
from search.query.tree import And, Node, both
from search.query.widen import widen
from search.query.write import write
from search.spelling import Frequencies, suggest

MOST_HINTS = 5
MOST_PARTS = 6  # clauses that are left out in turn; each is a search of its own
WORTH = 0.03  # of the hits: a value that keeps less is no narrowing but another search


@dataclass(frozen=True, slots=True)
class Hint:
    """What is said of another search, how many hits it has in the window and a week."""

    says: str
    asking: Asking
    hits: int
    weekly: float


Trial = Callable[[Asking], tuple[int, float] | None]  # hits and hits a week; None: it can never match


def narrower(
    asking: Asking, facets: Mapping[str, Sequence[tuple[str, int]]], most: float, tried: Trial, language: str
) -> tuple[Hint, ...]:
    """Per facet the value that keeps most hits and stays under `most` a week; those that keep most come first."""
    w = Wording(language)
    total = max((count for counts in facets.values() for _, count in counts), default=0)
    found: list[Hint] = []
    for name, counts in facets.items():
        if asking.filters.get(name) or name == "year":  # what is new is of this year
            continue
        for value, count in sorted(counts, key=lambda pair: -pair[1])[:3]:
            if count < total * WORTH:
                break
            narrow = replace(asking, filters={**asking.filters, name: (value,)})
            hits, weekly = tried(narrow) or (0, 0.0)
            if hits and weekly <= most:
                what = f"{field_label(name, language)}: {label_of(name, value, language)}"
                found.append(
                    Hint(w("Only {what}: about {count} a week", what=what, count=_few(weekly)), narrow, hits, weekly)
                )
                break
    if asking.scope == "works" and (hint := _in_one_paragraph(asking, most, tried, w)):
        found.append(hint)
    return tuple(sorted(found, key=lambda hint: -hint.hits)[:MOST_HINTS])


def broader(asking: Asking, frequencies: Frequencies, tried: Trial, language: str, least: int = 1) -> tuple[Hint, ...]:
    """What finds at least so many where this finds nothing; those that find most come first."""
    w = Wording(language)
    found = []
    for says, other in _broader(asking, frequencies, w):
        outcome = tried(other)
        if outcome is not None and outcome[0] >= least:
            found.append(Hint(says, other, *outcome))
    return tuple(sorted(found, key=lambda hint: -hint.hits)[:MOST_HINTS])


def with_its_family(query: str, language: str = "en") -> str | None:
    """The query with the words of its keyword families written out beside each other; None if there are none, or it
    would be too long to be saved."""
    widened = widen(parse(query).tree, language)
    if not widened.families:
        return None
    written = write(widened.tree)
    return written if len(written) <= MAX_LENGTH and not parse(written).complaints else None


def _in_one_paragraph(asking: Asking, most: float, tried: Trial, w: Wording) -> Hint | None:
    one = replace(asking, scope="paragraphs")
    hits, weekly = tried(one) or (0, 0.0)
    if not hits or weekly > most:
        return None
    says = w("Only where all of it stands in one paragraph: about {count} a week", count=_few(weekly))
    return Hint(says, one, hits, weekly)


def _broader(asking: Asking, frequencies: Frequencies, w: Wording) -> list[tuple[str, Asking]]:
    tree = parse(asking.query).tree
    others = []
    suggestion = suggest(asking.query, tree, frequencies)
    if suggestion:
        says = w("Perhaps you meant {query}", query=suggestion.query)
        others.append((says, replace(asking, query=suggestion.query)))
    if any(asking.filters.values()):
        others.append((w("In everything, not narrowed"), replace(asking, filters={})))
    if asking.scope == "paragraphs":
        others.append((w("In whole works: not all of it in one paragraph"), replace(asking, scope="works")))
    if wide := with_its_family(asking.query):
        others.append((w("With the other words of its keyword family, in all languages"), replace(asking, query=wide)))
    return others + [
        (w("Without {part}", part=write(part)), replace(asking, query=write(rest))) for part, rest in _without(tree)
    ]


def _without(tree: Node) -> list[tuple[Node, Node]]:
    if not isinstance(tree, And) or len(tree.items) > MOST_PARTS:
        return []
    return [(part, both([other for other in tree.items if other is not part])) for part in tree.items]


def _few(weekly: float) -> str:
    """A number a week as one says it."""
    return str(round(weekly)) if weekly >= 1 else "< 1"
