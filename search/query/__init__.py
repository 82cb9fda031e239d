"""What was asked, as a tree? From text, to what engines look up, to words, and back to text."""

from search.query.parse import Parsed, parse
from search.query.resolve import Resolved, resolve
from search.query.say import say
from search.query.tree import Node
from search.query.widen import Widened, widen
from search.query.write import write

__all__ = ["Node", "Parsed", "Resolved", "Widened", "parse", "resolve", "say", "widen", "write"]
