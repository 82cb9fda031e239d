"""Does a mail that came back have its consequences, once, and nobody's word but the mail's own?"""

import ssl
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import trustme

from catalog.tables import bounces, deliveries, outbox, saved_searches, subscribers
from search.alerts.post import bounces as reading
from search.alerts.post.bounces import BounceReport, read_bounces
from search.alerts.post.delivery import Office, deliver
from search.alerts.post.mailboxes import LARGEST, Folder, MailboxError, open_mailbox
from search.alerts.post.patience import QUIET, RESTS, SUPPRESS_AFTER
from search.alerts.post.returning import return_path
from search.alerts.post.smtp import Smtp
from search.alerts.post.suppression import COMPLAINT, HARD, why_suppressed
from tests.search.alerts.postoffice import HOUR, NOW, PostOffice
from tests.search.alerts.returned import AWAY, EXIM, PERSON, POSTFIX, returned
from tests.search.alerts.returned import COMPLAINT as ABUSE

DAY = timedelta(days=1)
OFFICE = Office("a secret for tests, long enough", bounces="bounces@example.org")
UNSIGNED = Office(OFFICE.secret)
HARD_SAID = {"status": "5.1.1", "said": "550 5.1.1 no such user"}
SOFT_SAID = {"status": "5.2.2", "said": "552 5.2.2 mailbox full"}


class Box(Folder):
    """A maildir into which a test puts mails."""

    def put(self, raw: bytes) -> None:
        self.count = getattr(self, "count", 0) + 1
        (self.path / "new" / f"{self.count:04}.host").write_bytes(raw)

    def names(self) -> list[str]:
        return sorted(f"{path.parent.name}/{path.name}" for path in self.path.glob("*/*"))


@pytest.fixture
def box(tmp_path) -> Box:
    for name in ("new", "cur", "tmp"):
        (tmp_path / "back" / name).mkdir(parents=True)
    return Box(tmp_path / "back")


@pytest.fixture
def sent(catalog, members):
    """Sends a mail to each address, and gives back what a bounce of it knows: its return path and its Message-ID."""

    def send(*addresses: str) -> list[dict[str, str]]:
        keys = members(*addresses)
        with PostOffice() as server:
            assert deliver(catalog, Smtp("127.0.0.1", server.port, timeout=5), NOW, OFFICE).sent == len(addresses)
        with catalog.read() as connection:
            ids = dict(connection.execute(sa.select(outbox.c.id, outbox.c.message_id)).tuples().all())
        return [{"path": return_path(OFFICE.secret, OFFICE.bounces, key), "id": ids[key]} for key in keys]

    return send


def column(catalog, which):
    with catalog.read() as connection:
        return list(connection.execute(sa.select(which)).scalars())


def reason(catalog, address: str) -> str:
    with catalog.read() as connection:
        return why_suppressed(connection, OFFICE.secret, address)


def test_a_hard_bounce_suppresses_at_once_and_is_read_once(catalog, box, sent, outbox_states):
    ana, _ = sent("ana@example.net", "ben@example.net")
    box.put(returned(POSTFIX, **ana, **HARD_SAID))
    assert read_bounces(catalog, box, OFFICE, NOW) == BounceReport(hard=1)
    assert reason(catalog, "ana@example.net") == HARD and not reason(catalog, "ben@example.net")
    assert outbox_states() == ["bounced", "sent"]
    assert column(catalog, deliveries.c.outcome) == ["sent", "sent", "bounced"]
    assert box.names() == ["cur/0001.host:2,S"]  # never deleted
    assert read_bounces(catalog, box, OFFICE, NOW) == BounceReport()
    box.put(returned(POSTFIX, **ana, **HARD_SAID))  # the same once more, as relays do
    assert read_bounces(catalog, box, OFFICE, NOW) == BounceReport(again=1)
    assert len(column(catalog, deliveries.c.id)) == 3 and "ana@" not in str(column(catalog, bounces.c.detail))


