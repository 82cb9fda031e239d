"""How is Scrapy pointed at the replica? Every request goes to one address on this machine, and none elsewhere."""

from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from crawlers.sending import Sending


class ReplicaSending(Sending):
    """Sends to the replica under the publisher's host name, and gives the answer back under the publisher's URL."""

    async def send(self, request: Request) -> Response:
        base = self.job.manners.replica
        assert base is not None
        parts = urlsplit(request.url)
        query = f"?{parts.query}" if parts.query else ""
        moved = request.replace(url=f"{base.rstrip('/')}{parts.path or '/'}{query}")
        moved.headers["Host"] = parts.netloc
        moved.headers["X-Forwarded-Proto"] = parts.scheme
        moved.meta.pop("proxy", None)
        response = await super().send(moved)
        return response.replace(url=request.url)
