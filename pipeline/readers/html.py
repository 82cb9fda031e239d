"""What does a page of the web say?"""
from pipeline import sniff
from pipeline.document import Reading
from pipeline.errors import UnknownType
from pipeline.limits import Limits


class HtmlReader:
    """Not yet."""

    name = "html"

    def bid(self, media_type: str, data: bytes) -> int:
        return 0

    def read(self, data: bytes, limits: Limits, languages: tuple[str, ...]) -> Reading:
        raise UnknownType("HTML is not read yet")
