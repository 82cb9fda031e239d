"""Who does the dangerous work? Child processes with a cap on time and memory, killed and replaced when they pass it.

A child is kept between items. It dies with its parent: it notices within a second that its parent is gone, and takes
the programs it started (OCR) along.

One slow file must not hold up the others. A child that has been busy for longer than is usual gives way: it goes on
beside the others with the lowest priority, and another takes its place; when as many have given way as there are
children, the file is put back until all others are done. What is known to be slow begins there, one at a time beside
the others. Each such file has a child of its own.
"""

import shutil
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, TypeVar

from pipeline.children.child import Failure
from pipeline.children.worker import Task, Worker, new_folder, new_worker
from pipeline.limits import Limits

__all__ = ["Failure", "Pool"]

T = TypeVar("T")

_POLL = 0.1  # seconds between looks at memory and clock
_GRACE = 5.0  # seconds an idle child gets to leave by itself
_USUAL = 4.0  # times the mean of those that are done: longer is slow
_PUT_BACK = 4.0  # times the patience: with the lane taken, a slow file is put back
_OF_THE_CHILD = {"Crash", "OutOfMemory"}  # may be the fault of the items before: seen again in a new child


@dataclass(slots=True)
class _Round:
    """The items of one call: those to come, those put back, how long the good ones take."""

    coming: Iterator[Any]
    is_slow: Callable[[Any], bool]
    patience: float
    ahead: deque[Task] = field(default_factory=deque)
    later: deque[Task] = field(default_factory=deque)
    ended: bool = False
    done: int = 0
    seconds: float = 0.0

    def others_wait(self) -> bool:
        """Whether an ordinary item is waiting; slow ones that are met on the way are put aside."""
        while not self.ahead and not self.ended:
            try:
                item = next(self.coming)
            except StopIteration:
                self.ended = True
                break
            task = Task(item, self.is_slow(item))
            (self.later if task.slow else self.ahead).append(task)
        return bool(self.ahead)

    def usual(self) -> float:
        """Seconds after which an item is slow: on a busy machine, or among large files, all take longer."""
        return max(self.patience, _USUAL * self.seconds / self.done) if self.done else self.patience


class Pool(Generic[T]):
    """Runs `function_path` ("package.module:function") on items in `size` capped children, and up to as many beside.

    Items and results must be picklable. Whatever happens to one item (an exception, a crash, too long, too much memory,
    too large a result) is that item's `Failure`; only when no child can be started does `map` raise `WorkerError`.
    """

    def __init__(self, function_path: str, size: int, limits: Limits) -> None:
        if size < 1:
            raise ValueError("a pool needs at least one child")
        self._function_path = function_path
        self._limits = limits
        self._size = size
        self._folder: Path | None = None
        self._idle: deque[Worker] = deque()
        self._busy: list[Worker] = []

    def __enter__(self) -> "Pool[T]":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def map(self, items: Iterable[T], is_slow: Callable[[T], bool] = lambda item: False) -> Iterator[tuple[T, Any]]:
        """Yields (item, result or Failure) as they are done, in no order; items are taken only when a child is free.

        `is_slow` says of which it is known that they take long, or were trouble before: these come last, or beside.
        """
        round_ = _Round(iter(items), is_slow, self._limits.patience)
        try:
            while True:
                self._hand_out(round_)
                if not self._busy:
                    return
                yield from self._collect(round_)
        finally:
            for worker in self._busy:
                worker.kill()
            self._busy.clear()

    def close(self) -> None:
        """Lets idle children leave; a child that will not is killed."""
        for worker in (*self._idle, *self._busy):
            worker.pipe.close()
        for worker in (*self._idle, *self._busy):
            worker.process.join(_GRACE)
            worker.kill()
        self._idle.clear()
        self._busy.clear()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _hand_out(self, round_: _Round) -> None:
        while self._quick() < self._size and round_.others_wait():
            self._hand(round_.ahead.popleft())
        while round_.later and self._slow() < self._lane(round_):
            worker = self._new_worker()
            worker.slow = True
            if round_.others_wait() or self._quick():
                worker.give_way()
            worker.begin(round_.later.popleft())
            self._busy.append(worker)

    def _lane(self, round_: _Round) -> int:
        """How many slow ones may be at work: one beside the others; once nobody waits, in their places."""
        return 1 if round_.others_wait() else max(1, self._size - self._quick())

    def _quick(self) -> int:
        return sum(not worker.slow for worker in self._busy)

    def _slow(self) -> int:
        return sum(worker.slow for worker in self._busy)

    def _hand(self, task: Task) -> None:
        while True:
            worker = self._idle.popleft() if self._idle else self._new_worker()
            try:
                worker.begin(task)
            except (BrokenPipeError, ConnectionResetError):  # it died while idle
                worker.kill()
                continue
            self._busy.append(worker)
            return

    def _new_worker(self) -> Worker:
        self._folder = self._folder or new_folder()
        return new_worker(self._function_path, self._limits, self._folder)

    def _collect(self, round_: _Round) -> list[tuple[T, Any]]:
        """What the busy children have brought, or have failed at, within one poll."""
        ready = set(wait([worker.pipe for worker in self._busy], _POLL))
        done = []
        for worker in tuple(self._busy):
            if worker.pipe in ready:
                result, goes_on = worker.answer()
            else:
                result, goes_on = worker.overdrawn(), False
                if result is None:
                    self._hold_up_nobody(worker, round_)
                    continue
            task = worker.task
            assert task is not None
            if isinstance(result, Failure) and result.kind in _OF_THE_CHILD and worker.served and not task.again:
                self._put_back(worker, round_, again=True)
                continue
            if not isinstance(result, Failure):
                round_.done, round_.seconds = round_.done + 1, round_.seconds + worker.age()
            done.append((task.item, result))
            self._free(worker, goes_on)
        return done

    def _free(self, worker: Worker, goes_on: bool) -> None:
        self._busy.remove(worker)
        worker.task, worker.served = None, worker.served + 1
        if goes_on and not worker.slow:
            self._idle.append(worker)
        else:
            worker.kill()

    def _hold_up_nobody(self, worker: Worker, round_: _Round) -> None:
        """A child that is busy for long gives way, if others wait; if the lane is taken, its file is put back."""
        usual = round_.usual()
        if worker.slow or worker.age() < usual or not round_.others_wait():
            return
        if self._slow() < self._size:
            worker.slow = True
            worker.give_way()
        elif worker.age() > _PUT_BACK * usual:
            self._put_back(worker, round_)

    def _put_back(self, worker: Worker, round_: _Round, again: bool = False) -> None:
        assert worker.task is not None
        round_.later.append(Task(worker.task.item, True, again))
        self._busy.remove(worker)
        worker.kill()
