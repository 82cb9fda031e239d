"""Is everything about a person gone when it is gone, beside whatever runs, and all of it given before?"""

import json
import threading

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from catalog.tables import (
    bounces,
    corrections,
    deliveries,
    matches,
    metadata,
    outbox,
    saved_searches,
    sign_ups,
    subscribers,
    suppressions,
    webhook_deliveries,
    webhooks,
    works,
)
from search.alerts import match_changes
from search.alerts.errors import Gone
from search.alerts.members.erasing import delete_search, erase
from search.alerts.members.exporting import export_member
from search.alerts.members.presence import still_here
from search.alerts.members.signing_up import SignUp, sign_up
from search.alerts.members.subscribers import subscribe
from search.alerts.members.wanted import Wanted
from search.alerts.post.delivery import deliver
from search.alerts.post.smtp import Smtp
from search.alerts.post.suppression import HARD, suppress
from tests.search.alerts.letters import LETTERHEAD, LINKS, MADE, SECRET
from tests.search.alerts.members.test_keeping import published
from tests.search.alerts.postoffice import NOW, PostOffice

ANA, BEN = "ana@example.net", "ben@example.org"
FEES = Wanted("Fees of Ana", "recruitment AND fees")


def insert(connection, table, **values) -> int:
    return connection.execute(sa.insert(table).values(values)).inserted_primary_key[0]


def a_life(catalog, address=ANA) -> int:
    """A member with a row in every table that may hold one."""
    who = subscribe(catalog, address, "en", [FEES]).subscriber_id
    published(catalog, f"A/{who}")
    match_changes(catalog)
    sign_up(catalog, SignUp(address, [Wanted("More of Ana", "visa")]), LINKS, LETTERHEAD, MADE)
    with catalog.write() as connection:
        search = connection.execute(
            sa.select(saved_searches.c.id).where(saved_searches.c.subscriber_id == who)
        ).scalar()
        mail = connection.execute(sa.select(outbox.c.id).where(outbox.c.subscriber_id == who)).scalar()
        work, change = connection.execute(sa.select(matches.c.work_id, matches.c.seq)).first()
        quoted = {"text": "what Ana was told"}
        connection.execute(sa.update(matches).where(matches.c.search_id == search).values(outbox_id=mail, told=quoted))
        insert(connection, deliveries, outbox_id=mail, at=MADE, outcome="sent", answer=f"250 {address}")
        insert(connection, bounces, digest=f"{who:064}", at=MADE, outbox_id=mail, kind="hard", detail=f"no {address}")
        told = {"subscriber_id": who, "work_id": work, "seq": change, "kind": "changed", "found": MADE}
        insert(connection, corrections, **told, citation="A/1", before="a", after="b", outbox_id=mail)
        hook = {"name": f"wh{who}", "url": f"https://example.net/{address}", "search_id": search, "state": "active"}
        hook_id = insert(connection, webhooks, **hook, seq=0, created=MADE)
        insert(connection, webhook_deliveries, webhook_id=hook_id, seq=change, work_id=work, state="waiting", body="x")
        suppress(connection, SECRET, address, HARD, "550 no such user", now=MADE)
    return who


def everything(catalog) -> dict[str, list[str]]:
    with catalog.read() as connection:
        return {
            table.name: [str(tuple(row)) for row in connection.execute(sa.select(table))]
            for table in metadata.sorted_tables
        }


def test_no_row_is_left_but_the_hashes(any_catalog):
    ana, ben = a_life(any_catalog), a_life(any_catalog, BEN)
    before = everything(any_catalog)
    erase(any_catalog, ana)
    after = everything(any_catalog)
    assert not any(words in row for rows in after.values() for row in rows for words in ("ana@", "of Ana A"))
    for table in (subscribers, saved_searches, outbox, deliveries, corrections, sign_ups, webhooks, webhook_deliveries):
        assert len(after[table.name]) == len(before[table.name]) // 2, table.name
    assert len(before["matches"]) == 3 and len(after["matches"]) == 1  # ana's search found both works, ben's his own
    assert len(after["suppressions"]) == len(after["bounces"]) == 2 and after["works"] == before["works"]
    assert "None, 'hard', ''" in after["bounces"][0] + after["bounces"][1]
    with pytest.raises(Gone):
        erase(any_catalog, ana)
    erase(any_catalog, ben)


