"""Does each mail in the outbox reach its reader, once, whatever the server, the network and its own death do?"""

import os
import signal
import ssl
import subprocess
import sys
import textwrap
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from catalog import Catalog
from catalog.tables import deliveries, outbox, subscribers
from search.alerts.post.delivery import HOLD_AFTER, deliver, pause, release_held
from search.alerts.post.maildir import LocalMailbox, Maildir
from search.alerts.post.smtp import Smtp
from tests.search.alerts.postoffice import HOUR, NOW, PostOffice

ADDRESSES = tuple(f"member{number}@example.net" for number in range(6))


def smtp(server, **other) -> Smtp:
    return Smtp("127.0.0.1", server.port, **({"timeout": 5.0} | other))


def ledger(catalog) -> list[tuple[str, str]]:
    with catalog.read() as connection:
        rows = connection.execute(sa.select(deliveries.c.outcome, deliveries.c.answer).order_by(deliveries.c.id))
        return [tuple(row) for row in rows]


def test_every_mail_is_sent_once_over_one_line(catalog, members, outbox_states):
    members(*ADDRESSES)
    with PostOffice() as server:
        report = deliver(catalog, smtp(server), NOW)
        again = deliver(catalog, smtp(server), NOW)
    assert (report.sent, report.waiting, report.stopped) == (6, 0, "")
    assert again.sent == 0
    assert Counter(server.asked) == Counter(ADDRESSES)
    assert outbox_states() == ["sent"] * 6
    assert ledger(catalog) == [("sent", "250 taken")] * 6


def test_a_mail_goes_out_byte_for_byte_as_it_was_kept(catalog, members):
    (key,) = members("ana@example.net")
    with PostOffice() as server:
        deliver(catalog, smtp(server), NOW)
    with catalog.read() as connection:
        kept = connection.execute(sa.select(outbox.c.message).where(outbox.c.id == key)).scalar_one()
    assert server.taken == [kept]


@pytest.mark.parametrize("mood", ["busy", "later", "drop"])
def test_trouble_that_may_pass_is_tried_again_after_a_growing_pause(catalog, members, outbox_states, mood):
    members("ana@example.net", "ben@example.net")
    with PostOffice(mood) as server:
        first = deliver(catalog, smtp(server), NOW)
        assert (first.sent, first.later, first.waiting, first.stopped) == (1, 1, 1, "")
        too_soon = deliver(catalog, smtp(server), NOW + timedelta(minutes=4))
        assert too_soon.sent == 0
        then = deliver(catalog, smtp(server), NOW + timedelta(minutes=6))
    assert then.sent == 1 and outbox_states() == ["sent", "sent"]
    assert [outcome for outcome, _ in ledger(catalog)] == ["failed", "sent", "sent"]
    assert len(server.taken) == 2


def test_pauses_double_up_to_six_hours():
    minutes = [pause(attempts) / timedelta(minutes=1) for attempts in (1, 2, 3, 4, 7, 8, 10_000)]
    assert minutes == [5, 10, 20, 40, 320, 360, 360]


@pytest.mark.parametrize(("mood", "words"), [("policy", "550 5.7.1 not wanted here"), ("too-big", "552 too big")])
def test_what_is_refused_for_good_is_kept_with_the_reason_and_stops_nobody(
    catalog, members, outbox_states, mood, words
):
    members("ana@example.net", "ben@example.net")
    with PostOffice(mood) as server:
        report = deliver(catalog, smtp(server), NOW)
        assert deliver(catalog, smtp(server), NOW + 24 * HOUR).sent == 0
    assert (report.refused, report.sent) == (1, 1)
    assert outbox_states() == ["failed", "sent"]
    assert ledger(catalog)[0] == ("refused", words)


@pytest.mark.parametrize("mood", ["sender", "closing"])
def test_trouble_with_ourselves_ends_the_run_and_blames_no_reader(catalog, members, outbox_states, mood):
    members(*ADDRESSES)
    with PostOffice(after=mood) as server:
        report = deliver(catalog, smtp(server), NOW)
    assert report.sent == 0 and report.later == 1 and report.waiting == 6
    assert report.stopped.startswith("the mail server 127.0.0.1")
    assert outbox_states() == ["waiting"] * 6


