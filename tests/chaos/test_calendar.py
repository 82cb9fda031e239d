"""Does each day and each week bring one run, through the years, whoever runs it how often and by which clock?

The short form walks from leap day to the turn of the clocks; `make chaos` walks four years.
"""

import random
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa

from catalog.tables import digest_runs, outbox
from search.alerts.mails.due import make_due
from search.alerts.mails.periods import days_of
from search.alerts.members.settings import MailSettings
from search.alerts.members.subscribers import subscribe
from tests.chaos.test_chaos import LONG, SEED
from tests.search.alerts.letters import LETTERHEAD, LINKS

ZONES = ("Europe/Zurich", "America/New_York") + (("Pacific/Kiritimati", "Australia/Lord_Howe") if LONG else ())
BEGIN, END = (datetime(2027, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)) if LONG else (
    datetime(2028, 2, 26, tzinfo=UTC), datetime(2028, 4, 4, tzinfo=UTC)  # both continents turn their clocks in it
)  # fmt: skip


def test_one_run_a_day_and_a_week_through_the_years(catalog):
    chance = random.Random(SEED)
    for number, zone in enumerate(ZONES):
        for cadence in ("daily", "weekly"):
            settings = MailSettings(timezone=zone, heartbeat=True)
            subscribe(catalog, f"{cadence}{number}@example.net", "en", [("x", "wages")], cadence, settings=settings)
    now = BEGIN
    while now < END:
        back = timedelta(hours=chance.choice((0, 0, 0, 3)))  # a clock that is set back
        for moment in (now, now - back)[: 2 if back else 1]:
            make_due(catalog, moment, LINKS, LETTERHEAD)
        now += timedelta(hours=chance.uniform(1, 14))
    with catalog.read() as connection:
        runs = connection.execute(sa.select(digest_runs.c.cadence, digest_runs.c.zone, digest_runs.c.period)).all()
        mails = connection.execute(sa.select(outbox.c.subscriber_id, outbox.c.kind, outbox.c.period)).all()
    for zone in ZONES:
        days = sorted(date.fromisoformat(run.period) for run in runs if (run.cadence, run.zone) == ("daily", zone))
        weeks = sorted(days_of(run.period)[0] for run in runs if (run.cadence, run.zone) == ("weekly", zone))
        assert days == [days[0] + timedelta(days=step) for step in range(len(days))]
        assert weeks == [weeks[0] + timedelta(days=7 * step) for step in range(len(weeks))]
        assert len(days) >= (END - BEGIN).days - 1 and len(weeks) >= (END - BEGIN).days // 7 - 1
        assert date(2028, 2, 29) in days
    assert len(mails) == len(set(mails)) > 0  # heartbeats: one a week for each
