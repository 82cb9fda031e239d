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
        ("note", None, "See A/80/48.", 2),
    ]
    assert reading.paragraphs[-1].mark == "1"
    assert [grid.rows for grid in reading.grids] == [(("Ghana", "2001"),)]
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


MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def test_notes_are_linked_to_their_marks_in_the_order_of_the_text():
    marked = (
        '<w:p><w:r><w:t>3. It met</w:t></w:r><w:r><w:footnoteReference w:id="9"/></w:r><w:r><w:t> twice.</w:t></w:r>'
    )
    marked += '<w:r><w:footnoteReference w:id="4"/></w:r></w:p>'
    notes = f"<w:footnotes {W}>" + "".join(
        f'<w:footnote w:id="{key}"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:footnote>'
        for key, text in ((4, "In May."), (9, "In Geneva."))
    )
    text, first, second = read(docx(marked, footnotes=notes + "</w:footnotes>")).paragraphs
    assert (text.number, text.text) == ("3", "It met[1] twice.[2]")
    assert (first.mark, first.text, second.mark, second.text) == ("1", "In Geneva.", "2", "In May.")
    assert [(text.text[start:end], ordinal) for start, end, ordinal in text.marks] == [("[1]", 2), ("[2]", 3)]


def test_what_was_moved_or_struck_out_is_gone_and_a_text_box_is_read_once():
    moved = "<w:moveFrom><w:r><w:t>away </w:t></w:r></w:moveFrom><w:del><w:r><w:t>struck </w:t></w:r></w:del>"
    moved += "<w:ins><w:r><w:t>here </w:t></w:r></w:ins>"
    box = "<w:txbxContent><w:p><w:r><w:t>In a box</w:t></w:r></w:p></w:txbxContent>"
    boxed = f"<w:r><mc:AlternateContent {MC}><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    boxed += "</mc:AlternateContent></w:r>"
    reading = read(docx(f"<w:p>{moved}{boxed}<w:r><w:t>and now</w:t></w:r></w:p>"))
    assert [each.text for each in reading.paragraphs] == ["In a box", "here and now"]


def test_tables_are_even_grids():
    def cell(text, more=""):
        return f"<w:tc>{more}<w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"

    wide = '<w:tcPr><w:gridSpan w:val="2"/></w:tcPr>'
    rows = f"<w:tr>{cell('Title', wide)}{cell('Year')}</w:tr><w:tr>{cell('a')}{cell('b')}{cell('2001')}</w:tr>"
    reading = read(docx(f"<w:tbl>{rows}</w:tbl><w:tbl><w:tr>{cell('A boxed text.')}</w:tr></w:tbl>"))
    assert [grid.rows for grid in reading.grids] == [(("Title", "", "Year"), ("a", "b", "2001"))]
    assert [(each.kind, each.grid) for each in reading.paragraphs] == [("row", 1), ("row", 1), ("text", None)]
