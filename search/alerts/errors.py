"""What can go wrong with an alert? The errors of this room, each saying who raises it.

* ForumwatchError
  + AlertError
    - Refused        subscribe(): an address, a language, a cadence or a query that cannot be taken
    - TokenError     a link that was not signed by us, or for another purpose
"""

from catalog import ForumwatchError


class AlertError(ForumwatchError):
    """Raised by search/alerts."""


class Refused(AlertError):
    """Raised by subscribe() when what was asked for cannot be kept; nothing has been written."""


class TokenError(AlertError):
    """Raised when an unsubscribe link is damaged, forged, meant for something else, or about nobody we know."""
