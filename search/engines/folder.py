"""Where on disk does an index live? Generations beside each other, one of them current, one process writing.

index/CURRENT          the name of the generation that readers open (replaced by a rename)
index/writer.lock      held by the one process that writes (the kernel frees it if that process dies)
index/g-.../           a generation: works/, passages/; shape.json says how it was made, seq how far it is
"""

import fcntl
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from search.errors import IndexUnavailable

PARTS = ("works", "passages")


class Folder:
    """The folder of one index, whose generations have these parts."""

    def __init__(self, path: Path, parts: Sequence[str] = PARTS) -> None:
        self.path = path
        self.parts = parts

    def current(self) -> str | None:
        """The generation to read; None before the first."""
        try:
            return (self.path / "CURRENT").read_text().strip() or None
        except FileNotFoundError:
            return None

    def part(self, name: str, part: str) -> Path:
        return self.path / name / part

    def shape(self, name: str) -> dict[str, str] | None:
        """How a generation was made; None if it was not finished."""
        try:
            shape = json.loads((self.path / name / "shape.json").read_text())
        except (FileNotFoundError, ValueError):
            return None
        return shape if isinstance(shape, dict) else None

    def lacks(self, name: str) -> str:
        """A file that the generation cannot do without and that Tantivy opens an index without; empty if none is."""
        for part in PARTS:
            meta = json.loads((self.part(name, part) / "meta.json").read_text())
            for segment in meta["segments"]:
                positions = self.part(name, part) / f"{segment['segment_id'].replace('-', '')}.pos"
                if not positions.exists():
                    return str(positions)
        return ""

    def begun(self, shape: Mapping[str, str]) -> str | None:
        """A generation of this shape that is not current: a rebuild that was broken off."""
        names = [each.name for each in self.path.glob("g-*") if each.name != self.current()]
        return next((name for name in sorted(names) if self.shape(name) == dict(shape)), None)

    def new(self) -> str:
        """The name of a new generation, whose folders exist; it counts once `sign` has been called."""
        name = f"g-{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{secrets.token_hex(4)}"
        (self.path / name).mkdir(parents=True)
        for part in self.parts:
            self.part(name, part).mkdir()
        return name

    def sign(self, name: str, shape: Mapping[str, str]) -> None:
        _replace(self.path / name / "shape.json", json.dumps(dict(shape), indent=1, sort_keys=True) + "\n")

    def noted(self, name: str) -> int:
        """How far in the change sequence a generation said that it had come."""
        try:
            return int((self.path / name / "seq").read_text())
        except (FileNotFoundError, ValueError):
            return 0

    def note(self, name: str, seq: int) -> None:
        _replace(self.path / name / "seq", f"{seq}\n")

    def publish(self, name: str) -> None:
        _replace(self.path / "CURRENT", name + "\n")

    def clean(self, *keep: str | None) -> None:
        """Removes all other generations. Readers that have one open keep their files until they look again."""
        for each in self.path.glob("g-*"):
            if each.name not in keep:
                (each / "shape.json").unlink(missing_ok=True)  # first: what is half removed is never gone on with
                shutil.rmtree(each, ignore_errors=True)

    @contextmanager
    def locked(self, wait: float) -> Iterator[None]:
        """The right to write; IndexUnavailable if another process keeps it for longer than `wait` seconds."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "writer.lock").open("a") as lock:
            deadline = time.monotonic() + wait
            while not _try_lock(lock.fileno()):
                if time.monotonic() >= deadline:
                    waited = f"another process is writing the index; waited {wait:g} s"
                    raise IndexUnavailable(waited, str(self.path))
                time.sleep(0.05)
            yield


@dataclass(slots=True)
class OnDisk:
    """One generation in a folder, as whoever writes or reads it sees it: the Target of engine.py."""

    folder: Folder
    name: str

    def shape(self) -> Mapping[str, str] | None:
        return self.folder.shape(self.name)

    def noted(self) -> int:
        return self.folder.noted(self.name)

    def note(self, seq: int) -> None:
        self.folder.note(self.name, seq)

    def publish(self) -> None:
        if self.folder.current() != self.name:
            self.folder.publish(self.name)
        self.folder.clean(self.name)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _replace(path: Path, text: str) -> None:
    """Written whole, or not at all, whatever happens."""
    beside = path.with_name(path.name + ".new")
    with beside.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
