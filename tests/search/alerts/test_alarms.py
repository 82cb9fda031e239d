"""Do the three alarms ring when something is broken, and only then? And is there something to do about each?"""

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import sqlalchemy as sa

from catalog.tables import deliveries, digest_runs, outbox, runs, sources, subscribers
from search.alerts.alarms import GRACE, alarms, mail_alarms
from search.alerts.links import Letterhead, Links
from search.alerts.mails.due import make_due
from search.alerts.members.subscribers import subscribe

NOW = datetime(2026, 11, 24, 14, tzinfo=UTC)  # a Tuesday afternoon
LINKS = Links("https://watch.example.org", "a secret of the tests, long enough")
HEAD = Letterhead("watch@example.org")
ROOT = Path(__file__).parents[3]


def kinds(catalog, now=NOW):
    return [alarm.kind for alarm in alarms(catalog, now)]


def source(catalog, **values):
    row = {"name": "un-library", "publisher": "UN", "title": "UN Digital Library", "cadence": "daily", "terms": ""}
    row |= {"last_started": NOW, "last_good": NOW, "last_state": "done", "last_reason": "", "last_counts": {}}
    with catalog.write() as connection:
        connection.execute(sa.delete(sources))
        connection.execute(sa.insert(sources).values(row | values))


def member(catalog, since=NOW - timedelta(days=30)):
    subscribe(catalog, "ana@example.net", "en", [("x", "wages")])
    with catalog.write() as connection:
        connection.execute(sa.text("UPDATE subscribers SET since = :at"), {"at": since.replace(tzinfo=None)})


def mail(catalog, **values):
    row = {"subscriber_id": 1, "kind": "weekly", "period": "2026-W47", "message_id": "<x@y>", "message": b"x"}
    row |= {"state": "waiting", "attempts": 0, "created": NOW - GRACE - timedelta(minutes=1)}
    with catalog.write() as connection:
        return connection.execute(sa.insert(outbox).values(row | values).returning(outbox.c.id)).scalar_one()


def test_all_is_quiet_where_nothing_is_there(catalog):
    assert kinds(catalog) == []


@pytest.mark.parametrize(
    ("values", "rings"),
    [
        ({}, False),
        ({"last_good": NOW - timedelta(days=2, hours=1)}, True),
        ({"last_good": NOW - timedelta(days=1, hours=23)}, False),
        ({"last_good": None, "last_state": "failed", "last_reason": "403"}, True),
        ({"last_good": None, "last_started": None, "last_state": None}, False),  # not looked at yet: nothing is broken
        ({"last_state": "failed"}, False),  # may pass: not late yet
    ],
)
def test_a_source_is_late(catalog, values, rings):
    source(catalog, **values)
    assert kinds(catalog) == (["source"] if rings else [])


def test_a_digest_that_is_not_made_rings_after_some_hours_and_until_it_is(catalog):
    member(catalog)
    morning = datetime(2026, 11, 24, 7, tzinfo=UTC)
    make_due(catalog, morning - timedelta(days=1), LINKS, HEAD)  # Monday's
    assert kinds(catalog, morning + GRACE - timedelta(minutes=1)) == []
    assert kinds(catalog, morning + GRACE) == ["digest"]
    (alarm,) = alarms(catalog, morning + timedelta(days=3))
    assert "daily 2026-11-25 in UTC" in alarm.says or "daily 2026-11-26 in UTC" in alarm.says
    assert kinds(catalog, morning + timedelta(days=1, minutes=5)) == ["digest"], "a new morning does not silence it"
    make_due(catalog, morning + timedelta(days=1, minutes=6), LINKS, HEAD)
    assert kinds(catalog, morning + timedelta(days=1, minutes=7)) == []
    with catalog.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(digest_runs)).scalar_one() == 3


def test_who_became_a_member_today_misses_no_digest_of_yesterday(catalog):
    member(catalog, since=NOW - timedelta(hours=1))
    assert kinds(catalog, NOW) == []


@pytest.mark.parametrize(
    ("values", "rings"),
    [
        ({}, True),  # nobody has tried to send it
        ({"created": NOW - timedelta(hours=1)}, False),
        ({"state": "held"}, True),
        ({"state": "held", "created": NOW}, False),
        ({"state": "sent"}, False),
        ({"state": "failed"}, False),
        ({"attempts": 3}, True),  # and nothing else was taken meanwhile
        ({"subscriber_id": None}, False),  # of the secretariat itself: an alarm must not ring because of an alarm
    ],
)
def test_a_mail_does_not_go(catalog, values, rings):
    member(catalog)
    make_due(catalog, NOW, LINKS, HEAD)
    mail(catalog, **values)
    assert kinds(catalog) == (["digest"] if rings else [])


