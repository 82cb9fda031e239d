"""How fast may mail go out? Evenly, at most so many mails a minute: relays shut out who comes in bursts."""

import time
from collections.abc import Callable


class Pace:
    """Lets one mail go every 60 / `a_minute` seconds; 0: as fast as they come."""

    def __init__(
        self,
        a_minute: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.gap = 60 / a_minute if a_minute > 0 else 0.0
        self._clock, self._sleep = clock, sleep
        self._next = float("-inf")

    def wait(self) -> bool:
        """Until the next mail may go; True if that took a while, in which something may have changed."""
        now = self._clock()
        late = self._next - now
        if late > 0:
            self._sleep(late)
        self._next = max(now, self._next) + self.gap
        return late > 0
