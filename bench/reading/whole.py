"""What does the whole way cost, and what becomes of every file? Real commands in a fresh home, without OCR and with.

First `forumwatch add` where no Tesseract is to be found, then what is left over where it is; then the same files stage
by stage in this process.
"""

import hashlib
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from bench.reading import needs
from bench.reading.truth import CORPUS
from catalog import Catalog, tables

EMPTY = "no text in the picture"
Command = tuple[str, float, float]  # what was run, seconds by the clock, of the processors


@dataclass(slots=True)
class File:
    """Where a file of the corpus ended."""

    name: str
    state: str
    reason: str = ""
    methods: Counter[str] = field(default_factory=Counter)  # pages by who read them
    quality: float = 1.0  # of its worst page
    awaiting: int = 0


@dataclass(frozen=True, slots=True)
class Way:
    commands: list[Command]
    files: list[File]
    worst: list[tuple[str, int, float, str, str]]  # file, page, quality, method, note
    pictures: int  # pages that OCR looked at
    unseen: int  # pages that still wait for it, or that it failed on


def corpus_files(corpus: Path = CORPUS) -> list[Path]:
    """Every PDF and every page of the web."""
    pdf, html = corpus / "pdf", corpus / "html"
    return sorted(
        [*pdf.glob("*.pdf"), *pdf.glob("edge/*.pdf"), *html.glob("*.htm*"), *html.glob("main_content/*.html")]
    )


def walk(files: Sequence[Path], home: Path) -> Way:
    """Takes all files in, without OCR and then with it, and looks into the catalog."""
    bare = {"PATH": str(Path(sys.executable).parent)}  # no Tesseract there
    commands = [_run(home, ["add", "--json", *map(str, files)], "add, where Tesseract is missing", bare)]
    for said, arguments in _with_ocr():
        commands.append(_run(home, arguments, said, {}))
    catalog = Catalog(f"sqlite:///{home / 'catalog.sqlite'}")
    with catalog.read() as connection:
        looked = sa.select(sa.func.count()).select_from(tables.ocr_pages)
        done = connection.execute(looked.where(tables.ocr_pages.c.state == "done")).scalar_one()
        left = connection.execute(looked.where(tables.ocr_pages.c.state != "done")).scalar_one()
    return Way(commands, files_of(catalog, files), _worst(catalog, files), done, left)


def _with_ocr() -> list[tuple[str, list[str]]]:
    return [("read --only pictures", ["read", "--only", "pictures", "--json"]), ("index", ["index"])]


def _run(home: Path, arguments: list[str], said: str, more: dict[str, str]) -> Command:
    environment = {**os.environ, "FORUMWATCH_HOME": str(home), "OPENBLAS_NUM_THREADS": "1", **more}
    begun = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "flows.cli", *arguments], env=environment, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"`forumwatch {arguments[0]}` ended with {os.waitstatus_to_exitcode(status)}")
    return said, time.monotonic() - begun, usage.ru_utime + usage.ru_stime


def files_of(catalog: Catalog, files: Sequence[Path]) -> list[File]:
    documents, pages = tables.documents, tables.pages
    by_hash = {_sha256(path): path for path in files}
    found = {path: File(_name(path), "LOST", "no row in the catalog") for path in files}
    with catalog.read() as connection:
        ids = {}
        for row in connection.execute(sa.select(documents)).mappings():
            if path := by_hash.get(row["sha256"]):
                ids[row["id"]] = found[path] = File(_name(path), row["state"], row["reason"] or "")
        for row in connection.execute(sa.select(pages)).mappings():
            if file := ids.get(row["document_id"]):
                file.methods[row["method"]] += 1
                file.quality = min(file.quality, row["quality"])
                file.awaiting += bool(row["awaits_ocr"])
    return list(found.values())


def _worst(catalog: Catalog, files: Sequence[Path], number: int = 40) -> list[tuple[str, int, float, str, str]]:
    """The pages of the lowest quality that hold anything; those whose picture is empty hold nothing."""
    pages, documents = tables.pages, tables.documents
    by_hash = {_sha256(path): _name(path) for path in files}
    query = (
        sa.select(documents.c.sha256, pages.c.page, pages.c.quality, pages.c.method, pages.c.note)
        .join_from(pages, documents)
        .where(sa.or_(sa.func.length(pages.c.text) > 0, pages.c.note.notin_(("", EMPTY))))
        .order_by(pages.c.quality, documents.c.sha256, pages.c.page)
        .limit(number)
    )
    with catalog.read() as connection:
        return [(by_hash.get(row[0], row[0]), *row[1:]) for row in connection.execute(query)]


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}" if path.parent.name not in ("pdf", "html") else path.name


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def times(way: Way) -> str:
    """Seconds a page of each command."""
    number = sum(sum(file.methods.values()) for file in way.files)
    lines = [f"| command, {number:,} pages | seconds | CPU seconds | CPU s a page |", "| --- | ---: | ---: | ---: |"]
    for said, clock, cpu in way.commands:
        lines.append(f"| {said} | {clock:,.0f} | {cpu:,.0f} | {cpu / max(1, number):.3f} |")
    seconds = sum(cpu for said, _, cpu in way.commands if "pictures" in said)
    each = f"{seconds / way.pictures:.2f} CPU seconds each" if way.pictures else "nothing to do"
    lines += ["", f"OCR looked at {way.pictures} pages, {each}; {way.unseen} wait or failed."]
    return "\n".join(lines)


def states(way: Way) -> str:
    """Every file and what became of it."""
    lines = ["| file | state | pages by reader | worst page | |", "| --- | --- | --- | ---: | --- |"]
    for file in way.files:
        readers = ", ".join(f"{number} {method or 'none'}" for method, number in file.methods.most_common())
        said = file.reason or (f"{file.awaiting} pages await OCR" if file.awaiting else "")
        worst = f"{file.quality:.2f}" if file.methods else ""
        lines.append(f"| {file.name} | {file.state} | {readers} | {worst} | {said.replace('|', '/')} |")
    return "\n".join(lines)


def worst(way: Way) -> str:
    """The worst pages; the reason is the page's own note, or what a look at it said."""
    seen = needs.needs()
    lines = ["| page | quality | read by | why |", "| --- | ---: | --- | --- |"]
    for file, page, quality, method, note in way.worst:
        why = note or seen.get((file, page), ("", ""))[1]
        lines.append(f"| {file} p. {page} | {quality:.2f} | {method} | {why} |")
    return "\n".join(lines)
