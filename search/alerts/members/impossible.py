"""Can any document at all answer this tree? Its clauses as true or false, and what the lexicon says excludes what.

A clause is a variable: asked for and excluded at once, it leaves nothing. Beyond that some clauses exclude others: a
document has one publisher, a body belongs to one, a symbol is given by one, a day does not lie in two spans apart.
What only one side asks for is set as that side wishes; what is left is tried out, which is bounded by MOST_TRIED.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import combinations, product

import lexicon
from search.labels import label_of
from search.query.tree import And, DateRange, Everything, Exact, Leaf, Node, Not, Or, StartsWith, either

MOST_TRIED = 12  # clauses that can be neither set nor left out: 4096 trials
FIELDS = ("publisher", "body", "language", "symbol")


@dataclass(frozen=True, slots=True)
class Exclusion:
    """`one` asked for, and `other` asked for (or not, where `without`), cannot both be. `code`: of the verdict."""

    code: str
    one: Leaf
    other: Leaf
    what: Mapping[str, str]
    without: bool = False

    def breaks(self, chosen: Mapping[Leaf, bool]) -> bool:
        return chosen[self.one] and chosen[self.other] != self.without


@dataclass(frozen=True, slots=True)
class Found:
    """Why a tree can find nothing: the code of a verdict and what is put into its sentence."""

    code: str
    what: Mapping[str, str]


def impossible(tree: Node, scope: str = "works", language: str = "en") -> Found | None:
    """Why no document can answer a resolved tree; None if one may, or there is too much to try out."""
    single = _single(tree)
    if not _satisfiable(single, ()):
        both = [leaf for leaf in _leaves(single) if _polarities(single, leaf) == {True, False}]
        return Found("contradiction", {"one": _shown(both[0], language)}) if both else Found("impossible", {})
    rules = list(_exclusions(single, scope, language))
    if _satisfiable(single, rules):
        return None
    alone = next((rule for rule in rules if not _satisfiable(single, [rule])), None)
    return Found(alone.code, alone.what) if alone else Found("impossible", {})


def always(tree: Node) -> bool:
    """Whether every document answers, by the form of the tree alone."""
    return not _satisfiable(Not(_single(tree)), ())


def _single(node: Node) -> Node:
    """The same with one value a leaf, and years as the days they are."""
    match node:
        case And(items):
            return And(tuple(map(_single, items)))
        case Or(items):
            return Or(tuple(map(_single, items)))
        case Not(item):
            return Not(_single(item))
        case Exact(field="year", values=values) if all(value.isdigit() and len(value) == 4 for value in values):
            return either([DateRange(date(int(year), 1, 1), date(int(year), 12, 31)) for year in values if int(year)])
        case Exact(field, values) if len(values) > 1:
            return Or(tuple(Exact(field, (value,)) for value in values))
        case DateRange(first, last):
            return DateRange(first, last)  # without its place in the query
    return node


def _leaves(node: Node) -> list[Leaf]:
    if isinstance(node, And | Or):
        return list(dict.fromkeys(leaf for item in node.items for leaf in _leaves(item)))
    if isinstance(node, Not):
        return _leaves(node.item)
    return [] if isinstance(node, Everything) else [node]


def _polarities(node: Node, leaf: Leaf, sign: bool = True) -> set[bool]:
    if isinstance(node, And | Or):
        return {each for item in node.items for each in _polarities(item, leaf, sign)}
    if isinstance(node, Not):
        return _polarities(node.item, leaf, not sign)
    return {sign} if node == leaf else set()


def _satisfiable(tree: Node, rules: "list[Exclusion] | tuple[()]") -> bool:
    """True also where there is too much to try out."""
    chosen: dict[Leaf, bool] = {}
    open_ones: list[Leaf] = []
    bound = {leaf for rule in rules for leaf in (rule.one, rule.other)}
    for leaf in _leaves(tree):
        signs = _polarities(tree, leaf)
        if len(signs) == 1 and leaf not in bound:
            chosen[leaf] = signs == {True}
        else:
            open_ones.append(leaf)
    if len(open_ones) > MOST_TRIED:
        return True
    for values in product((True, False), repeat=len(open_ones)):
        chosen.update(zip(open_ones, values, strict=True))
        if not any(rule.breaks(chosen) for rule in rules) and _holds(tree, chosen):
            return True
    return False


def _holds(node: Node, chosen: Mapping[Leaf, bool]) -> bool:
    match node:
        case And(items):
            return all(_holds(item, chosen) for item in items)
        case Or(items):
            return any(_holds(item, chosen) for item in items)
        case Not(item):
            return not _holds(item, chosen)
        case Everything():
            return True
    return chosen[node]


def _exclusions(tree: Node, scope: str, language: str) -> Iterator[Exclusion]:
    leaves = [leaf for leaf in _leaves(tree) if isinstance(leaf, Exact | StartsWith) and leaf.field in FIELDS]
    named = {field: [leaf for leaf in leaves if leaf.field == field] for field in FIELDS}
    for one, other in combinations(named["publisher"], 2):
        yield Exclusion("two_publishers", one, other, _names(one, other, language))
    if scope == "paragraphs":
        for one, other in combinations(named["language"], 2):
            yield Exclusion("two_languages", one, other, _names(one, other, language))
    for field, code in (("body", "body_of_another"), ("symbol", "symbol_of_another")):
        for one, publisher in product(named[field], named["publisher"]):
            yield from _owned(code, one, publisher, language)
    spans = [leaf for leaf in _leaves(tree) if isinstance(leaf, DateRange)]
    for first, second in combinations(spans, 2):
        if _apart(first, second):
            yield Exclusion("dates_apart", first, second, _names(first, second, language))


def _owned(code: str, one: Leaf, publisher: Leaf, language: str) -> Iterator[Exclusion]:
    """A body or symbol and a publisher that is not its own; or that is, and is excluded."""
    owners = _owners_of_body(_value(one)) if code == "body_of_another" else _owners_of_symbol(_value(one))
    if not owners:
        return
    what = _names(one, publisher, language)
    what["owner"] = ", ".join(label_of("publisher", owner, language) for owner in owners)
    if _value(publisher) not in owners:
        yield Exclusion(code, one, publisher, what)
    elif len(owners) == 1 and code == "body_of_another":
        yield Exclusion("body_without_its_publisher", one, publisher, what, without=True)


def _names(one: Leaf, other: Leaf, language: str) -> dict[str, str]:
    return {"one": _shown(one, language), "other": _shown(other, language)}


def _shown(leaf: Leaf, language: str) -> str:
    """A clause in the words of a sentence."""
    match leaf:
        case DateRange(first, last):
            return f"{first or '…'} – {last or '…'}"
        case Exact(field, values):
            return label_of(field, values[0], language) if field != "symbol" else values[0].upper()
        case StartsWith(field, prefix):
            return f"{prefix.upper()}*" if field == "symbol" else f"{prefix}*"
    alternatives = getattr(leaf, "alternatives", ())
    return f"“{' '.join(alternatives[-1][1])}”" if alternatives else str(leaf)


def _value(leaf: Leaf) -> str:
    if isinstance(leaf, StartsWith):
        return f"{leaf.prefix}*"
    return leaf.values[0] if isinstance(leaf, Exact) else ""


def _apart(one: DateRange, other: DateRange) -> bool:
    return (one.last or date.max) < (other.first or date.min) or (other.last or date.max) < (one.first or date.min)


@lru_cache(maxsize=1)
def _publishers_of_bodies() -> dict[str, str]:
    return {body.code: body.publisher for body in lexicon.bodies()}


def _owners_of_body(code: str) -> tuple[str, ...]:
    return tuple(filter(None, [_publishers_of_bodies().get(code)]))


def _owners_of_symbol(symbol: str) -> tuple[str, ...]:
    """The publishers whose grammar reads it; none if no grammar does. One without a grammar may hold any symbol."""
    begins = symbol.upper().rstrip("*").rstrip("/")
    forms = [f"{begins}/1", f"{begins}/1/1", f"{begins}1"] if symbol.endswith("*") else [begins]
    families = _families()
    owners = [
        code
        for code, family in families.items()
        if family and any((read := lexicon.parse_symbol(form, code)) and read.family == family for form in forms)
    ]
    return (*owners, *(code for code, family in families.items() if not family)) if owners else ()


@lru_cache(maxsize=1)
def _families() -> dict[str, str]:
    """Publisher -> the grammar of its symbols."""
    from lexicon.tables import rows

    return {row["code"]: row["family"] for row in rows("publishers")}
