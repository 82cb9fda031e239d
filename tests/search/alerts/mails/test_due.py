"""Is each mail due once, whatever the clock, the zone and the scheduler do?"""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog import Catalog
from catalog.tables import (
    captures,
    changes,
    digest_runs,
    documents,
    holds,
    matches,
    outbox,
    pages,
    paragraphs,
    saved_searches,
    subscribers,
    works,
)
from search.alerts.errors import AlertError
from search.alerts.mails.due import make_due
from search.alerts.mails.periods import due, morning_of, period_named, zone_of
from search.alerts.members.managing import change_settings
from search.alerts.members.saved import identity_of
from search.alerts.members.settings import MailSettings
from tests.search.alerts.letters import LETTERHEAD, LINKS


def opened(mail):
    return message_from_bytes(mail.message, policy=policy.default)


def text_of(mail) -> str:
    return opened(mail).get_body(("plain",)).get_content().replace("\r\n", "\n")


ZURICH, NEW_YORK, KOLKATA, APIA, TROLL = (
    "Europe/Zurich",
    "America/New_York",
    "Asia/Kolkata",
    "Pacific/Apia",
    "Antarctica/Troll",
)
MONDAY = datetime(2026, 10, 5, 5, 0, tzinfo=UTC)  # seven in the morning in Zurich
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)


def join(catalog, address="ana@example.net", zone=ZURICH, cadences=("weekly",), **other) -> int:
    """A member with a search for each cadence; returns its number. Searches are named after their cadence."""
    with catalog.write() as connection:
        row = {
            "address": address,
            "language": "en",
            "timezone": zone,
            "state": "active",
            "since": MONDAY - 9 * WEEK,
        } | other
        member = connection.execute(sa.insert(subscribers).values(row)).inserted_primary_key[0]
        for cadence in cadences:
            query = f"wages OR {cadence.replace(' ', '')}"
            search = {"subscriber_id": member, "name": cadence, "query": query, "cadence": cadence, "start_seq": 0}
            connection.execute(sa.insert(saved_searches).values(search | {"identity": identity_of(query)}))
    return int(member)


def publish(catalog, at=MONDAY - DAY, *cadences: str, origin="news", hold_id=None) -> int:
    """A work that every running search (of these cadences) matches, as matching would write it; returns its number."""
    with catalog.write() as connection:
        number = connection.execute(sa.select(sa.func.count()).select_from(works)).scalar_one() + 1
        row = {"key": f"UN:A/81/{number}", "publisher": "UN", "symbol": f"A/81/{number}", "title": f"Title {number}."}
        work = connection.execute(sa.insert(works).values(row)).inserted_primary_key[0]
        sha256 = f"{number:064}"
        document = {"sha256": sha256, "work_id": work, "state": "read", "publisher": "UN", "media_type": "text/html"}
        key = connection.execute(sa.insert(documents).values(document)).inserted_primary_key[0]
        capture = {"source": "ilo", "publisher": "UN", "url": f"https://x.org/{number}", "sha256": sha256, "size": 1}
        connection.execute(sa.insert(captures).values(capture | {"words": {}, "captured": at}))
        seq = catalog.record_change(connection, "created", work, key)
        connection.execute(sa.update(changes).where(changes.c.seq == seq).values(at=at))
        match(connection, work, seq, at, cadences, origin=origin, hold_id=hold_id)
        catalog.move_watermark(connection, "match", seq)
    return int(work)


def match(connection, work, seq, at, cadences=(), **other) -> None:
    rows = connection.execute(sa.select(saved_searches).where(saved_searches.c.state == "running"))
    for row in rows.all():
        if not cadences or row.cadence in cadences:
            found = {"search_id": row.id, "work_id": work, "seq": seq, "matched": at} | other
            connection.execute(sa.insert(matches).values(found))


def make(catalog, now=MONDAY) -> int:
    return make_due(catalog, now, LINKS, LETTERHEAD)


