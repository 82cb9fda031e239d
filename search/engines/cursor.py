"""Where does the next page begin? A cursor: opaque to its holder, and valid for its own question only."""

import base64
import binascii
import hashlib
import json

from search.engines.engine import Question
from search.errors import MistakenRequest

LONGEST = 200  # characters of a cursor
LARGEST = 1 << 134


def write_cursor(question: Question, position: int, unit: str = "works") -> str:
    """A cursor that stands behind `position` in the answer to `question`."""
    text = json.dumps([position, _mark(question, unit)], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(question: Question, unit: str = "works", largest: int = LARGEST) -> int | None:
    """The position of the question's cursor; None without one. MistakenRequest if it is of another question."""
    if question.after is None:
        return None
    try:
        if len(question.after) > LONGEST:
            raise ValueError("too long")
        padded = question.after + "=" * (-len(question.after) % 4)
        position, mark = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise MistakenRequest("this cursor is not one that a page of results gave out") from error
    if type(position) is not int or not 0 <= position < largest or mark != _mark(question, unit):
        raise MistakenRequest("this cursor belongs to another search; start again without it")
    return position


def _mark(question: Question, unit: str) -> str:
    filters = sorted((name, sorted(values)) for name, values in question.filters.items() if values)
    return hashlib.sha256(repr((unit, question.tree, filters, question.sort)).encode()).hexdigest()[:12]
