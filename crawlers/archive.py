"""Where are the bytes that publishers gave us? By SHA-256, written once, never changed."""

import hashlib
import os
import re
import tempfile
import time
from pathlib import Path

from crawlers.errors import ArchiveError

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
        target = self.path(sha256)
        if target.is_file() and target.stat().st_size == len(data):
            return sha256
        self._incoming.mkdir(parents=True, exist_ok=True)
        target.parent.mkdir(exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._incoming)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(0o644)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        _flush_folder(target.parent)
        return sha256

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
