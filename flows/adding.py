"""What becomes of a file that someone takes in by hand? From the folder through to the index, one line a file."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from catalog import ForumwatchError
from catalog.tables import documents, works
from crawlers import add_file
from flows import steps
from flows.house import House
from pipeline import members_of


class UnreadableFile(ForumwatchError):
    """Stands in the line of a file that could not be opened at all."""


@dataclass(frozen=True, slots=True)
class Added:
    """Where a file ended: `status` is indexed, known (it was here before), quarantined, waiting, or opened: a bundle,
    whose members follow."""

    file: str
    sha256: str
    status: str
    reason: str
    work: str | None
    symbol: str | None


def add(house: House, paths: Iterable[Path], publisher: str) -> list[Added]:
    """Takes in every file (folders are walked), reads, indexes and matches; the lines are in the order of the files,
    those of a bundle's members behind its own."""
    with house.catalog.read() as connection:
        before = set(connection.execute(sa.select(documents.c.sha256)).scalars())
    taken = [(file, _take(house, file, publisher)) for path in paths for file in _walk(path)]
    steps.read(house)
    added = [one for _, sha256 in taken if isinstance(sha256, str) for one in _lines(house, "", sha256, before)]
    steps.pictures(house, frozenset(one.sha256 for one in added))
    steps.index(house)
    steps.match(house)
    lines: list[Added] = []
    for file, sha256 in taken:
        if isinstance(sha256, ForumwatchError):
            lines.append(Added(_printable(file), "", "quarantined", str(sha256), None, None))
        else:
            lines += _lines(house, _printable(file), sha256, before)
    return lines


def _take(house: House, file: Path, publisher: str) -> str | ForumwatchError:
    """The file's SHA-256, or why it was not taken in: it costs itself alone."""
    try:
        return add_file(house.catalog, house.archive, file, publisher)
    except ForumwatchError as error:
        return error
    except OSError as error:
        return UnreadableFile(f"cannot be opened: {error.strerror}")


def _printable(file: Path) -> str:
    """A file's name on one line, whatever bytes it is made of."""
    return "".join(c if c.isprintable() else "\ufffd" for c in os.fsencode(file).decode("utf-8", "replace"))


def standing(house: House, name: str) -> str | None:
    """Where the file with this SHA-256 stands, in words; None if it is not here."""
    row = _row(house, name)
    return f"{row.state}: {row.reason}" if row else None


def _walk(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith("."))
    return [path]


def _row(house: House, sha256: str) -> sa.Row[tuple[str, str, str | None, str | None]] | None:
    query = (
        sa.select(documents.c.state, documents.c.reason, works.c.key, documents.c.symbol)
        .join_from(documents, works, documents.c.work_id == works.c.id, isouter=True)
        .where(documents.c.sha256 == sha256)
    )
    with house.catalog.read() as connection:
        return connection.execute(query).one_or_none()


def _lines(house: House, name: str, sha256: str, before: set[str]) -> Iterator[Added]:
    """A file's line and, of a bundle, those of all it holds, also in bundles inside it."""
    yield _line(house, name, sha256, known=sha256 in before)
    for member in members_of(house.catalog, sha256):
        yield from _lines(house, f"{name}#{member.name}", member.sha256, before)


def _line(house: House, name: str, sha256: str, known: bool) -> Added:
    row = _row(house, sha256)
    if row is None:
        return Added(name, sha256, "waiting", "not read yet", None, None)
    status = row.state if row.state != "read" else "known" if known else "indexed"
    return Added(name, sha256, status, row.reason, row.key, row.symbol)
