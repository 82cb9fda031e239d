"""What can go wrong while crawling? The crawlers' part of the tree of errors.

* ForumwatchError
  + CrawlError             the room's own
    - SourceError          a source is misdeclared or unknown: raised as it is imported or asked for
    - SourceChanged        a publisher's page no longer has the shape its source expects: raised by the bases
    - PermissionRefused    no entry in hosts.toml allows this request: raised before it leaves
    - HostRefused          the host asked us to stop (challenge, firewall, robots.txt unreadable): ends the run
    - ArchiveError         the archive holds other bytes than their name says
    - FileRefused          a file at hand cannot be taken in: no file, too large, unreadable
"""

from catalog import ForumwatchError


class CrawlError(ForumwatchError):
    """Raised by the crawlers; its text is one sentence that a person can act on."""


class SourceError(CrawlError):
    """Raised when a source file declares nonsense, or when no source has the name asked for."""


class SourceChanged(CrawlError):
    """Raised by a base when a page no longer looks as its source expects; the run then fails and says so."""


class PermissionRefused(CrawlError):
    """Raised by the sending side before a request leaves for a place that hosts.toml does not allow."""


class HostRefused(CrawlError):
    """Raised when a host shows that it does not want this visit now; what waits is kept for another run."""


class ArchiveError(CrawlError):
    """Raised by the archive when bytes are missing or differ from the hash they are kept under."""


class FileRefused(CrawlError):
    """Raised by add_file for what is no file, is too large or cannot be read; the others of a folder may be fine."""
