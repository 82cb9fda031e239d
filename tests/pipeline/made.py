"""Readings, documents and files made for the tests of the pipeline."""

import hashlib
from dataclasses import replace

from pipeline.description.describe import describe
from pipeline.description.works import work_key
from pipeline.document import Document, Page, Paragraph, Reading


def paragraphs(*texts, language="en"):
    return tuple(Paragraph(at, 1, None, language, text) for at, text in enumerate(texts, 1))


def reading(first_page="", texts=("The Committee met.",), language="en", heads=(), title=None):
    page = Page(1, "pypdfium2", 1.0, language, first_page + "\n" + "\n".join(texts))
    facts = {"first_page": first_page.split("\n"), "heads": list(heads), "job_numbers": []}
    return Reading("application/pdf", "made", (page,), paragraphs(*texts, language=language), title, facts)


def document(words=None, first_page="", texts=("The Committee met.",), language="en", publisher="UN", sha256=None):
    words = words or {}
    read = reading(first_page, texts, language)
    about = describe(read, words, publisher)
    sha256 = sha256 or hashlib.sha256(repr((words, first_page, texts, language)).encode()).hexdigest()
    key = work_key(publisher, about, words, sha256)
    return Document(sha256, publisher, read, about, (), (), key)


def same_text_other_bytes(one, letter="f"):
    return replace(one, sha256=letter * 64)


def pdf(*lines):
    """A PDF of one page with these lines of plain text, written by hand: no library, no fonts embedded."""
    escaped = (line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") for line in lines)
    shown = " ".join(f"({line}) Tj T*" for line in escaped)
    content = f"BT /F1 11 Tf 14 TL 60 780 Td {shown} ET".encode("latin-1", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
