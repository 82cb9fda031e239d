"""A process that does the real thing (changes, matching, mails, delivery), and dies where or when it is told.

It is forked from a process that has everything imported, so that a thousand of them take minutes.
"""

import functools
import os
import resource
import signal
import smtplib
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from catalog import Catalog
from search.alerts.mails.due import make_due
from search.alerts.matching.matching import match_changes
from search.alerts.post import claim, delivery
from search.alerts.post.delivery import Office, deliver
from search.alerts.post.smtp import Smtp
from tests.search.alerts.letters import LETTERHEAD, LINKS, SECRET
from tests.search.library import Work, put

FULL, BROKEN = 3, 4  # how it ends where the disk is full, and where something is wrong with us


@dataclass(frozen=True)
class Orders:
    """`point` and `nth`: where to die. `pages`, `bytes`: how much room there is on the disk (None: enough)."""

    url: str
    home: Path
    port: int
    now: datetime
    works: Sequence[Work] = ()
    point: str = ""
    nth: int = 0
    pages: int | None = None
    bytes: int | None = None
    patience: float = 20.0  # seconds that the relay may take for an answer


def begin(orders: Orders) -> int:
    """The child's process id."""
    child = os.fork()
    if child:
        return child
    code = BROKEN
    try:
        _die_at(orders.point, orders.nth)
        code = _live(orders)
    except BaseException:  # noqa: BLE001  the parent learns of it by the code, whatever it was
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def wait(child: int, seconds: float | None = None) -> int:
    """How it ended: its code, or minus the signal. Killed with SIGKILL after so many seconds, where it is not done."""
    until = None if seconds is None else time.monotonic() + seconds
    while until is not None and time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.001)
    if until is not None:
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def points(orders: Orders) -> Counter[str]:
    """How often a round comes by each named point; done in this process, which then has everything imported."""
    met: Counter[str] = Counter()
    undo = _watch(lambda name: met.update([name]))
    try:
        _live(orders)
    finally:
        undo()
    return met


def _live(orders: Orders) -> int:
    catalog = Catalog(orders.url)
    if orders.pages is not None:
        _limit_pages(catalog, orders.pages)
    if orders.bytes is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (orders.bytes, resource.RLIM_INFINITY))
    relay = Smtp("127.0.0.1", orders.port, timeout=orders.patience, deadline=4 * orders.patience)
    office = Office(SECRET, bounces="bounces@forumwatch.example.org", claim=orders.home / "sender")
    try:
        for work in orders.works:
            put(catalog, work)
        match_changes(catalog)
        make_due(catalog, orders.now, LINKS, LETTERHEAD)
        deliver(catalog, relay, orders.now, office)
    except (sa.exc.OperationalError, OSError) as error:
        if orders.pages is None and orders.bytes is None:
            raise
        said = str(error).lower()
        if not any(words in said for words in ("full", "disk i/o", "file too large")):
            raise
        return FULL
    finally:
        catalog.engine.dispose()
    return 0


def _limit_pages(catalog: Catalog, more: int) -> None:
    @sa.event.listens_for(catalog.engine, "connect")
    def limit(connection: Any, _: Any) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + more}")


def _die_at(point: str, nth: int) -> None:
    left = nth

    def at(name: str) -> None:
        nonlocal left
        left -= name == point
        if name == point and left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    if point:
        _watch(at)


def _watch(at: Callable[[str], None]) -> Callable[[], None]:
    """Says when each commit, each verb of SMTP and each step of the claim is about to be done, and has been done."""
    patched: list[tuple[Any, str, Any]] = []

    def wrap(owner: Any, name: str, label: str) -> None:
        real = getattr(owner, name)

        @functools.wraps(real)
        def watched(*args: Any, **kwargs: Any) -> Any:
            at(f"before {label}")
            result = real(*args, **kwargs)
            at(f"after {label}")
            return result

        patched.append((owner, name, real))
        setattr(owner, name, watched)

    wrap(sa.engine.Connection, "commit", "commit")
    for verb in ("connect", "mail", "rcpt", "data", "rset", "quit"):
        wrap(smtplib.SMTP, verb, verb)
    wrap(claim.Claim, "advance", "advancing")
    wrap(claim.Claim, "note", "noting")
    wrap(Path, "replace", "renaming")
    wrap(delivery, "lease", "leasing")

    def undo() -> None:
        for owner, name, real in reversed(patched):
            setattr(owner, name, real)

    return undo
