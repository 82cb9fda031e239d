"""Which passages say something like this, in any language? Sentence vectors, where the extra is installed."""

from search.meaning.fuse import search_both
from search.meaning.meaning import Meaning, meaning_changes, open_meaning
from search.meaning.model import available, model_version
from search.meaning.shown import show_alike

__all__ = ["Meaning", "available", "meaning_changes", "model_version", "open_meaning", "search_both", "show_alike"]
