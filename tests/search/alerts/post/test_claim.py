"""Does a restored or copied catalog keep silent, and a sender that merely died go on?"""

import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from catalog import Catalog
from catalog.tables import matches, outbox, senders
from search.alerts.post.archive import archive
from search.alerts.post.claim import Claim
from search.alerts.post.delivery import Office, deliver, release_held
from search.alerts.post.sender import claim_sender
from search.alerts.post.smtp import Smtp
from search.alerts.tokens import Grant
from tests.search.alerts.mails.test_due import join, make, publish
from tests.search.alerts.mails.test_notices import break_searches, correct
from tests.search.alerts.postoffice import HOUR, NOW, PostOffice


@pytest.fixture
def office(tmp_path) -> Office:
    (tmp_path / "home").mkdir()
    return Office(secret="a secret for tests, long enough", claim=tmp_path / "home" / "sender")


@pytest.fixture
def server():
    with PostOffice() as server:
        yield server


def send(catalog, server, office, hours=0):
    return deliver(catalog, Smtp("127.0.0.1", server.port, timeout=5), NOW + hours * HOUR, office)


def copy_of(catalog: Catalog, path: Path) -> Path:
    """As a backup is made: while everything runs."""
    database = catalog.engine.url.database
    with closing(sqlite3.connect(database)) as live, closing(sqlite3.connect(path)) as saved:
        live.backup(saved)
    return path


def restore(catalog: Catalog, saved: Path) -> None:
    catalog.engine.dispose()
    database = Path(catalog.engine.url.database)
    for beside in database.parent.glob(f"{database.name}-*"):
        beside.unlink()
    shutil.copy(saved, database)


def test_the_first_sender_claims_by_itself_and_goes_on(catalog, members, office, server):
    members("ana@example.net")
    assert send(catalog, server, office).sent == 1
    members("ben@example.net")
    assert send(catalog, server, office, 1).sent == 1
    with catalog.read() as connection:
        (row,) = connection.execute(sa.select(senders)).all()
    note = Claim(office.claim).read()
    assert (note.instance, note.generation, note.own) == (row.instance, row.generation, True)
    assert row.generation >= 4  # a batch and an end, twice


def test_a_restored_backup_mails_nothing_again(catalog, members, office, server, tmp_path, outbox_states):
    members("old@example.net")
    send(catalog, server, office)
    members("ana@example.net", "ben@example.net")
    saved = copy_of(catalog, tmp_path / "backup.sqlite")  # both wait in it
    assert send(catalog, server, office, 1).sent == 2
    restore(catalog, saved)
    report = send(catalog, server, office, 2)
    assert (report.sent, report.held, report.waiting) == (0, 2, 0)
    assert "restored backup" in report.stopped and "forumwatch sender" in report.stopped
    members("eva@example.net")  # what is made from it later is held as well
    assert send(catalog, server, office, 3).held == 1 and len(server.taken) == 3
    assert outbox_states() == ["sent", "held", "held", "held"]


def test_a_backup_made_in_the_middle_of_a_round_is_known_too(catalog, members, office, tmp_path):
    members(*(f"m{number}@example.net" for number in range(30)))
    saved = tmp_path / "backup.sqlite"

    class Saving(PostOffice):
        async def handle_RCPT(self, server, session, envelope, address, options):
            if address == "m25@example.net":  # of the second and last batch
                copy_of(catalog, saved)
            return await super().handle_RCPT(server, session, envelope, address, options)

    with Saving() as server:
        assert send(catalog, server, office).sent == 30
        restore(catalog, saved)
        assert "restored backup" in send(catalog, server, office, 1).stopped
        assert len(server.taken) == 30


@pytest.mark.parametrize("copied", ["catalog", "home"])
def test_a_clone_mails_nothing(catalog, members, office, server, tmp_path, copied):
    members("old@example.net")
    send(catalog, server, office)
    members("ana@example.net")
    there = tmp_path / "there"
    there.mkdir()
    copy_of(catalog, there / "catalog.sqlite")
    if copied == "home":
        shutil.copy2(office.claim, there / "sender")
    clone = Catalog(f"sqlite:///{there / 'catalog.sqlite'}")
    report = send(clone, server, Office(office.secret, claim=there / "sender"), 1)
    assert report.sent == 0 and report.held == 1
    assert ("a copy" if copied == "home" else "is missing") in report.stopped
    assert send(catalog, server, office, 1).sent == 1  # the first is not disturbed


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b'{"instance": "x", "generation": null, "inode": 1}'])
def test_a_damaged_file_stops_all_mail(catalog, members, office, server, content):
    members("ana@example.net")
    office.claim.write_bytes(content)
    assert "damaged" in send(catalog, server, office).stopped and not server.taken


