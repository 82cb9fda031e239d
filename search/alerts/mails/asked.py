"""What does a search ask, for one who is told what it found? Its meaning, all of it in words, and the clause that fits.

Of a search for one thing or another, the mail names the one that stands in the quoted passage.
"""

from functools import lru_cache

from catalog import Catalog
from search.alerts.mails.untold import Asked
from search.alerts.members.saved import Meaning, meaning
from search.alerts.members.sought import Asking, in_words
from search.citing import Citing
from search.marks import marks
from search.query.parse import parse
from search.query.resolve import resolve
from search.query.say import say
from search.query.tree import Node, Or
from search.results import Passage

MOST = 20  # alternatives that are looked at

_remembered = lru_cache(maxsize=20_000)(lambda asked: meaning(asked.query, filters=dict(asked.filters)))


def meaning_of(catalog: Catalog, asked: Asked) -> Meaning:
    """What it means now; remembered, unless it means another thing each day."""
    understood: Meaning = _remembered(asked)
    return understood if understood.lasting else meaning(asked.query, Citing(catalog), filters=dict(asked.filters))


@lru_cache(maxsize=20_000)
def said(asked: Asked, language: str) -> str:
    """The whole search in words."""
    return in_words(Asking(asked.query, dict(asked.filters), asked.scope), language)


def clause(asked: Asked, passage: Passage | None, language: str) -> str:
    """Those alternatives of the search that stand in the passage, in words; all of it where it has none."""
    parts = _alternatives(asked)
    if passage is None or not parts:
        return said(asked, language)
    there = [part for part, tree in parts if marks(tree, passage.text, passage.language)]
    if not there or len(there) == len(parts):
        return said(asked, language)
    return say(there[0] if len(there) == 1 else Or(tuple(there)), language)


def narrowed(asked: Asked) -> tuple[tuple[str, str], ...]:
    """What the search page is asked beside the query."""
    facets = [(name, value) for name, values in asked.filters for value in values]
    return (*facets, *([("unit", "paragraphs")] if asked.scope == "paragraphs" else []))


@lru_cache(maxsize=20_000)
def _alternatives(asked: Asked) -> tuple[tuple[Node, Node], ...]:
    """As typed, and as engines take it; none where it is not one thing or another, or narrowed by filters."""
    tree = parse(asked.query).tree if asked.query.strip() and not asked.filters else None
    if not isinstance(tree, Or) or len(tree.items) > MOST:
        return ()
    return tuple((item, resolve(item).tree) for item in tree.items)
