"""What can go wrong in Forumwatch? The tree that every room hangs its own errors on.

* ForumwatchError
  + CatalogError       the ledger cannot be opened or is of another version
  + (crawlers)         SourceError, PermissionRefused, ...
  + (pipeline)         ReadError, ...
  + (search)           SearchError, ...
"""


class ForumwatchError(Exception):
    """Raised by any room; its text is one sentence that a person can act on."""


class CatalogError(ForumwatchError):
    """Raised when the catalog cannot be opened, is locked for too long or has an unknown schema."""
