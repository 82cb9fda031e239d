"""What do a process and the programs it started use, and how are they ended? Read from /proc; 0 where there is none."""

import os
import signal
from collections.abc import Sequence
from pathlib import Path

_PROC = Path("/proc")


def family(pid: int) -> list[int]:
    """The process, its children, their children; those that are gone meanwhile are left out."""
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        try:
            kin = [path.read_text().split() for path in (_PROC / str(one) / "task").glob("*/children")]
        except OSError:
            continue
        found.append(one)
        waiting.extend(int(name) for names in kin for name in names)
    return found


def memory_mb(pids: Sequence[int]) -> float:
    """Resident memory, less what is shared with others or with files."""
    pages = 0
    for pid in pids:
        try:
            fields = (_PROC / str(pid) / "statm").read_text().split()
            pages += int(fields[1]) - int(fields[2])
        except (OSError, IndexError, ValueError):
            continue
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def processor_seconds(pids: Sequence[int]) -> float:
    """Processor time, with that of children which have ended."""
    ticks = 0
    for pid in pids:
        try:  # the second field is a name in brackets that may hold anything
            fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))
        except (OSError, IndexError, ValueError):
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


def disk_mb(folder: Path) -> float:
    """The size of all files below a folder."""
    size = 0
    for at, _, names in os.walk(folder):
        for name in names:
            try:
                size += (Path(at) / name).lstat().st_size
            except OSError:
                continue
    return size / 1e6


def give_way(pids: Sequence[int]) -> None:
    """Lets all others have the processor first. There is no way back, which needs no privilege."""
    for pid in pids:
        try:
            os.setpriority(os.PRIO_PROCESS, pid, 19)
        except OSError:
            continue


def end(pids: Sequence[int]) -> None:
    """Ends them at once."""
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            continue