def test_a_catalog_from_before_the_first_sender_is_old(catalog, members, office, server, tmp_path):
    members("ana@example.net")
    saved = copy_of(catalog, tmp_path / "backup.sqlite")
    send(catalog, server, office)
    restore(catalog, saved)
    assert "old backup" in send(catalog, server, office, 1).stopped and len(server.taken) == 1


@pytest.mark.parametrize("moment", ["first file", "first row", "advanced", "noted"])
def test_a_death_between_the_two_writes_is_no_restore(catalog, members, office, server, monkeypatch, moment):
    class Died(BaseException):
        pass

    def die(*_, **__):
        raise Died

    members("old@example.net", "ana@example.net")
    if moment in ("advanced", "noted"):
        send(catalog, server, office)
        members("ben@example.net")
    with monkeypatch.context() as patched:
        if moment == "first file":
            patched.setattr("search.alerts.post.claim.upsert", die)
        elif moment == "first row":
            patched.setattr(Claim, "advance", die)
        elif moment == "advanced":
            patched.setattr(Claim, "note", die)
        else:
            patched.setattr("search.alerts.post.delivery._Sender.send", die)
        with pytest.raises(Died):
            send(catalog, server, office)
    with catalog.write() as connection:
        connection.execute(sa.update(outbox).where(outbox.c.state == "leased").values(state="waiting"))
    report = send(catalog, server, office, 1)
    assert report.stopped == "" and report.sent == (1 if moment in ("advanced", "noted") else 2)


def test_a_person_decides_that_held_mails_go_after_all(catalog, members, office, server, tmp_path):
    members("old@example.net")
    send(catalog, server, office)
    members("ana@example.net")
    office.claim.unlink()  # the machine was moved, without it
    assert send(catalog, server, office, 1).held == 1
    assert release_held(catalog, NOW) == 1
    assert send(catalog, server, office, 1).held == 1  # releasing alone is not claiming
    claim_sender(catalog, office.claim, NOW)
    assert send(catalog, server, office, 1).sent == 0
    assert release_held(catalog, NOW) == 1
    assert send(catalog, server, office, 1).sent == 1


def test_a_person_decides_that_everything_up_to_now_was_told(catalog, members, office, server, outbox_states):
    members("old@example.net", "ana@example.net")
    _match(catalog)
    office.claim.write_text("damaged")
    send(catalog, server, office)
    report = claim_sender(catalog, office.claim, NOW, skip=True)
    assert report == 2 and outbox_states() == ["withheld"] * 3
    with catalog.read() as connection:
        assert connection.execute(sa.select(matches.c.id).where(matches.c.outbox_id.is_(None))).first() is None
    members("new@example.net")
    assert send(catalog, server, office, 1).sent == 1 and len(server.taken) == 1


def test_changes_and_broken_searches_count_as_told_too(catalog, office):
    """They were found, and perhaps mailed, by the catalog that was lost."""
    member = join(catalog)
    work = publish(catalog)
    make(catalog)
    correct(catalog, member, work)
    break_searches(catalog)
    claim_sender(catalog, office.claim, NOW, skip=True)
    assert make(catalog) == 0
    assert [kept.kind for kept in archive(catalog, Grant(member)).mails] == ["weekly"], "what was skipped is no mail"


def test_who_has_lost_the_claim_stops_in_the_middle(catalog, members, office, server, monkeypatch):
    monkeypatch.setattr("search.alerts.post.delivery.BATCH", 2)
    members(*(f"m{number}@example.net" for number in range(5)))
    send_one = PostOffice.handle_DATA

    async def robbed(self, *arguments):
        with catalog.write() as connection:
            connection.execute(sa.update(senders).values(instance="another"))
        return await send_one(self, *arguments)

    monkeypatch.setattr(PostOffice, "handle_DATA", robbed)
    report = send(catalog, server, office)
    assert report.sent == 2 and report.waiting == 3 and "claimed" in report.stopped


def _match(catalog):
    from catalog.tables import saved_searches, works

    with catalog.write() as connection:
        work = {"key": "UN:A/1", "publisher": "UN", "symbol": "A/1", "title": "One"}
        key = connection.execute(sa.insert(works).values(work)).inserted_primary_key[0]
        search = connection.execute(sa.select(saved_searches.c.id).limit(1)).scalar_one()
        row = {"search_id": search, "work_id": key, "seq": 1, "matched": NOW - timedelta(hours=1)}
        connection.execute(sa.insert(matches).values(row))
