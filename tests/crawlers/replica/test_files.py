"""Is every file served, alike each time, and does it say what it should in its language?"""

import io
import re
import zipfile
from html import unescape

import pypdfium2
import pytest

from crawlers.replica.compose import compose
from crawlers.replica.hosts.ilo import file_path as ilo_path
from crawlers.replica.hosts.iom import file_path as iom_path
from crawlers.replica.hosts.wto import file_name as wto_name
from crawlers.replica.names import language_name
from crawlers.replica.shelf import Shelf
from crawlers.replica.works import Edition

DOWNLOAD = "https://tbinternet.ohchr.org/_layouts/15/TreatyBodyExternal/Download.aspx?Lang=en&symbolno="
BROKEN = {"zero bytes", "truncated", "locked", "soft 404"}


def text_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def addresses(visitor) -> dict[str, str]:
    """Where each file of the replica is, found as a visitor would or by the publisher's rule for names."""
    found = {}
    for edition in visitor.exhibit.library.all_editions():
        match edition.work.publisher:
            case "ILO":
                found[edition.name] = f"https://www.ilo.org{ilo_path(edition)}"
            case "IOM":
                found[edition.name] = f"https://governingbodies.iom.int{iom_path(edition)}"
            case "WTO":
                name = wto_name(edition)
                found[edition.name] = f"https://docs.wto.org/dol2fe/Pages/SS/directdoc.aspx?filename={name}&Open=True"
            case "GCIM":
                words = edition.work.words
                found[edition.name] = f"https://web.archive.org/web/{words['captured'].split()[0]}id_/{words['url']}"
    for work in visitor.exhibit.library.by("UN"):
        page = visitor.ask(f"{DOWNLOAD}{work.symbol}").text
        links = dict(re.findall(r'<a title="([^"]+)" href="([^"]+)"', page))
        editions = visitor.exhibit.library.editions(work)
        assert len(links) == len(editions)
        for edition in editions:
            link = unescape(links[f"{language_name(edition.language)} {edition.form}"])
            found[edition.name] = link if link.startswith("http") else f"https://tbinternet.ohchr.org{link}"
    return found


def test_every_file_is_served_and_known_again(week_2):
    places = addresses(week_2)
    assert len(places) == len(week_2.exhibit.library.all_editions()) > 200
    for edition in week_2.exhibit.library.all_editions():
        if edition.work.fault in ("restricted", "soft 404", "busy once"):
            continue
        answer = week_2.ask(places[edition.name])
        assert answer.status_code == 200, places[edition.name]
        assert "X-Forumwatch-Replica" in answer.headers
        kind = {"pdf": b"%PDF-", "docx": b"PK\x03\x04", "html": b"<html>"}[edition.form]
        assert answer.content.startswith(kind) or (edition.work.fault == "zero bytes" and not answer.content)
        again = week_2.ask(places[edition.name], If_None_Match=answer.headers["ETag"])
        assert (again.status_code, again.content) == (304, b"")


def test_a_conditional_request_by_date(week_1):
    url = "https://docs.un.org/en/CMW/C/PHL/CO/3?direct=true"
    stamp = week_1.ask(url).headers["Last-Modified"]
    assert stamp == "Fri, 02 Oct 2026 08:00:00 GMT"
    assert week_1.ask(url, If_Modified_Since=stamp).status_code == 304
    assert week_1.ask(url, If_Modified_Since="Thu, 01 Oct 2026 08:00:00 GMT").status_code == 200
    assert week_1.ask(url, If_Modified_Since="the day before yesterday").status_code == 200
    assert week_1.ask(url, If_None_Match='"other"', If_Modified_Since=stamp).status_code == 200


SAYINGS = {
    "ar": ("العمال المنزليون", "نسخة تجريبية"),
    "zh": ("家政工人", "仿制品"),
    "en": ("Domestic workers", "Replica made by Forumwatch"),
    "fr": ("Travailleurs domestiques", "Réplique réalisée par Forumwatch"),
    "ru": ("Домашние работники", "Макет подготовлен Forumwatch"),
    "es": ("trabajadores domésticos", "Réplica hecha por Forumwatch"),
}


@pytest.mark.parametrize("language", SAYINGS)
def test_text_reads_back_in_six_languages(week_1, language):
    work = next(work for work in week_1.exhibit.library.works if work.symbol == "CMW/C/IDN/CO/2")
    text = text_of(week_1.exhibit.shelf.read(Edition(work, language)))
    heading, notice = SAYINGS[language]
    flat = re.sub(r"\s+", " ", text)
    assert heading in flat
    assert notice in flat
    assert "GE.26-" in flat
    assert text.count("CMW/C/IDN/CO/2") >= 1, "the running head, at least: a line with Arabic in it turns the symbol"


def test_arabic_words_come_back_as_they_were_set(week_1):
    """Words that end in kaf, and marks above letters, do not survive the font: the tables avoid both."""
    for work in week_1.exhibit.library.works:
        if "ar" in work.languages:
            edition = Edition(work, "ar")
            meant = re.findall("[\u0621-\u064a]+", "\n".join(compose(edition, 1).text_lines()))
            found = set(re.findall("[\u0621-\u064a]+", text_of(week_1.exhibit.shelf.read(edition))))
            assert len([word for word in meant if word in found]) >= 0.99 * len(meant), work.symbol


