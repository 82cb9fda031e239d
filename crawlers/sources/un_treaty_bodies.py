"""Documents of the UN treaty bodies, from the treaty-body database: the Committee on Migrant Workers.

The grid lists one row a document; its page gives one row a language with the same file in several
formats. The address of a file holds a token that changes at every request, so a file is known by its
document's page, its language and its format.
"""

from parsel import Selector
from scrapy import Request
from scrapy.http import Response, TextResponse

from crawlers.bases.aspnet_grid import AspNetGridSource
from crawlers.bases.source import Reading
from crawlers.found import Expect, Found
from crawlers.words import format_of, only_said, page, text_of

PREFERRED = ("pdf", "docx", "doc", "html", "odt", "rtf", "wpd", "zip", "gz")


class UnTreatyBodies(AspNetGridSource):
    name = "un_treaty_bodies"
    publisher = "UN"
    title = "UN treaty bodies: Committee on Migrant Workers"
    terms = "https://www.un.org/en/about-us/terms-of-use"
    cadence = "weekly"
    expect = Expect(at_least=100, at_most=20_000)
    start_urls = ["https://tbinternet.ohchr.org/_layouts/15/TreatyBodyExternal/TBSearch.aspx?Lang=en&TreatyID=7"]
    columns = ("Title", "Committee", "State party", "Symbol", "Submitted/Published", "Documents")

    def read_row(self, cells: dict[str, Selector], response: TextResponse) -> Reading:
        said = {heading: text_of(cell) for heading, cell in cells.items()}
        words = only_said(
            title=said["Title"],
            body=said["Committee"],
            country=said["State party"],
            symbol=said["Symbol"],
            date=said["Submitted/Published"],
        )
        for link in cells["Documents"].css("a[href*='Download.aspx']"):
            yield Request(response.urljoin(link.attrib["href"]), self.read_files, cb_kwargs={"words": words})

    def read_files(self, response: Response, words: dict[str, str]) -> Reading:
        for row in page(response).css("table tr:has(a[href])"):
            links = {format_of(f"{link.attrib.get('title', '')} {text_of(link)}"): link for link in row.css("a[href]")}
            form = next((form for form in PREFERRED if form in links), None)
            if form is None:
                continue
            language = text_of(row.css("td")[:1])
            url = page(response).urljoin(links[form].attrib["href"])
            yield Found(url, only_said(**words, language=language), f"{response.url}#{language}-{form}", form)
