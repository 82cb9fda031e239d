"""What does a capped child process do? It takes items from a pipe, runs one function on each and answers."""

import importlib
import os
import pickle
import resource
import signal
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from catalog.errors import ForumwatchError
from pipeline.errors import ReadError
from pipeline.limits import Limits

_ADDRESS_SPACE = 4  # times the memory limit: libraries reserve far more than they touch
_REASON = 300  # characters of a reason
_DETAIL = 4000  # characters of a traceback


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an item has no result. `may_pass`: it could succeed another time. `kind`: the error's class."""

    reason: str
    may_pass: bool
    kind: str = "Failure"
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Start:
    """What a child must know to begin."""

    function_path: str
    limits: Limits


def serve(pipe: Connection, start: Start, parent: int) -> None:
    """The life of a child: imports the function, says None (ready) or what is wrong, then answers item by item."""
    os.setsid()  # so that the parent can end it together with the programs it starts
    threading.Thread(target=_leave_with_parent, args=(parent,), daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    try:
        function = _function(start.function_path)
    except Exception as error:  # noqa: BLE001 -- told to the parent, which raises it
        pipe.send(f"{start.function_path}: {type(error).__name__}: {error}")
        return
    space = start.limits.memory_mb * _ADDRESS_SPACE * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pipe.send(None)
    while True:
        try:
            item = pipe.recv()
        except (EOFError, OSError):
            return
        _allow_processor_time(start.limits.cpu_seconds)
        pipe.send_bytes(_answer(function, item, start.limits))


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
        result = Failure(reason, False, type(error).__name__, traceback.format_exc()[-_DETAIL:])
    try:
        answer = pickle.dumps((goes_on, result), protocol=pickle.HIGHEST_PROTOCOL)
    except (pickle.PicklingError, TypeError, AttributeError, MemoryError, RecursionError) as error:
        return pickle.dumps(
            (False, Failure(_short(f"the result cannot be handed over: {error}"), False, "Unpicklable"))
        )
    if len(answer) > limits.output_mb * 1_000_000:
        failure = Failure(f"the result is larger than {limits.output_mb} MB", False, "TooLarge")
        return pickle.dumps((goes_on, failure))
    return answer


def _short(reason: str) -> str:
    reason = " ".join(reason.split())
    return reason if len(reason) <= _REASON else reason[: _REASON - 1] + "…"


def _allow_processor_time(seconds: int) -> None:
    """The limit counts from the start of the process, so it is moved on for every item."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + seconds, hard))


def _leave_with_parent(parent: int) -> None:
    """A parent ended by kill -9 closes nothing; its children find another process in its place."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os.killpg(0, signal.SIGKILL)
