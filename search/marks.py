"""Which words of a passage answered? Offsets in its text, by the same chains that found it.

A usual paragraph is one window. Of one that is megabytes long, the first window that holds a word is marked: a glance
at its tokens, without their places, tells which are worth the look.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from search import analysis
from search.analysis import Token
from search.query.tree import Leaf, Match, Node, positive_leaves

WINDOW = 50_000  # characters of a passage that are looked at together
MAX_WINDOWS = 100
OVERLAP = 400  # characters of the window before, for a phrase that begins there
MAX_LOOKS = 5  # windows that seemed to hold a word and did not, as where the words of a phrase stand apart

_IDEOGRAPH = re.compile("[\u4e00-\u9fff]")
_VARIANT = re.compile("[\u2e80-\u2fdf\uf900-\ufaff\U0002f800-\U0002fa1f]")  # NFKC makes another character of these

Spans = list[tuple[int, int]]


def marks(
    tree: Node, text: str, language: str | None, more: Sequence[tuple[int, int]] = ()
) -> tuple[tuple[int, int], ...]:
    """Where `text` answers the positive words of a resolved tree, and `more`; sorted, not overlapping."""
    chain = analysis.chain_of(language)
    found = [(start, end) for start, end in more if 0 <= start < end <= len(text)]
    leaves = [leaf for leaf in positive_leaves(tree) if _wanted(leaf, chain)]
    looks = 0
    for at in range(0, min(len(text), WINDOW * MAX_WINDOWS), WINDOW) if leaves else ():
        begin, end = _whole_words(text, at)
        window = text[begin:end]
        if len(text) == len(window) or any(_may_stand(leaf, window, chain) for leaf in leaves):
            found += _in_window(leaves, window, begin, chain)
            looks += 1
        if found or looks == MAX_LOOKS:
            break
    return tuple(_merged(sorted(found)))


def _whole_words(text: str, at: int) -> tuple[int, int]:
    """A window with some of what stands before it, for a phrase that begins there; it cuts no word, if it can."""
    early, end = max(0, at - OVERLAP), at + WINDOW
    begin = max(early, text.find(" ", early, at) + 1) if early else 0
    return begin, max(end, text.find(" ", end, end + OVERLAP))


def _wanted(leaf: Leaf, chain: str) -> tuple[str, ...]:
    """The tokens that a leaf looks for in the text of this chain."""
    return dict(leaf.alternatives).get(chain, ()) if isinstance(leaf, Match) and leaf.where == "text" else ()


def _may_stand(leaf: Leaf, text: str, chain: str) -> bool:
    """Whether the tokens are all there, wherever; a Chinese character is looked for as it is, which is quicker."""
    wanted = _wanted(leaf, chain)
    if not all(token in text for token in wanted if _IDEOGRAPH.fullmatch(token)) and not _VARIANT.search(text):
        return False
    if isinstance(leaf, Match) and leaf.prefix:
        return any(form.startswith(wanted[0]) for form in analysis.forms(text))
    return set(wanted) <= set(analysis.analyse(text, chain))


def _in_window(leaves: list[Leaf], text: str, at: int, chain: str) -> Spans:
    begun = {isinstance(leaf, Match) and leaf.prefix for leaf in leaves}
    tokens = analysis.tokens(text, chain) if False in begun else []
    forms = analysis.located_forms(text) if True in begun else []
    return [(at + start, at + end) for leaf in leaves for start, end in _of_leaf(leaf, chain, tokens, forms)]


def _of_leaf(leaf: Leaf, chain: str, tokens: list[Token], forms: list[Token]) -> Spans:
    wanted = _wanted(leaf, chain)
    if not wanted or not isinstance(leaf, Match):
        return []
    if leaf.prefix:
        return [(form.start, form.end) for form in forms if form.text.startswith(wanted[0])]
    if leaf.slop:
        return _near(wanted, leaf.slop, tokens)
    return _phrases(wanted, tokens)


def _phrases(wanted: tuple[str, ...], tokens: list[Token]) -> Spans:
    """A phrase is marked as one, from its first word to its last."""
    texts = [token.text for token in tokens]
    length = len(wanted)
    starts = (i for i, text in enumerate(texts) if text == wanted[0])
    return [(tokens[i].start, tokens[i + length - 1].end) for i in starts if tuple(texts[i : i + length]) == wanted]


def _near(wanted: tuple[str, ...], slop: int, tokens: list[Token]) -> Spans:
    """Each word of each pair of neighbours that stand near enough."""
    places: dict[str, list[int]] = {}
    for i, token in enumerate(tokens):
        if token.text in wanted:
            places.setdefault(token.text, []).append(i)
    if len(set(wanted)) == 1:
        return [(tokens[i].start, tokens[i].end) for i in places.get(wanted[0], ())]
    hit: set[int] = set()
    for first, second in pairwise(wanted):
        if first != second:
            near = set(places.get(second, ()))
            for i in places.get(first, ()):
                for j in range(i + 1 - slop, i + 2 + slop):
                    if j in near:
                        hit |= {i, j}
    return [(tokens[i].start, tokens[i].end) for i in sorted(hit)]


def _merged(spans: Spans) -> Spans:
    merged: Spans = []
    for start, end in spans:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
