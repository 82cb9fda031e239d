"""What did widening bring? Per keyword that stands beside what was asked: what the query finds with it, and what more.

Two questions a keyword, so the number of keywords that are counted is bounded; the others have no counts.
"""

from collections.abc import Callable, Iterator
from itertools import zip_longest

from search.labels import label_of
from search.query.tree import Node, Not, both
from search.query.widen import Family, Widened
from search.query.widen import Variant as Keyword
from search.results import Variant, Widening

MAX_COUNTED = 40  # keywords of one query

Total = Callable[[Node], int]


def count_widening(widened: Widened, total: Total | None, language: str | None) -> tuple[tuple[Widening, ...], int]:
    """The families, and how many of their keywords were left uncounted; `total` None: none is to be counted.

    `total`: how many hits a tree has, as parsed. The keywords in the reader's language are counted first, and the
    families in turn.
    """
    counted: dict[tuple[str, str, str], tuple[int, int]] = {}
    everything = list(_in_turn(widened, language))
    if total is None:
        return tuple(_widening(family, counted, language) for family in widened.families), 0
    for family, keyword in everything[:MAX_COUNTED]:
        tree = widened.with_only(family, keyword)
        found = total(tree)
        added = total(both([tree, Not(widened.asked)])) if found else 0
        counted[_key(family, keyword)] = found, added
    return tuple(_widening(family, counted, language) for family in widened.families), len(everything) - len(counted)


def _in_turn(widened: Widened, language: str | None) -> Iterator[tuple[Family, Keyword]]:
    rows = [
        [(family, each) for each in sorted(family.variants, key=lambda variant: variant.language != language)]
        for family in widened.families
    ]
    yield from (pair for row in zip_longest(*rows) for pair in row if pair)


def _key(family: Family, keyword: Keyword) -> tuple[str, str, str]:
    return f"{family.path}", keyword.language, keyword.text


def _widening(family: Family, counted: dict[tuple[str, str, str], tuple[int, int]], language: str | None) -> Widening:
    variants = tuple(
        Variant(each.text, each.language, *counted.get(_key(family, each), (None, None))) for each in family.variants
    )
    return Widening(family.text, family.theme, label_of("theme", family.theme, language), variants)
