"""Is the main text of a web page found, whatever its encoding, and is what is no document refused?"""

import pytest

from pipeline.errors import NotADocument, NoText, TooLarge
from pipeline.readers import read
from pipeline.readers.html import decode

BODY = """
<h1>Étude sur les travailleurs migrants</h1>
<p>1. Le Conseil d’administration a examiné la question des travailleurs domestiques migrants et a pris note du rapport
que le Bureau lui avait présenté à sa session précédente.</p>
<p>2. Il a décidé de revenir sur cette question à sa prochaine session, à la lumière des observations des mandants.</p>
<ul><li>premier point de la liste, assez long pour compter</li>
<li>second point de la liste, lui aussi assez long</li></ul>
<table><tr><th>Pays</th><th>Date</th></tr><tr><td>Ghana</td><td>7 mai 2001</td></tr></table>
<p>Les gouvernements sont invités à communiquer leurs observations au plus tard le 31 décembre de l’année en cours.</p>
"""


def html(body=BODY, head="", lang="fr"):
    menu = "<nav><ul>" + "".join(f"<li><a href='/{n}'>Rubrique {n}</a></li>" for n in range(20)) + "</ul></nav>"
    return (
        f"<!DOCTYPE html><html lang='{lang}'><head>{head}<title>Étude GB.350</title></head><body>{menu}"
        f"<main><article>{body}</article></main><footer>Mentions légales</footer></body></html>"
    )


def test_paragraphs_lists_tables_and_title_without_the_menu():
    reading = read(html().encode())
    assert reading.title == "Étude GB.350"
    assert reading.pages[0].language == "fr"
    assert [p.number for p in reading.paragraphs if p.number] == ["1", "2"]
    assert "Ghana | 7 mai 2001" in [p.text for p in reading.paragraphs if p.kind == "row"]
    texts = [p.text for p in reading.paragraphs]
    assert "premier point de la liste, assez long pour compter" in texts
    assert not any("Rubrique" in text or "Mentions" in text for text in texts)


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "utf-8"),
        ("utf-8", ""),
        ("windows-1252", "windows-1252"),
        ("windows-1252", "iso-8859-1"),
        ("windows-1252", ""),
        ("utf-16", ""),
        ("utf-16-le", "utf-16"),
        ("utf-8-sig", "iso-8859-1"),
    ],
)
def test_encodings(encoding, declared):
    head = f"<meta charset='{declared}'>" if declared else ""
    data = html(head=head).encode(encoding)
    assert "Étude sur les travailleurs migrants" in decode(data)
    assert any("d’administration" in paragraph.text for paragraph in read(data).paragraphs)


@pytest.mark.parametrize(
    ("title", "body", "what"),
    [
        ("Official Document System", "<p>There is no document matching your request.</p>", "error page"),
        ("Just a moment...", "<p>Enable JavaScript and cookies to continue</p>", "challenge page"),
        ("UNTC", "<p>The site is under urgent maintenance and is currently unavailable.</p>", "maintenance page"),
        ("Sign in", "<p>Please log in with your account to see this page.</p>", "login page"),
        ("Access Denied", "<p>You don't have permission to access this resource. Reference #18.2f</p>", "refusal"),
        ("Доступ запрещён", "<p>У вас нет права на просмотр этой страницы на данном сервере.</p>", "refusal"),
        ("Aviso", "<p>El sitio está en mantenimiento. Vuelva a intentarlo dentro de una hora, por favor.</p>", "maint"),
        (
            "系统提示",
            "<p>网站维护中，请稍后再访问本网站，由此给您带来的不便，敬请谅解。谢谢您的支持与理解。</p>",
            "maint",
        ),
        ("خطأ", "<p>لم يتم العثور على الصفحة التي تبحث عنها في هذا الموقع، يرجى العودة.</p>", "error page"),
        ("Before you continue", "<p>We use cookies and data to deliver and to maintain our services.</p>", "consent"),
        ("Page introuvable", "<p>La page demandée n’existe pas ou a été déplacée.</p>", "error page"),
    ],
)
def test_what_a_site_shows_in_place_of_a_document_is_refused(title, body, what):
    page = f"<html><head><title>{title}</title></head><body>{body}{' ' * 1200}</body></html>"
    with pytest.raises(NotADocument, match=what):
        read(page.encode())


def test_a_short_text_may_speak_of_what_only_a_title_gives_away():
    text = (
        "<h1>Migrants at the border</h1><p>Access was refused: accès refusé, acceso denegado. " + "They waited. " * 20
    )
    assert read(html(text, "<title>Migrants at the border</title>", "en").encode()).paragraphs


def test_a_long_text_may_speak_of_such_things():
    long = BODY + "".join(
        f"<p>{n}. " + "Le site du ministère était under maintenance. " * 6 + "</p>" for n in range(3, 50)
    )
    assert read(html(long).encode()).paragraphs


def test_a_page_without_text_says_so():
    with pytest.raises(NoText):
        read(b"<html><head><title>x</title></head><body><script>var a = 1;</script></body></html>")


def test_hostile_pages_end():
    with pytest.raises(TooLarge):
        read(b"<html><body>" + b"<b>" * 500_000)
    with pytest.raises(TooLarge, match="20000 deep"):
        read(b"<html><body>" + b"<div>" * 20_000 + b"deep" + b"</div>" * 20_000 + b"</body></html>")


def test_one_bad_byte_does_not_make_a_page_another_encoding_of_it():
    text = "<p>Les droits des travailleurs migrants et de leur famille sont protégés à Genève, où siège le Comité.</p>"
    page = html(text * 5).encode().replace(b"Comit", b"Com\xe9t", 1)
    assert "protégés à Genève, où siège" in read(page).paragraphs[0].text
    assert "protégés à Genève, où siège" in read(html(text * 5).encode("windows-1252")).paragraphs[0].text


def test_real_pages_hold_what_people_marked_and_not_what_they_excluded(corpus):
    import json

    folder = corpus / "html" / "main_content"
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    wanted = found = leaked = 0
    for entry in truth.values():
        text = read(folder / entry["file"]).pages[0].text
        wanted += len(entry["with"])
        found += sum(part in text for part in entry["with"])
        leaked += sum(part in text for part in entry["without"])
    assert found >= 0.9 * wanted
    assert leaked <= 2
