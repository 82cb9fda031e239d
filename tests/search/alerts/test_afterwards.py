"""What does a member read of what was missed, of a flood, and of what has changed since? From files to mails."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
import sqlalchemy as sa

from catalog.tables import captures, matches, outbox
from pipeline.document import Paragraph
from pipeline.store import store
from search import open_engine
from search.alerts.mails.due import make_due
from search.alerts.matching.audit import audit
from search.alerts.matching.corrections import find_corrections
from search.alerts.matching.floods import list_holds, release
from search.alerts.matching.matching import match_changes
from search.alerts.members.subscribers import subscribe
from search.alerts.members.wanted import Wanted
from tests.pipeline.made import document
from tests.search.alerts.letters import LETTERHEAD, LINKS

NOW = datetime.now(UTC)
FEES = "Recruitment fees shall be borne by the employer and never by the migrant worker herself."
TO_STATE = FEES.replace("employer", "State")


class Week:
    """Publishes, and reads the mails that come of it; each is sent as soon as it is made."""

    def __init__(self, catalog) -> None:
        self.catalog = catalog

    def publish(self, number, text, bytes_="") -> None:
        """The file at the address of that number, as crawl and pipeline leave it."""
        symbol = f"A/81/{number}"
        sha256 = hashlib.sha256(f"{symbol} {text} {bytes_}".encode()).hexdigest()
        words = {"symbol": symbol, "title": f"Report number {number}", "language": "en"}
        one = document(words, texts=(text,), sha256=sha256)
        reading = replace(one.reading, paragraphs=(Paragraph(1, 1, "1", "en", text),))
        row = {"source": "un-docs", "publisher": "UN", "url": f"https://example.org/{symbol}", "sha256": sha256}
        with self.catalog.write() as connection:
            connection.execute(sa.insert(captures).values(row | {"size": 1, "words": {}, "captured": NOW}))
        store(self.catalog, replace(one, reading=reading))

    def watch(self, address, query="fees") -> None:
        subscribe(self.catalog, address, "en", [Wanted("Fees", query, cadence="at once")])

    def mails(self) -> list[tuple[str, str]]:
        """(to, text) of every mail that is new."""
        make_due(self.catalog, datetime.now(UTC), LINKS, LETTERHEAD)
        with self.catalog.write() as connection:
            query = sa.select(outbox.c.message).where(outbox.c.state == "waiting").order_by(outbox.c.id)
            new = [message_from_bytes(raw, policy=policy.default) for raw in connection.execute(query).scalars()]
            connection.execute(sa.update(outbox).values(state="sent"))
        return [(str(mail["To"]), " ".join(mail.get_body(("plain",)).get_content().split())) for mail in new]


@pytest.fixture
def week(catalog):
    return Week(catalog)


def test_who_was_told_of_a_passage_is_told_that_it_changed(week):
    week.watch("ana@example.net")
    week.watch("ben@example.net", "remittances")
    week.publish(1, FEES)
    match_changes(week.catalog)
    ((to, text),) = week.mails()
    assert to == "ana@example.net" and "Report number 1" in text and "the employer" in text
    week.publish(1, FEES, bytes_="new")  # the same text: nothing
    match_changes(week.catalog)
    assert find_corrections(week.catalog) == 0 and week.mails() == []
    week.publish(1, TO_STATE)
    match_changes(week.catalog)
    assert find_corrections(week.catalog) == 1
    ((to, text),) = week.mails()
    assert to == "ana@example.net" and "has changed" in text and "employer" in text and "State" in text
    assert find_corrections(week.catalog) == 0 and week.mails() == []


def test_what_was_missed_comes_late_and_says_so(week, tmp_path):
    week.watch("ana@example.net")
    week.publish(1, FEES)
    match_changes(week.catalog)
    with week.catalog.write() as connection:
        connection.execute(sa.delete(matches))
    assert week.mails() == []
    engine = open_engine(tmp_path / "index")
    assert audit(week.catalog, engine, NOW).missed == 1
    ((_, text),) = week.mails()
    assert "the employer" in text and "This comes late: it was missed at first" in text
    assert audit(week.catalog, engine, NOW).missed == 0 and week.mails() == []


def test_a_flood_is_one_line_until_it_is_released(week):
    week.watch("ana@example.net")
    week.publish(0, FEES)
    match_changes(week.catalog)
    week.mails()
    for number in range(1, 131):
        week.publish(number, FEES)
    match_changes(week.catalog)
    assert all("Report number" not in text for _, text in week.mails())
    (hold,) = list_holds(week.catalog)
    assert (hold.works, hold.matches) == (131, 130)
    release(week.catalog, hold.id, True, NOW)
    ((_, text),) = week.mails()
    assert "Report number 130" in text and week.mails() == []