def mails(catalog, kind=None) -> list:
    query = sa.select(outbox).order_by(outbox.c.id)
    with catalog.read() as connection:
        return connection.execute(query if kind is None else query.where(outbox.c.kind == kind)).all()


def told(catalog) -> dict[int, list[str]]:
    """work -> the mails that tell of it, as kind and period, once a mail."""
    query = sa.select(matches.c.work_id, outbox.c.kind, outbox.c.period, outbox.c.subscriber_id).join(outbox).distinct()
    found: dict[int, list[str]] = {}
    with catalog.read() as connection:
        for row in connection.execute(query):
            found.setdefault(row.work_id, []).append(f"{row.subscriber_id} {row.kind} {row.period}")
    return found


def runs(catalog) -> list[tuple[str, str, str]]:
    with catalog.read() as connection:
        return [tuple(row)[:3] for row in connection.execute(sa.select(digest_runs).order_by(digest_runs.c.made))]


def test_a_digest_is_due_at_seven_where_its_reader_lives(catalog):
    assert make(catalog, MONDAY - WEEK) == 0
    for address, zone in (("ana@x.org", ZURICH), ("ben@x.org", NEW_YORK), ("eva@x.org", KOLKATA)):
        join(catalog, address, zone)
    assert make(catalog, MONDAY - DAY) == 0  # the runs of the week before, which nobody needs a mail for
    publish(catalog, MONDAY - HOUR * 5)
    counts = [make(catalog, MONDAY + hours * HOUR) for hours in (-4, -3, -1, 0, 1, 5, 6, 7, 30)]
    assert counts == [0, 1, 0, 1, 0, 0, 1, 0, 0]  # 01:30, 05:00 and 11:00 UTC
    assert [mail.period for mail in mails(catalog)] == ["2026-W40"] * 3


def test_daily_digests_and_mails_at_once(catalog):
    ana = join(catalog, cadences=("daily", "at once"))
    make(catalog, MONDAY - DAY)
    first = publish(catalog, MONDAY - 20 * HOUR, "daily")
    second = publish(catalog, MONDAY - 19 * HOUR, "at once")
    assert make(catalog, MONDAY - 18 * HOUR) == 1
    assert make(catalog, MONDAY - 17 * HOUR) == 0
    assert make(catalog, MONDAY) == 1
    assert told(catalog) == {first: [f"{ana} daily 2026-10-04"], second: [f"{ana} at once c2"]}


def test_what_one_mail_told_another_cadence_names_in_one_line(catalog):
    ana = join(catalog, cadences=("at once", "daily", "weekly"))
    make(catalog, MONDAY - WEEK)
    work = publish(catalog, MONDAY - DAY)
    other = publish(catalog, MONDAY - DAY, "weekly")
    make(catalog, MONDAY - 20 * HOUR)
    assert make(catalog, MONDAY) == 1  # the weekly one; the daily one would have told nothing new
    assert told(catalog) == {work: [f"{ana} at once c1"], other: [f"{ana} weekly 2026-W40"]}
    with catalog.read() as connection:
        assert connection.execute(sa.select(matches).where(matches.c.outbox_id.is_(None))).first() is None
    weekly = text_of(mails(catalog, "weekly")[0])
    assert "1 new document" in weekly and "Already sent to you" in weekly and "Title 1." in weekly


def test_what_was_held_for_weeks_is_no_new_version(catalog):
    join(catalog)
    flood = {"source": "ilo", "first_seq": 1, "last_seq": 1, "works": 900, "usual": 3.0, "since": MONDAY - 15 * DAY}
    with catalog.write() as connection:
        hold = connection.execute(sa.insert(holds).values(flood | {"state": "held"})).inserted_primary_key[0]
    publish(catalog, MONDAY - 15 * DAY, hold_id=hold)
    for weeks in (2, 1):
        make(catalog, MONDAY - weeks * WEEK)
    with catalog.write() as connection:
        connection.execute(sa.update(holds).values(state="released"))
    assert make(catalog) == 1
    text = text_of(mails(catalog, "weekly")[-1])
    assert "Title 1." in text and "New versions of documents" not in text


