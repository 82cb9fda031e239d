"""Does each member get one mail a period, with all that is new and nothing twice, however often it is made?"""

import multiprocessing
import shutil
import signal
import subprocess
import sys
import textwrap
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import sqlalchemy as sa

from catalog import Catalog
from catalog.tables import digest_runs, matches, outbox, sources, subscribers
from search.alerts.errors import AlertError
from search.alerts.mails import digests
from search.alerts.mails.digests import make_digests
from search.alerts.mails.periods import days_of, period_of
from search.alerts.matching.matching import match_changes
from search.alerts.members.leaving import unsubscribe
from search.alerts.members.subscribers import subscribe
from search.alerts.post.delivery import deliver
from search.alerts.post.maildir import LocalMailbox
from search.alerts.post.smtp import Smtp
from tests.search.alerts.letters import LETTERHEAD, LINKS
from tests.search.library import Document, Work, fill, put

ANA, BEN, EVA = "ana@example.net", "ben@example.net", "eva@example.net"
MONDAY = datetime(2026, 10, 5, 5, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
ROOT = Path(__file__).parents[4]


def work(name: str, text: str) -> Work:
    symbol = f"A/81/{name}"
    document = Document("en", symbol, f"About {name}", [(1, "", "A heading"), (2, "7", text)])
    return Work("UN", f"About {name}", [document], symbol=symbol, body="GA", date=date(2026, 9, 30))


def make(catalog, now: datetime = MONDAY) -> int:
    return make_digests(catalog, period_of(now.date() - timedelta(days=1)), now, LINKS, LETTERHEAD)


def mails(catalog) -> dict[str, list]:
    """address -> its mails, in the order they were made."""
    query = sa.select(subscribers.c.address, outbox.c.message).join_from(outbox, subscribers).order_by(outbox.c.id)
    made: dict[str, list] = {}
    with catalog.read() as connection:
        for address, message in connection.execute(query):
            made.setdefault(address, []).append(message_from_bytes(message, policy=policy.default))
    return made


def text_of(mail) -> str:
    return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


@pytest.fixture
def members(catalog):
    subscribe(catalog, ANA, "en", [("Wages", "wages"), ("Pay", "wages OR salaries")])
    subscribe(catalog, BEN, "fr", [("Salaires", "wages")])
    subscribe(catalog, EVA, "es", [("Visados", "visas")])
    return catalog


def test_one_mail_with_every_new_work_once_and_why(members):
    put(members, work("1", "Unpaid wages are claimed by many."))
    put(members, work("2", "Salaries rise."))
    match_changes(members)
    assert make(members) == 2
    made = mails(members)
    assert set(made) == {ANA, BEN}  # nothing for Eva: no mail
    ana, ben = made[ANA][0], made[BEN][0]
    assert ana["Subject"] == "Forumwatch: 2 new documents, 28 Sep - 4 Oct 2026"
    assert ben["Subject"] == "Forumwatch : 1 nouveau document, 28 sept. - 4 oct. 2026"
    text = text_of(ana)
    assert text.count("A/81/1 · 30 Sep 2026 · English") == 1
    assert "Your search “Wages”: documents with" in text and "Your search “Pay”: documents with" in text
    assert '"Unpaid *wages* are claimed by many."\n    A/81/1, para. 7, p. 2' in text
    assert LINKS.work("UN:A/81/1", "wages") in text
    with members.read() as connection:
        assert connection.execute(sa.select(matches).where(matches.c.outbox_id.is_(None))).first() is None
        run = connection.execute(sa.select(digest_runs)).one()
    assert (run.period, run.up_to_seq, run.mails) == ("2026-W40", 2, 2)


def test_the_searches_of_a_work_stand_in_the_members_order_not_in_that_in_which_they_found_it(members):
    put(members, work("1", "Salaries rise."))
    match_changes(members)  # only the second search has it
    put(members, work("1", "Salaries and wages rise."))
    match_changes(members)
    make(members)
    text = text_of(mails(members)[ANA][0])
    assert 0 < text.index("Your search “Wages”") < text.index("Your search “Pay”")


def test_the_same_period_twice_is_once_and_late_matches_wait_for_the_next(members):
    put(members, work("1", "wages"))
    match_changes(members)
    assert (make(members), make(members)) == (2, 0)
    put(members, work("2", "wages"))
    match_changes(members)
    assert make(members, MONDAY + timedelta(hours=3)) == 0
    assert make(members, MONDAY + WEEK) == 2
    first, second = mails(members)[BEN]
    assert "A/81/1" in text_of(first) and "A/81/2" not in text_of(first)
    assert "A/81/2" in text_of(second) and "A/81/1" not in text_of(second)


def test_missed_weeks_are_made_up_and_said(members):
    put(members, work("1", "wages"))
    match_changes(members)
    make(members)
    put(members, work("2", "wages"))
    match_changes(members)
    put(members, work("3", "wages"))
    match_changes(members)
    assert make(members, MONDAY + 3 * WEEK) == 2  # nothing ran for two Mondays
    late = mails(members)[ANA][1]
    assert late["Subject"] == "Forumwatch: 2 new documents, 5 - 25 Oct 2026"
    assert "A/81/2" in text_of(late) and "A/81/3" in text_of(late)


def test_a_document_dated_far_ahead_is_told_of_once(members):
    """Events are known by their number in the sequence, not by their date: no repeats until the day comes."""
    future = work("1", "wages")
    put(members, Work("UN", "Next year", future.documents, symbol="A/82/1", date=date(2027, 9, 30)))
    told = 0
    for week in range(5):
        match_changes(members)
        told += make(members, MONDAY + week * WEEK)
    assert told == 2


def test_who_has_left_gets_no_mail(members):
    put(members, work("1", "wages"))
    match_changes(members)
    unsubscribe(members, BEN)
    unsubscribe(members, ANA, "wages")
    assert make(members) == 1
    assert "“Wages”" not in text_of(mails(members)[ANA][0]) and "“Pay”" in text_of(mails(members)[ANA][0])


def test_who_leaves_while_mails_are_set_gets_none(members, monkeypatch):
    put(members, work("1", "wages"))
    match_changes(members)
    setting = digests._Setter.mails

    def leave_meanwhile(self, these):
        made = setting(self, these)
        unsubscribe(members, BEN)
        unsubscribe(members, ANA, "wages")
        monkeypatch.setattr(digests._Setter, "mails", setting)
        return made

    monkeypatch.setattr(digests._Setter, "mails", leave_meanwhile)
    assert make(members) == 1
    assert set(mails(members)) == {ANA} and "“Wages”" not in text_of(mails(members)[ANA][0])


def test_a_source_that_failed_is_named_and_the_subject_says_incomplete(members):
    put(members, work("1", "wages"))
    match_changes(members)
    with members.write() as connection:
        row = {"publisher": "ILO", "title": "ILO Governing Body", "cadence": "daily", "terms": "", "last_good": MONDAY}
        row |= {"last_counts": {}, "last_reason": ""}
        connection.execute(sa.insert(sources).values(name="ilo", last_state="done", **row))
        failed = row | {"last_reason": "the listing was empty", "title": "IOM Council"}
        connection.execute(sa.insert(sources).values(name="iom", last_state="failed", **failed))
    make(members)
    mail = mails(members)[ANA][0]
    assert "(incomplete)" in mail["Subject"]
    assert "! IOM Council: last try failed: the listing was empty" in text_of(mail)
    assert "- ILO Governing Body: last good look 5 Oct 2026" in text_of(mail)


def test_passages_come_in_the_readers_language(catalog):
    subscribe(catalog, BEN, "fr", [("Philippines", "country:PHL domestiques OR domestic")])
    fill(catalog)
    match_changes(catalog)
    make(catalog)
    mail = mails(catalog)[BEN][0]
    assert "Rapport du Rapporteur spécial" in text_of(mail) and "travailleuses" in text_of(mail)
    assert "Conseil des droits de l" in text_of(mail)


def test_the_mail_does_not_depend_on_when_it_is_set(members, monkeypatch):
    """Made anew inside the transaction, it is the same mail as the one made before it."""
    put(members, work("1", "wages"))
    match_changes(members)
    members.engine.dispose()
    path = Path(members.url.removeprefix("sqlite:///"))
    other = Catalog(f"sqlite:///{shutil.copy(path, path.with_name('other.sqlite'))}")
    assert make(members) == 2
    monkeypatch.setattr(digests.Spool, "take", lambda *_: None)
    assert make(other) == 2
    assert {who: [mail.as_bytes() for mail in each] for who, each in mails(members).items()} == {
        who: [mail.as_bytes() for mail in each] for who, each in mails(other).items()
    }


def test_periods_are_iso_weeks():
    assert period_of(date(2026, 10, 4)) == "2026-W40" and period_of(date(2027, 1, 3)) == "2026-W53"
    assert days_of("2026-W53") == (date(2026, 12, 28), date(2027, 1, 3))
    for bad in ("2026-40", "2025-W53", "2026-W54", "W40", "", "2026-W4", "x" * 1000, "2026-W40\n"):
        with pytest.raises(AlertError):
            days_of(bad)


def test_every_day_of_four_years_belongs_to_one_period():
    day, seen = date(2026, 1, 1), {}
    while day < date(2030, 1, 1):
        monday, sunday = days_of(period_of(day))
        assert monday <= day <= sunday
        seen.setdefault(period_of(day), []).append(day)
        day += timedelta(days=1)
    assert all(len(days) == 7 for days in list(seen.values())[1:-1]) and list(seen) == sorted(seen)


def _make_in_a_process(url: str) -> int:
    return make(Catalog(url))


def test_two_digests_at_once_are_one(any_catalog):
    for number in range(8):
        subscribe(any_catalog, f"m{number}@example.net", "en", [("Wages", "wages")])
    put(any_catalog, work("1", "wages"))
    match_changes(any_catalog)
    any_catalog.engine.dispose()
    with ProcessPoolExecutor(3, mp_context=multiprocessing.get_context("spawn")) as pool:
        counts = [run.result() for run in [pool.submit(_make_in_a_process, any_catalog.url) for _ in range(3)]]
    assert sorted(counts) == [0, 0, 8]
    with any_catalog.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(outbox)).scalar_one() == 8
        assert connection.execute(sa.select(sa.func.count()).select_from(digest_runs)).scalar_one() == 1


