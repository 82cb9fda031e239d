"""Does tidying make characters plain, join broken words and recognise printed numbers, and nothing more?"""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import languages, sniff
from pipeline.structure.numbering import below, follows, printed_number
from pipeline.structure.tidy import characters, join, vocabulary


@pytest.mark.parametrize(
    ("printed", "plain"),
    [
        ("of\ufb01ce", "office"),
        ("pro\u00adtection", "protection"),
        ("e\u0301tat", "état"),
        ("\ufefb\ufe8e", "لاا"),
        ("ﻣﻬﺎﺟﺮﻳﻦ", "مهاجرين"),
        ("الـعـمـال", "العمال"),
        ("移 徙 工 人", "移徙工人"),
        ("移徙 workers 公约", "移徙 workers 公约"),
        ("a\u00a0b  c\t\u200bd", "a b c d"),
        ("\uf0b7 item", "• item"),
        ("Introduction ............ 3", "Introduction … 3"),
        ("بلغة Pythonمن", "بلغة Python من"),
    ],
)
def test_characters(printed, plain):
    assert characters(printed) == plain


@given(st.text())
def test_characters_never_raises_and_is_done_after_one_pass(text):
    once = characters(text)
    assert characters(once) == once or not once.isprintable()
    assert unicodedata.is_normalized("NFC", once)
    assert once == once.strip()


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_nothing_raises_on_any_line(text):
    printed = printed_number(text)
    if printed:
        assert 0 < printed.length <= len(text)
        assert len(printed.number) <= 16
    languages.script(text)
    sniff.media_type(text.encode())
    join([text, text], vocabulary([text])) if text.strip() else None


def test_join_decides_hyphens_by_the_document():
    known = vocabulary(["the implementation of decision-making bodies", "self determination was discussed"])
    assert join(["the imple-", "mentation"], known) == "the implementation"
    assert join(["a decision-", "making body"], known) == "a decision-making body"
    assert join(["self-", "determination"], known) == "self-determination"
    assert join(["in 1990-", "2000 and A/HRC/", "59/60"], known) == "in 1990-2000 and A/HRC/59/60"
    assert join(["El-", "Sheikh"], known) == "El-Sheikh"
    assert join(["移徙", "工人"], known) == "移徙工人"


@pytest.mark.parametrize(
    ("line", "number", "rest"),
    [
        ("12. The Committee", "12", "The Committee"),
        ("12 bis. The Committee", "12 bis", "The Committee"),
        ("12A. The Committee", "12A", "The Committee"),
        ("113.36 Protect children", "113.36", "Protect children"),
        ("126.1. Accede", "126.1", "Accede"),
        ("١٢- اللجنة", "12", "اللجنة"),
        ("١٢ - اللجنة", "12", "اللجنة"),
        ("12．委员会", "12", "委员会"),
        ("12. 委员会", "12", "委员会"),
        ("«5. Рекомендует", "5", "Рекомендует"),
        ("(a) Ratify", "(a)", "Ratify"),
        ("a) Ratifier", "(a)", "Ratifier"),
        ("(iv) Ratify", "(iv)", "Ratify"),
        ("(أ) التصديق", "(أ)", "التصديق"),
    ],
)
def test_printed_numbers(line, number, rest):
    printed = printed_number(line)
    assert printed is not None
    assert printed.number == number
    assert line[printed.length :] == rest


@pytest.mark.parametrize(
    "line", ["12 migrant workers", "1990-2000 was", "A/HRC/59/60", "12.", "", "3,000 persons", "(as at 3 May)"]
)
def test_what_is_no_number(line):
    assert printed_number(line) is None


def test_a_number_must_fit_where_it_stands():
    assert follows((13,), (12,), evidence=False)
    assert not follows((2012,), (12,), evidence=True)
    assert not follows((31,), (12,), evidence=False)
    assert follows((1,), (40,), evidence=True)
    assert follows((126, 2), (126, 1), evidence=False)
    assert below("45", "(c)") == "45 (c)"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The Committee on the Protection of the Rights of All Migrant Workers", "en"),
        ("Comité pour la protection des droits de tous les travailleurs migrants", "fr"),
        ("Comité de Protección de los Derechos de Todos los Trabajadores Migratorios", "es"),
        ("Комитет по защите прав всех трудящихся-мигрантов", "ru"),
        ("اللجنة المعنية بحماية حقوق جميع العمال المهاجرين", "ar"),
        ("保护所有移徙工人及其家庭成员权利委员会", "zh"),
        ("A/HRC/59/60", None),
        ("", None),
    ],
)
def test_languages(text, language):
    assert languages.detect(text) == language


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.4", sniff.PDF),
        (b"\n\n%PDF-1.4", sniff.PDF),
        (b"<!DOCTYPE html><p>", sniff.HTML),
        (b"\xef\xbb\xbf<!-- long --><HTML>", sniff.HTML),
        ("<html>".encode("utf-16"), sniff.HTML),
        (b"PK\x03\x04 word/document.xml", sniff.DOCX),
        (b"PK\x03\x04 other", sniff.ZIP),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", sniff.OLE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), sniff.DOC),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), sniff.XLS),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), sniff.LOCKED),
        (b"PK\x03\x04 xl/workbook.xml", sniff.XLSX),
        (b"PK\x03\x04 ppt/presentation.xml", sniff.PPTX),
        (b"PK\x03\x04" + b" " * 26 + b"mimetypeapplication/vnd.oasis.opendocument.text", sniff.ODT),
        (b"PK\x03\x04" + b" " * 30 + b"report.pdf%PDF-1.4 endobj", sniff.ZIP),
        (b"<html><p>A file begins with %PDF-1.4</html>", sniff.HTML),
        (b"<br />Warning: a header</br><title>%PDF-1.4\n1 0 obj endobj", sniff.PDF),
        (b"%PDF-1.4 <html> endobj", sniff.PDF),
        (b"<?xml version='1.0'?><!DOCTYPE html PUBLIC 'x'><html xmlns='y'/>", sniff.HTML),
        (b"<?xml version='1.0'?><rss><channel><title>News</title></channel></rss>", sniff.XML),
        (b"<p>A piece of a page", sniff.HTML),
        (b"junk before <HTML>", sniff.HTML),
        ("<html>".encode("utf-16-be"), sniff.HTML),
        (b"{\\rtf1 text}", sniff.RTF),
        (b"\x1f\x8b\x08", sniff.GZIP),
        (b'{"a": 1}', sniff.JSON),
        (b"From: a@b.org\r\nTo: c@d.org\r\nSubject: x\r\nMIME-Version: 1.0\r\n\r\ntext", sniff.EMAIL),
        (b"To: all missions\nSubject: migrants\n\nThe Secretary-General", sniff.TEXT),
        ("текст, и только".encode("koi8-r"), sniff.TEXT),
        (b"\xffWPC", sniff.WORDPERFECT),
        (b"<?xml version='1.0'?><feed/>", sniff.XML),
        (b"plain words", sniff.TEXT),
        (b"\x00\x01\x02\x03", sniff.UNKNOWN),
        (b"", sniff.UNKNOWN),
    ],
)
def test_types_are_decided_by_the_bytes(data, kind):
    assert sniff.media_type(data) == kind
