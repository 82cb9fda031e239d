"""Does all that is said to the database about mail hold on SQLite and on PostgreSQL alike?"""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from catalog.tables import deliveries, outbox, saved_searches, subscribers
from search.alerts.post.bounces import BounceReport, read_bounces
from search.alerts.post.delivery import Office, deliver, release_held
from search.alerts.post.patience import QUIET
from search.alerts.post.returning import return_path
from search.alerts.post.sender import claim_sender, sender_report
from search.alerts.post.smtp import Smtp
from search.alerts.post.standing import outbox_report
from search.alerts.post.suppression import why_suppressed
from tests.search.alerts.postoffice import HOUR, NOW, PostOffice
from tests.search.alerts.returned import COMPLAINT, POSTFIX, returned

SECRET = "a secret for tests, long enough"


class Pile:
    """Mails that came back, without a mailbox."""

    def __init__(self, *mails: bytes) -> None:
        self.mails = mails

    def unread(self):
        return iter([(str(number), mail) for number, mail in enumerate(self.mails)])

    def mark(self, name):
        pass


@pytest.fixture
def office(tmp_path) -> Office:
    return Office(SECRET, bounces="bounces@example.org", claim=tmp_path / "sender")


def add(catalog, address: str, period: str = "2026-W40", made=NOW) -> int:
    with catalog.write() as connection:
        known = sa.select(subscribers.c.id).where(subscribers.c.address == address)
        key = connection.execute(known).scalar()
        if key is None:
            who = {"address": address, "language": "en", "state": "active", "since": NOW}
            key = connection.execute(sa.insert(subscribers).values(who)).inserted_primary_key[0]
            search = {"subscriber_id": key, "name": "x", "query": "x", "start_seq": 0, "identity": "x"}
            connection.execute(sa.insert(saved_searches).values(search))
        name = f"<{period}.{key}@example.org>"
        mail = f"From: f@example.org\r\nMessage-ID: {name}\r\n\r\nHello.\r\n".encode()
        row = {"subscriber_id": key, "kind": "weekly", "period": period, "message_id": name, "message": mail}
        row |= {"state": "waiting", "created": made}
        return connection.execute(sa.insert(outbox).values(row).returning(outbox.c.id)).scalar_one()


def test_sending_bouncing_resting_and_forgiving(any_catalog, office):
    ana, ben, eva = (add(any_catalog, f"{name}@example.net") for name in ("ana", "ben", "eva"))
    with PostOffice("accept", "accept", "accept", "full") as server:
        relay = Smtp("127.0.0.1", server.port, timeout=5)
        assert deliver(any_catalog, relay, NOW, office).sent == 3
        path = {key: return_path(SECRET, office.bounces, key) for key in (ana, ben, eva)}
        gone, full = "550 5.1.1 no such user", "552 5.2.2 mailbox full"
        pile = Pile(
            returned(POSTFIX, path=path[ana], status="5.1.1", said=gone),
            returned(POSTFIX, path=path[ben], status="5.2.2", said=full),
            returned(COMPLAINT, path=path[eva], action="abuse"),
        )
        assert read_bounces(any_catalog, pile, office, NOW) == BounceReport(hard=1, soft=1, complaint=1)
        assert read_bounces(any_catalog, pile, office, NOW) == BounceReport(again=3)
        add(any_catalog, "ben@example.net", "2026-W41")
        add(any_catalog, "eva@example.net", "2026-W41")
        report = deliver(any_catalog, relay, NOW + HOUR / 2, office)
        assert (report.sent, report.withheld, report.waiting) == (0, 1, 1)
        assert deliver(any_catalog, relay, NOW + 2 * HOUR, office).bounced == 1  # full once more
        add(any_catalog, "ben@example.net", "2026-W42")
        assert deliver(any_catalog, relay, NOW + 30 * HOUR, office).sent == 1
    assert read_bounces(any_catalog, Pile(), office, NOW + QUIET + timedelta(days=2)).forgiven == 1
    with any_catalog.read() as connection:
        assert why_suppressed(connection, SECRET, "ana@example.net") == "hard bounce"
        assert why_suppressed(connection, SECRET, "eva@example.net") == "complaint"
        assert not why_suppressed(connection, SECRET, "ben@example.net")


def test_holding_claiming_and_skipping(any_catalog, office):
    add(any_catalog, "ana@example.net")
    add(any_catalog, "ben@example.net", made=NOW - timedelta(days=9))
    with PostOffice() as server:
        relay = Smtp("127.0.0.1", server.port, timeout=5)
        assert deliver(any_catalog, relay, NOW, office).sent == 1
        office.claim.unlink()
        add(any_catalog, "eva@example.net")
        assert deliver(any_catalog, relay, NOW, office).held == 1
        report = outbox_report(any_catalog)
        assert report.counts == {"held": {"weekly": 2}, "sent": {"weekly": 1}} and len(report.held) == 2
        assert sender_report(any_catalog, office.claim, NOW).trouble
        claim_sender(any_catalog, office.claim, NOW)
        assert not sender_report(any_catalog, office.claim, NOW).trouble
        assert release_held(any_catalog, NOW) == 2
        assert claim_sender(any_catalog, office.claim, NOW, skip=True) == 2
        assert deliver(any_catalog, relay, NOW, office).sent == 0
    with any_catalog.read() as connection:
        outcomes = list(connection.execute(sa.select(deliveries.c.outcome).order_by(deliveries.c.id)).scalars())
    assert sorted(outcomes) == ["held", "held", "sent", "withheld", "withheld"]
