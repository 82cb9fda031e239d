"""How are session pages read: an index of sessions, and on each page lines of documents under headings?"""

import re
from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

from parsel import Selector, SelectorList
from scrapy import Request
from scrapy.http import Response, TextResponse

from crawlers.bases.source import Reading, Source
from crawlers.errors import SourceChanged
from crawlers.found import Withheld
from crawlers.words import only_said, page, text_of


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a session page: the text of its document, the item it stands under, the session, its links."""

    text: str
    item: str
    session: str
    links: SelectorList[Selector]


class SessionPageSource(Source, abstract=True):
    """Declare `session_link` (a regular expression for the links from the index); write `read_line`.

    Lines that match `restricted` are counted and noted. A session page without a line is a session still
    to come; if none has lines, nothing is found and the run fails for that.
    """

    required = ("session_link",)
    selectors = ("headings", "lines")
    session_link: ClassVar[str]
    restricted: ClassVar[str] = r"\(\s*restricted\b[^)]*\)"
    headings: ClassVar[str] = "h2, h3, h4"
    lines: ClassVar[str] = "li"

    def parse(self, response: Response, **kwargs: Any) -> Reading:
        index = page(response)
        found = [link for link in index.css("a::attr(href)").getall() if re.search(self.session_link, link)]
        if not found:
            raise SourceChanged(f"{response.url} links to no session page any more ({self.session_link})")
        for link in dict.fromkeys(found):
            yield Request(index.urljoin(link), self.read_session)

    def read_session(self, response: Response) -> Reading:
        sheet = page(response)
        session = text_of(sheet.css("h1")[:1])
        if not session:
            raise SourceChanged(f"{response.url} has no heading that names the session")
        item = ""
        # Headings and lines in the order of the page: a line belongs to the heading before it.
        for part in sheet.css(f"{self.headings}, {self.lines}"):
            if part.root.tag in {"h2", "h3", "h4"}:
                item = text_of(part)
            else:
                yield from self._read(part, item, session, sheet)

    def _read(self, part: Selector, item: str, session: str, response: TextResponse) -> Reading:
        text = text_of(part)
        links = part.css("a[href]")
        if re.search(self.restricted, text, re.IGNORECASE):
            title = re.sub(self.restricted, "", text, flags=re.IGNORECASE)
            words = only_said(title=title, agenda_item=item, session=session)
            yield Withheld(f"{response.url}#{words.get('title', '')}", "restricted", words)
        elif links:
            yield from self.read_line(Line(text_of(links[:1]), item, session, links), response)

    @abstractmethod
    def read_line(self, line: Line, response: TextResponse) -> Reading:
        """The files of one line."""
