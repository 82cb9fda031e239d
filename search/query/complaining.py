"""How is it said that a query could not be taken as written? By a code, in the reader's language, with its place."""

import tomllib
from functools import cache
from pathlib import Path

from search.query.tree import Span
from search.results import Complaint

LANGUAGES = ("en", "fr", "es")


class Complaints(list[Complaint]):
    """The complaints of one query, in the order in which they came up."""

    def __init__(self, language: str | None = None) -> None:
        super().__init__()
        self.language = language if language in LANGUAGES else LANGUAGES[0]

    def __call__(self, code: str, span: Span = (0, 0), **what: object) -> None:
        """Adds one; `what` is put into the words that complaints.toml has for the code."""
        self.append(Complaint(_words()[self.language][code].format(**what), *span, code))


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads((Path(__file__).parent / "complaints.toml").read_text(encoding="utf-8"))
