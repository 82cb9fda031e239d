"""How are the figures shown? As tables that say what each row holds, printed and kept in docs/search.md."""

import os
import platform
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[2] / "docs" / "search.md"
BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"
COLUMNS = ("works/s", "of raw", "rebuild", "its CPU", "on disk", "p50", "p95", "p99", "found", "memory")
HEAD = f"| | {' | '.join(COLUMNS)} |\n| --- |{' ---: |' * len(COLUMNS)}\n"
GROWN = {"seconds": "time to index", "cpu": "its CPU", "bytes": "size", "p50": "p50", "p95": "p95"}

Row = dict[str, Any]


def heading() -> str:
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return f"Measured on {date.today().isoformat()} ({machine}); all rows of a table in one run, one after the other."


def table(title: str, rows: Sequence[Row]) -> str:
    raw = next((row for row in rows if row["name"].endswith("same documents")), None)
    return f"**{title}**\n\n{HEAD}" + "".join(_line(row, raw) for row in rows)


def _line(row: Row, raw: Row | None) -> str:
    rate = row["works"] / row["seconds"]
    ratio = f"{rate / (raw['works'] / raw['seconds']):.2f}" if raw else ""
    memory = _mib(row["memory"]) + (f" + {_mib(row['server'])} server" if row["server"] else "")
    indexed = f"{rate:,.0f} | {ratio} | {row['seconds']:,.1f} s | {row['cpu']:,.1f} s | {_mib(row['bytes'])}"
    line = f"| {row['name']} | {indexed} | {_times(row, '')} | {row['found']:,} | {memory} |\n"
    if "paragraphs_p50" in row:
        asked = f"{_times(row, 'paragraphs_')} | {row['paragraphs_found']:,}"
        line += f"| … asked for paragraphs | | | | | | {asked} | |\n"
    return line


def _mib(number: int) -> str:
    return f"{number / 2**20:,.0f} MiB"


def _times(row: Row, prefix: str) -> str:
    return " | ".join(f"{row[f'{prefix}p{share}']:.1f} ms" for share in (50, 95, 99))


def growth(small: Row, large: Row) -> str:
    """What four times as much, or however much it was, costs."""
    times = large["works"] / small["works"]
    parts = [f"{label} {large[name] / small[name]:.2f}" for name, label in GROWN.items()]
    what = f"From {small['works']:,} to {large['works']:,} works ({times:.1f} times as many)"
    return f"{what}: {', '.join(parts)} times as much.\n"


def keep(text: str) -> None:
    """Puts the tables between their marks in docs/search.md."""
    whole = DOCS.read_text(encoding="utf-8")
    before, _, rest = whole.partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCS.write_text(f"{before}{BEGIN}\n\n{text.strip()}\n\n{END}{after}", encoding="utf-8")
