"""Why does a work not answer a saved search? The clauses of the search that it does not meet, each asked by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog import Catalog
from search.citing import Citing
from search.engines import Engine
from search.query.parse import parse
from search.query.resolve import resolve
from search.query.tree import And, Exact, Field, Node, both, either


@dataclass(frozen=True, slots=True)
class Answered:
    """`failing` are clauses as they were typed; `apart`: each is met, but no paragraph meets all of them."""

    failing: tuple[Node, ...] = ()
    apart: bool = False
    unread: bool = False  # nothing of the work was read: nothing can be asked

    @property
    def matches(self) -> bool:
        return not (self.failing or self.apart or self.unread)


def answered(
    catalog: Catalog, work_id: int, query: str, filters: Mapping[str, Sequence[str]] | None, scope: str
) -> Answered:
    """Whether the work, as it is now, answers the search, and what of it it does not meet."""
    from search.engines import open_engine
    from search.engines.engine import Question
    from search.works import load_works

    engine = open_engine(None)
    works = load_works(catalog, [work_id])
    if not works:
        return Answered(unread=True)
    engine.add(works)
    engine.commit()
    citing = Citing(catalog)
    asked = [(parse(query).tree, None)] if query.strip() else []
    pairs: list[tuple[Node, Node]] = [(node, resolve(node, citing).tree) for node, _ in asked]
    for name, values in (filters or {}).items():
        pairs.append((either([Field(name, value) for value in values]), Exact(name, tuple(values))))
    failing = [each for node, tree in pairs for each in _failing(engine, citing, node, tree)]
    if failing or scope != "paragraphs":
        return Answered(tuple(failing))
    whole = both([tree for _, tree in pairs])
    return Answered(apart=not engine.ask_paragraphs(Question(whole, limit=1)).total)


def _failing(engine: Engine, citing: Citing, node: Node, tree: Node) -> list[Node]:
    """Of a conjunction those clauses that fail; anything else as a whole."""
    if engine.members(tree):
        return []
    if not isinstance(node, And):
        return [node]
    parts = [each for item in node.items for each in _failing(engine, citing, item, resolve(item, citing).tree)]
    return parts or [node]
