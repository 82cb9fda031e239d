"""What kind of bytes is this, and is it what was asked for? The bytes decide, not the server's word."""

import re

KINDS = (
    (b"PK\x03\x04", "zip"),
    (b"{\\rtf", "rtf"),
    (b"\x1f\x8b", "gzip"),
    (b"\xd0\xcf\x11\xe0", "doc"),
    (b"\xffWPC", "wordperfect"),
)
OPENDOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument.text"  # what an .odt has behind its first 30 bytes
WORD = b"word/document"  # the name of the main part of a .docx, at its beginning and in its directory, at its end
HEAD = 2048
TAIL = 65_536
SHORT = 20_000  # bytes; a wall is a short page, and a long one may well speak of walls
PAGE = re.compile(rb"<!doctype\s+html|<html|<head[\s>]|<body[\s>]|<title[\s>]|<script[\s>]", re.IGNORECASE)
# Pages that stand in the way of the document; seen in the wild, see docs on the sources.
WALL = re.compile(
    rb"just a moment\.\.\.|cf-challenge|captcha|request unsuccessful|access denied|awswafintegration"
    rb"|urgent maintenance and is currently unavailable",
    re.IGNORECASE,
)


def kind_of(data: bytes) -> str:
    """One of pdf, docx, odt, zip, gzip, doc, rtf, wordperfect, html, empty, unknown."""
    if not data.strip(b"\0\t\r\n "):
        return "empty"
    if b"%PDF-" in data[:1024]:
        return "pdf"
    for start, kind in KINDS:
        if data.startswith(start):
            return _of_zip(data) if kind == "zip" else kind
    head = data[:HEAD]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or (b"<\0" in head[:64] or b"\0<" in head[:64]):
        head = head.replace(b"\0", b"")  # UTF-16, near enough to see a tag
    return "html" if PAGE.search(head) else "unknown"


def _of_zip(data: bytes) -> str:
    if data.startswith(OPENDOCUMENT, 30):
        return "odt"
    return "docx" if WORD in data[:HEAD] or WORD in data[-TAIL:] else "zip"


def objection(data: bytes, wanted: str, media_type: str) -> str:
    """Why these bytes are not the document that was asked for; "" if they are. `wanted` is Found.format.

    Unknown bytes are kept where the server calls them a document: whether they can be read is for
    the pipeline to say, with its reason. A page or nothing in a document's place is refused.
    """
    kind = kind_of(data)
    asked = wanted.upper() or "a document"
    if kind == "empty":
        return f"asked for {asked}, got nothing ({len(data)} bytes)"
    if kind == "html" and wanted != "html":
        return f"asked for {asked}, got an HTML page of {len(data):,} bytes"
    if kind == "html" and len(data) < SHORT and WALL.search(data):
        return "got a page that stands in the way (a challenge, a login or a maintenance notice)"
    if kind == "unknown" and wanted != "html" and media_type.startswith("text/"):
        return f"asked for {asked}, got {len(data):,} bytes of {media_type}"
    return ""
