"""How are the figures shown? As tables that say what each row holds, printed and kept in docs/search.md."""

import os
import platform
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[2] / "docs" / "search.md"
BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"
HEAD = (
    "| | works/s | of raw | rebuild | on disk | p50 | p95 | p99 | found | memory |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
)

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
    memory = f"{row['memory'] / 2**20:,.0f} MiB"
    if row["server"]:
        memory += f" + {row['server'] / 2**20:,.0f} MiB server"
    first = (
        f"| {row['name']} | {rate:,.0f} | {ratio} | {row['seconds']:,.1f} s | {row['bytes'] / 2**20:,.0f} MiB "
        f"| {_times(row, '')} | {row['found']:,} | {memory} |\n"
    )
    if "paragraphs_p50" in row:
        first += f"| … asked for paragraphs | | | | | {_times(row, 'paragraphs_')} | {row['paragraphs_found']:,} | |\n"
    return first


def _times(row: Row, prefix: str) -> str:
    return " | ".join(f"{row[f'{prefix}p{share}']:.1f} ms" for share in (50, 95, 99))


def growth(small: Row, large: Row) -> str:
    """What four times as much, or however much it was, costs."""
    times = large["works"] / small["works"]
    parts = [
        f"{label} {large[name] / small[name]:.2f}"
        for label, name in (("time to index", "seconds"), ("size", "bytes"), ("p50", "p50"), ("p95", "p95"))
    ]
    return (
        f"From {small['works']:,} to {large['works']:,} works ({times:.1f} times): {', '.join(parts)} times as much.\n"
    )


def keep(text: str) -> None:
    """Puts the tables between their marks in docs/search.md."""
    whole = DOCS.read_text(encoding="utf-8")
    before, _, rest = whole.partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCS.write_text(f"{before}{BEGIN}\n\n{text.strip()}\n\n{END}{after}", encoding="utf-8")