@pytest.mark.parametrize("office", [OFFICE, UNSIGNED])
def test_a_complaint_ends_all_mail_and_is_stronger_than_a_bounce(catalog, box, sent, office):
    (ana,) = sent("ana@example.net")
    box.put(returned(POSTFIX, **ana, **HARD_SAID))
    given = ana if office is OFFICE else {"id": ana["id"]}
    box.put(returned(ABUSE, **given | {"action": "abuse"}))
    read_bounces(catalog, box, office, NOW)
    assert reason(catalog, "ana@example.net") == COMPLAINT
    assert column(catalog, subscribers.c.state) == ["unsubscribed"]
    assert "complained" in column(catalog, deliveries.c.outcome)


def test_a_complaint_needs_no_return_path_where_its_message_id_is_ours(catalog, box, sent):
    (ana,) = sent("ana@example.net")
    box.put(returned(ABUSE, id=ana["id"], action="abuse"))
    assert read_bounces(catalog, box, OFFICE, NOW).complaint == 1


@pytest.mark.parametrize(
    "forged",
    [
        {"path": "bounces+1.0123456789abcdef@example.org"},  # a signature that is made up
        {"path": "bounces+1.0123456789abcdef@example.org", "id": "ours"},  # even with a Message-ID that is ours
        {"id": "ours"},  # or with that alone, since our mails have a return path
        {"id": "<unknown@example.org>"},
    ],
)
def test_a_forged_bounce_suppresses_nobody(catalog, box, sent, forged, outbox_states):
    (ana,) = sent("ana@example.net")
    given = {**forged, **({"id": ana["id"]} if forged.get("id") == "ours" else {})}
    box.put(returned(POSTFIX, **given, **HARD_SAID))
    assert read_bounces(catalog, box, OFFICE, NOW) == BounceReport(unknown=1)
    assert not reason(catalog, "ana@example.net") and outbox_states() == ["sent"]
    assert box.names() == ["cur/0001.host:2,S"]


def test_a_forged_complaint_suppresses_nobody_though_it_names_our_mail(catalog, box, sent):
    (ana,) = sent("ana@example.net")
    box.put(returned(ABUSE, path="bounces+1.0123456789abcdef@example.org", id=ana["id"], action="abuse"))
    assert read_bounces(catalog, box, OFFICE, NOW) == BounceReport(unknown=1)
    assert not reason(catalog, "ana@example.net")


def test_without_an_address_for_bounces_the_message_id_has_to_do(catalog, box, sent):
    (ana,) = sent("ana@example.net")
    box.put(returned(EXIM, id=ana["id"], said="550 unknown user"))
    assert read_bounces(catalog, box, UNSIGNED, NOW).hard == 1 and reason(catalog, "ana@example.net") == HARD


def test_nothing_follows_from_answers_and_from_what_is_not_understood(catalog, box, sent, outbox_states):
    (ana,) = sent("ana@example.net")
    box.put(returned(AWAY, **ana))
    box.put(returned(PERSON, **ana))
    box.put(returned(POSTFIX, **ana, status="5.7.1", said="554 5.7.1 we do not like your address"))
    assert read_bounces(catalog, box, OFFICE, NOW) == BounceReport(notice=1, unknown=1, policy=1)
    assert not reason(catalog, "ana@example.net") and column(catalog, subscribers.c.soft_bounces) == [0]
    assert outbox_states() == ["bounced"]  # the last did not arrive, and that is known


def test_soft_bounces_make_mail_rest_longer_and_longer_until_it_ends(catalog, box, members, outbox_states):
    now, rests = NOW, []
    with PostOffice() as server:
        relay = Smtp("127.0.0.1", server.port, timeout=5)
        (key,) = members("ana@example.net")
        for number in range(SUPPRESS_AFTER + 1):
            report = deliver(catalog, relay, now, OFFICE)
            if report.suppressed:
                break
            assert report.sent == 1, number
            said = {"status": "5.2.2", "said": f"552 5.2.2 mailbox full, for the {number}. time"}
            box.put(returned(POSTFIX, path=return_path(OFFICE.secret, OFFICE.bounces, key), **said))
            assert read_bounces(catalog, box, OFFICE, now).soft == 1
            (until,) = column(catalog, subscribers.c.mail_after)
            rests.append(until - now)
            with catalog.write() as connection:  # the next week's mail, as far as this test goes
                connection.execute(sa.update(outbox).values(state="waiting", created=until))
            assert deliver(catalog, relay, until - HOUR / 2, OFFICE).sent == 0  # not before its time
            now = until + HOUR / 60
    assert rests == [*RESTS, RESTS[-1], RESTS[-1]] and len(server.taken) == SUPPRESS_AFTER
    assert reason(catalog, "ana@example.net") == HARD and outbox_states() == ["suppressed"]


