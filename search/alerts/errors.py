"""What can go wrong with an alert? The errors of this room, each saying who raises it.

* ForumwatchError
  + AlertError
    - Refused        subscribe(): an address, a language, a cadence or a query that cannot be taken
    + TokenError     a link that was not signed by us, or for another purpose
      - Gone         a link of ours that has expired, or whose member, search or mail is no longer here
"""

from typing import TYPE_CHECKING

from catalog import ForumwatchError

if TYPE_CHECKING:
    from search.alerts.wording import Wording


class AlertError(ForumwatchError):
    """Raised by search/alerts."""


class Refused(AlertError):
    """Raised when what was asked for cannot be kept; nothing has been written.

    str() is in English, for the command line; `said` in the language of whoever typed it.
    """

    def __init__(self, text: str, **filled: object) -> None:
        super().__init__(text.format(**filled) if filled else text)
        self.text, self.filled = text, filled

    def said(self, words: "Wording") -> str:
        """As a sentence of its own."""
        said = words(self.text, **self.filled)
        return f"{said[:1].upper()}{said[1:]}."


def w(text: str) -> str:
    """Marks a text for the catalogs (texts.py) where it is raised; it is put into a language where it is shown."""
    return text


class TokenError(AlertError):
    """Raised when a signed link is damaged, forged, or meant for something else; str() is a text of the catalogs."""


class Gone(TokenError):
    """Raised when a signed link is ours and was good once: it has expired, or what it is about is no longer here."""