def test_the_philippine_papers_answer_the_search_of_the_demonstration(week_1):
    for symbol in ("CMW/C/PHL/CO/3", "GB.358/POL/3"):
        work = next(work for work in week_1.exhibit.library.works if work.symbol == symbol)
        text = text_of(week_1.exhibit.shelf.read(Edition(work, "en")))
        assert len(re.findall("domestic workers", text, re.IGNORECASE)) >= 4
        assert "Philippines" in text


def test_the_same_seed_gives_the_same_bytes(week_1, tmp_path):
    from crawlers.replica.settings import ReplicaSettings

    fresh = Shelf(ReplicaSettings.checked(seed=1, week=2, docs=None, size="full", cache=tmp_path / "one"))
    other = Shelf(ReplicaSettings.checked(seed=2, week=2, docs=None, size="full", cache=tmp_path / "two"))
    chosen = [e for e in week_1.exhibit.library.all_editions() if e.work.small or e.work.word_copy]
    assert {edition.form for edition in chosen} == {"pdf", "html", "docx"}
    for edition in chosen:
        assert fresh.read(edition) == week_1.exhibit.shelf.read(edition), edition.name
    edition = next(e for e in chosen if e.work.symbol == "CMW/C/PHL/CO/3" and e.language == "en")
    assert other.read(edition) != fresh.read(edition)


def test_scans_have_pages_and_no_text(week_1):
    scans = [edition for edition in week_1.exhibit.library.all_editions() if edition.work.scan]
    assert len(scans) >= 3
    for edition in scans:
        document = pypdfium2.PdfDocument(week_1.exhibit.shelf.read(edition))
        assert all(not page.get_textpage().get_text_range().strip() for page in document)


def test_the_faults_are_few_and_as_sampled(week_1):
    by_fault = {e.work.fault: e for e in week_1.exhibit.library.all_editions() if e.language == e.work.original}
    shelf, places = week_1.exhibit.shelf, addresses(week_1)
    assert shelf.read(by_fault["zero bytes"]) == b""
    for fault, complaint in (("truncated", "Data format"), ("locked", "password")):
        content = shelf.read(by_fault[fault])
        assert content.startswith(b"%PDF-")
        with pytest.raises(pypdfium2.PdfiumError, match=f"(?i){complaint}"):
            pypdfium2.PdfDocument(content)
    assert len(pypdfium2.PdfDocument(shelf.read(by_fault["locked"]), password="members only")) == 1
    soft = week_1.ask(places[by_fault["soft 404"].name])
    assert (soft.status_code, soft.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert 1200 < len(soft.content) < 1450


def test_a_busy_file_is_busy_once(visit):
    fresh = visit(week=1)
    work = next(work for work in fresh.exhibit.library.works if work.fault == "busy once")
    url = f"https://www.ilo.org{ilo_path(Edition(work, 'en'))}"
    first, second = fresh.ask(url), fresh.ask(url)
    assert (first.status_code, first.headers["Retry-After"]) == (503, "1")
    assert second.status_code == 200


def test_the_word_copy_holds_the_text(week_1):
    edition = next(e for e in week_1.exhibit.library.all_editions() if e.form == "docx")
    with zipfile.ZipFile(io.BytesIO(week_1.exhibit.shelf.read(edition))) as package:
        text = package.read("word/document.xml").decode()
    assert "Domestic workers" in text
    assert "Replica made by Forumwatch" in text


def test_old_pages_are_windows_1252_and_their_links_lead_somewhere(week_1):
    start = "https://web.archive.org/web/20051124003502id_/http://www.gcim.org/fr/"
    answer = week_1.ask(start)
    assert answer.headers["Content-Type"] == "text/html"
    page = answer.content.decode("cp1252")
    assert "charset=windows-1252" in page
    assert "Réplique réalisée par Forumwatch" in page
    for link in re.findall(r'href="([^"]+)"', page):
        target = f"http://www.gcim.org/{link.removeprefix('../')}"
        followed = week_1.ask(f"https://web.archive.org/web/2005id_/{target}")
        assert followed.status_code == 302
        assert week_1.ask(followed.headers["Location"]).status_code == 200


def test_docs_un_org_redirects_by_script_and_is_soft_about_what_is_missing(week_1):
    assert "?direct=true" in week_1.ask("https://docs.un.org/en/CMW/C/PHL/CO/3").text
    assert week_1.ask("https://docs.un.org/es/CMW/C/PHL/CO/3?direct=true").content.startswith(b"%PDF-")
    late = week_1.ask("https://docs.un.org/fr/CMW/C/PHL/CO/3?direct=true")
    assert (late.status_code, late.headers["Content-Type"]) == (200, "text/html; charset=utf-8")


def test_tokens_outlive_a_restart_and_grow_old_politely():
    from crawlers.replica.tokens import HONOURED_FOR, Tokens

    token = Tokens(1, "docstore").issue({"name": "x"}, now=1000)
    assert Tokens(1, "docstore").open(token, now=1000 + HONOURED_FOR) == {"name": "x"}
    assert Tokens(1, "docstore").open(token, now=1001 + HONOURED_FOR) is None
    assert Tokens(2, "docstore").open(token, now=1000) is None
    for bad in ("", "AAAA", "é", token[:-4], token[::-1]):
        assert Tokens(1, "docstore").open(bad, now=1000) is None


def test_an_unknown_token_is_refused_in_words(week_1):
    answer = week_1.ask("https://docstore.ohchr.org/SelfServices/FilesHandler.ashx?enc=6QkG1d%2f")
    assert answer.status_code == 404
    assert "expired" in answer.text
