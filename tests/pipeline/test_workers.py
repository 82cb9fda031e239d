"""Does one bad item fail alone: loops, crashes, memory, too large a result, and a parent that is gone?"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.children.workers import Failure, Pool
from pipeline.errors import NeedsOcr, NoText, WorkerError
from pipeline.limits import Limits

HERE = "tests.pipeline.test_workers"
SMALL = Limits(seconds=20, cpu_seconds=2, memory_mb=300, output_mb=1)


def work(item):
    """Runs in a child."""
    match item:
        case "loop":
            while True:
                pass
        case "sleep":
            time.sleep(60)
        case "memory":
            hoard = []
            while True:
                hoard.append(bytearray(20_000_000))
                time.sleep(0.01)
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "exit":
            os._exit(3)
        case "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case "large":
            return b"x" * 2_000_000
        case "lambda":
            return lambda: None
        case "error":
            raise ValueError("not my day")
        case "no text":
            raise NoText("no text on 3 pages")
        case "ocr":
            raise NeedsOcr("needs OCR: Tesseract is not installed")
        case "deep":
            return [item] and deep(item)
        case "pid":
            return os.getpid()
    return item * 2


def deep(item):
    return deep(item)


def test_results_come_for_all_and_the_bad_fail_alone():
    items = [
        "a",
        "loop",
        "crash",
        "b",
        "exit",
        "large",
        "lambda",
        "error",
        "no text",
        "ocr",
        "deep",
        "killed",
        "memory",
        "c",
    ]
    with Pool(f"{HERE}:work", 2, SMALL) as pool:
        found = dict(pool.map(iter(items)))
    assert {item: found.pop(item) for item in "abc"} == {"a": "aa", "b": "bb", "c": "cc"}
    kinds = {item: (failure.kind, failure.may_pass) for item, failure in found.items()}
    assert kinds == {
        "loop": ("TimeOut", False),
        "crash": ("Crash", False),
        "exit": ("Crash", False),
        "large": ("TooLarge", False),
        "lambda": ("Unpicklable", False),
        "error": ("ValueError", False),
        "no text": ("NoText", False),
        "ocr": ("NeedsOcr", True),
        "deep": ("RecursionError", False),
        "killed": ("Killed", True),
        "memory": ("OutOfMemory", False),
    }
    assert found["no text"].reason == "no text on 3 pages"
    assert "not my day" in found["error"].reason
    assert all(failure.reason for failure in found.values())


def test_wall_clock_and_unfinished_rounds():
    with Pool(f"{HERE}:work", 1, Limits(seconds=0.5)) as pool:
        started = time.monotonic()
        assert [kind.kind for _, kind in pool.map(["sleep"])] == ["TimeOut"]
        assert time.monotonic() - started < 15
        for _ in pool.map(["a", "sleep", "sleep"]):
            break  # whoever stops looking leaves no child at work
        assert not pool._busy


def test_children_live_on_between_items_and_rounds():
    with Pool(f"{HERE}:work", 1, SMALL) as pool:
        first = {pid for _, pid in pool.map(["pid", "pid"])}
        second = {pid for _, pid in pool.map(["pid"])}
    assert len(first | second) == 1
    assert os.getpid() not in first


def test_items_are_taken_only_when_a_child_is_free():
    taken = []

    def items():
        for item in ("a", "b", "c", "d"):
            taken.append(item)
            yield item

    with Pool(f"{HERE}:work", 1, SMALL) as pool:
        found = pool.map(items())
        next(found)
        assert len(taken) < 4
        assert len(list(found)) == 3


def test_a_function_that_cannot_be_imported_fails_the_pool():
    with pytest.raises(WorkerError, match="cannot start"), Pool("pipeline.nowhere:work", 1, SMALL) as pool:
        list(pool.map(["a"]))
    with pytest.raises(ValueError, match="at least one"):
        Pool(f"{HERE}:work", 0, SMALL)


def test_children_leave_when_the_parent_is_killed():
    script = (
        "import sys\nfrom pipeline.limits import Limits\nfrom pipeline.children.workers import Pool\n"
        "if __name__ == '__main__':\n"
        f"    pool = Pool('{HERE}:work', 2, Limits())\n"
        "    for item, pid in pool.map(['pid', 'pid', 'sleep', 'sleep']):\n"
        "        print(pid, flush=True)\n"
    )
    root = Path(__file__).parents[2]
    parent = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
    )
    assert parent.stdout is not None
    children = {int(parent.stdout.readline()), int(parent.stdout.readline())}
    parent.kill()
    parent.wait()
    until = time.monotonic() + 5
    while time.monotonic() < until and any(map(runs, children)):
        time.sleep(0.1)
    assert not any(map(runs, children))


def runs(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_failures_are_records():
    assert Failure("why", True) == Failure("why", True, "Failure", "")


def lane(item):
    """Runs in a child. Items name a folder and what to do there."""
    folder, what = Path(item[0]), item[1]
    if what.startswith("hang"):
        (folder / f"{what}-{os.getpid()}").touch()
        while not (folder / "let go").exists():
            time.sleep(0.02)
    if what.startswith("good"):
        (folder / what).touch()
    if what.startswith("worn") and len(list(folder.glob("worn*"))) < 1:
        (folder / f"worn-{os.getpid()}").touch()
        os.kill(os.getpid(), signal.SIGSEGV)
    return what, os.getpid(), os.getpriority(os.PRIO_PROCESS, 0)


def in_order(tmp_path, names, is_slow=lambda item: False, size=2, goods=0):
    """What came, in order; those that hang are let go when all the good ones are done."""
    come = []
    with Pool(f"{HERE}:lane", size, Limits(seconds=100, idle_seconds=100, patience=0.5)) as pool:
        for item, result in pool.map([(str(tmp_path), name) for name in names], is_slow):
            come.append((item[1], result))
            if sum(name.startswith("good") for name, _ in come) == goods:
                (tmp_path / "let go").touch()
    return come


def test_all_good_ones_are_done_before_those_that_hang(tmp_path):
    names = ["hang 1", "good 1", "hang 2", "hang 3", *(f"good {n}" for n in range(2, 13))]
    come = in_order(tmp_path, names, goods=12)
    assert [name.split()[0] for name, _ in come] == ["good"] * 12 + ["hang"] * 3
    assert sorted(name for name, _ in come) == sorted(names)
    assert not any(isinstance(result, Failure) for _, result in come)
    assert max(result[2] for _, result in come) == 19, "what goes on beside the others lets them go first"
    assert len({result[1] for name, result in come if name.startswith("hang")}) == 3, "a child of its own each"
    began = {path.name.rpartition("-")[0] for path in tmp_path.glob("hang*")}
    assert began == {"hang 1", "hang 2", "hang 3"}


def test_the_known_slow_hold_one_lane_while_others_wait(tmp_path):
    names = ["hang 1", "hang 2", "hang 3", *(f"good {n}" for n in range(8))]
    come = in_order(tmp_path, names, is_slow=lambda item: item[1].startswith("hang"), size=1, goods=8)
    assert [name.split()[0] for name, _ in come] == ["good"] * 8 + ["hang"] * 3
    assert len(list(tmp_path.glob("hang*"))) == 3, "none was begun twice"


def test_a_crash_may_be_the_fault_of_the_items_before(tmp_path):
    come = dict(in_order(tmp_path, ["good 1", "worn", "good 2"], size=1, goods=2))
    assert come["worn"][0] == "worn", "read well by a child of its own"
    (tmp_path / "again").mkdir()
    come = dict(in_order(tmp_path / "again", ["worn", "good 1"], size=1, goods=1))
    assert come["worn"].kind == "Crash", "a new child crashed by itself"
