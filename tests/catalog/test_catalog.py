"""Does the ledger keep its order? On SQLite and on PostgreSQL alike."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog import Catalog, CatalogError, tables, upsert
from tests.conftest import ROOT


def add_work(connection, key: str) -> int:
    row = {"key": key, "publisher": "UN", "title": key}
    return connection.execute(sa.insert(tables.works).values(row).returning(tables.works.c.id)).scalar_one()


def test_the_migrations_make_exactly_the_tables(any_catalog):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with any_catalog.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []
    any_catalog.migrate()  # twice is once


def test_a_catalog_of_the_first_release_keeps_its_rows(any_catalog):
    """Upgraded in place from 0001, with what was in it: the change sequence, and who was told of what."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(ROOT / "catalog" / "migrations"))
    with any_catalog.write() as connection:
        before = sa.MetaData()
        before.reflect(connection)
        before.drop_all(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        any_catalog.record_change(connection, "created", add_work(connection, "old"))
        _subscribe_as_the_first_release_did(connection)
    any_catalog.migrate()
    with any_catalog.write() as connection:
        assert [change.seq for change in any_catalog.changes_after(connection, 0)] == [1]
        assert connection.execute(sa.select(tables.webhooks)).all() == []
        assert connection.execute(sa.select(tables.subscribers.c.address, tables.subscribers.c.safe)).all() == [
            ("ana@example.net", False)
        ]
        found = sa.select(tables.saved_searches.c.query, tables.saved_searches.c.state, tables.saved_searches.c.cadence)
        assert connection.execute(found.order_by(tables.saved_searches.c.id)).all() == [
            ("fees", "running", "weekly"),
            ("pay", "ended", "weekly"),
            ("field:x", "broken", "weekly"),
        ]
        told = sa.select(tables.matches.c.search_id, tables.outbox.c.message).join_from(tables.matches, tables.outbox)
        assert connection.execute(told).all() == [(1, b"a mail")]
        assert connection.execute(sa.select(tables.deliveries.c.outcome)).all() == [("sent",)]
        again = {"address": "ben@example.net", "language": "en", "timezone": "UTC", "state": "active", "safe": False}
        again |= {"heartbeat": False, "since": datetime.now(UTC), "soft_bounces": 0}
        assert connection.execute(sa.insert(tables.subscribers).values(again)).inserted_primary_key[0] == 8


def _subscribe_as_the_first_release_did(connection):
    now = "2026-10-05 05:00:00+00:00"
    statements = (
        "INSERT INTO subscribers (id, address, language, cadence, state, since) "
        f"VALUES (7, 'ana@example.net', 'en', 'weekly', 'active', '{now}')",
        *(
            "INSERT INTO saved_searches (id, subscriber_id, name, query, start_seq, backfill, active, reason) "
            f"VALUES ({number}, 7, '{query}', '{query}', 0, false, {active}, '{reason}')"
            for number, query, active, reason in (
                (1, "fees", "true", ""),
                (2, "pay", "false", "unsubscribed"),
                (3, "field:x", "false", "it can find nothing any more"),
            )
        ),
        "INSERT INTO outbox (id, subscriber_id, kind, period, message_id, message, state, attempts, created) "
        f"VALUES (1, 7, 'digest', '2026-W40', '<x@y>', CAST('a mail' AS {_bytes(connection)}), 'sent', 1, '{now}')",
        f"INSERT INTO deliveries (id, outbox_id, at, outcome, answer) VALUES (1, 1, '{now}', 'sent', '250')",
        f"INSERT INTO matches (id, search_id, work_id, seq, matched, outbox_id) VALUES (1, 1, 1, 1, '{now}', 1)",
    )
    for statement in statements:
        connection.exec_driver_sql(statement)


def _bytes(connection):
    return "bytea" if connection.dialect.name == "postgresql" else "blob"


def test_two_processes_may_migrate_at_once(tmp_path):
    url = f"sqlite:///{tmp_path}/catalog.sqlite"
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(Catalog(url).migrate) for _ in range(4)]:
            done.result()


