"""Does every broken file become a sound document or a reason? Never another error, never a process that dies of it.

Quick here; FORUMWATCH_FUZZ=3 (`make fuzz`) goes on for so many minutes, from FORUMWATCH_FUZZ_SEED, with the corpus too.
"""

import os
import random
import sys
import time
from collections import Counter
from pathlib import Path

from catalog import Catalog
from pipeline import errors
from pipeline.children.workers import Failure, Pool
from pipeline.limits import Limits
from pipeline.process import Item, understand
from pipeline.store import store
from tests.pipeline.mutated import document_faults, mutated, seeds

MINUTES = float(os.environ.get("FORUMWATCH_FUZZ", "0"))
SEED = int(os.environ.get("FORUMWATCH_FUZZ_SEED", "6"))
FEW = 70  # files of the quick run
LIMITS = Limits(seconds=120, cpu_seconds=30, memory_mb=700, patience=120)
REASONS = {name for name, each in vars(errors).items() if isinstance(each, type) and issubclass(each, errors.ReadError)}
# A bound that was held is a reason; a crash of a library costs its file alone, and is counted.
BOUNDS = {"TimeOut", "OutOfMemory", "TooLarge", "Crash"}


def read(item):
    """Runs in a child; what is unsound comes back as a word, not as a document."""
    document = understand(item)
    wrong = document_faults(document)
    return f"unsound: {'; '.join(wrong[:3])}" if wrong else document


def broken_files(folder: Path, chance: random.Random):
    """Items without end, in a few files that are written again."""
    good = [data for data in seeds() if data]
    corpus = Path(__file__).parents[3] / "shared" / "corpus" / "dev"
    if MINUTES and corpus.is_dir():
        paths = sorted([*corpus.glob("pdf/**/*.pdf"), *corpus.glob("html/**/*.html")])
        small = [path for path in paths if path.stat().st_size < 400_000]
        good += [path.read_bytes() for path in chance.sample(small, min(60, len(small)))]
    number = 0
    while True:
        data = mutated(chance.choice(good), good, chance)
        path = folder / str(number % 50)
        path.write_bytes(data)
        yield Item(str(number), str(path), "UN", {"title": data[:80].decode("latin-1")}, LIMITS)
        number += 1


def test_broken_files_become_documents_or_reasons(tmp_path):
    chance = random.Random(SEED)
    catalog = Catalog(f"sqlite:///{tmp_path}/catalog.sqlite")
    catalog.migrate()
    until = time.monotonic() + 60 * MINUTES
    files = broken_files(tmp_path, chance)
    few = files if MINUTES else (next(files) for _ in range(FEW))
    counts, wrong = Counter(), []
    with Pool("tests.pipeline.test_fuzz:read", 1, LIMITS) as pool:
        for item, result in pool.map(few):
            if isinstance(result, Failure):
                counts[result.kind] += 1
                if result.kind not in REASONS | BOUNDS:
                    wrong.append((item.sha256, result.kind, result.reason, result.detail[-700:]))
                    keep(item)
                assert result.reason
            elif isinstance(result, str):
                counts["unsound"] += 1
                wrong.append((item.sha256, result))
                keep(item)
            else:
                counts["read"] += 1
                store(catalog, result)
            if MINUTES and time.monotonic() > until:
                break
    sys.stdout.write(f"fuzz from seed {SEED}: {counts.total()} files, {dict(counts.most_common())}\n")
    assert not wrong, "\n".join(map(str, wrong[:10]))
    assert counts["read"] > counts.total() / 20, "most are so broken that nothing is tried"


def keep(item):
    """Writes a file that was found aside, where the run goes on for minutes."""
    if MINUTES:
        folder = Path("build") / "fuzz"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{SEED}-{item.sha256}").write_bytes(Path(item.path).read_bytes())
