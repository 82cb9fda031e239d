"""Where are the bytes of a file? Made when first asked for, then kept on disk."""

import hashlib
import os
import threading
from importlib.metadata import version
from pathlib import Path

from crawlers.replica.press import Press
from crawlers.replica.settings import ReplicaSettings
from crawlers.replica.works import DATA, Edition


class Shelf:
    """Files by edition. The folder is named by all that decides the bytes, so an old cache is never served."""

    def __init__(self, settings: ReplicaSettings) -> None:
        self.folder = settings.cache / fingerprint(settings.seed)
        self._press = Press(settings.seed)
        # One file at a time: typst's compiler is shared, and two requests for one file should make it once.
        self._lock = threading.Lock()

    def read(self, edition: Edition) -> bytes:
        """The bytes of the edition as it is published, faults included."""
        if edition.work.file is not None:
            return edition.work.file.read_bytes()
        path = self.folder / edition.name
        with self._lock:
            if path.exists():
                return path.read_bytes()
            content = self._press.make(edition)
            self.folder.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f"{path.name}.{os.getpid()}.part")
            part.write_bytes(content)
            part.replace(path)
            return content


def fingerprint(seed: int) -> str:
    """A name for everything that decides the bytes: the seed, the texts, this code and the versions of the tools."""
    digest = hashlib.sha256(f"{seed} {version('typst')} {version('pillow')}".encode())
    here = Path(__file__).parent
    for path in sorted([*DATA.rglob("*.*"), *here.glob("*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
