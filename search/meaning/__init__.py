"""Which passages say something like this, in any language? Sentence vectors, where the extra is installed."""

from search.meaning.meaning import Meaning, meaning_changes, open_meaning
from search.meaning.model import available, model_version

__all__ = ["Meaning", "available", "meaning_changes", "model_version", "open_meaning"]
