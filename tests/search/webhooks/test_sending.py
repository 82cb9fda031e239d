"""Does each change reach a receiver once and in order, whatever breaks on the way?"""

import os
import random
import signal
import subprocess
import sys
import textwrap
import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from catalog import Catalog, tables
from search.errors import MistakenRequest
from search.webhooks import (
    add_webhook,
    deliver_webhooks,
    deliveries,
    find_webhook,
    remove_webhook,
    resume_webhook,
    send_test,
    webhooks,
)
from search.webhooks.sending import GIVE_UP, WebhookReport, pause
from tests.conftest import ROOT
from tests.search.library import WORKS, changed, fill, put, withdraw
from tests.search.webhooks.conftest import HOUSE_SECRET
from tests.search.webhooks.receiver import MOODS, Receiver

SEED = int(os.environ.get("FORUMWATCH_KILL_SEED", random.randrange(100_000)))


def many(catalog, number):
    """As many changes, of one work each."""
    with catalog.write() as connection:
        for each in range(number):
            row = {"key": f"UN:X/{each}", "publisher": "UN", "title": "x"}
            work = connection.execute(sa.insert(tables.works).values(row).returning(tables.works.c.id)).scalar_one()
            catalog.record_change(connection, "created", work)


def seqs(catalog):
    with catalog.read() as connection:
        return [change.seq for change in catalog.changes_after(connection, 0, 10_000)]


def run_until_quiet(sender, clock, most=400):
    for _ in range(most):
        report = deliver_webhooks(sender)
        if report == WebhookReport():
            return
        clock.pass_(hours=1)
    raise AssertionError("it never became quiet")


def test_every_change_comes_once_and_in_order(any_catalog, sender_of, hook):
    with Receiver() as receiver:
        made = hook(receiver, catalog=any_catalog)
        fill(any_catalog)
        withdraw(any_catalog, WORKS[0].key)
        report = deliver_webhooks(sender_of(any_catalog))
        assert deliver_webhooks(sender_of(any_catalog)) == WebhookReport()
    assert receiver.order == seqs(any_catalog)
    assert report == WebhookReport(delivered=len(WORKS) + 1)
    assert not receiver.refused and set(receiver.attempts.values()) == {1}
    assert [key.rpartition("-")[0] for key in receiver.state] == [f"{made.name}-{seq}" for seq in receiver.order]
    key, last = list(receiver.state.items())[-1]
    assert last["change"]["kind"] == "withdrawn" and last["change"]["work"] == WORKS[0].key
    assert last["key"] == key and last["change"]["seq"] == receiver.order[-1] and last["matches"] is None
    assert last["change"]["url"].startswith("https://watch.example.org/works/")
    with any_catalog.read() as connection:
        assert connection.execute(sa.select(tables.webhook_deliveries.c.state).distinct()).scalars().all() == ["done"]
    assert webhooks(any_catalog)[0].behind == 0


@pytest.mark.parametrize("seed", [SEED, SEED + 1], ids=["one chance", "another"])  # every process names them alike
def test_a_receiver_that_fails_at_random_ends_with_each_change_once(catalog, sender, clock, hook, seed):
    """Faults of every kind, some of them after the message was taken: then it comes again under the same key."""
    chance = random.Random(seed)
    moods = [mood for mood in MOODS if mood not in ("mute", "drip")]

    def mood():
        roll = chance.random()
        return "ok" if roll < 0.5 else chance.choice(moods) if roll < 0.96 else chance.choice(["mute", "drip"])

    many(catalog, 40)
    with Receiver(mood=mood) as receiver:
        hook(receiver, after=0)
        run_until_quiet(sender, clock)
    assert receiver.order == seqs(catalog), f"seed {seed}"
    assert not receiver.refused
    assert all(len(bodies) == 1 for bodies in receiver.bodies.values()), "an attempt differs from the one before"
    assert sum(receiver.attempts.values()) > 40


