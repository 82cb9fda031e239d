"""How is a query said in words? A tree as a sentence in English, French or Spanish."""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path

from search.labels import field_label, label_of
from search.query.resolve import LOOKUPS
from search.query.tree import (
    NOTHING,
    And,
    DateRange,
    Everything,
    Field,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Word,
)

LANGUAGES = ("en", "fr", "es")


def say(tree: Node, language: str | None = None) -> str:
    """The query as a sentence; in English where the reader's language is none of the three."""
    words = _words()[language if language in LANGUAGES else "en"]
    if isinstance(tree, Everything):
        return words["all"]
    items = tree.items if isinstance(tree, And) else (tree,)
    clauses: list[str] = []
    for item in items:
        said = _Saying(words, language).clause(item)
        own = isinstance(item, Not | DateRange)  # these bring their own "without", "dated"
        clauses.append(said if own and item != NOTHING else words["with"].format(clause=said))
    return words["sentence"].format(clauses=_joined(clauses, words["and"]))


class _Saying:
    def __init__(self, words: dict[str, str], language: str | None) -> None:
        self.words = words
        self.language = language

    def clause(self, node: Node) -> str:
        if node == NOTHING:
            return self.words["nothing"]
        match node:
            case And(items):
                return _joined([self.inner(item) for item in items], self.words["and"])
            case Or(items):
                return _joined([self.inner(item) for item in items], self.words["or"])
            case Not(item):
                return self.words["not"].format(clause=self.inner(item))
            case Word(text):
                return self.words["word"].format(text=text)
            case Prefix(text):
                return self.words["prefix"].format(text=text)
            case Phrase(words, slop):
                form = "phrase" if not slop else "near_one" if slop == 1 else "near"
                return self.words[form].format(text=" ".join(words), slop=slop)
            case Field(field, value):
                return self.field(field, value)
            case DateRange(first, last):
                return self.dates(first, last)
            case Everything():
                return self.words["everything"]
        raise TypeError(f"a resolved node cannot be said: {node!r}")

    def inner(self, node: Node) -> str:
        return f"({self.clause(node)})" if isinstance(node, And | Or) else self.clause(node)

    def field(self, field: str, value: str) -> str:
        codes = LOOKUPS[field](value) if field in LOOKUPS else ()
        shown = label_of(field, codes[0], self.language) if codes else value
        name = field_label(field, self.language).lower()
        if not codes and shown.endswith("*"):
            return self.words["starts"].format(field=name, value=shown.rstrip("*"))
        return self.words["field"].format(field=name, value=shown)

    def dates(self, first: date | None, last: date | None) -> str:
        if first and last:
            whole = _whole(first, last)
            if whole:
                return self.words["on"].format(first=whole)
            return self.words["between"].format(first=first, last=last)
        if first:
            return self.words["since"].format(first=first)
        return self.words["until"].format(last=last)


def _whole(first: date, last: date) -> str:
    """The day, month or year that the range is, if it is one."""
    if first == last:
        return first.isoformat()
    if first.year != last.year or first.day != 1:
        return ""
    if first.month == 1 and (last.month, last.day) == (12, 31):
        return f"{first.year:04}"
    next_day = date.fromordinal(last.toordinal() + 1) if last < date.max else last
    return f"{first:%Y-%m}" if first.month == last.month and next_day.day == 1 else ""


def _joined(parts: list[str], last: str) -> str:
    """a, b and c."""
    return last.join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads((Path(__file__).parent / "say.toml").read_text(encoding="utf-8"))
