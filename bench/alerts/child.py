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
from bench.measure import peak_memory_mb


def main(what: str, number: str, share: str, works: str, url: str = "") -> int:
    made = stock(int(works))
    searches = [(text, tree(text)) for text in Searches(made, float(share)).some(int(number))]
    gc.collect()
    before = peak_memory_mb()
    if what == "ledger":
        with tempfile.TemporaryDirectory() as folder:
            figures = through.measured(Path(folder), searches, made)
    else:
        every = {"ours": alone.Ours, "engine": alone.Engine, "raw": alone.Raw, "naive": alone.Naive}
        candidate = alone.Percolator(url) if what == "percolator" else every[what]()
        figures = dict(alone.measured(candidate, searches, made))
    figures |= {"memory": peak_memory_mb(), "before": before}
    sys.stdout.write(json.dumps(figures) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
