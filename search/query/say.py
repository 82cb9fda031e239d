"""How is a query said in words? A tree as a sentence in English, French or Spanish.

A sentence says all of a tree and leaves no doubt: two that mean different things are said differently. What was typed
stands in quotation marks, groups in parentheses, and each kind of clause begins in its own way.
"""

import re
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from search.labels import label_of
from search.query.tree import (
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
    matches_nothing,
)
from search.query.values import codes_of

LANGUAGES = ("en", "fr", "es")
_BARE = re.compile(r"[\w./-]+…?")  # a value that can stand in a sentence as it is


def say(tree: Node, language: str | None = None) -> str:
    """The query as a sentence; in English where the reader's language is none of the three."""
    saying = _Saying(language if language in LANGUAGES else "en")
    if isinstance(tree, Everything):
        return saying.put("all")
    if matches_nothing(tree):
        return saying.put("none")
    return saying.put("sentence", clauses=saying.clause(tree))


class _Saying:
    def __init__(self, language: str) -> None:
        self.language = language
        self.words = _words()[language]

    def put(self, form: str, **what: object) -> str:
        return str(self.words[form]).format(**what)

    def clause(self, node: Node) -> str:
        """A clause that can follow "Documents"."""
        if matches_nothing(node):
            return self.put("nothing")
        match node:
            case And(items):
                return _joined([self.inner(item) for item in items], self.put("and"))
            case Or(items):
                return _joined([self.inner(item) for item in items], self.put("or"))
            case Not(item):
                thing = self.thing(item)
                return self.put("without", thing=thing) if thing else self.put("not", clause=self.inner(item))
            case Field(field, value):
                return self.field(field, value)
            case DateRange(first, last):
                return self.dates(first, last)
            case Everything():
                return self.put("everything")
        thing = self.thing(node)
        if not thing:
            raise TypeError(f"a resolved node cannot be said: {node!r}")
        return self.put("with", thing=thing)

    def inner(self, node: Node) -> str:
        return f"({self.clause(node)})" if isinstance(node, And | Or) else self.clause(node)

    def thing(self, node: Node) -> str:
        """What a document has or has not, where it is words."""
        match node:
            case Word(text):
                return self.put("word", text=text)
            case Prefix(text):
                return self.put("prefix", text=text)
            case Phrase(words, slop):
                form = "phrase" if not slop else "near_one" if slop == 1 else "near"
                return self.put(form, text=" ".join(words), slop=slop)
        return ""

    def field(self, field: str, value: str) -> str:
        form = str(self.words["field"][field])
        shown = " / ".join(label_of(field, code, self.language) for code in codes_of(field, value))
        if not shown:
            shown = value.rstrip("*") + "…" if value.endswith("*") else value
            if field != "title" and not _BARE.fullmatch(shown):  # the title has quotation marks already
                shown = self.put("quoted", text=shown)
        return form.format(value=shown)

    def dates(self, first: date | None, last: date | None) -> str:
        if first and last:
            whole = _whole(first, last)
            return self.put("on", first=whole) if whole else self.put("between", first=first, last=last)
        return self.put("since", first=first) if first else self.put("until", last=last)


def _whole(first: date, last: date) -> str:
    """The day, month or year that the range is, if it is one."""
    if first == last:
        return first.isoformat()
    if first.year != last.year or first.day != 1:
        return ""
    if first.month == 1 and (last.month, last.day) == (12, 31):
        return f"{first.year:04}"
    next_day = date.fromordinal(last.toordinal() + 1) if last < date.max else last
    return first.isoformat()[:7] if first.month == last.month and next_day.day == 1 else ""


def _joined(parts: list[str], last: str) -> str:
    """a, b and c."""
    return last.join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]


@cache
def _words() -> dict[str, dict[str, Any]]:
    return tomllib.loads((Path(__file__).parent / "say.toml").read_text(encoding="utf-8"))
