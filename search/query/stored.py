"""How is a resolved tree kept, and by which rules was it made? As small JSON that gives the same tree back.

READ_AS is made of the files that a tree depends on, so that nobody has to think of raising a number: any of them
changes, and what is kept is read anew.
"""

import hashlib
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import lexicon
from search import analysis, fields
from search.query.tree import And, DateRange, Everything, Exact, Match, Node, Not, OfWorks, Or, StartsWith


@cache
def read_as() -> str:
    """The rules of today, in one word: parser, fields, chains and lexicon."""
    own = Path(__file__).parent
    about = [Path(fields.__file__), Path(fields.__file__).with_suffix(".toml"), Path(analysis.__file__)]
    found = hashlib.sha256(f"{lexicon.VERSION} {analysis.VERSION}".encode())
    for path in sorted([*own.glob("*.py"), *own.glob("*.toml"), *about]):
        found.update(path.read_bytes())
    return found.hexdigest()


def as_json(node: Node) -> list[Any]:
    """A resolved tree as lists and texts; TypeError for one that is not resolved."""
    match node:
        case And(items):
            return ["and", *map(as_json, items)]
        case Or(items):
            return ["or", *map(as_json, items)]
        case Not(item):
            return ["not", as_json(item)]
        case Everything():
            return ["all"]
        case Match(where, alternatives, slop, prefix):
            return ["has", where, slop, int(prefix), *_grouped(alternatives)]
        case Exact(field, values):
            return ["is", field, *values]
        case StartsWith(field, prefix):
            return ["begins", field, prefix]
        case DateRange(first, last):
            return ["dated", first and first.isoformat(), last and last.isoformat()]
        case OfWorks(ids):
            return ["of", *ids]
    raise TypeError(f"resolve the tree first: {node!r}")


def from_json(kept: list[Any]) -> Node:
    """The tree that `as_json` was given; ValueError for anything else."""
    match kept:
        case ["has", str(where), int(slop), int(prefix), *groups]:
            return Match(where, tuple(_alternatives(groups)), slop, bool(prefix))
        case ["and", *items]:
            return And(tuple(map(from_json, items)))
        case ["or", *items]:
            return Or(tuple(map(from_json, items)))
        case ["not", item]:
            return Not(from_json(item))
        case ["all"]:
            return Everything()
        case ["is", field, *values]:
            return Exact(field, tuple(values))
        case ["begins", field, prefix]:
            return StartsWith(field, prefix)
        case ["dated", first, last]:
            return DateRange(first and date.fromisoformat(first), last and date.fromisoformat(last))
        case ["of", *ids]:
            return OfWorks(tuple(ids))
    raise ValueError(f"no tree was kept like this: {kept!r}"[:200])


def _grouped(alternatives: tuple[tuple[str, tuple[str, ...]], ...]) -> Iterator[list[str]]:
    """Chains beside each other that have the same tokens are written once: most words have few stems."""
    for tokens, some in groupby(alternatives, key=lambda each: each[1]):
        yield [" ".join(chain for chain, _ in some), *tokens]


def _alternatives(groups: list[list[str]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for chains, *tokens in groups:
        row = tuple(tokens)
        for chain in chains.split(" "):
            yield chain, row
