"""Does the change feed never skip and never repeat, however many write meanwhile? On both databases, over HTTP."""

import json
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog import Catalog, tables
from search.changes import OtherHistory, changes_after, every_change
from search.web import create_app
from tests.search.library import WORKS, fill, put, withdraw

BASE = "https://watch.example.org"


class Rollback(Exception):
    """A writer that changes its mind."""


def client_of(catalog, tmp_path):
    from starlette.testclient import TestClient

    app = create_app(catalog, None, lambda sha256: tmp_path / sha256, "a secret of the tests, long enough", BASE)
    return TestClient(app, base_url=BASE, raise_server_exceptions=False)


@pytest.fixture
def client(any_catalog, tmp_path):
    return client_of(any_catalog, tmp_path)


def write(catalog, name: int, pauses) -> list[int]:
    """A change for each pause, which lies between taking the number and the commit: where orders get swapped."""
    numbers = []
    for turn, pause in enumerate(pauses):
        try:
            with catalog.write() as connection:
                row = {"key": f"{name}-{turn}-{time.monotonic_ns()}", "publisher": "UN", "title": "x"}
                work = connection.execute(sa.insert(tables.works).values(row).returning(tables.works.c.id)).scalar_one()
                seq = catalog.record_change(connection, random.choice(["created", "withdrawn"]), work)
                time.sleep(pause)
                if turn % 4 == 3:
                    raise Rollback
        except Rollback:
            continue
        numbers.append(seq)
    return numbers


def consume(client, after: int, limit: int, done: threading.Event) -> list[dict]:
    history = []
    while True:
        last_time = done.is_set()
        answer = client.get("/api/v1/changes", params={"after": after, "limit": limit}).json()
        history += answer["changes"]
        after = answer["next"]
        if last_time and not answer["more"] and not answer["changes"]:
            return history
        time.sleep(0.001)


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pauses=st.lists(
        st.lists(st.sampled_from([0, 0.001, 0.004, 0.01]), min_size=4, max_size=10), min_size=3, max_size=5
    ),
    limits=st.tuples(st.integers(1, 5), st.integers(3, 1000)),
)
def test_two_consumers_have_one_history_while_many_write(any_catalog, client, pauses, limits):
    done = threading.Event()
    with any_catalog.read() as connection:
        start = any_catalog.last_seq(connection)
    with ThreadPoolExecutor(len(pauses) + 2) as pool:
        consumers = [pool.submit(consume, client, start, limit, done) for limit in limits]
        writers = [pool.submit(write, Catalog(any_catalog.url), number, each) for number, each in enumerate(pauses)]
        written = sorted(seq for writer in writers for seq in writer.result())
        done.set()
        first, second = [consumer.result() for consumer in consumers]
    assert [change["seq"] for change in first] == written  # none is missing, none comes twice, all in order
    assert first == second
    lines = client.get("/api/v1/changes.jsonl", params={"after": start}).text.splitlines()
    assert [json.loads(line) for line in lines] == first


def test_a_change_says_what_changed(any_catalog, client):
    fill(any_catalog, WORKS[:2])
    with any_catalog.write() as connection:
        work = connection.execute(sa.select(tables.works.c.id).where(tables.works.c.key == WORKS[0].key)).scalar_one()
        mine = sa.select(tables.documents.c.id, tables.documents.c.sha256).where(tables.documents.c.work_id == work)
        row = connection.execute(mine.order_by(tables.documents.c.id).limit(1)).one()
        any_catalog.record_change(connection, "updated", work, row.id)
    withdraw(any_catalog, WORKS[1].key)
    answer = client.get("/api/v1/changes").json()
    kinds = [(change["kind"], change["work"]) for change in answer["changes"]]
    first, second = WORKS[0].key, WORKS[1].key
    assert kinds == [("created", first), ("created", second), ("updated", first), ("withdrawn", second)]
    assert answer["changes"][2]["document"] == row.sha256
    assert answer["changes"][3]["document"] is None
    assert answer["changes"][0]["url"] == f"{BASE}/works/{first}"
    assert answer["changes"][0]["at"].endswith("+00:00")