@pytest.mark.parametrize("mood", [mood for mood in MOODS if mood not in ("close-after", "long")])
def test_every_fault_is_tried_again_after_a_growing_pause(catalog, sender, clock, hook, mood):
    moods = iter([mood, mood])
    many(catalog, 2)
    with Receiver(mood=lambda: next(moods, "ok")) as receiver:
        made = hook(receiver, after=0)
        assert deliver_webhooks(sender) == WebhookReport(later=1)
        assert deliver_webhooks(sender) == WebhookReport()  # it is not time yet
        (waiting,) = deliveries(catalog)
        assert waiting.attempts == 1 and waiting.answer and waiting.answer.isprintable()
        assert timedelta(seconds=48) <= waiting.try_again - clock() <= timedelta(seconds=60)
        clock.pass_(seconds=61)
        assert deliver_webhooks(sender).later == 1
        assert find_webhook(catalog, made.name).failures == 2
        assert deliveries(catalog)[0].try_again - clock() > timedelta(seconds=90)
        clock.pass_(seconds=121)
        assert deliver_webhooks(sender).delivered == 2
    assert receiver.order == [1, 2] and find_webhook(catalog, made.name).failures == 0
    assert "a redirect was followed" not in receiver.refused


@pytest.mark.parametrize("mood", ["close-after", "long"])
def test_what_was_acknowledged_is_done_however_the_answer_ends(catalog, sender, hook, mood):
    many(catalog, 1)
    with Receiver(mood=lambda: mood) as receiver:
        hook(receiver, after=0)
        assert deliver_webhooks(sender).delivered == 1
    assert len(deliveries(catalog)[0].answer) <= 300


def test_a_receiver_may_say_when(catalog, sender, clock, hook):
    many(catalog, 1)
    with Receiver(mood=lambda: "mute") as receiver:
        receiver.answer = lambda request, _mood: (
            request.send_response(503), request.send_header("Retry-After", "3600"), request.end_headers(),
        )  # fmt: skip
        hook(receiver, after=0)
        deliver_webhooks(sender)
    assert deliveries(catalog)[0].try_again - clock() == timedelta(hours=1)


def test_a_dead_receiver_delays_no_other(catalog, sender, hook):
    many(catalog, 30)
    with Receiver(mood=lambda: "mute") as dead, Receiver() as lively:
        for _ in range(5):
            hook(dead, after=0)
        hook(lively, after=0)
        order = []
        dead.after = lambda: order.append("dead")
        report = deliver_webhooks(sender)
    assert report == WebhookReport(delivered=30, later=5)
    assert len(lively.order) == 30


def test_a_receiver_that_is_gone_says_so_and_is_told_no_more(catalog, sender, clock, hook):
    many(catalog, 3)
    with Receiver(mood=lambda: "410") as receiver:
        made = hook(receiver, after=0)
        assert deliver_webhooks(sender).removed == 1
        clock.pass_(days=1)
        assert deliver_webhooks(sender) == WebhookReport()
    assert webhooks(catalog) == [] and "410" in webhooks(catalog, removed=True)[0].reason
    with pytest.raises(MistakenRequest, match="--after 0"):
        resume_webhook(catalog, made.name)


def test_after_days_a_person_is_asked_and_nothing_was_passed_over(catalog, sender, clock, hook):
    many(catalog, 3)
    moods = ["500"] * 1000
    with Receiver(mood=lambda: moods.pop() if moods else "ok") as receiver:
        made = hook(receiver, after=0)
        begun, given_up = clock(), 0
        while not given_up:
            given_up = deliver_webhooks(sender).failed
            clock.pass_(hours=6)
        assert GIVE_UP <= clock() - begun <= GIVE_UP + timedelta(hours=12)
        stopped = find_webhook(catalog, made.name)
        assert stopped.state == "failed" and "given up after 4 days; last: 500" in stopped.reason and stopped.seq == 0
        assert deliver_webhooks(sender) == WebhookReport()
        moods.clear()
        resume_webhook(catalog, made.name)
        assert deliver_webhooks(sender).delivered == 3
    assert receiver.order == [1, 2, 3]


