"""Is plain text read in whatever encoding it came, with its paragraphs and their numbers?"""

import pytest

from pipeline.errors import NotADocument, NoText
from pipeline.readers import read
from pipeline.readers.encoding import decode
from tests.pipeline.test_languages import SIX

RELEASE = """\
Press Release
L/2817


        COMMITTEE ON MIGRANT WORKERS BEGINS ITS WORK
        --------------------------------------------

     The Committee met this morning in Geneva and elected its offi-
cers. It heard the statements of three States parties and of the
International Labour Office, which spoke of domestic workers.
     It will meet again tomorrow.

1.   The first report was that of Ghana, which the Committee took
up in the presence of a delegation.
2.   The second report was that of Mexico.
"""


def test_lines_are_joined_into_paragraphs_with_their_numbers():
    reading = read(RELEASE.replace("\n", "\r\n").encode())
    assert (reading.media_type, reading.reader, reading.pages[0].language) == ("text/plain", "text", "en")
    found = [(p.number, p.text) for p in reading.paragraphs]
    assert found[3][1].startswith("The Committee met this morning in Geneva and elected its officers. It heard")
    assert found[3][1].endswith("which spoke of domestic workers.")
    assert found[4:] == [
        (None, "It will meet again tomorrow."),
        ("1", "The first report was that of Ghana, which the Committee took up in the presence of a delegation."),
        ("2", "The second report was that of Mexico."),
    ]


def test_a_form_feed_turns_the_page():
    reading = read(b"The first page of the record.\x0cThe second page of the record.")
    assert [(p.page, p.text) for p in reading.paragraphs] == [
        (1, "The first page of the record."),
        (2, "The second page of the record."),
    ]


@pytest.mark.parametrize(
    ("code", "encoding"),
    [
        *(("fr", name) for name in ("utf-8", "utf-8-sig", "utf-16", "windows-1252", "cp850", "mac-roman")),
        *(("es", name) for name in ("windows-1252", "cp850")),
        *(("ru", name) for name in ("utf-8", "windows-1251", "koi8-r", "iso-8859-5", "cp866")),
        *(("ar", name) for name in ("utf-8", "windows-1256", "iso-8859-6")),
        *(("zh", name) for name in ("utf-8", "gb18030")),
    ],
)
def test_encodings_that_nothing_declares(code, encoding):
    text = SIX[code].replace("’", "'")
    reading = read(text.encode(encoding))
    assert (reading.paragraphs[0].text, reading.paragraphs[0].language) == (text, code)


def test_traditional_chinese():
    text = "委員會建議締約國採取一切必要措施，保護移徙工人及其家庭成員的權利。這些權利應當由國家依照法律加以保護。"
    assert decode(text.encode("big5")) == text


def test_a_few_broken_characters_do_not_change_the_encoding_of_the_rest():
    data = (SIX["fr"] * 40).encode() + "é".encode("windows-1252") + b"."
    assert "prendre toutes les mesures nécessaires" in decode(data)


def test_no_words_and_no_document():
    with pytest.raises(NoText):
        read(b"12 34 -- 56\n")
    with pytest.raises(NotADocument):
        read(b"404 Not Found\nThe requested URL was not found on this server.")


@pytest.mark.parametrize("data", [b"error", b"OK\n", b"404 not found", b"Access denied.", "错误".encode()])
def test_what_is_too_little_to_be_a_document_is_refused_with_its_reason(data):
    with pytest.raises(NotADocument, match=r"too little to be a document: \d+ letters|an error page"):
        read(data)


@pytest.mark.parametrize("text", ["The Committee met in Geneva.", "委员会在日内瓦开会。"])
def test_a_sentence_is_enough(text):
    assert [each.text for each in read(text.encode()).paragraphs] == [text]
