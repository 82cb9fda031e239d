"""What was asked, as a tree? From text, to what engines look up, to words, and back to text."""

from search.query.parse import Parsed, parse
from search.query.resolve import Resolved, resolve
from search.query.say import say
from search.query.tree import Node
from search.query.write import write

__all__ = ["Node", "Parsed", "Resolved", "parse", "resolve", "say", "write"]
