"""What can go wrong with an alert? The errors of this room, each saying who raises it.

* ForumwatchError
  + AlertError
    - Refused        subscribe(): an address, a language, a cadence or a query that cannot be taken
    + TokenError     a link that was not signed by us, or for another purpose
      - Gone         a link of ours that has expired, or whose member, search or mail is no longer here
"""

from catalog import ForumwatchError


class AlertError(ForumwatchError):
    """Raised by search/alerts."""


class Refused(AlertError):
    """Raised by subscribe() when what was asked for cannot be kept; nothing has been written."""


class TokenError(AlertError):
    """Raised when a signed link is damaged, forged, or meant for something else."""


class Gone(TokenError):
    """Raised when a signed link is ours and was good once: it has expired, or what it is about is no longer here."""
