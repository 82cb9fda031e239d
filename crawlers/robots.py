"""What does robots.txt allow here? Read once a run and host, before anything else is asked, and obeyed."""

import asyncio

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.http import Response
from scrapy.robotstxt import RobotParser

from crawlers.bases.source import Source
from crawlers.errors import HostRefused


class Robots(RobotsTxtMiddleware):
    """Scrapy's middleware with one lock a host, Crawl-delay, and RFC 9309's reading of errors.

    Scrapy 2.14 to 2.19 lets through all but the first two of the requests that wait while robots.txt
    is being fetched; with the lock, they wait until it has been read.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._locks: dict[str, asyncio.Lock] = {}
        self._unreadable: dict[str, str] = {}

    async def process_request(self, request: Request, spider: Spider | None = None) -> None:
        if isinstance(self.crawler.spider, Source):  # a host that may not be asked is not asked for its rules either
            self.crawler.spider.job.permissions.check(request.url)
        await super().process_request(request)

    async def robot_parser(self, request: Request) -> RobotParser | None:
        host = request.url.split("/")[2]
        async with self._locks.setdefault(host, asyncio.Lock()):
            parser = await super().robot_parser(request)
        if host in self._unreadable:
            raise HostRefused(self._unreadable[host])
        return parser

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500 or response.status == 429:
            self._unreadable[netloc] = f"{netloc}: robots.txt answers {response.status}, so nothing else is asked"
        elif response.status >= 400:  # RFC 9309, 2.3.1.3: no robots.txt, no rules, whatever the error page says
            response = response.replace(body=b"")
        await super()._parse_robots(response, netloc, request)
        parser = self._parsers[netloc]
        spider = self.crawler.spider
        if isinstance(parser, RobotParser) and isinstance(spider, Source):
            delay = parser.crawl_delay(spider.job.manners.product)
            if delay:
                spider.job.turns.slow_down(netloc.partition(":")[0], delay)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        said = str(exc) if isinstance(exc, HostRefused) else f"{netloc}: robots.txt cannot be fetched ({exc})"
        self._unreadable[netloc] = f"{said.removesuffix('.')}, so nothing else is asked"
        super()._robots_error(exc, netloc)
