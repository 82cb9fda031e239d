"""Which version of each reader is this? Raised when its text may change: what an older one read can be read again.

Documents hold "name version", where the name of a PDF's reader are the ways in which its pages were read.
"""

VERSIONS = {
    "pdf": 1,  # whatever reads its pages: pypdfium2, pdfplumber, tesseract
    "html": 1,
    "word": 1,
    "libreoffice": 1,
    "text": 1,
}
_OF_PDF = frozenset({"pypdfium2", "pdfplumber", "tesseract", "ocr"})


def stamped(reader: str) -> str:
    """The reader with its version, as documents.reader has it; one that has no version is of version 1."""
    return f"{reader[:56]} {VERSIONS.get(_family(reader), 1)}"


def is_older(stored: str) -> bool:
    """Whether what is stored was read by an older version of its reader, or before there were versions."""
    name, _, version = stored.rpartition(" ")
    if not version.isdecimal():
        return True
    return int(version) < VERSIONS.get(_family(name), 1)


def names(stored: str) -> set[str]:
    """What the reader is called: pypdfium2, tesseract; and pdf, of which these are parts."""
    name, _, version = stored.rpartition(" ")
    name = name if version.isdecimal() else stored
    return {*name.split("+"), _family(name)}


def _family(name: str) -> str:
    return "pdf" if _OF_PDF.intersection(name.split("+")) else name
