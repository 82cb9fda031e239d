"""PDFs set in type by the tests themselves: text where they say, in Helvetica, or as a picture."""

import io
from dataclasses import dataclass

WIDTH, HEIGHT = 595, 842
PITCH = 12


@dataclass
class Text:
    """One line: x and y in points from the top left; bold or not."""

    x: float
    y: float
    text: str
    size: float = 10
    bold: bool = False


def pdf(*pages, extra_objects=(), trailer="", page_count=None):
    """A PDF of pages, each a list of `Text` or the raw bytes of a content stream."""
    streams = [page if isinstance(page, bytes) else _stream(page) for page in pages]
    kids = " ".join(f"{5 + 2 * at} 0 R" for at in range(len(streams)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {page_count or len(streams)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
    ]
    for at, stream in enumerate(streams):
        page = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents {6 + 2 * at} 0 R "
            "/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>"
        )
        objects += [page.encode(), b"<< /Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream"]
    return _file([*objects, *extra_objects], trailer)


def _stream(lines):
    parts = []
    for line in lines:
        text = line.text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
        font = "F2" if line.bold else "F1"
        parts.append(f"BT /{font} {line.size} Tf {line.x} {HEIGHT - line.y} Td (".encode() + text + b") Tj ET")
    return b"\n".join(parts)


def _file(objects, trailer):
    out = io.BytesIO(b"")
    out.write(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n" % number + body + b"\nendobj\n")
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for place in places:
        out.write(b"%010d 00000 n \n" % place)
    out.write(f"trailer << /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()


def column(text, x, y, characters=80, size=10, pitch=PITCH, bold=False):
    """Text broken into lines of at most so many characters, from y downwards."""
    lines, line = [], ""
    for word in text.split():
        if len(line) + len(word) + 1 > characters:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    lines.append(line)
    return [Text(x, y + at * pitch, each, size, bold) for at, each in enumerate(lines)]


def scanned(data, dpi=150, turned=0):
    """The same pages as pictures without a text layer, laid on the glass as many degrees askew."""
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    images = [
        document[at].render(scale=dpi / 72, grayscale=True).to_pil().rotate(turned, expand=True)
        for at in range(len(document))
    ]
    out = io.BytesIO()
    images[0].save(out, "PDF", resolution=dpi, save_all=True, append_images=images[1:])
    document.close()
    return out.getvalue()


def encrypted():
    """A file that PDFium will not open without a password: its keys fit none."""
    keys = "<< /Filter /Standard /V 1 /R 2 /Length 40 /P -4 /O <" + "5a" * 32 + "> /U <" + "a5" * 32 + "> >>"
    return pdf([Text(72, 72, "secret")], extra_objects=[keys.encode()], trailer="/Encrypt 7 0 R /ID [<00><00>]")