CHILD = """
    import os, signal, sys
    from datetime import UTC, datetime
    import sqlalchemy as sa
    from catalog import Catalog
    from search.alerts.post.delivery import deliver
    from search.alerts.mails.digests import make_digests
    from search.alerts.matching.matching import match_changes
    from search.alerts.post.smtp import Smtp
    from tests.search.alerts.letters import LETTERHEAD, LINKS
    url, port, moment = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    catalog, done = Catalog(url), 0

    @sa.event.listens_for(catalog.engine, "before_cursor_execute")
    @sa.event.listens_for(catalog.engine, "commit")
    def die(*_):
        global done
        done += 1
        if done == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    now = datetime(2026, 10, 5, 5, tzinfo=UTC)
    match_changes(catalog)
    make_digests(catalog, "2026-W40", now, LINKS, LETTERHEAD)
    deliver(catalog, Smtp("127.0.0.1", port, timeout=5), now)
    print(done)
"""


def test_a_week_killed_at_any_statement_ends_in_the_same_mailbox(members, tmp_path):
    """Match, digest and deliver in a real process, SIGKILL at statement after statement, then once more in full."""
    for name in "123":
        put(members, work(name, "wages and visas"))
    members.engine.dispose()
    path = Path(members.url.removeprefix("sqlite:///"))

    def week(catalog_path: Path, port: int, moment: int) -> subprocess.CompletedProcess[str]:
        program = [sys.executable, "-c", textwrap.dedent(CHILD), f"sqlite:///{catalog_path}", str(port), str(moment)]
        return subprocess.run(program, cwd=ROOT, timeout=60, capture_output=True, text=True)

    whole = tmp_path / "whole.sqlite"
    shutil.copy(path, whole)
    with LocalMailbox(tmp_path / "whole") as box:
        statements = int(week(whole, box.port, 0).stdout)
        expected = box.mailbox.messages()
    assert len(expected) == 3 and statements > 40
    doubles = 0
    for moment in range(3, statements + 1, max(1, statements // 10)):
        other = tmp_path / f"{moment}.sqlite"
        shutil.copy(path, other)
        with LocalMailbox(tmp_path / f"mail-{moment}") as box:
            assert week(other, box.port, moment).returncode == -signal.SIGKILL
            catalog = Catalog(f"sqlite:///{other}")
            match_changes(catalog)
            make(catalog)
            deliver(catalog, Smtp("127.0.0.1", box.port), MONDAY + timedelta(hours=1))
            assert box.mailbox.messages() == expected, f"killed at statement {moment}"
            assert box.mailbox.doubles <= 1
            doubles += box.mailbox.doubles
            with catalog.read() as connection:
                assert set(connection.execute(sa.select(outbox.c.state)).scalars()) == {"sent"}
            catalog.engine.dispose()
    assert doubles <= 4


def test_restored_from_a_backup_nobody_hears_twice(members, tmp_path):
    """The catalog of last week wakes up: what it sends again has the Message-ID of the first time, or is held."""
    path = Path(members.url.removeprefix("sqlite:///"))
    put(members, work("1", "wages"))
    match_changes(members)
    make(members)
    members.engine.dispose()
    shutil.copy(path, tmp_path / "backup.sqlite")
    with LocalMailbox(tmp_path / "mail") as box:
        smtp = Smtp("127.0.0.1", box.port)
        assert deliver(members, smtp, MONDAY).sent == 2
        restored = Catalog(f"sqlite:///{tmp_path}/backup.sqlite")
        assert deliver(restored, smtp, MONDAY + timedelta(days=10)).held == 2
        assert len(box.mailbox.messages()) == 2 and box.mailbox.doubles == 0
        other = Catalog(f"sqlite:///{shutil.copy(tmp_path / 'backup.sqlite', tmp_path / 'sooner.sqlite')}")
        with other.write() as connection:
            connection.execute(sa.update(outbox).values(state="waiting"))
        assert deliver(other, smtp, MONDAY + timedelta(days=1)).sent == 2
        assert len(box.mailbox.messages()) == 2 and box.mailbox.doubles == 2
