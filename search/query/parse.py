"""What does a query mean? Text to a tree and complaints; it never raises, and always gives the best it can.

    words             all of them, in any inflected form       a b, a AND b, +a b
    "a phrase"        in this order; "a b"~5 within 5 words    OR, NOT, -a, ( )
    recru*            words that begin so                      field:value, field:"a value", field:(a OR b)
    date:2024-01..2024-06, date:>=2024, year:2004..2006, since:2026-01-01

AND binds tighter than OR, NOT tighter than AND. Cost is bounded by the limits below, which complain.
"""

import difflib
from dataclasses import dataclass

from search.fields import FieldSpec, field_named, field_names
from search.query import tree
from search.query.leaves import ONLY_AT_THE_END, Leaves
from search.query.lex import Sign, signs
from search.query.tree import Node
from search.results import Complaint

MAX_LENGTH = 2000
MAX_DEPTH = 20
MAX_CLAUSES = 100


@dataclass(frozen=True, slots=True)
class Parsed:
    """The tree, and what could not be taken as written."""

    tree: Node
    complaints: tuple[Complaint, ...]


def parse(text: str) -> Parsed:
    """The meaning of a query; an empty one asks for everything."""
    return _Parser(text).parsed()


class _Parser:
    def __init__(self, text: str) -> None:
        self.complaints: list[Complaint] = []
        if len(text) > MAX_LENGTH:
            self.complain(
                f"the query is longer than {MAX_LENGTH} characters; the rest was left out", MAX_LENGTH, len(text)
            )
        self.text = text[:MAX_LENGTH]
        self.signs = signs(self.text)
        self.at = 0
        self.clauses = 0
        self.leaves = Leaves(self.complain)
        self.swallowed = 0  # opening parentheses beyond the depth limit, whose closing ones must be skipped too

    def complain(self, message: str, start: int, end: int) -> None:
        self.complaints.append(Complaint(message, start, end))

    def parsed(self) -> Parsed:
        found: Node | None = None
        while True:
            more = self.alternatives(0, None)
            found = more if found is None else found if more is None else tree.both([found, more])
            if self.at >= len(self.signs):
                break
            sign = self.signs[self.at]  # only a closing parenthesis stops `alternatives` before the end
            self.complain("this parenthesis closes nothing", sign.start, sign.end)
            self.at += 1
        if found is None and self.text.strip():
            self.complain("there is nothing to search for in this query", 0, len(self.text))
            found = tree.NOTHING
        return Parsed(found or tree.Everything(), tuple(self.complaints))

    def alternatives(self, depth: int, field: FieldSpec | None) -> Node | None:
        """a OR b OR c, up to a closing parenthesis or the end."""
        items: list[Node] = []
        operator: Sign | None = None
        while True:
            item = self.conjunction(depth, field)
            if item is not None:
                items.append(item)
            elif operator or self.ahead("or"):
                self.misplaced(operator or self.signs[self.at])
            if not self.ahead("or"):
                break
            operator = self.signs[self.at]
            self.at += 1
        return tree.either(items) if items else None

    def conjunction(self, depth: int, field: FieldSpec | None) -> Node | None:
        """a b AND c, up to an OR, a closing parenthesis or the end."""
        items: list[Node] = []
        pending: Sign | None = None
        while self.at < len(self.signs) and not self.ahead("or"):
            sign = self.signs[self.at]
            if sign.kind == ")" and not self.skip_swallowed():
                break
            if sign.kind == ")":
                continue
            if sign.kind == "and":
                if pending or not items:
                    self.misplaced(sign)
                else:
                    pending = sign
                self.at += 1
                continue
            item = self.clause(depth, field)
            if item is not None:
                items.append(item)
                pending = None
        if pending:
            self.misplaced(pending)
        return tree.both(items) if items else None

    def clause(self, depth: int, field: FieldSpec | None) -> Node | None:
        """One clause with the signs before it; None if it comes to nothing."""
        negative = False
        last: Sign | None = None
        while self.ahead("not", "+", "-", "unknown", "star"):
            sign = self.signs[self.at]
            self.at += 1
            if sign.kind == "unknown":
                self.complain(_no_field(sign.text), sign.start, sign.end - 1)
                continue
            if sign.kind == "star":
                self.complain(ONLY_AT_THE_END, sign.start, sign.end)
                continue
            last = sign
            negative ^= sign.kind != "+"
        if self.at >= len(self.signs) or self.ahead("and", "or", ")"):
            if last:
                self.misplaced(last)
            return None
        item = self.simple(depth, field)
        if item is None or not negative:
            return item
        return item.item if isinstance(item, tree.Not) else tree.Not(item)

    def simple(self, depth: int, field: FieldSpec | None) -> Node | None:
        sign = self.signs[self.at]
        self.at += 1
        if sign.kind == "(":
            return self.group(sign, depth, field)
        if sign.kind == "field":
            return self.in_field(sign, depth)
        self.clauses += 1
        if self.clauses > MAX_CLAUSES:
            if self.clauses == MAX_CLAUSES + 1:
                self.complain(f"more than {MAX_CLAUSES} clauses; the rest was left out", sign.start, len(self.text))
            return None
        if field is not None:
            return self.leaves.value(field, sign)
        return self.leaves.phrase(sign) if sign.kind == "phrase" else self.leaves.word(sign)

    def group(self, opening: Sign, depth: int, field: FieldSpec | None) -> Node | None:
        if depth >= MAX_DEPTH:
            if not self.swallowed:
                self.complain(
                    f"parentheses deeper than {MAX_DEPTH}; the inner ones were left out", opening.start, opening.end
                )
            self.swallowed += 1
            return None
        before = self.at
        inside = self.alternatives(depth + 1, field)
        if self.ahead(")"):
            self.at += 1
        else:
            self.complain("this parenthesis is never closed", opening.start, opening.end)
        if inside is None and before == self.at - 1:
            self.complain("there is nothing between these parentheses", opening.start, opening.end)
        return inside

    def in_field(self, name: Sign, depth: int) -> Node | None:
        spec = field_named(name.text)
        if spec is None:
            return None
        if not self.ahead("(", "word", "phrase"):
            self.complain(f"{name.text}: needs a value, as in {spec.example}", name.start, name.end)
            return None
        return self.simple(depth, spec)

    def ahead(self, *kinds: str) -> bool:
        return self.at < len(self.signs) and self.signs[self.at].kind in kinds

    def skip_swallowed(self) -> bool:
        if not self.swallowed:
            return False
        self.swallowed -= 1
        self.at += 1
        return True

    def misplaced(self, sign: Sign) -> None:
        needs = "something after it" if sign.kind in ("not", "+", "-") else "something on both sides"
        self.complain(f"{sign.text} needs {needs}; it was left out", sign.start, sign.end)


def _no_field(name: str) -> str:
    close = difflib.get_close_matches(name.lower(), field_names(), n=1)
    return f"no field '{name}'; did you mean {close[0]}?" if close else f"no field '{name}'"
