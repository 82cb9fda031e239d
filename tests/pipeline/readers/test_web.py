"""What becomes of pages of many kinds: laid out by tables, archived, in frames, with notes, in two languages?"""

import pytest

from pipeline.description.describe import describe
from pipeline.errors import NoText
from pipeline.readers import read
from tests.pipeline.test_languages import OTHERS, SIX

LONG = {code: text + (" " if code != "zh" else "") + text for code, text in SIX.items()}


def page(body, head="", lang="en"):
    return f"<!DOCTYPE html><html lang='{lang}'><head>{head}</head><body>{body}</body></html>".encode()


def texts(reading, kind=None):
    return [p.text for p in reading.paragraphs if kind in (None, p.kind)]


MENU = "<ul class='menu'>" + "".join(f"<li><a href='/{n}'>Topic number {n}</a></li>" for n in range(12)) + "</ul>"


def test_headings_lists_and_tables_between_the_sentences_are_kept():
    body = f"""{MENU}<h1>Migrant workers</h1><p>{LONG["en"]}</p><h3>Ratifications</h3>
    <table><caption>Table 1. States</caption><tr><th>State</th><th colspan=2>Dates</th></tr>
    <tr><td rowspan=2>Ghana</td><td>7&nbsp;May 2001</td><td>in <b>force</b></td></tr>
    <tr><td>8 May 2002</td><td></td></tr></table>
    <ol><li>first;</li><li>second.</li></ol><p>{LONG["en"]} Again.</p><footer>© 2026 <a href="/">Us</a></footer>"""
    reading = read(page(body, "<title>Migrant workers | OHCHR</title>"))
    assert reading.title == "Migrant workers"
    assert [p.kind for p in reading.paragraphs] == [
        *("heading", "text", "heading", "text", "row", "row", "row", "text", "text", "text"),
    ]
    assert texts(reading, "row") == ["State | Dates | ", "Ghana | 7 May 2001 | in force", " | 8 May 2002 | "]
    (grid,) = reading.grids
    assert grid.rows == (("State", "Dates", ""), ("Ghana", "7 May 2001", "in force"), ("", "8 May 2002", ""))
    assert {p.grid for p in reading.paragraphs if p.kind == "row"} == {1}
    assert not any("Topic" in text or "©" in text for text in texts(reading))


def test_notes_are_linked_with_their_marks():
    body = f"""<h1>Report on visas</h1><p>{LONG["en"]} It is so.<a name="_ftnref1" href="#_ftn1">[1]</a> Then more.</p>
    <p>{LONG["en"]}</p><hr><p><a name="_ftn1" href="#_ftnref1">[1]</a> See document A/80/48, paragraph 5.</p>"""
    reading = read(page(body))
    note = reading.paragraphs[-1]
    assert (note.kind, note.mark, note.text) == ("note", "1", "See document A/80/48, paragraph 5.")
    marked = reading.paragraphs[1]
    ((start, end, ordinal),) = marked.marks
    assert (marked.text[start:end], ordinal) == ("[1]", note.ordinal)


def test_an_old_page_laid_out_by_tables():
    menu = "".join(f"<tr><td><a href=/{n}.htm>Section {n}</a></td></tr>" for n in range(9))
    body = f"""<table width=760><tr><td width=150 valign=top><table>{menu}</table></td>
    <td><font size=2><b>COMMITTEE CONCLUDES SESSION</b><br><br>3 May 2004<br><br>{LONG["en"]}<br><br>{LONG["en"]} End.
    <p><table border=1><tr><td>Chile</td><td>12</td></tr><tr><td>Mali</td><td>7</td></tr></table></font></td>"""
    reading = read(f"<HTML><HEAD><TITLE>Session</TITLE></HEAD><BODY>{body}</BODY></HTML>".encode())
    assert [p.text for p in reading.paragraphs if p.kind == "text"][-2:] == [LONG["en"], LONG["en"] + " End."]
    assert texts(reading, "row") == ["Chile | 12", "Mali | 7"]
    assert not any("Section" in text for text in texts(reading))


def test_the_toolbar_of_the_web_archive_is_no_part_of_the_page():
    bar = f"""<!-- BEGIN WAYBACK TOOLBAR INSERT --><div id="wm-ipp-base"><p>{LONG["en"]} captures</p></div>
    <!-- END WAYBACK TOOLBAR INSERT -->"""
    other = f"<div id='wm-ipp'><p>Success! {LONG['en']}</p></div>"
    reading = read(page(bar + other + f"<h1>Los migrantes</h1><p>{LONG['es']}</p><p>{LONG['es']} Fin.</p>", lang="es"))
    assert reading.pages[0].language == "es"
    assert not any("captures" in text or "Success" in text for text in texts(reading))


def test_frames_say_so():
    with pytest.raises(NoText, match="frames"):
        read(b"<html><head><title>ILOLEX</title></head><frameset><frame src='a.htm'></frameset></html>")


def test_languages_of_a_page_in_two():
    body = f"<p>{LONG['en']}</p><div lang=fr><p>{LONG['fr']}</p><p>Article premier</p></div><p>{OTHERS['de']}</p>"
    reading = read(page(body))
    assert [p.language for p in reading.paragraphs if len(p.text) > 60] == ["en", "fr", "other"]
    assert set(describe(reading, {}, "ILO").languages) == {"en", "fr", "other"}


def test_the_date_is_the_one_the_page_declares():
    head = "<meta property='article:published_time' content='2020-03-02T10:00:00Z'><title>About migrants</title>"
    about = describe(read(page(f"<p>{LONG['en']}</p><p>{LONG['en']} More.</p>", head)), {}, "IOM")
    assert (str(about.date), about.described_from["date"]) == ("2020-03-02", "text")


@pytest.mark.parametrize(
    ("code", "encoding", "declared"),
    [
        ("ru", "iso-8859-5", "iso-8859-5"),
        ("ru", "windows-1251", ""),
        ("ru", "koi8-r", "koi8-r"),
        ("zh", "gb2312", "gb2312"),
        ("zh", "utf-16", "utf-16"),
        ("ar", "windows-1256", "windows-1256"),
        ("ar", "windows-1256", ""),
        ("fr", "windows-1252", "iso-8859-1"),
        ("fr", "windows-1252", "utf-8"),
    ],
)
def test_declared_and_undeclared_encodings(code, encoding, declared):
    head = f"<meta http-equiv='Content-Type' content='text/html; charset={declared}'>" if declared else ""
    text = LONG[code].replace("’", "'")
    data = page(f"<p>{text}</p><p>{text}</p>", head).decode().encode(encoding)
    assert text in texts(read(data))


def test_xhtml():
    head = '<?xml version="1.0" encoding="ISO-8859-1"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x">'
    body = f"<body><h1>Étude annuelle</h1><p>{LONG['fr']}</p><p>{LONG['fr']} Fin.</p></body>".replace("’", "'")
    data = f'{head}<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="fr"><head><title>É</title></head>{body}</html>'
    assert texts(read(data.encode("iso-8859-1")))[0] == "Étude annuelle"
