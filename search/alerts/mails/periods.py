"""Which day or week is to be told of now, where a member lives? By the wall clock there, at seven in the morning.

A period is named after the days that it covers: the day 2026-10-04 is told on the morning of the 5th, the week
2026-W40 on the Monday after it. The newest period whose morning has come is due, and no other: what older ones would
have told goes with it. Only wall clocks are compared, so that a day of 23, 25 or 0 hours is a day like others.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from search.alerts.errors import AlertError

MORNING = time(7)
DAILY, WEEKLY, AT_ONCE = "daily", "weekly", "at once"  # saved_searches.cadence
DIGESTS = (DAILY, WEEKLY)


class Period(NamedTuple):
    """A run of digests: `first` to `last` are the days it is named after, `begins` and `ends` its mornings."""

    cadence: str
    zone: str
    name: str
    first: date
    last: date

    @property
    def begins(self) -> datetime:
        return morning_of(self.first, self.zone)

    @property
    def ends(self) -> datetime:
        return morning_of(self.last + timedelta(days=1), self.zone)


def due(cadence: str, zone: str, now: datetime) -> Period:
    """The newest period of this cadence whose morning has come in this zone."""
    there = now.astimezone(zone_of(zone))
    day = there.date() - timedelta(days=1)  # told this morning
    if there.time() < MORNING:
        day -= timedelta(days=1)
    if cadence == WEEKLY:
        day -= timedelta(days=(day.weekday() + 1) % 7)  # back to a Sunday
        return period_named(period_of(day), zone)
    return period_named(day.isoformat(), zone)


def period_named(name: str, zone: str = "UTC") -> Period:
    """The week 2026-W40 or the day 2026-10-05. Errors: AlertError for any other text."""
    if "W" in name:
        return Period(WEEKLY, zone, name, *days_of(name))
    try:
        day = date.fromisoformat(name)
    except ValueError:
        day = None
    if day is None or day.isoformat() != name:
        raise AlertError(f"a period is a day such as 2026-10-05 or a week such as 2026-W40, not {name[:20]!r}")
    return Period(DAILY, zone, name, day, day)


def period_of(day: date) -> str:
    """The week a day belongs to, 2026-W40; Monday's digest of the week before is period_of(monday - one day)."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def days_of(period: str) -> tuple[date, date]:
    """Monday and Sunday of a week."""
    year, _, week = period.partition("-W")
    try:
        monday = date.fromisocalendar(int(year), int(week), 1)
    except ValueError as error:
        raise AlertError(f"a period is an ISO week such as 2026-W40, not {period[:20]!r}") from error
    if period_of(monday) != period:
        raise AlertError(f"a period is an ISO week such as 2026-W40, not {period[:20]!r}")
    return monday, monday + timedelta(days=6)


def morning_of(day: date, zone: str) -> datetime:
    """Seven o'clock there, in UTC; where that hour is skipped or comes twice, as the zone's rules have it."""
    return datetime.combine(day, MORNING, zone_of(zone)).astimezone(UTC)


@lru_cache(maxsize=1000)
def zone_of(name: str) -> ZoneInfo:
    """The zone; one that the machine does not know (any more) is taken for UTC, and nobody goes without mail."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
