"""How is an ASP.NET grid read, whose further pages come only by sending its hidden form back?"""

import re
from abc import abstractmethod
from typing import Any, ClassVar
from urllib.parse import urlencode

from parsel import Selector
from scrapy import Request
from scrapy.http import Response, TextResponse

from crawlers.bases.source import Reading, Source
from crawlers.errors import SourceChanged
from crawlers.words import page, text_of

ITEMS = re.compile(r"(\d[\d.,]*)\s*items\s+in\s+(\d[\d.,]*)\s*pages", re.IGNORECASE)
POSTBACK = re.compile(r"__doPostBack\('([^']*)','([^']*)'\)")
MOST_PAGES = 2000


class AspNetGridSource(Source, abstract=True):
    """Declare `columns`, the headings that must be there; write `read_row`, which gets the cells by heading.

    The rows of all pages are counted and compared with the "N items in M pages" of the footer.
    """

    required = ("columns",)
    columns: ClassVar[tuple[str, ...]]
    grid: ClassVar[str] = "table.rgMasterTable"

    def parse(self, response: Response, page_number: int = 1, rows_before: int = 0, **kwargs: Any) -> Reading:
        sheet = page(response)
        grid = sheet.css(self.grid)[:1]
        headings = [text_of(cell) for cell in grid.css("thead th")]
        if not set(self.columns) <= set(headings):
            raise SourceChanged(
                f"{response.url}: no grid with the columns {', '.join(self.columns)} (page {page_number})"
            )
        rows = grid.css("tbody > tr.rgRow, tbody > tr.rgAltRow")
        for row in rows:
            yield from self.read_row(dict(zip(headings, row.xpath("./td"), strict=False)), sheet)
        count = rows_before + len(rows)
        following = _postback(grid, page_number + 1)
        if following and rows and page_number < MOST_PAGES:
            yield self._send_back(sheet, following, page_number + 1, count)
        else:
            _compare(response.url, text_of(grid.css(".rgPager")), count)

    def _send_back(self, sheet: TextResponse, event: tuple[str, str], number: int, count: int) -> Request:
        hidden = {
            field.attrib["name"]: field.attrib.get("value", "") for field in sheet.css("input[type=hidden][name]")
        }
        form = hidden | {"__EVENTTARGET": event[0], "__EVENTARGUMENT": event[1]}
        action = sheet.urljoin(sheet.css("form::attr(action)").get(""))
        return Request(
            action,
            self.parse,
            method="POST",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode(form),
            cb_kwargs={"page_number": number, "rows_before": count},
            meta={"key": f"{action} page {number}"},  # the hidden fields differ each time; the page is the same
            priority=20,  # before all else: the state of the form does not live long
        )

    @abstractmethod
    def read_row(self, cells: dict[str, Selector], response: TextResponse) -> Reading:
        """What one row offers; `cells` are its table cells by column heading."""


def _postback(grid: Any, number: int) -> tuple[str, str] | None:
    """The event that leads to that page: its own number, or the "..." after the last number shown."""
    after_current = False
    for link in grid.css(".rgPager a"):
        label = text_of(link)
        target = POSTBACK.search(link.attrib.get("href", ""))
        if target and (label == str(number) or (after_current and label in {"...", "…"})):
            return target.group(1), target.group(2)
        after_current = after_current or "rgCurrentPage" in link.attrib.get("class", "")
    return None


def _compare(url: str, footer: str, count: int) -> None:
    said = ITEMS.search(footer)
    if not said:
        raise SourceChanged(f"{url}: the footer no longer says how many items there are")
    promised = int(re.sub(r"\D", "", said.group(1)))
    if promised != count:
        raise SourceChanged(f"{url}: the footer promises {promised} items, the pages hold {count}")