def test_what_waits_when_careful_mails_are_asked_for_is_written_anew(catalog):
    ana = join(catalog, cadences=("weekly", "at once"))
    make(catalog, MONDAY - WEEK)
    publish(catalog, MONDAY - DAY, "at once")
    assert make(catalog, MONDAY - 20 * HOUR) == 1
    change_settings(catalog, ana, MailSettings("en", ZURICH, False, True))
    assert make(catalog, MONDAY - 19 * HOUR) == 1
    first, second = mails(catalog, "at once")
    assert (first.state, second.state) == ("withheld", "waiting")
    assert "Your search “" in text_of(first) and "Your search “" not in text_of(second)
    change_settings(catalog, ana, MailSettings("en", ZURICH, False, True))
    assert make(catalog, MONDAY - 18 * HOUR) == 0 and mails(catalog, "at once")[1].state == "waiting"


@pytest.mark.parametrize(
    ("state", "told_again"),
    [("sent", False), ("waiting", False), ("held", False), ("failed", True), ("bounced", True), ("suppressed", True)],
)
def test_what_a_mail_that_never_came_was_to_tell_another_search_tells(catalog, state, told_again):
    join(catalog, cadences=("weekly", "at once"))
    make(catalog, MONDAY - WEEK)
    publish(catalog, MONDAY - DAY)
    assert make(catalog, MONDAY - 20 * HOUR) == 1
    with catalog.write() as connection:
        connection.execute(sa.update(outbox).values(state=state))
    make(catalog)
    assert len(mails(catalog, "weekly")) == told_again
    assert not told_again or "Title 1." in text_of(mails(catalog, "weekly")[0])


def test_a_later_text_of_a_work_that_was_told_is_news_for_another_search(catalog):
    """The work was told for its English text; its Spanish one comes and another search matches: that is told."""
    ana = join(catalog, cadences=("daily", "weekly"))
    work = publish(catalog, MONDAY - 8 * DAY, "daily")
    make(catalog, MONDAY - WEEK)
    with catalog.write() as connection:
        seq = catalog.record_change(connection, "updated", work)
        match(connection, work, seq, MONDAY - 2 * HOUR, ("weekly",))
        catalog.move_watermark(connection, "match", seq)
    make(catalog)
    assert told(catalog) == {work: [f"{ana} daily 2026-09-27", f"{ana} weekly 2026-W40"]}
    assert "New versions of documents that were there before" in text_of(mails(catalog, "weekly")[0])


def test_missed_runs_are_made_up_by_one_whose_interval_begins_where_the_last_ended(catalog):
    ana = join(catalog, cadences=("daily", "weekly"))
    make(catalog)
    works = [publish(catalog, MONDAY + day * DAY) for day in range(1, 10)]
    assert make(catalog, MONDAY + 10 * DAY) == 1  # a jump of ten days; the weekly one is left with nothing new
    assert told(catalog) == {work: [f"{ana} daily 2026-10-14"] for work in works}
    assert len(runs(catalog)) == 4
    mail = opened(mails(catalog)[0])
    assert mail["Subject"].endswith("9 new documents, 5 - 14 Oct 2026")
    flat = " ".join(text_of(mails(catalog)[0]).split())
    assert "from 5 Oct 2026, 07:00 to 15 Oct 2026, 07:00 (Europe/Zurich)" in flat


def test_a_clock_that_goes_back_brings_nothing_twice(catalog):
    join(catalog, cadences=("daily", "weekly"), heartbeat=True)
    publish(catalog, MONDAY - DAY)
    make(catalog)
    made = len(mails(catalog))
    for days in (0, 1, 3):
        make(catalog, MONDAY - days * DAY)
    publish(catalog, MONDAY)
    make(catalog, MONDAY)
    assert {len(each) for each in told(catalog).values()} == {1}
    keys = [(mail.kind, mail.period) for mail in mails(catalog)]
    assert len(keys) == len(set(keys)) and len(keys) <= made + 4


