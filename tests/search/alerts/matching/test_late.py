"""Does what comes late still alert, once: a text that was read later, another language, a date in the future?"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from catalog.tables import changes, documents, matches, outbox, paragraphs, saved_searches, works
from search.alerts.mails.due import make_due
from search.alerts.matching.matching import match_changes
from search.alerts.members.subscribers import subscribe
from search.alerts.members.wanted import Wanted
from tests.search.alerts.letters import LETTERHEAD, LINKS
from tests.search.alerts.matching.test_matching import ANA, work
from tests.search.library import Document, Work, changed, put

MORNING = datetime(2026, 12, 1, 7, 30, tzinfo=UTC)


def watch(catalog, query, cadence="weekly", **more):
    subscribe(catalog, ANA, "en", [Wanted(query, query, cadence=cadence, **more)])


def found(catalog):
    query = sa.select(saved_searches.c.name, works.c.symbol, matches.c.seq).join_from(matches, saved_searches)
    with catalog.read() as connection:
        return [tuple(row) for row in connection.execute(query.join(works).order_by(matches.c.id))]


def test_a_date_in_the_future_brings_one_mail_in_thirty_days(catalog):
    """A meeting that is announced for next year, and whose page is touched every day until then."""
    watch(catalog, "wages", "daily")
    watch(catalog, "since:2026-12-01", "daily")
    meeting = replace(work("1", "wages will be talked of"), date=date(2027, 3, 1))
    mails = 0
    for day in range(30):
        put(catalog, changed(meeting, f"wages will be talked of; {30 - day} days are left"))
        match_changes(catalog)
        mails += make_due(catalog, MORNING + timedelta(days=day), LINKS, LETTERHEAD)
    assert [(name, symbol) for name, symbol, _ in found(catalog)] == [
        ("wages", "A/81/1"),
        ("since:2026-12-01", "A/81/1"),
    ]
    with catalog.read() as connection:
        assert mails == 1 == connection.execute(sa.select(sa.func.count()).select_from(outbox)).scalar_one()


def test_what_is_dated_long_ago_alerts_when_it_comes(catalog):
    watch(catalog, "wages")
    put(catalog, replace(work("1", "wages of old"), date=date(1951, 7, 1)))
    assert match_changes(catalog) == 1


@pytest.mark.parametrize("kind", ["updated", "created"])
def test_text_that_was_read_late_alerts_once(catalog, kind):
    """A scan comes without text; weeks later it is read by OCR, and later still read better."""
    watch(catalog, "wages")
    number = put(catalog, Work("UN", "A scan", [Document("en", "A/81/1", "A scan", [])], symbol="A/81/1"))
    assert match_changes(catalog) == 0
    with catalog.read() as connection:
        document = connection.execute(sa.select(documents.c.id).where(documents.c.work_id == number)).scalar_one()

    def read(text, ordinal):
        with catalog.write() as connection:
            row = {"document_id": document, "ordinal": ordinal, "page": 1, "kind": "text", "language": "en"}
            connection.execute(sa.insert(paragraphs).values(row | {"text": text}))
            return catalog.record_change(connection, kind, number, document)

    seq = read("the wagcs of seafarers", 1)
    assert match_changes(catalog) == 0
    seq = read("the wages of seafarers", 2)
    assert match_changes(catalog) == 1
    read("the wages of all seafarers", 3)
    assert match_changes(catalog) == 0
    assert found(catalog) == [("wages", "A/81/1", seq)]


def test_filters_and_scope_are_part_of_what_is_asked(any_catalog):
    watch(any_catalog, "wages", filters={"publisher": ["ILO", "UN"], "language": ["fr"]})
    watch(any_catalog, "wages fees", scope="paragraphs")
    watch(any_catalog, "title:about wages fees", scope="paragraphs")
    watch(any_catalog, "", filters={"publisher": ["IOM"]})
    together = Document("en", "A/81/1", "About fees", [(1, "1", "fees and wages")])
    apart = Document("en", "A/81/2", "Fees", [(1, "1", "fees"), (1, "2", "wages")])
    french = Document("fr", "A/81/3", "Wages", [(1, "1", "wages")])
    for at, document in enumerate((together, apart, french), 1):
        put(any_catalog, Work("UN", document.title, [document], symbol=f"A/81/{at}"))
    put(any_catalog, Work("IOM", "Wages", [replace(french, symbol="MC/1")], symbol="MC/1"))
    match_changes(any_catalog)
    assert sorted((name, symbol) for name, symbol, _ in found(any_catalog)) == [
        ("IOM", "MC/1"),
        ("title:about wages fees", "A/81/1"),
        ("wages", "A/81/3"),
        ("wages fees", "A/81/1"),
    ]


def test_the_same_bytes_again_alert_nobody_again(catalog):
    """Promise 6: a work that is noted or put again as it was is matched once."""
    watch(catalog, "wages")
    for _ in range(5):
        put(catalog, work("1", "wages"))
        match_changes(catalog)
    assert len(found(catalog)) == 1
    with catalog.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(changes)).scalar_one() == 5
