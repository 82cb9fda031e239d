"""Does a mail go only where it is wanted, when it may, and no faster than agreed?"""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from catalog.tables import deliveries, outbox, saved_searches, subscribers, suppressions
from search.alerts.post import delivery
from search.alerts.post.delivery import GIVE_UP, HOLD_AFTER, STRANGE, Office, deliver, release_held
from search.alerts.post.pacing import Pace
from search.alerts.post.returning import read_return_path
from search.alerts.post.smtp import Smtp
from search.alerts.post.suppression import COMPLAINT, HARD, suppress, why_suppressed
from tests.search.alerts.postoffice import HOUR, NOW, PostOffice

OFFICE = Office(secret="a secret for tests, long enough")
DAY = timedelta(days=1)


def smtp(server) -> Smtp:
    return Smtp("127.0.0.1", server.port, timeout=5.0)


def change(catalog, table, **values):
    with catalog.write() as connection:
        connection.execute(sa.update(table).values(values))


def value(catalog, column):
    with catalog.read() as connection:
        return connection.execute(sa.select(column)).scalar_one()


def ledger(catalog) -> list[str]:
    with catalog.read() as connection:
        return list(connection.execute(sa.select(deliveries.c.outcome).order_by(deliveries.c.id)).scalars())


def block(catalog, address, reason):
    with catalog.write() as connection:
        suppress(connection, OFFICE.secret, address, reason, "x", now=NOW)


def test_a_mailbox_that_is_not_there_is_never_written_to_again(catalog, members, outbox_states):
    members("ana@example.net", "ana@example.org")
    with PostOffice("refuse") as server:
        report = deliver(catalog, smtp(server), NOW, OFFICE)
        assert (report.bounced, report.sent) == (1, 1)
        assert outbox_states() == ["bounced", "sent"] and ledger(catalog) == ["bounced", "sent"]
        change(catalog, outbox, state="waiting", period="x")
        again = deliver(catalog, smtp(server), NOW + HOUR, OFFICE)
    assert (again.suppressed, again.sent) == (1, 1) and outbox_states() == ["suppressed", "sent"]
    assert server.asked["ana@example.net"] == 1


def test_a_server_that_knows_nobody_is_not_believed_for_long(catalog, members):
    members(*(f"m{number}@example.net" for number in range(20)))
    with PostOffice(after="refuse") as server:
        report = deliver(catalog, smtp(server), NOW, OFFICE)
    assert report.bounced == STRANGE and report.waiting == 20 - STRANGE
    assert "knows none of 5 readers in a row" in report.stopped
    assert value(catalog, sa.func.count(suppressions.c.address_hash)) == STRANGE


@pytest.mark.parametrize("mood", ["policy", "too-big"])
def test_a_refusal_that_is_not_the_readers_fault_suppresses_nobody(catalog, members, mood):
    members("ana@example.net")
    with PostOffice(mood) as server:
        assert deliver(catalog, smtp(server), NOW, OFFICE).refused == 1
    assert value(catalog, sa.func.count(suppressions.c.address_hash)) == 0


def test_a_full_mailbox_rests(catalog, members):
    members("ana@example.net")
    with PostOffice("full") as server:
        assert deliver(catalog, smtp(server), NOW, OFFICE).bounced == 1
        assert value(catalog, subscribers.c.soft_bounces) == 1
        change(catalog, outbox, state="waiting")
        assert deliver(catalog, smtp(server), NOW + HOUR / 2, OFFICE).waiting == 1
        assert deliver(catalog, smtp(server), NOW + 2 * HOUR, OFFICE).sent == 1


def test_resting_long_is_not_being_old(catalog, members):
    members("ana@example.net")
    change(catalog, subscribers, mail_after=NOW + 6 * DAY)
    with PostOffice() as server:
        assert deliver(catalog, smtp(server), NOW + 5 * DAY, OFFICE).waiting == 1
        assert deliver(catalog, smtp(server), NOW + 6 * DAY + HOUR, OFFICE).sent == 1


