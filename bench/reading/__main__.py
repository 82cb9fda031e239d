"""`make bench-reading`: how true, how fast, how heavy; `--quick` for the text alone, without OCR, within a minute."""

import argparse
import os
import sys
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from bench.reading import table
from bench.reading.text import rows
from bench.reading.truth import truths


def main() -> int:
    asked = _asked()
    begun = time.process_time()
    wanted = [t for t in truths() if (t.quick or not asked.quick) and asked.only in t.path.name]
    found = list(rows(wanted, ocr=not asked.quick))
    print(table.text(found, raw=not asked.quick))
    print()
    print(table.speed(found))
    for row in found:
        if row.behind:
            print(f"behind: {row.truth.name}: {', '.join(row.behind)}")
    print(f"{time.process_time() - begun:.0f} CPU seconds")
    return 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.reading", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="some of the files with a truth, without OCR")
    parser.add_argument("--only", default="", help="files with this in their name")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
