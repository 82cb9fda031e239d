"""What must every source declare, and what becomes of the answers to its requests?"""

import re
from collections.abc import AsyncIterator, Iterable
from typing import Any, ClassVar

from cssselect import SelectorError
from parsel.csstranslator import HTMLTranslator
from scrapy import Request, Spider
from scrapy.http import Response
from twisted.python.failure import Failure

import lexicon
from catalog.cadence import CADENCES
from crawlers import stages
from crawlers.errors import CrawlError, SourceError
from crawlers.found import Expect, Found, Withheld
from crawlers.job import Job

NAME = re.compile(r"[a-z][a-z0-9_]{1,62}")

Reading = Iterable[Request | Found | Withheld]


class Source(Spider):
    """A source is declared: who publishes, under which terms, how often to ask, how much to expect, where to begin.

    Subclasses say what they find by yielding Found, Withheld and further requests from `parse`.
    A declaration that makes no sense raises SourceError as the file is imported.
    """

    publisher: ClassVar[str]
    title: ClassVar[str]
    terms: ClassVar[str]
    cadence: ClassVar[str]
    expect: ClassVar[Expect]
    start_urls: list[str]
    abstract: ClassVar[bool] = True
    required: ClassVar[tuple[str, ...]] = ()  # what a base wants declared, beyond the above
    selectors: ClassVar[tuple[str, ...]] = ()  # which of its attributes are CSS selectors

    job: Job

    def __init_subclass__(cls, abstract: bool = False) -> None:
        super().__init_subclass__()
        cls.abstract = abstract
        if not abstract:
            _check(cls)

    async def start(self) -> AsyncIterator[Any]:
        for url in self.start_urls:
            yield Request(url)

    def parse(self, response: Response, **kwargs: Any) -> Reading:
        """Reads a page: a base or a source writes this."""
        raise NotImplementedError

    def receive(self, response: Response) -> None:
        """Every answer to a request of ours arrives here."""
        stages.receive(self, response)

    def give_up(self, failure: Failure) -> None:
        """Every request that got no answer ends here."""
        stages.give_up(self.job, failure.value or CrawlError("no answer, and nobody says why"))


def _check(cls: type[Source]) -> None:
    where = cls.__qualname__
    for attribute in ("name", "publisher", "title", "terms", "cadence", "expect", "start_urls", *cls.required):
        if not getattr(cls, attribute, None):
            raise SourceError(f"{where} must declare {attribute}")
    if not NAME.fullmatch(cls.name) or cls.name != cls.__module__.rpartition(".")[2]:
        raise SourceError(f"{where}: its name must be that of its file, in small letters, not {cls.name!r}")
    publisher = lexicon.publisher(cls.publisher)
    if publisher is None or publisher.code != cls.publisher:
        raise SourceError(f"{where}: the lexicon knows no publisher {cls.publisher!r}")
    if cls.cadence not in CADENCES:
        raise SourceError(f"{where}: cadence is one of {', '.join(CADENCES)}, not {cls.cadence!r}")
    if not isinstance(cls.expect, Expect):
        raise SourceError(f"{where}: expect is an Expect(at_least, at_most)")
    for url in [cls.terms, *cls.start_urls]:
        if not re.match(r"https?://[^/]+/", url):
            raise SourceError(f"{where}: not a whole address: {url!r}")
    for attribute in cls.selectors:
        _check_selector(where, attribute, getattr(cls, attribute, ""))


def _check_selector(where: str, attribute: str, selector: str) -> None:
    try:
        HTMLTranslator().css_to_xpath(selector)
    except SelectorError as error:
        raise SourceError(f"{where}: {attribute} is not a CSS selector: {selector!r}") from error
