"""Does a pause lose nothing that its owner wants, and does a page show what is there?"""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog import Catalog
from catalog.tables import holds, matches, outbox, subscribers
from search.alerts import match_changes
from search.alerts.errors import Gone, Refused
from search.alerts.members.leaving import unsubscribe
from search.alerts.members.managing import (
    change_search,
    change_settings,
    pause,
    read_member,
    resume,
    stop,
)
from search.alerts.members.settings import MailSettings
from search.alerts.members.subscribers import subscribe
from search.alerts.members.wanted import Wanted
from tests.search.alerts.members.test_keeping import published
from tests.search.library import Document, Work, put

ANA = "ana@example.net"
FEES = Wanted("Fees", "recruitment AND fees")


def short(catalog, name: str) -> None:
    """A work of two words: cheap to read in a test of many steps."""
    put(
        catalog,
        Work("UN", name, [Document("en", name, "Recruitment fees", [(1, "1", "Recruitment fees")])], symbol=name),
    )


def found(catalog) -> list[str]:
    with catalog.read() as connection:
        return list(
            connection.execute(sa.text("SELECT w.symbol FROM matches m JOIN works w ON w.id = m.work_id")).scalars()
        )


def tell(catalog) -> None:
    """A digest, as far as the ledger of matches is concerned."""
    with catalog.write() as connection:
        who = connection.execute(sa.select(subscribers.c.id)).scalar()
        number = connection.execute(sa.select(sa.func.count()).select_from(outbox)).scalar_one()
        mail = {"subscriber_id": who, "kind": "weekly", "period": f"p{number}", "message_id": f"<{number}@x>"}
        mail |= {"message": b"", "state": "sent", "created": datetime.now(UTC)}
        key = connection.execute(sa.insert(outbox).values(mail)).inserted_primary_key[0]
        connection.execute(sa.update(matches).where(matches.c.outbox_id.is_(None)).values(outbox_id=key))


def test_a_pause_rests_until_it_ends(any_catalog):
    catalog = any_catalog
    who = subscribe(catalog, ANA, "en", [FEES, Wanted("Both", "fees")]).subscriber_id
    search = read_member(catalog, who).searches[0].search_id
    published(catalog, "A/1")
    match_changes(catalog)  # found, and not yet told
    published(catalog, "A/2")  # not yet found
    assert pause(catalog, who, search) == 1 and pause(catalog, who, search) == 0
    published(catalog, "A/3")
    match_changes(catalog)
    assert sorted(found(catalog)) == ["A/1", "A/2", "A/3"]  # of the search that runs
    assert resume(catalog, who, search, catch_up=True) == 1 and resume(catalog, who, search, catch_up=True) == 0
    match_changes(catalog)
    assert sorted(found(catalog)) == ["A/1", "A/1", "A/2", "A/2", "A/3", "A/3"]
    assert pause(catalog, who) == 2 and resume(catalog, who) == 2
    match_changes(catalog)
    assert found(catalog) == []  # from now on means from now on
    assert stop(catalog, who, search) and not stop(catalog, who, search)
    assert resume(catalog, who, search) == 1 and read_member(catalog, who).searches[0].state == "running"


def test_a_flood_that_was_dropped_does_not_come_back_with_what_is_caught_up(catalog):
    who = subscribe(catalog, ANA, "en", [FEES]).subscriber_id
    published(catalog, "A/1")
    match_changes(catalog)
    flood = {"source": "x", "first_seq": 1, "last_seq": 1, "works": 900, "usual": 1, "state": "dropped"}
    with catalog.write() as connection:
        connection.execute(sa.insert(holds).values(flood | {"since": datetime.now(UTC)}))
        connection.execute(sa.update(matches).values(hold_id=1))
    pause(catalog, who)
    published(catalog, "A/2")
    resume(catalog, who, catch_up=True)
    match_changes(catalog)
    with catalog.read() as connection:
        rows = connection.execute(sa.select(matches.c.work_id, matches.c.hold_id).order_by(matches.c.work_id)).all()
    assert [tuple(row) for row in rows] == [(1, 1), (2, None)]


STEPS = st.lists(st.sampled_from(["publish", "match", "tell", "pause", "catch up"]), min_size=4, max_size=12)


@given(STEPS)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_who_catches_up_is_told_everything_once(tmp_path_factory, steps):
    """However publishing, matching, mailing, pausing and going on are mixed."""
    catalog = Catalog(f"sqlite:///{tmp_path_factory.mktemp('pauses')}/catalog.sqlite")
    catalog.migrate()
    who = subscribe(catalog, ANA, "en", [FEES]).subscriber_id
    names = []
    for step in [*steps, "catch up", "match"]:
        match step:
            case "publish":
                names.append(f"A/{len(names)}")
                short(catalog, names[-1])
            case "match":
                match_changes(catalog)
            case "tell":
                tell(catalog)
            case "pause":
                pause(catalog, who)
            case "catch up":
                resume(catalog, who, catch_up=True)
    assert sorted(found(catalog)) == sorted(names)


def test_the_page_shows_what_is_there(catalog):
    wishes = MailSettings("fr", "Asia/Manila", heartbeat=True, safe=True)
    who = subscribe(catalog, ANA, "fr", [FEES], settings=wishes).subscriber_id
    published(catalog, "A/1")
    match_changes(catalog)
    assert read_member(catalog, who).searches[0].told == 0
    tell(catalog)
    member = read_member(catalog, who)
    assert (member.address_hint, member.state, member.settings) == ("a…@example.net", "active", wishes)
    assert (member.searches[0].told, member.searches[0].name, member.searches[0].cadence) == (1, "Fees", "weekly")
    change_settings(catalog, who, MailSettings("es"))
    change_search(catalog, who, member.searches[0].search_id, "", "at once")
    member = read_member(catalog, who)
    assert member.settings == MailSettings("es") and member.searches[0].name == FEES.query
    unsubscribe(catalog, ANA)
    assert read_member(catalog, who).state == "unsubscribed"


def test_what_cannot_be_is_said_and_changes_nothing(catalog):
    who = subscribe(catalog, ANA, "en", [FEES]).subscriber_id
    search = read_member(catalog, who).searches[0].search_id
    with pytest.raises(Refused):
        change_settings(catalog, who, MailSettings("de"))
    for name, cadence in (("a\u202eb", "weekly"), ("x" * 201, "weekly"), ("Name", "hourly")):
        with pytest.raises(Refused):
            change_search(catalog, who, search, name, cadence)
    for deed in (read_member, pause, resume, stop):
        with pytest.raises(Gone):
            deed(catalog, who + 1)
    with pytest.raises(Gone):
        pause(catalog, who, search + 1)
    assert read_member(catalog, who).searches[0].name == "Fees"