def test_without_a_server_everything_waits(catalog, members, outbox_states):
    members("ana@example.net", "ben@example.net")
    with PostOffice() as server:
        nobody = smtp(server)
    report = deliver(catalog, nobody, NOW)
    assert "refused" in report.stopped and outbox_states() == ["waiting", "waiting"]
    with PostOffice() as server:
        assert deliver(catalog, smtp(server), NOW + HOUR).sent == 2


def test_a_server_that_ends_the_line_between_two_mails_is_called_again(catalog, members):
    members(*ADDRESSES)
    with PostOffice("accept", "accept", "closing") as server:
        report = deliver(catalog, smtp(server), NOW)
    assert report.sent == 6 and len(set(server.message_ids())) == 6


def test_a_lost_answer_makes_a_double_under_the_same_message_id(catalog, members):
    members("ana@example.net")
    with PostOffice("lose") as server:
        assert deliver(catalog, smtp(server), NOW).later == 1
        assert deliver(catalog, smtp(server), NOW + HOUR).sent == 1
    assert len(server.taken) == 2 and len(set(server.message_ids())) == 1
    assert server.taken[0] == server.taken[1]


def test_a_server_that_dawdles_is_cut_off(catalog, members):
    members("ana@example.net")
    with PostOffice("accept") as server:

        async def dawdle(*_):
            import asyncio

            await asyncio.sleep(3)
            return "250 at last"

        server.handle_DATA = dawdle
        began = time.monotonic()
        report = deliver(catalog, smtp(server, deadline=0.5, timeout=30.0), NOW)
    assert report.later == 1 and time.monotonic() - began < 3


def test_who_has_left_gets_nothing_and_that_is_written_down(catalog, members, outbox_states):
    members("ana@example.net", "ben@example.net")
    with catalog.write() as connection:
        left = sa.update(subscribers).where(subscribers.c.address == "ana@example.net").values(state="unsubscribed")
        connection.execute(left)
    with PostOffice() as server:
        report = deliver(catalog, smtp(server), NOW)
    assert (report.withheld, report.sent) == (1, 1)
    assert list(server.asked) == ["ben@example.net"]
    assert outbox_states() == ["withheld", "sent"]
    assert ledger(catalog)[0] == ("withheld", "unsubscribed before it was sent")


def test_old_mails_are_held_until_a_person_releases_them(catalog, members, outbox_states):
    """A restored backup wakes up with an outbox of long ago: it must not mail all that again by itself."""
    members("ana@example.net", created=NOW - HOLD_AFTER - HOUR)
    members("ben@example.net", created=NOW - HOLD_AFTER + HOUR)
    with PostOffice() as server:
        report = deliver(catalog, smtp(server), NOW)
        assert (report.held, report.sent) == (1, 1) and outbox_states() == ["held", "sent"]
        assert deliver(catalog, smtp(server), NOW).sent == 0
        assert release_held(catalog, NOW) == 1
        assert deliver(catalog, smtp(server), NOW).sent == 1


def test_two_senders_at_once_never_send_one_mail_twice(any_catalog_with_mail):
    catalog, count = any_catalog_with_mail
    with PostOffice(after="wait") as server, ThreadPoolExecutor(4) as pool:
        runs = [pool.submit(deliver, Catalog(catalog.url), smtp(server), NOW) for _ in range(4)]
        reports = [run.result() for run in runs]
    assert sum(report.sent for report in reports) == count
    assert Counter(server.message_ids()).most_common(1)[0][1] == 1
    assert len(server.taken) == count


@pytest.fixture
def any_catalog_with_mail(any_catalog):
    with any_catalog.write() as connection:
        for number in range(50):
            who = {"address": f"m{number}@example.net", "language": "en", "state": "active"}
            key = connection.execute(sa.insert(subscribers).values(who | {"since": NOW})).inserted_primary_key[0]
            from catalog.tables import saved_searches

            search = {"subscriber_id": key, "name": "x", "query": "x", "start_seq": 0, "identity": "x"}
            connection.execute(sa.insert(saved_searches).values(search))
            mail = f"From: f@example.org\r\nMessage-ID: <{number}@example.org>\r\n\r\nHello.\r\n".encode()
            row = {"subscriber_id": key, "kind": "digest", "period": "2026-W40", "message_id": f"<{number}@x>"}
            row |= {"message": mail, "state": "waiting", "created": NOW}
            connection.execute(sa.insert(outbox).values(row))
    return any_catalog, 50


