"""What do you want to know? One query tree over an index of works, for pages, commands and alerts."""

from search.engines import Engine, open_engine
from search.errors import IndexUnavailable, MistakenRequest, SearchError
from search.indexing import index_changes
from search.results import Complaint, Facet, FacetValue, Hit, Passage, Results
from search.searcher import Searcher
from search.works import load_works

__all__ = [
    "Complaint",
    "Engine",
    "Facet",
    "FacetValue",
    "Hit",
    "IndexUnavailable",
    "MistakenRequest",
    "Passage",
    "Results",
    "SearchError",
    "Searcher",
    "index_changes",
    "load_works",
    "open_engine",
]
