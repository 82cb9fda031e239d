"""How are the files made that are not simply type: scans, Word files, locked and broken ones?"""

import hashlib
import io
import random
import time as clock
import zipfile
from collections.abc import Sequence
from datetime import date
from xml.sax.saxutils import escape

from PIL import Image

from crawlers.replica.sheet import Sheet

_PASSWORD_PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


def scanned(pictures: Sequence[bytes], published: date, seed: int) -> bytes:
    """The pages as a copier saw them: grey, a little askew, a little dirty; a PDF without a text layer."""
    pages = [_copied(picture, random.Random(f"{seed} {number}")) for number, picture in enumerate(pictures)]
    out = io.BytesIO()
    moment = clock.struct_time((published.year, published.month, published.day, 8, 0, 0, 0, 1, 0))
    pages[0].save(
        out,
        format="PDF",
        save_all=True,
        append_images=pages[1:],
        resolution=130,
        quality=60,
        creationDate=moment,
        modDate=moment,
        producer="copier",
    )
    return out.getvalue()


def _copied(picture: bytes, chance: random.Random) -> Image.Image:
    page = Image.open(io.BytesIO(picture)).convert("L")
    page = page.rotate(chance.uniform(-0.9, 0.9), resample=Image.Resampling.BICUBIC, fillcolor=248)
    dirt = Image.frombytes("L", page.size, chance.randbytes(page.width * page.height))
    return Image.blend(page.point(lambda grey: 28 + grey * 0.86), dirt, 0.07)


def truncated(content: bytes) -> bytes:
    """A download that broke off: the head of a PDF, no cross-reference table, the end missing."""
    return content[: len(content) * 2 // 5]


def word_copy(sheet: Sheet) -> bytes:
    """The same text as a Word file; plain paragraphs are enough for what it is read for."""
    paragraphs = "".join(
        f'<w:p><w:r><w:t xml:space="preserve">{escape(line)}</w:t></w:r></w:p>' for line in sheet.lines()
    )
    names = "http://schemas.openxmlformats.org"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{names}/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/word/document.xml" ContentType="application/'
        'vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{names}/package/2006/relationships"><Relationship Id="rId1" '
        f'Type="{names}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{names}/wordprocessingml/2006/main"><w:body>{paragraphs}'
        "</w:body></w:document>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            info = zipfile.ZipInfo(name, date_time=(sheet.published.year, 1, 1, 0, 0, 0))
            package.writestr(info, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{text}')
    return out.getvalue()


def locked(sheet: Sheet) -> bytes:
    """A one-page PDF that opens only with a password (standard security handler, revision 2: ISO 32000-1, 7.6)."""
    password = b"members only"
    identity = hashlib.md5(sheet.symbol.encode(), usedforsecurity=False).digest()
    owner = _rc4(_md5(_padded(b"owner"))[:5], _padded(password))
    key = _md5(_padded(password) + owner + (-4).to_bytes(4, "little", signed=True) + identity)[:5]
    user = _rc4(key, _PASSWORD_PADDING)
    text = f"BT /F1 12 Tf 72 720 Td ({sheet.symbol}) Tj ET".encode("ascii", "replace")
    sealed = _rc4(_md5(key + (4).to_bytes(3, "little") + b"\0\0")[:10], text)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(sealed), sealed),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Filter/Standard/V 1/R 2/P -4/O<%b>/U<%b>>>" % (owner.hex().encode(), user.hex().encode()),
    ]
    return _pdf_file(objects, b"/Encrypt 6 0 R/ID[<%b><%b>]" % ((identity.hex().encode(),) * 2))


def _pdf_file(objects: Sequence[bytes], trailer: bytes) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R%b>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start)
    return bytes(out)


def _padded(password: bytes) -> bytes:
    return (password + _PASSWORD_PADDING)[:32]


def _md5(content: bytes) -> bytes:
    return hashlib.md5(content, usedforsecurity=False).digest()


def _rc4(key: bytes, content: bytes) -> bytes:
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out = bytearray()
    i = j = 0
    for byte in content:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)
