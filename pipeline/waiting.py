"""Which files are to be read, which wait, which are in quarantine, and why?

A failure that may pass is tried again after 1, 6 and 24 hours and then kept in quarantine; one that cannot pass
goes there at once. A file whose pages all need OCR waits for those pages (pipeline/ocr_queue.py). What needs
LibreOffice waits until that is there. A bundle whose members are all files of their own is opened. Quarantine is
left by hand only, with `retry`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

import lexicon
from catalog import Catalog, tables, upsert
from pipeline import history, ocr_queue, sniff
from pipeline.children.workers import Failure
from pipeline.document import Document
from pipeline.errors import ReadError
from pipeline.readers import choices, office

_C, _D, _O, _PAGES = tables.captures, tables.documents, tables.ocr_pages, tables.pages
_DELAYS = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))
_NEEDS_OCR = "needs OCR"
_BATCH = 200
BY_HAND = "by-hand"


@dataclass(frozen=True, slots=True)
class Captured:
    """A file with all that its captures say of it; `seen` is when the newest of them was made."""

    sha256: str
    publisher: str
    words: dict[str, str]
    seen: datetime
    attempts: int = 0  # that failed
    read_with: str | None = None  # the reader that was asked for by hand
    depth: int = 0  # in how many bundles it lies, wherever it was seen (pipeline/bundles.py)


def due(catalog: Catalog, now: datetime) -> list[str]:
    """The hashes of files that have no document, are due again, have new captures since they were read, or are to be
    read again because someone asked for it (pipeline/rereading/again.py)."""
    again = sa.and_(_D.c.state == "waiting", _D.c.try_again <= now)
    queued = sa.exists().where(_O.c.sha256 == _D.c.sha256)
    forgotten = sa.and_(_D.c.state == "waiting", _D.c.reason.startswith(_NEEDS_OCR), ~queued)
    if office.installed():
        again = sa.or_(again, sa.and_(_D.c.state == "waiting", _D.c.reason.startswith(office.MISSING)))
    newer = sa.and_(_D.c.state.in_(("read", "opened")), sa.or_(_C.c.captured > _D.c.read_at, _D.c.again))
    query = (
        sa.select(_C.c.sha256)
        .select_from(_C.outerjoin(_D, _D.c.sha256 == _C.c.sha256))
        .where(sa.or_(_D.c.id.is_(None), again, newer, forgotten))
        .group_by(_C.c.sha256)
        .order_by(sa.func.min(_C.c.id))
    )
    with catalog.read() as connection:
        return list(connection.execute(query).scalars())


def captured(catalog: Catalog, hashes: Iterable[str]) -> Iterator[Captured]:
    """The captures of each file as one; what differs is decided by source and URL, never by the order of arrival."""
    waiting = list(hashes)
    for start in range(0, len(waiting), _BATCH):
        batch = waiting[start : start + _BATCH]
        with catalog.read() as connection:
            rows = connection.execute(sa.select(_C).where(_C.c.sha256.in_(batch))).mappings().all()
            known = sa.select(_D.c.sha256, _D.c.attempts, _D.c.read_with).where(_D.c.sha256.in_(batch))
            before = {row.sha256: (row.attempts, row.read_with) for row in connection.execute(known)}
        for sha256 in batch:
            ours = sorted(
                (row for row in rows if row["sha256"] == sha256),
                key=lambda row: (row["source"] == BY_HAND, row["source"], row["url"]),
            )
            words: dict[str, str] = {}
            if not ours:
                continue
            for row in ours:
                for name, value in row["words"].items():
                    if value and name not in words:
                        words[name] = str(value)
            seen = max(row["captured"] for row in ours)
            deep = min(depth(row["words"]) for row in ours)
            yield Captured(sha256, ours[0]["publisher"], words, seen, *before.get(sha256, (0, None)), deep)


def depth(words: Mapping[str, Any]) -> int:
    """In how many bundles a file lies, by the words of one of its captures."""
    return int(words.get("depth", 0))


def record_failure(
    catalog: Catalog,
    sha256: str,
    publisher: str,
    words: dict[str, str],
    failure: Failure,
    seen: datetime | None,
    media_type: str = "",
) -> tuple[str, str]:
    """Keeps a file that could not be read, with the reason; returns its state and the reason. A document that was
    read before stays as it is, "kept": it only stops being due, and its attempts say that this reading failed."""
    now = datetime.now(UTC)
    with catalog.write() as connection:
        before = connection.execute(sa.select(_D).where(_D.c.sha256 == sha256)).mappings().first()
        history.note(connection, sha256, failure, before["read_with"] if before else None, now)
        attempts = (before["attempts"] if before else 0) + 1
        if before and before["state"] == "read":
            done = {"read_at": max(now, seen or now), "again": False, "attempts": attempts}
            connection.execute(sa.update(_D).where(_D.c.sha256 == sha256).values(done))
            return "kept", failure.reason
        values = _verdict(failure, attempts, now) | _as_told(words, publisher) | {"media_type": media_type[:64]}
        if before:
            connection.execute(sa.update(_D).where(_D.c.sha256 == sha256).values(**values))
        else:
            connection.execute(sa.insert(_D).values(sha256=sha256, publisher=publisher, **values))
    return values["state"], values["reason"]


def record_opened(
    catalog: Catalog, sha256: str, publisher: str, words: dict[str, str], reason: str, seen: datetime | None
) -> None:
    """Keeps a bundle of which every member has become a file of its own; `reason` says so."""
    now = datetime.now(UTC)
    values = {"state": "opened", "reason": reason, "attempts": 0, "try_again": None, "again": False}
    values |= {"media_type": sniff.ZIP, "read_at": max(now, seen or now)} | _as_told(words, publisher)
    row = {"sha256": sha256, "publisher": publisher} | values
    with catalog.write() as connection:
        upsert(connection, _D, [row], key=["sha256"])


def tried_enough(failure: Failure, attempts: int) -> bool:
    """Whether a file that failed so many times need not be tried again by itself."""
    return not failure.may_pass or attempts > len(_DELAYS)


def needs_ocr(document: Document) -> str:
    """Why a file without any readable page waits."""
    pages = document.reading.pages
    return f"{_NEEDS_OCR}: {f'none of its {len(pages)} pages has text' if len(pages) > 1 else 'its page has no text'}"


def would_lose(catalog: Catalog, document: Document) -> bool:
    """Whether the document was stored with text from OCR on a page that waits for OCR in this reading."""
    pages = [page for page, _ in document.reading.pictures]
    query = sa.select(_PAGES.c.page).join(_D, _D.c.id == _PAGES.c.document_id)
    query = query.where(_D.c.sha256 == document.sha256, _D.c.state == "read", _PAGES.c.method == "tesseract")
    with catalog.read() as connection:
        return not set(pages).isdisjoint(connection.execute(query).scalars())


def keep_as_it_is(catalog: Catalog, sha256: str, seen: datetime | None) -> None:
    """A document that was read before only stops being due."""
    now = datetime.now(UTC)
    with catalog.write() as connection:
        done = {"read_at": max(now, seen or now), "again": False, "attempts": 0}
        connection.execute(sa.update(_D).where(_D.c.sha256 == sha256).values(done))


def declared_language(words: Mapping[str, str]) -> str | None:
    """The language (ISO 639-1) that the source says the file is in."""
    return lexicon.language_code(words.get("language", ""))


def retry(catalog: Catalog, sha256: str, read_with: str | None = None) -> None:
    """Puts a file that is in quarantine, or waits, back into the queue.

    `read_with` names the reader that shall read it; None: the one that suits the bytes. Raises ReadError if the file is
    neither, or that reader cannot read its type.
    """
    now = datetime.now(UTC)
    values = {"state": "waiting", "attempts": 0, "try_again": now, "read_with": read_with}
    with catalog.write() as connection:
        held = sa.select(_D.c.media_type).where(_D.c.sha256 == sha256, _D.c.state.in_(("quarantined", "waiting")))
        media_type = connection.execute(held.with_for_update()).scalar()
        if media_type is None:
            raise ReadError(f"no file {sha256[:16]} is in quarantine or waiting")
        if read_with is not None and read_with not in choices(media_type):
            raise ReadError(_no_choice(read_with, media_type))
        connection.execute(sa.update(_D).where(_D.c.sha256 == sha256).values(**values))
        history.note(connection, sha256, Failure("put back to be read", True, history.BY_HAND), read_with, now)
    ocr_queue.see_again(catalog, [sha256])


def _no_choice(read_with: str, media_type: str) -> str:
    able = ", ".join(choices(media_type))
    return f"{read_with} cannot read {media_type or 'these bytes'}" + (f"; {able} can" if able else "")


def _verdict(failure: Failure, attempts: int, now: datetime) -> dict[str, Any]:
    if failure.kind == "NeedsOffice":
        return {"state": "waiting", "reason": failure.reason, "attempts": attempts, "try_again": None}
    if not tried_enough(failure, attempts):
        later = now + _DELAYS[attempts - 1]
        return {"state": "waiting", "reason": failure.reason, "attempts": attempts, "try_again": later}
    return {"state": "quarantined", "reason": failure.reason, "attempts": attempts, "try_again": None}


def _as_told(words: dict[str, str], publisher: str) -> dict[str, Any]:
    """What the source says of a file that could not be read, so that a person can tell which it is."""
    symbol = lexicon.parse_symbol(words.get("symbol", ""), publisher)
    return {"title": words.get("title", ""), "symbol": str(symbol) if symbol else None}
