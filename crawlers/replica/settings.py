"""Which replica is wanted: which seed, which week, whose documents?"""

import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from catalog import ForumwatchError

# Week n is the week up to this Sunday; what carries week 0 was published long before.
WEEK_ENDS = {1: date(2026, 10, 4), 2: date(2026, 10, 11)}
SIZES = ("full", "small")


class ReplicaError(ForumwatchError):
    """Raised by the replica when it is asked for a week, size or folder that it does not have."""


@dataclass(frozen=True, slots=True)
class ReplicaSettings:
    """`docs` set: the PDFs of that folder are published in place of the replica's own documents."""

    seed: int
    week: int
    docs: Path | None
    size: str
    cache: Path

    @classmethod
    def checked(cls, seed: int, week: int, docs: Path | None, size: str, cache: Path | None) -> "ReplicaSettings":
        """Settings that can be served. Without a cache folder, one below the system's temporary folder is used."""
        if week not in WEEK_ENDS:
            raise ReplicaError(f"the replica has weeks {', '.join(map(str, WEEK_ENDS))}, not {week}")
        if size not in SIZES:
            raise ReplicaError(f"the replica comes in the sizes {' and '.join(SIZES)}, not {size!r}")
        if docs is not None and not docs.is_dir():
            raise ReplicaError(f"{docs} is not a folder, so its documents cannot be published")
        return cls(seed, week, docs, size, cache or Path(tempfile.gettempdir()) / "forumwatch-replica")
