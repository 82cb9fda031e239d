"""Who watches the work go on? Steps report here; the command line and the demo may show a bar."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol


class Progress(Protocol):
    """Shows how far each named piece of work has come; `total` may grow, and is 0 where it is not known."""

    def begin(self, name: str) -> None: ...
    def advance(self, name: str, done: int, total: int) -> None: ...
    def end(self, name: str) -> None: ...


class Silence:
    """Nobody watches."""

    def begin(self, name: str) -> None: ...
    def advance(self, name: str, done: int, total: int) -> None: ...
    def end(self, name: str) -> None: ...


_watching: ContextVar[Progress | None] = ContextVar("_watching", default=None)


@contextmanager
def shown_by(progress: Progress) -> Iterator[None]:
    """While inside, steps report to `progress`."""
    token = _watching.set(progress)
    try:
        yield
    finally:
        _watching.reset(token)


@contextmanager
def watch(name: str) -> Iterator[Callable[[int, int], None]]:
    """Around one piece of work; yields a function that takes (done, total)."""
    progress = _watching.get() or Silence()
    progress.begin(name)
    try:
        yield lambda done, total: progress.advance(name, done, total)
    finally:
        progress.end(name)