@pytest.mark.parametrize(("rests", "rings"), [(timedelta(days=3), []), (-GRACE - timedelta(minutes=1), ["digest"])])
def test_a_mailbox_that_is_full_for_days_is_no_alarm(catalog, rests, rings):
    member(catalog)
    make_due(catalog, NOW, LINKS, HEAD)
    mail(catalog)
    with catalog.write() as connection:
        connection.execute(sa.update(subscribers).values(soft_bounces=4, mail_after=NOW + rests))
    assert kinds(catalog) == rings


def test_one_server_that_puts_off_is_no_alarm_while_others_take_mail(catalog):
    member(catalog)
    make_due(catalog, NOW, LINKS, HEAD)
    mail(catalog, attempts=3)
    other = mail(catalog, state="sent", message_id="<z@y>", period="2026-W46")
    with catalog.write() as connection:
        row = {"outbox_id": other, "at": NOW - timedelta(hours=1), "outcome": "sent", "answer": "250"}
        connection.execute(sa.insert(deliveries).values(row))
    assert kinds(catalog) == []
    assert kinds(catalog, NOW + GRACE - timedelta(minutes=1)) == ["digest"]


def test_matches_were_missed(catalog):
    def audit(missed):
        row = {"step": "audit", "subject": "", "started": NOW, "finished": NOW, "state": "done", "reason": ""}
        with catalog.write() as connection:
            counts = {"searches": 2, "pairs": 200, "missed": missed}
            connection.execute(sa.insert(runs).values(row | {"counts": counts}))

    audit(0)
    assert kinds(catalog) == []
    audit(2)
    (alarm,) = alarms(catalog, NOW)
    assert alarm.kind == "missed" and "2 of 200" in alarm.says and "1.00%" in alarm.says
    audit(0)
    assert kinds(catalog) == [], "it ends with the next audit that misses nothing"


def broken(catalog):
    """All three at once."""
    source(catalog, last_good=NOW - timedelta(days=9))
    member(catalog)
    row = {"step": "audit", "subject": "", "started": NOW, "finished": NOW, "state": "done", "reason": ""}
    with catalog.write() as connection:
        connection.execute(sa.insert(runs).values(row | {"counts": {"searches": 1, "pairs": 2, "missed": 1}}))


def mails(catalog):
    with catalog.read() as connection:
        query = sa.select(outbox.c.message).where(outbox.c.subscriber_id.is_(None)).order_by(outbox.c.id)
        return [message_from_bytes(row, policy=policy.default) for row in connection.execute(query).scalars()]


def test_the_secretariat_is_mailed_once_a_day_while_it_lasts(catalog):
    broken(catalog)
    assert mail_alarms(catalog, NOW, LINKS, HEAD, "") == 0 and not mails(catalog)
    assert mail_alarms(catalog, NOW, LINKS, HEAD, "office@example.org") == 3
    assert mail_alarms(catalog, NOW + timedelta(hours=9), LINKS, HEAD, "office@example.org") == 0
    assert mail_alarms(catalog, NOW + timedelta(hours=10), LINKS, HEAD, "office@example.org") == 3, "the next day, UTC"
    first = mails(catalog)[0]
    assert first["To"] == "office@example.org" and first["Subject"] == "Forumwatch: a source is late"
    assert first["Auto-Submitted"] == "auto-generated" and "\n" not in first["Message-ID"]
    text = first.get_content()
    assert "UN Digital Library (last good 2026-11-15)" in text and "https://watch.example.org/health" in text


def test_mailing_an_alarm_twice_at_once_makes_one_mail(any_catalog):
    from concurrent.futures import ThreadPoolExecutor

    broken(any_catalog)
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: mail_alarms(any_catalog, NOW, LINKS, HEAD, "o@example.org"), range(4)))
    assert sum(made) == 3 == len(mails(any_catalog))


def test_each_alarm_has_its_line_in_the_runbook(catalog):
    broken(catalog)
    ringing = alarms(catalog, NOW)
    assert {alarm.kind for alarm in ringing} == {"source", "digest", "missed"}
    headings = re.findall(r"^#+ (.+)$", (ROOT / "docs" / "operations.md").read_text(encoding="utf-8"), re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}
    assert {alarm.anchor for alarm in ringing} <= anchors
    assert all(alarm.remedy for alarm in ringing)
