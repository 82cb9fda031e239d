"""How are search results in XML read, page after page, until as many hits are seen as were promised?"""

import re
from abc import abstractmethod
from typing import Any, ClassVar
from urllib.parse import urlencode

from parsel import Selector
from scrapy import Request
from scrapy.http import Response

from crawlers.bases.source import Reading, Source
from crawlers.errors import SourceChanged
from crawlers.words import plain, tidy


class XmlResultsSource(Source, abstract=True):
    """Declare `endpoint`, `query` and `languages` (as the publisher names them); write `read_hit`.

    Each language is asked for by itself. `hit` is the element of one record; the fields of `read_hit` are its
    children by name, as written.
    """

    required = ("endpoint", "query", "languages")
    endpoint: ClassVar[str]
    query: ClassVar[str]
    languages: ClassVar[tuple[str, ...]]
    hit: ClassVar[str] = "DOCUMENT"
    total: ClassVar[str] = "totalhits"
    hits_per_page: ClassVar[int] = 100

    def __init_subclass__(cls, abstract: bool = False) -> None:
        if not abstract and all(getattr(cls, name, None) for name in XmlResultsSource.required):
            cls.start_urls = [cls._results_url(language, 0) for language in cls.languages]
        super().__init_subclass__(abstract=abstract)

    @classmethod
    def _results_url(cls, language: str, start: int) -> str:
        query = {
            "DataSource": "Cat",
            "query": cls.query,
            "Language": language,
            "XMLMaxHitsPerPage": cls.hits_per_page,
            "XMLStart": start,
        }
        return f"{cls.endpoint}?{urlencode(query, safe='@=/*')}"

    def parse(self, response: Response, start: int = 0, **kwargs: Any) -> Reading:
        sheet = Selector(text=plain(response).lstrip("\ufeff"), type="xml")
        sheet.remove_namespaces()
        promised = sheet.xpath(f"//{self.total}/text()").get("")
        if not promised.strip().isdigit():
            raise SourceChanged(f"{response.url} no longer says how many hits there are")
        hits = sheet.xpath(f"//{self.hit}")
        language = _asked(response.url, "Language")
        for hit in hits:
            fields = {child.root.tag: tidy(child.xpath("string()").get()) for child in hit.xpath("./*")}
            yield from self.read_hit(fields, language)
        seen = start + len(hits)
        if seen < int(promised):
            if not hits:
                raise SourceChanged(f"{response.url}: {promised} hits are promised, the pages hold {seen}")
            yield Request(self._results_url(language, seen), self.parse, cb_kwargs={"start": seen}, priority=20)

    @abstractmethod
    def read_hit(self, fields: dict[str, str], language: str) -> Reading:
        """The files of one record, or Withheld."""


def _asked(url: str, parameter: str) -> str:
    found = re.search(rf"[?&]{parameter}=([^&]*)", url)
    return found.group(1) if found else ""
