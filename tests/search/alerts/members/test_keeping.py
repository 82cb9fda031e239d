"""Does a search that is saved begin where it should, once, and never flood its owner?"""

import pytest
import sqlalchemy as sa

from catalog.tables import matches, saved_searches
from search.alerts import match_changes
from search.alerts.errors import Gone, Refused
from search.alerts.members.keeping import add_search, begin_again, current_seq, keep
from search.alerts.members.leaving import unsubscribe
from search.alerts.members.settings import MailSettings, zones
from search.alerts.members.subscribers import subscribe
from search.alerts.members.wanted import LONGEST_QUERY, MOST_FILTERS, Wanted, checked
from tests.search.library import Document, Work, put

ANA = "ana@example.net"
FEES = Wanted("Fees", "recruitment AND fees")


def published(catalog, name: str) -> None:
    text = f"Recruitment fees: {name}"
    put(catalog, Work("UN", name, [Document("en", name, text, [(1, "1", text)])], symbol=name))


def row(catalog, search_id: int):
    with catalog.read() as connection:
        return connection.execute(sa.select(saved_searches).where(saved_searches.c.id == search_id)).one()


def told(catalog) -> int:
    match_changes(catalog)
    with catalog.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(matches)).scalar_one()


def test_a_search_with_all_that_its_page_had(any_catalog):
    who = subscribe(any_catalog, ANA, "en", [FEES]).subscriber_id
    filters = {"country": ["PHL", "NPL", "PHL"], "body": []}
    wanted = Wanted("  Fees  there ", " fees ", filters, "paragraphs", "at once")
    added = add_search(any_catalog, who, wanted)
    kept = row(any_catalog, added.search_id)
    assert (kept.name, kept.query, kept.scope, kept.cadence) == ("Fees there", "fees", "paragraphs", "at once")
    assert kept.filters == {"country": ["NPL", "PHL"]} and kept.identity == wanted_identity(kept)
    again = add_search(any_catalog, who, Wanted("", "fees", {"country": ["NPL", "PHL"]}, "paragraphs", "daily"))
    assert again.search_id == added.search_id and again.went_on and not added.went_on
    assert row(any_catalog, added.search_id).cadence == "daily"
    assert add_search(any_catalog, who, Wanted("", "fees")).search_id != added.search_id  # another scope is another


def wanted_identity(kept) -> str:
    return Wanted("", kept.query, kept.filters, kept.scope).identity


def test_old_documents_do_not_flood_a_new_search(catalog):
    published(catalog, "A/1")
    who = subscribe(catalog, ANA, "en", [FEES]).subscriber_id
    assert told(catalog) == 0
    published(catalog, "A/2")
    assert told(catalog) == 1
    add_search(catalog, who, FEES, backfill=True)  # on wish
    assert told(catalog) == 2


def test_a_gap_is_looked_back_on_and_nothing_before_it(catalog):
    who = subscribe(catalog, ANA, "en", [Wanted("Other", "unheard")]).subscriber_id
    published(catalog, "A/before")
    with catalog.read() as connection:
        asked_at = catalog.last_seq(connection)
    published(catalog, "A/between")
    assert told(catalog) == 0  # the matcher has been here
    with catalog.write() as connection:
        keep(connection, who, {FEES.identity: FEES}, current_seq(catalog, connection), back_to=asked_at)
    published(catalog, "A/after")
    assert told(catalog) == 2
    with catalog.read() as connection:
        origins = connection.execute(sa.select(matches.c.origin, matches.c.seq).order_by(matches.c.seq)).all()
    assert [tuple(each) for each in origins] == [("look back", asked_at + 1), ("news", asked_at + 2)]


def test_what_came_while_it_was_paused_is_told_only_on_wish(catalog):
    searches = subscribe(catalog, ANA, "en", [FEES, Wanted("Both", "fees")])
    assert searches.new == ("Fees", "Both")
    with catalog.write() as connection:
        paused = {"state": "paused", "back_to": catalog.last_seq(connection)}
        connection.execute(sa.update(saved_searches).values(paused))
    published(catalog, "A/meanwhile")
    assert told(catalog) == 0
    with catalog.write() as connection:
        seq = current_seq(catalog, connection)
        assert begin_again(connection, saved_searches.c.name == "Fees", seq) == 1
        assert begin_again(connection, saved_searches.c.name == "Both", seq, catch_up=True) == 1
    assert told(catalog) == 1


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (Wanted("a", "fees", cadence="hourly"), "daily"),
        (Wanted("a", "fees", scope="volumes"), "paragraphs"),
        (Wanted("a", "fees", {"colour": ["blue"]}), "no filter"),
        (Wanted("a", "fees", {"country": ["x" * 201]}), "characters"),
        (Wanted("a", "fees", {"country": [f"C{n}" for n in range(MOST_FILTERS + 1)]}), "filters"),
        (Wanted("a", "fee " * LONGEST_QUERY), "characters"),
        (Wanted("a\u202eb", "fees"), "one line"),
    ],
)
def test_what_cannot_be_watched_is_said(catalog, wanted, says):
    who = subscribe(catalog, ANA, "en", [FEES]).subscriber_id
    with pytest.raises(Refused, match=says):
        add_search(catalog, who, wanted)
    assert len(checked(catalog, [FEES])[0]) == 1


def test_nobody_adds_a_search_for_who_has_left(catalog):
    who = subscribe(catalog, ANA, "en", [FEES]).subscriber_id
    unsubscribe(catalog, ANA)
    for number in (who, who + 1):
        with pytest.raises(Gone):
            add_search(catalog, number, FEES)


def test_settings_are_checked_and_kept(catalog):
    subscribe(catalog, ANA, "fr", [FEES], settings=MailSettings("fr", "Asia/Manila", heartbeat=True))
    subscribe(catalog, ANA, "es", [FEES])  # without settings only the language is another
    with catalog.read() as connection:
        who = connection.execute(sa.text("SELECT language, timezone, heartbeat FROM subscribers")).one()
    assert tuple(who)[:2] == ("es", "Asia/Manila") and who.heartbeat
    for bad in (MailSettings("de"), MailSettings(timezone="Mars/Olympus"), MailSettings(timezone="../etc/passwd")):
        with pytest.raises(Refused):
            bad.row()
    assert zones()[0] == "UTC" and "Europe/Zurich" in zones() and len(zones()) > 300


def test_numbers_of_members_and_searches_are_never_given_twice(any_catalog):
    first = subscribe(any_catalog, ANA, "en", [FEES]).subscriber_id
    with any_catalog.write() as connection:
        connection.execute(sa.delete(saved_searches))
        connection.execute(sa.text("DELETE FROM subscribers"))
    assert subscribe(any_catalog, "ben@example.net", "en", [FEES]).subscriber_id > first
