"""Nothing was found: what would find something? The same question with one part less, or asked in another manner."""

from dataclasses import dataclass, replace

from search.query.parse import parse
from search.query.say import say
from search.query.tree import And, both
from search.query.write import write
from search.web.asked import Asked
from search.web.site import Site

MOST_PARTS = 6  # each is a search of its own
MOST_WAYS = 5


@dataclass(frozen=True, slots=True)
class Way:
    """A question that finds something: what changes, how much it finds, and where it is asked."""

    says: str
    total: int
    url: str


def ways_on(site: Site, asked: Asked) -> tuple[Way, ...]:
    """Those that find most first; each was tried. A question that finds nothing is no way on."""
    found = []
    for says, question in _others(asked):
        total = site.searcher.total(
            question.query, question.by_field(), unit=question.unit, widen=question.widen, meaning=question.meaning
        )
        if total:
            found.append(Way(says, total, site.local.search(question.pairs())))
    return tuple(sorted(found, key=lambda way: -way.total)[:MOST_WAYS])


def _others(asked: Asked) -> list[tuple[str, Asked]]:
    others = []
    if asked.filters:
        others.append(("in everything, not narrowed", asked.unfiltered()))
    if asked.unit == "paragraphs":
        others.append(("in whole works: the words need not stand in one paragraph", asked.of("works")))
    if not asked.widen:
        others.append(("with the other words of its keyword families, in all languages", asked.widened(True)))
    if not asked.meaning:
        others.append(("with passages that say something alike, in any language", asked.by_meaning(True)))
    tree = parse(asked.query).tree
    if isinstance(tree, And) and len(tree.items) <= MOST_PARTS:
        for part in tree.items:
            rest = both([other for other in tree.items if other is not part])
            others.append((f"without “{write(part)}”: {say(rest)}", replace(asked, query=write(rest), after=None)))
    return others
