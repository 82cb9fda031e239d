"""Which other words would say the same? Words and phrases of a tree, widened by the lexicon's keyword families.

A family is a theme with its keywords in six languages. A word, a phrase, or words side by side that are one of its
keywords (or its name) in any language, in whatever inflection, become an Or of what was asked and of every other
keyword, each looked for in its own language. What stands under a NOT, or in a field, is left as it is: widening
only ever adds to what is found. Alerts never widen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import lexicon
from search import analysis
from search.fields import LANGUAGES
from search.query.complaining import Complaints
from search.query.tree import And, Node, Or, Phrase, Word, both, either
from search.results import Complaint

MAX_FAMILIES = 4  # of one query; a family has at most some fifty variants

_Tokens = tuple[str, tuple[str, ...]]  # a language, and what its chain makes of a keyword


@dataclass(frozen=True, slots=True)
class Variant:
    """A keyword beside the one that was asked for; `node` looks for it in texts of its language."""

    text: str
    language: str
    node: Node


@dataclass(frozen=True, slots=True)
class Family:
    """What was `asked` (`text`, as it was typed), the code of its theme, and the theme's other keywords.

    `path` leads to it, index by index, through the items of the asked tree; `length`: how many items side by side.
    """

    asked: Node
    text: str
    theme: str
    variants: tuple[Variant, ...]
    path: tuple[int, ...]
    length: int


@dataclass(frozen=True, slots=True)
class Widened:
    """The tree as asked, the families of its words from left to right, and what could not be widened."""

    asked: Node
    families: tuple[Family, ...]
    complaints: tuple[Complaint, ...]

    @property
    def tree(self) -> Node:
        """The query with every variant of every family beside what was asked."""
        tree = self.asked
        for family in reversed(self.families):  # so that the paths to those before stay true
            nodes = [family.asked, *(variant.node for variant in family.variants)]
            tree = _replaced(tree, family, family.path, either(nodes))
        return tree

    def with_only(self, family: Family, variant: Variant) -> Node:
        """The query as asked, but for one variant in the place of what was asked."""
        return _replaced(self.asked, family, family.path, variant.node)


def widen(tree: Node, language: str | None = None) -> Widened:
    """The tree with the families of its words; without any, it says so in the reader's language."""
    found = [*_families(tree, ())]
    complain = Complaints(language)
    if not found:
        complain("no_family")
    for family in found[MAX_FAMILIES:]:
        complain("too_many_families", _span(family.asked), limit=MAX_FAMILIES, value=family.text)
    return Widened(tree, tuple(found[:MAX_FAMILIES]), complain.all())


def _families(node: Node, path: tuple[int, ...]) -> Iterator[Family]:
    match node:
        case Word(text):
            yield from _family([node], text, path)
        case Phrase(words):
            yield from _family([node], " ".join(words), path)
        case Or(items):
            for index, item in enumerate(items):
                yield from _families(item, (*path, index))
        case And(items):
            index = 0
            while index < len(items):
                run = _run(items, index, path)
                yield from [run] if run else _families(items[index], (*path, index))
                index += run.length if run else 1


def _run(items: Sequence[Node], start: int, path: tuple[int, ...]) -> Family | None:
    """The family of the longest row of words, more than one, that begins at `start`."""
    words: list[str] = []
    for item in items[start : start + _longest()]:
        if not isinstance(item, Word):
            break
        words.append(item.text)
    for length in range(len(words), 1, -1):
        found = _family(items[start : start + length], " ".join(words[:length]), (*path, start))
        for family in found:
            return family
    return None


def _family(asked: Sequence[Node], text: str, path: tuple[int, ...]) -> Iterator[Family]:
    """The family that these nodes, side by side, belong to; none if there is none."""
    spoken = [(language, tuple(analysis.analyse(text, language))) for language in LANGUAGES]
    theme = next((theme for tokens in spoken if (theme := _themes().get(tokens))), None)
    if theme:
        variants = tuple(variant for tokens, variant in _variants(theme).items() if tokens not in spoken)
        yield Family(both([*asked]), text, theme, variants, path, len(asked))


def _replaced(node: Node, family: Family, path: tuple[int, ...], new: Node) -> Node:
    if not path:
        return new
    if not isinstance(node, And | Or):
        raise ValueError(f"there is no {family.text!r} in this tree")
    index, *rest = path
    if rest:
        length, inner = 1, _replaced(node.items[index], family, tuple(rest), new)
    else:
        length, inner = family.length, new
    items = [*node.items[:index], inner, *node.items[index + length :]]
    return both(items) if isinstance(node, And) else either(items)


def _span(node: Node) -> tuple[int, int]:
    if isinstance(node, And):
        return _span(node.items[0])[0], _span(node.items[-1])[1]
    return node.span if isinstance(node, Word | Phrase) else (0, 0)


@cache
def _themes() -> dict[_Tokens, str]:
    """Every keyword, and the names of the themes, as the chain of its language makes it."""
    known: dict[_Tokens, str] = {}
    for theme in lexicon.themes():
        for tokens in _variants(theme.code):
            known.setdefault(tokens, theme.code)
    for theme in lexicon.themes():
        for language, name in theme.names.items():
            known.setdefault((language, tuple(analysis.analyse(name, language))), theme.code)
    return known


@cache
def _variants(code: str) -> dict[_Tokens, Variant]:
    """The keywords of a theme; of those that are one word in other inflections, the first."""
    theme = next(each for each in lexicon.themes() if each.code == code)
    variants: dict[_Tokens, Variant] = {}
    for language in LANGUAGES:
        for keyword in theme.keywords[language]:
            node = Phrase(tuple(keyword.split()), language=language)
            tokens = (language, tuple(analysis.analyse(keyword, language)))
            variants.setdefault(tokens, Variant(keyword, language, node))
    return variants


@cache
def _longest() -> int:
    return max(len(tokens) for _, tokens in _themes())