def test_patience_ends_as_a_soft_bounce(catalog, members, outbox_states):
    members("ana@example.net")
    now = NOW
    with PostOffice(after="busy") as server:
        for _ in range(GIVE_UP):
            now += 7 * HOUR
            deliver(catalog, smtp(server), now, OFFICE)
    assert outbox_states() == ["bounced"] and ledger(catalog) == ["failed"] * (GIVE_UP - 1) + ["bounced"]
    assert value(catalog, subscribers.c.soft_bounces) == 1


@pytest.mark.parametrize(
    ("kind", "state", "searches", "goes"),
    [
        ("weekly", "active", "running", True),
        ("weekly", "active", "ended", False),
        ("at once", "active", "ended", False),
        ("weekly", "pending", "running", False),
        ("confirm", "pending", "ended", True),
        ("confirm", "unsubscribed", "running", True),
        ("changed", "active", "ended", True),
        ("notice", "active", "ended", True),
        ("notice", "unsubscribed", "running", False),
    ],
)
def test_who_gets_which_kind(catalog, members, kind, state, searches, goes):
    members("ana@example.net")
    change(catalog, outbox, kind=kind)
    change(catalog, subscribers, state=state)
    change(catalog, saved_searches, state=searches)
    with PostOffice() as server:
        report = deliver(catalog, smtp(server), NOW, OFFICE)
    assert (report.sent, report.withheld) == ((1, 0) if goes else (0, 1))


@pytest.mark.parametrize(
    ("kind", "reason", "goes"),
    [("weekly", HARD, False), ("confirm", HARD, True), ("confirm", COMPLAINT, True), ("notice", COMPLAINT, False)],
)
def test_suppressed_is_suppressed_save_for_asking_to_confirm(catalog, members, kind, reason, goes):
    members("ana@example.net")
    change(catalog, outbox, kind=kind)
    block(catalog, "ana@example.net", reason)
    with PostOffice() as server:
        report = deliver(catalog, smtp(server), NOW, OFFICE)
    assert (report.sent, report.suppressed) == ((1, 0) if goes else (0, 1))


def test_mails_to_the_secretariat_wait_for_its_address_and_never_suppress_it(catalog, members, outbox_states):
    members("ana@example.net")
    change(catalog, outbox, subscriber_id=None, kind="notice")
    with PostOffice("refuse") as server:
        assert deliver(catalog, smtp(server), NOW, OFFICE).waiting == 1
        office = Office(OFFICE.secret, secretariat="desk@example.org")
        assert deliver(catalog, smtp(server), NOW, office).bounced == 1
        change(catalog, outbox, state="waiting")
        assert deliver(catalog, smtp(server), NOW, office).sent == 1
    assert server.asked["desk@example.org"] == 2
    with catalog.read() as connection:
        assert not why_suppressed(connection, OFFICE.secret, "desk@example.org")


@pytest.mark.parametrize("moment", ["before", "meanwhile"])
def test_who_is_deleted_while_a_mail_is_leased_gets_nothing_and_breaks_nothing(catalog, members, moment):
    members("ana@example.net", "ben@example.net", "eva@example.net")

    class Office_(PostOffice):
        async def handle_RCPT(self, server, session, envelope, address, options):
            if address == "ana@example.net":  # ben goes while he is leased, ana while her mail is on the line
                with catalog.write() as connection:
                    gone = ("ben@example.net",) if moment == "before" else ("ana@example.net", "ben@example.net")
                    ids = sa.select(subscribers.c.id).where(subscribers.c.address.in_(gone))
                    for table in (outbox, saved_searches):
                        connection.execute(sa.delete(table).where(table.c.subscriber_id.in_(ids)))
                    connection.execute(sa.delete(subscribers).where(subscribers.c.address.in_(gone)))
            return await super().handle_RCPT(server, session, envelope, address, options)

    with Office_() as server:
        report = deliver(catalog, smtp(server), NOW, OFFICE)
    assert dict(server.asked) == {"ana@example.net": 1, "eva@example.net": 1}
    assert report.sent == (2 if moment == "before" else 1)


