"""Which pages wait for OCR, whose turn is it, and what was seen on them?

A page is a row: waiting, then done or failed; `taken` once its document was read with what was seen. While a runner
reads it, the row is leased, so that no other does. What was seen stays here: a file is read again without OCR.
"""

import os
import secrets
import socket
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import Catalog, tables, upsert
from pipeline.readers.sheet import Line, Seen

_P, _D, _PAGES = tables.ocr_pages, tables.documents, tables.pages
_PAUSES = (timedelta(hours=1), timedelta(hours=6))  # between the three tries of a page whose failure may pass
_LEASE = timedelta(minutes=20)  # more than a runner needs for what it takes at once
_MISSING = timedelta(hours=1)  # after which it is asked again whether a language is there
_SHARES = 4  # of a turn: so many documents are served at once, one of them the oldest
_SOME = 20  # pages from which a long document is read again before all of it was seen
NEAR = 0.5  # quality from which the language of a page near by is believed


@dataclass(frozen=True, slots=True)
class Turn:
    """A page that is to be read now; `hint`: the language of its neighbours."""

    sha256: str
    page: int
    hint: str | None
    attempts: int


def new_runner() -> str:
    """A name for this process that tells others on this machine whether it still runs."""
    return f"{socket.gethostname()[:36]}:{os.getpid()}:{secrets.token_hex(4)}"


def want(catalog: Catalog, sha256: str, pictures: Iterable[tuple[int, str]], now: datetime) -> None:
    """Puts the pages of a file that need OCR into the queue; pages that no longer need it leave it."""
    wanted = dict(pictures)
    with catalog.write() as connection:
        mine = _P.c.sha256 == sha256
        rows = connection.execute(sa.select(_P.c.page, _P.c.state, _P.c.recipe).where(mine)).all()
        idle = [row.page for row in rows if row.state == "waiting" and not row.recipe and row.page not in wanted]
        if idle:
            connection.execute(sa.delete(_P).where(mine, _P.c.page.in_(idle), _P.c.lease.is_(None)))
        new = [_new_row(sha256, page, why, now) for page, why in wanted.items()]
        if new:
            upsert(connection, _P, new, key=["sha256", "page"], update=False)


def _new_row(sha256: str, page: int, why: str, now: datetime) -> dict[str, Any]:
    return {"sha256": sha256, "page": page, "why": why, "since": now, "state": "waiting", "recipe": "", "taken": False}


