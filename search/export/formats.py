"""In which formats can a result be taken away? One table of them, each with the writer that makes it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from search.export.citable import About, Citable
from search.export.feed import write_atom
from search.export.lines import write_lines
from search.export.references import write_bibtex, write_ris
from search.export.table import write_table


@dataclass(frozen=True, slots=True)
class Format:
    """`name` is also the ending of the file; `sort` is the order if none is asked for."""

    name: str
    media_type: str
    says: str
    write: Callable[[Iterable[Citable], About], Iterator[str]]
    sort: str = "relevance"


FORMATS = (
    Format("csv", "text/csv; charset=utf-8", "A table for Excel and others", write_table),
    Format("jsonl", "application/x-ndjson", "A line of JSON a result, and one at the end", write_lines),
    Format("bib", "application/x-bibtex; charset=utf-8", "BibTeX references", write_bibtex),
    Format("ris", "application/x-research-info-systems; charset=utf-8", "RIS references", write_ris),
    Format("atom", "application/atom+xml; charset=utf-8", "An Atom feed, newest first", write_atom, "-date"),
)