def test_a_change_is_kept_or_lost_with_its_work(any_catalog):
    class Broken(Exception):
        pass

    with pytest.raises(Broken), any_catalog.write() as connection:
        any_catalog.record_change(connection, "created", add_work(connection, "lost"))
        raise Broken
    with any_catalog.write() as connection:
        any_catalog.record_change(connection, "created", add_work(connection, "kept"))
    with any_catalog.read() as connection:
        assert connection.execute(sa.select(tables.works.c.key)).scalars().all() == ["kept"]
        assert len(any_catalog.changes_after(connection, 0)) == 1


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pauses=st.lists(
        st.lists(st.sampled_from([0, 0.001, 0.004, 0.01]), min_size=4, max_size=10), min_size=3, max_size=5
    ),
    data=st.data(),
)
def test_a_reader_with_a_watermark_never_misses_a_row(any_catalog, pauses, data):
    """Writers of every speed commit as they will; a reader that asks 'after N' sees each row once, in order."""
    rounds = data.draw(st.integers(1, 40))
    seen: list[int] = []
    done = threading.Event()
    with any_catalog.read() as connection:
        start = any_catalog.last_seq(connection)

    def write(name: int) -> list[int]:
        numbers = []
        for pause in pauses[name]:
            with any_catalog.write() as connection:
                key = f"{time.monotonic_ns()}-{name}"
                numbers.append(any_catalog.record_change(connection, "created", add_work(connection, key)))
                time.sleep(pause)  # between taking the number and the commit: where orders get swapped
        return numbers

    def follow() -> None:
        mark = start
        while True:
            last = done.is_set()
            with any_catalog.read() as connection:
                found = any_catalog.changes_after(connection, mark, limit=rounds)
            for change in found:
                assert change.seq > mark
                mark = change.seq
                seen.append(change.seq)
            if last and not found:
                return
            time.sleep(0.0005)  # let the writers have the interpreter

    reader = threading.Thread(target=follow)
    reader.start()
    with ThreadPoolExecutor(len(pauses)) as pool:
        written = [seq for numbers in pool.map(write, range(len(pauses))) for seq in numbers]
    done.set()
    reader.join(timeout=60)
    assert not reader.is_alive()
    assert seen == sorted(written)


def test_without_the_order_the_reader_would_miss_rows(any_catalog):
    """The test above can fail: two numbers taken without waiting for each other are seen in the wrong order."""
    if any_catalog.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer at a time: the wrong order cannot be made")
    insert = sa.insert(tables.changes).returning(tables.changes.c.seq)
    with any_catalog.write() as connection:
        work = add_work(connection, "w")
    values = {"kind": "created", "work_id": work, "at": datetime.now(UTC)}
    with any_catalog.write() as slow:
        first = slow.execute(insert.values(values)).scalar_one()
        with any_catalog.write() as quick:
            second = quick.execute(insert.values(values)).scalar_one()
        with any_catalog.read() as connection:
            assert [c.seq for c in any_catalog.changes_after(connection, 0)] == [second]
    assert first < second


def test_watermarks_move_with_their_work(any_catalog):
    with any_catalog.write() as connection:
        assert any_catalog.watermark(connection, "index") == 0
        any_catalog.move_watermark(connection, "index", 7)
        any_catalog.move_watermark(connection, "index", 9)
    with any_catalog.read() as connection:
        assert any_catalog.watermark(connection, "index") == 9


def test_moments_keep_their_zone(any_catalog):
    moment = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    row = {"step": "read", "started": moment, "state": "running", "counts": {}}
    with any_catalog.write() as connection:
        connection.execute(sa.insert(tables.runs).values(row))
    with any_catalog.read() as connection:
        assert connection.execute(sa.select(tables.runs.c.started)).scalar_one() == moment
    with pytest.raises(sa.exc.StatementError, match="without a time zone"), any_catalog.write() as connection:
        connection.execute(sa.insert(tables.runs).values(row | {"started": datetime(2026, 1, 1)}))


def test_upsert_updates_or_keeps(any_catalog):
    row = {"reader": "a", "seq": 1}
    with any_catalog.write() as connection:
        upsert(connection, tables.watermarks, [row], key=["reader"])
        upsert(connection, tables.watermarks, [row | {"seq": 5}], key=["reader"], update=False)
        assert any_catalog.watermark(connection, "a") == 1
        upsert(connection, tables.watermarks, [row | {"seq": 5}], key=["reader"])
        assert any_catalog.watermark(connection, "a") == 5


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://x/y", "sqlite://", "sqlite:///:memory:"])
def test_a_wrong_address_is_answered_in_words(url):
    with pytest.raises(CatalogError, match=r"\w+ \w+"):
        Catalog(url)
