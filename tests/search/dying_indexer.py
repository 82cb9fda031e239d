"""A process that indexes in small steps and stands still at a point that it is told, to be killed there.

Every version of the index marks all of its works with its own name (as their `kind`): a reader that sees two marks, or
fewer works or paragraphs than there are, has seen half of something. Both are started by a fork server, so that a
process begins in no time.
"""

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any
from unittest import mock

from catalog import Catalog, ForumwatchError
from search import analysis, checking, index_changes, indexing, load_works, open_engine
from search.checking import check
from search.engines import Cluster, Engine
from search.engines.elastic import elastic, generations
from search.engines.engine import IndexedWork, Question
from search.engines.folder import Folder
from search.engines.generation import Generation
from search.query.tree import Everything

PARAGRAPHS = 2  # of each work


@dataclass(frozen=True)
class Orders:
    """Index as this version, or mend; stand still when `point` is come to for the `nth` time."""

    catalog: str
    place: Path | Cluster
    version: str
    point: str = ""
    nth: int = 1
    mend: bool = False


def obey(orders: Orders, told: Connection) -> None:
    """What the process does; `told` hears when it has begun, when it stands still, and when it is done."""
    with as_version(orders.version), _standing_still(orders, told):
        catalog, engine = Catalog(orders.catalog), open_engine(orders.place)
        told.send("begun")
        if orders.mend:
            check(catalog, engine)
        else:
            index_changes(catalog, engine)
        told.send("done")


def watch(place: Path | Cluster, works: int, end: Event, told: Connection) -> None:
    """A reader that asks until the end; `told` hears how often, which marks were seen, and all that was wrong."""
    engine, asked, marks, wrong = open_engine(place), 0, set[str](), list[str]()
    while not end.is_set() and len(wrong) < 10:
        asked += 1
        try:
            marks |= _complete(engine, works)
        except (AssertionError, ForumwatchError, OSError, ValueError) as error:
            wrong.append(f"{type(error).__name__}: {error}; {getattr(error, 'detail', '')}")
    told.send((asked, marks, wrong))


def _complete(engine: Engine, works: int) -> set[str]:
    """The mark that all works and all paragraphs have."""
    question = Question(Everything(), facets=("kind",), limit=1)
    answer = engine.ask(question)
    ((mark, number),) = answer.counts["kind"]
    assert answer.total == number == works, f"{answer.total} works, {number} of {mark}"
    paragraphs = engine.ask_paragraphs(question)
    ((mark, number),) = paragraphs.counts["kind"]
    assert paragraphs.total == number == works * PARAGRAPHS, f"{paragraphs.total} paragraphs, {number} of {mark}"
    held = list(engine.holdings())
    assert all(each.passages == PARAGRAPHS for each in held) and len(held) == works, f"{len(held)} works are held"
    return {mark}


@contextmanager
def as_version(version: str) -> Iterator[None]:
    """Inside, this process makes indexes of this version, in small steps, and marks them."""

    def marked(catalog: Catalog, ids: Sequence[int]) -> list[IndexedWork]:
        return [replace(each, values={**each.values, "kind": (version,)}) for each in load_works(catalog, ids)]

    small: dict[Any, dict[str, Any]] = {
        analysis: {"VERSION": version},
        indexing: {"load_works": marked, "BATCH": 10, "COMMIT_EVERY": 1},
        checking: {"load_works": marked, "BATCH": 10, "COMMIT_EVERY": 10},
    }
    with ExitStack() as patched:
        for module, values in small.items():
            patched.enter_context(mock.patch.multiple(module, **values))
        yield


@contextmanager
def _standing_still(orders: Orders, told: Connection) -> Iterator[None]:
    left = orders.nth

    def at(point: str) -> None:
        nonlocal left
        left -= point == orders.point
        if not left:
            told.send("here")
            time.sleep(3600)

    with ExitStack() as patched:
        for owner, name in (
            (indexing, "_move"),
            (indexing, "_forget_others"),
            (Folder, "new"),
            (Folder, "sign"),
            (Folder, "note"),
            (Folder, "publish"),
            (Generation, "commit"),
            (Generation, "close"),
            (generations.Generations, "new"),
            (generations.Generations, "_make"),
            (generations.Generations, "_remove"),
            (generations.Generations, "note"),
            (generations.Generations, "publish"),
            (elastic.Writer, "add"),
            (elastic.Writer, "commit"),
            (elastic.Writer, "_refresh"),
        ):
            patched.enter_context(mock.patch.object(owner, name, _between(at, name, getattr(owner, name))))
        patched.enter_context(mock.patch.object(Path, "replace", _renaming(at)))
        patched.enter_context(mock.patch.object(shutil, "rmtree", _half(at, shutil.rmtree)))
        patched.enter_context(mock.patch.object(Generation, "writers", _committing(at, Generation.writers)))
        yield


def _between(at: Callable[[str], None], name: str, real: Callable[..., Any]) -> Callable[..., Any]:
    def done(*args: Any, **kwargs: Any) -> Any:
        at(f"before {name}")
        result = real(*args, **kwargs)
        at(f"after {name}")
        return result

    return done


def _renaming(at: Callable[[str], None]) -> Callable[..., Any]:
    real = Path.replace

    def renamed(path: Path, target: Path) -> Path:
        at(f"before renaming to {target.name}")
        return real(path, target)

    return renamed


def _half(at: Callable[[str], None], real: Callable[..., None]) -> Callable[..., None]:
    def removed(path: Path, ignore_errors: bool = False) -> None:
        for file in sorted((path / "works").glob("*.pos")):  # without which an index still opens
            file.unlink()
        at("half removed")
        real(path, ignore_errors=ignore_errors)

    return removed


def _committing(at: Callable[[str], None], real: Callable[..., Any]) -> Callable[..., Any]:
    class Writer:
        """A writer of one of the two indexes."""

        def __init__(self, name: str, writer: Any) -> None:
            self._name, self._writer = name, writer

        def __getattr__(self, name: str) -> Any:
            return getattr(self._writer, name)

        def commit(self) -> None:
            at(f"before {self._name} commit")
            self._writer.commit()
            at(f"after {self._name} commit")

    def writers(generation: Generation, heap: int) -> Any:
        if generation._writers is None:
            works, passages = real(generation, heap)
            generation._writers = Writer("works", works), Writer("passages", passages)
        return generation._writers

    return writers
