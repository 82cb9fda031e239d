"""What can go wrong while a file is read? The pipeline's branch of the tree of errors.

* ForumwatchError
  + ReadError          the file cannot be read; its text is the reason that is shown in the quarantine list
    + EmptyFile        zero bytes, or nothing but blanks
    + UnknownType      no reader knows these bytes
    + EncryptedFile    a password is asked for
    + DamagedFile      the bytes are not what they say they are, or break off
    + TooLarge         a bound of `Limits` was passed
    + NotADocument     an error, login, challenge or maintenance page stands in the document's place
    + NoText           every page was looked at and holds no text
    + NeedsOcr         a page is a picture and Tesseract (or one of its languages) is not there: may pass
    + TookTooLong      LibreOffice went over its time: may pass
    + NeedsOffice      LibreOffice, which is needed for this type, is not installed: may pass
    + OcrFailed        Tesseract crashed on a page, or went over its time: may pass
    + Unreachable      the archive does not hold the bytes just now: may pass
  + WorkerError        the pool of reading processes itself cannot run (raised by pipeline.children.workers)
"""

from typing import ClassVar

from catalog.errors import ForumwatchError


class ReadError(ForumwatchError):
    """Raised by readers; `may_pass` says whether the same bytes could be read another time."""

    may_pass: ClassVar[bool] = False


class EmptyFile(ReadError):
    """Raised for zero bytes or nothing but blanks."""


class UnknownType(ReadError):
    """Raised when no reader bids for the bytes."""


class EncryptedFile(ReadError):
    """Raised when the file asks for a password."""


class DamagedFile(ReadError):
    """Raised when the bytes cannot be opened as what they claim to be."""


class TooLarge(ReadError):
    """Raised when a bound of `Limits` is passed."""


class NotADocument(ReadError):
    """Raised when a site's error, login, challenge or maintenance page came in place of the document."""


class NoText(ReadError):
    """Raised when all pages were looked at and none holds any text."""


class NeedsOcr(ReadError):
    """Raised when the picture of a page should be read and OCR is not installed; passes once it is there."""

    may_pass: ClassVar[bool] = True


class OcrFailed(ReadError):
    """Raised when Tesseract crashes on a page or goes over its time: a busy machine may be the reason."""

    may_pass: ClassVar[bool] = True


class TookTooLong(ReadError):
    """Raised when a program that reads a file for us goes over its time: it may be less on another day."""

    may_pass: ClassVar[bool] = True


class NeedsOffice(ReadError):
    """Raised when LibreOffice is needed and not installed; passes once it is there. Its text begins so."""

    may_pass: ClassVar[bool] = True


class Unreachable(ReadError):
    """Raised when the archive does not hold the bytes of a capture; it may come back."""

    may_pass: ClassVar[bool] = True


class WorkerError(ForumwatchError):
    """Raised when reading processes cannot be started at all."""
