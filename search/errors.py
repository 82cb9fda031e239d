"""What can go wrong in search?

* SearchError              anything search raises
  + MistakenRequest        the caller asked for something that cannot be (a bad cursor, an unknown order): HTTP 400
  + WorksRefused           an engine would not take some works, ever; all others are indexed
  + IndexUnavailable       the index cannot be opened, or another process is writing it: HTTP 503
"""

from collections.abc import Mapping

from catalog import ForumwatchError

_SHOWN = 3  # works that are named
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


class WorksRefused(SearchError):
    """Raised by a cluster at the end of writing; `refused` has the reason for each work that it would not take."""

    def __init__(self, refused: Mapping[int, str]) -> None:
        shown = "; ".join(f"work {work}: {reason}" for work, reason in sorted(refused.items())[:_SHOWN])
        more = f"; and {len(refused) - _SHOWN} more" if len(refused) > _SHOWN else ""
        works = "1 work" if len(refused) == 1 else f"{len(refused)} works"
        super().__init__(f"the search cluster refused {works}, all others are indexed: {shown}{more}")
        self.refused = dict(refused)
