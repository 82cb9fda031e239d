"""Are pictures of pages read, in the right language, and do they wait where OCR is missing?"""

import shutil
import time

import pytest

from pipeline.errors import NeedsOcr, NoText
from pipeline.limits import Limits
from pipeline.readers import read, scan
from pipeline.readers.pictures import Seen, read_through, see
from pipeline.readers.sheet import Line
from tests.pipeline.readers.typeset import Text, column, pdf, scanned

ENGLISH = (
    "The Committee recommends that the State party ratify the Convention on the protection of the rights of all "
    "migrant workers and members of their families, and that it register the agencies that recruit workers abroad."
)
FRENCH = (
    "Le Comité recommande à la République de ratifier la Convention sur la protection des droits de tous les "
    "travailleurs migrants et des membres de leur famille, et de contrôler les agences qui recrutent des femmes."
)

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="NOT TESTED: Tesseract is not installed")


def words(text):
    return text.lower().replace("’", "'").replace(",", " ").replace(".", " ").split()


def share_of(text, reading):
    """How many words of the text OCR has found."""
    found = set(words(" ".join(paragraph.text for paragraph in reading.paragraphs)))
    return sum(word in found for word in words(text)) / len(words(text))


@needs_tesseract
def test_a_scan_is_read_in_the_language_it_is_written_in_whatever_was_declared():
    data = scanned(pdf(column(f"12. {ENGLISH}", 80, 100, 75), column(FRENCH, 80, 100, 75)))
    reading = read_through(data, declared=("en",))
    assert [page.method for page in reading.pages] == ["tesseract", "tesseract"]
    assert [page.language for page in reading.pages] == ["en", "fr"]
    assert share_of(ENGLISH, reading) > 0.95
    assert share_of(FRENCH, reading) > 0.95
    assert reading.paragraphs[0].number == "12"
    assert min(page.quality for page in reading.pages) > 0.8


@needs_tesseract
def test_mixed_documents_keep_a_method_for_each_page():
    import io

    import pypdfium2

    sideways = scanned(pdf(column(FRENCH, 80, 100, 75)), turned=90)
    typed, picture, blank = pdf(column(ENGLISH, 80, 100, 75)), sideways, pdf([])
    mixed = pypdfium2.PdfDocument.new()
    for data in (typed, picture, blank):
        mixed.import_pages(pypdfium2.PdfDocument(data))
    out = io.BytesIO()
    mixed.save(out)
    reading = read_through(out.getvalue())
    assert [page.method for page in reading.pages] == ["pypdfium2", "tesseract", "none"]
    assert FRENCH[:80] in " ".join(reading.pages[1].text.split())
    assert reading.pages[2].quality == 1  # nothing is printed there: nothing is missed
    assert reading.facts["blank"] == ["3"]


@needs_tesseract
def test_an_empty_picture_is_not_sent_to_tesseract():
    started = time.monotonic()
    with pytest.raises(NoText):
        read_through(scanned(pdf([])))
    assert time.monotonic() - started < 5


def test_a_reading_says_which_pages_need_ocr_and_gives_what_could_be_read():
    reading = read(both())
    assert reading.pictures == ((2, "image"),)
    assert [page.awaits_ocr for page in reading.pages] == [False, True]
    assert reading.pages[0].text.startswith("The Committee")
    assert (reading.pages[1].text, reading.pages[1].note) == ("", "waits for OCR: the page is a picture")


def test_what_was_seen_is_taken_into_the_next_reading():
    line = Line("Il recommande de contrôler les agences.", 80, 100, 300, 112, 12)
    reading = read(both(), seen={2: Seen((line,), "fr", 0.9)})
    assert not reading.pictures
    assert (reading.pages[1].text, reading.pages[1].method, reading.pages[1].quality) == (line.text, "tesseract", 0.9)
    assert reading.paragraphs[-1].page == 2
    failed = read(both(), seen={2: Seen(failed="the process crashed")})
    assert not failed.pictures
    assert failed.pages[1].note == "OCR failed: the process crashed"


def both():
    """A page of type, then one that is a picture."""
    import io

    import pypdfium2

    pages = pypdfium2.PdfDocument(pdf(column(ENGLISH, 80, 100, 75)))
    pages.import_pages(pypdfium2.PdfDocument(scanned(pdf(column(FRENCH, 80, 100, 75)))))
    out = io.BytesIO()
    pages.save(out)
    return out.getvalue()


