"""Are Word files read with the numbers Word shows, and is a hostile one refused?"""

import io
import zipfile

import pytest

from pipeline.errors import DamagedFile, NoText, TooLarge
from pipeline.readers import read

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
NUMBERING = f"""<w:numbering {W}>
<w:abstractNum w:abstractNumId="3">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%2)"/></w:lvl></w:abstractNum>
<w:num w:numId="7"><w:abstractNumId w:val="3"/></w:num></w:numbering>"""


def paragraph(text, number=None, level=0, style=None, inner=""):
    shape = f'<w:pStyle w:val="{style}"/>' if style else ""
    if number:
        shape += f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    return f"<w:p><w:pPr>{shape}</w:pPr>{inner}<w:r><w:t>{text}</w:t></w:r></w:p>"


def docx(body, **parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>")
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", content)
    return out.getvalue()


def test_automatic_numbers_tables_notes_and_heads():
    body = (
        paragraph("Introduction", style="Heading1")
        + paragraph("The Committee met in Geneva.", number=7)
        + paragraph("It elected its officers;", number=7, level=1)
        + paragraph("It adopted its agenda.", number=7, level=1)
        + paragraph("It then adjourned", number=7, inner='<w:r><w:br w:type="page"/></w:r>')
        + "<w:p><w:r><w:t>5. Typed by hand.</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>"
        + "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Ghana</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>2001</w:t></w:r></w:p>"
        + "</w:tc></w:tr></w:tbl>"
    )
    notes = f'<w:footnotes {W}><w:footnote w:type="separator" w:id="0"><w:p/></w:footnote><w:footnote w:id="1">'
    notes += "<w:p><w:r><w:t>See A/80/48.</w:t></w:r></w:p></w:footnote></w:footnotes>"
    head = f"<w:hdr {W}><w:p><w:r><w:t>CMW/C/40/1</w:t></w:r></w:p></w:hdr>"
    reading = read(docx(body, numbering=NUMBERING, footnotes=notes, header1=head))
    assert [(p.kind, p.number, p.text, p.page) for p in reading.paragraphs] == [
        ("heading", None, "Introduction", 1),
        ("text", "1", "The Committee met in Geneva.", 1),
        ("text", None, "(a) It elected its officers;", 1),
        ("text", None, "(b) It adopted its agenda.", 1),
        ("text", "2", "It then adjourned", 1),
        ("text", "5", "Typed by hand.", 2),
        ("row", None, "Ghana | 2001", 2),
        ("note", None, "1 See A/80/48.", 2),
    ]
    assert reading.facts["heads"] == ["CMW/C/40/1"]


def test_entities_are_not_expanded():
    out = io.BytesIO()
    bomb = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "word/document.xml",
            f"{bomb}<w:document {W}><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>",
        )
    with pytest.raises(DamagedFile, match="entities"):
        read(out.getvalue())


def test_a_zip_that_unpacks_to_too_much_is_refused_unopened():
    with pytest.raises(TooLarge, match="unpacks to"):
        read(docx(paragraph("a" * 60_000_000)))


def test_broken_and_empty_files_say_so():
    whole = docx(paragraph("Text"))
    with pytest.raises(NoText):
        read(docx(""))
    with pytest.raises(DamagedFile):
        read(whole.replace(b"PK\x01\x02", b"PK\x09\x09"))
    with pytest.raises(DamagedFile, match="well-formed"):
        read(docx("<w:p>"))
