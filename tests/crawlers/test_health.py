"""Is a broken promise said in one sentence, and are bytes told apart by what they are?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers import Expect
from crawlers.frontier import Counts
from crawlers.health import verdict
from crawlers.sniff import kind_of, objection
from crawlers.words import format_of


def counts(**changes) -> Counts:
    names = ("found", "done", "same", "failed", "withheld", "waiting")
    return Counts(**(dict.fromkeys(names, 0) | {"first_bad_page": "", "first_bad_file": ""} | changes))


@pytest.mark.parametrize(
    ("given_counts", "stopped", "state", "said"),
    [
        (counts(found=10, done=10), "", "done", ""),
        (counts(found=10, same=10), "", "done", ""),
        (
            counts(found=10, done=9, failed=1, first_bad_file="x: gone"),
            "",
            "done",
            "1 of 10 files failed, the first: x",
        ),
        (counts(), "", "failed", "nothing was found at all"),
        (counts(withheld=3), "", "failed", "nothing was found at all"),
        (counts(found=4, done=4), "", "failed", "4 files were found, where 5 to 20 files were expected"),
        (counts(found=21, done=21), "", "failed", "21 files were found"),
        (counts(found=10, done=4, failed=6, first_bad_file="x: gone"), "", "failed", "6 of 10 files failed"),
        (counts(found=10, done=10, first_bad_page="p: why"), "", "failed", "a page could not be read: p: why"),
        (counts(found=10, done=5, waiting=5), "", "failed", "5 addresses wait for another run"),
        (counts(found=10, done=10), "a.example shuts us out", "failed", "a.example shuts us out"),
    ],
)
def test_verdict(given_counts, stopped, state, said):
    got, reason = verdict(Expect(5, 20), given_counts, stopped)
    assert got == state and said in reason and bool(reason) == bool(said)


@pytest.mark.parametrize("bad", [(0, 5), (6, 5), (-1, 1)])
def test_an_expectation_that_cannot_be_met_is_refused(bad):
    with pytest.raises(ValueError, match="at_least"):
        Expect(*bad)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7", "pdf"),
        (b"\xef\xbb\xbf\r\n%PDF-1.3", "pdf"),
        (b"PK\x03\x04", "zip"),
        (b"PK\x03\x04" + b"." * 26 + b"[Content_Types].xml" + b"." * 3000 + b"word/document.xml", "docx"),
        (b"PK\x03\x04" + b"." * 26 + b"mimetypeapplication/vnd.oasis.opendocument.text", "odt"),
        (b"{\\rtf1\\ansi", "rtf"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"\xd0\xcf\x11\xe0\xa1", "doc"),
        (b"\xffWPC\x10", "wordperfect"),
        (b"<!DOCTYPE html>", "html"),
        (b"\xef\xbb\xbf  <HTML lang=en>", "html"),
        ("<html><body>".encode("utf-16"), "html"),
        ("<html><body>".encode("utf-16-be"), "html"),
        (b"<?xml version='1.0'?><!-- x --><html xmlns='y'>", "html"),
        (b" \r\n\0", "empty"),
        (b"", "empty"),
        (b"error", "unknown"),
        (b"GIF89a", "unknown"),
    ],
)
def test_bytes_are_told_apart(data, kind):
    assert kind_of(data) == kind


@given(st.binary(max_size=3000), st.sampled_from(["", "pdf", "html"]), st.text(max_size=30))
def test_any_bytes_get_an_answer_and_a_page_is_never_taken_for_a_pdf(data, wanted, media_type):
    reason = objection(data, wanted, media_type)
    if kind_of(data) == "empty" or (kind_of(data) == "html" and wanted != "html"):
        assert reason
    if kind_of(data) == "pdf":
        assert not reason


@pytest.mark.parametrize("data", [b"{\\rtf1 Papers}", b"\x1f\x8b\x08", b"PK\x03\x04"])
@pytest.mark.parametrize("wanted", ["", "rtf", "zip", "docx", "pdf"])
def test_documents_of_any_kind_arrive_whatever_the_server_calls_them(data, wanted):
    assert not objection(data, wanted, "text/plain")
    assert "got an HTML page" in objection(b"<html>Not found</html>", wanted, "application/zip")


@pytest.mark.parametrize(
    ("words", "form"),
    [("Report (ZIP)", "zip"), ("/a/b.rtf", "rtf"), ("b.odt", "odt"), ("Word docx", "docx"), ("x", "")],
)
def test_a_link_says_what_it_leads_to(words, form):
    assert format_of(words) == form


def test_a_wall_is_no_document_even_where_html_is_wanted_but_a_long_text_about_walls_is():
    wall = b"<html><head><title>Just a moment...</title></head></html>"
    assert "stands in the way" in objection(wall, "html", "text/html")
    assert not objection(b"<html>" + b"a study of the captcha " * 2000, "html", "text/html")


def test_a_replica_need_not_have_the_sites_numbers():
    expect = Expect(at_least=100, at_most=500).in_miniature()
    assert verdict(expect, counts(found=3, done=3), "")[0] == "done"
    assert verdict(expect, counts(), "")[0] == "failed"
