"""What does a Word file say?"""
from pipeline import sniff
from pipeline.document import Reading
from pipeline.errors import UnknownType
from pipeline.limits import Limits


class WordReader:
    """Not yet."""

    name = "word"

    def bid(self, media_type: str, data: bytes) -> int:
        return 0

    def read(self, data: bytes, limits: Limits, languages: tuple[str, ...]) -> Reading:
        raise UnknownType("Word is not read yet")
