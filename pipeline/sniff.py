"""What kind of file is this? Decided by the bytes; names and servers' claims are not asked."""

import re

PDF = "application/pdf"
HTML = "text/html"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"
DOC = "application/msword"
XLS = "application/vnd.ms-excel"
PPT = "application/vnd.ms-powerpoint"
OUTLOOK = "application/vnd.ms-outlook"
LOCKED = "application/x-ole-encrypted"  # a .docx, .xlsx or .pptx under a password
OLE = "application/x-ole-storage"
WORDPERFECT = "application/vnd.wordperfect"
RTF = "application/rtf"
ZIP = "application/zip"
GZIP = "application/gzip"
XML = "application/xml"
EMAIL = "message/rfc822"
JSON = "application/json"
TEXT = "text/plain"
UNKNOWN = "application/octet-stream"

_HEAD = 4096  # PDF readers accept junk of up to 1 kB before %PDF-; pages have long comments before <html
_DIRECTORY = 65_536  # a zip's directory stands at its end
_MAGIC = (
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"\xffWPC", WORDPERFECT),
    (b"{\\rtf", RTF),
    (b"\x89PNG", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"GIF8", "image/gif"),
    (b"\x1f\x8b", GZIP),
    (b"%!PS", "application/postscript"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
)
_IN_ZIP = ((b"word/document", DOCX), (b"xl/workbook", XLSX), (b"ppt/presentation", PPTX))
# Of an OLE file the names of its streams, which are in UTF-16.
_IN_OLE = (
    ("EncryptedPackage", LOCKED),
    ("WordDocument", DOC),
    ("Workbook", XLS),
    ("PowerPoint Document", PPT),
    ("__substg1.0_", OUTLOOK),
)
_PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|body|title|meta|frameset)\b", re.IGNORECASE)
_PIECE = re.compile(rb"\s*<(?:div|p|h[1-6]|table|tr|ul|ol|script|center|font|br|a|b|i|span|!--)\b", re.IGNORECASE)
_ROOT = re.compile(rb"\s*(?:<\?[^>]*>\s*|<!--.*?-->\s*|<!DOCTYPE[^>]*>\s*)*<(?:[\w.-]+:)?([\w.-]+)", re.DOTALL)
_XML = re.compile(rb"\s*<\?xml\b", re.IGNORECASE)
_XML_ROOTS = frozenset({b"rss", b"feed", b"svg", b"urlset", b"sitemapindex", b"collection", b"record"})
_MAIL = re.compile(
    rb"(?:^|\n)(?:Received|From|Date|Subject|To|MIME-Version|Message-ID|Content-Type):[ \t]", re.IGNORECASE
)
_MAIL_LINES = 4  # of a head of a mail; a press release may well begin with "To:" and "Subject:"
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1c-\x1f]")


def media_type(data: bytes) -> str:
    """The media type that the bytes speak of; UNKNOWN rather than a guess."""
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return {ZIP: _zip_kind, OLE: _ole_kind}[kind](data) if kind in (ZIP, OLE) else kind
    head = _as_bytes_of_utf8(data[:_HEAD])
    page = _PAGE.search(head)
    if b"%PDF-" in data[:1024] and (page is None or page.start() > data.index(b"%PDF-") or b"endobj" in data):
        return PDF  # a page may speak of %PDF-; a PDF may come with a page's warnings before it
    root = _ROOT.match(head)
    if _XML.match(head) or (root and root[1].lower() in _XML_ROOTS):
        return HTML if root and root[1].lower() == b"html" else XML
    if page or _PIECE.match(head):
        return HTML
    if head.lstrip()[:2] in (b'{"', b"[{"):
        return JSON
    if head.lstrip().startswith(b"{\\rtf"):
        return RTF
    if not head.strip() or _CONTROL.search(head):
        return UNKNOWN
    return EMAIL if len(_MAIL.findall(head.replace(b"\r\n", b"\n").partition(b"\n\n")[0])) >= _MAIL_LINES else TEXT


def _zip_kind(data: bytes) -> str:
    """An office file names its main part in the zip's directory; an OpenDocument begins with its type."""
    if data[30:38] == b"mimetype" and data[38 : 38 + len(ODT)] == ODT.encode():
        return ODT
    for part, kind in _IN_ZIP:
        if part in data[:_HEAD] or part in data[-_DIRECTORY:]:
            return kind
    return ZIP


def _ole_kind(data: bytes) -> str:
    for name, kind in _IN_OLE:
        if name.encode("utf-16-le") in data:
            return kind
    return OLE


def _as_bytes_of_utf8(head: bytes) -> bytes:
    """UTF-16 (old pages of treaty bodies) in the form the patterns look for."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace").encode()
    if head[1:2] == b"\x00" and head[:1] == b"<":
        return head[: len(head) // 2 * 2].decode("utf-16-le", "replace").encode()
    if head[:1] == b"\x00" and head[1:2] == b"<":
        return head[: len(head) // 2 * 2].decode("utf-16-be", "replace").encode()
    return head.removeprefix(b"\xef\xbb\xbf")
