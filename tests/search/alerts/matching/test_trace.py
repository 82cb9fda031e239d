"""Is each place at which an alert can stand said, and nothing else?"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from catalog import NOTED
from catalog.tables import (
    captures,
    deliveries,
    digest_runs,
    documents,
    holds,
    matches,
    outbox,
    runs,
    saved_searches,
    subscribers,
)
from search.alerts.errors import Refused
from search.alerts.matching.audit import audit
from search.alerts.matching.floods import release
from search.alerts.matching.matching import match_changes
from search.alerts.matching.trace import find_search, trace
from search.alerts.members.leaving import unsubscribe
from search.alerts.members.subscribers import subscribe
from search.alerts.members.wanted import Wanted
from search.alerts.post.outbox import skip_all
from search.engines import open_engine
from tests.search.alerts.matching.test_matching import work
from tests.search.library import put, sha256_of, withdraw

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)  # a Tuesday
ANA = "ana@example.net"
PAPER = "A/81/1"


class Desk:
    def __init__(self, catalog) -> None:
        self.catalog = catalog

    def watch(self, query="wages", cadence="weekly", **more):
        subscribe(self.catalog, ANA, "en", [Wanted(query, query, cadence=cadence, **more)])

    def set(self, table, **values) -> None:
        with self.catalog.write() as connection:
            connection.execute(sa.update(table).values(values))

    def add(self, table, **values) -> int:
        with self.catalog.write() as connection:
            return connection.execute(sa.insert(table).values(values)).inserted_primary_key[0]

    def mail(self, state, **more) -> int:
        """The match is told by a mail that stands so."""
        row = {"subscriber_id": 1, "kind": "weekly", "period": "2026-W47", "message_id": "<1@x>", "message": b""}
        number = self.add(outbox, **row, state=state, created=NOW, **more)
        self.set(matches, outbox_id=number)
        return number

    def ask(self, document=PAPER, **more):
        return trace(self.catalog, 1, document, NOW, **more)

    def said(self, document=PAPER) -> tuple[str, str]:
        found = self.ask(document)
        return found.state, found.stations[-1].said


@pytest.fixture
def desk(catalog):
    return Desk(catalog)


@pytest.fixture
def matched(desk):
    desk.watch()
    put(desk.catalog, work("1", "wages are due"))
    match_changes(desk.catalog)
    return desk


def test_what_was_never_seen(desk):
    desk.watch()
    said = ("unknown", "Nothing here goes by this name: it was not seen on any source.")
    assert desk.said() == desk.said("f" * 64) == desk.said("") == desk.said("x" * 10_000) == said
    assert desk.ask().work is None


@pytest.mark.parametrize(
    ("row", "state", "said"),
    [
        (None, "not tried", "It was not read yet."),
        ({"state": "waiting", "reason": "needs OCR: a scan"}, "needs OCR", "It is a scan, and waits for OCR."),
        ({"state": "waiting", "reason": "no room"}, "try again", "It waits to be read again: no room"),
        ({"state": "quarantined", "reason": "encrypted"}, "quarantined", "It could not be read: encrypted"),
    ],
)
def test_what_was_seen_and_not_read(desk, row, state, said):
    desk.watch()
    sha256 = sha256_of("a file")
    run = desk.add(runs, step="crawl", subject="un-docs", started=NOW - timedelta(hours=1), state="done")
    where = {"source": "un-docs", "publisher": "UN", "url": "https://example.org/1", "sha256": sha256}
    desk.add(captures, **where, size=1, words={}, captured=NOW)
    if row:
        desk.add(documents, sha256=sha256, publisher="UN", symbol="A/81/7", **row)
        assert desk.ask("A/81/7").state == state
    found = desk.ask(sha256.upper())
    assert (found.state, found.stations[-1].said) == (state, said)
    assert found.stations[0].said == f"Seen at un-docs on 24 Nov 2026, 08:00 UTC. By crawl number {run}."


def test_matched_and_waiting_for_its_mail(matched):
    assert [station.stage for station in matched.ask().stations] == ["seen", "read", "matched", "mailed"]
    assert matched.said() == ("waiting", "It waits for the mail of 23 Nov 2026, 07:00 UTC.")  # due, and not made yet
    matched.add(digest_runs, cadence="weekly", zone="UTC", period="2026-W47", made=NOW, up_to_seq=1, mails=0)
    assert matched.said() == ("waiting", "It waits for the mail of 30 Nov 2026, 07:00 UTC.")
    matched.set(saved_searches, cadence="daily")
    matched.add(digest_runs, cadence="daily", zone="UTC", period="2026-11-23", made=NOW, up_to_seq=1, mails=0)
    assert matched.said() == ("waiting", "It waits for the mail of 25 Nov 2026, 07:00 UTC.")
    matched.set(saved_searches, cadence="at once")
    assert matched.said() == ("waiting", "It goes out with the next round of mails.")


def test_not_looked_at_yet(desk):
    desk.watch()
    put(desk.catalog, work("1", "wages are due"))
    assert desk.said() == ("not matched yet", "It is new, and will be looked at with the next run.")


def test_it_came_before_the_search(desk):
    put(desk.catalog, work("1", "wages are due"))
    desk.watch()
    match_changes(desk.catalog)
    assert desk.ask().state == "before"
    with desk.catalog.write() as connection:
        desk.catalog.record_change(connection, NOTED, 1)  # no news
    assert desk.ask().state == "before"
    desk.set(saved_searches, backfill=True, back_to=0)
    assert desk.said() == ("looked back on", "It came before the search, which will look back on it.")


def test_withdrawn(matched):
    withdraw(matched.catalog, "UN:A/81/1")
    matched.set(saved_searches, start_seq=9)
    with matched.catalog.write() as connection:
        connection.execute(sa.delete(matches))
    assert matched.said("UN:A/81/1") == ("withdrawn", "It is withdrawn: there is nothing to match.")


@pytest.mark.parametrize(
    ("query", "more", "asked"),
    [
        ("fees", {}, "Documents with the word “fees”"),
        ("wages fees", {}, "Documents with the word “fees”"),
        ('wages ("fees owed" OR travel)', {}, "Documents with the phrase “fees owed” or with the word “travel”"),
        ("wages -due", {}, "Documents without the word “due”"),
        ("wages", {"filters": {"language": ["fr"]}}, "Documents in French"),
        ("wages date:2030", {}, "Documents dated 2030"),
    ],
)
def test_the_clause_that_fails_is_said(desk, query, more, asked):
    desk.watch(query, **more)
    put(desk.catalog, work("1", "wages are due"))
    match_changes(desk.catalog)
    assert desk.ask().state == "no match"
    assert desk.ask().stations[-1].said.startswith(f"It does not match. The search asks for: {asked}")


def test_all_is_there_and_in_no_single_paragraph(desk):
    desk.watch("wages fees", scope="paragraphs")
    paper = work("1", "wages")
    (document,) = paper.documents
    put(desk.catalog, replace(paper, documents=[replace(document, text=[(1, "1", "wages"), (1, "2", "fees")])]))
    match_changes(desk.catalog)
    assert desk.ask().state == "no match"
    assert desk.ask().stations[-1].said.startswith("Its paragraphs hold all that the search asks for")


def test_what_was_missed_and_what_the_audit_found(matched):
    with matched.catalog.write() as connection:
        connection.execute(sa.delete(matches))
    assert matched.said() == ("missed", "It should have matched. The next audit finds it, and tells it late.")
    audit(matched.catalog, open_engine(None), NOW)
    assert matched.ask().stations[2].said == "Missed at first, and found by the audit on 24 Nov 2026, 08:00 UTC."
    assert matched.ask().state == "waiting"


@pytest.mark.parametrize(
    ("table", "values", "state"),
    [
        (saved_searches, {"state": "paused"}, "paused"),
        (saved_searches, {"state": "ended"}, "ended"),
        (saved_searches, {"state": "broken", "reason": "nothing in it"}, "broken"),
        (subscribers, {"state": "pending"}, "pending"),
        (subscribers, {"state": "unsubscribed"}, "unsubscribed"),
    ],
)
@pytest.mark.parametrize("is_matched", [True, False])
def test_a_search_that_hears_of_nothing(matched, table, values, state, is_matched):
    if not is_matched:
        with matched.catalog.write() as connection:
            connection.execute(sa.delete(matches))
    matched.set(table, **values)
    assert matched.ask().state == state


def test_a_search_that_was_ended_by_the_link(matched):
    unsubscribe(matched.catalog, ANA)
    assert matched.ask().state == "unsubscribed"


def test_of_a_flood(matched):
    row = {"source": "un-docs", "first_seq": 1, "last_seq": 1, "works": 300, "usual": 2.0, "since": NOW}
    hold = matched.add(holds, **row, state="held")
    matched.set(matches, hold_id=hold)
    came = "It came with 300 works at once from one source. The secretariat"
    assert matched.said() == ("flood", f"{came} decides whether they are told.")
    release(matched.catalog, hold, False, NOW)
    assert matched.said() == ("dropped", f"{came} decided not to tell them.")
    matched.set(holds, state="released")
    assert matched.ask().state == "waiting"


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("sent", "Sent on 24 Nov 2026, 09:00 UTC. The other side said: 250 so it was"),
        ("failed", "Refused by the other side on 24 Nov 2026, 09:00 UTC: 250 so it was"),
        ("bounced", "It came back on 24 Nov 2026, 09:00 UTC: 250 so it was"),
        ("suppressed", "Not sent, since mail to this address had come back: 250 so it was"),
        ("withheld", "Not sent, since it was no longer wanted: 250 so it was"),
        ("held", "Held back until the secretariat has looked at it: 250 so it was"),
    ],
)
def test_what_became_of_its_mail(matched, state, said):
    mail = matched.mail(state)
    matched.add(deliveries, outbox_id=mail, at=NOW, outcome="failed", answer="451 later")
    matched.add(deliveries, outbox_id=mail, at=NOW + timedelta(hours=1), outcome=state, answer="250 so it was")
    found = matched.ask()
    assert (found.state, found.stations[-1].said) == (state, said)
    assert found.stations[-2].said == "Written into the mail of 24 Nov 2026, 08:00 UTC (weekly 2026-W47)."


def test_what_counts_as_told_since_the_catalog_was_put_back(matched):
    with matched.catalog.write() as connection:
        skip_all(connection, NOW)
    assert matched.said() == ("skipped", "The secretariat counted it as told on 24 Nov 2026, 08:00 UTC.")


def test_a_work_of_which_nothing_is_read_any_more(matched):
    with matched.catalog.write() as connection:
        connection.execute(sa.delete(matches))
    matched.set(documents, state="quarantined", reason="encrypted")
    assert matched.said() == ("unread", "Nothing of it was read: there is nothing to match.")
    matched.set(documents, state="read", work_id=None)
    assert matched.said(sha256_of("UN:A/81/1 A/81/1 en")) == ("read", "It was read, and is part of no work.")


def test_a_mail_that_is_tried_again(matched):
    mail = matched.mail("waiting", try_again=NOW + timedelta(hours=2))
    matched.add(deliveries, outbox_id=mail, at=NOW, outcome="failed", answer="451 later")
    assert matched.said() == ("try again", "It is tried again on 24 Nov 2026, 10:00 UTC.")
    assert "Tried on 24 Nov 2026, 08:00 UTC: 451 later" in [station.said for station in matched.ask().stations]
    matched.set(subscribers, mail_after=NOW + timedelta(days=2))
    assert matched.said() == ("try again", "It is tried again on 26 Nov 2026, 08:00 UTC.")


@pytest.mark.parametrize("state", ["waiting", "leased"])
def test_a_mail_that_is_in_the_outbox(matched, state):
    matched.mail(state)
    assert matched.ask().state == "queued"


def test_in_the_language_of_the_member_and_at_home(matched):
    said = matched.ask(language="fr", zone="Europe/Zurich").stations[-1].said
    assert "23 nov. 2026" in said and "(Europe/Zurich)" in said and "waits" not in said


def test_a_search_is_named_by_number_or_by_name_and_address(matched):
    assert find_search(matched.catalog, "1") == find_search(matched.catalog, "wages", " Ana@example.net ") == 1
    for name, address in (("2", None), ("wages", None), ("fees", ANA), ("²", None)):
        with pytest.raises(Refused):
            find_search(matched.catalog, name, address)
    with pytest.raises(Refused, match="no saved search number 7"):
        trace(matched.catalog, 7, PAPER, NOW)
