"""Is this the catalog that has been sending, or a copy of it that has come back? A file beside it knows.

The catalog and the file (outside of every backup) both hold a generation that grows with every few mails, in the
catalog first. So a catalog that is behind the file has been restored from before mails went out; a catalog whose
file is missing, or was copied (its inode tells), is a clone. Then nothing is sent until a person has decided. A crash
between the two writes leaves the file behind, which is no harm. What it cannot tell: the whole machine cloned as a
disk image. The number of the device is not asked for, since many systems deal it out anew at every start.
"""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import Catalog, upsert
from catalog.tables import senders
from search.alerts.post.outbox import hold_old

LARGEST = 1000  # bytes of the file
DECIDE = "a person must decide: `forumwatch sender` says more"


class Note(NamedTuple):
    """What the file says; `own`: it is the file that was written here, and not a copy of it."""

    instance: str
    generation: int
    own: bool


class Claim:
    """The right of the installation in one home folder to send from its catalog."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def trouble(self, catalog: Catalog, now: datetime) -> str:
        """Why nothing may be sent from here, or "". A catalog that knows no sender is claimed by its first."""
        try:
            note = self.read()  # before the catalog, or a sender at work would make it look ahead
        except ValueError as error:
            return f"{self.path} is damaged ({error}): {DECIDE}"
        with catalog.read() as connection:
            known = dict(connection.execute(sa.select(senders.c.instance, senders.c.generation)).tuples().all())
        if not known:
            return self._first(catalog, note, now)
        if note is None:
            return f"{self.path} is missing, though mails were sent from this catalog: it is a copy, or moved; {DECIDE}"
        if not note.own:
            return f"{self.path} is a copy, and so is this catalog, or both were restored: {DECIDE}"
        if note.instance not in known:
            return f"this catalog belongs to another sender than {self.path} says: {DECIDE}"
        if known[note.instance] < note.generation:
            return f"mails went out after this catalog was saved, so it is a restored backup: {DECIDE}"
        return ""

    def advance(self, connection: Connection, now: datetime) -> int | None:
        """The next generation, in the transaction that takes mails to send; None if another has claimed since."""
        try:
            note = self.read()
        except ValueError:
            return None
        if note is None:
            return None
        mine = senders.c.instance == note.instance
        step = {"generation": senders.c.generation + 1, "seen": now}
        return connection.execute(sa.update(senders).where(mine).values(step).returning(senders.c.generation)).scalar()

    def note(self, generation: int) -> None:
        """The same generation in the file, once that transaction is kept and before anything is sent."""
        with self._alone():
            note = self.read()
            if note is not None and note.own and note.generation < generation:
                self._write(note.instance, generation)

    def take(self, connection: Connection, now: datetime) -> str:
        """This installation sends from now on, and no other; the transaction stands for the catalog's side."""
        instance = secrets.token_hex(16)
        with self._alone():
            self._write(instance, 0)
        connection.execute(sa.delete(senders))
        row = {"instance": instance, "generation": 1, "claimed": now, "seen": now}
        connection.execute(sa.insert(senders).values(row))
        hold_old(connection, now)
        return instance

    def read(self) -> Note | None:
        """Errors: ValueError where it says nothing that was ever written here."""
        try:
            with self.path.open("rb") as file:
                found = json.loads(file.read(LARGEST))
                inode = os.fstat(file.fileno()).st_ino
        except FileNotFoundError:
            return None
        except UnicodeDecodeError as error:
            raise ValueError("it is not text") from error
        try:
            return Note(str(found["instance"]), int(found["generation"]), found["inode"] == inode)
        except (KeyError, TypeError) as error:
            raise ValueError("something is missing in it") from error

    def _first(self, catalog: Catalog, note: Note | None, now: datetime) -> str:
        with self._alone():
            note = note or self.read()
            if note is None:
                self._write(secrets.token_hex(16), 0)
                note = self.read()
        assert note is not None
        if note.generation > 0 or not note.own:
            return f"this catalog knows no sender, but {self.path} does, so it is an old backup: {DECIDE}"
        row = {"instance": note.instance, "generation": 1, "claimed": now, "seen": now}
        with catalog.write() as connection:
            if upsert(connection, senders, [row], key=["instance"], update=False):
                hold_old(connection, now)
        return ""

    def _write(self, instance: str, generation: int) -> None:
        beside = self.path.with_name(f"{self.path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        try:
            with beside.open("x", encoding="ascii") as file:
                inode = os.fstat(file.fileno()).st_ino
                json.dump({"instance": instance, "generation": generation, "inode": inode}, file)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self.path)
        finally:
            beside.unlink(missing_ok=True)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self.path.with_name(f"{self.path.name}.lock").open("w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
