"""What is one figure? Ours, the baseline's, and the ratio of the two, both taken in this run on this machine."""

import gc
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`ours` and `baseline` in the same `unit`; `better` says which way is up."""

    name: str
    ours: float
    baseline: float
    unit: str
    beside: str
    better: str = "higher"

    @property
    def ratio(self) -> float:
        return self.ours / self.baseline if self.baseline else float("nan")


def seconds(work: Callable[[], object], repeat: int = 3) -> float:
    """The quickest of some runs: what disturbs a run only ever makes it slower."""
    best = float("inf")
    for _ in range(repeat):
        gc.collect()
        begun = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begun)
    return best


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def peak_memory_mb() -> float:
    """The most this process has held so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
