"""How is a tree typed? The text that parses to the same tree again."""

import re

from search.query.tree import And, DateRange, Everything, Field, Node, Not, Or, Phrase, Prefix, Word

_BARE = re.compile(r"(?!(?:AND|OR|NOT)$)[\w./*][\w./*-]*")


def write(node: Node) -> str:
    """The query that means `node`; only for trees as they are asked, not for resolved ones."""
    match node:
        case And(items):
            return " AND ".join(_inside(item, Or) for item in items)
        case Or(items):
            return " OR ".join(map(write, items))  # AND binds tighter: brackets could be too many to be read again
        case Not(item):
            return "NOT " + _inside(item, And, Or)
        case Everything():
            return "*"
        case Word(text):
            return text
        case Prefix(text):
            return text + "*"
        case Phrase(words, slop):
            return _quoted(" ".join(words)) + (f"~{slop}" if slop else "")
        case Field(field, value):
            return f"{field}:{value if _BARE.fullmatch(value) else _quoted(value)}"
        case DateRange(first, last):
            return f"date:{first or ''}..{last or ''}"
    raise TypeError(f"a resolved node cannot be written: {node!r}")


def _inside(node: Node, *bracketed: type) -> str:
    return f"({write(node)})" if isinstance(node, bracketed) else write(node)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