def test_a_clock_that_ran_ahead_silences_nothing(catalog):
    ana = join(catalog)
    make(catalog, MONDAY - WEEK)
    make(catalog, datetime(2031, 3, 3, 12, tzinfo=UTC))
    work = publish(catalog, MONDAY - DAY)
    assert make(catalog) == 1
    assert told(catalog) == {work: [f"{ana} weekly 2026-W40"]}
    assert opened(mails(catalog)[0])["Subject"].endswith("28 Sep - 4 Oct 2026")


def test_who_moves_to_another_zone_gets_one_mail_a_period_and_loses_nothing(catalog):
    ana = join(catalog, zone=ZURICH)
    join(catalog, "ben@example.net", NEW_YORK)
    make(catalog, MONDAY - WEEK)
    first = publish(catalog, MONDAY - DAY)
    make(catalog)
    second = publish(catalog, MONDAY + HOUR)
    move = sa.update(subscribers).where(subscribers.c.id == ana)
    with catalog.write() as connection:
        connection.execute(move.values(timezone=NEW_YORK))
    make(catalog, MONDAY + 6 * HOUR)  # seven in New York
    with catalog.write() as connection:
        connection.execute(move.values(timezone=ZURICH))
    make(catalog, MONDAY + 7 * HOUR)
    make(catalog, MONDAY + WEEK)
    mine = {work: [mail for mail in each if mail.startswith(f"{ana} ")] for work, each in told(catalog).items()}
    assert mine == {first: [f"{ana} weekly 2026-W40"], second: [f"{ana} weekly 2026-W41"]}


def test_who_joins_after_the_morning_hears_with_the_next_one(catalog):
    join(catalog, "ben@example.net", since=MONDAY + DAY)
    publish(catalog, MONDAY + DAY)
    assert make(catalog, MONDAY + 2 * DAY) == 0 and ("weekly", ZURICH, "2026-W40") not in runs(catalog)
    assert make(catalog, MONDAY + WEEK) == 1


def test_what_is_held_dropped_paused_or_ended_is_not_told(catalog):
    ana = join(catalog, cadences=("weekly", "daily"))
    make(catalog, MONDAY - WEEK)
    with catalog.write() as connection:
        flood = {"source": "ilo", "first_seq": 1, "last_seq": 9, "works": 800, "usual": 12.0, "since": MONDAY - DAY}
        held, dropped = (
            connection.execute(sa.insert(holds).values(flood | {"state": state})).inserted_primary_key[0]
            for state in ("held", "dropped")
        )
    kept = publish(catalog, MONDAY - DAY, "weekly", hold_id=held)
    publish(catalog, MONDAY - DAY, "weekly", hold_id=dropped)
    paused = publish(catalog, MONDAY - DAY, "daily")
    state = sa.update(saved_searches).where(saved_searches.c.name == "daily")
    with catalog.write() as connection:
        connection.execute(state.values(state="paused"))
    assert make(catalog) == 1  # the one line that says that a flood is held
    flat = " ".join(text_of(mails(catalog)[0]).split())
    assert "800 documents at once; 1 of them matches" in flat and "0 matches in 3 new documents" in flat
    assert told(catalog) == {}
    assert make(catalog, MONDAY + WEEK) == 0  # that it is still held is no news
    with catalog.write() as connection:
        connection.execute(sa.update(holds).where(holds.c.id == held).values(state="released"))
        connection.execute(state.values(state="running"))
    make(catalog, MONDAY + 2 * WEEK)
    assert told(catalog) == {kept: [f"{ana} weekly 2026-W42"], paused: [f"{ana} daily 2026-10-18"]}


