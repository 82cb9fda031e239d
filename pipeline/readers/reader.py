"""What is a reader? Readers bid for a file by its bytes; the highest bid reads it."""

from typing import Protocol

from pipeline.document import Reading
from pipeline.limits import Limits


class Reader(Protocol):
    """Something that turns bytes into a `Reading`."""

    name: str

    def bid(self, media_type: str, data: bytes) -> int:
        """How well this reader can read these bytes: 0 (not at all) to 100."""
        ...

    def read(self, data: bytes, limits: Limits, languages: tuple[str, ...]) -> Reading:
        """The reading; raises a `ReadError` whose text is the reason. `languages` are the declared ones, if any."""
        ...
