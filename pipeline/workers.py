"""Who does the dangerous work? Child processes with a cap on time and memory, killed and replaced when they pass it.

A child is kept between items. It dies with its parent: it notices within a second that its parent is gone, and takes
the programs it started (OCR) along.
"""

import os
import signal
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, TypeVar

from pipeline.child import Failure, Start, serve
from pipeline.errors import WorkerError
from pipeline.limits import Limits

__all__ = ["Failure", "Pool"]

T = TypeVar("T")

_POLL = 0.1  # seconds between looks at memory and clock
_START = 120.0  # seconds a child may take to import what it needs
_GRACE = 5.0  # seconds an idle child gets to leave by itself
_MAX_STARTS = 3  # children in a row that may fail to start


@dataclass(slots=True)
class _Child:
    """One process and what it is doing; `began` None: idle."""

    process: BaseProcess
    pipe: Connection
    item: Any = None
    began: float | None = None
    seen: float = field(default_factory=time.monotonic)

    def memory_mb(self) -> float:
        """Resident memory; 0 where it cannot be told (the process is gone, or no /proc)."""
        try:
            pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        except (OSError, IndexError, ValueError):
            return 0.0
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def kill(self) -> None:
        """Ends the process and whatever it started (it leads a session of its own)."""
        pid = self.process.pid
        if pid is not None:
            for end in (os.killpg, os.kill):
                try:
                    end(pid, signal.SIGKILL)
                except (ProcessLookupError, PermissionError):
                    continue
        self.process.join()
        self.pipe.close()
        self.process.close()


class Pool(Generic[T]):
    """Runs `function_path` ("package.module:function") on items in `size` capped children.

    Items and results must be picklable. Whatever happens to one item (an exception, a crash, too long, too much memory,
    too large a result) is that item's `Failure`; only when no child can be started does `map` raise `WorkerError`.
    """

    def __init__(self, function_path: str, size: int, limits: Limits) -> None:
        if size < 1:
            raise ValueError("a pool needs at least one child")
        self._start = Start(function_path, limits)
        self._limits = limits
        self._size = size
        self._context = get_context("spawn")
        self._idle: deque[_Child] = deque()
        self._busy: list[_Child] = []

    def __enter__(self) -> "Pool[T]":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def map(self, items: Iterable[T]) -> Iterator[tuple[T, Any]]:
        """Yields (item, result or Failure) as they are done, in no order; items are taken only when a child is free."""
        waiting = iter(items)
        exhausted = False
        try:
            while True:
                while not exhausted and len(self._busy) < self._size:
                    try:
                        item = next(waiting)
                    except StopIteration:
                        exhausted = True
                        break
                    self._hand(item)
                if not self._busy:
                    return
                yield from self._collect()
        finally:
            for child in self._busy:
                child.kill()
            self._busy.clear()

    def close(self) -> None:
        """Lets idle children leave; a child that will not is killed."""
        for child in (*self._idle, *self._busy):
            child.pipe.close()
        for child in (*self._idle, *self._busy):
            child.process.join(_GRACE)
            child.kill()
        self._idle.clear()
        self._busy.clear()

    def _hand(self, item: T) -> None:
        while True:
            child = self._idle.popleft() if self._idle else self._new_child()
            try:
                child.pipe.send(item)
            except (BrokenPipeError, ConnectionResetError):  # it died while idle
                child.kill()
                continue
            child.item, child.began = item, time.monotonic()
            self._busy.append(child)
            return

    def _new_child(self) -> _Child:
        for _ in range(_MAX_STARTS):
            ours, theirs = self._context.Pipe()
            process = self._context.Process(target=serve, args=(theirs, self._start, os.getpid()), daemon=True)
            process.start()
            theirs.close()
            child = _Child(process, ours)
            try:
                if ours.poll(_START):
                    problem = ours.recv()
                    if problem is None:
                        return child
                    child.kill()
                    raise WorkerError(f"a reading process cannot start: {problem}")
            except (EOFError, ConnectionResetError):
                pass  # it died while starting: try again, and tell after the last time
            child.kill()
        raise WorkerError(f"{_MAX_STARTS} reading processes in a row died while starting")

    def _collect(self) -> list[tuple[T, Any]]:
        """What the busy children have brought, or have failed at, within one poll."""
        ready = set(wait([child.pipe for child in self._busy], _POLL))
        done = []
        for child in tuple(self._busy):
            result = self._receive(child) if child.pipe in ready else self._overdrawn(child)
            if result is None:
                continue
            self._busy.remove(child)
            done.append((child.item, result[0]))
            child.item, child.began = None, None
            if result[1]:
                self._idle.append(child)
            else:
                child.kill()
        return done

    def _receive(self, child: _Child) -> tuple[Any, bool] | None:
        """(result, whether the child goes on living)."""
        try:
            kept, result = child.pipe.recv()
        except (EOFError, OSError):
            return self._crash(child), False
        return result, kept

    def _overdrawn(self, child: _Child) -> tuple[Failure, bool] | None:
        assert child.began is not None
        if time.monotonic() - child.began > self._limits.seconds:
            return Failure(f"took more than {self._limits.seconds:g} seconds", False, "TimeOut"), False
        if child.memory_mb() > self._limits.memory_mb:
            return Failure(f"needed more than {self._limits.memory_mb} MB of memory", False, "OutOfMemory"), False
        return None

    def _crash(self, child: _Child) -> Failure:
        child.process.join(_GRACE)
        code = child.process.exitcode
        if code == -signal.SIGXCPU:
            return Failure(f"took more than {self._limits.cpu_seconds} seconds of processor time", False, "TimeOut")
        if code == -signal.SIGKILL:  # not by us: the system was short of memory, or someone ended it
            return Failure("the reading process was ended from outside", True, "Killed")
        how = signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"
        return Failure(f"the reading process crashed ({how})", False, "Crash")
