"""How fast and how heavy is each, on born-digital files? A process each, one after the other; processor time counts.

`python -m bench.reading.costs NAME FILE...` is such a process.
"""

import json
import resource
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.reading import candidates, needs
from bench.reading.text import OURS, spent
from bench.reading.truth import CORPUS

PASSES = {"pdfplumber": 1}  # it takes minutes
SEVERAL = 3
Cost = dict[str, float]


def costs(corpus: Path = CORPUS) -> dict[str, Cost]:
    """Per candidate: pages, seconds of the median pass, peak memory in MiB, also of what it starts."""
    files = born_digital(corpus)
    found = {}
    for name in (OURS, *candidates.ALONE):
        command = [sys.executable, "-m", "bench.reading.costs", name, *map(str, files)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        found[name] = json.loads(done.stdout.splitlines()[-1])
    return found


def born_digital(corpus: Path) -> list[Path]:
    """The files that are no scans, and hold text."""
    scans = needs.scans()
    return sorted(
        path for path in (corpus / "pdf").glob("*.pdf") if path.name not in scans and "not_found" not in path.name
    )


def measure(name: str, files: Sequence[Path]) -> Cost:
    """Runs in a process of its own, that nothing else has grown."""
    read = (lambda path: candidates.reading(path).pages) if name == OURS else candidates.ALONE[name]
    read(files[0])  # what is imported once is not counted
    times, pages = [], 0
    for _ in range(PASSES.get(name, SEVERAL)):
        begun = spent()
        pages = sum(len(read(path)) for path in files)
        times.append(spent() - begun)
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {"pages": pages, "seconds": statistics.median(times), "memory": max(_peak(), children) / 1024}


def _peak() -> int:
    """KiB. What getrusage says of oneself begins with what the starting process had."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))


def table(found: dict[str, Cost]) -> str:
    bare = found["pypdfium2"]["pages"] / found["pypdfium2"]["seconds"]
    lines = [
        "| born digital | pages | pages/s of a core | beside pypdfium2 | peak memory |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for name, cost in found.items():
        speed = cost["pages"] / cost["seconds"]
        lines.append(
            f"| {name} | {cost['pages']:,.0f} | {speed:,.1f} | {speed / bare:.2f} | {cost['memory']:,.0f} MiB |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], [Path(argument) for argument in sys.argv[2:]])))
