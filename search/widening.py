"""What did widening bring? Per keyword that stands beside what was asked: what the query finds with it, and what more.

Two questions a keyword, so the number of keywords that are counted is bounded; the others have no counts.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import zip_longest

from search.labels import label_of
from search.query.tree import Node, Not, both
from search.query.widen import Family, Widened
from search.query.widen import Variant as Keyword
from search.query.write import write
from search.results import Variant, Widening

MAX_COUNTED = 40  # keywords of one query

Total = Callable[[Node], int]


def count_widening(
    widened: Widened, total: Total | None, language: str | None, saying: str | None
) -> tuple[tuple[Widening, ...], int]:
    """The families, and how many of their keywords were left uncounted; `total` None: none is to be counted.

    `total`: how many hits a tree has, as parsed. The keywords in the reader's language are counted first, and the
    families in turn. `saying`: the language of the families' names.
    """
    counted: dict[tuple[str, str, str], tuple[int, int]] = {}
    everything = list(_in_turn(widened, language))
    if total is None:
        return tuple(_widening(widened, family, counted, saying) for family in widened.families), 0
    for family, keyword in everything[:MAX_COUNTED]:
        tree = widened.with_only(family, keyword)
        found = total(tree)
        added = total(both([tree, Not(widened.asked)])) if found else 0
        counted[_key(family, keyword)] = found, added
    families = tuple(_widening(widened, family, counted, saying) for family in widened.families)
    return families, len(everything) - len(counted)


def _in_turn(widened: Widened, language: str | None) -> Iterator[tuple[Family, Keyword]]:
    rows = [
        [(family, each) for each in sorted(family.variants, key=lambda variant: variant.language != language)]
        for family in widened.families
    ]
    yield from (pair for row in zip_longest(*rows) for pair in row if pair)


def _key(family: Family, keyword: Keyword) -> tuple[str, str, str]:
    return f"{family.path}", keyword.language, keyword.text


def _widening(
    widened: Widened, family: Family, counted: Mapping[tuple[str, str, str], tuple[int, int]], saying: str | None
) -> Widening:
    variants = tuple(
        Variant(
            each.text,
            each.language,
            *counted.get(_key(family, each), (None, None)),
            query=write(widened.with_only(family, each)),
        )
        for each in family.variants
    )
    return Widening(family.text, family.theme, label_of("theme", family.theme, saying), variants)