def with_figure(print_):
    """A page of type with a picture in its middle: a pasted table, or a photograph."""
    import io
    import random

    import pypdfium2
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (400, 300), "white")
    chance = random.Random(2)
    if print_:
        for row in range(10):
            for word in range(4):
                at = (20 + word * 95, 15 + row * 28)
                ImageDraw.Draw(picture).text(at, chance.choice(("Remittances", "2,344", "workers")), fill="black")
    else:
        picture.putdata([(chance.randrange(256),) * 3 for _ in range(400 * 300)])
    document = pypdfium2.PdfDocument(pdf(column(ENGLISH, 80, 100, 75)))
    image = pypdfium2.PdfImage.new(document)
    image.set_bitmap(pypdfium2.PdfBitmap.from_pil(picture))
    image.set_matrix(pypdfium2.PdfMatrix().scale(440, 300).translate(80, 300))
    page = document[0]
    page.insert_obj(image)
    page.gen_content()
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_a_table_that_was_pasted_as_a_picture_is_read_beside_the_text_and_a_photograph_is_not():
    assert read(with_figure(print_=False)).pictures == ()
    reading = read(with_figure(print_=True))
    assert reading.pictures == ((1, "figure"),)
    assert reading.pages[0].text.startswith("The Committee")  # it can be read meanwhile
    table = Line("Remittances 2,344", 100, 300, 300, 312, 10)
    again = Line("The Comnittee recommends", 80, 92, 240, 104, 10)  # what is text already, seen once more
    seen = read(with_figure(print_=True), seen={1: Seen((again, table), "en", 0.9)})
    assert (seen.pages[0].method, seen.pages[0].awaits_ocr) == ("pypdfium2+tesseract", False)
    assert "Remittances 2,344" in seen.pages[0].text and "Comnittee" not in seen.pages[0].text


@pytest.mark.parametrize("there", [frozenset(), frozenset({"osd"})])
def test_without_tesseract_or_its_language_nothing_is_seen_and_that_may_pass(there, monkeypatch):
    monkeypatch.setattr(scan, "installed", lambda: there)
    with pytest.raises(NeedsOcr, match="installed") as caught:
        see(both(), 2, ("fr",), Limits())
    assert caught.value.may_pass


@needs_tesseract
def test_a_giant_page_is_made_small_enough():
    data = scanned(pdf(column(ENGLISH, 80, 100, 75)))
    # The page's box is a hundred times as wide and high as the paper: at 250 dpi it would have 60 billion pixels.
    huge = data.replace(b"/MediaBox", b"/UserUnit 100 /MediaBox")
    assert huge != data
    reading = read_through(huge, Limits(ocr_pixels=3_000_000))
    assert share_of(ENGLISH, reading) > 0.9


@needs_tesseract
def test_real_scans_agree_with_the_text_they_were_made_from(corpus):
    import re

    truth = corpus / "pdf" / "truth"
    for name, least in (("DERIVED_img_A_79_PV.64_2col", 0.98),):
        text = (truth / f"{name}.truth.txt").read_text(encoding="utf-8").split("\f")[0]
        seen = see(corpus / "pdf" / f"{name}.pdf", 1, (), Limits())
        ours = re.findall(r"\w+", " ".join(line.text for line in seen.lines).lower())
        theirs = re.findall(r"\w+", text.lower())
        assert sum(word in set(ours) for word in theirs) / len(theirs) > least, name


def test_a_line_with_its_place_is_made_of_tesseracts_words():
    table = "head\n" + "\n".join(
        "\t".join(map(str, ("5", "1", block, "1", line, word, x, y, 40, 20, sure, text)))
        for block, line, word, x, y, sure, text in (
            (1, 1, 1, 100, 50, 96, "12."),
            (1, 1, 2, 170, 50, 95, "The"),
            (1, 1, 3, 220, 50, 8, "~~"),
            (1, 2, 1, 100, 80, 95, "Committee"),
        )
    )
    lines = scan._page(table, "en").lines
    assert [line.text for line in lines] == ["12. The", "Committee"]
    assert lines[0].tab
    assert (lines[0].x0, lines[0].x1) == (100, 210)


def test_text_of_the_typesetter_is_exact():
    reading = read(pdf([Text(80, 100, "Exactly this line.")]))
    assert reading.pages[0].text == "Exactly this line."
