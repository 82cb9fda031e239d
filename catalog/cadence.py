"""How often is a source to be crawled, and when is it late? The one table that crawlers, pages and schedule share."""

from datetime import datetime, timedelta

PERIODS = {
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=31),
    "quarterly": timedelta(days=92),
    "yearly": timedelta(days=366),
}
CADENCES = (*PERIODS, "once")  # "once" has no period: such a source is never late
PATIENCE = 2  # periods


def is_late(cadence: str, last_good: datetime | None, now: datetime) -> bool:
    """Whether more than two periods have passed since the last good run; a source that never ran well is not late."""
    period = PERIODS.get(cadence)
    return period is not None and last_good is not None and now - last_good > period * PATIENCE