@pytest.mark.parametrize(("cadence", "heartbeat"), [("at once", False), ("daily", True)])
def test_who_gets_no_other_mail_hears_in_the_week_that_a_flood_is_held(catalog, cadence, heartbeat):
    join(catalog, cadences=(cadence,), heartbeat=heartbeat)
    make(catalog, MONDAY - WEEK)
    flood = {"source": "ilo", "first_seq": 1, "last_seq": 9, "works": 800, "usual": 12.0, "since": MONDAY - DAY}
    with catalog.write() as connection:
        held = connection.execute(sa.insert(holds).values(flood | {"state": "held"})).inserted_primary_key[0]
    publish(catalog, MONDAY - DAY, cadence, hold_id=held)
    make(catalog)
    said = [" ".join(text_of(mail).split()) for mail in mails(catalog)]
    assert "800 documents at once; 1 of them matches" in said[-1] and "Nothing came in" not in said[-1]
    if not heartbeat:
        assert make(catalog, MONDAY + WEEK) == 0  # that it is still held is no news


def test_a_heartbeat_says_once_a_week_that_nothing_matched(catalog):
    join(catalog, heartbeat=True, cadences=("weekly", "daily"))
    join(catalog, "ben@example.net")
    with catalog.write() as connection:
        row = {"address": "no-search@example.net", "language": "en", "timezone": ZURICH, "state": "active"}
        connection.execute(sa.insert(subscribers).values(row | {"since": MONDAY - WEEK, "heartbeat": True}))
    made = [make(catalog, MONDAY + hours * HOUR) for hours in range(0, 3 * 7 * 24, 6)]
    assert sum(made) == 3
    assert [(mail.kind, mail.period) for mail in mails(catalog)] == [
        ("weekly", "2026-W40"),
        ("weekly", "2026-W41"),
        ("weekly", "2026-W42"),
    ]
    assert "0 matches in 0 new documents" in " ".join(text_of(mails(catalog)[0]).split())


def test_a_quoted_passage_is_kept_with_its_match(catalog):
    from search.alerts.matching.matching import match_changes
    from tests.search.library import Document, Work, put

    join(catalog)
    text = "Unpaid wages are claimed by many. " * 90
    document = Document("en", "A/81/1", "About", [(1, "", "A heading"), (2, "7", text)])
    put(catalog, Work("UN", "About", [document], symbol="A/81/1", body="GA", date=date(2026, 9, 30)))
    match_changes(catalog)
    with catalog.write() as connection:
        connection.execute(sa.update(pages).values(method="tesseract"))
        heading = {"kind": "heading", "text": "Annex II"}
        connection.execute(sa.update(paragraphs).where(paragraphs.c.ordinal == 1).values(heading))
    assert make(catalog) == 1
    assert "A/81/1, para. 7, p. 2 · English · in an annex · read by OCR" in " ".join(text_of(mails(catalog)[0]).split())
    with catalog.read() as connection:
        kept = connection.execute(sa.select(matches.c.told)).scalar_one()
    assert kept["page"] == 2 and kept["citation"] == "A/81/1, para. 7" and kept["document_id"] and kept["language"]
    assert len(kept["text"].encode()) <= 2000 and text.startswith(kept["text"][:100])


def test_a_period_is_a_day_or_a_week():
    assert period_named("2026-10-05").first == date(2026, 10, 5)
    assert period_named("2026-W53").last == date(2027, 1, 3)
    for bad in ("2026-10-5", "20261005", "2026-W54", "2026-13-01", "", "x" * 100):
        with pytest.raises(AlertError):
            period_named(bad)
    assert zone_of("Mars/Olympus").key == "UTC" and zone_of("../etc/passwd").key == "UTC"


