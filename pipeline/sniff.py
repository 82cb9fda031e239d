"""What kind of file is this? Decided by the bytes; names and servers' claims are not asked."""

import re

PDF = "application/pdf"
HTML = "text/html"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DOC = "application/msword"
WORDPERFECT = "application/vnd.wordperfect"
RTF = "application/rtf"
ZIP = "application/zip"
XML = "application/xml"
TEXT = "text/plain"
UNKNOWN = "application/octet-stream"

_HEAD = 4096  # PDF readers accept junk of up to 1 kB before %PDF-; pages have long comments before <html
_MAGIC = (
    (b"PK\x03\x04", ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", DOC),
    (b"\xffWPC", WORDPERFECT),
    (b"{\\rtf", RTF),
    (b"\x89PNG", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"GIF8", "image/gif"),
    (b"\x1f\x8b", "application/gzip"),
)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|title|meta|div|p|h1|table|script)\b", re.IGNORECASE)
_XML = re.compile(rb"\s*<\?xml\b", re.IGNORECASE)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def media_type(data: bytes) -> str:
    """The media type that the first bytes speak of; UNKNOWN rather than a guess."""
    if b"%PDF-" in data[:1024]:
        return PDF
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return _zip_kind(data) if kind == ZIP else kind
    head = _as_bytes_of_utf8(data[:_HEAD])
    if _HTML.search(head):
        return HTML
    if _XML.match(head):
        return XML
    if head.strip() and not _CONTROL.search(head):
        return TEXT
    return UNKNOWN


def _zip_kind(data: bytes) -> str:
    """A .docx names its main part in the zip directory, which stands at the end of the file."""
    return DOCX if b"word/document" in data[:_HEAD] or b"word/document" in data[-65536:] else ZIP


def _as_bytes_of_utf8(head: bytes) -> bytes:
    """UTF-16 (old pages of treaty bodies) in the form the patterns look for."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace").encode()
    if head[1:2] == b"\x00" and head[:1] == b"<":
        return head[: len(head) // 2 * 2].decode("utf-16-le", "replace").encode()
    return head.removeprefix(b"\xef\xbb\xbf")
