"""Documents of the IOM Council, from the pages of its sessions.

The scheme of the file names is not settled, so the symbol comes from the text of the line
("C/115/1/Rev.2 - Provisional agenda"). Restricted documents are named there, and only counted here.
"""

import re

from scrapy.http import TextResponse

from crawlers.bases.session_page import Line, SessionPageSource
from crawlers.bases.source import Reading
from crawlers.found import Expect, Found
from crawlers.words import format_of, only_said, text_of

SYMBOL = re.compile(r"((?:C|MC|S)/\S+)\s+[-–—]\s+(.*)")


class IomCouncil(SessionPageSource):
    name = "iom_council"
    publisher = "IOM"
    title = "IOM Council documents"
    terms = "https://www.iom.int/terms-and-conditions"
    cadence = "weekly"
    expect = Expect(at_least=20, at_most=10_000)
    start_urls = ["https://governingbodies.iom.int/council"]
    session_link = r"/\d+\w\w-session-council-\d{4}$"

    def read_line(self, line: Line, response: TextResponse) -> Reading:
        parts = SYMBOL.match(line.text)
        symbol, title = parts.groups() if parts else ("", line.text)
        for link in line.links:
            # A further link of the line is the same document in another language, and says only which.
            label = text_of(link)
            yield Found(
                response.urljoin(link.attrib["href"]),
                only_said(
                    title=title,
                    symbol=symbol,
                    agenda_item=line.item,
                    session=line.session,
                    language=link.attrib.get("hreflang", "") or ("" if label == line.text else label),
                    body="Council",
                ),
                format=format_of(link.attrib["href"]),
            )
