"""What does a capped child process do? It takes items from a pipe, runs one function on each and answers."""

import contextlib
import errno
import importlib
import io
import os
import pickle
import resource
import shutil
import signal
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from catalog.errors import ForumwatchError
from pipeline.children import cage, usage
from pipeline.errors import ReadError
from pipeline.limits import Limits

_REASON = 300  # characters of a reason
_DETAIL = 4000  # characters of a traceback
_WORN = 0.5  # of the memory limit: a child that holds as much between items is replaced, or the next one would pay
# What the machine lacks now it may have later; that one file is too large for the cage (EFBIG) does not pass.
_PASSES = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EAGAIN, errno.ENFILE, errno.EMFILE, errno.EINTR, errno.ESTALE}


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an item has no result. `may_pass`: it could succeed another time. `kind`: the error's class."""

    reason: str
    may_pass: bool
    kind: str = "Failure"
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Start:
    """What a child must know to begin; `folder` is for its temporary files, and its own."""

    function_path: str
    limits: Limits
    parent: int
    folder: str


class _TooMuch(Exception):
    """Raised while a result is packed that is larger than allowed."""


class _Bounded(io.BytesIO):
    """Takes no more than so many bytes."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def write(self, data: Any, /) -> int:
        if self.tell() + len(data) > self._most:
            raise _TooMuch
        return super().write(data)


def serve(pipe: Connection, start: Start) -> None:
    """The life of a child: imports the function, says None (ready) or what is wrong, then answers item by item."""
    os.setsid()  # so that the parent can end it together with the programs it starts
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    folder = Path(start.folder)
    cage.close(folder)
    threading.Thread(target=_leave_with_parent, args=(start.parent, folder), daemon=True).start()
    try:
        function = _function(start.function_path)
    except Exception as error:  # noqa: BLE001 -- told to the parent, which raises it
        pipe.send(f"{start.function_path}: {type(error).__name__}: {error}")
        return
    cage.bound(start.limits)
    pipe.send(None)
    while True:
        try:
            item = pipe.recv()
        except (EOFError, OSError):
            return
        _allow_processor_time(start.limits.cpu_seconds)
        answer = _answer(function, item, start.limits)
        _tidy_up(folder)
        pipe.send_bytes(answer)


def _function(path: str) -> Callable[[Any], Any]:
    module, _, name = path.partition(":")
    function = getattr(importlib.import_module(module), name)
    if not callable(function):
        raise ValueError("not a function")
    return function  # type: ignore[no-any-return]


def _answer(function: Callable[[Any], Any], item: Any, limits: Limits) -> bytes:
    """(whether this child can go on, result or Failure), pickled and within bounds."""
    goes_on = True
    try:
        result = function(item)
    except ReadError as error:
        result = Failure(_short(str(error)), error.may_pass, type(error).__name__)
    except ForumwatchError as error:
        result = Failure(_short(str(error)), False, type(error).__name__)
    except MemoryError:
        goes_on = False
        result = Failure(f"needed more than {limits.memory_mb} MB of memory", False, "OutOfMemory")
    except RecursionError:
        result = Failure("nested too deeply to be read", False, "RecursionError")
    except Exception as error:  # noqa: BLE001 -- the outer loop of the room: one item must never stop the others
        reason = _short(f"the reader failed: {type(error).__name__}: {error}")
        passes = isinstance(error, OSError) and error.errno in _PASSES
        result = Failure(reason, passes, type(error).__name__, traceback.format_exc()[-_DETAIL:])
    goes_on = goes_on and usage.memory_mb([os.getpid()]) < _WORN * limits.memory_mb
    return _packed(goes_on, result, limits)


def _packed(goes_on: bool, result: Any, limits: Limits) -> bytes:
    answer = _Bounded(limits.output_mb * 1_000_000)
    try:
        pickle.dump((goes_on, result), answer, protocol=pickle.HIGHEST_PROTOCOL)
        return answer.getvalue()
    except (_TooMuch, MemoryError):
        failure = Failure(f"the result is larger than {limits.output_mb} MB", False, "TooLarge")
    except (pickle.PicklingError, TypeError, AttributeError, RecursionError) as error:
        failure = Failure(_short(f"the result cannot be handed over: {error}"), False, "Unpicklable")
    return pickle.dumps((False, failure))


def _short(reason: str) -> str:
    reason = " ".join(reason.encode("utf-8", "replace").decode().replace("\x00", " ").split())
    return reason if len(reason) <= _REASON else reason[: _REASON - 1] + "…"


def _allow_processor_time(seconds: int) -> None:
    """The limit counts from the start of the process, so it is moved on for every item."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + seconds, hard))


def _tidy_up(folder: Path) -> None:
    """Nothing of one file is left to the next: no program that still runs, no temporary file."""
    usage.end(usage.family(os.getpid())[1:])
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            continue
    _empty(folder)


def _empty(folder: Path) -> None:
    """Removes what is in a folder, as far as it can be."""
    try:
        inside = list(folder.iterdir())
    except OSError:
        return
    for each in inside:
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each, ignore_errors=True)
        else:
            each.unlink(missing_ok=True)


def _leave_with_parent(parent: int, folder: Path) -> None:
    """A parent ended by kill -9 closes nothing; its children find another process in its place."""
    while os.getppid() == parent:
        time.sleep(0.5)
    shutil.rmtree(folder.parent, ignore_errors=True)
    usage.end(usage.family(os.getpid())[1:])
    os.killpg(0, signal.SIGKILL)
