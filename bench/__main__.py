"""`make bench`: prints every figure beside its baseline from the same run."""

import os
import platform
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from bench import ledger, reading, searching
from bench.measure import peak_memory_mb


def main() -> int:
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print(f"{'figure':<54}{'ours':>12}{'baseline':>12}{'ratio':>8}  unit, and what it is beside")
    for part in (ledger, searching, reading):
        for figure in part.figures():
            print(
                f"{figure.name:<54}{figure.ours:>12,.2f}{figure.baseline:>12,.2f}{figure.ratio:>8.2f}  "
                f"{figure.unit} ({figure.better} is better), {figure.beside}",
                flush=True,
            )
    print(f"\npeak memory of this process: {peak_memory_mb():,.0f} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
