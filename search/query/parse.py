"""What does a query mean? Text to a tree and complaints; it never raises, and always gives the best it can.

    words             all of them, in any inflected form       a b, a AND b, +a b
    "a phrase"        in this order; "a b"~5 within 5 words    OR, NOT, -a, ( )
    recru*            words that begin so                      field:value, field:"a value", field:(a OR b)
    date:2024-01..2024-06, date:>=2024, year:2004..2006, since:2026-01-01, date:"last month"

AND binds tighter than OR, NOT tighter than AND. Cost is bounded by the limits below, which complain.
"""

import difflib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import takewhile

from search.fields import FieldSpec, field_named, field_names
from search.query import tree
from search.query.complaining import Complaints
from search.query.dates import days_of
from search.query.leaves import Leaves
from search.query.lex import Sign, signs
from search.query.tree import Node
from search.results import Complaint

MAX_LENGTH = 2000
MAX_DEPTH = 20
MAX_CLAUSES = 100
MAX_SUGGESTIONS = 5  # names of no field that are compared with every field
LONGEST_NAME = 40
LONGEST_DATE = 8  # words of a date without quotation marks


@dataclass(frozen=True, slots=True)
class Parsed:
    """The tree, and what could not be taken as written. `passing`: a date in it, "last week", means others tomorrow."""

    tree: Node
    complaints: tuple[Complaint, ...]
    passing: bool = False


def parse(text: str, language: str | None = None, today: date | None = None) -> Parsed:
    """The meaning of a query; an empty one asks for everything. Complaints are in the reader's language."""
    return _Parser(text, Complaints(language), today or datetime.now(UTC).date()).parsed()


class _Parser:
    def __init__(self, text: str, complain: Complaints, today: date) -> None:
        self.complain = complain
        if len(text) > MAX_LENGTH:
            self.complain("too_long", (MAX_LENGTH, len(text)), limit=MAX_LENGTH)
        self.text = text[:MAX_LENGTH]
        self.signs = signs(self.text)
        self.at = 0
        self.clauses = 0
        self.unknown = 0
        self.leaves = Leaves(complain, today)
        self.swallowed = 0  # opening parentheses beyond the depth limit, whose closing ones must be skipped too

    def parsed(self) -> Parsed:
        found: Node | None = None
        while True:
            more = self.alternatives(0, None)
            found = more if found is None else found if more is None else tree.both([found, more])
            if self.at >= len(self.signs):
                break
            sign = self.signs[self.at]  # only a closing parenthesis stops `alternatives` before the end
            self.complain("closes_nothing", (sign.start, sign.end))
            self.at += 1
        if found is None and self.text.strip():
            self.complain("nothing_to_find", (0, len(self.text)))
            found = tree.NOTHING
        return Parsed(found or tree.Everything(), self.complain.all(), self.leaves.passing)

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
                self.no_field(sign)
                continue
            if sign.kind == "star":
                self.complain("star_at_end", (sign.start, sign.end))
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
                self.complain("too_many_clauses", (sign.start, len(self.text)), limit=MAX_CLAUSES)
            return None
        if field is not None:
            return self.leaves.value(field, self.whole_date(sign) if field.kind == "date" else sign)
        return self.leaves.phrase(sign) if sign.kind == "phrase" else self.leaves.word(sign)

    def group(self, opening: Sign, depth: int, field: FieldSpec | None) -> Node | None:
        if depth >= MAX_DEPTH:
            if not self.swallowed:
                self.complain("too_deep", (opening.start, opening.end), limit=MAX_DEPTH)
            self.swallowed += 1
            return None
        before = self.at
        inside = self.alternatives(depth + 1, field)
        if self.ahead(")"):
            self.at += 1
        else:
            self.complain("never_closed", (opening.start, opening.end))
        if inside is None and before == self.at - 1:
            self.complain("empty_parentheses", (opening.start, opening.end))
        return inside

    def in_field(self, name: Sign, depth: int) -> Node | None:
        spec = field_named(name.text)
        if spec is None:
            return None
        if not self.ahead("(", "word", "phrase"):
            self.complain("needs_value", (name.start, name.end), field=name.text, example=spec.example)
            return None
        return self.simple(depth, spec)

    def whole_date(self, sign: Sign) -> Sign:
        """date:3 March 2024: the words that follow belong to the date as far as they make one with it."""
        words = [sign]
        if sign.kind == "word":
            following = self.signs[self.at : self.at + LONGEST_DATE - 1]
            words += takewhile(lambda each: each.kind == "word", following)
        for length in range(len(words), 1, -1):
            text = " ".join(each.text for each in words[:length])
            if days_of(text, self.leaves.today):
                self.at += length - 1
                return Sign("word", text, sign.start, words[length - 1].end)
        return sign

    def ahead(self, *kinds: str) -> bool:
        return self.at < len(self.signs) and self.signs[self.at].kind in kinds

    def skip_swallowed(self) -> bool:
        if not self.swallowed:
            return False
        self.swallowed -= 1
        self.at += 1
        return True

    def misplaced(self, sign: Sign) -> None:
        code = "misplaced_before" if sign.kind in ("not", "+", "-") else "misplaced_between"
        self.complain(code, (sign.start, sign.end), sign=sign.text)

    def no_field(self, name: Sign) -> None:
        span = (name.start, name.end - 1)
        self.unknown += 1
        compared = self.unknown <= MAX_SUGGESTIONS and len(name.text) <= LONGEST_NAME
        close = difflib.get_close_matches(name.text.lower(), field_names(), n=1) if compared else []
        if close:
            self.complain("no_field_near", span, name=name.text, near=close[0])
        else:
            self.complain("no_field", span, name=name.text[:LONGEST_NAME])
