"""What can go wrong in search?

* SearchError              anything search raises
  + MistakenRequest        the caller asked for something that cannot be (a bad cursor, an unknown order): HTTP 400
  + IndexUnavailable       the index cannot be opened, or another process is writing it: HTTP 503
"""

from catalog import ForumwatchError

REBUILD = "the index must be rebuilt: run `forumwatch index`"


class SearchError(ForumwatchError):
    """Raised by search; its text is one sentence that a person can act on."""


class MistakenRequest(SearchError):
    """Raised by the searcher and the engines when the request itself is wrong; never for the text of a query."""


class IndexUnavailable(SearchError):
    """Raised by the engines when the index cannot be opened or its writer's lock is held for too long.

    The text is fit for a page; `detail` (what broke, and where on disk) is for the log alone.
    """

    def __init__(self, message: str = REBUILD, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail
