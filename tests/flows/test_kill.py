"""Does a run that is killed at any moment, and run again, end where an undisturbed run ends?"""

import os
import random
import signal
import subprocess
import sys
import time
from difflib import unified_diff
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.flows.state import dump

HOMES, KILLS_EACH = 3, 7  # at least 20 kills in all
SEED = int(os.environ.get("FORUMWATCH_KILL_SEED", time.time_ns() % 100_000))


def demo(home, week=1):
    command = [sys.executable, "-m", "flows.demo", "--once", "--size", "small", "--port", "0", "--home", str(home)]
    command += ["--week", str(week), "--prefect", os.environ["PREFECT_API_URL"]]
    log = (home.parent / f"{home.name}.log").open("ab")
    return subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)


def finished(home, week=1) -> float:
    """Runs to the end; returns the seconds it took."""
    begun = time.monotonic()
    process = demo(home, week)
    assert process.wait(timeout=240) == 0, (home.parent / f"{home.name}.log").read_text()[-4000:]
    return time.monotonic() - begun


def kill_later(home, seconds: float) -> bool:
    """kill -9 after that time; whoever it had started must be gone with it. False: it was through before."""
    process = demo(home)
    try:
        process.wait(timeout=seconds)
        return False
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
    deadline = time.monotonic() + 30
    while survivors(home) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not survivors(home), f"processes outlived the kill: {survivors(home)}"
    return True


def survivors(home) -> list[str]:
    """Processes that still work in this home folder."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if f"FORUMWATCH_HOME={home}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                    found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:  # it ended while we looked
                continue
    return found


def differing_mails(state, after) -> str:
    """Line by line, since a mail is too long for an assertion to show."""
    one, other = (
        {name: "\n".join(mail).splitlines() for name, mail in each["mailbox"].items()} for each in (state, after)
    )
    names = sorted(one.keys() | other.keys())
    return "\n".join(line for name in names for line in unified_diff(one.get(name, []), other.get(name, []), name))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, prefect_api):
    """The end state of a run without a kill, and the seconds it took."""
    folder = tmp_path_factory.mktemp("kill")
    seconds = finished(folder / "undisturbed")
    return folder, dump(folder / "undisturbed"), seconds


def test_the_undisturbed_run_did_something(undisturbed):
    _, state, _ = undisturbed
    assert len(state["catalog"]["documents"]) > 20
    assert state["index"][""][0] == len(state["catalog"]["works"]) > 10
    assert len(state["mailbox"]) == 5  # three weekly digests, one of a day, one that says that nothing matched
    assert state["catalog"]["unfinished"] == []


def test_a_second_run_writes_no_document_and_sends_no_mail(undisturbed):
    folder, state, _ = undisturbed
    finished(folder / "undisturbed")
    assert dump(folder / "undisturbed") == state


@pytest.mark.parametrize("number", range(HOMES))
def test_killed_runs_end_in_the_same_place(undisturbed, number):
    folder, state, seconds = undisturbed
    chance = random.Random(SEED + number)
    home = folder / f"killed-{number}"
    moments: list[float] = []
    longest = 0.8 * seconds  # a run that goes on from an earlier one is shorter, and must be killed sooner
    while len(moments) < KILLS_EACH:
        moment = chance.uniform(0.2, longest)
        if kill_later(home, moment):
            moments.append(moment)
        else:
            longest = moment
    finished(home)
    after = dump(home)
    assert after == state, f"killed at {moments} (FORUMWATCH_KILL_SEED={SEED})\n{differing_mails(state, after)}"


def test_week_2_brings_only_what_is_new(undisturbed):
    folder, state, _ = undisturbed
    finished(folder / "undisturbed", week=2)  # the last test of all; of a copy no mail would go, as it should be
    after = dump(folder / "undisturbed")
    before_files = {document["sha256"] for document in state["catalog"]["documents"]}
    after_files = {document["sha256"] for document in after["catalog"]["documents"]}
    assert before_files < after_files
    for table in ("pages", "paragraphs", "mentions", "citations"):
        kept = [row for row in after["catalog"][table] if row["sha256"] in before_files]
        assert kept == state["catalog"][table], f"{table}: what was read in week 1 was written again"
    assert {seen["url"] for seen in state["catalog"]["captures"]} < {
        seen["url"] for seen in after["catalog"]["captures"]
    }
    new_mails = set(after["mailbox"]) - set(state["mailbox"])
    corrected = {name for name in new_mails if name.startswith("<changed.")}  # what week 1 told, week 2 revised
    assert new_mails - corrected and all("2026-w41" in name or "2026-10-11" in name for name in new_mails - corrected)
    assert {m: after["mailbox"][m] for m in state["mailbox"]} == state["mailbox"]
