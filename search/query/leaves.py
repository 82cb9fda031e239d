"""What does a single sign ask for? A word, the beginning of one, a phrase, or a value in a field."""

import re
from datetime import date

from search.fields import FieldSpec
from search.query import tree
from search.query.complaining import Complaints
from search.query.dates import days_of
from search.query.lex import Sign
from search.query.tree import Node, Span

MAX_SLOP = 50
MAX_NEAR = 10  # phrases with ~: each compares all places of its words
MAX_PHRASE = 50
MIN_PREFIX = 2
BEGINNINGS = ("symbol", "text", "name", "value")  # kinds of fields whose values can be asked for by their beginning
LONGEST_SHOWN = 80  # characters of what was typed, in a complaint
MAX_PREFIXES = 20  # each looks through the whole dictionary of every language

_EDGES = ",;:!?.~^&|'`/\\"
_OPERATORS = {"AND", "OR", "NOT"}
_FUZZY = re.compile(r"(?<=\w)[~^][\d.]*$")
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff]")


class Leaves:
    """Makes the leaves of one query's tree; what cannot be taken as written goes to `complain` with its place."""

    def __init__(self, complain: Complaints, today: date) -> None:
        self.complain = complain
        self.today = today
        self.passing = False
        self.prefixes = 0
        self.near = 0

    def value(self, spec: FieldSpec, sign: Sign) -> Node | None:
        span = (sign.start, sign.end)
        text = " ".join((sign.text if sign.kind == "phrase" else sign.text.rstrip(",;:!?")).split())
        self.check_closed(sign)
        if spec.later:
            self.complain("later", span, field=spec.name, later=spec.later[self.complain.language])
            return None
        if sign.slop:
            self.complain("no_tilde_in_field", span)
        if spec.kind == "date":
            return self.dates(spec, text, span)
        if not any(char.isalnum() for char in text):
            self.complain("needs_value", span, field=spec.name, example=spec.example)
            return None
        if spec.kind in BEGINNINGS and text.endswith("*"):
            begins = text.rstrip("*").rstrip()
            text = begins + "*" * self.may_begin(begins, span)
        return tree.Field(spec.name, text, span)

    def dates(self, spec: FieldSpec, text: str, span: Span) -> Node:
        days = days_of(text, self.today)
        if days is None:
            self.complain("not_a_date", span, value=text[:LONGEST_SHOWN])
            return tree.NOTHING
        first, last = days.first, days.last
        self.passing |= days.passing
        if days.taken:
            self.complain("date_taken", span, value=text, taken=days.taken)
        if spec.name == "since":
            last = None
        elif spec.name == "until":
            first = None
        if first and last and first > last:
            self.complain("backwards", span)
            left, dots, right = text.partition("..")
            turned = days_of(f"{right}..{left}", self.today) if dots else None
            first, last = (turned.first, turned.last) if turned else (last, first)
        return tree.DateRange(first, last, span) if first or last else tree.Everything()

    def phrase(self, sign: Sign) -> Node | None:
        words, span = tuple(sign.text.split()), (sign.start, sign.end)
        self.check_closed(sign)
        if "*" in sign.text:
            self.complain("star_in_phrase", span)
            words = tuple(filter(None, (word.replace("*", "") for word in words)))
        if not any(char.isalnum() for char in sign.text):
            self.complain("empty_quotes", span)
            return None
        if len(words) > MAX_PHRASE:
            self.complain("long_phrase", span, limit=MAX_PHRASE)
            words = words[:MAX_PHRASE]
        slop = sign.slop or 0
        if slop > MAX_SLOP:
            shown = f"{str(slop)[:12]}…" if slop >= 10**12 else slop
            self.complain("too_far", span, value=shown, limit=MAX_SLOP)
            slop = MAX_SLOP
        self.near += bool(slop)
        if slop and self.near > MAX_NEAR:
            self.complain("too_many_near", span, limit=MAX_NEAR)
            slop = 0
        return tree.Phrase(words, slop, span)

    def check_closed(self, sign: Sign) -> None:
        if not sign.closed:
            self.complain("quote_open", (sign.start, sign.start + 1))

    def word(self, sign: Sign) -> Node | None:
        text, span = sign.text, (sign.start, sign.end)
        if set(text) == {"*"}:
            return tree.Everything()
        text = _trimmed(text)
        while _FUZZY.search(text):
            self.complain("no_fuzzy", span)
            text = _trimmed(_FUZZY.sub("", text))
        begins, star, rest = text.partition("*")
        if rest.strip("*"):
            self.complain("star_at_end", span)
        begins = _trimmed(begins)
        if not any(char.isalnum() for char in begins):
            return None
        if begins in _OPERATORS:
            begins = begins.lower()
        return tree.Prefix(begins, span) if star and self.may_begin(begins, span) else tree.Word(begins, span)

    def may_begin(self, begins: str, span: Span) -> bool:
        """Whether there may be a * after this: long enough, and not one too many."""
        if len(begins) < MIN_PREFIX and not _IDEOGRAPH.search(begins):
            self.complain("short_prefix", span, limit=MIN_PREFIX)
            return False
        self.prefixes += 1
        if self.prefixes > MAX_PREFIXES:
            self.complain("too_many_prefixes", span, limit=MAX_PREFIXES)
            return False
        return True


def _trimmed(word: str) -> str:
    return word.strip(_EDGES).lstrip("+-" + _EDGES)
