"""What is the work? Plain functions, one a step, called alike by the schedule, the command line and the tests."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from catalog import ForumwatchError
from catalog.cadence import PERIODS, is_late
from catalog.tables import captures, documents, frontier, runs
from catalog.tables import sources as source_rows
from crawlers import SourceInfo, crawl
from flows.house import House
from flows.progress import watch
from pipeline import Bounds, PicturesReport, ReadReport, Rehearsed, pictures_wait, read_pictures, read_waiting, rehearse
from pipeline import ask_again as mark_again
from pipeline import retry as put_back
from pipeline import see_again as mark_pictures_again
from search.alerts import match_changes
from search.standing import Unread, needs_ocr, unread_documents

if TYPE_CHECKING:
    from search.checking import CheckReport
    from search.webhooks import WebhookReport

SLACK = timedelta(hours=3)  # a weekly source is due again a little before the week is over, or it would slip by a day


class StepFailed(ForumwatchError):
    """Raised when a step ran to its end but did not keep its promise; the run row says the same."""


class DriftLeft(StepFailed):
    """Raised when works differ between index and catalog that were not mended; `report` has all that was found."""

    def __init__(self, report: "CheckReport") -> None:
        left = report.drift - report.mended
        why = f": {report.refusal}" if report.refusal else ""
        super().__init__(f"{left} of {report.works} works differ between index and catalog, and are not mended{why}")
        self.report = report


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line of the table that every run ends with; counts are of files."""

    source: str
    publisher: str
    found: int
    fetched: int
    unchanged: int
    read: int
    waiting: int
    quarantined: int
    failed: int
    late: bool
    reason: str


@contextmanager
def recorded(house: House, step: str, subject: str = "") -> Iterator[dict[str, Any]]:
    """One row in the run table around a step: running, then done or failed with the reason. Yields the counts."""
    table, counts = house.catalog, dict[str, Any]()
    with house.alone(f"{step} {subject}".strip().replace(" ", "-")):
        stopped = {"state": "failed", "reason": "was stopped before it ended", "finished": datetime.now(UTC)}
        with table.write() as connection:  # holding the lock, whatever still says "running" is dead
            same = (runs.c.step == step) & (runs.c.subject == subject) & (runs.c.state == "running")
            connection.execute(sa.update(runs).where(same).values(stopped))
            row = {"step": step, "subject": subject, "started": datetime.now(UTC), "state": "running", "counts": {}}
            run = connection.execute(sa.insert(runs).values(row).returning(runs.c.id)).scalar_one()
        reason = "was stopped before it ended"
        try:
            yield counts
            reason = ""
        except Exception as error:
            reason = str(error) if isinstance(error, ForumwatchError) else f"{type(error).__name__}: {error}"
            raise
        finally:
            end = {"state": "failed" if reason else "done", "reason": reason, "finished": datetime.now(UTC)}
            with table.write() as connection:
                connection.execute(sa.update(runs).where(runs.c.id == run).values(end | {"counts": counts}))


def due_sources(house: House) -> list[SourceInfo]:
    """The sources whose cadence is due, or whose last crawl was interrupted; "once" is due until it was good."""
    now = datetime.now(UTC)
    with house.catalog.read() as connection:
        good = dict(connection.execute(sa.select(source_rows.c.name, source_rows.c.last_good)).tuples().all())
        open_ones = set(connection.execute(_open_rounds()).scalars())
    due = []
    for info in house.sources.values():
        last = good.get(info.name)
        wait = PERIODS.get(info.cadence)
        if last is None or info.name in open_ones or (wait is not None and last + wait - SLACK <= now):
            due.append(info)
    return due


def _open_rounds() -> sa.Select[tuple[str]]:
    return sa.select(frontier.c.source).where(frontier.c.state.in_(("waiting", "leased"))).distinct()


def crawl_source(house: House, source: str) -> dict[str, Any]:
    """Crawls one source, going on where an interrupted crawl stopped. Errors: StepFailed if it broke its promise."""
    with recorded(house, "crawl", source) as counts:
        with watch(f"crawl {source}") as seen:
            report = crawl(
                source,
                house.catalog,
                house.home / "archive",
                house.manners,
                _round(house, source),
                progress=lambda found, fetched: seen(fetched, found),
            )
        counts.update(found=report.found, fetched=report.fetched, unchanged=report.unchanged, failed=report.failed)
        if report.state != "done":
            raise StepFailed(f"{source}: {report.reason}")
    return counts


def _round(house: House, source: str) -> str:
    """The round that still has requests waiting, or a new one."""
    waiting = sa.select(sa.func.max(frontier.c.round)).where(
        frontier.c.source == source, frontier.c.state.in_(("waiting", "leased"))
    )
    with house.catalog.read() as connection:
        return connection.execute(waiting).scalar() or datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")


def read(house: House) -> ReadReport:
    """Reads every file that waits and whose time has come; a file that cannot be read costs itself alone."""
    with recorded(house, "read") as counts:
        with watch("read") as seen:
            done = itertools.count(1)
            report = read_waiting(
                house.catalog,
                house.archive,
                house.limits,
                progress=lambda outcome: seen(next(done), outcome.total),
                ocr=False,
                processes=house.settings.workers,
            )
        counts.update(read=report.read, quarantined=report.quarantined, waiting=report.waiting)
        counts.update(changed=report.changed, opened=report.opened, kept=report.kept)
    return report


def ask_again(house: House, which: list[str]) -> int:
    """Marks documents to be read again by the next `read`; returns how many. Errors: of the pipeline, if none is."""
    return mark_again(house.catalog, which)


