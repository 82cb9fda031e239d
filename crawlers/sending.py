"""The last step before the network: may this request leave, and is it our turn?"""

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.http import Response

from crawlers.bases.source import Source
from crawlers.errors import CrawlError
from crawlers.job import Job


class Sending(HTTP11DownloadHandler):
    """Sends over HTTP what the permission ledger allows: pages, files, robots.txt and redirects alike pass here."""

    lazy = True

    @property
    def job(self) -> Job:
        spider = self.crawler.spider
        if not isinstance(spider, Source):
            raise CrawlError("only a Source sends requests")
        return spider.job

    async def download_request(self, request: Request) -> Response:
        host = self.job.permissions.check(request.url)
        async with self.job.turns.turn(host.name, host.pace):
            return await self.send(request)

    async def send(self, request: Request) -> Response:
        """Over the network, to where the URL says."""
        return await super().download_request(request)