def test_every_table_that_points_at_a_person_is_known_here():
    """A new table that refers to a member, a search or a mail must be erased and exported too."""
    people = {subscribers, saved_searches, outbox, sign_ups, webhooks}
    pointing = {
        table.name
        for table in metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table in people
    }  # fmt: skip
    known = {bounces, corrections, deliveries, matches, outbox, saved_searches, sign_ups, webhook_deliveries, webhooks}
    assert pointing == {table.name for table in known}


def test_all_that_is_kept_is_given(any_catalog):
    who = a_life(any_catalog)
    a_life(any_catalog, BEN)
    kept = json.loads("".join(export_member(any_catalog, who)))
    assert kept["member"]["address"] == ANA and BEN not in json.dumps(kept)
    counts = {name: len(rows) for name, rows in kept.items() if isinstance(rows, list)}
    assert counts.pop("matched") == 2 and set(counts.values()) == {1} and len(counts) == 6
    assert kept["matched"][0]["quoted"] == {"text": "what Ana was told"} and kept["matched"][0]["work"].startswith(
        "UN:"
    )
    assert kept["mails"][0]["message"].startswith("From: ") and kept["searches"][0]["name"] == FEES.name
    assert kept["attempts_to_deliver"][0]["mail_id"] == kept["mails"][0]["id"] == kept["matched"][0]["mail_id"]
    with pytest.raises(Gone):
        export_member(any_catalog, who + 9)


def test_one_search_can_be_deleted_alone(any_catalog):
    who, ben = a_life(any_catalog), a_life(any_catalog, BEN)
    with any_catalog.read() as connection:
        search = connection.execute(sa.select(sa.func.min(saved_searches.c.id))).scalar()
    assert not delete_search(any_catalog, ben, search)  # not his
    assert delete_search(any_catalog, who, search) and not delete_search(any_catalog, who, search)
    left = everything(any_catalog)
    assert len(left["saved_searches"]) == len(left["webhooks"]) == 1 and len(left["subscribers"]) == 2


def test_a_mail_that_is_on_its_way_stops_nothing(catalog, members):
    members(ANA, BEN)
    with catalog.read() as connection:
        ana = connection.execute(sa.select(subscribers.c.id).where(subscribers.c.address == ANA)).scalar_one()

    class Meanwhile(PostOffice):
        async def handle_DATA(self, server, session, envelope):
            if envelope.rcpt_tos == [ANA]:
                erase(catalog, ana)
            return await super().handle_DATA(server, session, envelope)

    with Meanwhile() as server:
        report = deliver(catalog, Smtp("127.0.0.1", server.port, timeout=5.0), NOW)
    assert len(server.taken) == 2 and not report.stopped
    with catalog.read() as connection:
        assert connection.execute(sa.select(subscribers.c.address)).scalars().all() == [BEN]
        assert connection.execute(sa.select(deliveries.c.outcome)).scalars().all() == ["sent"]


def test_who_disappears_while_matching_goes_on_disturbs_nobody(any_catalog):
    catalog = any_catalog
    who = [subscribe(catalog, f"m{n}@example.net", "en", [FEES]).subscriber_id for n in range(12)]
    failures: list[Exception] = []

    def match_on() -> None:
        try:
            for number in range(6):
                published(catalog, f"A/{number}")
                match_changes(catalog)
        except SQLAlchemyError as error:
            failures.append(error)

    matcher = threading.Thread(target=match_on)
    matcher.start()
    for number in who[:-2]:
        erase(catalog, number)
    matcher.join(60)
    assert not failures and not matcher.is_alive()
    with catalog.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(matches)).scalar_one() == 2 * 6
        assert connection.execute(sa.select(works.c.id)).all() and not connection.execute(sa.select(suppressions)).all()


def test_what_was_found_about_somebody_who_has_gone_since_is_left_out(any_catalog):
    who = [subscribe(any_catalog, address, "en", [FEES]).subscriber_id for address in (ANA, BEN)]
    erase(any_catalog, who[0])
    rows = [{"subscriber_id": number, "what": what} for what in "ab" for number in who]
    with any_catalog.write() as connection:
        assert still_here(connection, rows) == [{"subscriber_id": who[1], "what": what} for what in "ab"]
        assert still_here(connection, []) == []
