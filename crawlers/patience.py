"""When a host says "not now" or "not you": how long do we wait, and when do we leave it alone?"""

import asyncio
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Response

from crawlers.bases.source import Source
from crawlers.errors import HostRefused
from crawlers.job import Job

SLOW_DOWN = {429, 503}
PASSING = {408, 500, 502, 504, 522, 524}
UNREACHABLE = (CannotResolveHostError, DownloadConnectionRefusedError)
BROKEN_OFF = (DownloadFailedError, DownloadTimeoutError, ResponseDataLossError)
BACK_OFF = (5.0, 30.0, 120.0)  # seconds before the second, third and fourth try, where the host names none


class Patience:
    """A downloader middleware: waits as asked, tries again a few times, and stops the run at a closed door."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Patience":
        return cls(crawler)

    @property
    def _job(self) -> Job:
        spider = self._crawler.spider
        assert isinstance(spider, Source)
        return spider.job

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        host = urlsplit(request.url).hostname or ""
        wall = challenge(response)
        if wall:
            raise HostRefused(f"{host} {wall}; nothing more was asked of it")
        if response.status in SLOW_DOWN:
            asked = retry_after(response)
            if self._tries(request) == len(BACK_OFF):
                raise HostRefused(f"{host} still answers {response.status} after {len(BACK_OFF)} waits")
            return await self._again(request, asked, f"{host} answers {response.status}")
        if response.status in PASSING and self._tries(request) < len(BACK_OFF):
            return await self._again(request, None, f"{host} answers {response.status}")
        return response

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        host = urlsplit(request.url).hostname or ""
        if isinstance(exception, UNREACHABLE):
            if self._tries(request) == len(BACK_OFF):
                raise HostRefused(f"{host} cannot be reached ({exception})") from exception
            return await self._again(request, None, f"{host} cannot be reached")
        if isinstance(exception, BROKEN_OFF) and self._tries(request) < len(BACK_OFF):
            return await self._again(request, None, f"{host} broke off")
        return None

    def _tries(self, request: Request) -> int:
        return int(request.meta.get("tries", 0))

    async def _again(self, request: Request, asked: float | None, said: str) -> Request:
        """The same request once more, after the wait that the host asks for or, without one, our own."""
        patience = self._job.permissions.host(request.url).patience
        wait = BACK_OFF[self._tries(request)] * self._job.manners.pace if asked is None else asked
        if patience == 0:
            raise HostRefused(f"{said}, and hosts.toml says to stop at once")
        if wait > patience:
            raise HostRefused(f"{said} and asks to wait {wait:.0f} s, longer than the {patience:.0f} s of hosts.toml")
        await asyncio.sleep(wait)
        again = request.replace(dont_filter=True)
        again.meta["tries"] = self._tries(request) + 1
        return again


def challenge(response: Response) -> str:
    """What kind of wall this answer is; "" if it is none. It is reported, never climbed."""
    if response.headers.get("cf-mitigated"):
        return f"asks for a browser challenge ({response.status}, cf-mitigated)"
    if response.headers.get("x-amzn-waf-action"):
        return f"asks for a browser challenge ({response.status}, x-amzn-waf-action)"
    if response.status in {403, 503} and b"Just a moment" in response.body[:20_000]:
        return f"asks for a browser challenge ({response.status}, Just a moment)"
    return ""


def retry_after(response: Response) -> float | None:
    """Seconds until the host wants to be asked again, from Retry-After in seconds or as a date; None without one."""
    value = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if value.isdecimal() and len(value) < 10:
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
