"""What is left of the Global Commission on International Migration (2003-2005), from the Wayback Machine.

The site www.gcim.org is gone, and after 2006 the domain may have changed hands. It is fetched once,
not on a schedule.
"""

from crawlers.bases.cdx import CdxSource
from crawlers.found import Expect


class Gcim(CdxSource):
    name = "gcim"
    publisher = "GCIM"
    title = "Global Commission on International Migration, archived site"
    terms = "https://archive.org/about/terms"
    cadence = "once"
    expect = Expect(at_least=20, at_most=5_000)
    domain = "gcim.org"
    since = 2003
    until = 2009
    media_types = (
        "application/pdf",
        "text/html",
        "application/msword",
        "application/rtf",
        "text/rtf",
        "application/zip",
    )
