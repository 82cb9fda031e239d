"""What are one candidate's figures? Taken in a process of its own, so that its memory is its own.

python -m bench.alerts.child WHAT SEARCHES SHARE WORKS [URL]     prints one line of JSON
"""

import gc
import json
import sys
import tempfile
from pathlib import Path

from bench.alerts import alone, through
from bench.alerts.made import Searches, stock, tree


def main(what: str, number: str, share: str, works: str, url: str = "") -> int:
    made = stock(int(works))
    searches = [(text, tree(text)) for text in Searches(made, float(share)).some(int(number))]
    gc.collect()
    before = forget_peak()
    if what == "ledger":
        with tempfile.TemporaryDirectory() as folder:
            figures = through.measured(Path(folder), searches, made)
    else:
        every = {"ours": alone.Ours, "engine": alone.Engine, "raw": alone.Raw, "naive": alone.Naive}
        candidate = alone.Percolator(url) if what == "percolator" else every[what]()
        figures = dict(alone.measured(candidate, searches, made))
    figures |= {"memory": held("VmHWM"), "before": before}
    sys.stdout.write(json.dumps(figures) + "\n")
    return 0


def forget_peak() -> float:
    """What making the works and searches took at most is nobody's figure: from here on the kernel counts anew."""
    Path("/proc/self/clear_refs").write_text("5")
    return held("VmHWM")


def held(name: str) -> float:
    """MiB, as Linux says them."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:"))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
