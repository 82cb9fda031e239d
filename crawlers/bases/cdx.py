"""How is an archived web site read: the Wayback Machine's index of captures (CDX), then the original bytes?"""

import json
from typing import Any, ClassVar
from urllib.parse import urlencode

from scrapy import Request
from scrapy.http import Response

from crawlers.bases.source import Reading, Source
from crawlers.errors import SourceChanged
from crawlers.found import Found
from crawlers.words import plain

FORMATS = {
    "application/pdf": "pdf",
    "text/html": "html",
    "application/msword": "doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/rtf": "rtf",
    "text/rtf": "rtf",
    "application/zip": "zip",
    "application/x-zip-compressed": "zip",
}


class CdxSource(Source, abstract=True):
    """Declare the `domain` and the years `since` and `until`; each capture with status 200 is a file.

    `media_types` says which captures are documents. `rows_per_page` is how much of the index is asked for at
    once; the resume key of each answer asks for the next. Written for
    https://github.com/internetarchive/wayback/tree/master/wayback-cdx-server.
    """

    required = ("domain", "since", "until")
    index: ClassVar[str] = "https://web.archive.org/cdx/search/cdx"
    playback: ClassVar[str] = "https://web.archive.org/web/{timestamp}id_/{original}"
    domain: ClassVar[str]
    since: ClassVar[int]
    until: ClassVar[int]
    media_types: ClassVar[tuple[str, ...]] = tuple(FORMATS)
    rows_per_page: ClassVar[int] = 150

    def __init_subclass__(cls, abstract: bool = False) -> None:
        if not abstract and all(getattr(cls, name, None) for name in CdxSource.required):
            cls.start_urls = [cls._index_url()]
        super().__init_subclass__(abstract=abstract)

    @classmethod
    def _index_url(cls, resume_key: str = "") -> str:
        query = {
            "url": cls.domain,
            "matchType": "domain",
            "from": cls.since,
            "to": cls.until,
            "output": "json",
            "filter": "statuscode:200",
            "collapse": "digest",
            "limit": cls.rows_per_page,
            "showResumeKey": "true",
        }
        # The resume key comes already encoded and is sent back as given.
        return f"{cls.index}?{urlencode(query, safe=':')}" + (f"&resumeKey={resume_key}" if resume_key else "")

    def parse(self, response: Response, **kwargs: Any) -> Reading:
        rows, resume_key = _table(plain(response), response.url)
        seen = set()
        for row in rows:
            if row["mimetype"] in self.media_types and row["digest"] not in seen:
                seen.add(row["digest"])
                yield Found(self.playback.format_map(row), format=FORMATS[row["mimetype"]])
        if resume_key and rows:
            yield Request(self._index_url(resume_key), self.parse, priority=20)


def _table(text: str, url: str) -> tuple[list[dict[str, str]], str]:
    """The rows by field name, and the resume key ("" on the last page). An empty index is []."""
    try:
        lines = json.loads(text)
        if not isinstance(lines, list):
            raise TypeError("not a list")
        fields, *rest = lines or [[]]
        resume_key = ""
        if len(rest) >= 2 and rest[-2] == [] and len(rest[-1]) == 1:
            resume_key = str(rest[-1][0])
            rest = rest[:-2]
        rows = [dict(zip(fields, map(str, line), strict=True)) for line in rest]
    except (ValueError, TypeError) as error:
        raise SourceChanged(f"{url} is no index of captures in JSON any more") from error
    if rows and not {"timestamp", "original", "mimetype", "digest"} <= rows[0].keys():
        raise SourceChanged(f"{url} has other columns than the index had")
    return rows, resume_key
