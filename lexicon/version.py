"""Has the lexicon changed since something was made with it? A hash of all its tables and grammar."""

import hashlib
from pathlib import Path


def version() -> str:
    """Sixteen hexadecimal digits that change with any table or module of the lexicon."""
    digest = hashlib.sha256()
    room = Path(__file__).parent
    for path in sorted((*room.rglob("*.csv"), *room.rglob("*.py")), key=lambda path: path.relative_to(room).as_posix()):
        digest.update(path.relative_to(room).as_posix().encode())
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:16]