def test_pages_lead_to_one_another(any_catalog, client):
    fill(any_catalog, WORKS[:5])
    url, seen = f"{BASE}/api/v1/changes?limit=2", []
    for _ in range(4):
        answer = client.get(url).json()
        seen.append([change["seq"] for change in answer["changes"]])
        assert answer["more"] == (answer["next"] < answer["last"])
        url = answer["next_url"]
    assert [len(page) for page in seen] == [2, 2, 1, 0]
    put(any_catalog, WORKS[5])
    assert len(client.get(url).json()["changes"]) == 1  # the same address goes on


def test_what_is_known_is_not_sent_again(any_catalog, client):
    fill(any_catalog, WORKS[:2])
    first = client.get("/api/v1/changes")
    again = client.get("/api/v1/changes", headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
    assert again.status_code == 304 and again.content == b"" and again.headers["etag"] == first.headers["etag"]
    put(any_catalog, WORKS[2])
    assert client.get("/api/v1/changes", headers={"If-None-Match": first.headers["etag"]}).status_code == 200


def test_a_number_from_before_a_restore_is_not_taken_for_the_end(any_catalog, client):
    fill(any_catalog, WORKS[:2])
    with any_catalog.read() as connection:
        last = any_catalog.last_seq(connection)
    for path in ("/api/v1/changes", "/api/v1/changes.jsonl"):
        answer = client.get(path, params={"after": last + 1})
        assert answer.status_code == 409 and "backup" in answer.json()["message"]
        assert client.get(path, params={"after": last}).status_code == 200
    with pytest.raises(OtherHistory):
        changes_after(any_catalog, last + 1)
    with pytest.raises(OtherHistory):
        every_change(any_catalog, last + 1)


def test_another_history_under_the_same_numbers_is_noticed(tmp_path):
    """A backup is put back and written on: the numbers are there again, for other changes."""
    catalog = Catalog(f"sqlite:///{tmp_path}/catalog.sqlite")
    catalog.migrate()
    fill(catalog, WORKS[:2])
    with catalog.engine.connect() as connection:
        connection.exec_driver_sql(f"VACUUM INTO '{tmp_path}/backup.sqlite'")
    fill(catalog, WORKS[2:5])
    seen = client_of(catalog, tmp_path).get("/api/v1/changes?limit=4").json()
    early = client_of(catalog, tmp_path).get("/api/v1/changes?limit=2").json()
    restored = Catalog(f"sqlite:///{tmp_path}/backup.sqlite")
    fill(restored, WORKS[5:9])
    client = client_of(restored, tmp_path)
    assert seen["next"] == 4 and client.get("/api/v1/changes?after=4").status_code == 200  # a number is no proof
    answer = client.get(seen["next_url"])
    assert answer.status_code == 409 and "backup" in answer.json()["message"]
    assert [change["seq"] for change in client.get(early["next_url"]).json()["changes"]] == [3, 4]  # in both histories
    assert client_of(catalog, tmp_path).get(seen["next_url"]).status_code == 200


@pytest.mark.parametrize("asked", ["after=-1", "after=x", "after=99999999999999", "limit=0", "limit=1001", "x=3"])
def test_what_cannot_be_is_answered_in_words(catalog, tmp_path, asked):
    answer = client_of(catalog, tmp_path).get(f"/api/v1/changes?{asked}")
    assert answer.status_code == 400 and answer.json()["status"] == 400


def test_the_stream_ends_where_it_began_to_end(catalog):
    """A writer that never stops does not keep a reader for ever."""
    fill(catalog, WORKS[:3])
    last, stream = every_change(catalog, 0)
    put(catalog, WORKS[3])
    assert last == 3 and [change.seq for change in stream] == [1, 2, 3]


def test_openapi_has_the_feed(catalog, tmp_path):
    paths = client_of(catalog, tmp_path).get("/openapi.json").json()["paths"]
    good = paths["/api/v1/changes"]["get"]["responses"]["200"]["content"]["application/json"]
    assert good["schema"]["$ref"].endswith("/ChangesJson") and good["example"]["changes"]
