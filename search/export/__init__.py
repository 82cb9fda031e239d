"""How is a result taken away, all of it? As a table, lines of JSON, references or a feed, written as it is walked."""

from search.export.citable import About, Citable, citable
from search.export.formats import FORMATS, Format

__all__ = ["FORMATS", "About", "Citable", "Format", "citable"]
