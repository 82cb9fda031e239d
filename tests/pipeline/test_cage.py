"""Do the bounds hold for what runs in a child: fast memory, temporary files, programs, the network, a false answer?"""

import os
import pickle
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from pipeline.children import usage
from pipeline.children.answers import unpacked
from pipeline.children.child import Failure
from pipeline.children.workers import Pool
from pipeline.document import Page
from pipeline.limits import Limits

HERE = "tests.pipeline.test_cage"
SMALL = Limits(seconds=60, cpu_seconds=20, memory_mb=200, output_mb=1, disk_mb=30, programs=10)
CONNECT = "import socket; socket.create_connection(('127.0.0.1', {port}), 5)"


class Trap:
    """Packed, it names a function that its reader would call."""

    def __reduce__(self):
        return os.getcwd, ()


def work(item):
    """Runs in a child."""
    match item:
        case "gulp":  # faster than anybody looks
            return len(bytes(1_000_000_000))
        case "program's gulp":
            subprocess.run([sys.executable, "-c", "len(bytes(1_000_000_000))"], check=True, capture_output=True)
        case "one file":
            with tempfile.NamedTemporaryFile() as file:
                for _ in range(40):
                    file.write(bytes(1_000_000))
                file.flush()
        case "many files":
            for _ in range(200):
                Path(tempfile.mkstemp()[1]).write_bytes(bytes(1_000_000))
                time.sleep(0.02)
            time.sleep(60)
        case "leaves a file":
            Path(tempfile.mkstemp()[1]).write_bytes(b"left")
            return tempfile.gettempdir()
        case "what is left":
            return list(Path(tempfile.gettempdir()).iterdir())
        case "open files":
            return [Path(os.devnull).open() for _ in range(1000)]
        case "programs":
            return [subprocess.Popen(["sleep", "60"]) for _ in range(30)] and time.sleep(60)
        case "leaves a program":
            return subprocess.Popen(["sleep", "60"], start_new_session=True).pid
        case "deep result":
            nested = []
            for _ in range(100_000):
                nested = [nested]
            return nested
        case "trap":
            return Trap()
        case "surrogate":
            raise ValueError("\ud800 and \x00")
        case ("connect", port):
            socket.create_connection(("127.0.0.1", port), 5)
        case ("program connects", port):
            done = subprocess.run(
                [sys.executable, "-c", CONNECT.format(port=port)], stderr=subprocess.PIPE, check=False
            )
            return done.stderr.decode()
        case "record":
            return Page(1, "made", 1.0, "en", "words")
    return None


def outcomes(items, limits=SMALL):
    with Pool(f"{HERE}:work", 1, limits) as pool:
        return dict(pool.map(items))


def test_what_goes_over_a_bound_fails_alone():
    found = outcomes(["gulp", "program's gulp", "one file", "many files", "open files", "programs", "deep result"])
    kinds = {item: failure.kind for item, failure in found.items()}
    assert kinds == {
        "gulp": "OutOfMemory",
        "program's gulp": "CalledProcessError",
        "one file": "OSError",
        "many files": "TooLarge",
        "open files": "OSError",
        "programs": "TooLarge",
        "deep result": "Unpicklable",
    }
    assert "30 MB of temporary files" in found["many files"].reason
    assert "more than 10 programs" in found["programs"].reason
    assert not found["one file"].may_pass, "the file is too large, not the disk too full"
    assert found["open files"].may_pass


def test_nothing_is_left_to_the_next():
    found = outcomes(["leaves a file", "what is left", "leaves a program"])
    assert found["what is left"] == []
    assert not Path(found["leaves a file"]).parent.exists(), "the pool's folder goes with it"
    assert not usage.family(found["leaves a program"]) or ended(found["leaves a program"])


def ended(pid):
    return "Z" in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's own bound is Linux's")
def test_no_connection_is_opened_by_a_child_or_its_programs():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.01)
        port = server.getsockname()[1]
        found = outcomes([("connect", port), ("program connects", port)])
        with pytest.raises(TimeoutError):
            server.accept()
    assert found["connect", port].kind == "PermissionError"
    assert "Permission denied" in found["program connects", port]


def test_an_answer_is_records_and_plain_values():
    found = outcomes(["record", "trap", "surrogate"])
    assert found["record"] == Page(1, "made", 1.0, "en", "words")
    assert found["trap"].kind == "Unpicklable"
    found["surrogate"].reason.encode()
    assert "\x00" not in found["surrogate"].reason
    for bad in (b"", b"\x80", pickle.dumps((True, Trap())), pickle.dumps((True, shutil.rmtree)), pickle.dumps(3)):
        with pytest.raises(pickle.UnpicklingError):
            unpacked(bad)
    assert unpacked(pickle.dumps((True, Failure("why", False)))) == (True, Failure("why", False))


def test_a_hanging_child_is_seen_by_what_it_does_not_do():
    found = outcomes(["programs"], Limits(seconds=600, idle_seconds=0.7, memory_mb=500))
    assert found["programs"] == Failure("did nothing for 0.7 seconds", True, "TimeOut")