def test_each_mail_has_a_return_path_of_its_own(catalog, members):
    keys = members("ana@example.net", "ben@example.net")
    paths = []

    class Noting(PostOffice):
        async def handle_MAIL(self, server, session, envelope, address, options):
            paths.append(address)
            return await super().handle_MAIL(server, session, envelope, address, options)

    with Noting() as server:
        deliver(catalog, smtp(server), NOW, Office(OFFICE.secret, bounces="bounces@example.org"))
    assert [read_return_path(OFFICE.secret, "bounces@example.org", path)[0] for path in paths] == keys


def test_mails_go_evenly(catalog, members, monkeypatch):
    slept = []
    clock = [0.0]

    def sleep(seconds):
        slept.append(seconds)
        clock[0] += seconds

    pace = Pace(30, lambda: clock[0], sleep)
    assert not pace.wait() and pace.wait()
    clock[0] += 10
    assert not pace.wait() and pace.wait()
    assert slept == [2.0, 2.0]
    members(*(f"m{number}@example.net" for number in range(5)))
    monkeypatch.setattr(delivery, "Pace", lambda rate: Pace(rate, lambda: clock[0], sleep))
    slept.clear()
    with PostOffice() as server:
        assert deliver(catalog, smtp(server), NOW, Office(OFFICE.secret, rate=60)).sent == 5
    assert slept == [1.0] * 4


def test_who_leaves_while_a_mail_waits_its_turn_gets_nothing(catalog, members, monkeypatch):
    members("ana@example.net", "ben@example.net")
    leave = lambda _: change(catalog, subscribers, state="unsubscribed")  # noqa: E731
    monkeypatch.setattr(delivery, "Pace", lambda rate: Pace(rate, lambda: 0.0, leave))
    with PostOffice() as server:
        report = deliver(catalog, smtp(server), NOW, Office(OFFICE.secret, rate=60))
    assert (report.sent, report.withheld) == (1, 1)


@pytest.mark.parametrize("column", ["lease_until", "try_again", "created", "mail_after"])
def test_a_clock_that_was_ten_days_ahead_keeps_nothing_back(catalog, members, column):
    members("ana@example.net")
    ahead = NOW + 10 * DAY
    if column == "lease_until":
        change(catalog, outbox, state="leased", lease="dead", lease_until=ahead)
    elif column == "mail_after":
        change(catalog, subscribers, mail_after=ahead)
    else:
        change(catalog, outbox, **{column: ahead})
    with PostOffice() as server:
        assert deliver(catalog, smtp(server), NOW, OFFICE).sent == 1


def test_ten_days_asleep_hold_nothing_that_should_go(catalog, members, tmp_path):
    office = Office(OFFICE.secret, claim=tmp_path / "sender")
    members("ana@example.net")
    with PostOffice() as server:
        assert deliver(catalog, smtp(server), NOW, office).sent == 1
        members("ben@example.net", created=NOW + HOUR)
        assert deliver(catalog, smtp(server), NOW + HOUR + 10 * DAY, office).sent == 1
    assert value(catalog, sa.func.count(outbox.c.id)) == 2


def test_what_was_old_when_the_sender_began_is_held_once(catalog, members, tmp_path):
    office = Office(OFFICE.secret, claim=tmp_path / "sender")
    members("ana@example.net", created=NOW - HOLD_AFTER - HOUR)
    with PostOffice() as server:
        assert deliver(catalog, smtp(server), NOW, office).sent == 0
        assert deliver(catalog, smtp(server), NOW, office).sent == 0
        assert release_held(catalog, NOW) == 1 and deliver(catalog, smtp(server), NOW, office).sent == 1


def test_a_mail_that_was_sent_is_written_down_though_its_lease_was_lost(catalog, members, outbox_states):
    members("ana@example.net")

    class Thief(PostOffice):
        async def handle_DATA(self, server, session, envelope):
            change(catalog, outbox, lease="another", lease_until=NOW + HOUR)
            return await super().handle_DATA(server, session, envelope)

    with Thief() as server:
        assert deliver(catalog, smtp(server), NOW, OFFICE).sent == 1
    assert outbox_states() == ["sent"]
