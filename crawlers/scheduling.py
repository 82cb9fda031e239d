"""In which order are addresses asked? A Scrapy scheduler whose queue is the frontier: nothing lives in memory.

One address at a time is given out, and the next only when all that came of it is committed. So a run
that is killed has one request in flight, and that one alone may be asked twice.
"""

from collections import deque

from scrapy import Request, Spider
from scrapy.core.scheduler import BaseScheduler

from crawlers.asking import request_for, wanted
from crawlers.bases.source import Source
from crawlers.errors import CrawlError


class FrontierScheduler(BaseScheduler):
    """Named in settings.py as SCHEDULER."""

    def __init__(self) -> None:
        self._again: deque[Request] = deque()  # redirects and second tries of the one leased address

    def open(self, spider: Spider) -> None:
        if not isinstance(spider, Source):
            raise CrawlError(f"{spider.name} is no Source, so its requests have no frontier")
        self._source = spider
        self._job = spider.job

    def has_pending_requests(self) -> bool:
        if self._job.leased is not None:
            return True
        return not self._job.stopped and self._job.frontier.waits()

    def enqueue_request(self, request: Request) -> bool:
        if "leased" in request.meta:
            self._again.append(request)
            return True
        return self._job.frontier.add([wanted(request)])

    def next_request(self) -> Request | None:
        if self._again:
            return self._again.popleft()
        if self._job.leased is not None or self._job.stopped:
            return None
        self._job.leased = self._job.frontier.lease()
        return None if self._job.leased is None else request_for(self._source, self._job.leased)
