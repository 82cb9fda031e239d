"""Who was told something that is no longer so? A reader of the change sequence, and rows for mails to those people.

A mail quotes a passage, and matches.told keeps it. When the document is read anew, replaced at its address, or
revised, the passage is looked for in what speaks in its place: if it stands there word for word, nothing is said.
When a corrigendum comes that names its paragraph or quotes it, that is told. Withdrawn means what can be known today:
the publisher answers 404 or 410 at every address where the document was, or nothing of the work is left that was
read. A document that was only recognised as part of another work is not withdrawn. Where no passage was quoted,
only that is told. Each change brings a member one row a work at most; the mail is made from the rows. What a
re-reading in bulk brings waits for a person (rereadings.py).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from catalog import NOTED, Catalog, upsert
from catalog.catalog import Change
from catalog.tables import (
    captures,
    changes,
    corrections,
    documents,
    matches,
    outbox,
    saved_searches,
    subscribers,
    urls,
    watermarks,
)
from search.alerts.matching.comparing import fold
from search.alerts.matching.rereadings import hold_rereading
from search.alerts.matching.speaking import CHANGED, WITHDRAWN, Finding, Quoted, Shelf
from search.alerts.members.presence import still_here

READER = "corrections"  # of the change sequence
BATCH = 500  # changes
AGAIN = timedelta(days=1)
CHUNK = 500  # numbers in one query
MOST_GONE = 20  # addresses of one source: when more are gone, its site was built anew, and nothing was withdrawn
APART = "\n\n"  # between passages that one row tells of; a passage is one line
MAILED = ("sent", "waiting", "leased", "held")  # a mail that was, or is being, sent, or may be when a person lets it go


@dataclass
class Mailed:
    """What one member was told of one work: passages, and what was said of them since."""

    subscriber_id: int
    work_id: int
    told: list[dict[str, Any]] = field(default_factory=list)
    since: list[Row[Any]] = field(default_factory=list)

    @property
    def withdrawn(self) -> bool:
        return any(row.kind == WITHDRAWN for row in self.since)

    def passages(self) -> list[Quoted]:
        """Each once; one that was told to be gone is not spoken of again."""
        found: dict[str, Quoted] = {}
        for told in self.told:
            text = " ".join(told["text"].split())
            known = self._known(text)
            if known:
                found.setdefault(text, Quoted(told["sha256"], told["language"], told["citation"], text, known))
        return list(found.values())

    def was_said(self, text: str) -> bool:
        return any(fold(text) == fold(after) for row in self.since for after in row.after.split(APART))

    def _known(self, text: str) -> str:
        for row in self.since:
            befores, afters = row.before.split(APART), row.after.split(APART)
            if row.kind == CHANGED and len(befores) == len(afters):
                text = next((new for old, new in zip(befores, afters, strict=True) if old == text), text)
        return text


def find_corrections(catalog: Catalog, now: datetime | None = None, batch: int = BATCH) -> int:
    """Follows the changes since the last run, and looks at what is gone from its addresses; returns the rows made."""
    made = _look_again(catalog, (now or datetime.now(UTC)) - AGAIN, batch)
    while (step := _follow(catalog, batch)) is not None:
        made += step
    return made + _follow_gone(catalog)


def _follow(catalog: Catalog, batch: int) -> int | None:
    """The next batch of changes; None when there are none."""
    with catalog.read() as connection:
        mark = catalog.watermark(connection, READER)
        some = catalog.changes_after(connection, mark, batch)
        rows = _brought(connection, some)
    if not some:
        return None
    with catalog.write() as connection:
        upsert(connection, watermarks, [{"reader": READER, "seq": 0}], key=["reader"], update=False)
        now_at = sa.select(watermarks.c.seq).where(watermarks.c.reader == READER).with_for_update()
        if connection.execute(now_at).scalar_one() != mark:
            return 0  # another was here before: what it found is what we found
        made = upsert(connection, corrections, still_here(connection, rows), _KEY, update=False)
        hold_rereading(connection, rows)
        catalog.move_watermark(connection, READER, some[-1].seq)
    return made


def _look_again(catalog: Catalog, since: datetime, batch: int) -> int:
    """At the changes of the last day: a mail is written before it is a row, and may quote what has just changed."""
    made = 0
    with catalog.read() as connection:
        mark = catalog.watermark(connection, READER)
        before = sa.select(changes.c.seq).where(changes.c.at < since).order_by(changes.c.seq.desc()).limit(1)
        after = connection.execute(before).scalar() or 0
    while after < mark:
        with catalog.read() as connection:
            some = catalog.changes_after(connection, after, batch)
            later = set(connection.execute(sa.select(changes.c.work_id).where(changes.c.seq > mark)).scalars())
            rows = _brought(connection, [each for each in some if each.seq <= mark and each.work_id not in later])
        after = some[-1].seq if some else mark
        if rows:
            with catalog.write() as connection:
                made += upsert(connection, corrections, still_here(connection, rows), _KEY, update=False)
                hold_rereading(connection, rows)
    return made


def _brought(connection: Connection, some: Iterable[Change]) -> list[dict[str, Any]]:
    """The rows that these changes bring."""
    news: dict[int, list[Change]] = defaultdict(list)
    for change in some:
        if change.kind != NOTED:
            news[change.work_id].append(change)
    rows: list[dict[str, Any]] = []
    for work, mailed in _mailed(connection, sorted(news)).items():
        shelf = Shelf(connection, work)
        fresh = {change.document_id for change in news[work] if change.document_id is not None}
        rows += _rows(news[work][-1].seq, ((each, _findings(shelf, each, fresh)) for each in mailed))
    return rows


def _follow_gone(catalog: Catalog) -> int:
    """Documents that the publisher took away, which is no change of ours: told once, whatever comes later."""
    with catalog.read() as connection:
        gone = _gone(connection)
        rows: list[dict[str, Any]] = []
        seq = catalog.last_seq(connection)
        for work, mailed in _mailed(connection, sorted(set(gone.values()))).items():
            shelf = Shelf(connection, work, without=gone.keys())
            told = (each for each in mailed if not each.told or any(one["sha256"] in gone for one in each.told))
            found = ((each, [one for one in _findings(shelf, each) if one.kind == WITHDRAWN]) for each in told)
            rows += _rows(seq, found)
    with catalog.write() as connection:
        return upsert(connection, corrections, still_here(connection, rows), _KEY, update=False)


_KEY = ["subscriber_id", "work_id", "seq"]


def _findings(shelf: Shelf, mailed: Mailed, fresh: Iterable[int] = ()) -> list[Finding]:
    """What has become of each passage that this member was told; `fresh` are the documents that came."""
    if mailed.withdrawn:
        return []
    passages = mailed.passages()
    if not mailed.told:
        return [Finding(WITHDRAWN, shelf.name(), "", "")] if shelf.is_withdrawn() else []
    corrigenda = shelf.corrigenda(set(fresh))
    found: list[Finding] = []
    for passage in passages:
        said = [one for row in corrigenda if (one := shelf.corrected(passage, row)) and not mailed.was_said(one.after)]
        changed = shelf.became(passage)
        found += said if changed is None else [*said, changed]
    return found


def _rows(seq: int, found: Iterable[tuple[Mailed, Sequence[Finding]]]) -> list[dict[str, Any]]:
    """One row a member and work: of several findings, those of the kind that comes first."""
    now = datetime.now(UTC)
    rows = []
    for mailed, all_findings in found:
        findings = [each for each in all_findings if each.kind == all_findings[0].kind]
        if not findings:
            continue
        citations = "; ".join(dict.fromkeys(each.citation for each in findings))
        row = {"subscriber_id": mailed.subscriber_id, "work_id": mailed.work_id, "seq": seq, "found": now}
        row |= {"kind": findings[0].kind, "citation": citations[:300]}
        row |= {name: APART.join(getattr(each, name) for each in findings) for name in ("before", "after")}
        rows.append(row)
    return rows


def _mailed(connection: Connection, ids: Sequence[int]) -> dict[int, list[Mailed]]:
    """Per work those members who were mailed it and still want mail, each with what they were told."""
    found: dict[tuple[int, int], Mailed] = {}
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        query = (
            sa.select(saved_searches.c.subscriber_id, matches.c.work_id, matches.c.told)
            .select_from(matches.join(outbox, outbox.c.id == matches.c.outbox_id))
            .join(saved_searches, saved_searches.c.id == matches.c.search_id)
            .join(subscribers, subscribers.c.id == saved_searches.c.subscriber_id)
            .where(matches.c.work_id.in_(part), outbox.c.state.in_(MAILED))
            .where(subscribers.c.state == "active", saved_searches.c.state != "ended")
            .order_by(matches.c.id)
        )
        for who, work, told in connection.execute(query):
            mailed = found.setdefault((who, work), Mailed(who, work))
            mailed.told += [told] if told else []
        said = sa.select(corrections).where(corrections.c.work_id.in_(part)).order_by(corrections.c.seq)
        for row in connection.execute(said):
            if (row.subscriber_id, row.work_id) in found:
                found[row.subscriber_id, row.work_id].since.append(row)
    by_work: dict[int, list[Mailed]] = defaultdict(list)
    for (_, work), mailed in found.items():
        by_work[work].append(mailed)
    return by_work


def _gone(connection: Connection) -> dict[str, int]:
    """sha256 -> work of each document that every address it was seen at has lost; not where a whole site is gone."""
    lost = sa.select(urls.c.source, urls.c.url).where(urls.c.state == "gone", urls.c.sha256.is_not(None))
    by_source: dict[str, list[str]] = defaultdict(list)
    for source, url in connection.execute(lost):
        by_source[source].append(url)
    found: dict[str, int] = {}
    for source, addresses in by_source.items():
        if len(addresses) > MOST_GONE:
            continue
        at = (captures.c.source == source) & captures.c.url.in_(addresses)
        query = sa.select(documents.c.sha256, documents.c.work_id).join(
            captures, captures.c.sha256 == documents.c.sha256
        )
        for sha256, work in connection.execute(query.where(at, documents.c.work_id.is_not(None))):
            found[sha256] = work
    still = (
        sa.select(captures.c.sha256)
        .join(urls, urls.c.url == captures.c.url, isouter=True)
        .where(captures.c.sha256.in_(found), sa.func.coalesce(urls.c.state, "good") != "gone")
    )
    for sha256 in connection.execute(still).scalars():
        found.pop(sha256, None)
    return found
