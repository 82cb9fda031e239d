"""What do alerts cost? `make bench-alerts`: saved searches against new works, alone and through the ledger.

Every figure stands beside its baselines from the same run, each taken in a process of its own, one after the other.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from bench.alerts.made import NARROW, WIDE

DOCS = Path(__file__).parents[2] / "docs" / "alerts.md"
BEGIN, END = "<!-- bench: matching: begin -->", "<!-- bench: matching: end -->"
WORKS = 2000
SIZES = (1_000, 10_000, 100_000)
BASELINES_UP_TO = 10_000  # searches; above it they take minutes
WIDE_UP_TO = 10_000  # through the ledger: one in sixteen of 100,000 would be 12 million rows
SHARES = {NARROW: "one pair in a thousand", WIDE: "one pair in sixteen"}
HEAD = (
    "| searches | matching | | time | CPU | works/s | pairs found | once before | memory |\n"
    "| ---: | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n"
)


def main() -> int:
    asked = _asked()
    lines = [_heading(asked.works), "", HEAD.rstrip()]
    for share, said in SHARES.items():
        for number in (size for size in SIZES if size <= asked.searches):
            for what in _candidates(number, share, asked.percolator):
                figures = _measure(what, number, share, asked.works, asked.percolator)
                lines.append(_row(number, said, figures, asked.works))
                _show(lines[-1])
    text = "\n".join(lines)
    _show(text)
    if asked.keep:
        _keep(text)
    return subprocess.run([sys.executable, "-m", "bench.alerts.digests"], check=False).returncode


def _candidates(number: int, share: float, url: str) -> Sequence[str]:
    found = ["ours"]
    if number <= BASELINES_UP_TO:
        found += ["engine", "raw", "naive", *(["percolator"] if url else [])]
    if share == NARROW or number <= WIDE_UP_TO:
        found.append("ledger")
    return found


def _measure(what: str, number: int, share: float, works: int, url: str) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.alerts.child", what, str(number), str(share), str(works), url]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _row(number: int, said: str, figures: dict[str, float], works: int) -> str:
    seconds = figures["seconds"]
    before = f"{figures['prepared']:.2f} s" if "prepared" in figures else ""
    times = f"{seconds:.2f} s | {figures['cpu']:.2f} s | {works / seconds:,.0f}"
    memory = f"{figures['memory'] - figures['before']:,.0f} MiB more than {figures['before']:,.0f}"
    return f"| {number:,} | {said} | {figures['name']} | {times} | {figures['pairs']:,} | {before} | {memory} |"


def _heading(works: int) -> str:
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return (
        f"Measured on {date.today().isoformat()} ({machine}; load at the start {os.getloadavg()[0]:.1f}): "
        f"{works:,} new works of about 700 words; a third of the searches phrases, a third two words together, "
        "a third one of two words."
    )


def _keep(text: str) -> None:
    """Puts the table between its marks in docs/alerts.md."""
    whole = DOCS.read_text(encoding="utf-8")
    before, _, rest = whole.partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCS.write_text(f"{before}{BEGIN}\n\n{text.strip()}\n\n{END}{after}", encoding="utf-8")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.alerts", description=__doc__)
    parser.add_argument("--works", type=int, default=WORKS)
    parser.add_argument("--searches", type=int, default=max(SIZES), help="at most so many")
    parser.add_argument(
        "--percolator", default="", help="address of an Elasticsearch that has one, to be beside it too"
    )
    parser.add_argument("--keep", action="store_true", help="write the table into docs/alerts.md")
    return parser.parse_args()


def _show(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
