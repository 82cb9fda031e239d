"""Files that mean harm, made by code: each takes little room and asks for too much, or is broken in a known way."""

import io
import zipfile
import zlib

from tests.pipeline.made import pdf

_DOCX = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
WORDS = b"BT /F1 11 Tf 60 700 Td (Migrant workers and members of their families have rights.) Tj ET"


def pdf_of(objects, trailer=b"", root=b"1 0 R"):
    """A PDF of these bodies of objects, numbered from 1."""
    out, places = bytearray(b"%PDF-1.5\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root %s %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root, trailer, table)
    return bytes(out)


def stream(data, more=b""):
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), more, data)


def zeros(size, level=9):
    """`size` zeros, deflated, without ever holding them."""
    packer, out = zlib.compressobj(level), bytearray()
    block = bytes(1_000_000)
    for _ in range(size // len(block)):
        out += packer.compress(block)
    return bytes(out + packer.flush())


def page_of(contents, resources=b"<< /Font << /F1 5 0 R >> >>", more=b"", extra=()):
    """A PDF of one page with this content stream (an object of its own) and these resources."""
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources %s %s >>"
    kids = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    return pdf_of([_CATALOG, kids, page % (resources, more), contents, _FONT, *extra])


def many_pages(number):
    """The tree has one page, and names it this often."""
    kids = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b"3 0 R " * number, number)
    return pdf_of([_CATALOG, kids, b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"])


def claimed_pages(number):
    """The tree says it has this many pages, and has one."""
    return page_of(stream(WORDS)).replace(b"/Count 1 ", b"/Count %d " % number)


def deep_page_tree(depth):
    nodes = [b"<< /Type /Pages /Kids [%d 0 R] /Count 1 /Parent %d 0 R >>" % (n + 3, n + 1) for n in range(depth)]
    return pdf_of([_CATALOG, *nodes, b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 9 9] >>" % (depth + 1)])


def page_tree_in_a_circle():
    return pdf_of([_CATALOG, b"<< /Type /Pages /Kids [3 0 R 2 0 R] /Count 9 >>", b"<< /Type /Pages /Kids [2 0 R] >>"])


def deep_arrays(depth):
    return page_of(stream(WORDS), more=b"/Annots " + b"[" * depth + b"]" * depth)


def deep_brackets_in_content(depth):
    return page_of(stream(b"[" * depth + b"<<" * depth + WORDS))


def many_objects(number):
    return page_of(stream(WORDS), extra=[b"<< /N %d >>" % n for n in range(number)])


def circular_xref():
    whole = page_of(stream(WORDS))
    at = whole.rindex(b"startxref")
    table = whole[at:].split()[1]
    return whole.replace(b"/Root", b"/Prev %s /Root" % table)


def content_bomb(size):
    """A content stream of zeros."""
    return page_of(stream(zeros(size), b"/Filter /FlateDecode"))


def double_bomb(size):
    """The same, deflated twice: a thousandth of a thousandth."""
    return page_of(stream(zlib.compress(zeros(size)), b"/Filter [/FlateDecode /FlateDecode]"))


def text_bomb(times):
    """A content stream that draws one line this often."""
    line = b"BT /F1 1 Tf 60 700 Td (Migrant workers and their rights.) Tj ET\n"
    return page_of(stream(zlib.compress(line * times), b"/Filter /FlateDecode"))


def path_bomb(times):
    return page_of(stream(zlib.compress(b"0 0 m 9 9 l S\n" * times), b"/Filter /FlateDecode"))


def forms_in_a_circle():
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 6 0 R >> >>"
    resources = b"<< /Font << /F1 5 0 R >> /XObject << /X 6 0 R >> >>"
    return page_of(stream(WORDS + b" /X Do"), resources, extra=[stream(b"/X Do /X Do", form)])


def forms_that_double(depth):
    """Each form draws the next one twice: 2 to the power of `depth` at the end."""
    resources = b"<< /Font << /F1 5 0 R >> /XObject << /X 6 0 R >> >>"
    head = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X %d 0 R >> >>"
    extra = [stream(b"/X Do /X Do", head % (n + 7)) for n in range(depth)]
    return page_of(stream(WORDS + b" /X Do"), resources, extra=[*extra, stream(b"0 0 m 9 9 l S", head % (depth + 6))])


def image(width, height, data, bits=8, more=b"/Filter /FlateDecode"):
    resources = b"<< /Font << /F1 5 0 R >> /XObject << /X 6 0 R >> >>"
    head = b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent %d %s"
    content = stream(b"500 0 0 800 20 20 cm /X Do")
    return page_of(content, resources, extra=[stream(data, head % (width, height, bits, more))])


def object_stream_bomb(size):
    """An object stream that unpacks to zeros, in a file whose table is a stream as well."""
    inner = stream(zeros(size), b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode")
    return page_of(stream(WORDS), extra=[inner]).replace(b"/Root 1 0 R", b"/Root 1 0 R /XRefStm 9")


def large_page(points):
    return page_of(stream(WORDS)).replace(b"[0 0 595 842]", b"[0 0 %d %d]" % (points, points))


def broken_maps():
    """A font whose map to Unicode names lone surrogates, noncharacters, endless ranges and nonsense."""
    cmap = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap 1 begincodespacerange <00> <FF> "
        b"endcodespacerange 3 beginbfrange <20> <40> <D800> <41> <5A> <DC00> <61> <FFFFFFFF> <0000> endbfrange "
        b"2 beginbfchar <7A> <FFFF> <79> <" + b"0041" * 5000 + b"> endbfchar endcmap end end"
    )
    broken = page_of(stream(WORDS), extra=[stream(cmap)])
    return broken.replace(_FONT, _FONT[:-2] + b" /ToUnicode 6 0 R >>")


def scripted():
    """JavaScript and a program to launch when it is opened; otherwise a page like others."""
    action = b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\); while \\(true\\) {}) >> "
    action += b"/AA << /O << /S /Launch /F (x) >> >>"
    return page_of(stream(WORDS)).replace(b"/Pages 2 0 R >>", b"/Pages 2 0 R " + action + b" >>")


def encrypted():
    lock = b"/Encrypt << /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -4 >> /ID [<00> <00>]" % (
        b"41" * 32,
        b"42" * 32,
    )
    return pdf("Nobody reads this").replace(b"trailer << ", b"trailer << " + lock + b" ")


def docx(document, **parts):
    """A .docx with this document.xml (bytes), and others by name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", document)
        for name, data in parts.items():
            archive.writestr(f"word/{name}.xml", data)
    return out.getvalue()


def word_xml(inside, before=""):
    return f'<?xml version="1.0"?>{before}<w:document xmlns:w="{_DOCX}"><w:body>{inside}</w:body></w:document>'.encode()


def word_text(text):
    return docx(word_xml(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"))


def word_bomb(size):
    """document.xml unpacks to so many blanks."""
    return docx(word_xml(" " * size))


def laughs(depth=12):
    """Entities that name the one before ten times."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, depth))
    return f'<!DOCTYPE lolz [<!ENTITY l0 "lol">{entities}]>', f"&l{depth - 1};"


def word_laughs():
    before, use = laughs()
    return docx(word_xml(f"<w:p><w:r><w:t>{use}</w:t></w:r></w:p>", before))


def page_laughs():
    before, use = laughs()
    text = "The Committee met. " * 30
    return f'<?xml version="1.0"?>{before}<html><body><p>{text}{use}</p></body></html>'.encode()


def word_outside(path="/etc/passwd"):
    """An entity that stands for a file of the machine."""
    before = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{path}">]>'
    return docx(word_xml("<w:p><w:r><w:t>Words &e; more</w:t></w:r></w:p>", before))


def zip_of(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("_", "."), data)
    return out.getvalue()


def zip_bomb(size):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.pdf", "w") as file:
        for _ in range(size // 1_000_000):
            file.write(bytes(1_000_000))
    return out.getvalue()


def nested_zip(depth):
    data = pdf("At the bottom")
    for _ in range(depth):
        data = zip_of(a_zip=data)
    return data


def html(body, title="A page"):
    return f"<!doctype html><html lang=en><head><title>{title}</title></head><body>{body}</body></html>".encode(
        "utf-8", "surrogatepass"
    )


def nested_html(depth, tag="div"):
    return html(f"<{tag}>" * depth + "The Committee met in Geneva. " * 20 + f"</{tag}>" * depth)


def long_html(size):
    return html("<p>The Committee on Migrant Workers met in Geneva, and it met again.</p>\n" * (size // 75))
