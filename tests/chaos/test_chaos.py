"""Is nothing lost and nothing told twice, however often we are killed, and whatever the relay and the clock do?

`make chaos` runs it in its long form: FORUMWATCH_CHAOS is the number of random kills.
"""

import json
import os
import time
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from tests.chaos.dying import FULL
from tests.chaos.scene import Scene, ten_days

KILLS = int(os.environ.get("FORUMWATCH_CHAOS", "10"))
LONG = KILLS >= 1000
POINTS = None if LONG else 10  # of the named ones; None: all
SEED = int(os.environ.get("FORUMWATCH_CHAOS_SEED", "5"))


@pytest.fixture
def scene(tmp_path):
    with Scene(tmp_path, SEED) as scene:
        yield scene


def report(name: str, figures, began: float) -> None:
    """One line of JSON where the environment says, for docs/alerts.md."""
    where = os.environ.get("FORUMWATCH_CHAOS_REPORT")
    if where:
        with Path(where).open("a", encoding="utf-8") as file:
            line = {"what": name, "seed": SEED, "seconds": round(time.monotonic() - began), **asdict(figures)}
            file.write(json.dumps(line) + "\n")


def test_killed_at_any_moment(scene):
    began, usual, chance = time.monotonic(), 0.4, scene.chance
    while scene.figures.kills < KILLS:
        orders = scene.orders()
        crowd = (
            [orders] if chance.random() < 0.7 else [orders, replace(orders, works=())]
        )  # the same run, twice at once
        if chance.random() < 0.03:
            crowd = [ten_days(each, chance.choice((-10, 10))) for each in crowd]
        if chance.random() < 0.05:
            crowd[0] = replace(crowd[0], pages=chance.randrange(12))
        started = time.monotonic()
        codes = scene.round(*crowd, after=chance.uniform(0, 1.2 * usual))
        if codes[0] == 0:
            usual += 0.2 * (time.monotonic() - started - usual)
    figures = scene.end()
    report("killed at any moment", figures, began)
    assert figures.kills >= KILLS and figures.mails > 0 and figures.lost == figures.told_twice == 0


def test_killed_at_every_named_step(scene):
    began = time.monotonic()
    for _ in range(3):
        scene.round(scene.orders(news=1))  # so that a round has mails of several days to send
    places = [(name, nth) for name, number in sorted(scene.met.items()) for nth in range(1, number + 1)]
    assert {name for name, _ in places} >= {
        "before commit",
        "after commit",
        "before data",
        "after data",
        "after noting",
    }
    scene.chance.shuffle(places)
    for name, nth in places[:POINTS]:
        scene.round(scene.orders(news=1, point=name, nth=nth))
    figures = scene.end()
    report("killed at every named step", figures, began)
    assert figures.kills > len(places[:POINTS]) / 3


def test_the_same_run_three_times_at_once(scene):
    began, scene.calm = time.monotonic(), True
    for _ in range(60 if LONG else 3):
        orders = scene.orders(news=2)
        assert scene.round(orders, *[replace(orders, works=())] * 2) == [0, 0, 0]
    figures = scene.end()
    report("the same run three times at once", figures, began)
    assert figures.doubles == 0 and figures.mails > 0


def test_a_full_disk_loses_nothing_and_needs_nobody(scene):
    began, scene.calm = time.monotonic(), True
    scene.round(scene.orders(news=1))
    wal = scene.home / "catalog.sqlite"
    for number in range(100 if LONG else 8):
        room = scene.chance.randrange(12) if number % 2 else None
        file = wal.stat().st_size + scene.chance.randrange(400_000) if room is None else None
        scene.round(scene.orders(news=1, pages=room, bytes=file))
    figures = scene.end()
    report("the disk is full", figures, began)
    assert figures.full > 0 and figures.mails > 0


def test_a_restored_backup_mails_nothing_again(scene):
    began, scene.calm = time.monotonic(), True
    for _ in range(20 if LONG else 1):
        for _ in range(20):
            before, taken = scene.keep_copy("before"), scene._taken()
            orders = scene.orders(news=2)
            scene.round(orders)
            if scene._taken() > taken:
                break
        else:
            pytest.fail("no mail went out in twenty rounds")
        after, taken = scene.keep_copy("after"), scene._taken()
        scene.put_back(before)
        for later in (orders, scene.orders(news=0), ten_days(scene.orders(news=0), 10)):
            scene.round(replace(later, works=()))
        assert scene._taken() == taken, "a restored backup has mailed again"
        scene.put_back(after)
    figures = scene.end()
    report("a backup is put back", figures, began)
    assert figures.doubles == 0


def test_ten_days_forward_and_back(scene):
    began, scene.calm = time.monotonic(), True
    for days in (10, 0, -10, 0) * (10 if LONG else 1):
        scene.round(ten_days(scene.orders(news=2), days))
    figures = scene.end()
    report("ten days forward and back", figures, began)
    assert figures.doubles == 0 and figures.mails > 0


def test_the_disk_that_is_full_is_told_from_a_fault(scene):
    """So that the rounds above are known to have met a full disk, and not something else that is called so."""
    scene.round(scene.orders(news=1))
    assert scene.round(scene.orders(news=2, pages=0)) == [FULL]
