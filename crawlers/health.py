"""Did the run keep the source's promise? Zero is never success, and a wrong number says so in a sentence."""

from collections.abc import Iterable
from datetime import UTC, datetime

import sqlalchemy as sa

from catalog import Catalog, upsert
from catalog.cadence import is_late
from catalog.tables import sources
from crawlers.found import Expect
from crawlers.frontier import Counts
from crawlers.register import SourceInfo
from crawlers.report import CrawlReport

MOST_FAILED = 0.5  # of the files found; with more, something is wrong with more than the files


def verdict(expect: Expect, counts: Counts, stopped: str) -> tuple[str, str]:
    """("done" or "failed", why). A few files that cannot be had do not fail a run, but are spoken of."""
    if stopped:
        return "failed", f"{stopped} ({counts.waiting} addresses wait for another run)"
    if counts.waiting:
        return "failed", f"ended before it was through: {counts.waiting} addresses wait for another run"
    if counts.first_bad_page:
        return "failed", f"a page could not be read: {counts.first_bad_page}"
    if counts.found == 0:
        return "failed", "nothing was found at all: the site has changed, or shuts us out"
    if not expect.at_least <= counts.found <= expect.at_most:
        promise = f"{expect.at_least} to {expect.at_most} files were expected"
        return "failed", f"{counts.found} files were found, where {promise}"
    if counts.failed > MOST_FAILED * counts.found:
        return "failed", f"{counts.failed} of {counts.found} files failed, the first: {counts.first_bad_file}"
    if counts.failed:
        return "done", f"{counts.failed} of {counts.found} files failed, the first: {counts.first_bad_file}"
    return "done", ""


def register_sources(catalog: Catalog, declared: Iterable[SourceInfo]) -> None:
    """One row a source, so that one that was never crawled is seen too; writes only where something differs."""
    rows = [_row(source) for source in declared]
    columns = [sources.c[name] for name in ("name", "publisher", "title", "cadence", "terms")]
    with catalog.read() as connection:
        known = {row["name"]: dict(row) for row in connection.execute(sa.select(*columns)).mappings()}
    changed = [row for row in rows if known.get(str(row["name"])) != row]
    if changed:
        with catalog.write() as connection:
            upsert(connection, sources, changed, key=["name"])


def note_start(catalog: Catalog, source: SourceInfo, round: str) -> None:
    """The source's row says that a round is under way."""
    row = _row(source) | {"last_round": round, "last_state": "running", "last_started": datetime.now(UTC)}
    with catalog.write() as connection:
        upsert(connection, sources, [row | {"last_reason": "", "last_counts": {}}], key=["name"])


def note_end(catalog: Catalog, source: SourceInfo, round: str, report: CrawlReport) -> CrawlReport:
    """The source's row says how the run went; returns the report with `late` decided."""
    now = datetime.now(UTC)
    counts = {name: getattr(report, name) for name in ("found", "fetched", "unchanged", "failed", "withheld")}
    row = _row(source) | {
        "last_round": round,
        "last_state": report.state,
        "last_reason": report.reason,
        "last_counts": counts,
    }
    if report.state == "done":
        row["last_good"] = now
    with catalog.write() as connection:
        upsert(connection, sources, [row], key=["name"])
        last_good = connection.execute(sa.select(sources.c.last_good).where(sources.c.name == source.name)).scalar()
    late = is_late(source.cadence, last_good, now)
    return CrawlReport(
        report.source,
        report.found,
        report.fetched,
        report.unchanged,
        report.failed,
        late,
        report.state,
        report.reason,
        report.withheld,
    )


def _row(source: SourceInfo) -> dict[str, object]:
    return {
        "name": source.name,
        "publisher": source.publisher,
        "title": source.title,
        "cadence": source.cadence,
        "terms": source.terms,
    }


def round_is_done(catalog: Catalog, source: str, round: str) -> dict[str, int] | None:
    """The counts of the round if it was crawled and kept its promise; None if it is still to do."""
    query = sa.select(sources.c.last_counts).where(
        sources.c.name == source, sources.c.last_round == round, sources.c.last_state == "done"
    )
    with catalog.read() as connection:
        counts = connection.execute(query).scalar()
    return None if counts is None else {str(name): int(number) for name, number in counts.items()}
