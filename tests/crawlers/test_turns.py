"""Does a host get one request at a time, at its pace, whoever asks?"""

import asyncio
import subprocess
import sys
import time

from crawlers.turns import Turns

HOLDING = """
import asyncio, sys, time
from pathlib import Path
from crawlers.turns import Turns
async def hold():
    async with Turns(Path(sys.argv[1])).turn("a.example", 0):
        print("held", flush=True)
        time.sleep(60)
asyncio.run(hold())
"""


def test_two_who_ask_the_same_host_take_turns_and_others_do_not_wait(tmp_path):
    turns, events = Turns(tmp_path), []

    async def ask(host, pace):
        async with turns.turn(host, pace):
            events.append((host, "in", time.monotonic()))
            await asyncio.sleep(0.05)
            events.append((host, "out", time.monotonic()))

    async def all_of_them():
        await asyncio.gather(ask("a.example", 0.2), ask("a.example", 0.2), ask("b.example", 0.2))

    asyncio.run(all_of_them())
    mine = [(what, when) for host, what, when in events if host == "a.example"]
    assert [what for what, _ in mine] == ["in", "out", "in", "out"] and mine[2][1] - mine[0][1] >= 0.2 * 0.7
    assert events[1][0] == "b.example" or events[0][0] == "b.example"


def test_another_process_is_waited_for_and_a_killed_one_is_not(tmp_path):
    other = subprocess.Popen([sys.executable, "-c", HOLDING, str(tmp_path)], stdout=subprocess.PIPE)
    assert other.stdout.readline() == b"held\n"

    async def ask():
        async with Turns(tmp_path).turn("a.example", 0):
            return time.monotonic()

    async def both():
        task = asyncio.create_task(ask())
        await asyncio.sleep(0.3)
        assert not task.done()
        killed = time.monotonic()
        other.kill()
        return await asyncio.wait_for(task, 10) - killed

    assert asyncio.run(both()) < 5
    other.wait()
    other.stdout.close()


def test_a_clock_that_was_set_back_does_not_make_a_host_wait_for_ever(tmp_path):
    (tmp_path / "a.example").write_text(str(time.time() + 10_000))

    async def ask():
        async with Turns(tmp_path).turn("a.example", 0.1):
            pass

    began = time.monotonic()
    asyncio.run(ask())
    assert time.monotonic() - began < 5
