"""Does the frontier, on SQLite and on PostgreSQL, give out each address once, in order, and forget nothing?"""

import pytest
import sqlalchemy as sa

from catalog import upsert
from catalog.tables import frontier, sources, watermarks
from crawlers.frontier import DONE, FAILED, FILE, MOST_ATTEMPTS, PAGE, SAME, WITHHELD, Frontier, Wanted


def row(name: str, kind=PAGE, **changes) -> Wanted:
    return Wanted(**({"kind": kind, "fingerprint": name, "url": f"https://a.example/{name}", "request": {}} | changes))


def drain(queue: Frontier) -> list[str]:
    order = []
    while leased := queue.lease():
        order.append(leased.url.rpartition("/")[2])
        queue.finish(leased, DONE)
    return order


def end_run(catalog, state: str, round="1") -> None:
    note = {"name": "s", "publisher": "UN", "title": "S", "cadence": "weekly", "terms": "", "last_reason": ""}
    with catalog.write() as connection:
        upsert(
            connection, sources, [note | {"last_round": round, "last_state": state, "last_counts": {}}], key=["name"]
        )


def test_each_address_once_a_round_by_priority_then_in_order(any_catalog):
    queue = Frontier(any_catalog, "s", "1")
    assert queue.add([row("a"), row("b"), row("c", priority=5), row("a")])
    assert not queue.add([row("b")])
    assert drain(queue) == ["c", "a", "b"] and not queue.waits()
    assert not queue.add([row("a")]) and queue.lease() is None
    assert drain_after_adding(Frontier(any_catalog, "s", "2"), "a") == ["a"]
    assert drain_after_adding(Frontier(any_catalog, "t", "1"), "a") == ["a"]


def drain_after_adding(queue: Frontier, name: str) -> list[str]:
    queue.add([row(name)])
    return drain(queue)


def test_what_came_of_a_page_is_committed_with_it_or_not_at_all(any_catalog):
    queue = Frontier(any_catalog, "s", "1")
    queue.add([row("page")])
    leased = queue.lease()

    def fails(connection: sa.Connection) -> None:
        upsert(connection, watermarks, [{"reader": "x", "seq": 1}], key=["reader"])
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        queue.finish(leased, DONE, children=[row("child", kind=FILE)], also=fails)
    with any_catalog.read() as connection:
        assert connection.execute(sa.select(frontier.c.state)).scalars().all() == ["leased"]
        assert connection.execute(sa.select(watermarks)).first() is None
    queue.finish(leased, DONE, children=[row("child", kind=FILE)])
    assert drain(queue) == ["child"]


def test_a_lease_of_a_dead_run_is_given_out_again_and_after_five_deaths_no_more(any_catalog):
    queue = Frontier(any_catalog, "s", "1")
    queue.add([row("a"), row("b")])
    for _ in range(MOST_ATTEMPTS):
        queue.begin()
        assert queue.lease().url.endswith("/a")
    queue.begin()
    assert queue.lease().url.endswith("/b")
    assert queue.counts().first_bad_page == "https://a.example/a: the crawl died 5 times asking for it"


def test_what_is_put_back_does_not_wear_out(any_catalog):
    queue = Frontier(any_catalog, "s", "1")
    queue.add([row("a")])
    for _ in range(2 * MOST_ATTEMPTS):
        queue.begin()
        queue.put_back(queue.lease())
    assert queue.waits()


def test_a_failed_round_is_reopened_from_its_pages_but_one_cut_short_goes_on(any_catalog):
    queue = Frontier(any_catalog, "s", "1")
    states = {"p1": DONE, "p2": FAILED, "f1": DONE, "f2": FAILED, "f3": SAME}
    queue.add([row(name, kind=PAGE if name[0] == "p" else FILE) for name in states])
    queue.add([row("w", kind=FILE, state=WITHHELD, reason="restricted")])
    while leased := queue.lease():
        queue.finish(leased, states[leased.url[-2:]], "why")
    counts = queue.counts()
    assert (counts.found, counts.done, counts.same, counts.failed, counts.withheld) == (3, 1, 1, 1, 1)
    end_run(any_catalog, "failed")
    queue.begin()
    with any_catalog.read() as connection:
        left = dict(connection.execute(sa.select(frontier.c.fingerprint, frontier.c.state)).tuples().all())
    assert left == {"f1": DONE, "f2": "waiting", "f3": SAME}
    queue.add([row("p1")])
    queue.begin()  # the last state is still "failed", but something waits: nothing is reopened
    assert drain(queue) == ["f2", "p1"]


def test_a_waiting_file_takes_its_newest_address(any_catalog):
    queue = Frontier(any_catalog, "s", "1")
    queue.add([row("f", kind=FILE, url="https://a.example/?enc=old")])
    queue.add([row("f", kind=FILE, url="https://a.example/?enc=new", request={"found": 1})])
    leased = queue.lease()
    assert (leased.url, leased.request) == ("https://a.example/?enc=new", {"found": 1})
    queue.finish(leased, DONE)
    queue.add([row("f", kind=FILE, url="https://a.example/?enc=newer")])
    assert queue.lease() is None


def test_only_other_rounds_of_the_same_source_are_forgotten(any_catalog):
    for source, round in (("s", "1"), ("s", "2"), ("t", "1")):
        Frontier(any_catalog, source, round).add([row("a")])
    Frontier(any_catalog, "s", "2").forget_other_rounds()
    with any_catalog.read() as connection:
        left = connection.execute(sa.select(frontier.c.source, frontier.c.round).order_by(frontier.c.source)).all()
    assert [tuple(each) for each in left] == [("s", "2"), ("t", "1")]
