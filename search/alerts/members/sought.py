"""What is it that a saved search asks? A query, facets and a scope, as the search page has them; asked as it asks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from search.alerts.wording import Wording
from search.engines.engine import Engine, Question
from search.labels import field_label, label_of
from search.query.parse import parse
from search.query.say import say
from search.query.tree import Exact, Node, both

Filters = Mapping[str, Sequence[str]]
PAGE = 1_000  # paragraphs asked for at once


@dataclass(frozen=True, slots=True)
class Asking:
    """A query, facets and the unit that must hold all of it: works or paragraphs."""

    query: str
    filters: Filters = field(default_factory=dict)
    scope: str = "works"

    @classmethod
    def of_row(cls, row: Any) -> Self:
        """As `saved_searches` has it."""
        return cls(row.query, {name: tuple(values) for name, values in dict(row.filters or {}).items()}, row.scope)


def narrowed(tree: Node, filters: Filters) -> Node:
    """A resolved tree with the facets that were chosen: any of the values of each."""
    return both([tree, *(Exact(name, tuple(values)) for name, values in sorted(filters.items()) if values)])


def answering(engine: Engine, tree: Node, asking: Asking) -> Iterator[int]:
    """The works that answer a resolved tree with the facets and in the scope of `asking`; by paragraphs one may come
    several times."""
    question = Question(tree, asking.filters, sort="-date")  # whose pages need not be counted off from the first
    if asking.scope == "works":
        yield from engine.walk(question)
        return
    after: str | None = None
    while True:
        answer = engine.ask_paragraphs(replace(question, limit=PAGE, after=after))
        yield from (work for work, _ in answer.paragraphs)
        after = answer.after
        if after is None:
            return


def in_words(asking: Asking, language: str) -> str:
    """All of the search as one sentence: the query, what it is narrowed to, and where all of it must stand."""
    w = Wording(language)
    parts = [say(parse(asking.query).tree, language)]
    for name, values in asking.filters.items():
        labels = ", ".join(label_of(name, value, language) for value in values)
        if labels:
            parts.append(f"{field_label(name, language)}: {labels}")
    if asking.scope == "paragraphs":
        parts.append(w("all of it in one paragraph"))
    return "; ".join(parts)