@pytest.mark.parametrize("zone", ["UTC", ZURICH, NEW_YORK, KOLKATA, TROLL])
def test_over_four_years_of_hours_each_day_and_week_is_due_once_and_in_order(zone):
    """Both turns of the clocks, 29 February, ISO week 53: hour by hour from 2024 to 2028."""
    moment, end = datetime(2024, 1, 3, tzinfo=UTC), datetime(2028, 3, 2, tzinfo=UTC)
    days, weeks, there = [], [], ZoneInfo(zone)
    while moment < end:
        day, week = due("daily", zone, moment), due("weekly", zone, moment)
        for period, seen in ((day, days), (week, weeks)):
            if not seen or seen[-1] != period:
                seen.append(period)
                local = moment.astimezone(there)
                assert local.hour >= 7 or len(seen) == 1, local
                assert local.hour == 7 or len(seen) == 1, local
        moment += HOUR
    assert all(b.first - a.first == DAY for a, b in pairwise(days))
    assert all(b.first - a.first == WEEK for a, b in pairwise(weeks))
    names = [week.name for week in weeks]
    assert "2026-W53" in names and len(set(names)) == len(names)
    assert "2024-02-29" in [day.name for day in days] and "2028-02-29" in [day.name for day in days]
    assert all(week.last.weekday() == 6 and week.ends.astimezone(there).hour == 7 for week in weeks)


def test_a_day_that_was_skipped_is_no_trouble():
    """Samoa had no 30 December 2011."""
    before, after = datetime(2011, 12, 30, 9, tzinfo=UTC), datetime(2011, 12, 30, 19, tzinfo=UTC)
    assert (due("daily", APIA, before).name, due("daily", APIA, after).name) == ("2011-12-28", "2011-12-30")
    assert morning_of(date(2011, 12, 31), APIA) == datetime(2011, 12, 30, 17, tzinfo=UTC)


STEPS = st.lists(
    st.tuples(st.sampled_from(["make", "publish", "move", "jump"]), st.integers(-60, 400)), min_size=4, max_size=14
)


@given(STEPS)
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_the_clock_does_nothing_is_lost_and_nothing_told_twice(tmp_path_factory, steps):
    catalog = Catalog(f"sqlite:///{tmp_path_factory.mktemp('due')}/catalog.sqlite")
    catalog.migrate()
    ana = join(catalog, cadences=("daily", "weekly"), heartbeat=True)
    join(catalog, "ben@example.net", KOLKATA, ("at once",))
    now, published = MONDAY, 0
    for step, hours in steps:
        now += hours * HOUR if step == "jump" else abs(hours) % 30 * HOUR
        if step == "publish":
            published += 1
            publish(catalog, now)
        elif step == "move":
            zone = (ZURICH, NEW_YORK, TROLL)[hours % 3]
            with catalog.write() as connection:
                connection.execute(sa.update(subscribers).where(subscribers.c.id == ana).values(timezone=zone))
        else:
            make(catalog, now)
    make(catalog, max(now, MONDAY) + 800 * DAY)
    assert len(told(catalog)) == published
    assert all(len(each) == 2 for each in told(catalog).values())  # one of Ana's mails, one of Ben's
    keys = [(mail.subscriber_id, mail.kind, mail.period) for mail in mails(catalog)]
    assert len(keys) == len(set(keys)) and len(runs(catalog)) == len(set(runs(catalog)))
    catalog.engine.dispose()


def _make_in_a_process(url: str) -> int:
    return make(Catalog(url))


def test_the_same_due_mails_by_three_processes_are_made_once(any_catalog):
    for number in range(5):
        join(any_catalog, f"m{number}@example.net", cadences=("at once", "daily", "weekly"))
    publish(any_catalog)
    any_catalog.engine.dispose()
    with ProcessPoolExecutor(3, mp_context=multiprocessing.get_context("spawn")) as pool:
        counts = [run.result() for run in [pool.submit(_make_in_a_process, any_catalog.url) for _ in range(3)]]
    assert sum(counts) == 5 == len(mails(any_catalog))
    assert {len(each) for each in told(any_catalog).values()} == {5}