def test_seven_in_a_week_are_not_enough(catalog, box, sent):
    (ana,) = sent("ana@example.net")
    for number in range(SUPPRESS_AFTER + 2):
        box.put(returned(POSTFIX, **ana, status="5.2.2", said=f"552 5.2.2 full {number}"))
        read_bounces(catalog, box, OFFICE, NOW + number * HOUR)
    assert column(catalog, subscribers.c.soft_bounces) == [SUPPRESS_AFTER + 2] and not reason(
        catalog, "ana@example.net"
    )


def test_a_mail_that_stays_out_ends_the_row(catalog, box, sent, members):
    (ana,) = sent("ana@example.net")
    box.put(returned(POSTFIX, **ana, **SOFT_SAID))
    read_bounces(catalog, box, OFFICE, NOW + HOUR)
    assert read_bounces(catalog, box, OFFICE, NOW + 30 * DAY).forgiven == 0  # nothing was sent since: nothing is known
    with catalog.write() as connection:
        connection.execute(sa.update(outbox).values(state="waiting"))
    with PostOffice() as server:
        deliver(catalog, Smtp("127.0.0.1", server.port, timeout=5), NOW + DAY, OFFICE)
    assert read_bounces(catalog, box, OFFICE, NOW + DAY + QUIET - HOUR).forgiven == 0
    assert read_bounces(catalog, box, OFFICE, NOW + DAY + QUIET + HOUR).forgiven == 1
    assert column(catalog, subscribers.c.soft_bounces) == [0] and column(catalog, subscribers.c.mail_after) == [None]


def test_a_bounce_about_someone_who_was_deleted_is_no_riddle(catalog, box, sent):
    (ana,) = sent("ana@example.net")
    with catalog.write() as connection:
        for table in (deliveries, outbox, saved_searches, subscribers):
            connection.execute(sa.delete(table))
    box.put(returned(POSTFIX, **ana, **HARD_SAID))
    assert read_bounces(catalog, box, OFFICE, NOW) == BounceReport(notice=1)


@pytest.mark.parametrize("moment", ["before it is written down", "before it is marked"])
def test_a_reader_that_dies_reads_it_once_all_the_same(catalog, box, sent, monkeypatch, moment):
    class Died(BaseException):
        pass

    def die(*_, **__):
        raise Died

    (ana,) = sent("ana@example.net")
    box.put(returned(POSTFIX, **ana, **SOFT_SAID))
    with monkeypatch.context() as patched:
        patched.setattr(*((reading, "soft_bounce") if moment.endswith("down") else (Box, "mark")), die)
        with pytest.raises(Died):
            read_bounces(catalog, box, OFFICE, NOW)
    report = read_bounces(catalog, box, OFFICE, NOW)
    assert report == (BounceReport(soft=1) if moment.endswith("down") else BounceReport(again=1))
    assert column(catalog, subscribers.c.soft_bounces) == [1] and box.names() == ["cur/0001.host:2,S"]


def test_a_giant_is_read_to_the_limit_only(catalog, box, sent):
    (ana,) = sent("ana@example.net")
    box.put(returned(POSTFIX, **ana, **HARD_SAID) + b"x" * 5_000_000)
    ((_, raw),) = box.unread()
    assert len(raw) == LARGEST
    assert read_bounces(catalog, box, OFFICE, NOW).hard == 1


def test_a_maildir_that_others_use_too(box):
    (box.path / "cur" / "a:2,F").write_bytes(b"unread, flagged")
    (box.path / "cur" / "b:2,RS").write_bytes(b"read")
    ((name, raw),) = box.unread()
    assert (name, raw) == ("cur/a:2,F", b"unread, flagged")
    box.mark(name)
    box.mark(name)  # by another reader as well
    assert box.names() == ["cur/a:2,FS", "cur/b:2,RS"]
    with pytest.raises(MailboxError, match="no maildir"):
        list(Folder(Path("/nowhere")).unread())