CHILD = """
    import sys
    from datetime import UTC, datetime
    from catalog import Catalog
    from search.alerts.post.delivery import deliver
    from search.alerts.post.smtp import Smtp
    url, port = sys.argv[1:]
    print("ready", flush=True)
    deliver(Catalog(url), Smtp("127.0.0.1", int(port), timeout=5), datetime(2026, 10, 5, 5, tzinfo=UTC))
"""


class Assassin(PostOffice):
    """Kills the sender when it says the `count`-th `moment`: mail, rcpt, data (text arrived) or kept (and stored)."""

    def __init__(self, moment: str, count: int, mailbox: Maildir) -> None:
        self.moment, self.count, self.mailbox, self.victim = moment, count, mailbox, None
        super().__init__()

    def strike(self, moment: str) -> None:
        if moment == self.moment and self.victim is not None:
            self.count -= 1
            if self.count == 0:
                os.kill(self.victim, signal.SIGKILL)
                self.victim = None

    async def handle_MAIL(self, server, session, envelope, address, options):
        self.strike("mail")
        return await super().handle_MAIL(server, session, envelope, address, options)

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.strike("rcpt")
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server, session, envelope):
        self.strike("data")
        answer = await super().handle_DATA(server, session, envelope)
        self.mailbox.keep(envelope.original_content)
        self.strike("kept")
        return answer


@pytest.mark.parametrize("moment", ["mail", "rcpt", "data", "kept"])
@pytest.mark.parametrize("count", [1, 4])
def test_a_sender_killed_at_any_moment_loses_nothing(catalog, members, tmp_path, moment, count):
    members(*ADDRESSES)
    mailbox = Maildir(tmp_path / "mail")
    with Assassin(moment, count, mailbox) as server:
        program = [sys.executable, "-c", textwrap.dedent(CHILD), catalog.url, str(server.port)]
        child = subprocess.Popen(program, stdout=subprocess.PIPE, cwd=Path(__file__).parents[4])
        server.victim = child.pid
        child.wait(60)
        assert child.returncode == -signal.SIGKILL
        blocked = deliver(catalog, smtp(server), NOW)  # what the dead one held stays with it until its lease ends
        assert blocked.sent + blocked.later == 0 or blocked.waiting
        deliver(catalog, smtp(server), NOW + HOUR)
    assert set(server.asked) == set(ADDRESSES)
    counted = Counter(server.message_ids())
    assert len(counted) == len(ADDRESSES)
    doubles = sum(counted.values()) - len(ADDRESSES)
    assert doubles == (1 if moment in ("data", "kept") else 0)  # only the window that cannot be closed
    assert len(mailbox.messages()) == len(ADDRESSES) and mailbox.doubles == doubles


def test_the_local_mailbox_keeps_each_message_id_once(catalog, members, tmp_path):
    import mailbox as standard

    members("ana@example.net", "ben@example.net")
    with LocalMailbox(tmp_path / "mail") as box:
        assert deliver(catalog, smtp(box), NOW).sent == 2
        with catalog.write() as connection:
            connection.execute(sa.update(outbox).values(state="waiting"))  # as after a lost acknowledgement
        assert deliver(catalog, smtp(box), NOW).sent == 2
        assert box.mailbox.doubles == 2
    read = list(standard.Maildir(tmp_path / "mail"))
    assert len(read) == 2 and all("new documents" in message["Subject"] for message in read)


def test_tls_and_login(catalog, members, tmp_path):
    from aiosmtpd.smtp import AuthResult

    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    make += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(make, check=True, capture_output=True)
    here = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    here.load_cert_chain(certificate, key)
    trusting = ssl.create_default_context(cafile=str(certificate))

    def knows(_server, _session, _envelope, _mechanism, data):
        return AuthResult(success=(data.login, data.password) == (b"forumwatch", b"open sesame"), handled=False)

    members("ana@example.net", "ben@example.net")
    options = {"tls_context": here, "require_starttls": True, "auth_required": True, "authenticator": knows}
    with PostOffice(**options) as server:
        wrong = smtp(server, tls="starttls", user="forumwatch", password="guess", tls_context=trusting)
        assert "535" in deliver(catalog, wrong, NOW).stopped
        assert "guess" not in repr(wrong)
        assert deliver(catalog, smtp(server, tls="starttls"), NOW + HOUR).sent == 0  # not without knowing the server
        right = smtp(server, tls="starttls", user="forumwatch", password="open sesame", tls_context=trusting)
        assert deliver(catalog, right, NOW + 2 * HOUR).sent == 2
