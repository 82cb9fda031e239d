"""How does a person at a terminal see it? Plain lines and tables; what scripts read is made by --json instead."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from flows.adding import Added
from flows.doctor import Check
from flows.progress import shown_by
from flows.steps import SourceLine
from pipeline import POOR, PicturesReport, ReadReport
from search.checking import DRIFTS, CheckReport
from search.known import POOR_TEXT, Known
from search.results import Hit, Passage, Results, Widening
from search.standing import Unread

console = Console(highlight=False, soft_wrap=True)


class Bars:
    """Progress bars, one a piece of work; the bar of a finished piece stays, with its time."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def begin(self, name: str) -> None:
        self._tasks[name] = self._progress.add_task(name, total=None)

    def advance(self, name: str, done: int, total: int) -> None:
        self._progress.update(self._tasks[name], completed=done, total=max(total, done) or None)

    def end(self, name: str) -> None:
        task = self._tasks.pop(name)
        done = next(t.completed for t in self._progress.tasks if t.id == task)
        self._progress.update(task, completed=done or 1, total=done or 1)


@contextmanager
def bars(quiet: bool = False) -> Iterator[None]:
    """Shows bars on stderr while inside, if someone is looking."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress, shown_by(Bars(progress)):
        yield


def crawl_line(line: dict[str, Any]) -> str:
    if line["state"] == "failed":
        return f"{line['source']}: FAILED, {line['reason']}"
    return (
        f"{line['source']}: {line['found']} found, {line['fetched']} fetched, "
        f"{line['unchanged']} unchanged, {line['failed']} failed"
    )


def pictures_line(report: PicturesReport) -> str:
    counts = f"{report.seen} pages read by OCR, {report.failed} failed, {report.waiting} wait; {report.files} files"
    return counts + (f"; {report.problem}" if report.problem else "")


def kept_lines(report: ReadReport) -> list[str]:
    """Files that were read before and cannot be read any more, each with the reason."""
    kept = [each for each in report.outcomes if each.state == "kept"]
    lines = [f"{len(kept)} could not be read again, and keep the text they had:"] if kept else []
    return lines + [f"  {each.sha256}  {each.symbol or each.title}  {each.reason}" for each in kept]


def added_line(line: Added) -> str:
    parts = (line.file, line.sha256, line.status, line.reason, line.work or "", line.symbol or "")
    return "  ".join(part for part in parts if part)


def results(found: Results) -> None:
    """The query in words, complaints, what was perhaps meant, what widening brought, then the hits."""
    alone = f" ({found.by_meaning} by meaning alone)" if found.by_meaning else ""
    console.print(Text(f"{found.total} {found.unit}{alone}: {found.said}", style="bold"))
    for complaint in found.complaints:
        console.print(Text(f"  ! {complaint.message}", style="yellow"))
    if found.suggestion:
        console.print(Text(f"  did you mean: {found.suggestion.query}", style="green"))
    for widening in found.widened:
        console.print(_widening(widening))
    hits(found.hits)
    if found.after:
        console.print(Text(f"\nmore: --after {found.after}", style="dim"))


def similar(work: str, found: Sequence[Hit]) -> None:
    """More like this work."""
    console.print(Text(f"{len(found)} works like {work}", style="bold"))
    hits(found)


def hits(found: Sequence[Hit]) -> None:
    """Each with the paragraphs that answer."""
    for hit in found:
        console.print()
        console.print(Text(", ".join(hit.symbols) or hit.work, style="bold"), end="  ")
        console.print(Text(hit.title))
        where = [hit.publisher, hit.body, str(hit.date or "no date"), " ".join(hit.languages)]
        console.print(Text("  " + "  ".join(part for part in where if part), style="dim"))
        for passage in hit.passages:
            console.print(_passage(passage))


def _widening(widening: Widening) -> Text:
    """What its words find, and how much of that is new; those that find nothing are only counted."""
    text = Text(f"  widened {widening.asked} to {widening.label}: ", style="dim")
    finding = [each for each in widening.variants if each.total]
    words = [f"{each.text} ({each.language}) {each.total}, {each.added} new" for each in finding]
    empty = sum(each.total == 0 for each in widening.variants)
    uncounted = sum(each.total is None for each in widening.variants)
    more = [f"{empty} that find nothing"] * bool(empty) + [f"{uncounted} not counted"] * bool(uncounted)
    return text.append("; ".join([*words, *more]))


def _passage(passage: Passage) -> Text:
    poor = f"  ({POOR_TEXT})" if passage.quality < POOR else ""
    where = f", p. {passage.page}" if passage.paragraph else ""  # without a number the citation names the page
    alike = f"  ({passage.similarity:.2f} alike)" if passage.similarity is not None else ""
    text = Text(f"  {passage.citation}{where}{alike}{poor}\n    ", style="dim")
    quoted = Text(passage.text, style="default")
    for start, end in passage.marks:
        quoted.stylize("bold reverse", start, end)
    return text.append_text(quoted)


def work(known: Known) -> None:
    """All that is known of a work."""
    console.print(Text(", ".join(known.symbols) or known.work, style="bold"))
    facts = {
        "title": known.title,
        "publisher": known.publisher,
        "body": known.body,
        "session": known.session,
        "agenda item": known.agenda_item,
        "date": known.date,
        "kind": known.kind,
        "languages": " ".join(known.languages),
    }
    for name, value in facts.items():
        console.print(Text(f"  {name:<12} {value if value not in (None, '') else 'unknown'}"))
    for document in known.documents:
        console.print(
            Text(
                f"  document     {document.sha256}  {document.language or '?'}  {' '.join(document.symbols)}  "
                f"{document.pages} pages, {document.state} {document.reason}".rstrip()
            )
        )
    for group in known.mentions:
        values = ", ".join(f"{spoken.value} ({spoken.count})" for spoken in group.values[:12])
        console.print(Text(f"  {group.kind:<12} {values}{', ...' if group.total > 12 else ''}"))
    for cited in known.citations[:20]:
        console.print(Text(f"  cites        {cited.target} ({cited.count})"))
    for capture in known.captures:
        console.print(Text(f"  seen         {capture.captured:%Y-%m-%d %H:%M} UTC  {capture.source}  {capture.url}"))


def sources(lines: Sequence[SourceLine]) -> None:
    """The table that a run ends with."""
    table = Table(box=None, pad_edge=False)
    for name in ("source", "publisher"):
        table.add_column(name, no_wrap=True)
    for name in ("found", "fetched", "unchanged", "read", "waiting", "quarantined", "failed"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("late")
    for line in lines:
        counts = (line.found, line.fetched, line.unchanged, line.read, line.waiting, line.quarantined, line.failed)
        table.add_row(line.source, line.publisher, *map(str, counts), "LATE" if line.late else "no")
    Console(highlight=False, width=max(console.width, 110)).print(table)
    for line in lines:
        if line.reason:
            console.print(Text(f"  {line.source}: {line.reason}", style="yellow"))


def checked(report: CheckReport) -> None:
    """Each source on both sides, what differed and what was mended; then all together."""
    table = Table(box=None, pad_edge=False)
    table.add_column("source", no_wrap=True)
    for name in ("catalog", "index", *DRIFTS, "mended"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("seals")
    for line in report.sources:
        counts = (line.works, line.held, *line.drift.values(), line.mended)
        seals = f"{line.seal:016x}" + (f" against {line.held_seal:016x}" if line.seal != line.held_seal else "")
        table.add_row(line.source or "(no source)", *map(str, counts), seals)
    Console(highlight=False, width=max(console.width, 130)).print(table)
    waiting = f"; {report.waiting} changed since and were not compared" if report.waiting else ""
    console.print(f"{report.works} works, {report.drift} differed, {report.mended} mended{waiting}")


def unread(rows: Sequence[Unread]) -> None:
    """One line a file: where it stands and why."""
    if not rows:
        console.print("nothing is quarantined, nothing waits")
    for row in rows:
        console.print(Text(f"{row.sha256}  {row.state}  {row.reason}  {row.title}  {row.url}"))


def doctor(settings: Sequence[tuple[str, str, str]], checks: Sequence[Check]) -> None:
    """Every setting with its value and meaning, then what was looked at."""
    for name, value, meaning in settings:
        console.print(Text(f"{name:<30} {value or '(empty)':<32} {meaning}"))
    console.print()
    for check in checks:
        console.print(
            Text(f"{'ok ' if check.ok else 'NO '} {check.name}: {check.found}", style="" if check.ok else "yellow")
        )
        if not check.ok:
            console.print(Text(f"    costs: {check.cost}. To mend: {check.remedy}"))
