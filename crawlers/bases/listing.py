"""How is a listing read: rows on a page, and a link to the next page?"""

from abc import abstractmethod
from typing import Any, ClassVar

from parsel import Selector
from scrapy import Request
from scrapy.http import Response, TextResponse

from crawlers.bases.source import Reading, Source
from crawlers.errors import SourceChanged
from crawlers.words import page


class ListingSource(Source, abstract=True):
    """Declare `rows` and, if there are further pages, `next_page` (CSS); write `read_row`.

    A page without a single row has changed its shape: the run fails and says so.
    """

    required = ("rows",)
    selectors = ("rows", "next_page")
    rows: ClassVar[str]
    next_page: ClassVar[str] = "a[rel=next]"

    def parse(self, response: Response, **kwargs: Any) -> Reading:
        listing = page(response)
        rows = listing.css(self.rows)
        if not rows:
            raise SourceChanged(f"{response.url} has no row that matches {self.rows!r}")
        for row in rows:
            yield from self.read_row(row, listing)
        following = listing.css(self.next_page).attrib.get("href")
        if following:
            yield Request(listing.urljoin(following), self.parse, priority=1)

    @abstractmethod
    def read_row(self, row: Selector, response: TextResponse) -> Reading:
        """The files of one row (Found), or further requests."""
