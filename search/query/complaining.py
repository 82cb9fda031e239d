"""How is it said that a query could not be taken as written? By a code, in the reader's language, with its place."""

import tomllib
from functools import cache
from pathlib import Path

from search.query.tree import Span
from search.results import Complaint

LANGUAGES = ("en", "fr", "es")
MAX_COMPLAINTS = 20


class Complaints:
    """The complaints of one query, in the order in which they came up."""

    def __init__(self, language: str | None = None) -> None:
        self.language = language if language in LANGUAGES else LANGUAGES[0]
        self.count = 0
        self._kept: list[Complaint] = []

    def __call__(self, code: str, span: Span = (0, 0), **what: object) -> None:
        """Adds one; `what` is put into the words that complaints.toml has for the code."""
        self.count += 1
        if self.count <= MAX_COMPLAINTS:
            self._kept.append(self._said(code, span, what))

    def all(self) -> tuple[Complaint, ...]:
        """Those that came first, and how many are not told."""
        more = self.count - len(self._kept)
        return (*self._kept, self._said("more", (0, 0), {"count": more})) if more else tuple(self._kept)

    def _said(self, code: str, span: Span, what: dict[str, object]) -> Complaint:
        return Complaint(_words()[self.language][code].format(**what), *span, code)


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads((Path(__file__).parent / "complaints.toml").read_text(encoding="utf-8"))
