"""Whose turn is it to ask this host? One request at a time, at its pace, over all processes of this machine."""

import asyncio
import fcntl
import random
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO

JITTER = 0.3  # a pace of 2 s means 1.4 to 2.6 s
LOOK_AGAIN = 0.05  # seconds between two looks at a lock that another process holds


class Turns:
    """A small file a host: whoever asks the host holds its lock, and leaves in it when the last request began.

    The system lets go of the lock when a process dies, however it dies, so a killed crawl blocks nobody
    and the next one still keeps the pace.
    """

    def __init__(self, folder: Path, pace: float = 1.0) -> None:
        self._folder = folder
        self._pace = pace
        self._slower: dict[str, float] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    def slow_down(self, host: str, seconds: float) -> None:
        """From now on at least `seconds` between two requests (Crawl-delay of robots.txt)."""
        self._slower[host] = max(seconds, self._slower.get(host, 0.0))

    @asynccontextmanager
    async def turn(self, host: str, pace: float) -> AsyncIterator[None]:
        """Waits for the turn; inside the block, nobody else on this machine asks the host."""
        async with self._locks.setdefault(host, asyncio.Lock()):
            self._folder.mkdir(parents=True, exist_ok=True)
            with (self._folder / re.sub(r"[^a-z0-9.-]", "_", host.lower())).open("a+") as file:
                await _lock(file)
                await asyncio.sleep(self._wait(host, pace, _last(file)))
                _note(file, time.time())
                yield

    def _wait(self, host: str, pace: float, last: float) -> float:
        # The host's own Crawl-delay is its wish and is never cut short by chance.
        delay = max(pace * random.uniform(1 - JITTER, 1 + JITTER), self._slower.get(host, 0.0)) * self._pace
        return min(max(0.0, last + delay - time.time()), delay)


async def _lock(file: IO[str]) -> None:
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            await asyncio.sleep(LOOK_AGAIN)
        else:
            return


def _last(file: IO[str]) -> float:
    file.seek(0)
    try:
        return float(file.read() or 0)
    except ValueError:  # half written by a process that was killed: the pace restarts from now
        return time.time()


def _note(file: IO[str], moment: float) -> None:
    file.seek(0)
    file.truncate()
    file.write(f"{moment:.3f}")
    file.flush()
