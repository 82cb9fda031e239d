"""Does a crawl that is killed, at any instruction, end where an unharmed one ends, and ask nothing needlessly twice?"""

import os
import random
import signal
import subprocess
import sys
import threading
import time

from crawlers_test_site import Answer, listing

from catalog.tables import frontier
from crawlers.run import Order

# Dies at its k-th transaction, before or after the commit; and at its k-th file, before it has its name.
DYING = """
import os, sys
from contextlib import contextmanager
from catalog import Catalog
from crawlers import archive, run
step, place = int(sys.argv.pop()), sys.argv.pop()
whole, renamed = Catalog.write, archive.Path.replace
left = {"tx": step}

def die():
    left["tx"] -= 1
    if left["tx"] <= 0:
        os.kill(os.getpid(), 9)

@contextmanager
def write(self):
    with whole(self) as connection:
        yield connection
        if place == "before":
            die()
    if place == "after":
        die()

def replace(self, target):
    if place == "rename":
        die()
    return renamed(self, target)

Catalog.write, archive.Path.replace = write, replace
sys.exit(run.main())
"""


def start(papers, program=("-m", "crawlers.run", "papers"), round="1"):
    order = Order("papers", papers.catalog.url, papers.home / "archive", round, papers.manners())
    process = subprocess.Popen(
        [sys.executable, *program], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    process.stdin.write(order.to_json().encode() + b"\n")
    process.stdin.flush()
    return process


def test_kill_9_in_the_middle_loses_nothing_and_asks_twice_only_what_was_in_flight(papers, site):
    listing(site, pages=20, files=9)
    chance = random.Random(20261124)
    kills = 0
    while kills < 6:
        reached = threading.Event()
        goal = len(site.asked) + chance.randint(12, 40)
        site.on_request = lambda number, goal=goal, reached=reached: reached.set() if number >= goal else None
        process = start(papers)
        assert reached.wait(30)
        time.sleep(chance.random() * 0.02)  # in the middle of the answer, of the archive, of the commit
        process.send_signal(signal.SIGKILL)
        process.communicate()
        kills += 1
    site.on_request = lambda number: None
    report = papers.crawl()
    assert (report.state, report.found, report.failed) == ("done", 180, 0)
    assert len({url for url, _ in papers.captured}) == len(papers.captured) == 180
    asked = site.count()
    assert asked.keys() == {path for _, path in site.pages}
    assert max(asked.values()) <= 2 and sum(asked.values()) <= 200 + kills
    assert {row.state for row in papers.rows(frontier)} == {"done"}


def test_death_at_every_kind_of_instruction_ends_in_the_same_archive_and_catalog(papers, site):
    listing(site, pages=2, files=4)
    places = [("before", 9), ("after", 9), ("rename", 3), ("before", 10), ("after", 6), ("rename", 1), ("before", 4)]
    for place, step in places:
        process = start(papers, ("-c", DYING, "papers", place, str(step)))
        process.wait(60)
        assert process.returncode in {-signal.SIGKILL, 0}
    report = papers.crawl()
    assert (report.state, report.found, report.failed) == ("done", 8, 0)
    assert len(papers.captured) == 8
    assert max(site.count().values()) <= 1 + len(places)
    files = [path for path in (papers.home / "archive").glob("??/*") if path.is_file()]
    assert {path.parent.name + path.name for path in files} == {sha256 for _, sha256 in papers.captured}


def test_an_address_that_kills_the_crawl_each_time_is_given_up_and_the_rest_is_done(papers, site):
    listing(site, pages=1, files=3)
    current = []

    def kill(asked):
        os.kill(current[-1].pid, signal.SIGKILL)
        return Answer()

    site.put("/files/0-1.pdf", kill)
    for _ in range(5):
        current.append(start(papers))
        current[-1].wait(60)
    report = papers.crawl()
    assert (report.state, report.fetched + report.unchanged, report.failed) == ("done", 2, 1)
    assert "died 5 times" in report.reason


def test_a_crawl_does_not_outlive_whoever_started_it(papers, site):
    listing(site, pages=20, files=9)
    for answer in site.pages.values():
        answer.seconds = 0.05
    process = start(papers)
    while len(site.asked) < 4:
        time.sleep(0.02)
    process.stdin.close()
    assert process.wait(10) == 3
