"""What becomes of a file that someone takes in by hand? From the folder through to the index, one line a file."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from catalog import ForumwatchError
from catalog.tables import documents, works
from crawlers import add_file
from flows import steps
from flows.house import House
from lexicon import publishers


class UnknownPublisher(ForumwatchError):
    """Raised when a file is said to be by someone the lexicon does not have."""


@dataclass(frozen=True, slots=True)
class Added:
    """Where a file ended: `status` is indexed, known (it was here before), quarantined or waiting."""

    file: str
    sha256: str
    status: str
    reason: str
    work: str | None
    symbol: str | None


def known_publisher(name: str) -> str:
    """The publisher's code, whatever the case it was typed in."""
    codes = {publisher.code.upper(): publisher.code for publisher in publishers()}
    if name.upper() not in codes:
        raise UnknownPublisher(f"no publisher {name!r}; there are {', '.join(sorted(codes.values()))}")
    return codes[name.upper()]


def add(house: House, paths: Iterable[Path], publisher: str) -> list[Added]:
    """Takes in every file (folders are walked), reads, indexes and matches; the lines are in the order of the files."""
    files = [file for path in paths for file in _walk(path)]
    before = {sha256 for sha256 in map(_sha256, files) if _row(house, sha256) is not None}
    taken = [(file, add_file(house.catalog, house.archive, file, publisher)) for file in files]
    steps.read(house)
    steps.index(house)
    steps.match(house)
    return [_line(house, file, sha256, known=sha256 in before) for file, sha256 in taken]


def standing(house: House, name: str) -> str | None:
    """Where the file with this SHA-256 stands, in words; None if it is not here."""
    row = _row(house, name)
    return f"{row.state}: {row.reason}" if row else None


def _walk(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith("."))
    return [path]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _row(house: House, sha256: str) -> sa.Row[tuple[str, str, str | None, str | None]] | None:
    query = (
        sa.select(documents.c.state, documents.c.reason, works.c.key, documents.c.symbol)
        .join_from(documents, works, documents.c.work_id == works.c.id, isouter=True)
        .where(documents.c.sha256 == sha256)
    )
    with house.catalog.read() as connection:
        return connection.execute(query).one_or_none()


def _line(house: House, file: Path, sha256: str, known: bool) -> Added:
    row = _row(house, sha256)
    if row is None:
        return Added(str(file), sha256, "waiting", "not read yet", None, None)
    status = row.state if row.state != "read" else "known" if known else "indexed"
    return Added(str(file), sha256, status, row.reason, row.key, row.symbol)