def lease(catalog: Catalog, runner: str, number: int, now: datetime, only: frozenset[str] | None = None) -> list[Turn]:
    """The next pages, in fair turns: first come documents of which least was read, and short ones; but a share of
    every turn is that of the document that has waited longest."""
    turns: list[Turn] = []
    with catalog.write() as connection:
        order = _next_documents(connection, now, only)
        before = -1
        while before < len(turns) < number:
            before = len(turns)
            for sha256 in order:
                some = min(max(1, number // _SHARES), number - len(turns))
                turns += _lease_some(connection, sha256, runner, some, now)
    return turns


def _due(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return _P.c.state == "waiting", sa.or_(_P.c.try_again.is_(None), _P.c.try_again <= now)


def _open(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (*_due(now), sa.or_(_P.c.lease.is_(None), _P.c.lease_until <= now))


def _next_documents(connection: Connection, now: datetime, only: frozenset[str] | None) -> list[str]:
    """As many as there are shares in a turn, in the order in which they are served."""
    waiting = sa.select(_P.c.sha256, sa.func.count().label("pages"), sa.func.min(_P.c.since).label("since"))
    waiting = waiting.where(*_open(now)).group_by(_P.c.sha256)
    if only is not None:
        waiting = waiting.where(_P.c.sha256.in_(only))
    rows = connection.execute(waiting).all()
    served = sa.select(_P.c.sha256, sa.func.count()).where(_P.c.state != "waiting")
    served = served.where(_P.c.sha256.in_(sa.select(_P.c.sha256).where(*_open(now)))).group_by(_P.c.sha256)
    read = dict(connection.execute(served).tuples().all())
    fair = sorted(rows, key=lambda row: (read.get(row.sha256, 0), row.pages, row.since, row.sha256))
    oldest = sorted(rows, key=lambda row: (row.since, row.sha256))
    return list(dict.fromkeys(row.sha256 for row in (*fair[: _SHARES - 1], *oldest[:1])))


def _lease_some(connection: Connection, sha256: str, runner: str, number: int, now: datetime) -> list[Turn]:
    free = sa.select(_P.c.page, _P.c.attempts).where(_P.c.sha256 == sha256, *_open(now)).order_by(_P.c.page)
    rows = connection.execute(free.limit(max(0, number))).all()
    hint = _language_near(connection, sha256, rows[0].page) if rows else None
    turns = []
    for row in rows:
        ours = sa.update(_P).where(_P.c.sha256 == sha256, _P.c.page == row.page, *_open(now))
        if connection.execute(ours.values(lease=runner, lease_until=now + _LEASE)).rowcount:
            turns.append(Turn(sha256, row.page, hint, row.attempts))
    return turns


def _language_near(connection: Connection, sha256: str, page: int) -> str | None:
    """The language of the nearest page that is known well: seen by OCR, or read without."""
    seen = sa.select(_P.c.page, _P.c.language).where(_P.c.sha256 == sha256, _P.c.language.is_not(None))
    read = sa.select(_PAGES.c.page, _PAGES.c.language).join(_D, _D.c.id == _PAGES.c.document_id)
    read = read.where(_D.c.sha256 == sha256, _PAGES.c.language.is_not(None), _PAGES.c.quality >= NEAR)
    for query in (seen.where(_P.c.quality >= NEAR), read):
        known = connection.execute(query).all()
        if known:
            return str(min(known, key=lambda row: (abs(row.page - page), row.page)).language)
    return None


def record(catalog: Catalog, runner: str, turn: Turn, seen: Seen, recipe: str, seconds: float) -> None:
    """Keeps what was seen on a page. If the lease was lost meanwhile, another runner's word counts."""
    values = {
        "state": "done",
        "recipe": recipe,
        "reason": "",
        "language": seen.language,
        "quality": seen.quality,
        "seconds": round(seconds, 2),
        "lines": [_packed(line) for line in seen.lines],
    }
    _end(catalog, runner, turn, values | {"taken": False, "try_again": None})


def record_failure(catalog: Catalog, runner: str, turn: Turn, reason: str, may_pass: bool, now: datetime) -> str:
    """A page that was not read: it waits for another try, or is given up. Returns its state."""
    values: dict[str, Any] = {"reason": reason, "attempts": turn.attempts + 1}
    if may_pass and turn.attempts < len(_PAUSES):
        values |= {"state": "waiting", "try_again": now + _PAUSES[turn.attempts]}
    else:
        values |= {"state": "failed", "try_again": None, "taken": False}
    _end(catalog, runner, turn, values)
    return str(values["state"])


def record_missing(catalog: Catalog, runner: str, turn: Turn, reason: str, now: datetime) -> None:
    """A page for which Tesseract lacks a language: no try is lost."""
    _end(catalog, runner, turn, {"reason": reason, "try_again": now + _MISSING})


def _end(catalog: Catalog, runner: str, turn: Turn, values: Mapping[str, Any]) -> None:
    mine = (_P.c.sha256 == turn.sha256) & (_P.c.page == turn.page) & (_P.c.lease == runner)
    with catalog.write() as connection:
        connection.execute(sa.update(_P).where(mine).values(**values, lease=None, lease_until=None))


def nothing_to_see_with(catalog: Catalog, reason: str) -> None:
    """All that waits says that Tesseract is missing."""
    with catalog.write() as connection:
        other = (_P.c.state == "waiting") & (_P.c.reason != reason)
        connection.execute(sa.update(_P).where(other).values(reason=reason))


def ask_again(catalog: Catalog) -> None:
    """What waits for Tesseract, or for a language of it, need not wait any longer for being asked."""
    with catalog.write() as connection:
        stuck = (_P.c.state == "waiting") & _P.c.reason.startswith("Tesseract")
        connection.execute(sa.update(_P).where(stuck).values(reason="", try_again=None))


def give_back(catalog: Catalog, runner: str) -> None:
    """Gives back what is leased to this runner, or to one of this machine that is no more."""
    host = runner.split(":", 1)[0]
    leased = sa.select(_P.c.lease).where(_P.c.lease.is_not(None)).distinct()
    with catalog.write() as connection:
        names = list(connection.execute(leased).scalars())
        dead = [name for name in names if name == runner or (name.startswith(f"{host}:") and not _runs(name))]
        if dead:
            connection.execute(sa.update(_P).where(_P.c.lease.in_(dead)).values(lease=None, lease_until=None))


def _runs(runner: str) -> bool:
    try:
        os.kill(int(runner.split(":")[1]), 0)
    except ProcessLookupError:
        return False
    except (PermissionError, ValueError, IndexError):
        return True
    return True


def seen_pages(connection: Connection, hashes: Sequence[str]) -> dict[str, dict[int, Seen]]:
    """What OCR has seen of each file, by page; also what it saw before it was asked again."""
    query = sa.select(_P).where(_P.c.sha256.in_(hashes), sa.or_(_P.c.recipe != "", _P.c.state == "failed"))
    found: dict[str, dict[int, Seen]] = {}
    for row in connection.execute(query):
        seen = Seen(tuple(map(_unpacked, row.lines)), row.language, row.quality, "" if row.recipe else row.reason)
        found.setdefault(row.sha256, {})[row.page] = seen
    return found


def take_in(catalog: Catalog, sha256: str, pages: Iterable[int]) -> None:
    """These pages are in the text of their document now (or can never be)."""
    mine = (_P.c.sha256 == sha256) & _P.c.page.in_(list(pages)) & (_P.c.state != "waiting")
    with catalog.write() as connection:
        connection.execute(sa.update(_P).where(mine, _P.c.taken.is_(False)).values(taken=True))


def ready(catalog: Catalog, now: datetime) -> list[str]:
    """Files of which enough was seen to read them again: all that is to be seen, or as much again as was taken in."""
    fresh = (_P.c.state != "waiting") & _P.c.taken.is_(False)
    kinds = {"fresh": fresh, "taken": _P.c.taken.is_(True), "open": sa.and_(*_due(now))}
    counts = [sa.func.sum(sa.case((which, 1), else_=0)).label(name) for name, which in kinds.items()]
    some = sa.select(_P.c.sha256).where(fresh)
    query = sa.select(_P.c.sha256, *counts).where(_P.c.sha256.in_(some)).group_by(_P.c.sha256)
    with catalog.read() as connection:
        rows = connection.execute(query.order_by(sa.func.min(_P.c.since), _P.c.sha256)).all()
    return [row.sha256 for row in rows if not row.open or row.fresh >= max(_SOME, row.taken)]


def pages_left(catalog: Catalog, now: datetime, only: frozenset[str] | None = None) -> int:
    """How many pages could be read now."""
    query = sa.select(sa.func.count()).select_from(_P).where(*_due(now))
    with catalog.read() as connection:
        return int(connection.execute(query if only is None else query.where(_P.c.sha256.in_(only))).scalar_one())


def pictures_wait(catalog: Catalog, only: frozenset[str] | None = None) -> bool:
    """Whether there is anything to do: pages to be looked at, or pages seen that are in no text yet."""
    now = datetime.now(UTC)
    return bool(pages_left(catalog, now, only) or ready(catalog, now))


def see_again(catalog: Catalog, hashes: Iterable[str] | None, recipe: str | None = None) -> int:
    """Asks anew for pages that failed and, where a recipe is given, for those that were seen by another one; returns
    how many. What was seen before stays in the text until then. `hashes`: of the files, None: all.
    """
    other = _P.c.state == "failed"
    if recipe is not None:
        other |= (_P.c.state == "done") & (_P.c.recipe != recipe)
    values = {"state": "waiting", "attempts": 0, "try_again": None, "reason": ""}
    query = sa.update(_P).where(other)
    with catalog.write() as connection:
        query = query if hashes is None else query.where(_P.c.sha256.in_(list(hashes)))
        return int(connection.execute(query.values(**values)).rowcount)


def _packed(line: Line) -> list[Any]:
    """A line as a short list, as it is kept."""
    return [line.text, line.x0, line.top, line.x1, line.bottom, line.size, int(line.tab), line.block]


def _unpacked(row: Sequence[Any]) -> Line:
    text, x0, top, x1, bottom, size, tab, block = row
    return Line(text, x0, top, x1, bottom, size, tab=bool(tab), block=block)
