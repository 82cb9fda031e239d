"""How is it shown? Tables in Markdown, one figure a candidate, the best in bold, what we lose marked."""

import os
import platform
import subprocess
from collections.abc import Callable, Sequence
from datetime import date
from importlib import metadata
from pathlib import Path

from bench.reading.candidates import MISSING
from bench.reading.compare import Score
from bench.reading.text import OURS, TIE, Row

DOCS = Path(__file__).parents[2] / "docs" / "reading.md"
BEGIN, END = "<!-- bench: reading: begin -->", "<!-- bench: reading: end -->"
_MEASURES: tuple[tuple[str, Callable[[Score], float], bool], ...] = (
    ("Character error, %", lambda s: s.characters, False),
    ("Word error, %", lambda s: s.words, False),
    ("In order, %", lambda s: s.order, True),
    ("Raw character error, %", lambda s: s.raw_characters, False),
    ("Raw word error, %", lambda s: s.raw_words, False),
)


def text(rows: Sequence[Row], raw: bool = True) -> str:
    """One table for each measure, and the mean of its files."""
    parts = []
    for title, figure, more in _MEASURES if raw else _MEASURES[:3]:
        values = [(row.truth.name, {name: figure(found) for name, found in row.scores.items()}) for row in rows]
        parts.append(_table(title, values, more))
    whole = [(row.truth.name, row.passages) for row in rows if row.passages]
    if whole:
        parts.append(_table("Passages found whole, %", whole, True))
    return "\n\n".join(parts)


def _table(title: str, values: list[tuple[str, dict[str, float]]], more: bool) -> str:
    names = list(values[0][1])
    mean = {name: sum(found[name] for _, found in values) / len(values) for name in names}
    lines = [f"| {title} | {' | '.join(names)} |", f"| --- |{' ---: |' * len(names)}"]
    for file, found in [*values, ("**mean**", mean)]:
        best = (max if more else min)(found.values())
        shown = [_share(found[name], best) for name in names]
        behind = " (behind)" if abs(found[OURS] - best) > TIE else ""
        lines.append(f"| {file}{behind} | {' | '.join(shown)} |")
    return "\n".join(lines)


def _share(value: float, best: float) -> str:
    shown = f"{100 * value:.2f}"
    return f"**{shown}**" if abs(value - best) <= TIE else shown


def speed(rows: Sequence[Row]) -> str:
    """Pages a second of one core over the files without OCR."""
    pages = sum(row.number for row in rows)
    names = list(rows[0].seconds)
    spent = {name: sum(row.seconds[name] for row in rows) for name in names}
    lines = ["| | pages | CPU seconds | pages/s of a core | beside pypdfium2 |", "| --- | ---: | ---: | ---: | ---: |"]
    for name in names:
        ratio = spent["pypdfium2"] / spent[name]
        lines.append(f"| {name} | {pages} | {spent[name]:.2f} | {pages / spent[name]:,.1f} | {ratio:.2f} |")
    return "\n".join(lines)


def verdict(rows: Sequence[Row]) -> str:
    """The goal in a sentence: as good as the best single extractor on every file."""
    lost = [f"{row.truth.name} ({', '.join(row.behind)})" for row in rows if row.behind]
    if not lost:
        return f"Ours is at least as good as the best single extractor on each of {len(rows)} files."
    return f"Behind the best single extractor on {len(lost)} of {len(rows)} files: {'; '.join(lost)}."


def heading() -> str:
    """When and where it was measured, and against what."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("pypdfium2", "pdfplumber", "trafilatura"))
    poppler = []
    if not MISSING:
        asked = subprocess.run(["pdftotext", "-v"], capture_output=True, text=True, check=False)
        poppler = asked.stderr.splitlines()
    return (
        f"Measured on {date.today().isoformat()} ({machine}; load at the start {os.getloadavg()[0]:.1f}) "
        f"with {versions}, {poppler[0] if poppler else 'no pdftotext'}."
    )


def keep(text: str) -> None:
    """Puts the tables between their marks in docs/reading.md."""
    whole = DOCS.read_text(encoding="utf-8")
    before, mark, rest = whole.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not mark or not end:
        raise SystemExit(f"{DOCS} has no marks to write between")
    DOCS.write_text(f"{before}{BEGIN}\n\n{text.strip()}\n\n{END}{after}", encoding="utf-8")
