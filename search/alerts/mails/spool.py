"""Where do mails wait between being set and being kept? In a file without a name, not in memory.

Setting thousands of mails takes a while, and nothing may be locked meanwhile; the transaction that keeps them takes
them from here. The file is gone with its process, however that ends.
"""

import json
import tempfile
from types import TracebackType
from typing import Any, NamedTuple, Self


class Made(NamedTuple):
    """A mail, and of the matches that it quotes a passage for, that passage (matches.told)."""

    message_id: str
    message: bytes
    told: dict[int, dict[str, Any]]


class Spool:
    """Mails by the number of their member."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # closed by __exit__
        self._places: dict[int, tuple[int, int]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def put(self, number: int, made: Made) -> None:
        begin = self._file.seek(0, 2)
        head = json.dumps([made.message_id, list(made.told.items())])
        self._file.write(head.encode() + b"\n" + made.message)
        self._places[number] = (begin, self._file.tell() - begin)

    def take(self, number: int) -> Made | None:
        if number not in self._places:
            return None
        begin, length = self._places[number]
        self._file.seek(begin)
        head, _, message = self._file.read(length).partition(b"\n")
        message_id, told = json.loads(head)
        return Made(message_id, message, dict(told))
