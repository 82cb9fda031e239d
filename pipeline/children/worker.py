"""How does one child process stand, seen from its parent? What it is doing, what it uses, why it failed."""

import contextlib
import os
import pickle
import shutil
import signal
import tempfile
import time
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from pipeline.children import usage
from pipeline.children.answers import unpacked
from pipeline.children.child import Failure, Start, serve
from pipeline.errors import WorkerError
from pipeline.limits import Limits

_START = 120.0  # seconds a child may take to import what it needs
_MAX_STARTS = 3  # children in a row that may fail to start
_GRACE = 5.0  # seconds until a process whose pipe has ended is gone
_STIRS = 0.1  # seconds of processor time that show a process is not hanging
_GAVE_WAY = 3.0  # times as long a process may take that lets others go first
_FULL = 0.7  # of the memory limit: a crash beyond it is for want of memory, which libraries do not survive
_MARGIN = 100_000  # bytes of an answer beyond the bound of its result
_FOLDER = "forumwatch-reading-"
_OLD = 3600.0  # seconds: folders of dead parents are removed after that


@dataclass(slots=True)
class Task:
    """An item and what is known of it: `slow`, it belongs to the lane; `again`, it crashed a child that was not new."""

    item: Any
    slow: bool = False
    again: bool = False


@dataclass(slots=True)
class Worker:
    """One process and what it is doing; `task` None: idle. `served`: items before this one."""

    process: BaseProcess
    pipe: Connection
    folder: Path
    limits: Limits
    task: Task | None = None
    slow: bool = False
    served: int = 0
    began: float = 0.0
    gave_way: bool = False
    stirred: float = 0.0
    processor: float = 0.0
    memory: float = 0.0

    def begin(self, task: Task) -> None:
        """Hands it an item. Errors: BrokenPipeError or ConnectionResetError if it died while idle."""
        self.pipe.send(task.item)
        self.task, self.began = task, time.monotonic()
        self.stirred, self.processor, self.memory = self.began, -1.0, 0.0

    def age(self) -> float:
        """Seconds since it was handed its item."""
        return time.monotonic() - self.began

    def give_way(self) -> None:
        """Lets all others go first, from here on."""
        usage.give_way(usage.family(self.process.pid or 0))
        self.gave_way = True

    def answer(self) -> tuple[Any, bool]:
        """(result or Failure, whether the child goes on living), once there is something in the pipe."""
        try:
            goes_on, result = unpacked(self.pipe.recv_bytes(self.limits.output_mb * 1_000_000 + _MARGIN))
        except pickle.UnpicklingError as error:
            return Failure(f"the reading process gave an answer that is none: {error}", False, "Unpicklable"), False
        except (EOFError, OSError):
            return self._crash(), False
        return result, goes_on

    def overdrawn(self) -> Failure | None:
        """A failure if the child is over a limit. What only took long may pass: what a file itself needs is bounded by
        processor time, and this one waited for a busy machine, or for something else."""
        limits, processes = self.limits, self._look()
        seconds = limits.seconds * (_GAVE_WAY if self.gave_way else 1)
        if self.age() > seconds:
            return Failure(f"took more than {seconds:g} seconds", True, "TimeOut")
        if time.monotonic() - self.stirred > limits.idle_seconds:
            return Failure(f"did nothing for {limits.idle_seconds:g} seconds", True, "TimeOut")
        if self.memory > limits.memory_mb:
            return Failure(f"needed more than {limits.memory_mb} MB of memory", False, "OutOfMemory")
        if processes > limits.programs:
            return Failure(f"started more than {limits.programs} programs", False, "TooLarge")
        if usage.disk_mb(self.folder) > limits.disk_mb:
            return Failure(f"wrote more than {limits.disk_mb} MB of temporary files", False, "TooLarge")
        return None

    def _look(self) -> int:
        """Takes down what it uses; returns how many processes it is."""
        kin = usage.family(self.process.pid or 0)
        self.memory = usage.memory_mb(kin)
        used = usage.processor_seconds(kin)
        if not kin or abs(used - self.processor) > _STIRS:  # fewer than before: a program has ended
            self.processor, self.stirred = used, time.monotonic()
        return len(kin)

    def _crash(self) -> Failure:
        limits = self.limits
        self.process.join(_GRACE)
        code = self.process.exitcode
        if code == -signal.SIGXCPU:
            return Failure(f"took more than {limits.cpu_seconds} seconds of processor time", False, "TimeOut")
        if code == -signal.SIGKILL:  # not by us: the system was short of memory, or someone ended it
            return Failure("the reading process was ended from outside", True, "Killed")
        how = signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"
        if self.memory > _FULL * limits.memory_mb:
            return Failure(f"needed more than {limits.memory_mb} MB of memory ({how})", False, "OutOfMemory")
        why = ", as it does when it gets no more memory" if code == -signal.SIGABRT else ""
        return Failure(f"the reading process crashed ({how}{why})", False, "Crash")

    def kill(self) -> None:
        """Ends the process and whatever it started (it leads a session of its own), and removes its files."""
        pid = self.process.pid
        if pid is not None:
            if self.process.exitcode is None:  # not yet waited for: the number is still its own
                usage.end(usage.family(pid)[::-1])
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
        self.process.join()
        self.pipe.close()
        self.process.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def new_worker(function_path: str, limits: Limits, folder: Path) -> Worker:
    """A child that has imported its function and is ready. Errors: WorkerError if none can be started."""
    context = get_context("spawn")
    for _ in range(_MAX_STARTS):
        ours, theirs = context.Pipe()
        own = Path(tempfile.mkdtemp(dir=folder))
        start = Start(function_path, limits, os.getpid(), str(own))
        process = context.Process(target=serve, args=(theirs, start), daemon=True)
        process.start()
        theirs.close()
        worker = Worker(process, ours, own, limits)
        try:
            if ours.poll(_START):
                problem = ours.recv()
                if problem is None:
                    return worker
                worker.kill()
                raise WorkerError(f"a reading process cannot start: {problem}")
        except (EOFError, ConnectionResetError):
            pass  # it died while starting: try again, and tell after the last time
        worker.kill()
    raise WorkerError(f"{_MAX_STARTS} reading processes in a row died while starting")


def new_folder() -> Path:
    """Where the children of one pool have their temporary files; what other pools left by being killed is removed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDER}*"):
        try:
            owner = int(folder.name.removeprefix(_FOLDER).partition("-")[0])
            if time.time() - folder.stat().st_mtime > _OLD and not Path(f"/proc/{owner}").exists():
                shutil.rmtree(folder, ignore_errors=True)
        except (OSError, ValueError):
            continue
    return Path(tempfile.mkdtemp(prefix=f"{_FOLDER}{os.getpid()}-"))
