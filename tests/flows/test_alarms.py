"""Is the secretariat mailed of what is broken, and of nothing that the same run has just mended?"""

from dataclasses import asdict
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import sqlalchemy as sa

from catalog.tables import digest_runs, outbox, sources, subscribers
from flows import daily, doctor, steps_alerts
from flows.house import House
from flows.settings import Settings
from flows.steps import StepFailed
from search.alerts.members.subscribers import subscribe
from tests.conftest import free_port
from tests.search.alerts.postoffice import PostOffice

OFFICE = "office@example.org"


@pytest.fixture
def house_at(tmp_path):
    def build(port: int) -> House:
        settings = Settings(
            home=tmp_path, smtp_host="127.0.0.1", smtp_port=port, smtp_security="none", secretariat=OFFICE
        )
        return House(settings)

    return build


def overdue(house: House) -> None:
    """A member with a mail that nobody has tried to send for a day."""
    subscribe(house.catalog, "ana@example.net", "en", [("x", "wages")])
    message = b"From: Forumwatch <forumwatch@localhost>\r\nTo: ana@example.net\r\nSubject: news\r\n\r\nnews\r\n"
    row = {"subscriber_id": 1, "kind": "weekly", "period": "2026-W47", "message_id": "<x@y>", "message": message}
    row |= {"state": "waiting", "attempts": 0, "created": house.now() - timedelta(days=1)}
    with house.catalog.write() as connection:
        connection.execute(sa.insert(outbox).values(row))


def subjects(office: PostOffice) -> list[tuple[str, str]]:
    """(to, subject) of what was taken."""
    mails = [message_from_bytes(each, policy=policy.default) for each in office.taken]
    return [(str(mail["To"]), str(mail["Subject"])) for mail in mails]


def test_what_the_run_itself_mends_is_no_alarm(house_at):
    with PostOffice() as office:
        house = house_at(office.port)
        overdue(house)
        steps_alerts.mail(house)
        assert subjects(office) == [("ana@example.net", "news")]


def test_an_alarm_goes_out_with_the_run_that_hears_it_and_once(house_at):
    with PostOffice() as office:
        house = house_at(office.port)
        late = {"name": "late", "publisher": "UN", "title": "Late library", "cadence": "daily", "terms": ""}
        late |= {"last_good": house.now() - timedelta(days=9), "last_state": "done", "last_reason": ""}
        with house.catalog.write() as connection:
            connection.execute(sa.insert(sources).values(late | {"last_counts": {}}))
        steps_alerts.mail(house)
        steps_alerts.mail(house)
        assert subjects(office) == [(OFFICE, "Forumwatch: a source is late")]
        (check,) = [check for check in doctor.examine(house) if check.name.startswith("alarm")]
        assert not check.ok and "Late library" in check.found and check.remedy


def test_a_relay_that_is_away_rings_and_the_mail_follows_when_it_is_back(house_at):
    house = house_at(free_port())
    overdue(house)
    with pytest.raises(StepFailed):
        steps_alerts.mail(house)
    with house.catalog.read() as connection:
        waiting = connection.execute(sa.select(outbox.c.period).where(outbox.c.subscriber_id.is_(None))).scalars().all()
    assert [period[:12] for period in waiting] == ["alarm-digest"]
    with PostOffice() as office:
        steps_alerts.mail(house_at(office.port))
        assert (OFFICE, "Forumwatch: a digest was not sent") in subjects(office)


def test_while_matching_fails_no_digest_is_made_and_all_else_goes(house_at, monkeypatch):
    """Or a digest would say that nothing came, and one work that cannot be matched would silence even the alarms."""

    class Failed:
        is_completed = staticmethod(lambda: False)

        @staticmethod
        def result():
            raise StepFailed("a work cannot be matched")

    with PostOffice() as office:
        house = house_at(office.port)
        overdue(house)
        with house.catalog.write() as connection:
            connection.execute(sa.update(subscribers).values(since=house.now() - timedelta(days=30)))
        monkeypatch.setattr(daily, "match", lambda **_: Failed)
        monkeypatch.setattr(daily, "bounces", lambda **_: None)
        monkeypatch.setattr(daily, "send", lambda period, make: asdict(steps_alerts.mail(house, period, make=make)))
        monkeypatch.setattr(daily, "create_markdown_artifact", lambda **_: None)
        with pytest.raises(StepFailed, match="cannot be matched"):
            daily.mail.fn()
        alarm = (OFFICE, "Forumwatch: a digest was not sent")
        assert subjects(office) == [("ana@example.net", "news"), alarm]
        with house.catalog.read() as connection:
            assert connection.execute(sa.select(digest_runs)).first() is None
        steps_alerts.mail(house)
        with house.catalog.read() as connection:
            assert connection.execute(sa.select(digest_runs)).first() is not None