def test_a_change_that_a_receiver_cannot_take_is_passed_over_only_by_a_person(catalog, sender, clock, hook):
    many(catalog, 3)
    moods = iter(["ok", "404", "404"])
    with Receiver(mood=lambda: next(moods, "ok")) as receiver:
        made = hook(receiver, after=0)
        assert deliver_webhooks(sender) == WebhookReport(delivered=1, later=1)
        clock.pass_(hours=1)
        assert deliver_webhooks(sender) == WebhookReport(later=1)
        resume_webhook(catalog, made.name, skip=True)
        assert deliver_webhooks(sender).delivered == 1
    assert [(each.seq, each.state) for each in deliveries(catalog)] == [(3, "done"), (2, "skipped"), (1, "done")]


def test_who_was_removed_while_it_was_told_is_told_no_more(catalog, sender, hook):
    many(catalog, 5)
    with Receiver() as receiver:
        made = hook(receiver, after=0)
        receiver.after = lambda: len(receiver.order) == 2 and remove_webhook(catalog, made.name)
        deliver_webhooks(sender)
    assert receiver.order == [1, 2]
    assert find_webhook(catalog, made.name).state == "removed"


def test_a_webhook_with_a_query_is_told_of_what_it_finds_and_of_what_it_no_longer_finds(catalog, sender, hook):
    domestic = next(work for work in WORKS if any("domestic workers" in t for _, _, t in work.documents[0].text))
    with Receiver() as receiver:
        made = hook(receiver, query='"domestic workers"')
        fill(catalog)
        deliver_webhooks(sender)
        first = {said["change"]["work"] for said in receiver.state.values()}
        assert domestic.key in first and first < {work.key for work in WORKS}
        assert all(said["matches"] is True and said["query"] for said in receiver.state.values())
        assert find_webhook(catalog, made.name).seq == seqs(catalog)[-1]  # what is not wanted is moved past
        put(catalog, changed(domestic, "Nothing of that kind."))
        other = next(work for work in WORKS if work.key not in first)
        withdraw(catalog, other.key)
        for key in first - {domestic.key}:
            withdraw(catalog, key)
        receiver.state.clear()
        deliver_webhooks(sender)
    told = {said["change"]["work"]: (said["change"]["kind"], said["matches"]) for said in receiver.state.values()}
    rest = dict.fromkeys(first - {domestic.key}, ("withdrawn", False))
    assert told == {domestic.key: ("updated", False)} | rest  # not `other`: it was never told of


def test_a_query_tells_of_the_same_works_as_the_search_page_finds(catalog, sender, hook):
    from search import Searcher, index_changes, open_engine

    fill(catalog)
    engine = open_engine(None)
    index_changes(catalog, engine)
    for query in ("migrants OR workers", "publisher:ILO", "country:PHL", "NOT migrants"):
        with Receiver() as receiver:
            hook(receiver, query=query, after=0)
            deliver_webhooks(sender)
        hits = Searcher(catalog, engine).search(query, limit=100).hits
        assert {said["change"]["work"] for said in receiver.state.values()} == {hit.work for hit in hits}


@pytest.mark.parametrize("query", ["body:nowhere-at-all", "NOT *", "x" * 3000])
def test_a_query_that_finds_nothing_is_refused(catalog, clock, query):
    with pytest.raises(MistakenRequest):
        add_webhook(catalog, "https://hooks.example.org/", query, clock())


def test_a_new_webhook_begins_now_or_where_it_is_told_to(catalog, sender, clock, hook):
    many(catalog, 5)
    with Receiver() as now, Receiver() as later:
        hook(now), hook(later, after=3)
        deliver_webhooks(sender)
    assert (now.order, later.order) == ([], [4, 5])
    with pytest.raises(MistakenRequest, match="newest is 5"):
        add_webhook(catalog, "https://hooks.example.org/", "", clock(), 6)


def test_a_test_message_is_signed_and_changes_nothing(catalog, sender, hook):
    many(catalog, 2)
    with Receiver() as receiver:
        made = hook(receiver, after=0)
        assert send_test(sender, made.name).status == 204
    assert receiver.order == [0] and not receiver.refused and find_webhook(catalog, made.name).seq == 0
    assert deliveries(catalog) == []