def pictures_again(house: House, which: list[str]) -> int:
    """Asks OCR anew for pages of documents that failed, or were seen in an older way; returns how many."""
    return mark_pictures_again(house.catalog, which)


def rehearse_again(house: House, which: list[str]) -> Rehearsed:
    """Reads documents again and tells what that would change; nothing is written, not even a run."""
    with watch("read again") as seen:
        return rehearse(house.catalog, house.archive, which, house.limits, seen, processes=house.settings.workers)


def pictures(house: House, only: frozenset[str] | None = None) -> PicturesReport:
    """Reads pages that wait for OCR, within the bounds of one run, and their documents again.

    `only`: of these files, by hand: it then runs beside the run of the schedule.
    """
    if not pictures_wait(house.catalog, only):
        return PicturesReport()  # nothing to do every hour leaves no rows
    bounds = Bounds(house.settings.pictures_pages, 60.0 * house.settings.pictures_minutes)
    with recorded(house, "pictures", "by hand" if only is not None else "") as counts, watch("pictures") as seen:
        report = read_pictures(
            house.catalog,
            house.archive,
            house.limits,
            bounds,
            progress=seen,
            only=only,
            processes=house.settings.workers,
        )
        counts.update(asdict(report))
    return report


def index(house: House) -> int:
    """Brings the search index to the newest change; returns the works written."""
    from search import index_changes

    with recorded(house, "index") as counts, watch("index"):
        counts["works"] = index_changes(house.catalog, house.engine)
    return int(counts["works"])


def meaning(house: House) -> int | None:
    """Gives the passages of new works their meaning; returns how many works, None where the extra is not installed.

    A step of its own, after all others: it takes longer than they do, and no search by words waits for it.
    """
    if house.meaning is None:
        return None
    from search.meaning import meaning_changes

    with recorded(house, "meaning") as counts, watch("meaning") as seen:
        counts["works"] = meaning_changes(house.catalog, house.meaning, progress=seen)
    return int(counts["works"])


def check(house: House, repair: bool = True) -> "CheckReport":
    """Holds the index against the catalog, work by work, and mends it. Errors: DriftLeft if they still differ."""
    from search.checking import check as hold_against

    with recorded(house, "check") as counts, watch("check"):
        report = hold_against(house.catalog, house.engine, repair)
        counts.update(report.counts)
        if not report.sound:
            raise DriftLeft(report)
    return report


def match(house: House) -> int:
    """Holds the newest works against every saved search; returns new matches."""
    with recorded(house, "match") as counts, watch("match"):
        counts["matches"] = match_changes(house.catalog)
    return int(counts["matches"])


def webhooks(house: House) -> "WebhookReport":
    """Tells the webhooks of what has changed since they were last told. A receiver that fails is no failure of ours."""
    from search.webhooks import WebhookReport, deliver_webhooks
    from search.webhooks import webhooks as known

    if not any(hook.state == "active" for hook in known(house.catalog)):
        return WebhookReport()  # nothing to do every few minutes leaves no rows
    with recorded(house, "webhooks") as counts:
        report = deliver_webhooks(house.webhook_sender())
        counts.update(asdict(report))
    return report


def summary(house: House) -> list[SourceLine]:
    """How each source stands: what was found and fetched by its last crawl, and what became of all its files."""
    with house.catalog.read() as connection:
        rows = {row["name"]: row for row in connection.execute(sa.select(source_rows)).mappings()}
        states = _states(connection)
    lines = []
    for info in house.sources.values():
        row = rows.get(info.name)
        counts = row["last_counts"] if row else {}
        state = states.get(info.name, {})
        last_good = row["last_good"] if row else None
        lines.append(
            SourceLine(
                source=info.name,
                publisher=info.publisher,
                found=counts.get("found", 0),
                fetched=counts.get("fetched", 0),
                unchanged=counts.get("unchanged", 0),
                read=state.get("read", 0) + state.get("opened", 0),
                waiting=state.get("waiting", 0) + state.get("", 0),
                quarantined=state.get("quarantined", 0),
                failed=counts.get("failed", 0),
                late=last_good is None or is_late(info.cadence, last_good, datetime.now(UTC)),
                reason=row["last_reason"] if row else "never crawled",
            )
        )
    return lines


def _states(connection: sa.Connection) -> dict[str, dict[str, int]]:
    """Per source: how many of its files are read, opened (bundles), waiting, quarantined, or ("") not tried yet."""
    state = sa.func.coalesce(documents.c.state, "")
    query = (
        sa.select(captures.c.source, state, sa.func.count(sa.distinct(captures.c.sha256)))
        .join_from(captures, documents, captures.c.sha256 == documents.c.sha256, isouter=True)
        .group_by(captures.c.source, state)
    )
    found: dict[str, dict[str, int]] = {}
    for source, name, number in connection.execute(query):
        found.setdefault(source, {})[name] = number
    return found


def retry(house: House, sha256: str, read_with: str | None = None) -> None:
    """Puts a file that could not be read back to be read, with a reader that is named or the one that suits the bytes.
    Errors: of the pipeline, if there is no such file, or that reader cannot read it."""
    put_back(house.catalog, sha256, read_with)


def unread(house: House, only_ocr: bool = False) -> list[Unread]:
    """All files that could not be read, or not yet, in the order they came."""
    found: list[Unread] = []
    page = unread_documents(house.catalog)
    found += page.documents
    while page.after is not None:
        page = unread_documents(house.catalog, after=page.after)
        found += page.documents
    return [row for row in found if not only_ocr or needs_ocr(row.state, row.reason)]
