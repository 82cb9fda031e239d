"""What does a single sign ask for? A word, the beginning of one, a phrase, or a value in a field."""

import re
from collections.abc import Callable

from search.fields import FieldSpec
from search.query import tree
from search.query.dates import days_of
from search.query.lex import Sign
from search.query.tree import Node, Span

MAX_SLOP = 50
MAX_NEAR = 10  # phrases with ~: each compares all places of its words
MAX_PHRASE = 50
MIN_PREFIX = 2
MAX_PREFIXES = 20  # each looks through the whole dictionary of every language
ONLY_AT_THE_END = "a * can only stand at the end of a word"

_EDGES = ",;:!?.~^&|'`/\\"
_OPERATORS = {"AND", "OR", "NOT"}
_FUZZY = re.compile(r"(?<=\w)[~^][\d.]*$")
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff]")


class Leaves:
    """Makes the leaves of one query's tree; what cannot be taken as written goes to `complain` with its place."""

    def __init__(self, complain: Callable[[str, int, int], None]) -> None:
        self.complain = complain
        self.prefixes = 0
        self.near = 0

    def value(self, spec: FieldSpec, sign: Sign) -> Node | None:
        span = (sign.start, sign.end)
        text = " ".join((sign.text if sign.kind == "phrase" else sign.text.rstrip(",;:!?")).split())
        self.check_closed(sign)
        if spec.later:
            self.complain(f"{spec.name}: {spec.later['en']}; it was left out", *span)
            return None
        if sign.slop:
            self.complain("~ works on phrases in the text, not on the value of a field", *span)
        if spec.kind == "date":
            return self.dates(spec, text, span)
        if not any(char.isalnum() for char in text):
            self.complain(f"{spec.name}: needs a value, as in {spec.example}", *span)
            return None
        return tree.Field(spec.name, text, span)

    def dates(self, spec: FieldSpec, text: str, span: Span) -> Node:
        days = days_of(text)
        if days is None:
            self.complain(f"{text!r} is not a date; write 2024, 2024-05, 2024-05-31 or 2004..2006", *span)
            return tree.NOTHING
        first, last = days
        if spec.name == "since":
            last = None
        elif spec.name == "until":
            first = None
        if first and last and first > last:
            self.complain("this range of dates runs backwards; it was turned round", *span)
            left, _, right = text.partition("..")
            first, last = days_of(f"{right}..{left}") or (last, first)
        return tree.DateRange(first, last, span) if first or last else tree.Everything()

    def phrase(self, sign: Sign) -> Node | None:
        words = tuple(sign.text.split())
        self.check_closed(sign)
        if "*" in sign.text:
            self.complain("a * between quotation marks means nothing; it was left out", sign.start, sign.end)
            words = tuple(filter(None, (word.replace("*", "") for word in words)))
        if not any(char.isalnum() for char in sign.text):
            self.complain("there is nothing between these quotation marks", sign.start, sign.end)
            return None
        if len(words) > MAX_PHRASE:
            self.complain(f"a phrase longer than {MAX_PHRASE} words; the rest was left out", sign.start, sign.end)
            words = words[:MAX_PHRASE]
        slop = sign.slop or 0
        if slop > MAX_SLOP:
            shown = f"{str(slop)[:12]}…" if slop >= 10**12 else slop
            self.complain(f"~{shown} is more than {MAX_SLOP}; {MAX_SLOP} was taken", sign.start, sign.end)
            slop = MAX_SLOP
        self.near += bool(slop)
        if slop and self.near > MAX_NEAR:
            self.complain(f"more than {MAX_NEAR} phrases with ~; this one was taken without it", sign.start, sign.end)
            slop = 0
        return tree.Phrase(words, slop, (sign.start, sign.end))

    def check_closed(self, sign: Sign) -> None:
        if not sign.closed:
            self.complain("this quotation mark is never closed", sign.start, sign.start + 1)

    def word(self, sign: Sign) -> Node | None:
        text, span = sign.text, (sign.start, sign.end)
        if set(text) == {"*"}:
            return tree.Everything()
        text = _trimmed(text)
        while _FUZZY.search(text):
            self.complain("~ and ^ after a single word mean nothing here; they were left out", *span)
            text = _trimmed(_FUZZY.sub("", text))
        begins, star, rest = text.partition("*")
        if rest.strip("*"):
            self.complain(ONLY_AT_THE_END, *span)
        begins = _trimmed(begins)
        if not any(char.isalnum() for char in begins):
            return None
        if begins in _OPERATORS:
            begins = begins.lower()
        if star and len(begins) < MIN_PREFIX and not _IDEOGRAPH.search(begins):
            self.complain(f"a word with * needs at least {MIN_PREFIX} letters before it", *span)
            star = ""
        self.prefixes += bool(star)
        if star and self.prefixes > MAX_PREFIXES:
            self.complain(f"more than {MAX_PREFIXES} words with *; this one was taken as it is", *span)
            star = ""
        return tree.Prefix(begins, span) if star else tree.Word(begins, span)


def _trimmed(word: str) -> str:
    return word.strip(_EDGES).lstrip("+-" + _EDGES)