def test_after_a_backup_was_put_back_nothing_new_is_taken_for_a_double(catalog, sender, sender_of, hook, tmp_path):
    """Its numbers come again for other changes; what was told of before keeps its key."""
    with Receiver() as receiver:
        hook(receiver)
        fill(catalog, WORKS[:2])
        with catalog.engine.connect() as connection:
            connection.exec_driver_sql(f"VACUUM INTO '{tmp_path}/backup.sqlite'")
        fill(catalog, WORKS[2:4])
        deliver_webhooks(sender)
        restored = Catalog(f"sqlite:///{tmp_path}/backup.sqlite")
        fill(restored, WORKS[4:6])
        deliver_webhooks(sender_of(restored))
    assert [said["change"]["work"] for said in receiver.state.values()] == [work.key for work in WORKS[:6]]
    assert sum(receiver.attempts.values()) == 8 and receiver.order == [1, 2, 3, 4, 3, 4]


def test_two_senders_at_once_end_like_one(any_catalog, sender_of, hook):
    many(any_catalog, 20)
    with Receiver() as receiver:
        hook(receiver, after=0, catalog=any_catalog)
        threads = [threading.Thread(target=deliver_webhooks, args=(sender_of(any_catalog),)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        deliver_webhooks(sender_of(any_catalog))
    assert receiver.order == seqs(any_catalog)
    assert webhooks(any_catalog)[0].behind == 0


CHILD = """
    import sys
    from datetime import UTC, datetime
    from catalog import Catalog
    from search.webhooks import deliver_webhooks
    from search.webhooks.sending import Sender
    from tests.search.webhooks.conftest import HOUSE_SECRET, to_this_machine, work_url
    sender = Sender(Catalog(sys.argv[1]), to_this_machine(), HOUSE_SECRET, work_url, lambda: datetime.now(UTC))
    deliver_webhooks(sender)
"""


def test_a_sender_that_is_killed_loses_nothing_and_doubles_nothing(catalog, sender, clock, hook):
    """kill -9 while the receiver has the message and before it answers, or a moment after it did, again and again."""
    many(catalog, 60)
    chance = random.Random(SEED)
    with Receiver() as receiver:
        hook(receiver, after=0)
        for _ in range(8):
            child = subprocess.Popen([sys.executable, "-c", textwrap.dedent(CHILD), catalog.url], cwd=ROOT)
            left, early = [chance.randint(1, 6)], chance.random() < 0.7

            def strike(left=left, child=child, early=early):
                left[0] -= 1
                if left[0] == 0 and early:
                    os.kill(child.pid, signal.SIGKILL)
                elif left[0] == 0:
                    threading.Timer(chance.uniform(0, 0.01), os.kill, (child.pid, signal.SIGKILL)).start()

            receiver.after = strike
            child.wait(60)
            receiver.after = lambda: None
            assert child.returncode == -signal.SIGKILL
        doubled = sum(receiver.attempts.values()) - len(receiver.attempts)
        deliver_webhooks(sender)
    assert receiver.order == seqs(catalog), f"seed {SEED}"
    assert doubled <= 8 and not receiver.refused
    assert all(len(bodies) == 1 for bodies in receiver.bodies.values())


def test_pauses_double_up_to_six_hours():
    for attempts, minutes in ((1, 1), (2, 2), (3, 4), (9, 256), (10, 360), (10_000, 360)):
        assert all(0.8 * minutes <= pause(attempts) / timedelta(minutes=1) <= minutes for _ in range(50))


def test_the_secret_is_kept_nowhere(catalog, sender, hook):
    many(catalog, 2)
    with Receiver() as receiver:
        hook(receiver, after=0)
        deliver_webhooks(sender)
        secret = receiver.secret
    with catalog.read() as connection:
        everything = repr([connection.execute(sa.select(table)).all() for table in tables.metadata.sorted_tables])
    assert secret.startswith("whsec_") and len(secret) > 40
    assert secret not in everything and secret.removeprefix("whsec_") not in everything
    assert HOUSE_SECRET not in everything
