"""Documents of the ILO's Governing Body, from the list of all of them.

A card gives a date, a title that ends with the symbol in brackets, and one link a language.
"""

import re

from parsel import Selector
from scrapy.http import TextResponse

from crawlers.bases.listing import ListingSource
from crawlers.bases.source import Reading
from crawlers.found import Expect, Found
from crawlers.words import format_of, only_said, text_of

SYMBOL = re.compile(r"\((GB\..+)\)\s*$")


class IloGoverningBody(ListingSource):
    name = "ilo_governing_body"
    publisher = "ILO"
    title = "ILO Governing Body documents"
    terms = "https://www.ilo.org/rights-and-permissions"
    cadence = "weekly"
    expect = Expect(at_least=50, at_most=30_000)
    start_urls = ["https://www.ilo.org/all-gb-documents?page=0"]
    rows = "article.ilo--card"
    next_page = "a[rel=next]"

    def read_row(self, row: Selector, response: TextResponse) -> Reading:
        title = text_of(row.css("h3"))
        symbol = SYMBOL.search(title)
        for link in row.css("a[href*='/sites/default/files/']"):
            label = text_of(link)
            yield Found(
                response.urljoin(link.attrib["href"]),
                only_said(
                    title=title,
                    symbol=symbol.group(1) if symbol else "",
                    date=text_of(row.css("span.date")),
                    language=label.partition(" - ")[0],
                    body="Governing Body",
                ),
                format=format_of(label) or format_of(link.attrib["href"]),
            )
