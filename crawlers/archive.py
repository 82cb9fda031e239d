"""Where are the bytes that publishers gave us? By SHA-256, written once, never changed."""

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO

from crawlers.errors import ArchiveError

PIECE = 1024 * 1024
DAY = 24 * 3600.0
NAME = re.compile(r"[0-9a-f]{64}")


class Archive:
    """A folder of files named by the hash of their bytes, in 256 folders by its first two letters."""

    def __init__(self, path: Path) -> None:
        self.root = Path(path)
        self._incoming = self.root / "incoming"

    def path(self, sha256: str) -> Path:
        """Where these bytes are, or would be."""
        if not NAME.fullmatch(sha256):
            raise ArchiveError(f"not a SHA-256 in lower-case hexadecimal: {sha256!r}")
        return self.root / sha256[:2] / sha256[2:]

    def has(self, sha256: str) -> bool:
        return self.path(sha256).is_file()

    def put(self, data: bytes) -> str:
        """Keeps the bytes and returns their hash; bytes already here are not written again.

        After a crash there is the whole file under its name, or none: it is written to a temporary
        name, flushed to the disk, then renamed, and the folder is flushed too.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        if not self._holds(sha256, len(data)):
            with self._temporary() as file:
                file.write(data)
                self._name(file, sha256)
        return sha256

    def take(self, source: BinaryIO, at_most: int) -> tuple[str, int]:
        """Keeps the bytes of an open file as `put` does, a piece at a time; returns their hash and their number.

        Raises ArchiveError where there are more than `at_most`.
        """
        digest, size = hashlib.sha256(), 0
        with self._temporary() as file:
            while piece := source.read(PIECE):
                size += len(piece)
                if size > at_most:
                    raise ArchiveError(f"has more than {at_most:,} bytes, the most that is taken")
                digest.update(piece)
                file.write(piece)
            sha256 = digest.hexdigest()
            if not self._holds(sha256, size):
                self._name(file, sha256)
        return sha256, size

    def _holds(self, sha256: str, size: int) -> bool:
        path = self.path(sha256)
        return path.is_file() and path.stat().st_size == size

    @contextmanager
    def _temporary(self) -> Iterator[IO[bytes]]:
        """A file to write to, gone afterwards if it got no name."""
        self._incoming.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._incoming, delete=False) as file:
            try:
                yield file
            finally:
                Path(file.name).unlink(missing_ok=True)

    def _name(self, file: IO[bytes], sha256: str) -> None:
        """Flushes a temporary file to the disk and gives it its name."""
        target = self.path(sha256)
        target.parent.mkdir(exist_ok=True)
        file.flush()
        os.fsync(file.fileno())
        Path(file.name).chmod(0o644)
        Path(file.name).replace(target)
        _flush_folder(target.parent)

    def read(self, sha256: str) -> bytes:
        """The bytes, checked against their name."""
        path = self.path(sha256)
        try:
            data = path.read_bytes()
        except FileNotFoundError as error:
            raise ArchiveError(f"the archive at {self.root} does not hold {sha256}") from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ArchiveError(f"{path} holds other bytes than its name says: restore it from the backup")
        return data

    def sweep(self, older_than: float = DAY) -> int:
        """Removes temporary files that a killed process left behind; returns how many."""
        left = [path for path in self._incoming.glob("*") if _age(path) > older_than]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:  # another process was quicker
        return 0.0


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