@contextmanager
def imap(folder: Path, *tls: str):
    program = [sys.executable, "-m", "tests.search.alerts.imap_server", str(folder), *tls]
    server = subprocess.Popen(program, stdout=subprocess.PIPE, cwd=Path(__file__).parents[4])
    try:
        yield int(server.stdout.readline())
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


def test_bounces_are_read_over_imap_with_tls(catalog, tmp_path, sent, monkeypatch):
    (ana, ben) = sent("ana@example.net", "ben@example.net")
    back = tmp_path / "back"
    back.mkdir()
    (back / "1.eml").write_bytes(returned(POSTFIX, **ana, **HARD_SAID))
    (back / "2.eml").write_bytes(returned(EXIM, **ben, said="552 mailbox full") + b"x" * 2_000_000)
    (back / "3.eml").write_bytes(returned(PERSON))
    (back / "3.eml.seen").touch()
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    certificate.private_key_pem.write_to_path(tmp_path / "key.pem")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    with ExitStack() as stack:
        port = stack.enter_context(imap(back, str(tmp_path / "cert.pem"), str(tmp_path / "key.pem")))
        where = f"imaps://bounces@127.0.0.1:{port}/Back/Mails"
        with pytest.raises(MailboxError, match="CERTIFICATE_VERIFY_FAILED"), open_mailbox(where, "open sesame"):
            pass
        with pytest.raises(MailboxError, match="cannot be read"), open_mailbox(where, "guess", trusting):
            pass
        nowhere = open_mailbox(f"imaps://bounces@127.0.0.1:{port}/Nowhere", "open sesame", trusting)
        with pytest.raises(MailboxError, match="Nowhere"), nowhere:
            pass
        with monkeypatch.context() as patched:  # killed after the second was written down, before it was marked
            patched.setattr("search.alerts.post.mailboxes.Imap.mark", lambda *_: None)
            with open_mailbox(where, "open sesame", trusting) as mailbox:
                assert read_bounces(catalog, mailbox, OFFICE, NOW) == BounceReport(hard=1, soft=1)
        assert not (back / "1.eml.seen").exists()
        with open_mailbox(where, "open sesame", trusting) as mailbox:
            assert read_bounces(catalog, mailbox, OFFICE, NOW) == BounceReport(again=2)
        with open_mailbox(where, "open sesame", trusting) as mailbox:
            assert read_bounces(catalog, mailbox, OFFICE, NOW) == BounceReport()
    assert sorted(path.name for path in back.glob("*.seen")) == ["1.eml.seen", "2.eml.seen", "3.eml.seen"]
    assert reason(catalog, "ana@example.net") == HARD


def test_a_server_that_is_away_is_said_so(tmp_path):
    with imap(tmp_path) as port:
        pass
    with (
        pytest.raises(MailboxError, match=r"127\.0\.0\.1 cannot be read"),
        open_mailbox(f"imap://b@127.0.0.1:{port}", "x"),
    ):
        pass


def test_who_bounced_or_complained_comes_back_by_confirming_alone(catalog, box, sent):
    from search.alerts.members.signing_up import SignUp, sign_up
    from search.alerts.members.wanted import Wanted
    from tests.search.alerts.letters import LETTERHEAD, LINKS

    (ana,) = sent("ana@example.net")
    box.put(returned(ABUSE, **ana | {"action": "abuse"}))
    read_bounces(catalog, box, OFFICE, NOW)
    sign_up(catalog, SignUp("ana@example.net", [Wanted("Wages", "wages")]), LINKS, LETTERHEAD, NOW + 2 * DAY)
    with PostOffice() as server:
        relay = Smtp("127.0.0.1", server.port, timeout=5)
        assert deliver(catalog, relay, NOW + 2 * DAY, OFFICE).sent == 1
        assert deliver(catalog, relay, NOW + 3 * DAY, OFFICE).sent == 0
    assert reason(catalog, "ana@example.net") == COMPLAINT  # until the link is followed
